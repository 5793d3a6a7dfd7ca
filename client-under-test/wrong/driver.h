/* The driver protocol, version 1, for any of the defects: see fakesshd-driver(7). */
#ifndef WRONG_DRIVER_H
#define WRONG_DRIVER_H

#include "defect.h"

/* Serves standard input until it ends or `bye` comes. Tasks that hang then are left to the end of
 * the process: the caller must end it by _exit(), for their threads still run. */
int driver_run(const struct defect *defect);

#endif
