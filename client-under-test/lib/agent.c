#include "lib/agent.h"

#include "lib/err.h"
#include "lib/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LENGTH_BYTES 4

/* As large as OpenSSH's agent lets a message be. */
#define ANSWER_MOST ((size_t)256 * 1024)

/* How long to wait before a full queue of connections is tried again. */
#define AGAIN_S 0.02

struct agent {
    struct ev_loop *loop; /* borrowed */
    char *path;           /* owned */
    agent_answer *on_answer;
    void *userdata;
    int fd;            /* -1: not connected */
    uint8_t *question; /* owned; with its length before it; NULL: nothing is asked */
    size_t to_send, sent;
    uint8_t *answer; /* owned; with its length before it */
    size_t received, answer_room;
    ev_io io;
    ev_timer begin; /* to connect, or to connect again */
};

/* ---- the end of a question ---- */

static void disconnect(struct agent *agent)
{
    ev_io_stop(agent->loop, &agent->io);
    ev_timer_stop(agent->loop, &agent->begin);
    if (agent->fd >= 0)
        (void)close(agent->fd);
    agent->fd = -1;
}

static void forget(uint8_t **bytes, size_t length)
{
    if (*bytes != NULL)
        explicit_bzero(*bytes, length);
    free(*bytes);
    *bytes = NULL;
}

static void fail(struct agent *agent, const char *reason)
{
    struct err_text why = {""};
    disconnect(agent);
    forget(&agent->question, agent->to_send);
    (void)err_set(&why, "the agent at %.200s: %s", agent->path, reason);
    agent->on_answer(agent->userdata, NULL, 0, why.text);
}

/* The callee may free us, or ask the next question. */
static void succeed(struct agent *agent)
{
    uint8_t *answer = agent->answer;
    size_t length = agent->received;
    agent->answer = NULL;
    agent->answer_room = agent->received = 0;
    ev_io_stop(agent->loop, &agent->io);
    forget(&agent->question, agent->to_send);
    agent->on_answer(agent->userdata, answer + LENGTH_BYTES, length - LENGTH_BYTES, NULL);
    forget(&answer, length);
}

/* ---- the socket ---- */

static void watch(struct agent *agent, int events)
{
    ev_io_stop(agent->loop, &agent->io);
    ev_io_set(&agent->io, agent->fd, events);
    ev_io_start(agent->loop, &agent->io);
}

static void send_question(struct agent *agent)
{
    ssize_t sent = send(agent->fd, agent->question + agent->sent, agent->to_send - agent->sent,
                        MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) {
        fail(agent, strerror(errno));
        return;
    }
    agent->sent += sent > 0 ? (size_t)sent : 0;
    if (agent->sent == agent->to_send)
        watch(agent, EV_READ);
}

static uint32_t read_length(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* Room for all that is to come: the length first, then what it says. */
static bool make_room(struct agent *agent)
{
    size_t wanted = LENGTH_BYTES;
    if (agent->received >= LENGTH_BYTES)
        wanted += read_length(agent->answer);
    if (wanted > LENGTH_BYTES + ANSWER_MOST)
        return false;
    if (wanted > agent->answer_room)
        agent->answer = memory_resize(agent->answer, wanted);
    agent->answer_room = wanted;
    return true;
}

static void receive_answer(struct agent *agent)
{
    if (!make_room(agent)) {
        fail(agent, "its answer is longer than 256 KiB");
        return;
    }
    ssize_t got = recv(agent->fd, agent->answer + agent->received,
                       agent->answer_room - agent->received, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) {
        fail(agent, got == 0 ? "it closed the connection" : strerror(errno));
        return;
    }
    agent->received += (size_t)got;
    if (agent->received == LENGTH_BYTES && read_length(agent->answer) == 0)
        fail(agent, "its answer is empty");
    else if (agent->received > LENGTH_BYTES && agent->received == agent->answer_room)
        succeed(agent);
}

static void on_io(struct ev_loop *loop, ev_io *io, int events)
{
    struct agent *agent = io->data;
    (void)loop;
    if ((events & EV_WRITE) != 0)
        send_question(agent);
    else
        receive_answer(agent);
}

/* A UNIX socket connects at once, or says EAGAIN while the agent's queue of connections is full. */
static void on_begin(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct agent *agent = timer->data;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)events;
    if (strlen(agent->path) >= sizeof address.sun_path) {
        fail(agent, strerror(ENAMETOOLONG));
        return;
    }
    memcpy(address.sun_path, agent->path, strlen(agent->path));
    if (agent->fd < 0)
        agent->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (agent->fd >= 0 &&
        connect(agent->fd, (const struct sockaddr *)&address, sizeof address) == 0) {
        watch(agent, EV_WRITE);
    } else if (agent->fd >= 0 && errno == EAGAIN) {
        ev_timer_set(timer, AGAIN_S, 0);
        ev_timer_start(loop, timer);
    } else {
        fail(agent, strerror(errno));
    }
}

/* ---- for callers ---- */

struct agent *agent_new(struct ev_loop *loop, const char *path, agent_answer *on_answer,
                        void *userdata)
{
    struct agent *agent = memory_zeroed(sizeof *agent);
    agent->loop = loop;
    agent->path = memory_text(path);
    agent->on_answer = on_answer;
    agent->userdata = userdata;
    agent->fd = -1;
    ev_init(&agent->io, on_io);
    ev_timer_init(&agent->begin, on_begin, 0, 0);
    agent->io.data = agent->begin.data = agent;
    return agent;
}

void agent_ask(struct agent *agent, const void *bytes, size_t length)
{
    agent->to_send = LENGTH_BYTES + length;
    agent->sent = 0;
    agent->question = memory_zeroed(agent->to_send);
    for (int i = 0; i < LENGTH_BYTES; i++)
        agent->question[i] = (uint8_t)(length >> (24 - 8 * i));
    memcpy(agent->question + LENGTH_BYTES, bytes, length);
    if (agent->fd >= 0)
        watch(agent, EV_WRITE);
    else
        ev_feed_event(agent->loop, &agent->begin, EV_TIMER);
}

void agent_free(struct agent **agent)
{
    struct agent *gone = *agent;
    if (gone == NULL)
        return;
    disconnect(gone);
    forget(&gone->question, gone->to_send);
    forget(&gone->answer, gone->received);
    free(gone->path);
    free(gone);
    *agent = NULL;
}
