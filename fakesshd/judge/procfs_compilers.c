#include "judge/procfs_compilers.h"

#include "judge/procfs.h"
#include "judge/procfs_threads.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool procfs_is_compiler(const char *thread_name)
{
    static const char *const beginnings[] = {
#define X(beginning, from) beginning,
        PROCFS_COMPILERS(X)
#undef X
    };
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        if (strncmp(thread_name, beginnings[i], strlen(beginnings[i])) == 0)
            return true;
    }
    return false;
}

struct procfs_compilers procfs_compilers_of(pid_t pid)
{
    struct procfs_compilers compilers = {.pid = pid};
    char path[64], name[64];
    (void)snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *folder = pid > 0 ? opendir(path) : NULL;
    struct dirent *entry;
    while (folder != NULL && compilers.count < PROCFS_COMPILERS_MAX &&
           (entry = readdir(folder)) != NULL) {
        pid_t tid = (pid_t)strtol(entry->d_name, NULL, 10);
        if (tid > 0 && procfs_thread_file(pid, tid, "comm", name, sizeof name) &&
            procfs_is_compiler(name))
            compilers.tids[compilers.count++] = tid;
    }
    if (folder != NULL)
        (void)closedir(folder);
    return compilers;
}

void procfs_use_without(const struct procfs_compilers *compilers, int64_t *cpu_ns,
                        int64_t *run_delay_ns)
{
    *cpu_ns = procfs_cpu_ns(compilers->pid);
    if (run_delay_ns != NULL)
        *run_delay_ns = procfs_run_delay_ns(compilers->pid);
    for (size_t i = 0; i < compilers->count && *cpu_ns >= 0; i++) {
        char text[128];
        int64_t ran_ns = 0, waited_ns = 0;
        if (procfs_thread_file(compilers->pid, compilers->tids[i], "schedstat", text,
                               sizeof text) &&
            sscanf(text, "%" SCNd64 " %" SCNd64, &ran_ns, &waited_ns) == 2) {
            *cpu_ns -= ran_ns;
            if (run_delay_ns != NULL)
                *run_delay_ns -= waited_ns;
        }
    }
}
