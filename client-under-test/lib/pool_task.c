/* What callers ask of a task, and of the library. */
#include "lib/pool.h"

#include "lib/deadline.h"

size_t sshexec_task_write_stdin(sshexec_task *task, const void *bytes, size_t length)
{
    return task->task != NULL ? task_write_stdin(task->task, bytes, length) : 0;
}

void sshexec_task_end_stdin(sshexec_task *task)
{
    if (task->task != NULL)
        task_end_stdin(task->task);
}

void sshexec_task_pause(sshexec_task *task)
{
    task->is_paused = true;
    if (task->task != NULL)
        task_pause(task->task);
}

void sshexec_task_resume(sshexec_task *task)
{
    task->is_paused = false;
    if (task->task != NULL)
        task_resume(task->task);
}

sshexec_phase sshexec_task_phase(const sshexec_task *task)
{
    int64_t entered_ns = 0;
    return task->task != NULL ? result_phase(task_phase(task->task, &entered_ns))
                              : SSHEXEC_PHASE_QUEUE;
}

int64_t sshexec_task_phase_age_ns(const sshexec_task *task)
{
    int64_t entered_ns = task->begin_ns;
    if (task->task != NULL)
        (void)task_phase(task->task, &entered_ns);
    return clock_now_ns() - entered_ns;
}

int64_t sshexec_task_age_ns(const sshexec_task *task)
{
    return clock_now_ns() - task->begin_ns;
}

uint64_t sshexec_task_bytes_in(const sshexec_task *task)
{
    uint64_t in = 0, out = 0;
    if (task->task != NULL)
        task_count_bytes(task->task, &in, &out);
    return in;
}

uint64_t sshexec_task_bytes_out(const sshexec_task *task)
{
    uint64_t in = 0, out = 0;
    if (task->task != NULL)
        task_count_bytes(task->task, &in, &out);
    return out;
}

const char *sshexec_task_host(const sshexec_task *task)
{
    return task->request->host;
}

int sshexec_task_port(const sshexec_task *task)
{
    return task->request->port;
}

void *sshexec_task_userdata(const sshexec_task *task)
{
    return task->userdata;
}

/* ---- the library ---- */

const char *sshexec_version(void)
{
    return FAKESSHD_VERSION;
}

bool sshexec_warm_up(void)
{
    struct err_text error = {""};
    return engine_warm_up(&error);
}
