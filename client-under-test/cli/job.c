#include "cli/job.h"

#include "lib/base64.h"
#include "lib/deadline.h"
#include "lib/memory.h"

#include <stdlib.h>
#include <string.h>

/* How much of the output a result carries; all of it is counted. */
#define OUTPUT_KEPT ((size_t)64 * 1024)

struct job {
    json_int_t id;
    struct job_settings settings;
    unsigned char *stdin_bytes; /* owned */
    size_t stdin_length, stdin_sent;
    char *output; /* owned; grows up to OUTPUT_KEPT */
    size_t output_kept;
    uint64_t stdout_bytes;
};

json_int_t job_id(const struct job *job)
{
    return job->id;
}

void job_drop(struct job *job)
{
    free(job->stdin_bytes);
    free(job->output);
    free(job);
}

static void on_output(struct task *task, enum task_stream stream, const void *bytes, size_t length,
                      void *userdata)
{
    struct job *job = userdata;
    (void)task;
    if (stream != TASK_STDOUT)
        return;
    job->stdout_bytes += length;
    size_t kept = OUTPUT_KEPT - job->output_kept;
    if (kept > length)
        kept = length;
    if (kept == 0)
        return;
    job->output = memory_resize(job->output, job->output_kept + kept);
    memcpy(job->output + job->output_kept, bytes, kept);
    job->output_kept += kept;
}

static void on_stdin(struct task *task, size_t room, void *userdata)
{
    struct job *job = userdata;
    if (room > 0)
        job->stdin_sent += task_write_stdin(task, job->stdin_bytes + job->stdin_sent,
                                            job->stdin_length - job->stdin_sent);
    if (job->stdin_sent == job->stdin_length)
        task_end_stdin(task);
}

static json_t *word_or_null(const char *text)
{
    return text[0] == '\0' ? json_null() : json_string(text);
}

static json_t *output_b64(const struct job *job)
{
    char *text = base64_encode(job->output_kept > 0 ? job->output : "", job->output_kept);
    json_t *value = json_string(text);
    free(text);
    return value;
}

/* Sentences may quote what the peer sent: only what is valid UTF-8 may go into JSON. */
static json_t *sentence_or_null(const char *sentence)
{
    json_t *value = sentence[0] == '\0' ? json_null() : json_string(sentence);
    if (value != NULL)
        return value;
    char *ascii = memory_text(sentence);
    for (char *at = ascii; *at != '\0'; at++) {
        if ((unsigned char)*at >= 0x80)
            *at = '?';
    }
    value = json_string(ascii);
    free(ascii);
    return value;
}

static void on_done(struct task *task, const struct task_result *result, void *userdata)
{
    struct job *job = userdata;
    bool success = result->outcome == TASK_SUCCESS;
    (void)task;
    json_t *line = json_pack(
        "{s:s, s:I, s:s, s:o, s:o, s:o, s:I, s:I, s:o}", "op", "result", "id", job->id, "outcome",
        task_outcome_name(result->outcome), "phase",
        word_or_null(success ? "" : phase_name(result->phase)), "exit_status",
        success ? json_integer(result->exit_status) : json_null(), "stdout_b64", output_b64(job),
        "stdout_bytes", (json_int_t)job->stdout_bytes, "elapsed_ms",
        (json_int_t)(result->elapsed_ns / NS_PER_MS), "error", sentence_or_null(result->error));
    job->settings.on_done(line, job->settings.userdata);
    job_drop(job);
}

struct job *job_start(struct engine *engine, struct request *request,
                      const struct job_settings *settings, struct err_text *error)
{
    static const struct task_events events = {
        .on_output = on_output, .on_stdin = on_stdin, .on_done = on_done};
    struct task_options options = {
        .host = request->host,
        .dns = request->dns,
        .port = request->port,
        .user = request->user,
        .command = request->command,
        .key = request->key,
        .password = request->password,
        .hostkeys = &request->hostkeys,
        .known_hosts = request->known_hosts,
        .start_ns = settings->start_ns,
        .deadline_ns = deadline_after(settings->start_ns, request->deadline_ms),
        .output_limit = settings->output_limit,
    };
    struct job *job = memory_zeroed(sizeof *job);
    job->id = request->id;
    job->settings = *settings;
    if (task_start(engine, &options, &events, job, error) == NULL) {
        free(job);
        return NULL;
    }
    job->stdin_bytes = request->stdin_bytes;
    job->stdin_length = request->stdin_length;
    request->stdin_bytes = NULL;
    return job;
}

json_t *job_could_not_try(json_int_t id, const char *sentence)
{
    return json_pack("{s:s, s:I, s:s, s:n, s:n, s:s, s:i, s:i, s:o}", "op", "result", "id", id,
                     "outcome", task_outcome_name(TASK_COULD_NOT_TRY), "phase", "exit_status",
                     "stdout_b64", "", "stdout_bytes", 0, "elapsed_ms", 0, "error",
                     sentence_or_null(sentence));
}
