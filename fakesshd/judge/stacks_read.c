/* What debuggers and runtimes print, as stacks. */
#include "judge/stacks.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A line of the text, without its end; false at the end of the text. */
static bool next_line(const char **text, char *line, size_t size)
{
    if (**text == '\0')
        return false;
    size_t length = strcspn(*text, "\n");
    size_t kept = length < size - 1 ? length : size - 1;
    memcpy(line, *text, kept);
    line[kept] = '\0';
    line[strcspn(line, "\r")] = '\0';
    *text += length + ((*text)[length] == '\n');
    return true;
}

/* A stack that grows frame by frame. */
struct draft {
    char *text;
    size_t size;
    FILE *out;
};

static void draft_begin(struct draft *draft)
{
    *draft = (struct draft){0};
    draft->out = open_memstream(&draft->text, &draft->size);
    if (draft->out == NULL)
        abort();
}

static struct stack *draft_end(struct draft *draft, struct stacks *stacks, int64_t id)
{
    (void)fclose(draft->out);
    draft->out = NULL;
    return stacks_add(stacks, id, draft->text);
}

enum { LINE_MAX_BYTES = 1024 };

/* ---- elfutils ---- */

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* "#3  0x00007f… [- 1] name - /usr/lib/libssh.so.4", name and module may be missing. */
static void put_elfutils_frame(FILE *out, char *line)
{
    char *at = line + strcspn(line, " ");
    at += strspn(at, " ");
    at += strcspn(at, " ");
    if (strncmp(at, " - 1", 4) == 0 && (at[4] == ' ' || at[4] == '\0'))
        at += 4;
    char *module = strncmp(at, " - ", 3) == 0 ? at : strstr(at, " - ");
    if (module != NULL) {
        *module = '\0';
        module += 3;
    }
    at += strspn(at, " ");
    if (*at != '\0')
        (void)fputs(at, out);
    else
        fprintf(out, "(%s)", module != NULL ? last_part(module) : "?");
}

void stacks_read_elfutils(struct stacks *stacks, const char *text)
{
    char line[LINE_MAX_BYTES];
    struct draft draft = {0};
    int64_t id = 0;
    bool frame_open = false;
    while (next_line(&text, line, sizeof line)) {
        if (strncmp(line, "TID ", 4) == 0) {
            if (draft.out != NULL)
                (void)draft_end(&draft, stacks, id);
            draft_begin(&draft);
            id = strtoll(line + 4, NULL, 10);
            frame_open = false;
        } else if (line[0] == '#' && draft.out != NULL) {
            put_elfutils_frame(draft.out, line);
            (void)fputc('\n', draft.out);
            frame_open = true;
        } else if (line[0] == ' ' && draft.out != NULL && frame_open) {
            /* The place belongs to the frame above; its column is left out. */
            const char *place = line + strspn(line, " ");
            const char *colon = strchr(place, ':');
            size_t length = colon == NULL
                                ? strlen(place)
                                : (size_t)(colon - place) + 1 + strspn(colon + 1, "0123456789");
            (void)fseek(draft.out, -1, SEEK_CUR);
            fprintf(draft.out, " %.*s\n", (int)length, place);
            frame_open = false;
        }
    }
    if (draft.out != NULL)
        (void)draft_end(&draft, stacks, id);
}

/* ---- Go ---- */

/* "golang.org/x/crypto/ssh.readVersion({0x5d…, 0xc…})": without the arguments, which stand in the
 * last pair of brackets that the line ends with. */
static void cut_arguments(char *line)
{
    size_t length = strlen(line);
    if (length == 0 || line[length - 1] != ')')
        return;
    int depth = 0;
    for (size_t i = length; i-- > 0;) {
        depth += line[i] == ')' ? 1 : line[i] == '(' ? -1 : 0;
        if (depth == 0) {
            line[i] = '\0';
            return;
        }
    }
}

/* "IO wait, 3 minutes" */
static int64_t go_age_s(const char *state)
{
    const char *minutes = strstr(state, " minutes");
    if (minutes == NULL)
        return -1;
    while (minutes > state && isdigit((unsigned char)minutes[-1]))
        minutes--;
    return strtoll(minutes, NULL, 10) * 60;
}

/* "goroutine 7 [IO wait, 3 minutes]:" */
static bool is_goroutine(const char *line, int64_t *id, char *state, size_t size)
{
    long long number = 0;
    int used = 0;
    if (sscanf(line, "goroutine %lld [%n", &number, &used) != 1 || used == 0)
        return false;
    size_t length = strcspn(line + used, "]");
    (void)snprintf(state, size, "%.*s", (int)length, line + used);
    *id = number;
    return true;
}

