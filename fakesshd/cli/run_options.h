/* The options of `fakesshd run`, written once: getopt's table, its help and the manual's list. The
 * formats of judge/report.h come to them, each as an option of its name. */
#ifndef CLI_RUN_OPTIONS_H
#define CLI_RUN_OPTIONS_H

/* long name, short name or 0, takes a value, what it is for */
#define RUN_OPTIONS(X)                                                                                                        \
    X("client", 'c', true, "NAME|FILE: a manifest; may be given several times")                                               \
    X("deadline", 'd', true, "the client's deadline, 500ms unless said otherwise")                                            \
    X("jobs", 'j', true, "cases side by side, 24 unless said otherwise")                                                      \
    X("start-rate", 'r', true, "tasks started a second over all cases, at most; 1000")                                        \
    X("profile", 'p', true,                                                                                                   \
      "glance, quick, ci, thorough or soak: how many tasks a driver's case takes; quick, and glance for more than 100 cases") \
    X("drain", 'D', true,                                                                                                     \
      "how long a client idles before it is said to leak; the profile's: 1 s, in ci 3 s, thorough 65 s")                      \
    X("tasks-per-minute", 'R', true,                                                                                          \
      "of your own use, for when a leak will have used up a limit; 100")                                                      \
    X("one-variant", 'o', false, "of each scenario the first variant only")                                                   \
    X("shard", 'i', true,                                                                                                     \
      "I/N: the I-th of N shares of the cases, for machines beside each other; auto: see MATRIX")                             \
    X("verbose", 'v', false, "counters and timeline of each case")                                                            \
    X("events", 'E', true, "FILE: what the servers said, as JSON lines")                                                      \
    X("evidence", 'V', true,                                                                                                  \
      "FOLDER: what hung or grew, a file a case; FILE.evidence of --json FILE")                                               \
    X("no-stacks", 'S', false, "no debugger is asked where a client hangs, only the kernel")                                  \
    X("expect", 'x', true, "FILE: known gaps, instead of the client's own file")                                              \
    X("fix", 'X', false, "rewrite the client's file of known gaps by what this run finds")                                    \
    X("fail-fast", 'f', false, "stop at the first verdict that is not as expected")                                           \
    X("no-probe", 'n', false, "judge clients without probing them first")                                                     \
    X("min-tests", 'm', true, "fail when fewer cases were judged; 1")                                                         \
    X("tasks", 't', true, "tasks of a template's case; 3")                                                                    \
    X("repeat", 'N', true, "judge each case so often, with the seeds that follow --seed; 1")                                  \
    X("until-fail", 'F', false,                                                                                               \
      "repeat a case until it is not as expected; --repeat, or 100 times, at most")                                           \
    X("seed", 's', true,                                                                                                      \
      "of the scenarios' random numbers, and of the order in which cases begin; 1")

#endif
