/* The options of sshexec, written once: help, reading and completion go by this table. */
#ifndef SSHEXEC_OPTION_TABLE_H
#define SSHEXEC_OPTION_TABLE_H

#include "cli/options.h"

/* False with a sentence when the value can't be. */
typedef bool option_set(struct options *options, const char *value, struct err_text *error);

struct option {
    const char *name, *letter; /* "--port", "-p"; "" for no letter */
    const char *value;         /* what the value is, for people; NULL: it takes none */
    option_set *set;
    const char *sentence;
};

extern const struct option option_table[];
extern const size_t option_count;

/* The names that -o takes; NULL behind the last one. */
const char *option_ssh_name(size_t index);

#endif
