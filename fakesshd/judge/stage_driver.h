/* The stage's driver: its news, its life from one case to the next, and what it is asked. */
#ifndef JUDGE_STAGE_DRIVER_H
#define JUDGE_STAGE_DRIVER_H

#include "judge/stage.h"

/* One that doesn't run; on the heap. */
struct driver *stage_driver_new(void);

/* Starts the stage's driver; the client is ready when it has said hello. */
enum err stage_driver_start(struct stage *stage, struct err_text *error);

/* Takes over `stage->driver` as it runs, from the case before. */
void stage_driver_go_on(struct stage *stage);

/* Asks for something about a task, whose id is added. Takes over the reference. */
void stage_driver_send_task(struct stage *stage, json_t *request, const struct task *task);

#endif
