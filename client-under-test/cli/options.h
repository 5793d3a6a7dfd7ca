/* The command lines of `sshexec --deadline D … [user@]host[:port] -- command…` and of `sshexec
 * batch`. */
#ifndef SSHEXEC_OPTIONS_H
#define SSHEXEC_OPTIONS_H

#include "lib/err.h"
#include "lib/hostkey.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define JOBS_DEFAULT         64
#define JOBS_MOST            10000
#define OUTPUT_LIMIT_DEFAULT ((uint64_t)64 * 1024 * 1024)

struct options {
    int64_t deadline_ms;
    int port;
    char *user, *host, *command; /* owned */
    const char *key;             /* borrowed from argv; NULL when not given, as the next three */
    const char *known_hosts;
    const char *dns;
    const char *password_file;
    const char *hostkey_line, *fingerprint; /* those given last, as they were given */
    const char *file;                       /* of a batch; "-" is standard input */
    long jobs;                              /* of a batch, as the next */
    bool is_json;
    struct hostkey_policy hostkeys;
    uint64_t output_limit;
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

/* Takes "[user@]host[:port]" apart: "host", "host:22", "[::1]:22", "::1". Parts that are not named
 * are left alone. */
bool options_read_destination(struct options *options, const char *text, struct err_text *error);

/* Parses a size: "65536", "64K", "16M", "1G". */
bool options_read_size(const char *text, uint64_t *bytes, struct err_text *error);

/* The password: a file's first line, or the environment's, or NULL. Owned by the caller. */
bool options_read_password(const struct options *options, char **password, struct err_text *error);

/* One line for each option, for --help. */
void options_print(FILE *to);

void options_fini(struct options *options);

#endif
