/* Lines over pipes that never block: how the judge listens to servers and drivers, and how it
 * speaks to them. The descriptors are non-blocking; both structs borrow them. */
#ifndef JUDGE_LINES_H
#define JUDGE_LINES_H

#include <stdbool.h>
#include <stddef.h>

enum lines_status {
    LINES_MORE,     /* nothing more for now */
    LINES_END,      /* the other end was closed */
    LINES_TOO_LONG, /* a line passed the limit; nothing is read any more */
    LINES_FAILED    /* read failed; errno says why */
};

/* One whole line, without its newline and ended by NUL; it lives until the callback returns. May
 * not free the reader. A NUL byte inside the line ends the text early: JSON cannot hold one. */
typedef void lines_on_line(void *context, char *line, size_t length);

struct line_reader {
    int fd;
    char *buffer; /* owned */
    size_t used, size, limit;
    bool too_long;
    lines_on_line *on_line;
    void *context; /* borrowed */
};

void line_reader_init(struct line_reader *reader, int fd, size_t limit_bytes,
                      lines_on_line *on_line, void *context);
void line_reader_fini(struct line_reader *reader);

/* Reads what is there, at most 256 KiB so that no peer keeps the loop busy, and hands each whole
 * line on. What follows the last newline at the end of file is no line and is dropped. */
enum lines_status line_reader_read(struct line_reader *reader);

/* A queue of bytes to a pipe whose reader may be slow, or deaf. */
struct line_writer {
    int fd;       /* -1 once closed */
    char *buffer; /* owned */
    size_t used, size, limit;
};

void line_writer_init(struct line_writer *writer, int fd, size_t limit_bytes);
void line_writer_fini(struct line_writer *writer);

/* Queues the text and a newline, then writes what the pipe takes. False when the queue is full or
 * the pipe is broken: the reader is deaf or gone. */
bool line_writer_put(struct line_writer *writer, const char *text);

/* Writes what the pipe takes now. False when it is broken. */
bool line_writer_flush(struct line_writer *writer);

#endif
