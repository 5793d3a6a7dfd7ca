/* Where scenarios and client manifests are found. */
#ifndef BASE_DATA_DIR_H
#define BASE_DATA_DIR_H

#include <stdbool.h>

/* The folder that holds `scenarios/` and `client-under-test/`: $FAKESSHD_DATA, else the source tree
 * that the executable was built in, else the installed share directory. Static memory; the same
 * answer all through a process's life. */
const char *data_dir(void);

/* The folder that the running executable lies in; "" when that can't be told. Static memory. */
const char *data_dir_of_program(void);

/* Is this file one of those that came with fakesshd: is its path beneath data_dir()? */
bool data_dir_holds(const char *path);

#endif
