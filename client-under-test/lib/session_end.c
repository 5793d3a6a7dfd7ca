/* The end of a session: with a goodbye, without one, or at rest until another command comes. */
#include "lib/memory.h"
#include "lib/session_state.h"

#include <linux/sockios.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* What a server may send while nothing is asked of it: keepalive requests, another key exchange. */
#define BYTES_AT_REST ((uint64_t)64 * 1024)

void session_finish(struct session **session)
{
    struct session *old = *session;
    if (old == NULL)
        return;
    old->is_closing = true;
    auth_free(&old->auth);
    if (old->channel != NULL && !session_is_broken(old))
        (void)ssh_channel_close(old->channel);
    bool is_open = session_holds_fd(old);
    if (is_open) {
        /* libssh sends a last message only if it was told since its last one that the socket takes
         * more; on a full socket this send fails at once, for the descriptor doesn't block. */
        ssh_set_fd_towrite(old->ssh);
        ssh_disconnect(old->ssh);
    }
    ssh_free(old->ssh);
    /* ssh_disconnect() let go of the descriptor without closing it, as it is one of ours. */
    if (is_open || !old->has_taken_fd)
        (void)close(old->fd);
    free(old);
    *session = NULL;
}

/* What the peer has not taken would keep the connection alive in the kernel long after the
 * descriptor is gone, as long as the peer does not read: then a reset is the only end. */
static void abandon_unsent(int fd)
{
    int unsent = 0;
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    if (ioctl(fd, SIOCOUTQ, &unsent) == 0 && unsent > 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

void session_drop(struct session **session)
{
    if (*session == NULL)
        return;
    struct session *old = *session;
    old->is_closing = true;
    auth_free(&old->auth);
    if (session_holds_fd(old) || !old->has_taken_fd)
        abandon_unsent(old->fd);
    ssh_free(old->ssh);
    if (!old->has_taken_fd)
        (void)close(old->fd);
    free(old);
    *session = NULL;
}

/* ---- at rest ---- */

bool session_can_rest(const struct session *session)
{
    const struct progress *progress = session->progress;
    return progress->exec_accepted && !progress->rekeying && !session->keepalive_is_sent &&
           !session_is_broken(session) && !session_wants_write(session);
}

/* The server's CLOSE may still be on its way: libssh waits for it, and frees the channel then. */
void session_rest(struct session *session, struct progress *progress,
                  const struct hostkey_policy *hostkeys)
{
    *progress = *session->progress;
    session->progress = progress;
    session->setup = (struct session_setup){.hostkeys = hostkeys};
    session->is_closing = true;
    (void)ssh_remove_channel_callbacks(session->channel, &session->channel_callbacks);
    (void)ssh_channel_close(session->channel);
    ssh_channel_free(session->channel);
    session->channel = NULL;
    session->bytes_at_rest = session->socket_bytes.in_bytes;
}

bool session_tend(struct session *session)
{
    struct err_text error = {""};
    return session_read(session, &error) &&
           session->socket_bytes.in_bytes - session->bytes_at_rest <= BYTES_AT_REST;
}

bool session_can_resume(const struct session *session)
{
    return !session->progress->rekeying;
}

void session_resume(struct session *session, const struct session_setup *setup,
                    struct progress *progress)
{
    *progress = (struct progress){.connected = true,
                                  .ident_received = true,
                                  .kexinit_received = true,
                                  .newkeys_sent = true,
                                  .keys_in_use = true,
                                  .service_accepted = true,
                                  .authenticated = true};
    session->progress = progress;
    session->setup = *setup;
    session->is_closing = session->stdin_ended = session->exec_is_sent = false;
    session->variables_set = 0;
    session->signal[0] = '\0';
    session_begin_command(session);
}

bool session_has_sent_command(const struct session *session)
{
    return session->exec_is_sent;
}
