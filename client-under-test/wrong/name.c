/* The name of a task's host, asked for by hand: one question for its A record, over UDP (RFC 1035
 * 4.1). TCP is left out, and so is asking again: it suffices for a server on the same machine. */
#include "link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEADER_BYTES = 12, ID = 0x5157, TYPE_A = 1, MESSAGE_MAX_BYTES = 512 };

/* How many bytes the question takes; 0 when the name is none. */
static size_t write_question(const char *name, unsigned char *message)
{
    static const unsigned char header[HEADER_BYTES] = {ID >> 8, ID & 0xff, 1, 0, 0, 1};
    unsigned char *at = message + HEADER_BYTES;
    memcpy(message, header, HEADER_BYTES);
    if (strlen(name) > 250)
        return 0;
    while (*name != '\0') {
        size_t length = strcspn(name, ".");
        if (length == 0 || length > 63)
            return 0;
        *at++ = (unsigned char)length;
        memcpy(at, name, length);
        at += length;
        name += length + (name[length] == '.' ? 1 : 0);
    }
    memcpy(at, "\0\0\1\0\1", 5); /* the root; A, IN */
    return (size_t)(at + 5 - message);
}

/* Is it an answer to this question: its id, its words? */
static bool is_our_answer(const unsigned char *answer, size_t length, const unsigned char *question,
                          size_t question_length)
{
    return length >= question_length && memcmp(answer, question, 2) == 0 &&
           (answer[2] & 0x80) != 0 &&
           memcmp(answer + HEADER_BYTES, question + HEADER_BYTES, question_length - HEADER_BYTES) ==
               0;
}

/* The address in the first record behind the question, which is to be a pointer to the name, A, IN;
 * NULL when there is none. */
static const unsigned char *find_address(const unsigned char *answer, size_t length,
                                         size_t question_length)
{
    const unsigned char *record = answer + question_length;
    if ((answer[3] & 0x0f) != 0 || answer[7] == 0 || length < question_length + 16 ||
        memcmp(record, "\xc0\x0c\0\1\0\1", 6) != 0)
        return NULL;
    return record + 12;
}

static int connect_to(const char *server)
{
    char host[64];
    const char *port = strrchr(server, ':');
    struct sockaddr_in address = {.sin_family = AF_INET};
    if (port == NULL || (size_t)(port - server) >= sizeof host)
        return -1;
    (void)snprintf(host, sizeof host, "%.*s", (int)(port - server), server);
    address.sin_port = htons((uint16_t)atoi(port + 1));
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && (inet_pton(AF_INET, host, &address.sin_addr) != 1 ||
                    connect(fd, (struct sockaddr *)&address, sizeof address) != 0)) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

/* Waits for an answer that counts. False when the time is up, or there is nobody. */
static bool wait_for_answer(struct link *link, const unsigned char *question,
                            size_t question_length, unsigned char *answer, size_t *length)
{
    for (;;) {
        if (!link->wait(link, POLLIN)) {
            link->timed_out = true;
            return link_fail(link, "the deadline passed");
        }
        ssize_t got = recv(link->fd, answer, MESSAGE_MAX_BYTES, 0);
        if (got < 0 && errno != EAGAIN)
            return link_fail(link, strerror(errno));
        *length = got > 0 ? (size_t)got : 0;
        if (*length >= question_length &&
            (link->is_credulous || is_our_answer(answer, *length, question, question_length)))
            return true;
    }
}

bool link_resolve(struct link *link)
{
    unsigned char question[MESSAGE_MAX_BYTES], answer[MESSAGE_MAX_BYTES] = {0};
    size_t length = 0, question_length = write_question(link->task->host, question);
    if (link->task->dns == NULL)
        return true;
    link->phase = "dns";
    link->fd = connect_to(link->task->dns);
    bool good = question_length > 0 && link->fd >= 0 &&
                send(link->fd, question, question_length, 0) == (ssize_t)question_length;
    if (!good)
        (void)link_fail(link, "the question can't be sent");
    good = good && wait_for_answer(link, question, question_length, answer, &length);
    if (link->fd >= 0)
        (void)close(link->fd);
    link->fd = -1;
    const unsigned char *address = good ? find_address(answer, length, question_length) : NULL;
    if (address == NULL)
        return good ? link_fail(link, "the name has no address") : false;
    (void)inet_ntop(AF_INET, address, link->host, sizeof link->host);
    link->phase = "tcp";
    return true;
}
