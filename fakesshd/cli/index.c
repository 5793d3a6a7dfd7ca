#include "cli/index.h"

#include "cli/expectation.h"

#include <stdio.h>
#include <string.h>

/* Rows of the matrix: the phases, and two folders that belong to none of them: honest servers, and
 * faults that go through all phases. */
enum { ROW_HEALTHY = PHASE_COUNT, ROW_SWEEP, ROW_COUNT };

struct matrix {
    unsigned ids[ROW_COUNT][FAULT_KIND_COUNT + 1]; /* the last column: FAULT_UNSAID */
};

static int row_of(const struct scenario *item)
{
    char word[32];
    enum phase phase;
    (void)snprintf(word, sizeof word, "%.*s", (int)strcspn(item->id, "/"), item->id);
    if (phase_from_name(word, &phase))
        return (int)phase;
    return strcmp(word, "sweep") == 0 ? (int)ROW_SWEEP : (int)ROW_HEALTHY;
}

static const char *row_name(int row)
{
    if (row < PHASE_COUNT)
        return phase_name((enum phase)row);
    return row == ROW_SWEEP ? "sweep" : "healthy";
}

static void print_matrix(const struct matrix *matrix)
{
    fputs("| phase |", stdout);
    for (int kind = 0; kind < FAULT_KIND_COUNT; kind++)
        printf(" %s |", fault_kind_name((enum fault_kind)kind));
    fputs("\n|---|", stdout);
    for (int kind = 0; kind < FAULT_KIND_COUNT; kind++)
        fputs("--:|", stdout);
    putchar('\n');
    for (int row = 0; row < ROW_COUNT; row++) {
        printf("| %s |", row_name(row));
        for (int kind = 0; kind < FAULT_KIND_COUNT; kind++) {
            unsigned ids = matrix->ids[row][kind];
            if (ids > 0)
                printf(" %u |", ids);
            else
                fputs(" |", stdout);
        }
        putchar('\n');
    }
}

static void print_kinds(void)
{
    puts("| kind | the server |\n|---|---|");
    for (int kind = 0; kind < FAULT_KIND_COUNT; kind++)
        printf("| %s | %s |\n", fault_kind_name((enum fault_kind)kind),
               fault_kind_sentence((enum fault_kind)kind));
}

/* In a cell of a table a bar would begin the next one. */
static void print_cell(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '|')
            putchar('\\');
        putchar(*text);
    }
}

/* The place of the URL's last part: "…/paramiko/issues/2214" is "paramiko#2214" on GitHub;
 * elsewhere the host has to do. */
static void print_link(const char *url)
{
    char owner[64], project[64], thread[16], number[16];
    const char *host = strstr(url, "://");
    host = host == NULL ? url : host + 3;
    if (sscanf(url, "https://github.com/%63[^/]/%63[^/]/%15[a-z]/%15[0-9]", owner, project, thread,
               number) == 4)
        printf("[%s#%s](%s)", project, number, url);
    else
        printf("[%.*s](%s)", (int)strcspn(host, "/"), host, url);
}

static void print_citations(const struct scenario *item)
{
    const char *between = "";
    if (item->rfc[0] != '\0') {
        printf("RFC %s", item->rfc);
        between = ", ";
    }
    size_t i;
    json_t *url;
    json_array_foreach(item->cites, i, url)
    {
        fputs(between, stdout);
        print_link(json_string_value(url));
        between = ", ";
    }
}

static void print_item(const struct scenario *item)
{
    char text[256];
    expectation_text(item, text, sizeof text);
    printf("| `%s` | ", item->id);
    print_cell(item->about);
    printf(" | %s | %s | ", fault_kind_name(item->kind), text);
    print_citations(item);
    puts(" |");
}

void index_print(const struct scenario *const *items, size_t count)
{
    static const char warning[] =
        "<!-- Made from the scenarios by `make index`: change them, not this file. -->\n";
    struct matrix matrix = {0};
    for (size_t i = 0; i < count; i++)
        matrix.ids[row_of(items[i])][items[i]->kind]++;
    printf("# The catalogue\n\n%s\n", warning);
    puts(
        "What each scenario's server does, what a sound client says of it, and where it was seen or\n"
        "is defined. `fakesshd explain ID` tells more, `fakesshd serve ID` is that server.\n\n"
        "## Ids of each kind in each phase\n");
    print_matrix(&matrix);
    putchar('\n');
    print_kinds();
    puts("\n## Ids\n\n| id | the server | kind | a sound client | seen or defined in |\n"
         "|---|---|---|---|---|");
    for (size_t i = 0; i < count; i++)
        print_item(items[i]);
}
