/* Parts of a command line that shows a verdict again; ready for a shell. */
#ifndef JUDGE_CASE_REPRO_H
#define JUDGE_CASE_REPRO_H

#include "judge/manifest.h"

#include <stdio.h>

/* A space, and the word, in quotes where it needs them. */
void case_repro_word(FILE *out, const char *word);

/* " --client NAME", or " -- COMMAND...": at the end of the line. */
void case_repro_client(FILE *out, const struct manifest *manifest);

#endif
