/* Runs a command on a host, and gives up after three seconds, whatever the host does:
 *
 *     cc uptime.c $(pkg-config --cflags --libs sshexec) -o uptime
 *     ./uptime HOST PORT USER HOST-KEY COMMAND        (the password in $PASSWORD) */
#include <sshexec.h>
#include <stdio.h>
#include <stdlib.h>

static void on_done(sshexec_task *task, const sshexec_result *result, void *userdata)
{
    size_t length = 0;
    (void)task;
    *(int *)userdata = (int)sshexec_result_exit_status(result);
    printf("%s after %.3f s\n%s", sshexec_outcome_name(sshexec_result_outcome(result)),
           (double)sshexec_result_elapsed_ns(result) / 1e9,
           sshexec_result_output(result, SSHEXEC_STDOUT, &length));
    if (sshexec_result_outcome(result) != SSHEXEC_SUCCESS)
        printf("%s\n", sshexec_result_error(result));
}

int main(int argc, char **argv)
{
    int status = -1;
    sshexec_events events = {on_done, NULL, NULL, NULL, {NULL, NULL, NULL, NULL}};
    if (argc != 6)
        return 2;
    sshexec_pool *pool = sshexec_pool_new(NULL);
    sshexec_request *request = sshexec_request_new(argv[1], atoi(argv[2]), argv[3], argv[5]);
    sshexec_request_add_hostkey(request, argv[4]);
    sshexec_request_set_password(request, getenv("PASSWORD"));
    sshexec_request_set_deadline_ms(request, 3000);
    if (sshexec_pool_submit(pool, request, &events, &status, NULL) != SSHEXEC_OK)
        fprintf(stderr, "%s\n", sshexec_pool_error(pool));
    sshexec_request_free(request);
    sshexec_pool_run(pool);
    sshexec_pool_free(pool);
    return status == 0 ? 0 : 1;
}
