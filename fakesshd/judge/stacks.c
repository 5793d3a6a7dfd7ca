/* Groups of equal stacks and their summary; stacks_read.c reads them. */
#include "judge/stacks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *or_abort(void *memory)
{
    if (memory == NULL)
        abort();
    return memory;
}

struct stack *stacks_add(struct stacks *stacks, int64_t id, char *frames)
{
    stacks->items = or_abort(realloc(stacks->items, (stacks->count + 1) * sizeof *stacks->items));
    struct stack *stack = &stacks->items[stacks->count++];
    *stack = (struct stack){.id = id, .frames = frames, .age_s = -1};
    return stack;
}

void stacks_fini(struct stacks *stacks)
{
    for (size_t i = 0; i < stacks->count; i++) {
        free(stacks->items[i].frames);
        free(stacks->items[i].state);
    }
    free(stacks->items);
    *stacks = (struct stacks){0};
}

const struct stack *stacks_find(const struct stacks *stacks, int64_t id)
{
    for (size_t i = 0; i < stacks->count; i++) {
        if (stacks->items[i].id == id)
            return &stacks->items[i];
    }
    return NULL;
}

static int by_frames(const void *a, const void *b)
{
    return strcmp((*(const struct stack *const *)a)->frames,
                  (*(const struct stack *const *)b)->frames);
}

static int by_count(const void *a, const void *b)
{
    const struct stack_group *x = a, *y = b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return strcmp(x->sample->frames, y->sample->frames);
}

size_t stacks_group(const struct stacks *stacks, struct stack_group **groups)
{
    const struct stack **sorted = or_abort(calloc(stacks->count + 1, sizeof *sorted));
    *groups = or_abort(calloc(stacks->count + 1, sizeof **groups));
    size_t count = 0;
    for (size_t i = 0; i < stacks->count; i++)
        sorted[i] = &stacks->items[i];
    qsort(sorted, stacks->count, sizeof *sorted, by_frames);
    for (size_t i = 0; i < stacks->count; i++) {
        if (i == 0 || strcmp(sorted[i]->frames, sorted[i - 1]->frames) != 0)
            (*groups)[count++] = (struct stack_group){.sample = sorted[i], .oldest_s = -1};
        struct stack_group *group = &(*groups)[count - 1];
        group->count++;
        if (sorted[i]->age_s > group->oldest_s)
            group->oldest_s = sorted[i]->age_s;
    }
    free(sorted);
    qsort(*groups, count, sizeof **groups, by_count);
    return count;
}

static size_t depth(const struct stack *stack)
{
    size_t lines = 0;
    for (const char *at = stack->frames; *at != '\0'; at++)
        lines += *at == '\n';
    return lines;
}

/* Was it begun by the program itself (Go's package main), and not by a library? */
static bool is_the_programs(const struct stack *stack)
{
    size_t length = strlen(stack->frames);
    const char *last = stack->frames;
    for (size_t i = 0; i + 1 < length; i++) {
        if (stack->frames[i] == '\n')
            last = stack->frames + i + 1;
    }
    return strncmp(last, "main.", strlen("main.")) == 0;
}

static bool tells_more(const struct stack *a, const struct stack *b)
{
    if (is_the_programs(a) != is_the_programs(b))
        return is_the_programs(a);
    return depth(a) > depth(b);
}

const struct stack_group *stacks_most_telling(const struct stack_group *groups, size_t count)
{
    const struct stack_group *best = count > 0 ? &groups[0] : NULL;
    for (size_t i = 1; i < count && groups[i].count * 10 >= groups[0].count * 9; i++) {
        if (tells_more(groups[i].sample, best->sample))
            best = &groups[i];
    }
    return best;
}

/* ---- the summary ---- */

/* A frame's function and its place, as they lie in the text of the stack. */
struct frame {
    const char *name, *place;
    int name_length, place_length;
};

/* Where every thread begins, and what the runtimes put between. */
static bool is_plumbing(const struct frame *frame)
{
    static const char *const names[] = {
        "start_thread",    "clone",
        "clone3",          "start",
        "libc_start_main", "libc_start_call_main",
        "syscall_cancel",  "syscall_cancel_arch",
    };
    static const char *const packages[] = {"runtime.", "internal/poll."};
    for (size_t i = 0; i < sizeof packages / sizeof packages[0]; i++) {
        if (strncmp(frame->name, packages[i], strlen(packages[i])) == 0)
            return true;
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if ((int)strlen(names[i]) == frame->name_length &&
            strncmp(names[i], frame->name, strlen(names[i])) == 0)
            return true;
    }
    return false;
}

