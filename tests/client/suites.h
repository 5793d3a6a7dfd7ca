/* Every suite of the bundled client's tests, written once. A suite lives in check_<module>.c and is
 * returned by suite_<module>(). */
#ifndef TESTS_CLIENT_SUITES_H
#define TESTS_CLIENT_SUITES_H

#include <check.h>

#define SUITES(X)  \
    X(deadline)    \
    X(progress)    \
    X(candidates)  \
    X(addresses)   \
    X(dial)        \
    X(hostname)    \
    X(hostkey)     \
    X(limits)      \
    X(lines)       \
    X(lookup)      \
    X(options)     \
    X(report)      \
    X(base64)      \
    X(task)        \
    X(session)     \
    X(pool)        \
    X(pool_served) \
    X(driver)

#define X(module) Suite *suite_##module(void);
SUITES(X)
#undef X

#endif
