/* The options of `fakesshd soak`, written once: getopt's table, its help and the manual's list.
 * Those that `run` has, too, mean the same there. */
#ifndef CLI_SOAK_OPTIONS_H
#define CLI_SOAK_OPTIONS_H

/* long name, short name or 0, takes a value, what it is for */
#define SOAK_OPTIONS(X)                                                                           \
    X("client", 'c', true, "NAME|FILE: a manifest")                                               \
    X("tasks", 't', true, "how many tasks in all; 1000")                                          \
    X("rate", 'r', true, "of starting them: 50, 50/s, 100/min or 30/h; 50/s, of a template 10/s") \
    X("endure", 'e', false, "what hangs is left where it is, new tasks go on (the default)")      \
    X("isolate", 'i', false, "when a task hangs the client is ended, and started anew")           \
    X("deadline", 'd', true, "the client's deadline, 500ms unless said otherwise")                \
    X("drain", 'D', true, "how long a client idles before it is said to leak; 3s")                \
    X("tasks-per-minute", 'R', true,                                                              \
      "of your own use, for when a leak will have used up a limit; the rate if given, else 100")  \
    X("verbose", 'v', false, "a line after every reading")                                        \
    X("events", 'E', true, "FILE: what the server said, as JSON lines")                           \
    X("evidence", 'V', true, "FOLDER: what hung or grew; FILE.evidence of --json FILE")           \
    X("no-stacks", 'S', false, "no debugger is asked where a client hangs, only the kernel")      \
    X("expect", 'x', true, "FILE: known gaps, instead of the client's own file")                  \
    X("no-probe", 'n', false, "soak the client without probing it first")                         \
    X("seed", 's', true, "of the order of tasks and the scenarios' random numbers; 1")

#endif
