/* A share of a run: machines beside each other judge a part each. Which part a cell (a client and
 * an id) falls into is decided by its name alone, so that it stays there whatever else is judged.
 */
#ifndef JUDGE_SHARD_H
#define JUDGE_SHARD_H

#include "base/err.h"

#include <stdbool.h>
#include <stdio.h>

/* What a job that is one of several is told, by whom. Sources: GitLab "CI/CD variables" (parallel),
 * CircleCI "Test splitting", Buildkite "Environment variables", sbatch(1) (job arrays), Kubernetes
 * "Indexed Job for parallel processing with static work assignment", Travis and others by hand.
 *
 * who; the variables of this job's number and of how many there are; the first number, or, where
 * the user chooses it, the variable that tells it and that of the step from one to the next. How
 * many completions a Kubernetes job has is not told to its pods: its manifest passes it on. */
#define SHARD_VARIABLES(X)                                                                      \
    X("GitLab", "CI_NODE_INDEX", "CI_NODE_TOTAL", 1, NULL, NULL)                                \
    X("CircleCI", "CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", 0, NULL, NULL)                      \
    X("Buildkite", "BUILDKITE_PARALLEL_JOB", "BUILDKITE_PARALLEL_JOB_COUNT", 0, NULL, NULL)     \
    X("Semaphore", "SEMAPHORE_JOB_INDEX", "SEMAPHORE_JOB_COUNT", 1, NULL, NULL)                 \
    X("Bitbucket", "BITBUCKET_PARALLEL_STEP", "BITBUCKET_PARALLEL_STEP_COUNT", 0, NULL, NULL)   \
    X("Azure Pipelines", "SYSTEM_JOBPOSITIONINPHASE", "SYSTEM_TOTALJOBSINPHASE", 1, NULL, NULL) \
    X("Slurm", "SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", 0, "SLURM_ARRAY_TASK_MIN",      \
      "SLURM_ARRAY_TASK_STEP")                                                                  \
    X("Kubernetes", "JOB_COMPLETION_INDEX", "JOB_COMPLETIONS", 0, NULL, NULL)                   \
    X("Google Cloud Run", "CLOUD_RUN_TASK_INDEX", "CLOUD_RUN_TASK_COUNT", 0, NULL, NULL)        \
    X("AWS Batch", "AWS_BATCH_JOB_ARRAY_INDEX", "AWS_BATCH_JOB_ARRAY_SIZE", 0, NULL, NULL)      \
    X("any other", "FAKESSHD_SHARD_INDEX", "FAKESSHD_SHARD_COUNT", 1, NULL, NULL)

struct shard {
    int index, count;     /* from 1; {0, 0}: no shard, everything is judged */
    char where_from[160]; /* what said so: "--shard", or the variables */
};

enum { SHARDS_MAX = 10000 };

/* "2/8" is the second of eight; "auto" asks the variables that CI systems, Slurm and Kubernetes
 * set, the first that are there. `get` is getenv(3) or stands for it. ERR_USAGE with a sentence for
 * anything else, for a number that is not within its count, and for "auto" without variables. */
enum err shard_parse(const char *word, const char *(*get)(const char *name), struct shard *shard,
                     struct err_text *error);

/* getenv(3), for shard_parse(). */
const char *shard_variable(const char *name);

/* Says that no cell fell into this shard. */
void shard_print_empty(const struct shard *shard, FILE *out);

/* Is this cell in the shard? Every cell is in exactly one of the shards of a count. */
bool shard_holds(const struct shard *shard, const char *client, const char *id);

#endif
