/* The catalogue's index, scenarios/README.md: what each id does, and how many there are of each
 * kind in each phase. */
#ifndef CLI_INDEX_H
#define CLI_INDEX_H

#include "base/scenario.h"

/* Prints it on stdout as Markdown. One line for an id, in the order given, so that two people who
 * add scenarios change different lines. */
void index_print(const struct scenario *const *items, size_t count);

#endif
