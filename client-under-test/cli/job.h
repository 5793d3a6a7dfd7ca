/* One task of the driver's: what a `run` line asked for, and the `result` line that answers it. */
#ifndef SSHEXEC_JOB_H
#define SSHEXEC_JOB_H

#include "lib/err.h"
#include "lib/sshexec.h"

#include <jansson.h>
#include <stdint.h>

/* Called with the `result` line, which it then owns, as the job's last act. */
typedef void job_done(json_t *result, void *userdata);

struct job_settings {
    uint64_t output_limit;
    int64_t begin_ns; /* when the line was read */
    job_done *on_done;
    void *userdata;
};

/* Starts what the line asks for. False when that can't be: `on_done` will not be called then. */
bool job_start(sshexec_pool *pool, const json_t *line, const struct job_settings *settings,
               struct err_text *error);

/* For sshexec_pool_each_task(): the `id` of the line, given the task's userdata. */
json_int_t job_id(const void *userdata);

/* Frees the job of a task that sshexec_pool_free() is about to drop. */
void job_drop(void *userdata);

/* A `result` line for a task that could not be tried. */
json_t *job_could_not_try(json_int_t id, const char *sentence);

#endif
