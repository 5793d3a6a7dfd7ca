/* wrong: SSH clients that are wrong on purpose, one defect each. A harness that never fails proves
 * nothing; these show that ours can, and that it names what is wrong. */
#include "defect.h"
#include "link.h"
#include "threads/driver.h"

#include <libssh/libssh.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_GOOD = 0, EXIT_USAGE = 2 };

static const char usage[] =
    "usage: wrong driver --defect NAME   serve the driver protocol on standard input and output\n"
    "       wrong --list                 the defects, one a line: name and sentence\n"
    "       wrong --verdicts             name, an id that shows it, the verdict there, the profile\n"
    "       wrong --version\n";

static int list(void)
{
    for (int i = 0; i < defect_count; i++)
        (void)printf("%-22s %s\n", defects[i].name, defects[i].sentence);
    return EXIT_GOOD;
}

static int list_verdicts(void)
{
    for (int i = 0; i < defect_count; i++)
        (void)printf("%s %s %s %s\n", defects[i].name, defects[i].shown_by, defects[i].verdict,
                     defects[i].profile);
    return EXIT_GOOD;
}

static int drive(const char *name)
{
    const struct defect *defect = defect_find(name);
    if (defect == NULL) {
        (void)fprintf(stderr, "wrong: there is no defect '%s'; `wrong --list` names them\n", name);
        return EXIT_USAGE;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    if (ssh_init() != SSH_OK) /* before the first thread */
        return EXIT_USAGE;
    static const char *const phases[] = {
#define X(word) word,
        LINK_PHASES(X)
#undef X
            NULL};
    char called[64], runtime[64];
    const char *libssh = ssh_version(0); /* "0.10.6/openssl/zlib" */
    (void)snprintf(called, sizeof called, "wrong/%s", defect->name);
    (void)snprintf(runtime, sizeof runtime, "C, libssh %.*s, threads", (int)strcspn(libssh, "/"),
                   libssh);
    const struct client client = {called, FAKESSHD_VERSION, runtime, phases, defect->run, true};
    _exit(driver_run(&client));
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--list") == 0)
        return list();
    if (argc == 2 && strcmp(argv[1], "--verdicts") == 0)
        return list_verdicts();
    if (argc == 2 && strcmp(argv[1], "--version") == 0)
        return printf("wrong %s\n", FAKESSHD_VERSION) > 0 ? EXIT_GOOD : 1;
    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return fputs(usage, stdout) >= 0 ? EXIT_GOOD : 1;
    if (argc == 4 && strcmp(argv[1], "driver") == 0 && strcmp(argv[2], "--defect") == 0)
        return drive(argv[3]);
    (void)fputs(usage, stderr);
    return EXIT_USAGE;
}
