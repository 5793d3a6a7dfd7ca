/* man-tables: refreshes the tables of a manual page from the lists in the code.
 *
 *     man-tables < man/page.1 > new
 *
 * Whatever stands in the page between `.\" BEGIN name` and `.\" END name` is replaced by the table
 * of that name. `make docs` does this in place, and a test says when it was forgotten. */
#include "base/dns_plan.h"
#include "base/event.h"
#include "base/exit_code.h"
#include "base/fault_kind.h"
#include "base/outcome.h"
#include "base/phase.h"
#include "cli/command.h"
#include "cli/matrix_options.h"
#include "cli/run_options.h"
#include "cli/serve_options.h"
#include "cli/soak_options.h"
#include "judge/conformance.h"
#include "judge/manifest.h"
#include "judge/probe_findings.h"
#include "judge/report.h"
#include "judge/shard.h"
#include "judge/verdict.h"
#include "lease/control.h"
#include "lease/lease.h"
#include "server/crafted/message.h"
#include "server/verbs.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_WIDTH = 78 };

/* ---- mdoc ---- */

/* One argument of a macro line: quoted, so that no word in it is taken for a macro. */
static void print_argument(const char *text)
{
    putchar('"');
    for (; *text != '\0'; text++) {
        if (*text == '"')
            fputs("\"\"", stdout);
        else if (*text == '\\')
            fputs("\\e", stdout);
        else if (*text == '-')
            fputs("\\-", stdout);
        else
            putchar(*text);
    }
    putchar('"');
}

/* Running text, a new line for each sentence. */
static void print_text(const char *text)
{
    int column = 0;
    while (*text != '\0') {
        int length = (int)strcspn(text, " ");
        bool sentence_begins = column > 0 && (text[-2] == '.') && text[0] >= 'A' && text[0] <= 'Z';
        if (column > 0 && (sentence_begins || column + 1 + length > LINE_WIDTH)) {
            putchar('\n');
            column = 0;
        }
        if (column > 0)
            putchar(' ');
        else if (*text == '.' || *text == '\'')
            fputs("\\&", stdout);
        printf("%.*s", length, text);
        column += length + 1;
        text += length + (text[length] == ' ');
    }
    putchar('\n');
}

static void print_item(const char *macro, const char *head, const char *note, const char *text)
{
    printf(".It %s ", macro);
    print_argument(head);
    if (note != NULL) {
        fputs(" Pq ", stdout);
        print_argument(note);
    }
    putchar('\n');
    print_text(text);
}

/* Short words stand close together; long ones ("Ds") have a line of their own, and air. */
static void begin_list(const char *width)
{
    printf(".Bl -tag -width %s%s\n", width, strcmp(width, "Ds") == 0 ? "" : " -compact");
}

static void end_list(void)
{
    puts(".El");
}

/* ---- the tables ---- */

static void print_phases(void)
{
    begin_list("disconnect");
#define X(id, word, rfc, sentence) print_item("Cm", word, rfc, sentence);
    PHASES(X)
#undef X
    end_list();
}

static void print_fault_kinds(void)
{
    begin_list("malformed");
#define X(id, word, words, sentence) print_item("Cm", word, NULL, sentence);
    FAULT_KINDS(X)
#undef X
    end_list();
}

static void print_dns_answers(void)
{
    begin_list("other\\-question");
#define X(id, word, sentence) print_item("Cm", word, NULL, sentence);
    DNS_SAYS(X)
#undef X
    end_list();
}

static void print_events(void)
{
    begin_list("listening");
#define X(id, name, sentence) print_item("Cm", name, NULL, sentence);
    EVENTS(X)
#undef X
    end_list();
}

static void print_outcomes(void)
{
    begin_list("could_not_try");
#define X(id, word, sentence) print_item("Cm", word, NULL, sentence);
    OUTCOMES(X)
#undef X
    end_list();
}

static void print_exit_codes(void)
{
    begin_list("143");
#define X(id, number, sentence) print_item("Li", #number, NULL, sentence);
    EXIT_CODES(X)
#undef X
    end_list();
}

static void print_deadline_verdicts(void)
{
    begin_list("WRONG_OUTCOME");
#define X(id, word, sentence) print_item("Li", word, NULL, sentence);
    DEADLINE_VERDICTS(X)
#undef X
    end_list();
}

