/* `sshexec completion bash`: what a shell has to know to complete sshexec's command lines. */
#ifndef SSHEXEC_COMPLETION_H
#define SSHEXEC_COMPLETION_H

#include <stdbool.h>
#include <stdio.h>

/* Writes a bash script made of the tables of options; false when it can't be written. */
bool completion_print(FILE *to);

#endif
