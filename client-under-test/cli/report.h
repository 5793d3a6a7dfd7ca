/* What sshexec says of a task's end, in one line. */
#ifndef SSHEXEC_REPORT_H
#define SSHEXEC_REPORT_H

#include "lib/sshexec.h"

#include <stddef.h>

/* "timeout after 500 ms in phase kex (tcp 0.2 ms, ident 1.1 ms, kex 498.7 ms)", with the reason
 * before the brackets for a failure. No end of line; cut to `size`. */
void report_write(char *text, size_t size, const sshexec_result *result);

#endif
