/* The steps of a case. Verdicts are in case_verdict.c. */
#include "judge/case.h"

#include "base/clock.h"
#include "base/data_dir.h"
#include "judge/case_verdict.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    OPENING_MS = 10000,
    CASE_MS = 60000,
    POLL_MS = 5,
    SETTLE_STABLE_MS = 20,
    SETTLE_MAX_MS = 500,
    COUNTING_MAX_MS = 500,
    DRAIN_MS = 1000,
    GROWTH_BUDGET_MS = 10000, /* beyond which an open question is INCONCLUSIVE */
    ROUND_SPREAD_MS = 50,
    SPIN_MS = 200,
    SLOTS = 64,
    TIMELINE_MAX = 400
};

#define MS CLOCK_NS_PER_MS

const char *case_step_sentence(enum case_step step)
{
    static const char *const sentences[] = {
#define X(id, sentence) sentence,
        CASE_STEPS(X)
#undef X
    };
    return sentences[step];
}

void case_note(struct judged_case *judged, const char *format, ...)
{
    struct case_result *result = judged->result;
    if (result->timeline_count >= TIMELINE_MAX)
        return;
    struct timeline_entry *entries =
        realloc(result->timeline, (result->timeline_count + 1) * sizeof *result->timeline);
    if (entries == NULL)
        abort();
    result->timeline = entries;
    struct timeline_entry *entry = &entries[result->timeline_count++];
    va_list args;
    va_start(args, format);
    entry->at_ns = clock_now_ns() - judged->begun_ns;
    (void)vsnprintf(entry->text, sizeof entry->text, format, args);
    va_end(args);
}

static void enter(struct judged_case *judged, enum case_step step, int64_t now_ns)
{
    judged->step = step;
    judged->step_ns = now_ns;
}

static void end_case(struct judged_case *judged)
{
    enter(judged, STEP_ENDED, clock_now_ns());
}

/* ---- the steps: true when a step was taken, else *look_ns says when to look again ---- */

static struct task *start_control(struct judged_case *judged)
{
    struct task *task = stage_start_task(&judged->stage, judged->control_service, 0,
                                         judged->spec.deadline_ms, 0, false);
    if (task != NULL)
        task->control = true;
    return task;
}

static bool step_opening(struct judged_case *judged, int64_t now_ns, int64_t *look_ns)
{
    struct stage *stage = &judged->stage;
    if (stage->state == STAGE_STARTING && now_ns < judged->step_ns + OPENING_MS * MS) {
        *look_ns = judged->step_ns + OPENING_MS * MS;
        return false;
    }
    if (stage->state == STAGE_STARTING) {
        case_error(judged, STAGE_FAULT_ADAPTER,
                   stage->server_ready ? "the driver did not say hello within 10 s"
                                       : "the fake server did not start within 10 s");
        return true;
    }
    judged->service = stage_service(stage, judged->spec.scenario->id);
    judged->control_service = stage_service(stage, judged->spec.control->id);
    case_note(judged, "server and client are ready");
    judged->control = start_control(judged);
    enter(judged, STEP_CONTROL_BEFORE, now_ns);
    return true;
}

/* A control is judged by what the client says; whether its answers are right is asked by healthy/
 * ids. */
static bool control_is_over(struct judged_case *judged, int64_t now_ns, int64_t *look_ns)
{
    struct task *task = judged->control;
    if (task == NULL)
        return true;
    int64_t bound_ns = task->t0_ns + judged->window.hung_ns;
    if (!task->ended && now_ns < bound_ns) {
        *look_ns = bound_ns;
        return false;
    }
    judged->control_failed = !task->ended || task->outcome != OUTCOME_SUCCESS;
    (void)snprintf(judged->control_why, sizeof judged->control_why, "%s%s%s",
                   task->ended ? outcome_name(task->outcome) : "no answer",
                   task->error[0] != '\0' ? ": " : "", task->error);
    case_note(judged, "healthy task: %s after %lld ms", judged->control_why,
              (long long)(task_elapsed_ns(task, now_ns) / MS));
    if (!task->ended)
        stage_kill_task(&judged->stage, task);
    return true;
}

static void begin_round(struct judged_case *judged, int64_t now_ns)
{
    bool driver = judged->spec.manifest->driver;
    judged->round++;
    judged->round_size =
        driver ? judged->spec.profile->tasks_per_round : judged->spec.template_tasks;
    judged->round_started = 0;
    judged->first_of_round = judged->stage.task_count;
    judged->next_start_ns = now_ns;
    judged->spin_from_ns = 0;
    enter(judged, STEP_ROUND, now_ns);
}

