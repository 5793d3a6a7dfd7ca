/* Stacks of threads or goroutines: read from what a debugger or a runtime printed, put into groups
 * of equal ones, and summed up in a line. Pure: text in, text out. */
#ifndef JUDGE_STACKS_H
#define JUDGE_STACKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One thread's stack. */
struct stack {
    int64_t id;    /* thread id, or a goroutine's number */
    char *frames;  /* owned; "function file:line", innermost first, each ended by a newline */
    char *state;   /* owned; a runtime's own word, "IO wait, 3 minutes"; NULL: none */
    int64_t age_s; /* what that word says of its age; -1: nothing */
};

struct stacks {
    struct stack *items; /* owned */
    size_t count;
};

/* Some that are equal. */
struct stack_group {
    size_t count;
    const struct stack *sample; /* borrowed: one of them */
    int64_t oldest_s;           /* the largest age_s among them; -1: none is known */
};

/* Adds a stack and takes `frames` over. The result lives until the next is added. */
struct stack *stacks_add(struct stacks *stacks, int64_t id, char *frames);
void stacks_fini(struct stacks *stacks);

/* The one with this id; NULL when there is none. */
const struct stack *stacks_find(const struct stacks *stacks, int64_t id);

/* What `eu-stack -s -m -p PID` prints: "TID n:", "#0  0x… function - module", "    file:line:col".
 * A frame without a function is named after its module. */
void stacks_read_elfutils(struct stacks *stacks, const char *text);

/* What Go's runtime prints on SIGQUIT and runtime.Stack() returns: "goroutine 7 [IO wait, 3
 * minutes]:", then pairs of lines, function and file. Arguments and offsets are left out, so that
 * equal stacks are equal. */
void stacks_read_go(struct stacks *stacks, const char *text);

/* What Python's faulthandler prints: "Thread 0x… (most recent call first):", then `  File "f", line
 * 3 in g`. */
void stacks_read_python(struct stacks *stacks, const char *text);

/* What jstack(1) and a virtual machine on SIGQUIT print: `"name" #12 …`, the thread's state, then
 * "\tat package.Class.method(File.java:3)", an empty line after each thread. */
void stacks_read_java(struct stacks *stacks, const char *text);

/* Whichever of these the text looks like; false when it is none of them. */
bool stacks_read_dump(struct stacks *stacks, const char *text);

/* Equal stacks together, the largest group first. Returns how many; *groups is the caller's. */
size_t stacks_group(const struct stacks *stacks, struct stack_group **groups);

/* Of the groups that are about as large as the largest (a runtime serves each caller with some
 * threads of its own) the one that the program began itself, as far as that is known, with the
 * deepest stack: the caller's. NULL when there is none. */
const struct stack_group *stacks_most_telling(const struct stack_group *groups, size_t count);

/* "1,000 threads, same stack: read ← ssh_socket_poll ← … ← ssh_connect (link.c:224)". Without the
 * frames that every thread begins and ends with; a long one is cut in its middle. `what` is
 * "thread" or "goroutine". */
void stacks_summarize(const struct stack_group *group, const char *what, char *text, size_t size);

#endif