static void print_cleanup_verdicts(void)
{
    begin_list("WRONG_OUTCOME");
    print_item("Li", "OK", NULL, "left nothing behind");
#define X(id, word, sentence) print_item("Li", word, NULL, sentence);
    CLEANUP_VERDICTS(X)
#undef X
    end_list();
}

static void print_case_states(void)
{
    begin_list("WRONG_OUTCOME");
#define X(id, word, sentence)        \
    if (strcmp(word, "JUDGED") != 0) \
        print_item("Li", word, NULL, sentence);
    CASE_STATES(X)
#undef X
    end_list();
}

static void print_commands(void)
{
    begin_list("Ds");
#define X(word, function, help, usage, sentence) print_item("Nm", usage, NULL, sentence);
    COMMANDS(X)
#undef X
    end_list();
}

#define OPTION(name, letter, value, sentence)                                   \
    (void)snprintf(head, sizeof head, "%s -%c", "--" name ",", (char)(letter)); \
    print_item("Cm", head, NULL, sentence);

static void print_formats(void)
{
    char head[64];
#define X(name, letter, value, sentence) OPTION(#name, letter, value, sentence)
    REPORT_FORMATS(X)
#undef X
}

static void print_report_options(void)
{
    begin_list("Ds");
    print_formats();
    print_item("Cm", "--merge, -m", NULL, "several results become one");
    end_list();
}

static void print_run_options(void)
{
    char head[64];
    begin_list("Ds");
    RUN_OPTIONS(OPTION)
    print_formats();
    end_list();
}

static void print_matrix_options(void)
{
    char head[64];
    begin_list("Ds");
    MATRIX_OPTIONS(OPTION)
    end_list();
}

static void print_serve_options(void)
{
    char head[64];
    begin_list("Ds");
    SERVE_OPTIONS(OPTION)
    end_list();
}

static void print_shard_variables(void)
{
    begin_list("Google\\ Cloud\\ Run");
#define X(who, index, count, first, first_name, step_name) \
    print_item("Li", who, NULL, index " of " count);
    SHARD_VARIABLES(X)
#undef X
    end_list();
}

static void print_soak_options(void)
{
    char head[64];
    begin_list("Ds");
    SOAK_OPTIONS(OPTION)
    print_formats();
    end_list();
}

static void print_control_routes(void)
{
    begin_list("Ds");
#define X(function, method, path, sentence) print_item("Li", method " " path, NULL, sentence);
    CONTROL_ROUTES(X)
#undef X
    end_list();
}

static void print_lease_fields(void)
{
    begin_list("deadline_ms");
#define X(id, name, sentence) print_item("Va", name, NULL, sentence);
    LEASE_FIELDS(X)
#undef X
    end_list();
}

static void print_lease_states(void)
{
    begin_list("released");
#define X(id, word, sentence) print_item("Li", word, NULL, sentence);
    LEASE_STATES(X)
#undef X
    end_list();
}

static void print_lease_waits(void)
{
    begin_list("phase:NAME");
#define X(id, word, sentence) print_item("Li", word, NULL, sentence);
    LEASE_WAITS(X)
#undef X
    end_list();
}

static void print_conformance_rules(void)
{
    begin_list("second-reply");
#define X(id, word, sentence, section) print_item("Li", word, section, sentence);
    CONFORMANCE_RULES(X)
#undef X
    end_list();
}

static void print_probe_items(void)
{
    begin_list("another-host-key");
#define X(id, word, asked, expected, advice) print_item("Em", word, NULL, asked ": " expected);
    PROBE_ITEMS(X)
#undef X
    end_list();
}

static void print_placeholders(void)
{
    begin_list("deadline_s_ceil");
#define X(word, sentence) print_item("Li", "{" #word "}", NULL, sentence);
    PLACEHOLDERS(X)
#undef X
    end_list();
}

static const char *engine_note(const char *engine)
{
    return strcmp(engine, "any") == 0 ? NULL : "engine = crafted";
}

static void print_conn_verbs(void)
{
    begin_list("Ds");
#define X(name, usage, engine, sentence) print_item("Ic", usage, engine_note(engine), sentence);
    CONN_VERBS(X)
#undef X
    end_list();
}

