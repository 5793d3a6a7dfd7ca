/* A template client: one process per task, from a command line. What it prints is compared by
 * length and check sum; how it ended is read by the manifest's map. */
#ifndef JUDGE_TEMPLATE_H
#define JUDGE_TEMPLATE_H

#include "base/err.h"
#include "judge/manifest.h"
#include "judge/process.h"
#include "judge/task.h"

#include <ev.h>

enum { TEMPLATE_STDERR_MAX_BYTES = 4096 };

struct template_run;

/* The process ended; the task's facts are filled in. */
typedef void template_on_end(void *owner, struct task *task);

/* Starts the process of one task, with `input` on its standard input; NULL: as many zeros as the
 * task has. The task must outlive the run. ERR_SYSTEM when it does not start.
 *
 * Of an external client the process only tells it of the task: it ends none, unless it fails. */
enum err template_start(struct template_run **result, const struct manifest *manifest,
                        char *const *argv, const char *input, const char *mark, struct task *task,
                        struct ev_loop *loop, struct reaper *reaper, template_on_end *on_end,
                        void *owner, struct err_text *error);

/* What it wrote to stderr, the first 4 KiB. */
const char *template_stderr(const struct template_run *run);

/* Kills what is left of its group, and what descends from it outside of it. */
void template_close(struct template_run **pointer);

/* Living processes that the task left behind after its own ended. */
size_t template_left_behind(const struct template_run *run);

#endif
