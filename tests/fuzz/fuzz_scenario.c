/* Scenario files: the Lua text takes the path that it takes under `fakesshd lint FILE`. */
#include "fuzz.h"

#include "cli/command.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static char path[64];
static int file = -1;

/* What lint prints would cost more time than linting. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    file = memfd_create("scenario.lua", MFD_CLOEXEC);
    FUZZ_CHECK(file >= 0);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    FUZZ_CHECK(freopen("/dev/null", "w", stdout) != NULL);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char lint[] = "lint", end_of_options[] = "--";
    char *argv[] = {lint, end_of_options, path, NULL};
    FUZZ_CHECK(ftruncate(file, 0) == 0);
    FUZZ_CHECK(pwrite(file, data, size, 0) == (ssize_t)size);
    (void)cli_lint(3, argv);
    return 0;
}
