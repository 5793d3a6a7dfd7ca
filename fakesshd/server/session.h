/* One SSH session on the server's side, whatever engine speaks the protocol. The engine turns bytes
 * into requests that wait in a queue until somebody answers, drops or forgets them; nothing is ever
 * answered by itself. Who answers is decided elsewhere (honest.c, scripts). */
#ifndef SERVER_SESSION_H
#define SERVER_SESSION_H

#include "base/err.h"
#include "server/buffer.h"
#include "server/hostkey.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* identifier, word */
#define SESSION_REQUESTS(X)                                  \
    X(REQUEST_SERVICE, "service")         /* RFC 4253 10 */  \
    X(REQUEST_AUTH, "auth")               /* RFC 4252 5 */   \
    X(REQUEST_CHANNEL_OPEN, "open")       /* RFC 4254 5.1 */ \
    X(REQUEST_CHANNEL, "channel-request") /* RFC 4254 5.4 */ \
    X(REQUEST_GLOBAL, "global")           /* RFC 4254 4 */

enum session_request_kind {
#define X(id, word) id,
    SESSION_REQUESTS(X)
#undef X
};

struct session;

struct session_channel {
    struct session_channel *next;
    struct session *session;  /* borrowed */
    unsigned number;          /* from 1, in the order of opening */
    bool started;             /* an exec, shell or subsystem request was accepted */
    char *command;            /* owned; of the exec request that was accepted, or NULL */
    char *subsystem;          /* owned; the subsystem that was accepted, or NULL */
    bool subsystem_over;      /* it has said all: EOF and the exit-status are due */
    bool output_is_told;      /* by the subsystem, whose packets are not what the client prints */
    uint64_t stdin_bytes;     /* received */
    struct buffer stdin_kept; /* owned; for the script to read, at most ..._KEPT_BYTES */
    bool stdin_eof, client_closed;                     /* the client's EOF, its CLOSE */
    uint64_t stdout_bytes, stderr_bytes, stdout_fnv1a; /* sent */
    bool eof_sent, status_sent, close_sent;
    int exit_status;      /* once status_sent */
    uint64_t output_told; /* how much of the output the last event `exit` told of */
};

struct session_request {
    struct session_request *next;
    enum session_request_kind kind;
    char type[64]; /* "ssh-userauth", "publickey", "session", "exec", … */
    char *detail;  /* owned; the user's name, the command; NULL where there is none */
    bool right;    /* credentials are right, or a type that a server like this one supports */
    bool is_probe; /* publickey without a signature: RFC 4252 7; the first step of several */
    bool wants_no_reply;
    struct session_channel *channel; /* borrowed; REQUEST_CHANNEL */
    void *message;                   /* owned by the engine */
};

/* What a session tells its connection. None of these may free the session. */
struct session_events {
    void (*on_answered)(void *owner, const struct session_request *request, bool accepted);
    void (*on_channel_open)(void *owner, struct session_channel *channel);
    void (*on_channel_sent)(void *owner, struct session_channel *channel, const char *what);
    void (*on_change)(void *owner); /* a request, stdin, EOF, CLOSE came, or the session ended */
    void (*on_rekey)(void *owner, bool begins); /* the client asked for it; or it is over */
};

/* How a connection's identification is to look; see the verb `ident`. */
struct session_options {
    const char *software; /* after "SSH-2.0-", at most 245 characters; NULL: the usual */
};

/* An engine. Only session.c calls these. */
struct session_ops {
    void (*pump)(struct session *session);
    bool (*wants_pump)(struct session *session);
    bool (*answer)(struct session *session, struct session_request *request, bool accept);
    void (*release_message)(struct session_request *request);
    long (*write)(struct session_channel *channel, const char *bytes, size_t length,
                  bool is_stderr);
    bool (*eof)(struct session_channel *channel);
    bool (*exit_status)(struct session_channel *channel, int status);
    bool (*exit_signal)(struct session_channel *channel, const char *name);
    bool (*close)(struct session_channel *channel);
    bool (*ignore)(struct session *session, const char *text);
    bool (*debug)(struct session *session, const char *text);
    bool (*banner)(struct session *session, const char *text);
    bool (*keepalive)(struct session *session);
    bool (*rekey)(struct session *session);
    bool (*disconnect)(struct session *session, uint32_t code, const char *text);
    bool (*has_postponed)(struct session *session); /* said, and sent after the key exchange */
    void (*free)(struct session *session);
};

