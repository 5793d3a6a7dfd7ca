#include "cli/job.h"

#include "cli/task_json.h"
#include "lib/deadline.h"
#include "lib/memory.h"

#include <stdlib.h>

/* How much of the output a result carries; all of it is counted. */
#define OUTPUT_KEPT ((uint64_t)64 * 1024)

struct job {
    json_int_t id;
    struct job_settings settings;
};

json_int_t job_id(const void *userdata)
{
    const struct job *job = userdata;
    return job->id;
}

void job_drop(void *userdata)
{
    free(userdata);
}

static void on_done(sshexec_task *task, const sshexec_result *result, void *userdata)
{
    struct job *job = userdata;
    int64_t status = sshexec_result_exit_status(result);
    sshexec_phase phase = sshexec_result_phase(result);
    size_t kept = 0;
    const char *output = sshexec_result_output(result, SSHEXEC_STDOUT, &kept);
    (void)task;
    json_t *line =
        json_pack("{s:s, s:I, s:s, s:o, s:o, s:o, s:I, s:I, s:o}", "op", "result", "id", job->id,
                  "outcome", sshexec_outcome_name(sshexec_result_outcome(result)), "phase",
                  task_json_text(phase == SSHEXEC_PHASE_NONE ? "" : sshexec_phase_name(phase)),
                  "exit_status", status < 0 ? json_null() : json_integer(status), "stdout_b64",
                  task_json_base64(output, kept), "stdout_bytes",
                  (json_int_t)sshexec_result_output_bytes(result, SSHEXEC_STDOUT), "elapsed_ms",
                  (json_int_t)(sshexec_result_elapsed_ns(result) / NS_PER_MS), "error",
                  task_json_text(sshexec_result_error(result)));
    job->settings.on_done(line, job->settings.userdata);
    job_drop(job);
}

bool job_start(sshexec_pool *pool, const json_t *line, const struct job_settings *settings,
               struct err_text *error)
{
    static const sshexec_events events = {.on_done = on_done};
    struct err_text why = {""};
    sshexec_request *request = task_json_read(line, NULL, TASK_JSON_FILES, &why);
    if (request == NULL)
        return err_set(error, "run: %.480s", why.text);
    struct job *job = memory_zeroed(sizeof *job);
    job->id = json_integer_value(json_object_get(line, "id"));
    job->settings = *settings;
    (void)sshexec_request_set_output_limit(request, settings->output_limit);
    (void)sshexec_request_set_output_kept(request, OUTPUT_KEPT);
    (void)sshexec_request_set_begin_ns(request, settings->begin_ns);
    bool good = sshexec_pool_submit(pool, request, &events, job, NULL) == SSHEXEC_OK ||
                err_set(error, "run: %.480s", sshexec_pool_error(pool));
    sshexec_request_free(request);
    if (!good)
        job_drop(job);
    return good;
}

json_t *job_could_not_try(json_int_t id, const char *sentence)
{
    return json_pack("{s:s, s:I, s:s, s:n, s:n, s:s, s:i, s:i, s:o}", "op", "result", "id", id,
                     "outcome", sshexec_outcome_name(SSHEXEC_COULD_NOT_TRY), "phase", "exit_status",
                     "stdout_b64", "", "stdout_bytes", 0, "elapsed_ms", 0, "error",
                     task_json_text(sentence));
}
