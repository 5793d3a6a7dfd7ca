/* The judge's reason for a verdict, made fit for a line of an expectation file. Plain text in,
 * plain text out. */
#ifndef JUDGE_EXPECT_WORDS_H
#define JUDGE_EXPECT_WORDS_H

#include "judge/verdict.h"

/* Without times and figures, which are another run's tomorrow: cut at its first colon, semicolon or
 * bracket, and at most 120 characters. Where the deadline was kept and something was left behind,
 * that is said: "threads grow, conns grow". The caller frees it. */
char *expect_words(const char *reason, struct verdict verdict);

#endif
