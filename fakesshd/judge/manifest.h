/* Client manifests: how a client is started, what it claims, and how its exit codes and messages
 * are to be read. A manifest is a Lua file that returns a table (client-under-test/NAME.lua); the
 * words after `--` on the command line make one without a file. */
#ifndef JUDGE_MANIFEST_H
#define JUDGE_MANIFEST_H

#include "base/err.h"
#include "base/outcome.h"

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* word, what it becomes */
#define PLACEHOLDERS(X)                                                                  \
    X(bin, "the folder of the fakesshd executable")                                      \
    X(data, "the folder of the scenarios, manifests and their adapters")                 \
    X(workdir, "a folder that is the case's own, empty at first")                        \
    X(host, "address of the task's slot, or a name")                                     \
    X(port, "port of the scenario")                                                      \
    X(user, "user name")                                                                 \
    X(password, "password")                                                              \
    X(key, "path of the private key, ed25519 in OpenSSH's form")                         \
    X(key_rsa, "path of another one: RSA, \"BEGIN RSA PRIVATE KEY\"")                    \
    X(hostkey, "the host key as a line, \"ssh-ed25519 AAAA...\"")                        \
    X(hostkey_ecdsa, "another of the host's, \"ecdsa-sha2-nistp256 AAAA...\"")           \
    X(hostkey_rsa, "another of the host's, \"ssh-rsa AAAA...\"")                         \
    X(known_hosts, "path of a known_hosts file with these host keys")                    \
    X(command, "the command to run: one word list, as a single argument")                \
    X(dns, "the DNS server to ask for {host}, where the scenario has one: ADDRESS:PORT") \
    X(deadline_ms, "the deadline in whole milliseconds")                                 \
    X(deadline_s, "the deadline in seconds, with a fraction")                            \
    X(deadline_s_ceil, "the deadline in whole seconds, rounded up")

/* Values of the placeholders; all borrowed, NULL where there is none yet. */
struct placeholder_values {
#define X(word, sentence) const char *word;
    PLACEHOLDERS(X)
#undef X
};

/* Which deadline a client claims to keep; changes the message, never the verdict. */
#define CLAIMS(X)                   \
    X(CLAIM_NONE, "none")           \
    X(CLAIM_CONNECT, "connect")     \
    X(CLAIM_HANDSHAKE, "handshake") \
    X(CLAIM_TOTAL, "total")

enum claim {
#define X(id, word) id,
    CLAIMS(X)
#undef X
};

/* Static memory. */
const char *claim_word(enum claim claim);

struct stderr_pattern {
    regex_t regex;
    enum outcome outcome;
};

enum { EXIT_STATUS_COUNT = 256, OUTCOME_UNMAPPED = -1 };

struct manifest {
    char *name;              /* "sshexec"; for a command line its first word's last part */
    char *file;              /* NULL for a command line */
    bool driver;             /* one process for many tasks, which speaks the protocol */
    bool external;           /* not our child; neither of them: a template, one process a task */
    char **pid, **stop;      /* of an external client: see fakesshd-driver(7); NULL: none */
    char **argv;             /* with placeholders; ended by NULL */
    char **version;          /* command that prints the version; NULL: none */
    char **packages;         /* of Debian that it needs, ended by NULL; NULL: none */
    char **npm;              /* likewise of npm, "ssh2@1.17.0" */
    int64_t min_deadline_ms; /* 0: none */
    int64_t grace_ms;        /* 0: the kind's usual */
    int64_t drain_ms;        /* how long it may take to let go of what ended; 0: the profile's */
    int cost;                /* of a task, in driver tasks of sshexec; 0: the kind's usual */
    enum claim claim;
    char **scenarios;  /* selectors, ended by NULL; NULL: all */
    char *host_keys;   /* that the server is to show: "ed25519,rsa", "all"; NULL: the usual one */
    bool takes_dns;    /* a driver that heeds the field "dns" of `run` */
    bool has_outcomes; /* the manifest says how to read exit codes or messages */
    int exit_outcome[EXIT_STATUS_COUNT]; /* enum outcome, or OUTCOME_UNMAPPED */
    struct stderr_pattern *patterns;     /* owned */
    size_t pattern_count;
};

/* Reads the manifest `word`: a path when it ends in ".lua", else client-under-test/<word>.lua of
 * data_dir(). ERR_MANIFEST with file and line for anything unknown or of the wrong type, ERR_USAGE
 * when there is no such file. Runs Lua, so call it before the loop turns. */
enum err manifest_read(const char *word, struct manifest **result, struct err_text *error);

/* A template from a command line; the words are copied. ERR_USAGE for an unknown placeholder. One
 * that is told its deadline only as {deadline_s_ceil} has a min_deadline of 1 s. */
enum err manifest_from_command(char *const *words, struct manifest **result,
                               struct err_text *error);

void manifest_free(struct manifest **manifest);

/* "connect", as in the manifest. */
const char *manifest_claim_word(enum claim claim);

/* Does a word of argv hold one of the {deadline...} placeholders? */
bool manifest_is_told_deadline(const struct manifest *manifest);

/* Can the client be told which DNS server to ask: by {dns} in its words, or as a driver? */
bool manifest_is_told_dns(const struct manifest *manifest);

/* Does one process of the client's live on from task to task, and is it known? Then its counters
 * tell whether it grows. */
bool manifest_lives_on(const struct manifest *manifest);

/* Is this id of the catalogue one of those that the manifest says it is for? */
bool manifest_is_for(const struct manifest *manifest, const char *id);

/* What a start of a task costs, for pace_take: the manifest's, or the kind's. */
int manifest_cost(const struct manifest *manifest);

/* The grace in force: the manifest's, or max(100 ms, 5 %) for drivers and max(250 ms, 5 %) for
 * templates. */
int64_t manifest_grace_ms(const struct manifest *manifest, int64_t deadline_ms);

/* The first word in braces that is none of the placeholders, and its length; NULL when there is
 * none. */
const char *argv_unknown_placeholder(char *const *words, size_t *length);

/* Replaces the placeholders in each word; "{{" becomes "{". Never through a shell. The result is
 * owned by the caller: argv_free(). A placeholder without a value becomes nothing. */
char **argv_expand(char *const *words, const struct placeholder_values *values);
void argv_free(char **argv);

/* What a template's exit status and the text on its stderr mean by the manifest's own map; false
 * when it does not say. Exit statuses are asked first, then the patterns in their order. */
bool manifest_map_outcome(const struct manifest *manifest, int exit_status, const char *stderr_text,
                          enum outcome *outcome);

#endif
