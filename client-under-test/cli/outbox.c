#include "cli/outbox.h"

#include "lib/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

size_t outbox_waiting(const struct outbox *outbox)
{
    return outbox->end - outbox->start;
}

static void flush(struct outbox *outbox)
{
    while (outbox_waiting(outbox) > 0 && !outbox->is_broken) {
        ssize_t written =
            stream_write(&outbox->stream, outbox->bytes + outbox->start, outbox_waiting(outbox));
        if (written > 0)
            outbox->start += (size_t)written;
        else if (written < 0 && errno == EAGAIN)
            break;
        else
            outbox->is_broken = true;
    }
    if (outbox->is_broken || outbox->start == outbox->end)
        outbox->start = outbox->end = 0;
    if (outbox_waiting(outbox) > 0)
        ev_io_start(outbox->loop, &outbox->writable);
    else
        ev_io_stop(outbox->loop, &outbox->writable);
}

static void on_writable(struct ev_loop *loop, ev_io *watcher, int events)
{
    struct outbox *outbox = watcher->data;
    (void)loop;
    (void)events;
    flush(outbox);
    outbox->on_change(outbox, outbox->userdata);
}

void outbox_init(struct outbox *outbox, struct ev_loop *loop, int fd,
                 void (*on_change)(struct outbox *outbox, void *userdata), void *userdata)
{
    *outbox = (struct outbox){.loop = loop, .on_change = on_change, .userdata = userdata};
    stream_init(&outbox->stream, fd);
    ev_io_init(&outbox->writable, on_writable, outbox->stream.fd, EV_WRITE);
    outbox->writable.data = outbox;
}

static void make_room(struct outbox *outbox, size_t length)
{
    size_t waiting = outbox_waiting(outbox);
    if (outbox->start > 0) {
        memmove(outbox->bytes, outbox->bytes + outbox->start, waiting);
        outbox->start = 0;
        outbox->end = waiting;
    }
    if (waiting + length > outbox->size) {
        outbox->size = (waiting + length) * 2;
        outbox->bytes = memory_resize(outbox->bytes, outbox->size);
    }
}

void outbox_add(struct outbox *outbox, const void *bytes, size_t length)
{
    if (outbox->is_broken || length == 0)
        return;
    make_room(outbox, length);
    memcpy(outbox->bytes + outbox->end, bytes, length);
    outbox->end += length;
    flush(outbox);
}

void outbox_fini(struct outbox *outbox)
{
    ev_io_stop(outbox->loop, &outbox->writable);
    stream_fini(&outbox->stream);
    free(outbox->bytes);
    outbox->bytes = NULL;
}