/* What becomes of a message that a session says. */
enum session_heard {
    SESSION_HEARD,
    SESSION_HELD_BACK, /* a gate lets it pass later, or never */
    SESSION_DROPPED    /* a script withholds it for good */
};

enum {
    SESSION_REQUESTS_MAX = 1024,
    SESSION_CHANNELS_MAX = 1024,
    SESSION_STDIN_KEPT_BYTES = 64 * 1024,
    SESSION_SUBSYSTEM_KEPT_BYTES = 4 * 1024 * 1024 /* OpenSSH's sftp has 64 WRITEs on the way */
};

struct session {
    const struct session_ops *ops;       /* borrowed, static */
    const struct session_events *events; /* borrowed, static */
    void *owner;                         /* borrowed: the connection */
    struct session_request *requests;    /* owned; unanswered, the oldest first */
    struct session_channel *channels;    /* owned; the newest first */
    unsigned channel_count, request_count;
    enum session_heard heard; /* the last message that was said; only crafted sessions set it */
    bool ended;               /* the protocol is over */
    char *ended_why;          /* owned; NULL while it isn't over, or when memory was short */
};

/* Makes a session on libssh whose bytes go through `*pair_fd`, which the caller owns then. */
enum err session_libssh_new(struct session **session, const struct hostkey *keys,
                            const struct session_options *options,
                            const struct session_events *events, void *owner, int *pair_fd,
                            struct err_text *error);

/* Lets the engine read what has come and write what it has; new requests join the queue. */
void session_pump(struct session *session);
bool session_wants_pump(struct session *session);

/* The oldest unanswered request of a kind, or NULL. */
struct session_request *session_oldest(const struct session *session,
                                       enum session_request_kind kind);
struct session_request *session_oldest_of(const struct session_channel *channel);

/* Has it said what can only be sent when a key exchange is over? */
bool session_has_postponed(struct session *session);

/* Answers and frees a request; false when the engine could not. Of channels, at most
 * SESSION_CHANNELS_MAX are accepted in the life of a session. */
bool session_answer(struct session *session, struct session_request *request, bool accept);
/* Frees a request that will never be answered. */
void session_forget(struct session *session, struct session_request *request);

/* Sends output; how many bytes the session took (0: the window or a buffer is full), -1: it cannot.
 */
long session_write(struct session_channel *channel, const char *bytes, size_t length,
                   bool is_stderr);
bool session_eof(struct session_channel *channel);
bool session_exit_status(struct session_channel *channel, int status);
bool session_exit_signal(struct session_channel *channel, const char *name);
bool session_close(struct session_channel *channel);

/* Is it a request that an honest server like this one knows? `detail` is the subsystem's name. */
bool session_knows_channel_request(const char *type, const char *detail);

struct session_channel *session_channel_find(const struct session *session, unsigned number);

void session_free(struct session **session);

/* ---- for engines ---- */

/* Takes ownership. A client with more than SESSION_REQUESTS_MAX unanswered ends its session. */
void session_add_request(struct session *session, struct session_request *request);
void session_set_ended(struct session *session, const char *why);
/* The request has its answer, whoever said it: tells the connection and frees the request. */
void session_answered(struct session *session, struct session_request *request, bool accepted);
/* Bytes came from the client: counts them, and keeps what there is room for. */
void session_channel_read(struct session_channel *channel, const void *bytes, size_t length);
/* Output went to the client, whoever said it; not counted while output_is_told. */
void session_channel_wrote(struct session_channel *channel, const char *bytes, size_t length,
                           bool is_stderr);
/* What a client prints that understood the subsystem's packets; from now on only this is counted.
 */
void session_channel_told(struct session_channel *channel, const char *bytes, size_t length);
/* Frees it; it is in no list any more. */
void session_channel_free(struct session_channel *channel);
/* "eof", "exit-status N", "exit-signal" or "close" was said on the channel, whoever said it. */
bool session_channel_said(struct session_channel *channel, const char *what);

#endif
