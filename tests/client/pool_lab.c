#include "pool_lab.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct pool_here here;

void pool_on_done(sshexec_task *task, const sshexec_result *result, void *userdata)
{
    struct end *end = &here.ends[here.count++];
    size_t length = 0;
    ck_assert_ptr_eq(sshexec_task_userdata(task), userdata);
    end->outcome = sshexec_result_outcome(result);
    end->phase = sshexec_result_phase(result);
    end->exit_status = sshexec_result_exit_status(result);
    end->elapsed_ms = sshexec_result_elapsed_ns(result) / NS_PER_MS;
    end->overshoot_ns = sshexec_result_overshoot_ns(result);
    (void)snprintf(end->error, sizeof end->error, "%s", sshexec_result_error(result));
    (void)snprintf(end->output, sizeof end->output, "%s",
                   sshexec_result_output(result, SSHEXEC_STDOUT, &length));
    ck_assert_uint_eq(length, strlen(sshexec_result_output(result, SSHEXEC_STDOUT, &length)));
    end->output_bytes = sshexec_result_output_bytes(result, SSHEXEC_STDOUT);
    end->is_truncated = sshexec_result_is_truncated(result, SSHEXEC_STDOUT);
    end->queue_ns = sshexec_result_phase_ns(result, SSHEXEC_PHASE_QUEUE);
    end->ident_ns = sshexec_result_phase_ns(result, SSHEXEC_PHASE_IDENT);
    end->userdata = userdata;
    sshexec_task_cancel(task); /* it is over: nothing happens */
}

const sshexec_events pool_events = {.on_done = pool_on_done};

void pool_set_up(void)
{
    memset(&here, 0, sizeof here);
    here.pool = sshexec_pool_new(NULL);
    here.listener = lab_listen(128, &here.port);
}

void pool_tear_down(void)
{
    sshexec_pool_free(here.pool);
    (void)close(here.listener);
}

sshexec_request *pool_silent_request(int64_t deadline_ms)
{
    sshexec_request *request = sshexec_request_new("127.0.0.1", here.port, "nobody", "true");
    ck_assert(sshexec_request_add_hostkey(request, NO_KEY));
    ck_assert(sshexec_request_set_deadline_ms(request, deadline_ms));
    return request;
}

sshexec_status pool_submit(sshexec_request *request, const void *userdata, sshexec_task **task)
{
    sshexec_status status =
        sshexec_pool_submit(here.pool, request, &pool_events, (void *)(uintptr_t)userdata, task);
    sshexec_request_free(request);
    return status;
}
