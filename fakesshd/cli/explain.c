/* `fakesshd explain ID`: what the server does, what a sound client does, where it was seen, and the
 * commands that reproduce it. */
#include "cli/command.h"
#include "cli/expectation.h"

#include "base/exit_code.h"
#include "base/opening_comment.h"
#include "base/scenario.h"
#include "base/script_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void explain_source(const struct scenario *item)
{
    if (item->rfc[0] != '\0')
        printf("  RFC %s\n", item->rfc);
    size_t i;
    json_t *url;
    json_array_foreach(item->cites, i, url)
    {
        printf("  %s\n", json_string_value(url));
    }
    printf("  %s\n", script_file_display_name(item->file));
}

static void explain_expectation(const struct scenario *item)
{
    char text[256];
    expectation_text(item, text, sizeof text);
    printf("A sound client: %s\n", text);
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        if ((item->outcomes & OUTCOME_BIT(i)) != 0)
            printf("  %-9s %s\n", outcome_name((enum outcome)i), outcome_sentence((enum outcome)i));
    }
    for (int i = 0; i < PHASE_COUNT; i++) {
        if ((item->phases & PHASE_BIT(i)) != 0)
            printf("  %-9s %s\n", phase_name((enum phase)i), phase_sentence((enum phase)i));
    }
    if (item->deadline_min_ms > 0)
        printf("  The deadline must be %lld ms or longer for this to be seen.\n",
               (long long)item->deadline_min_ms);
}

/* What a file from outside the catalogue is called on a command line is its path. */
static void explain_commands(const struct scenario *item)
{
    char word[512];
    (void)snprintf(word, sizeof word, "%s", item->id);
    if (strncmp(script_file_display_name(item->file), "scenarios/", strlen("scenarios/")) != 0)
        scenario_file_word(item, word, sizeof word);
    printf("Reproduce it:\n"
           "  fakesshd serve %s\n"
           "  fakesshd run %s --client sshexec\n",
           word, word);
}

static enum err explain(const struct scenario *item, struct err_text *error)
{
    char *comment = NULL;
    enum err failed = opening_comment_read(item->file, &comment, error);
    if (failed != ERR_NONE)
        return failed;
    printf("%s\n\n", item->id);
    if (comment[0] != '\0')
        printf("%s\n\n", comment);
    printf("The server: %s\n", item->about);
    explain_expectation(item);
    printf("Seen or defined in:\n");
    explain_source(item);
    explain_commands(item);
    free(comment);
    return ERR_NONE;
}

int cli_explain(int argc, char **argv)
{
    struct catalogue catalogue = {0};
    struct err_text error = {""};
    const struct scenario **selected = NULL;
    size_t count = 0;
    int first = argc > 1 && strcmp(argv[1], "--") == 0 ? 2 : 1;
    if (first >= argc)
        return cli_usage_error("explain", "expected a scenario; `fakesshd list` shows them");
    if (argv[first][0] == '-')
        return cli_usage_error("explain", "expected a scenario, found '%s'", argv[first]);
    enum err failed = catalogue_read(&catalogue, NULL, &error);
    if (failed == ERR_NONE)
        failed = catalogue_select(&catalogue, (const char *const *)argv + first,
                                  (size_t)(argc - first), &selected, &count, &error);
    for (size_t i = 0; i < count && failed == ERR_NONE; i++) {
        if (i > 0)
            (void)putchar('\n');
        failed = explain(selected[i], &error);
    }
    free(selected);
    catalogue_fini(&catalogue);
    return failed == ERR_NONE ? EXIT_AS_EXPECTED : cli_error("explain", failed, &error);
}
