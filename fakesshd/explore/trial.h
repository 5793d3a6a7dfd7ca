/* What the judge says of some plans: they are written as files, and `fakesshd run` judges a client
 * against all of them at once. */
#ifndef EXPLORE_TRIAL_H
#define EXPLORE_TRIAL_H

#include "base/err.h"
#include "explore/plan.h"

enum { TRIAL_VERDICT_BYTES = 128, TRIAL_REASON_BYTES = 512 };

/* Of one plan: "OK", "HUNG+LEAK_FD", ... as in expectation files; "" when it could not be judged.
 */
struct trial_verdict {
    char words[TRIAL_VERDICT_BYTES];
    char reason[TRIAL_REASON_BYTES];
};

struct trial {
    const char *client;   /* borrowed: a name or a manifest's file */
    const char *deadline; /* borrowed: as for run --deadline; NULL: the client's own */
    char folder[64];      /* owned: files are made here, and removed with it */
};

/* Makes the folder, and takes SIGINT and SIGTERM over until trial_close. */
enum err trial_open(struct trial *trial, const char *client, const char *deadline,
                    struct err_text *error);
void trial_close(struct trial *trial);

/* Judges the plans; `verdicts` has a place for each. ERR_SYSTEM or ERR_USAGE with run's own
 * sentence when nothing could be judged, such as for a client that there is not. */
enum err trial_judge(const struct trial *trial, const struct plan *plans, size_t count,
                     struct trial_verdict *verdicts, struct err_text *error);

/* Was a SIGINT or SIGTERM received since trial_open? A judge that runs is then ended, too. */
bool trial_interrupted(void);
int trial_signal(void);

bool trial_is_ok(const struct trial_verdict *verdict);

/* Is that a fault of the client's? What the machine was too slow for is none. */
bool trial_is_finding(const struct trial_verdict *verdict);

/* The first word of a verdict, by which two of them are held to be the same fault. */
bool trial_is_same(const struct trial_verdict *a, const struct trial_verdict *b);

#endif
