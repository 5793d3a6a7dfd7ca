/* Exit codes of `fakesshd`, written once: the manual's table and a test are made from this list. */
#ifndef BASE_EXIT_CODE_H
#define BASE_EXIT_CODE_H

/* identifier, number, sentence */
#define EXIT_CODES(X)                                                                               \
    X(EXIT_AS_EXPECTED, 0, "every verdict was as expected")                                         \
    X(EXIT_UNEXPECTED, 1, "an unexpected verdict, or an expectation that no longer holds")          \
    X(EXIT_BAD_INPUT, 2,                                                                            \
      "usage, scenario, manifest or expectation file in error, or a selector that matches nothing") \
    X(EXIT_INCONCLUSIVE, 3, "a verdict was inconclusive, and nothing was unexpected")               \
    X(EXIT_HARNESS, 4,                                                                              \
      "the harness failed, ran out of its own time, or judged fewer cases than asked for")          \
    X(EXIT_SIGINT, 130, "interrupted from the keyboard; the results say that they are incomplete")  \
    X(EXIT_SIGTERM, 143, "terminated; the results say that they are incomplete")

enum exit_code {
#define X(id, number, sentence) id = number,
    EXIT_CODES(X)
#undef X
};

#endif
