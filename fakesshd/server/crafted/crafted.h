/* The crafted session: a server-side SSH of our own that can say anything, at any time. This is
 * what its parts share; outside, only session.h and session_crafted.h are met.
 *
 *     dispatch.c    every message that comes, by its number
 *     exchange.c    identification strings, key exchange, rekey      RFC 4253 4.2, 7, 8, 9
 *     auth.c        services and authentication                      RFC 4252, 4256
 *     connection.c  global requests and channels                     RFC 4254
 *     emit.c        every message that goes: rules, holds, keys
 *
 * The client's requests wait in the session's queue, as with libssh, until somebody answers. */
#ifndef SERVER_CRAFTED_CRAFTED_H
#define SERVER_CRAFTED_CRAFTED_H

#include "server/crafted/kex.h"
#include "server/crafted/rule.h"
#include "server/crafted/transport.h"
#include "server/session.h"

#define CRAFTED_MESSAGES(X)              \
    X(MSG_DISCONNECT, 1)                 \
    X(MSG_IGNORE, 2)                     \
    X(MSG_UNIMPLEMENTED, 3)              \
    X(MSG_DEBUG, 4)                      \
    X(MSG_SERVICE_REQUEST, 5)            \
    X(MSG_SERVICE_ACCEPT, 6)             \
    X(MSG_EXT_INFO, 7)                   \
    X(MSG_KEXINIT, 20)                   \
    X(MSG_NEWKEYS, 21)                   \
    X(MSG_KEX_ECDH_INIT, 30)             \
    X(MSG_USERAUTH_REQUEST, 50)          \
    X(MSG_USERAUTH_FAILURE, 51)          \
    X(MSG_USERAUTH_SUCCESS, 52)          \
    X(MSG_USERAUTH_BANNER, 53)           \
    X(MSG_USERAUTH_60, 60)               \
    X(MSG_USERAUTH_INFO_RESPONSE, 61)    \
    X(MSG_GLOBAL_REQUEST, 80)            \
    X(MSG_REQUEST_SUCCESS, 81)           \
    X(MSG_REQUEST_FAILURE, 82)           \
    X(MSG_CHANNEL_OPEN, 90)              \
    X(MSG_CHANNEL_OPEN_CONFIRMATION, 91) \
    X(MSG_CHANNEL_OPEN_FAILURE, 92)      \
    X(MSG_CHANNEL_WINDOW_ADJUST, 93)     \
    X(MSG_CHANNEL_DATA, 94)              \
    X(MSG_CHANNEL_EXTENDED_DATA, 95)     \
    X(MSG_CHANNEL_EOF, 96)               \
    X(MSG_CHANNEL_CLOSE, 97)             \
    X(MSG_CHANNEL_REQUEST, 98)           \
    X(MSG_CHANNEL_SUCCESS, 99)           \
    X(MSG_CHANNEL_FAILURE, 100)          \
    X(MSG_PING, 192)                     \
    X(MSG_PONG, 193)

enum crafted_message {
#define X(id, number) id = number,
    CRAFTED_MESSAGES(X)
#undef X
};

/* RFC 4253 11.1, RFC 4254 5.1 and 5.2 */
enum { DISCONNECT_PROTOCOL_ERROR = 2, DISCONNECT_KEX_FAILED = 3, DISCONNECT_BY_APPLICATION = 11 };
enum { OPEN_PROHIBITED = 1, OPEN_RESOURCE_SHORTAGE = 4, DATA_IS_STDERR = 1 };
enum { CRAFTED_KEPT_MAX_BYTES = 1024 * 1024 };
enum { CRAFTED_WINDOW_BYTES = 2 * 1024 * 1024, CRAFTED_MAX_PACKET_BYTES = 32 * 1024 };

/* A payload that waits: taken for a script, or held back until keys have been exchanged. */
struct crafted_payload {
    struct crafted_payload *next;
    uint32_t sequence; /* of the packet that it came in; 0 for what is held back */
    size_t length;
    uint8_t bytes[];
};

struct crafted_list {
    struct crafted_payload *first, *last; /* owned; the oldest first */
    size_t cost_bytes;                    /* at most CRAFTED_KEPT_MAX_BYTES */
};

struct crafted_channel {
    struct session_channel base; /* first: pointers are cast between the two */
    uint32_t peer_number, peer_window, peer_max_packet;
    uint32_t window; /* what the client may still send */
};

/* One bit for each message number. */
struct crafted_set {
    uint32_t words[8];
};

