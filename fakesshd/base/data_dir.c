#include "base/data_dir.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int holds_scenarios(const char *folder)
{
    char path[PATH_MAX + 16];
    (void)snprintf(path, sizeof path, "%s/scenarios", folder);
    return access(path, R_OK | X_OK) == 0;
}

/* The executable lies in TREE/build/bin, or TREE/build/asan/bin: look upwards a few folders.
 * Installed it lies in PREFIX/bin, beside PREFIX/share, wherever PREFIX has been moved to. */
static int find_beside_executable(char *folder, size_t size)
{
    static const char share[] = "/share/fakesshd";
    ssize_t length = readlink("/proc/self/exe", folder, size - sizeof share);
    if (length < 0)
        return 0;
    folder[length] = '\0';
    for (int i = 0; i < 5; i++) {
        char *slash = strrchr(folder, '/');
        if (slash == NULL || slash == folder)
            return 0;
        *slash = '\0';
        if (holds_scenarios(folder))
            return 1;
        memcpy(slash, share, sizeof share);
        if (holds_scenarios(folder))
            return 1;
        *slash = '\0';
    }
    return 0;
}

const char *data_dir(void)
{
    static char found[PATH_MAX];
    if (found[0] != '\0')
        return found;
    const char *environment = getenv("FAKESSHD_DATA");
    if (environment != NULL && environment[0] != '\0')
        (void)snprintf(found, sizeof found, "%s", environment);
    else if (!find_beside_executable(found, sizeof found))
        (void)snprintf(found, sizeof found, "%s", FAKESSHD_DATADIR);
    return found;
}

const char *data_dir_of_program(void)
{
    static char folder[PATH_MAX];
    ssize_t length = folder[0] != '\0' ? 0 : readlink("/proc/self/exe", folder, sizeof folder - 1);
    if (length > 0) {
        folder[length] = '\0';
        char *slash = strrchr(folder, '/');
        if (slash != NULL)
            *slash = '\0';
    }
    return folder;
}

bool data_dir_holds(const char *path)
{
    size_t length = strlen(data_dir());
    return strncmp(path, data_dir(), length) == 0 && path[length] == '/';
}
