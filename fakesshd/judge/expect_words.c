#include "judge/expect_words.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 120 };

static const char much_too_late[] = ", but much too late";
static const char spins[] = "it burned a core while it waited";

/* How long is " after 12.3 ms", or " only after 12.3 ms", at `text`? 0: it is something else. */
static size_t time_length(const char *text, bool *only)
{
    *only = strncmp(text, " only after ", 12) == 0;
    size_t skip = *only ? 12 : strncmp(text, " after ", 7) == 0 ? 7 : 0;
    size_t digits = strspn(text + skip, "0123456789.");
    return skip > 0 && digits > 0 && strncmp(text + skip + digits, " ms", 3) == 0
               ? skip + digits + 3
               : 0;
}

static char *room(size_t size)
{
    char *text = calloc(size, 1);
    if (text == NULL)
        abort();
    return text;
}

/* No word is cut in two, nor a character. */
static void cut_words(char *words)
{
    size_t used = strlen(words);
    if (used >= WORDS_MAX) {
        used = WORDS_MAX;
        while (used > 0 && words[used - 1] != ' ')
            used--;
    }
    while (used > 0 && strchr(" ,", words[used - 1]) != NULL)
        used--;
    words[used] = '\0';
}

static char *first_clause(const char *reason)
{
    char *words = room(strlen(reason) + sizeof much_too_late);
    size_t used = 0;
    for (const char *at = reason; *at != '\0' && strchr(":;([\n", *at) == NULL;) {
        bool only = false;
        size_t time = time_length(at, &only);
        if (time == 0) {
            words[used++] = *at++;
            continue;
        }
        at += time;
        if (only) {
            memcpy(words + used, much_too_late, sizeof much_too_late - 1);
            used += sizeof much_too_late - 1;
        }
    }
    words[used] = '\0';
    return words;
}

/* Where the figures of a clause about what was left behind begin; NULL: it is about something else.
 */
static const char *figures_of(const char *clause, size_t length)
{
    static const char *const left[] = {"connections still open", "processes left behind"};
    for (size_t i = 0; i < sizeof left / sizeof *left; i++) {
        if (strncmp(clause, left[i], strlen(left[i])) == 0)
            return memchr(clause, ':', length);
    }
    const char *by = memmem(clause, length, " by ", 4);
    return by != NULL && memmem(clause, (size_t)(by - clause), " grow", 5) != NULL ? by : NULL;
}

/* Each "; fds grow by 1.00 per task" without its figures. */
static char *left_behind(const char *reason)
{
    char *words = room(strlen(reason) + 1);
    for (const char *at = strstr(reason, "; "); at != NULL; at = strstr(at, "; ")) {
        at += 2;
        const char *figures = figures_of(at, strcspn(at, ";"));
        size_t used = strlen(words);
        if (figures != NULL)
            (void)sprintf(words + used, "%s%.*s", used > 0 ? ", " : "", (int)(figures - at), at);
    }
    return words;
}

char *expect_words(const char *reason, struct verdict verdict)
{
    char *words = NULL;
    if (verdict.state == CASE_JUDGED && verdict.deadline == DEADLINE_OK && verdict.cleanup != 0)
        words = left_behind(reason);
    if (words != NULL && words[0] == '\0' && verdict.cleanup == CLEANUP_BIT(CLEANUP_SPIN)) {
        free(words);
        words = first_clause(spins);
    }
    if (words == NULL || words[0] == '\0') {
        free(words);
        words = first_clause(reason);
    }
    cut_words(words);
    return words;
}
