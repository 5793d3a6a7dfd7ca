/* Clients that are no children of ours: in containers, on other hosts, services that run anyway.
 * The manifest's command tells them of a task; whether they came back is what the server sees. */
#ifndef JUDGE_STAGE_EXTERNAL_H
#define JUDGE_STAGE_EXTERNAL_H

#include "judge/stage.h"

/* Begins to ask the manifest's command `pid` for the process to be counted; the client is ready
 * when it has answered, or when there is no such command. */
enum err stage_external_begin(struct stage *stage, struct err_text *error);

/* After news of the server: a task whose connections are all gone has ended. */
void stage_external_look(struct stage *stage);

/* Runs the manifest's command `stop`; `stage->helper.is_over` tells when it is done. False when
 * there is none, or it cannot be started. */
bool stage_external_stop(struct stage *stage);

#endif
