/* libssh 0.10.6 can use an agent, but waits for it with poll(-1). So it never gets one: it talks to
 * a socket pair of ours, in which the answers lie before it asks. They are a list of keys, and a
 * refusal to sign. If the server would take one of the keys, libssh asks for the signature, and
 * what it asked is passed on to the agent. Once that has signed, all is done again with this key
 * alone, and the signature in the refusal's place.
 *
 * Each list but the first one of a session costs memory that libssh never frees, a buffer for which
 * see ssh_agent_get_ident_count(). There are two lists, so that a signature costs one buffer. */
#include "lib/auth_agent.h"

#include "lib/agent.h"
#include "lib/memory.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* draft-miller-ssh-agent 6.1 */
enum {
    AGENT_FAILURE = 5,
    AGENTC_REQUEST_IDENTITIES = 11,
    AGENT_IDENTITIES_ANSWER = 12,
    AGENT_SIGN_RESPONSE = 14,
};

/* Servers end the connection after a few keys; OpenSSH's after six. */
#define IDENTITIES_MOST 6

enum state {
    STATE_LIST,   /* the agent is to be asked for its keys */
    STATE_TRY,    /* the server is asked whether it would take the key */
    STATE_SUBMIT, /* the agent is to sign, then the server is to take the signature */
    STATE_OVER,
};

struct blob {
    uint8_t *bytes; /* owned */
    size_t length;
};

struct auth_agent {
    ssh_session ssh; /* borrowed */
    void (*on_wake)(void *userdata);
    void *userdata;
    struct agent *agent; /* owned */
    enum state state;
    bool is_asking;    /* the agent, which has not answered */
    bool is_under_way; /* libssh has been given the answers, and asks the server */
    struct blob keys[IDENTITIES_MOST];
    size_t first, count;   /* those before `first` have been refused */
    struct blob signature; /* the agent's answer */
    int ours, theirs;      /* the socket pair; libssh closes `theirs`. -1: not made */
    struct err_text error;
};

/* ---- what the agent says ---- */

struct reader {
    const uint8_t *at, *end;
};

static bool read_u32(struct reader *reader, uint32_t *number)
{
    if (reader->end - reader->at < 4)
        return false;
    const uint8_t *at = reader->at;
    *number = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    reader->at += 4;
    return true;
}

/* RFC 4251 5: a length and that many bytes. */
static bool read_string(struct reader *reader, struct reader *string)
{
    uint32_t length = 0;
    if (!read_u32(reader, &length) || length > (size_t)(reader->end - reader->at))
        return false;
    *string = (struct reader){reader->at, reader->at + length};
    reader->at += length;
    return true;
}

static void set_blob(struct blob *blob, const uint8_t *bytes, size_t length)
{
    blob->bytes = memory_resize(blob->bytes, length + 1);
    memcpy(blob->bytes, bytes, length);
    blob->length = length;
}

static void read_identities(struct auth_agent *auth, struct reader answer)
{
    uint32_t count = 0;
    struct reader blob, comment;
    if (!read_u32(&answer, &count))
        return;
    for (; count > 0 && auth->count < IDENTITIES_MOST; count--) {
        if (!read_string(&answer, &blob) || !read_string(&answer, &comment))
            return;
        set_blob(&auth->keys[auth->count++], blob.at, (size_t)(blob.end - blob.at));
    }
}

static void take_list(struct auth_agent *auth, const uint8_t *bytes, size_t length)
{
    if (bytes[0] == AGENT_IDENTITIES_ANSWER)
        read_identities(auth, (struct reader){bytes + 1, bytes + length});
    auth->state = auth->count > 0 ? STATE_TRY : STATE_OVER;
    if (auth->count == 0)
        (void)err_set(&auth->error, "the agent has no key that could be used");
}

/* The key that was to sign will not do: on to those behind it. */
static void next_key(struct auth_agent *auth)
{
    auth->first++;
    auth->state = auth->first < auth->count ? STATE_TRY : STATE_OVER;
}

