/* One task of the driver's: what a `run` line asked for, and the output so far. */
#ifndef SSHEXEC_JOB_H
#define SSHEXEC_JOB_H

#include "cli/request.h"
#include "lib/task.h"

#include <jansson.h>
#include <stdint.h>

struct job;

/* Called with the `result` line, which it then owns, as the job's last act. */
typedef void job_done(json_t *result, void *userdata);

struct job_settings {
    uint64_t output_limit;
    int64_t start_ns; /* when the line was read */
    job_done *on_done;
    void *userdata;
};

/* Starts what the request asks for; takes its standard input. NULL when the task is not possible:
 * `on_done` was not called then. The job frees itself after `on_done`. */
struct job *job_start(struct engine *engine, struct request *request,
                      const struct job_settings *settings, struct err_text *error);

/* For engine_each_task(): a task's userdata is its job. */
json_int_t job_id(const struct job *job);

/* Frees the job of a task that engine_free() is about to drop. */
void job_drop(struct job *job);

/* A `result` line for a task that could not be tried. */
json_t *job_could_not_try(json_int_t id, const char *sentence);

#endif
