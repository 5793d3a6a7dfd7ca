/* Lines over non-blocking pipes. */
#include "judge/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { READ_BYTES = 64 * 1024, READS_A_TURN = 4 };

void line_reader_init(struct line_reader *reader, int fd, size_t limit_bytes,
                      lines_on_line *on_line, void *context)
{
    *reader = (struct line_reader){
        .fd = fd, .limit = limit_bytes, .on_line = on_line, .context = context};
}

void line_reader_fini(struct line_reader *reader)
{
    free(reader->buffer);
    reader->buffer = NULL;
    reader->used = reader->size = 0;
}

static void make_room(struct line_reader *reader)
{
    if (reader->size - reader->used >= READ_BYTES)
        return;
    reader->size = reader->used + READ_BYTES;
    reader->buffer = realloc(reader->buffer, reader->size);
    if (reader->buffer == NULL)
        abort();
}

static void hand_on_lines(struct line_reader *reader)
{
    char *start = reader->buffer, *end = reader->buffer + reader->used;
    char *newline;
    while ((newline = memchr(start, '\n', (size_t)(end - start))) != NULL) {
        *newline = '\0';
        if ((size_t)(newline - start) > reader->limit) {
            reader->too_long = true;
            return;
        }
        reader->on_line(reader->context, start, (size_t)(newline - start));
        start = newline + 1;
    }
    reader->used = (size_t)(end - start);
    memmove(reader->buffer, start, reader->used);
    if (reader->used > reader->limit)
        reader->too_long = true;
}

enum lines_status line_reader_read(struct line_reader *reader)
{
    for (int i = 0; i < READS_A_TURN && !reader->too_long; i++) {
        make_room(reader);
        ssize_t got = read(reader->fd, reader->buffer + reader->used, READ_BYTES);
        if (got == 0)
            return LINES_END;
        if (got < 0)
            return errno == EAGAIN || errno == EINTR ? LINES_MORE : LINES_FAILED;
        reader->used += (size_t)got;
        hand_on_lines(reader);
    }
    return reader->too_long ? LINES_TOO_LONG : LINES_MORE;
}

void line_writer_init(struct line_writer *writer, int fd, size_t limit_bytes)
{
    *writer = (struct line_writer){.fd = fd, .limit = limit_bytes};
}

void line_writer_fini(struct line_writer *writer)
{
    free(writer->buffer);
    *writer = (struct line_writer){.fd = -1};
}

bool line_writer_put(struct line_writer *writer, const char *text)
{
    size_t length = strlen(text);
    if (writer->fd < 0 || writer->used + length + 1 > writer->limit)
        return false;
    if (writer->used + length + 1 > writer->size) {
        writer->size = writer->used + length + 1024;
        writer->buffer = realloc(writer->buffer, writer->size);
        if (writer->buffer == NULL)
            abort();
    }
    memcpy(writer->buffer + writer->used, text, length);
    writer->buffer[writer->used + length] = '\n';
    writer->used += length + 1;
    return line_writer_flush(writer);
}

bool line_writer_flush(struct line_writer *writer)
{
    while (writer->fd >= 0 && writer->used > 0) {
        ssize_t put = write(writer->fd, writer->buffer, writer->used);
        if (put < 0)
            return errno == EAGAIN || errno == EINTR;
        writer->used -= (size_t)put;
        memmove(writer->buffer, writer->buffer + put, writer->used);
    }
    return writer->fd >= 0;
}
