#include "base/opening_comment.h"

#include "base/script_file.h"

#include <string.h>

/* Both texts are the same memory: the comment is never longer than what it is made from. */
static void keep_comment(char *text, size_t length)
{
    char *to = text;
    const char *from = text, *end = text + length;
    while (end - from >= 2 && from[0] == '-' && from[1] == '-') {
        from += from + 2 < end && from[2] == ' ' ? 3 : 2;
        const char *line_end = memchr(from, '\n', (size_t)(end - from));
        size_t line = (size_t)((line_end != NULL ? line_end : end) - from);
        if (to != text)
            *to++ = '\n';
        memmove(to, from, line);
        to += line;
        from = line_end != NULL ? line_end + 1 : end;
    }
    *to = '\0';
}

enum err opening_comment_read(const char *path, char **comment, struct err_text *error)
{
    size_t length = 0;
    enum err failed = script_file_text(path, ERR_SCENARIO, comment, &length, error);
    if (failed == ERR_NONE)
        keep_comment(*comment, length);
    return failed;
}
