/* Runs every suite of the bundled client. */
#include "suites.h"

#include <signal.h>
#include <stdlib.h>

int main(void)
{
    (void)signal(SIGPIPE, SIG_IGN);
    SRunner *runner = srunner_create(NULL);
#define X(module) srunner_add_suite(runner, suite_##module());
    SUITES(X)
#undef X
    /* CK_RUN_SUITE=name runs one suite, CK_FORK=no eases debugging: libcheck's own variables. */
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
