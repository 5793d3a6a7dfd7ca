/* The options of `fakesshd matrix`, written once: getopt's table, its help and the manual's list.
 */
#ifndef CLI_MATRIX_OPTIONS_H
#define CLI_MATRIX_OPTIONS_H

/* long name, short name, takes a value, what it is for */
#define MATRIX_OPTIONS(X)                                                                                               \
    X("out", 'O', true,                                                                                                 \
      "FOLDER: cells.jsonl, results.json and evidence; a run that was ended goes on where it was")                      \
    X("clients", 'C', true,                                                                                             \
      "A,B,...: manifests, by name or file; all that come with fakesshd unless said otherwise")                         \
    X("client", 'c', true, "NAME|FILE: one more manifest; may be given several times")                                  \
    X("deadline", 'd', true, "the clients' deadline, 1s unless said otherwise")                                         \
    X("shard", 'i', true,                                                                                               \
      "I/N: the I-th of N shares of the cells, for machines beside each other; auto: as the CI system's variables say") \
    X("one-variant", 'o', false, "of each scenario the first variant only")                                             \
    X("again", 'a', true, "SELECTOR: judge these ids anew; may be given several times")                                 \
    X("fresh", 'F', false, "begin anew, whatever stands in the folder")                                                 \
    X("jobs", 'j', true,                                                                                                \
      "cells side by side, 32 unless said otherwise; fewer while the processors are busy")                              \
    X("start-rate", 'r', true, "tasks started a second over all cells, at most; 1000")                                  \
    X("drain", 'D', true, "how long a client idles before it is said to leak; 1 s")                                     \
    X("tasks", 't', true, "tasks of a template's cell; 3")                                                              \
    X("verbose", 'v', false, "counters and timeline of each cell")                                                      \
    X("no-stacks", 'S', false, "no debugger is asked where a client hangs, only the kernel")                            \
    X("min-tests", 'm', true, "fail when fewer cells were judged; 1")                                                   \
    X("seed", 's', true, "of the scenarios' random numbers; 1")

#endif
