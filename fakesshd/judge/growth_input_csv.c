/* Series as CSV: tasks in the first column, a counter in each other one. */
#include "judge/growth_input.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { COLUMNS_MAX = 256 };

struct table {
    const char *name;
    int line;
    char *fields[COLUMNS_MAX]; /* of the line at hand; borrowed from it */
    size_t columns;            /* of the line at hand */
    size_t expected;           /* of the first line; 0 before */
};

/* Cuts spaces and one pair of quotes off both ends. */
static char *trimmed(char *field)
{
    while (isspace((unsigned char)*field))
        field++;
    size_t length = strlen(field);
    while (length > 0 && isspace((unsigned char)field[length - 1]))
        field[--length] = '\0';
    if (length >= 2 && field[0] == '"' && field[length - 1] == '"') {
        field[length - 1] = '\0';
        field++;
    }
    return field;
}

/* False when there are too many. */
static bool split(struct table *table, char *line)
{
    table->columns = 0;
    for (char *rest = line; rest != NULL;) {
        if (table->columns == COLUMNS_MAX)
            return false;
        char *field = strsep(&rest, ",;\t");
        table->fields[table->columns++] = trimmed(field);
    }
    return true;
}

static bool is_missing(const char *field)
{
    return field[0] == '\0' || strcasecmp(field, "nan") == 0 || strcasecmp(field, "null") == 0;
}

static bool whole_number(const char *field, int64_t *number)
{
    char *end = NULL;
    errno = 0;
    long long exact = strtoll(field, &end, 10);
    if (end != field && *end == '\0' && errno == 0) {
        *number = exact;
        return exact >= -GROWTH_VALUE_MAX && exact <= GROWTH_VALUE_MAX;
    }
    double value = strtod(field, &end); /* 1e6, 12.0 */
    if (end == field || *end != '\0' || !(fabs(value) <= (double)GROWTH_VALUE_MAX) ||
        value != floor(value))
        return false;
    *number = (int64_t)value;
    return true;
}

/* Is this line the names of the columns? Names do not begin as numbers do. */
static bool is_header(const struct table *table)
{
    const char *first = table->fields[0];
    return strpbrk(first, "0123456789") != first && first[0] != '-' && first[0] != '+' &&
           first[0] != '.' && !is_missing(first);
}

static bool names_bytes(const char *name)
{
    size_t length = strlen(name);
    return length >= 5 && strcasecmp(name + length - 5, "bytes") == 0;
}

static enum err begin(struct table *table, const struct growth_profile *profile,
                      struct growth_input *input, bool header, struct err_text *error)
{
    table->expected = table->columns;
    if (table->columns < 2)
        return err_set(error, ERR_INPUT,
                       "%s:%d: expected `tasks,value`: at least two columns, found '%.40s'",
                       table->name, table->line, table->fields[0]);
    for (size_t i = 1; i < table->columns; i++) {
        char number[32];
        (void)snprintf(number, sizeof number, table->columns == 2 ? "value" : "value%zu", i);
        const char *name = header && table->fields[i][0] != '\0' ? table->fields[i] : number;
        struct growth_config bytes = growth_config_for_bytes(profile);
        (void)growth_input_add(input, name, names_bytes(name) ? &bytes : &profile->config);
    }
    return ERR_NONE;
}

static enum err read_row(const struct table *table, struct growth_input *input,
                         struct err_text *error)
{
    int64_t tasks = 0;
    if (!whole_number(table->fields[0], &tasks) || tasks < 0)
        return err_set(error, ERR_INPUT,
                       "%s:%d: expected tasks done, a whole number from 0 to 2^53, found '%.40s'",
                       table->name, table->line, table->fields[0]);
    for (size_t i = 1; i < table->columns; i++) {
        int64_t value = GROWTH_MISSING;
        if (!is_missing(table->fields[i]) && !whole_number(table->fields[i], &value))
            return err_set(error, ERR_INPUT,
                           "%s:%d: expected a whole number within 2^53 in column %zu (%s), "
                           "found '%.40s'",
                           table->name, table->line, i + 1, input->items[i - 1].id,
                           table->fields[i]);
        growth_series_add(&input->items[i - 1], tasks, value);
    }
    return ERR_NONE;
}

static enum err read_line(struct table *table, char *line, const struct growth_profile *profile,
                          struct growth_input *input, struct err_text *error)
{
    line[strcspn(line, "#")] = '\0';
    if (*trimmed(line) == '\0')
        return ERR_NONE;
    if (!split(table, line))
        return err_set(error, ERR_INPUT, "%s:%d: more than %d columns", table->name, table->line,
                       COLUMNS_MAX);
    if (table->expected == 0) {
        bool header = is_header(table);
        enum err failed = begin(table, profile, input, header, error);
        if (failed != ERR_NONE || header)
            return failed;
    }
    if (table->columns != table->expected)
        return err_set(error, ERR_INPUT,
                       "%s:%d: expected %zu columns as in the first line, found %zu", table->name,
                       table->line, table->expected, table->columns);
    return read_row(table, input, error);
}

enum err growth_input_csv(const struct growth_text *text, const struct growth_profile *profile,
                          struct growth_input *input, struct err_text *error)
{
    struct table table = {.name = text->name};
    enum err failed = ERR_NONE;
    char *rest = text->bytes;
    while (failed == ERR_NONE && rest != NULL) {
        char *line = strsep(&rest, "\n");
        table.line++;
        failed = read_line(&table, line, profile, input, error);
    }
    if (failed == ERR_NONE && (input->count == 0 || input->items[0].n == 0))
        return err_set(error, ERR_INPUT, "%s: expected readings, found none", text->name);
    return failed;
}