static bool step_control_before(struct judged_case *judged, int64_t now_ns, int64_t *look_ns)
{
    if (!control_is_over(judged, now_ns, look_ns))
        return false;
    if (judged->control_failed) {
        char why[400];
        (void)snprintf(why, sizeof why, "a healthy task failed before the first: %s",
                       judged->control_why);
        case_inconclusive(judged, why);
        return true;
    }
    begin_round(judged, now_ns);
    return true;
}

static bool start_due_tasks(struct judged_case *judged, int64_t now_ns, int64_t *look_ns)
{
    int64_t gap_ns = ROUND_SPREAD_MS * MS / judged->round_size;
    while (judged->round_started < judged->round_size) {
        if (now_ns < judged->next_start_ns) {
            *look_ns = judged->next_start_ns;
            return false;
        }
        if (!pace_take(judged->pace, now_ns, look_ns))
            return false;
        int slot = judged->stage.task_count % judged->slots;
        (void)stage_start_task(&judged->stage, judged->service, slot, judged->spec.deadline_ms,
                               judged->spec.scenario->stdin_bytes, false);
        judged->round_started++;
        judged->next_start_ns = now_ns + gap_ns;
    }
    return true;
}

/* Waiting costs nothing: what a driver burns once all tasks of a round wait is spinning. */
static void watch_spin(struct judged_case *judged, int64_t now_ns, int64_t *look_ns)
{
    pid_t pid = stage_client_pid(&judged->stage);
    if (pid <= 0)
        return;
    int64_t due_ns = judged->spin_from_ns + SPIN_MS * MS;
    if (judged->spin_from_ns != 0 && now_ns >= due_ns) {
        int64_t cpu_ns = procfs_cpu_ns(pid);
        double share =
            (double)(cpu_ns - judged->spin_cpu_ns) / (double)(now_ns - judged->spin_from_ns);
        if (cpu_ns >= 0 && judged->spin_cpu_ns >= 0 && share > judged->spin_share)
            judged->spin_share = share;
    }
    if (judged->spin_from_ns == 0 || now_ns >= due_ns) {
        judged->spin_from_ns = now_ns;
        judged->spin_cpu_ns = procfs_cpu_ns(pid);
        due_ns = now_ns + SPIN_MS * MS;
    }
    if (due_ns < *look_ns)
        *look_ns = due_ns;
}

static bool step_round(struct judged_case *judged, int64_t now_ns, int64_t *look_ns)
{
    if (!start_due_tasks(judged, now_ns, look_ns))
        return false;
    *look_ns = INT64_MAX;
    for (int i = judged->first_of_round; i < judged->stage.task_count; i++) {
        struct task *task = judged->stage.tasks[i];
        int64_t late_ns = task->t0_ns + judged->window.late_ns;
        if (!task->ended && now_ns < late_ns && late_ns < *look_ns)
            *look_ns = late_ns;
    }
    if (*look_ns != INT64_MAX) {
        watch_spin(judged, now_ns, look_ns);
        return false;
    }
    case_note(judged, "round %d of %d tasks is over", judged->round, judged->round_size);
    judged->stable_since_ns = now_ns;
    judged->settle_asked = false;
    judged->counters.any = false;
    enter(judged, STEP_SETTLING, now_ns);
    return true;
}

static int64_t open_connections(const struct judged_case *judged)
{
    return (int64_t)witness_open(&judged->stage.witness, judged->service) +
           (judged->service != judged->control_service
                ? (int64_t)witness_open(&judged->stage.witness, judged->control_service)
                : 0);
}

static struct reading read_now(const struct judged_case *judged)
{
    return counters_read(stage_client_pid(&judged->stage), open_connections(judged),
                         GROWTH_MISSING);
}

