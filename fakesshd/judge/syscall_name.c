#include "judge/syscall_name.h"

#include <stddef.h>
#include <sys/syscall.h>

/* Not every architecture has all of them. */
static const struct {
    long number;
    const char *name;
    bool takes_fd;
} calls[] = {
#ifdef SYS_poll
    {SYS_poll, "poll", false},
#endif
#ifdef SYS_select
    {SYS_select, "select", false},
#endif
#ifdef SYS_epoll_wait
    {SYS_epoll_wait, "epoll_wait", true},
#endif
#ifdef SYS_pause
    {SYS_pause, "pause", false},
#endif
#ifdef SYS_flock
    {SYS_flock, "flock", true},
#endif
#ifdef SYS_epoll_pwait2
    {SYS_epoll_pwait2, "epoll_pwait2", true},
#endif
#ifdef SYS_futex_waitv
    {SYS_futex_waitv, "futex_waitv", false},
#endif
    {SYS_ppoll, "ppoll", false},
    {SYS_pselect6, "pselect6", false},
    {SYS_epoll_pwait, "epoll_pwait", true},
    {SYS_read, "read", true},
    {SYS_readv, "readv", true},
    {SYS_pread64, "pread64", true},
    {SYS_write, "write", true},
    {SYS_writev, "writev", true},
    {SYS_recvfrom, "recvfrom", true},
    {SYS_recvmsg, "recvmsg", true},
    {SYS_recvmmsg, "recvmmsg", true},
    {SYS_sendto, "sendto", true},
    {SYS_sendmsg, "sendmsg", true},
    {SYS_sendfile, "sendfile", true},
    {SYS_splice, "splice", true},
    {SYS_connect, "connect", true},
    {SYS_accept, "accept", true},
    {SYS_accept4, "accept4", true},
    {SYS_close, "close", true},
    {SYS_shutdown, "shutdown", true},
    {SYS_fsync, "fsync", true},
    {SYS_fcntl, "fcntl", true},
    {SYS_ioctl, "ioctl", true},
    {SYS_openat, "openat", true},
    {SYS_futex, "futex", false},
    {SYS_nanosleep, "nanosleep", false},
    {SYS_clock_nanosleep, "clock_nanosleep", false},
    {SYS_wait4, "wait4", false},
    {SYS_waitid, "waitid", false},
    {SYS_rt_sigtimedwait, "rt_sigtimedwait", false},
    {SYS_rt_sigsuspend, "rt_sigsuspend", false},
    {SYS_io_getevents, "io_getevents", false},
    {SYS_io_uring_enter, "io_uring_enter", true},
    {SYS_restart_syscall, "restart_syscall", false},
    {SYS_sched_yield, "sched_yield", false},
    {SYS_exit, "exit", false},
    {SYS_exit_group, "exit_group", false},
};

const char *syscall_name(long number, bool *takes_fd)
{
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        if (calls[i].number == number) {
            *takes_fd = calls[i].takes_fd;
            return calls[i].name;
        }
    }
    return NULL;
}
