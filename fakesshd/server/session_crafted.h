/* What only the crafted session can do, for scripts. Everything else goes through session.h. */
#ifndef SERVER_SESSION_CRAFTED_H
#define SERVER_SESSION_CRAFTED_H

#include "server/crafted/crafted.h"

/* Makes a session that speaks through `wire`, which outlives it. Nothing is said before the first
 * session_pump. */
enum err session_crafted_new(struct session **session, const struct hostkey *keys,
                             const struct session_options *options,
                             const struct session_events *events, void *owner, struct wire *wire,
                             struct err_text *error);

/* The session as a crafted one; NULL when another engine made it, or there is none. */
struct crafted *session_crafted(struct session *session);

/* Offers these names instead of the usual in all KEXINITs to come. False when memory is short. */
bool session_crafted_offer(struct crafted *self, enum kex_list list, const char *names);

/* What the identification string shall say after "SSH-2.0-". False when it was sent, or memory is
 * short. */
bool session_crafted_software(struct crafted *self, const char *software);

/* The identification string with its end, CR LF or LF, in place of the usual. The same. */
bool session_crafted_ident(struct crafted *self, const char *line);

/* The oldest message of this number that nobody has answered yet. NULL when there is none; then the
 * next one that comes is kept for it. Borrowed until session_crafted_take. */
const struct crafted_payload *session_crafted_expect(struct crafted *self, uint8_t number);
/* The message that session_crafted_expect found is the script's alone now. */
void session_crafted_take(struct crafted *self, uint8_t number);
/* Nobody waits for a message of this number any more. */
void session_crafted_expect_no_more(struct crafted *self, uint8_t number);

/* From now on messages of this number wait for session_crafted_expect. */
void session_crafted_intercept(struct crafted *self, uint8_t number);

/* What an honest server would put into this field now; false when that's nothing in particular. */
bool session_crafted_usual(const struct crafted *self, const char *message, const char *field,
                           struct message_value *value);

#endif