static bool step_settling(struct judged_case *judged, int64_t now_ns, int64_t *look_ns)
{
    bool driver = judged->spec.manifest->driver;
    if (driver && !judged->settle_asked) {
        judged->settle_asked = true;
        stage_request(&judged->stage, "settle");
    }
    struct reading reading = read_now(judged);
    if (!judged->counters.any || !reading_equal(&reading, &judged->counters.last))
        judged->stable_since_ns = now_ns;
    judged->counters.last = reading;
    judged->counters.any = true;
    bool settled = (!driver || judged->stage.request_answered) &&
                   now_ns >= judged->stable_since_ns + SETTLE_STABLE_MS * MS &&
                   (driver || reading.value[COUNTER_CONNS] == 0);
    if (!settled && now_ns < judged->step_ns + SETTLE_MAX_MS * MS) {
        *look_ns = now_ns + POLL_MS * MS;
        return false;
    }
    if (driver && judged->stage.counts_tasks)
        stage_request(&judged->stage, "counters");
    enter(judged, STEP_COUNTING, now_ns);
    return true;
}

static void after_rounds(struct judged_case *judged, int64_t now_ns)
{
    enter(judged, STEP_WAITING_HUNG, now_ns);
}

/* After a reading: another round, or the drain that GROWING must survive, or the end. */
static void decide_next(struct judged_case *judged, int64_t now_ns)
{
    bool last = now_ns - judged->begun_ns > GROWTH_BUDGET_MS * MS + judged->window.hung_ns;
    bool decided = counters_judge(&judged->counters, last);
    if (!decided)
        begin_round(judged, now_ns);
    else if (counters_some_grows(&judged->counters) && !judged->drained)
        enter(judged, STEP_DRAINING, now_ns);
    else
        after_rounds(judged, now_ns);
}

static bool step_counting(struct judged_case *judged, int64_t now_ns, int64_t *look_ns)
{
    bool driver = judged->spec.manifest->driver;
    if (driver && judged->stage.counts_tasks && !judged->stage.request_answered &&
        now_ns < judged->step_ns + COUNTING_MAX_MS * MS) {
        *look_ns = judged->step_ns + COUNTING_MAX_MS * MS;
        return false;
    }
    if (!driver) {
        after_rounds(judged, now_ns);
        return true;
    }
    struct reading reading = read_now(judged);
    if (judged->stage.counts_tasks && judged->stage.request_answered)
        reading.value[COUNTER_TASKS] = judged->stage.driver_tasks;
    /* The first round is the warm-up; its reading is the baseline. */
    if (judged->round > 1)
        judged->tasks_measured += judged->round_size;
    counters_add(&judged->counters, judged->tasks_measured, &reading);
    decide_next(judged, now_ns);
    return true;
}

/* No task for a while: a client that only lingers lets go now. */
static bool step_draining(struct judged_case *judged, int64_t now_ns, int64_t *look_ns)
{
    if (now_ns < judged->step_ns + DRAIN_MS * MS) {
        *look_ns = judged->step_ns + DRAIN_MS * MS;
        return false;
    }
    struct reading reading = read_now(judged);
    judged->drained = true;
    if (counters_released(&judged->counters, &reading)) {
        case_note(judged, "it let go of what it held while it idled for %d ms", DRAIN_MS);
        judged->lingers = true;
    }
    after_rounds(judged, now_ns);
    return true;
}

static bool step_waiting_hung(struct judged_case *judged, int64_t now_ns, int64_t *look_ns)
{
    bool driver = judged->spec.manifest->driver;
    int64_t oldest_ns = INT64_MAX, newest_ns = 0;
    for (int i = 0; i < judged->stage.task_count; i++) {
        struct task *task = judged->stage.tasks[i];
        if (task->ended)
            continue;
        int64_t bound_ns = task->t0_ns + judged->window.hung_ns;
        oldest_ns = bound_ns < oldest_ns ? bound_ns : oldest_ns;
        newest_ns = bound_ns > newest_ns ? bound_ns : newest_ns;
    }
    /* A driver's hang is declared from the oldest; each process of a template has its own. */
    int64_t bound_ns = driver ? oldest_ns : newest_ns;
    if (oldest_ns != INT64_MAX && now_ns < bound_ns) {
        *look_ns = bound_ns;
        return false;
    }
    case_gather(judged, now_ns);
    if (oldest_ns != INT64_MAX)
        case_note(judged, "some tasks hang");
    for (int i = 0; i < judged->stage.task_count && !driver; i++) {
        if (!judged->stage.tasks[i]->ended)
            stage_kill_task(&judged->stage, judged->stage.tasks[i]);
    }
    judged->control = start_control(judged);
    enter(judged, STEP_CONTROL_AFTER, now_ns);
    return true;
}

static bool step_control_after(struct judged_case *judged, int64_t now_ns, int64_t *look_ns)
{
    if (!control_is_over(judged, now_ns, look_ns))
        return false;
    case_judge(judged);
    return true;
}

