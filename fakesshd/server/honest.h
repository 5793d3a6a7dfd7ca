/* What an honest server would do next, up to a phase. Scripts misbehave by being honest until the
 * right moment. */
#ifndef SERVER_HONEST_H
#define SERVER_HONEST_H

#include "base/phase.h"
#include "server/session.h"

/* May a server that is honest up to `until` answer this request? One that would lead to a later
 * phase stays unanswered. */
bool honest_may_answer(const struct session_request *request, enum phase until);

/* The phase that an accepted request leads to; `PHASE_TCP` when it leads to none. */
enum phase honest_leads_to(const struct session_request *request);

/* Answers what may be answered and runs the commands that were accepted, up to `until`. */
void honest_step(struct session *session, enum phase until);

/* What the honest command prints: the last word of the command line and a line feed. Owned by the
 * caller; NULL when memory is short. */
char *honest_output(const char *command);

#endif
