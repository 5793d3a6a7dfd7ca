/* `fakesshd list`: the catalogue, for people and for programs. */
#include "cli/client_list.h"
#include "cli/command.h"
#include "cli/expectation.h"
#include "cli/index.h"
#include "cli/scenarios_json.h"

#include "base/exit_code.h"
#include "base/phase.h"
#include "base/scenario.h"

#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void list_phases(void)
{
    for (int i = 0; i < PHASE_COUNT; i++) {
        enum phase phase = (enum phase)i;
        printf("%-11s %-22s %s\n", phase_name(phase), phase_rfc(phase), phase_sentence(phase));
    }
}

static int widest(const struct scenario *const *items, size_t count, bool of_ids)
{
    size_t width = 0;
    for (size_t i = 0; i < count; i++) {
        char text[256];
        expectation_text(items[i], text, sizeof text);
        size_t length = strlen(of_ids ? items[i]->id : text);
        width = length > width ? length : width;
    }
    return (int)width;
}

static void list_lines(const struct scenario *const *items, size_t count)
{
    int id_width = widest(items, count, true), expect_width = widest(items, count, false);
    for (size_t i = 0; i < count; i++) {
        char text[256];
        expectation_text(items[i], text, sizeof text);
        printf("%-*s  %-*s  %s\n", id_width, items[i]->id, expect_width, text, items[i]->about);
    }
}

static void list_json(const struct scenario *const *items, size_t count)
{
    json_t *array = scenarios_json(items, count);
    (void)json_dumpf(array, stdout, JSON_INDENT(2));
    (void)putchar('\n');
    json_decref(array);
}

enum form { FORM_LINES, FORM_JSON, FORM_MARKDOWN };

static void list_as(enum form form, const struct scenario *const *items, size_t count)
{
    switch (form) {
    case FORM_LINES:
        list_lines(items, count);
        break;
    case FORM_JSON:
        list_json(items, count);
        break;
    case FORM_MARKDOWN:
        index_print(items, count);
        break;
    }
}

static int list_scenarios(const char *const *words, size_t word_count, enum form form)
{
    struct catalogue catalogue = {0};
    struct err_text error = {""};
    const struct scenario **selected = NULL;
    size_t count = 0;
    enum err failed = catalogue_read(&catalogue, NULL, &error);
    if (failed == ERR_NONE)
        failed = catalogue_select(&catalogue, words, word_count, &selected, &count, &error);
    if (failed == ERR_NONE)
        list_as(form, selected, count);
    free(selected);
    catalogue_fini(&catalogue);
    return failed == ERR_NONE ? EXIT_AS_EXPECTED : cli_error("list", failed, &error);
}

int cli_list(int argc, char **argv)
{
    static const struct option options[] = {{"json", no_argument, NULL, 'j'},
                                            {"markdown", no_argument, NULL, 'm'},
                                            {"phases", no_argument, NULL, 'p'},
                                            {"clients", no_argument, NULL, 'c'},
                                            {"packages", no_argument, NULL, 'P'},
                                            {"npm", no_argument, NULL, 'N'},
                                            {NULL, 0, NULL, 0}};
    enum form form = FORM_LINES;
    bool phases = false, clients = false;
    enum client_list_form client_list_form = CLIENT_LIST_LINES;
    int option = 0;
    opterr = 0;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == '?')
            return cli_usage_error("list",
                                   "expected --json, --markdown, --phases, --clients or selectors, "
                                   "found '%s'",
                                   argv[optind - 1]);
        phases |= option == 'p';
        clients |= option == 'c';
        if (option == 'P' || option == 'N')
            client_list_form = option == 'P' ? CLIENT_LIST_PACKAGES : CLIENT_LIST_NPM;
        if (option == 'j' || option == 'm')
            form = option == 'j' ? FORM_JSON : FORM_MARKDOWN;
    }
    if (client_list_form != CLIENT_LIST_LINES && (!clients || form != FORM_LINES))
        return cli_usage_error("list", "--packages and --npm go with --clients and nothing else");
    if (clients && (form == FORM_MARKDOWN || phases))
        return cli_usage_error("list", "--clients goes with --json, --packages or --npm");
    if (clients)
        return client_list_print(argv + optind, (size_t)(argc - optind),
                                 form == FORM_JSON ? CLIENT_LIST_JSON : client_list_form);
    if (phases && (form != FORM_LINES || optind < argc))
        return cli_usage_error("list", "--phases goes with nothing else");
    if (!phases)
        return list_scenarios((const char *const *)argv + optind, (size_t)(argc - optind), form);
    list_phases();
    return EXIT_AS_EXPECTED;
}