static bool take_step(struct judged_case *judged, int64_t now_ns, int64_t *look_ns)
{
    switch (judged->step) {
    case STEP_OPENING:
        return step_opening(judged, now_ns, look_ns);
    case STEP_CONTROL_BEFORE:
        return step_control_before(judged, now_ns, look_ns);
    case STEP_ROUND:
        return step_round(judged, now_ns, look_ns);
    case STEP_SETTLING:
        return step_settling(judged, now_ns, look_ns);
    case STEP_COUNTING:
        return step_counting(judged, now_ns, look_ns);
    case STEP_DRAINING:
        return step_draining(judged, now_ns, look_ns);
    case STEP_WAITING_HUNG:
        return step_waiting_hung(judged, now_ns, look_ns);
    case STEP_CONTROL_AFTER:
        return step_control_after(judged, now_ns, look_ns);
    case STEP_ENDED:
        break;
    }
    return false;
}

/* What ends a case wherever it is. */
static bool is_cut_short(struct judged_case *judged, int64_t now_ns)
{
    struct stage *stage = &judged->stage;
    if (stage->witness.error[0] != '\0') {
        case_error(judged, STAGE_FAULT_SERVER, stage->witness.error);
        judged->result->error = ERR_SCENARIO;
    } else if (stage->state == STAGE_FAILED && stage->fault == STAGE_FAULT_CRASH) {
        case_gather(judged, now_ns);
        case_judge(judged);
    } else if (stage->state == STAGE_FAILED) {
        case_error(judged, stage->fault, stage->why);
    } else if (now_ns > judged->begun_ns + CASE_MS * MS + 4 * judged->window.hung_ns) {
        char why[300];
        (void)snprintf(why, sizeof why,
                       "the case ran out of its own time while it was busy with: %s",
                       case_step_sentence(judged->step));
        case_error(judged, STAGE_FAULT_NONE, why);
    } else {
        return false;
    }
    return true;
}

static void case_advance(struct judged_case *judged)
{
    if (judged->advancing || judged->over)
        return;
    judged->advancing = true;
    int64_t now_ns = clock_now_ns(), look_ns = INT64_MAX;
    while (judged->step != STEP_ENDED && !is_cut_short(judged, now_ns) &&
           take_step(judged, now_ns, &look_ns))
        now_ns = clock_now_ns();
    judged->advancing = false;
    ev_timer_stop(judged->loop, &judged->wake);
    if (judged->step != STEP_ENDED) {
        int64_t bound_ns = now_ns + 1000 * MS;
        if (look_ns < bound_ns)
            bound_ns = look_ns;
        ev_now_update(judged->loop);
        ev_timer_set(&judged->wake,
                     bound_ns > now_ns ? clock_seconds_from_ns(bound_ns - now_ns) : 0., 0.);
        ev_timer_start(judged->loop, &judged->wake);
        return;
    }
    judged->over = true;
    judged->on_end(judged, judged->owner);
}

static void on_wake(struct ev_loop *loop, ev_timer *timer, int revents)
{
    (void)loop, (void)revents;
    case_advance(timer->data);
}

/* Facts are looked at after the callback that brought them: it may be in the middle of something.
 */
static void on_change(void *owner)
{
    struct judged_case *judged = owner;
    if (judged->advancing || judged->over)
        return;
    ev_feed_event(judged->loop, &judged->wake, EV_TIMER);
}

/* With the case it belongs to, as all cases share one file. */
static void copy_event(struct judged_case *judged, const json_t *line)
{
    char *text = json_dumps(line, JSON_COMPACT);
    if (text != NULL)
        fprintf(judged->spec.events, "{\"case\":\"%s\",\"client\":\"%s\",%s\n",
                judged->spec.scenario->id, judged->spec.manifest->name, text + 1);
    free(text);
}

static void on_event(void *owner, enum event event, const json_t *line)
{
    struct judged_case *judged = owner;
    if (judged->spec.events != NULL)
        copy_event(judged, line);
    long long conn = json_integer_value(json_object_get(line, "conn"));
    if (conn > 8)
        return; /* the first few tell the story */
    if (event == EVENT_PHASE)
        case_note(judged, "conn %lld: %s", conn, json_string_value(json_object_get(line, "to")));
    else if (event == EVENT_FAULT)
        case_note(judged, "conn %lld: on purpose, the server %s", conn,
                  json_string_value(json_object_get(line, "what")));
    else if (event == EVENT_PEER)
        case_note(judged, "conn %lld: the client left (%s)", conn,
                  json_string_value(json_object_get(line, "how")));
}

