/* `sshexec serve`: the service as a process. */
#ifndef SSHEXEC_SERVE_H
#define SSHEXEC_SERVE_H

#include <stdio.h>

/* `words` are those after "serve". Runs until it is ended; the exit status. */
int serve_run(int count, char *const *words);

/* One line for each option, for --help. */
void serve_print_options(FILE *to);

/* The name of an option, and what its value is (NULL: it takes none); NULL behind the last one. */
const char *serve_option(size_t index, const char **value);

#endif