/* "__poll" and "clock_nanosleep@GLIBC_2.17" are known by shorter names. */
static struct frame frame_at(const char *line, size_t length)
{
    const char *space = memchr(line, ' ', length), *end = line + length;
    struct frame frame = {.name = line};
    const char *name_end = space != NULL ? space : end;
    while (frame.name < name_end && *frame.name == '_')
        frame.name++;
    if (frame.name == name_end)
        frame.name = line;
    const char *at = memchr(frame.name, '@', (size_t)(name_end - frame.name));
    frame.name_length = (int)((at != NULL ? at : name_end) - frame.name);
    frame.place = space != NULL ? space + 1 : end;
    frame.place_length = (int)(end - frame.place);
    return frame;
}

/* Has the frame a source file, and is it not one of libc's? Those are told relative to its build.
 */
static bool is_telling_place(const struct frame *frame)
{
    return frame->place_length > 0 && frame->place[0] != '.' && frame->place[0] != '-' &&
           strncmp(frame->place, "/usr/include/", strlen("/usr/include/")) != 0 &&
           strncmp(frame->place, "/usr/lib/go", strlen("/usr/lib/go")) != 0 &&
           memchr(frame->place, ':', (size_t)frame->place_length) != NULL;
}

/* "golang.org/x/crypto/ssh.readVersion" is ssh.readVersion. */
static struct frame without_path(struct frame frame)
{
    const char *bracket = memchr(frame.name, '(', (size_t)frame.name_length);
    int length = bracket != NULL ? (int)(bracket - frame.name) : frame.name_length;
    const char *slash = memrchr(frame.name, '/', (size_t)length);
    if (slash != NULL) {
        frame.name_length -= (int)(slash + 1 - frame.name);
        frame.name = slash + 1;
    }
    return frame;
}

enum { FRAMES_MAX = 64, FIRST_SHOWN = 5, LAST_SHOWN = 5 };

static size_t telling_frames(const char *text, struct frame frames[FRAMES_MAX])
{
    size_t count = 0;
    while (*text != '\0' && count < FRAMES_MAX) {
        size_t length = strcspn(text, "\n");
        struct frame frame = frame_at(text, length);
        bool again = count > 0 && frames[count - 1].name_length == frame.name_length &&
                     strncmp(frames[count - 1].name, frame.name, (size_t)frame.name_length) == 0;
        if (!is_plumbing(&frame) && !again)
            frames[count++] = without_path(frame);
        text += length + (text[length] == '\n');
    }
    return count;
}

static size_t put_count(size_t number, char *text, size_t size)
{
    if (number < 1000)
        return (size_t)snprintf(text, size, "%zu", number);
    size_t used = put_count(number / 1000, text, size);
    return used + (size_t)snprintf(text + used, size - used, ",%03zu", number % 1000);
}

void stacks_summarize(const struct stack_group *group, const char *what, char *text, size_t size)
{
    struct frame frames[FRAMES_MAX];
    size_t count = telling_frames(group->sample->frames, frames),
           used = put_count(group->count, text, size);
    bool cut = count > FIRST_SHOWN + LAST_SHOWN + 1;
    used += (size_t)snprintf(text + used, size - used, " %s%s: ", what,
                             group->count == 1 ? "" : "s, same stack");
    for (size_t i = 0; i < count && used < size; i++) {
        if (cut && i >= FIRST_SHOWN && i < count - LAST_SHOWN) {
            if (i == FIRST_SHOWN)
                used += (size_t)snprintf(text + used, size - used, " ← …");
            continue;
        }
        used += (size_t)snprintf(text + used, size - used, "%s%.*s", i == 0 ? "" : " ← ",
                                 frames[i].name_length, frames[i].name);
    }
    for (size_t i = 0; i < count && used < size; i++) {
        if (!is_telling_place(&frames[i]))
            continue;
        (void)snprintf(text + used, size - used, " (%.*s at %.*s)", frames[i].name_length,
                       frames[i].name, frames[i].place_length, frames[i].place);
        break;
    }
}