void stacks_read_go(struct stacks *stacks, const char *text)
{
    char line[LINE_MAX_BYTES], state[80] = "", function[LINE_MAX_BYTES] = "";
    struct draft draft = {0};
    int64_t id = 0;
    while (next_line(&text, line, sizeof line)) {
        int64_t next_id = 0;
        char next_state[80];
        if (is_goroutine(line, &next_id, next_state, sizeof next_state)) {
            draft_begin(&draft);
            id = next_id;
            memcpy(state, next_state, sizeof state);
            function[0] = '\0';
        } else if (draft.out == NULL) {
            continue;
        } else if (line[0] == '\0') {
            struct stack *stack = draft_end(&draft, stacks, id);
            stack->state = strdup(state);
            stack->age_s = go_age_s(state);
        } else if (line[0] == '\t' && function[0] != '\0') {
            line[strcspn(line, " ")] = '\0'; /* " +0x1d" */
            fprintf(draft.out, "%s %s\n", function, line + 1);
            function[0] = '\0';
        } else if (strncmp(line, "created by ", strlen("created by ")) == 0) {
            line[strlen("created by ") + strcspn(line + strlen("created by "), " ")] = '\0';
            (void)snprintf(function, sizeof function, "%s", line + strlen("created by "));
        } else {
            cut_arguments(line);
            (void)snprintf(function, sizeof function, "%s", line);
        }
    }
    if (draft.out != NULL) {
        struct stack *stack = draft_end(&draft, stacks, id);
        stack->state = strdup(state);
        stack->age_s = go_age_s(state);
    }
}

/* ---- Python ---- */

void stacks_read_python(struct stacks *stacks, const char *text)
{
    char line[LINE_MAX_BYTES];
    struct draft draft = {0};
    int64_t id = 0;
    while (next_line(&text, line, sizeof line)) {
        char *thread = strstr(line, "hread 0x"), *file = strstr(line, "File \""), *quote = NULL;
        long number = 0;
        if (thread != NULL && strstr(line, "most recent call first") != NULL) {
            if (draft.out != NULL)
                (void)draft_end(&draft, stacks, id);
            draft_begin(&draft);
            id = (int64_t)strtoull(thread + strlen("hread 0x"), NULL, 16);
        } else if (draft.out != NULL && file != NULL &&
                   (quote = strchr(file + strlen("File \""), '"')) != NULL &&
                   sscanf(quote + 1, ", line %ld", &number) == 1) {
            const char *in = strstr(quote, " in ");
            *quote = '\0';
            fprintf(draft.out, "%s %s:%ld\n", in != NULL ? in + 4 : "?", file + strlen("File \""),
                    number);
        }
    }
    if (draft.out != NULL)
        (void)draft_end(&draft, stacks, id);
}

/* ---- Java ---- */

/* "\tat java.base@17/java.net.Socket.read(Socket.java:9)": without the module, the place apart. */
static void put_java_frame(FILE *out, char *line)
{
    char *name = line + strlen("\tat ");
    char *bracket = strchr(name, '(');
    if (bracket == NULL)
        return;
    *bracket = '\0';
    char *place = bracket + 1;
    place[strcspn(place, ")")] = '\0';
    const char *slash = strrchr(name, '/');
    bool is_known = strchr(place, ':') != NULL;
    fprintf(out, "%s%s%s\n", slash != NULL ? slash + 1 : name, is_known ? " " : "",
            is_known ? place : "");
}

/* `"task 7" #31 daemon prio=5 …` */
static int64_t java_thread_number(const char *line)
{
    const char *end_of_name = strrchr(line, '"');
    return strncmp(end_of_name, "\" #", 3) == 0 ? strtoll(end_of_name + 3, NULL, 10) : 0;
}

void stacks_read_java(struct stacks *stacks, const char *text)
{
    static const char state_line[] = "   java.lang.Thread.State: ";
    char line[LINE_MAX_BYTES], state[80] = "";
    struct draft draft = {0};
    int64_t id = 0;
    for (bool goes_on = true; goes_on;) {
        goes_on = next_line(&text, line, sizeof line);
        if (draft.out != NULL && (!goes_on || line[0] == '\0')) {
            draft_end(&draft, stacks, id)->state = strdup(state);
        } else if (goes_on && draft.out == NULL && line[0] == '"') {
            id = java_thread_number(line);
            state[0] = '\0';
            draft_begin(&draft);
        } else if (draft.out != NULL && strncmp(line, state_line, strlen(state_line)) == 0) {
            (void)snprintf(state, sizeof state, "%.79s", line + strlen(state_line));
        } else if (draft.out != NULL && strncmp(line, "\tat ", strlen("\tat ")) == 0) {
            put_java_frame(draft.out, line);
        }
    }
}

bool stacks_read_dump(struct stacks *stacks, const char *text)
{
    size_t before = stacks->count;
    if (strstr(text, "goroutine ") != NULL)
        stacks_read_go(stacks, text);
    else if (strstr(text, "java.lang.Thread.State: ") != NULL)
        stacks_read_java(stacks, text);
    else if (strstr(text, "most recent call first") != NULL)
        stacks_read_python(stacks, text);
    return stacks->count > before;
}
