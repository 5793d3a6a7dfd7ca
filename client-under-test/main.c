/* sshexec: runs a command over SSH under one absolute deadline. */
#include "driver.h"
#include "task.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#define STATUS_FAILURE 255
#define OUTPUT_LIMIT   ((uint64_t)64 * 1024 * 1024)

static int usage(FILE *to, int status)
{
    (void)fputs("usage: sshexec driver\n"
                "       sshexec --version | --help\n",
                to);
    return status;
}

int main(int argc, char **argv)
{
    struct err_text error = {""};
    const char *word = argc == 2 ? argv[1] : "";
    if (strcmp(word, "--version") == 0)
        return printf("sshexec %s\n", FAKESSHD_VERSION) < 0 ? STATUS_FAILURE : 0;
    if (strcmp(word, "--help") == 0)
        return usage(stdout, 0);
    if (strcmp(word, "driver") != 0)
        return usage(stderr, STATUS_FAILURE);

    /* libssh sends with MSG_NOSIGNAL; our own standard output may be a pipe that nobody reads. */
    (void)signal(SIGPIPE, SIG_IGN);
    if (!engine_warm_up(&error)) {
        (void)fprintf(stderr, "sshexec: %s\n", error.text);
        return STATUS_FAILURE;
    }
    return driver_run(OUTPUT_LIMIT);
}