static void take_signature(struct auth_agent *auth, const uint8_t *bytes, size_t length)
{
    if (bytes[0] != AGENT_SIGN_RESPONSE) {
        (void)err_set(&auth->error, "the agent would not sign");
        next_key(auth);
        return;
    }
    set_blob(&auth->signature, bytes, length);
}

static void on_answer(void *userdata, const uint8_t *bytes, size_t length, const char *why)
{
    struct auth_agent *auth = userdata;
    auth->is_asking = false;
    if (bytes == NULL) {
        (void)err_set(&auth->error, "%s", why);
        auth->state = STATE_OVER;
    } else if (auth->state == STATE_LIST) {
        take_list(auth, bytes, length);
    } else {
        take_signature(auth, bytes, length);
    }
    auth->on_wake(auth->userdata);
}

static void ask(struct auth_agent *auth, const void *bytes, size_t length)
{
    auth->is_asking = true;
    agent_ask(auth->agent, bytes, length);
}

/* ---- what libssh asks ---- */

/* A new pair each time: answers that libssh did not ask for can't be taken back. It keeps the
 * number of its descriptor, and closes that with the session. */
static bool make_pair(struct auth_agent *auth)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return err_set_errno(&auth->error, "can't make a socket pair");
    if (auth->ours >= 0) {
        (void)close(auth->ours);
        (void)dup3(pair[1], auth->theirs, O_CLOEXEC);
        (void)close(pair[1]);
    } else if (ssh_set_agent_socket(auth->ssh, pair[1]) == SSH_OK) {
        auth->theirs = pair[1];
    } else {
        (void)close(pair[0]);
        (void)close(pair[1]);
        return err_set(&auth->error, "libssh can't use an agent");
    }
    auth->ours = pair[0];
    return true;
}

static uint8_t *put_u32(uint8_t *at, size_t number)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        *at++ = (uint8_t)(number >> shift);
    return at;
}

static bool lay_down(struct auth_agent *auth, const uint8_t *bytes, size_t length)
{
    uint8_t prefix[4];
    (void)put_u32(prefix, length);
    return send(auth->ours, prefix, sizeof prefix, MSG_DONTWAIT | MSG_NOSIGNAL) == sizeof prefix &&
           send(auth->ours, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)length;
}

/* byte type, uint32 count, and for each: string key blob, string comment "" */
static bool lay_down_list(struct auth_agent *auth, size_t count)
{
    const struct blob *keys = &auth->keys[auth->first];
    size_t length = 1 + 4;
    for (size_t i = 0; i < count; i++)
        length += 4 + keys[i].length + 4;
    uint8_t *list = memory_zeroed(length);
    list[0] = AGENT_IDENTITIES_ANSWER;
    uint8_t *at = put_u32(list + 1, count);
    for (size_t i = 0; i < count; i++) {
        at = put_u32(at, keys[i].length);
        memcpy(at, keys[i].bytes, keys[i].length);
        at = put_u32(at + keys[i].length, 0);
    }
    bool good = lay_down(auth, list, length);
    free(list);
    return good;
}

/* What libssh asked: all of it is there, since it has gone on. 0 when that is nothing. */
static size_t pick_up(struct auth_agent *auth, uint8_t *bytes, size_t size)
{
    uint8_t prefix[4];
    uint32_t length = 0;
    struct reader reader = {prefix, prefix + sizeof prefix};
    if (recv(auth->ours, prefix, sizeof prefix, MSG_DONTWAIT) != sizeof prefix ||
        !read_u32(&reader, &length) || length > size)
        return 0;
    ssize_t got = recv(auth->ours, bytes, length, MSG_DONTWAIT);
    return got > 0 ? (size_t)got : 0;
}

/* Lets libssh ask the server for the next `count` keys, with this answer for when it wants a
 * signature. */
