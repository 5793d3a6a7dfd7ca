/* The command's standard input. */
#include "lib/session_state.h"

/* ssh_channel_write() copies whatever the peer's window allows into memory, so it gets little. */
#define STDIN_PIECE ((size_t)16 * 1024)

size_t session_stdin_room(const struct session *session)
{
    const struct progress *progress = session->progress;
    if (!progress->exec_accepted || session->stdin_ended || progress->rekeying ||
        progress->close_received || (ssh_get_status(session->ssh) & SSH_WRITE_PENDING) != 0)
        return 0;
    uint32_t window = ssh_channel_window_size(session->channel);
    return window < STDIN_PIECE ? window : STDIN_PIECE;
}

size_t session_write_stdin(struct session *session, const void *bytes, size_t length)
{
    size_t room = session_stdin_room(session);
    if (length > room)
        length = room;
    if (length == 0)
        return 0;
    int taken = ssh_channel_write(session->channel, bytes, (uint32_t)length);
    return taken > 0 ? (size_t)taken : 0;
}

void session_end_stdin(struct session *session)
{
    if (session->stdin_ended || !session->progress->exec_accepted)
        return;
    session->stdin_ended = true;
    (void)ssh_channel_send_eof(session->channel);
}
