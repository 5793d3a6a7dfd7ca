/* The threads in which a virtual machine compiles what runs often. They go on while the client
 * waits, for seconds after it was busy: neither its work nor spinning. */
#ifndef JUDGE_PROCFS_COMPILERS_H
#define JUDGE_PROCFS_COMPILERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* beginning of the thread's name (the kernel keeps 15 bytes), where from */
#define PROCFS_COMPILERS(X)         \
    X("C1 Compiler", "HotSpot")     \
    X("C2 Compiler", "HotSpot")     \
    X("JVMCI CompilerT", "GraalVM") \
    X(".NET Tiered Com", "CoreCLR")

enum { PROCFS_COMPILERS_MAX = 8 };

struct procfs_compilers {
    pid_t pid; /* of the process; 0: none */
    pid_t tids[PROCFS_COMPILERS_MAX];
    size_t count;
};

bool procfs_is_compiler(const char *thread_name);

/* Those that the process has now. */
struct procfs_compilers procfs_compilers_of(pid_t pid);

/* What all other threads of the process did: processor time so far, -1 when the process is gone,
 * and time that they were runnable and had no processor, which is not looked up for NULL. */
void procfs_use_without(const struct procfs_compilers *compilers, int64_t *cpu_ns,
                        int64_t *run_delay_ns);

#endif
