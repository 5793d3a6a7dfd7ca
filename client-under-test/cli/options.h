/* The command lines of `sshexec --deadline D … [user@]host[:port] -- command…` and of `sshexec
 * batch`. */
#ifndef SSHEXEC_OPTIONS_H
#define SSHEXEC_OPTIONS_H

#include "lib/err.h"
#include "lib/sshexec.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define JOBS_DEFAULT 64
#define JOBS_MOST    10000

struct options {
    sshexec_request *request; /* owned; what was given, and for a batch what holds for each line */
    int64_t deadline_ms;      /* 0: not given */
    bool has_user, has_hostkey;
    const char *password_file; /* borrowed from argv; NULL when not given */
    const char *file;          /* of a batch; "-" is standard input */
    long jobs;                 /* of a batch, as the next two */
    int64_t reuse_ms;          /* 0: each task has a connection of its own */
    bool is_json;
    bool is_verbose;
    bool has_no_stdin;
};

/* Reads the words after the program's name. `default_user` serves when no user is named; it may be
 * NULL. False with one sentence otherwise; options_fini() afterwards in any case. */
bool options_read(struct options *options, int count, char *const *words, const char *default_user,
                  struct err_text *error);

/* The same for `sshexec batch [option…] [FILE]`: what is given holds for tasks that say nothing
 * else, so that nothing is missing here. */
bool options_read_batch(struct options *options, int count, char *const *words,
                        const char *default_user, struct err_text *error);

/* Parses a size: "65536", "64K", "16M", "1G". */
bool options_read_size(const char *text, uint64_t *bytes, struct err_text *error);

/* Gives the request the password: a file's first line, or the environment's, if there is one. */
bool options_read_password(const struct options *options, struct err_text *error);

/* One line for each option, for --help. */
void options_print(FILE *to);

void options_fini(struct options *options);

#endif