static int let_libssh_ask(struct auth_agent *auth, size_t count, const uint8_t *answer,
                          size_t length)
{
    if (!auth->is_under_way &&
        (!make_pair(auth) || !lay_down_list(auth, count) || !lay_down(auth, answer, length)))
        return SSH_AUTH_ERROR;
    int rc = ssh_userauth_agent(auth->ssh, NULL);
    auth->is_under_way = rc == SSH_AUTH_AGAIN;
    return rc;
}

/* ---- steps ---- */

/* byte type, string key blob, string data, uint32 flags */
static size_t key_to_sign(const struct auth_agent *auth, const uint8_t *question, size_t length)
{
    struct reader reader = {question + 1, question + length}, blob;
    size_t i = auth->first;
    if (!read_string(&reader, &blob))
        return auth->count;
    while (i < auth->count && (auth->keys[i].length != (size_t)(blob.end - blob.at) ||
                               memcmp(auth->keys[i].bytes, blob.at, auth->keys[i].length) != 0))
        i++;
    return i;
}

/* SSH_AUTH_ERROR is what the refusal leads to, and then there are two questions to be picked up. */
static int try_key(struct auth_agent *auth)
{
    static const uint8_t refusal[] = {AGENT_FAILURE};
    uint8_t question[16384];
    int rc = let_libssh_ask(auth, auth->count - auth->first, refusal, sizeof refusal);
    if (rc == SSH_AUTH_AGAIN)
        return rc;
    if (rc != SSH_AUTH_ERROR) {
        auth->state = STATE_OVER; /* the server will have none of them */
        return rc;
    }
    (void)pick_up(auth, question, sizeof question);
    size_t length = pick_up(auth, question, sizeof question);
    if (length == 0)
        return SSH_AUTH_ERROR;
    auth->first = key_to_sign(auth, question, length);
    if (auth->first == auth->count)
        return SSH_AUTH_ERROR;
    auth->state = STATE_SUBMIT;
    ask(auth, question, length);
    return SSH_AUTH_AGAIN;
}

static int submit(struct auth_agent *auth)
{
    int rc = let_libssh_ask(auth, 1, auth->signature.bytes, auth->signature.length);
    if (rc == SSH_AUTH_PARTIAL)
        auth->state = STATE_OVER;
    else if (rc == SSH_AUTH_DENIED)
        next_key(auth);
    return rc;
}

static int step_once(struct auth_agent *auth)
{
    static const uint8_t list[] = {AGENTC_REQUEST_IDENTITIES};
    switch (auth->state) {
    case STATE_LIST:
        ask(auth, list, sizeof list);
        break;
    case STATE_TRY:
        return try_key(auth);
    case STATE_SUBMIT:
        return submit(auth);
    case STATE_OVER:
        break;
    }
    return SSH_AUTH_AGAIN;
}

int auth_agent_step(struct auth_agent *auth)
{
    while (!auth->is_asking && auth->state != STATE_OVER) {
        int rc = step_once(auth);
        if (rc == SSH_AUTH_SUCCESS || rc == SSH_AUTH_AGAIN || rc == SSH_AUTH_ERROR)
            return rc;
    }
    return auth->state == STATE_OVER ? SSH_AUTH_DENIED : SSH_AUTH_AGAIN;
}

const char *auth_agent_error(const struct auth_agent *auth)
{
    return auth->error.text;
}

struct auth_agent *auth_agent_new(ssh_session ssh, const struct auth_setup *setup)
{
    struct auth_agent *auth = memory_zeroed(sizeof *auth);
    auth->ssh = ssh;
    auth->on_wake = setup->on_wake;
    auth->userdata = setup->userdata;
    auth->ours = auth->theirs = -1;
    auth->agent = agent_new(setup->loop, setup->agent, on_answer, auth);
    return auth;
}

void auth_agent_free(struct auth_agent **auth)
{
    struct auth_agent *gone = *auth;
    if (gone == NULL)
        return;
    agent_free(&gone->agent);
    for (size_t i = 0; i < gone->count; i++)
        free(gone->keys[i].bytes);
    if (gone->ours >= 0)
        (void)close(gone->ours);
    free(gone->signature.bytes);
    free(gone);
    *auth = NULL;
}
