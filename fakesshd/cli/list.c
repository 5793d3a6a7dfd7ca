/* `fakesshd list`: the catalogue, for people and for programs. */
#include "cli/command.h"

#include "base/exit_code.h"
#include "base/phase.h"

#include <stdio.h>
#include <string.h>

static void list_phases(void)
{
    for (int i = 0; i < PHASE_COUNT; i++) {
        enum phase phase = (enum phase)i;
        printf("%-11s %-18s %s\n", phase_name(phase), phase_rfc(phase), phase_sentence(phase));
    }
}

int cli_list(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--phases") == 0) {
        list_phases();
        return EXIT_AS_EXPECTED;
    }
    return cli_usage_error("list", "expected --phases");
}
