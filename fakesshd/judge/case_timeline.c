#include "judge/case_timeline.h"

#include "base/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS CLOCK_NS_PER_MS

/* The server's part may not crowd out the judge's, nor the judge's the tasks, which come last. */
enum { SERVER_ENTRIES = 120, JUDGE_ENTRIES = 240, ALL_ENTRIES = 300 };
enum { CONNS_TOLD = 5, TASKS_TOLD = 4 }; /* the first connection is the healthy task's */

const char *timeline_who_word(enum timeline_who who)
{
    static const char *const words[] = {
#define X(id, word) word,
        TIMELINE_WHO(X)
#undef X
    };
    return words[who];
}

static void add(struct judged_case *judged, enum timeline_who who, size_t room, int64_t at_ns,
                const char *format, va_list args)
{
    struct case_result *result = judged->result;
    if (result->timeline_count >= room) {
        result->timeline_dropped++;
        return;
    }
    struct timeline_entry *entries =
        realloc(result->timeline, (result->timeline_count + 1) * sizeof *entries);
    char *text = NULL;
    if (entries == NULL || vasprintf(&text, format, args) < 0)
        abort();
    result->timeline = entries;
    entries[result->timeline_count++] =
        (struct timeline_entry){.at_ns = at_ns - judged->begun_ns, .who = who, .text = text};
}

void case_note(struct judged_case *judged, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(judged, WHO_JUDGE, JUDGE_ENTRIES, clock_now_ns(), format, args);
    va_end(args);
}

__attribute__((format(printf, 4, 5))) static void
tell(struct judged_case *judged, enum timeline_who who, int64_t at_ns, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(judged, who, who == WHO_SERVER ? SERVER_ENTRIES : ALL_ENTRIES, at_ns, format, args);
    va_end(args);
}

/* ---- the server ---- */

/* With the case it belongs to, as all cases share one file. */
static void copy_event(struct judged_case *judged, const json_t *line)
{
    char *text = json_dumps(line, JSON_COMPACT);
    if (text != NULL)
        fprintf(judged->spec.events, "{\"case\":\"%s\",\"client\":\"%s\",%s\n",
                judged->spec.scenario->id, judged->spec.manifest->name, text + 1);
    free(text);
}

void case_on_event(void *owner, enum event event, const json_t *line)
{
    struct judged_case *judged = owner;
    if (judged->spec.events != NULL)
        copy_event(judged, line);
    long long conn = json_integer_value(json_object_get(line, "conn"));
    if (conn > CONNS_TOLD || judged->step == STEP_ENDED)
        return; /* the first few tell the story; and what is told is in order by now */
    /* By the server's own stamp: its clock is ours, its lines may be read late. */
    int64_t at_ns = json_integer_value(json_object_get(line, "t_ns"));
    if (at_ns <= 0)
        at_ns = clock_now_ns();
    if (event == EVENT_PHASE)
        tell(judged, WHO_SERVER, at_ns, "conn %lld: %s", conn,
             json_string_value(json_object_get(line, "to")));
    else if (event == EVENT_FAULT)
        tell(judged, WHO_SERVER, at_ns, "conn %lld: on purpose, the server %s", conn,
             json_string_value(json_object_get(line, "what")));
    else if (event == EVENT_PEER)
        tell(judged, WHO_SERVER, at_ns, "conn %lld: the client left (%s)", conn,
             json_string_value(json_object_get(line, "how")));
    else if (event == EVENT_LOG)
        tell(judged, WHO_SERVER, at_ns, "conn %lld: the scenario says: %s", conn,
             json_string_value(json_object_get(line, "text")));
}

/* ---- the tasks ---- */

static void tell_task(struct judged_case *judged, const struct task *task)
{
    double took_ms = (double)task_elapsed_ns(task, 0) / (double)MS;
    tell(judged, WHO_JUDGE, task->t0_ns, "task %d begins, with a deadline of %lld ms", task->id,
         (long long)task->deadline_ms);
    if (!task->ended)
        return;
    if (task->crashed) {
        tell(judged, WHO_CLIENT, task->ended_ns, "task %d: it died after %.1f ms", task->id,
             took_ms);
        return;
    }
    tell(judged, WHO_CLIENT, task->ended_ns, "task %d: %s%s%s after %.1f ms%s%s", task->id,
         outcome_name(task->outcome), task->phase_reported ? " in " : "",
         task->phase_reported ? phase_name(task->phase) : "", took_ms,
         task->error[0] != '\0' ? ": " : "", task->error);
}

static void tell_times(struct judged_case *judged, const struct task *task, int64_t now_ns)
{
    const struct window *window = &judged->window;
    const struct {
        int64_t at_ns;
        const char *what;
    } times[] = {{window->early_ns, "from here on its answer is not early"},
                 {window->deadline_ns, "its deadline"},
                 {window->late_ns, "from here on its answer is late"},
                 {window->hung_ns, "from here on it counts as hung"}};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        if (task->t0_ns + times[i].at_ns <= now_ns)
            tell(judged, WHO_JUDGE, task->t0_ns + times[i].at_ns, "task %d: %s (%.1f ms)", task->id,
                 times[i].what, (double)times[i].at_ns / (double)MS);
    }
}

static int compare(const void *a, const void *b)
{
    const struct timeline_entry *x = a, *y = b;
    return (x->at_ns > y->at_ns) - (x->at_ns < y->at_ns);
}

void case_timeline_finish(struct judged_case *judged)
{
    struct stage *stage = &judged->stage;
    int64_t now_ns = clock_now_ns();
    const struct task *longest = NULL;
    int told = 0;
    for (int i = 0; i < stage->task_count; i++) {
        const struct task *task = stage->tasks[i];
        if (task->control)
            continue;
        if (longest == NULL || task_elapsed_ns(task, now_ns) > task_elapsed_ns(longest, now_ns))
            longest = task;
        if (told++ < TASKS_TOLD)
            tell_task(judged, task);
    }
    if (longest != NULL) {
        /* Those told already are the first ones. */
        int before = 0;
        for (int i = 0; stage->tasks[i] != longest; i++)
            before += !stage->tasks[i]->control;
        if (before >= TASKS_TOLD)
            tell_task(judged, longest);
        tell_times(judged, longest, now_ns);
    }
    qsort(judged->result->timeline, judged->result->timeline_count,
          sizeof *judged->result->timeline, compare);
}
