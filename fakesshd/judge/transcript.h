/* What went over a driver's pipes, line by line, with time and direction: printed, recorded as JSON
 * lines, and read back. A recording's entries are numbered as its lines are:
 *
 *     {"at_ms":0.000,"event":"begin","schema":1,"client":"mylib"}
 *     {"at_ms":83.120,"from":"driver","line":"{\"op\":\"hello\",...}"}
 *     {"at_ms":83.544,"from":"judge","line":"{\"op\":\"run\",\"id\":1,...}"}
 *
 * What is not UTF-8 stands in "line_b64". */
#ifndef JUDGE_TRANSCRIPT_H
#define JUDGE_TRANSCRIPT_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* identifier, word in a recording, sign on a terminal, what it is; the first two are lines */
#define TRANSCRIPT_KINDS(X)                                                                \
    X(TRANSCRIPT_ASKED, "judge", ">", "a line to the driver")                              \
    X(TRANSCRIPT_SAID, "driver", "<", "a line from the driver")                            \
    X(TRANSCRIPT_BEGIN, "begin", "-", "the driver is started")                             \
    X(TRANSCRIPT_TOO_LONG, "too_long", "<", "the driver said more than a line may hold")   \
    X(TRANSCRIPT_UNFINISHED, "unfinished", "<", "the driver's output ended inside a line") \
    X(TRANSCRIPT_CLOSED, "closed", "-", "the driver's standard input was closed")          \
    X(TRANSCRIPT_EXIT, "exit", "-", "the driver's process ended")                          \
    X(TRANSCRIPT_KILLED, "killed", "-", "the judge ended the driver")

enum transcript_kind {
#define X(id, word, sign, sentence) id,
    TRANSCRIPT_KINDS(X)
#undef X
};

struct transcript_entry {
    enum transcript_kind kind;
    int line;         /* its number, from 1 */
    int64_t at_ns;    /* since the beginning */
    const char *text; /* borrowed, ended by NUL; of lines, else a word on what happened, or "" */
    size_t length;
    int status; /* of TRANSCRIPT_EXIT: as wait(2) gives it */
};

typedef void transcript_on_entry(void *context, const struct transcript_entry *entry);

/* Takes entries as they come. */
struct transcript {
    int64_t begun_ns;
    int lines;
    FILE *print;  /* borrowed; for people; NULL: none */
    FILE *record; /* borrowed; as JSON lines; NULL: none */
    transcript_on_entry *on_entry;
    void *context; /* borrowed */
};

void transcript_add(struct transcript *transcript, enum transcript_kind kind, const char *text,
                    size_t length, int status, int64_t now_ns);

/* Reads a recording and hands its entries on. ERR_INPUT, with path and line, for what is none. */
enum err transcript_read(const char *path, transcript_on_entry *on_entry, void *context,
                         struct err_text *error);

/* Entries as text: a recording's line, and one for people (`text` cut, controls made harmless). */
void transcript_record_entry(FILE *out, const struct transcript_entry *entry);
void transcript_print_entry(FILE *out, const struct transcript_entry *entry);

#endif
