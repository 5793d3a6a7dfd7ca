/* What the client has been told by an answer or a channel's message: the phase that follows, and
 * the event of it. A message that a gate holds back tells nothing until it passes; one that a
 * script withholds tells nothing at all. */
#ifndef SERVER_NEWS_H
#define SERVER_NEWS_H

#include "server/session.h"

struct conn;
struct news;

/* A request was accepted. */
void news_of_answer(struct conn *conn, const struct session_request *request);
/* The channel's `what` was said: "eof", "exit-status 0", "exit-signal", "close". */
void news_of_channel(struct conn *conn, struct session_channel *channel, const char *what);

/* What was held back has passed. */
void news_pass(struct conn *conn);
/* Nobody will hear it any more. */
void news_drop(struct conn *conn);

#endif
