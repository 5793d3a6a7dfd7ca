/* Talking to an SSH agent without ever waiting: one question at a time, one answer. An agent that
 * hangs leaves the question open, and the caller's deadline ends it.
 *
 * The protocol is a length and that many bytes, either way (draft-miller-ssh-agent 3). */
#ifndef SSHEXEC_AGENT_H
#define SSHEXEC_AGENT_H

#include <ev.h>
#include <stddef.h>
#include <stdint.h>

struct agent;

/* The answer, without its length; or NULL, and `why` has a sentence: then nothing more can be
 * asked. Called from the loop, never from within agent_ask(); any function may be called from it.
 */
typedef void agent_answer(void *userdata, const uint8_t *bytes, size_t length, const char *why);

/* `path` is the agent's socket; nothing is done until something is asked. Owned by the caller. */
struct agent *agent_new(struct ev_loop *loop, const char *path, agent_answer *on_answer,
                        void *userdata);

/* The last question has been answered. `bytes` has no length before it, and is copied. */
void agent_ask(struct agent *agent, const void *bytes, size_t length);

/* Closes its socket and says nothing more. NULL is fine. */
void agent_free(struct agent **agent);

#endif