struct crafted {
    struct session base;        /* first */
    const struct hostkey *keys; /* borrowed: lives as long as the server */
    struct transport transport;
    struct kex_offer offer;
    struct kex *kex;                   /* owned; while an exchange is under way */
    char *server_ident, *client_ident; /* owned */
    bool ident_ends_bare;              /* the server's ends with LF alone */
    uint8_t session_id[DERIVE_HASH_BYTES];
    bool has_session_id, started, authenticated, service_accepted;
    const char *auth_method;       /* static; what the client asked for last, or NULL */
    char *user;                    /* owned; who asks for keyboard-interactive */
    struct rule *rules;            /* owned */
    unsigned sent_count;           /* messages, the identification string included */
    struct crafted_list taken;     /* for the script */
    struct crafted_list postponed; /* until the key exchange is over */
    struct crafted_set intercepted, awaited;
    struct { /* the newest CHANNEL_OPEN, whoever handles it */
        uint32_t sender, window, max_packet;
        bool waits; /* for its confirmation */
    } last_open;
};

static inline struct crafted *crafted_of(struct session *session)
{
    return (struct crafted *)session;
}

static inline struct crafted_channel *crafted_channel_of(struct session_channel *channel)
{
    return (struct crafted_channel *)channel;
}

bool crafted_set_has(const struct crafted_set *set, uint8_t number);
void crafted_set_put(struct crafted_set *set, uint8_t number, bool in);

/* Appends a copy to the list, and returns it. NULL when the list is full, or memory short. */
struct crafted_payload *crafted_keep(struct crafted_list *list, const uint8_t *payload,
                                     size_t length);
/* Takes the oldest of this number (any when it's 0) out of the list; owned by the caller, NULL when
 * there is none. */
struct crafted_payload *crafted_unkeep(struct crafted_list *list, uint8_t number);

/* ---- emit.c ---- */

/* Sends a message that the server says by itself, as the rules want it; what must wait for the end
 * of a key exchange does. Frees `payload`. False when it can't be sent any more. */
bool crafted_say(struct crafted *self, struct buffer *payload);
/* Sends a script's message now, whatever is under way; it counts as what it is, see said.c. */
bool crafted_say_raw(struct crafted *self, const uint8_t *payload, size_t length,
                     const struct cipher_frame *frame);
/* The identification string, without its end. */
bool crafted_say_ident(struct crafted *self);
/* The key exchange is over: what had to wait goes. */
void crafted_say_postponed(struct crafted *self);
/* DISCONNECT, and the session is over. */
void crafted_disconnect(struct crafted *self, uint32_t code, const char *text);

/* ---- dispatch.c ---- */

/* Handles all that has come. */
void crafted_receive(struct crafted *self);

/* ---- exchange.c ---- */

/* Is the client, or are we, in the middle of one? */
bool exchange_is_under_way(const struct crafted *self);
/* Sends our KEXINIT, unless it was sent already. */
bool exchange_begin(struct crafted *self);
void exchange_on_kexinit(struct crafted *self, const uint8_t *payload, size_t length);
void exchange_on_ecdh_init(struct crafted *self, const uint8_t *payload, size_t length);
void exchange_on_newkeys(struct crafted *self);
/* Our KEXINIT is this payload, whoever made it. */
bool exchange_sent_kexinit(struct crafted *self, const uint8_t *payload, size_t length);

/* ---- auth.c ---- */

void auth_on_service_request(struct crafted *self, const uint8_t *payload, size_t length);
void auth_on_request(struct crafted *self, const uint8_t *payload, size_t length);
void auth_on_info_response(struct crafted *self, const uint8_t *payload, size_t length);
bool auth_answer_service(struct crafted *self, const struct session_request *request, bool accept);
bool auth_answer(struct crafted *self, const struct session_request *request, bool accept);

/* ---- connection.c ---- */

void connection_on_global_request(struct crafted *self, const uint8_t *payload, size_t length);
void connection_on_open(struct crafted *self, const uint8_t *payload, size_t length);
void connection_on_channel(struct crafted *self, const uint8_t *payload, size_t length);
bool connection_answer_global(struct crafted *self, const struct session_request *request,
                              bool accept);
bool connection_answer_open(struct crafted *self, const struct session_request *request,
                            bool accept);
bool connection_answer_request(struct crafted *self, const struct session_request *request,
                               bool accept);
long connection_write(struct session_channel *channel, const char *bytes, size_t length,
                      bool is_stderr);
bool connection_eof(struct session_channel *channel);
bool connection_exit_status(struct session_channel *channel, int status);
bool connection_exit_signal(struct session_channel *channel, const char *name);
bool connection_close(struct session_channel *channel);

/* Notes a CHANNEL_OPEN that came. */
void connection_note_open(struct crafted *self, const uint8_t *payload, size_t length);
/* Opens the channel that was noted last; `window` is what the client may send. False when there are
 * too many, or memory is short. */
bool connection_open(struct crafted *self, uint32_t number, uint32_t window);

/* ---- said.c ---- */

/* A script said this. */
void said_by_script(struct crafted *self, const uint8_t *payload, size_t length);

/* ---- shared ---- */

/* A request with a copy of its payload, in no queue yet. NULL when memory is short. */
struct session_request *crafted_request_new(enum session_request_kind kind, const uint8_t *payload,
                                            size_t length);
/* The payload of a request. */
struct payload_reader crafted_request_read(const struct session_request *request);

#endif
