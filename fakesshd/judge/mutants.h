/* The judge judged: clients that are wrong on purpose (`wrong --verdicts` lists them), what they
 * are to be told, and what they were told. Pure. */
#ifndef JUDGE_MUTANTS_H
#define JUDGE_MUTANTS_H

#include "base/err.h"
#include "judge/result.h"

#include <stdbool.h>
#include <stdio.h>

struct mutant {
    char name[48];     /* "dial-only" */
    char client[64];   /* "wrong/dial-only", as in results */
    char shown_by[96]; /* the id that must kill it */
    struct verdict verdict;
    char profile[16]; /* that is long enough */
};

/* Reads a line "name id verdict profile". ERR_SYSTEM when it is none. */
enum err mutant_read(const char *line, struct mutant *mutant, struct err_text *error);

/* Is it one without a defect, that nothing may kill? */
bool mutant_is_sound(const struct mutant *mutant);

struct mutant_score {
    int defects; /* without the sound one */
    int killed;  /* by the id that must, with the right verdict */
    int wrong;   /* not killed by it, or with another verdict, or not judged */
    int controls, controls_ok, controls_failed; /* cases of healthy/exec that had to be OK */
    int false_alarms; /* cases of the sound one that were accused, or in error */
    int undecided;    /* of all these: INCONCLUSIVE, and counted nowhere else */
};

/* Which case shows what: the defect's own, its control, or one of the matrix. */
enum mutant_case { MUTANT_KILLER, MUTANT_CONTROL, MUTANT_OTHER };
enum mutant_case mutant_case_of(const struct mutant *mutant, const struct case_result *result);

struct mutant_score mutants_score(const struct mutant *mutants, size_t count,
                                  const struct run_result *run);

/* Everything as it must be? Or is all the rest undecided, so that nothing is known to be wrong? */
bool mutant_score_is_undecided(const struct mutant_score *score);
bool mutant_score_is_good(const struct mutant_score *score);

/* One letter for what an id made of a defect: '.' well; of the deadline's verdict the first letter,
 * except P of WRONG_PHASE and O of OK with something left behind, 'l' then; '-' skipped, '?' not
 * decided. */
char mutant_letter(struct verdict verdict);

/* A line for each defect and its killer, then, when more ids were asked, the matrix of ids and
 * defects, the ids with the number of defects that they kill, those that kill nothing by name; last
 * the score. */
void mutants_print(FILE *out, const struct mutant *mutants, size_t count,
                   const struct run_result *run);

#endif