/* ---- beginning and end ---- */

static void put_word(FILE *out, const char *word)
{
    bool plain = word[0] != '\0' && word[strcspn(word, " \t\n'\"\\$`*?[](){}<>|&;#~!")] == '\0';
    fputs(plain ? " " : " '", out);
    for (const char *at = word; *at != '\0'; at++) {
        if (*at == '\'')
            fputs("'\\''", out);
        else
            fputc(*at, out);
    }
    if (!plain)
        fputc('\'', out);
}

/* The command line that shows the case again; ready for a shell. */
static char *case_repro(const struct case_spec *spec)
{
    char *text = NULL, file[PATH_MAX];
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        abort();
    scenario_file_word(spec->scenario, file, sizeof file);
    bool ours = strncmp(file, data_dir(), strlen(data_dir())) == 0;
    fputs("fakesshd run", out);
    put_word(out, ours ? spec->scenario->id : file);
    fprintf(out, " --deadline %lldms -v", (long long)spec->deadline_ms);
    if (spec->manifest->file != NULL) {
        fputs(" --client", out);
        put_word(out, spec->manifest->name);
    } else {
        fputs(" --", out);
        for (char **word = spec->manifest->argv; *word != NULL; word++)
            put_word(out, *word);
    }
    (void)fclose(out);
    return text;
}

static void describe(struct judged_case *judged)
{
    struct case_result *result = judged->result;
    const struct case_spec *spec = &judged->spec;
    result->id = strdup(spec->scenario->id);
    result->client = strdup(spec->manifest->name);
    result->deadline_ms = spec->deadline_ms;
    result->expected_outcomes = spec->scenario->outcomes;
    result->expected_phases = spec->scenario->phases;
    result->repro = case_repro(spec);
}

void case_begin(struct judged_case *judged, const struct case_spec *spec, struct ev_loop *loop,
                struct reaper *reaper, struct pace *pace, struct noise *noise,
                struct case_result *result, void (*on_end)(struct judged_case *judged, void *owner),
                void *owner)
{
    memset(judged, 0, sizeof *judged);
    judged->spec = *spec;
    judged->loop = loop;
    judged->reaper = reaper;
    judged->pace = pace;
    judged->noise = noise;
    judged->result = result;
    judged->on_end = on_end;
    judged->owner = owner;
    judged->begun_ns = clock_now_ns();
    judged->slots = spec->manifest->driver ? SLOTS : spec->template_tasks + 1;
    judged->window = window_make(
        spec->deadline_ms, manifest_grace_ms(spec->manifest, spec->deadline_ms), noise->factor);
    judged->machine_before = procfs_machine_now();
    counters_init(&judged->counters, spec->profile);
    describe(judged);
    ev_timer_init(&judged->wake, on_wake, 0., 0.);
    ev_set_priority(&judged->wake, EV_MAXPRI);
    judged->wake.data = judged;
    char mark[64];
    (void)snprintf(mark, sizeof mark, "%d.%d", (int)getpid(), spec->lane);
    const struct scenario *scenarios[] = {spec->scenario, spec->control};
    struct stage_spec stage = {.manifest = spec->manifest,
                               .scenarios = scenarios,
                               .scenario_count = spec->scenario == spec->control ? 1 : 2,
                               .lane = spec->lane,
                               .slots = judged->slots,
                               .deadline_ms = spec->deadline_ms,
                               .seed = spec->seed,
                               .mark = mark,
                               .workdir = spec->workdir};
    struct err_text error;
    enter(judged, STEP_OPENING, judged->begun_ns);
    judged->advancing = true;
    if (stage_open(&judged->stage, &stage, loop, reaper, on_change, judged, &error) != ERR_NONE)
        case_error(judged, judged->stage.fault, error.text);
    judged->stage.on_event = on_event;
    judged->advancing = false;
    on_change(judged);
}

void case_abort(struct judged_case *judged, const char *why)
{
    if (judged->over)
        return;
    judged->over = true;
    case_error(judged, STAGE_FAULT_NONE, why);
    end_case(judged);
}

void case_fini(struct judged_case *judged)
{
    ev_timer_stop(judged->loop, &judged->wake);
    ev_clear_pending(judged->loop, &judged->wake);
    stage_close(&judged->stage);
    counters_fini(&judged->counters);
}