static void print_channel_verbs(void)
{
    begin_list("Ds");
#define X(name, usage, engine, sentence) print_item("Ic", usage, engine_note(engine), sentence);
    CHANNEL_VERBS(X)
#undef X
    end_list();
}

/* "uint32 recipient, string data": the fields of a row, in their order. */
static void print_fields(const struct message_row *row, char *text, size_t size)
{
    static const char *const kinds[] = {
        [MESSAGE_BYTE] = "byte",  [MESSAGE_BOOL] = "boolean",  [MESSAGE_U32] = "uint32",
        [MESSAGE_U64] = "uint64", [MESSAGE_STRING] = "string", [MESSAGE_COOKIE] = "byte[16]",
        [MESSAGE_REST] = "byte[]"};
    size_t used =
        (size_t)snprintf(text, size, "%s", row->fields[0].name == NULL ? "no fields" : "");
    for (int i = 0; i < MESSAGE_FIELDS_MAX && row->fields[i].name != NULL && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s %s", i > 0 ? ", " : "",
                                 kinds[row->fields[i].kind], row->fields[i].name);
    if (used < size)
        (void)snprintf(text + used, size - used, " (%s%s).", isdigit(row->rfc[0]) ? "RFC " : "",
                       row->rfc);
}

static void print_messages(void)
{
    char head[96], text[512];
    begin_list("Ds");
    for (size_t i = 0; i < message_row_count; i++) {
        const struct message_row *row = &message_rows[i];
        (void)snprintf(head, sizeof head, row->key != NULL ? "%s, %s = \"%s\"" : "%s", row->name,
                       row->key_field, row->key);
        print_fields(row, text, sizeof text);
        print_item("Li", head, NULL, text);
    }
    end_list();
}

static void print_facts(void)
{
    begin_list("channel.client_closed");
#define X(name, sentence) print_item("Va", name, NULL, sentence);
    CONN_FACTS(X)
#undef X
    end_list();
}

/* name in the page, function */
#define TABLES(X)                                   \
    X("phases", print_phases)                       \
    X("fault-kinds", print_fault_kinds)             \
    X("dns-answers", print_dns_answers)             \
    X("events", print_events)                       \
    X("outcomes", print_outcomes)                   \
    X("exit-codes", print_exit_codes)               \
    X("deadline-verdicts", print_deadline_verdicts) \
    X("cleanup-verdicts", print_cleanup_verdicts)   \
    X("case-states", print_case_states)             \
    X("conformance-rules", print_conformance_rules) \
    X("probe-items", print_probe_items)             \
    X("commands", print_commands)                   \
    X("run-options", print_run_options)             \
    X("report-options", print_report_options)       \
    X("control-routes", print_control_routes)       \
    X("lease-fields", print_lease_fields)           \
    X("lease-states", print_lease_states)           \
    X("lease-waits", print_lease_waits)             \
    X("soak-options", print_soak_options)           \
    X("matrix-options", print_matrix_options)       \
    X("serve-options", print_serve_options)         \
    X("shard-variables", print_shard_variables)     \
    X("placeholders", print_placeholders)           \
    X("connection-verbs", print_conn_verbs)         \
    X("channel-verbs", print_channel_verbs)         \
    X("messages", print_messages)                   \
    X("facts", print_facts)

static bool print_table(const char *name)
{
    static const struct {
        const char *name;
        void (*print)(void);
    } tables[] = {
#define X(name, function) {name, function},
        TABLES(X)
#undef X
    };
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        if (strcmp(tables[i].name, name) == 0) {
            tables[i].print();
            return true;
        }
    }
    fprintf(stderr, "man-tables: there is no table '%s'\n", name);
    return false;
}

int main(void)
{
    char line[1024];
    char name[64];
    bool inside = false;
    while (fgets(line, sizeof line, stdin) != NULL) {
        if (strncmp(line, ".\\\" END ", 8) == 0)
            inside = false;
        if (!inside)
            fputs(line, stdout);
        if (sscanf(line, ".\\\" BEGIN %63s", name) == 1) {
            inside = true;
            if (!print_table(name))
                return EXIT_FAILURE;
        }
    }
    return inside ? EXIT_FAILURE : EXIT_SUCCESS;
}
