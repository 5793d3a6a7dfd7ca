/* sshexec: runs commands over SSH, each under one absolute deadline. */
#include "cli/batch.h"
#include "cli/completion.h"
#include "cli/driver.h"
#include "cli/exec.h"
#include "cli/options.h"
#include "cli/task_json.h"
#include "lib/deadline.h"
#include "lib/task.h"
#include "service/serve.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int help(void)
{
    (void)fputs("usage: sshexec --deadline D [option…] [user@]host[:port] [--] command…\n"
                "       sshexec batch [--deadline D] [option…] [FILE]\n"
                "       sshexec serve [option…]\n"
                "       sshexec driver [--output-limit BYTES]\n"
                "       sshexec completion bash\n"
                "       sshexec --version | --help\n\n"
                "Runs a command over SSH. One absolute deadline covers everything from the\n"
                "question for the host's name to close; a host key must be given. Nothing is\n"
                "read from ~/.ssh or /etc/ssh.\n\n",
                stdout);
    options_print(stdout);
    (void)fputs("\nOptions of serve:\n", stdout);
    serve_print_options(stdout);
    (void)fputs(
        "\nExit status: the remote command's (255 if that is higher); 124 when the deadline\n"
        "passed; 255 for every failure, of the connection or of this command line.\n",
        stdout);
    return fflush(stdout) == 0 ? 0 : EXEC_STATUS_FAILURE;
}

static int complain(const struct err_text *error)
{
    (void)fprintf(stderr, "sshexec: %s\n", error->text);
    return EXEC_STATUS_FAILURE;
}

static int run_driver(int count, char *const *words)
{
    struct err_text error = {""};
    struct err_text why = {""};
    uint64_t output_limit = DRIVER_OUTPUT_LIMIT_DEFAULT;
    bool good = count == 0;
    if (count == 2 && strcmp(words[0], "--output-limit") == 0)
        good = options_read_size(words[1], &output_limit, &why);
    if (!good) {
        (void)err_set(&error, "driver: %.300s",
                      why.text[0] != '\0' ? why.text : "the only option is --output-limit BYTES");
        return complain(&error);
    }
    if (!engine_warm_up(&error))
        return complain(&error);
    return driver_run(output_limit);
}

static int run_command(int count, char *const *words, int64_t start_ns)
{
    struct options options;
    struct err_text error = {""};
    const char *user = getenv("USER");
    int status = EXEC_STATUS_FAILURE;
    if (options_read(&options, count, words, user != NULL ? user : getenv("LOGNAME"), &error))
        status = exec_run(&options, start_ns);
    else
        (void)complain(&error);
    options_fini(&options);
    return status;
}

static int run_batch(int count, char *const *words)
{
    struct options options;
    struct err_text error = {""};
    const char *user = getenv("USER");
    int status = EXEC_STATUS_FAILURE;
    if (options_read_batch(&options, count, words, user != NULL ? user : getenv("LOGNAME"), &error))
        status = batch_run(&options);
    else
        (void)complain(&error);
    options_fini(&options);
    return status;
}

static int run_completion(int count, char *const *words)
{
    struct err_text error = {""};
    if (count == 1 && strcmp(words[0], "bash") == 0)
        return completion_print(stdout) ? 0 : EXEC_STATUS_FAILURE;
    (void)err_set(&error, "completion: expected 'bash', the one shell that is known");
    return complain(&error);
}

int main(int argc, char **argv)
{
    int64_t start_ns = clock_now_ns();
    const char *first = argc > 1 ? argv[1] : "";

    /* libssh sends with MSG_NOSIGNAL, but our own streams may be pipes that nobody reads. A
     * background job that reads its terminal would be stopped, and no deadline holds then. */
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGTTIN, SIG_IGN);

    task_json_wipe_memory();
    if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0)
        return help();
    if (strcmp(first, "--version") == 0)
        return printf("sshexec %s\n", FAKESSHD_VERSION) < 0 ? EXEC_STATUS_FAILURE : 0;
    if (strcmp(first, "driver") == 0)
        return run_driver(argc - 2, argv + 2);
    if (strcmp(first, "serve") == 0)
        return serve_run(argc - 2, argv + 2);
    if (strcmp(first, "completion") == 0)
        return run_completion(argc - 2, argv + 2);
    if (strcmp(first, "batch") == 0)
        return run_batch(argc - 2, argv + 2);
    return run_command(argc - 1, argv + 1, start_ns);
}
