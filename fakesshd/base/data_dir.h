/* Where scenarios and client manifests are found. */
#ifndef BASE_DATA_DIR_H
#define BASE_DATA_DIR_H

/* The folder that holds `scenarios/` and `client-under-test/`: $FAKESSHD_DATA, else the source tree
 * that the executable was built in, else the installed share directory. Static memory; the same
 * answer all through a process's life. */
const char *data_dir(void);

#endif
