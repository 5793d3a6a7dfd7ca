/* The deadline axis: bounds out of a deadline, and a verdict out of facts. */
#include "judge/window.h"

#include "base/clock.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define MS CLOCK_NS_PER_MS

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

int64_t window_grace_ms(int64_t deadline_ms, int64_t floor_ms)
{
    return larger(floor_ms, deadline_ms / 20);
}

struct window window_make(int64_t deadline_ms, int64_t grace_ms, double slow_factor)
{
    double factor = isgreater(slow_factor, 1.0) ? slow_factor : 1.0;
    struct window window = {.deadline_ns = deadline_ms * MS};
    window.grace_ns = (int64_t)((double)(grace_ms * MS) * factor);
    window.early_ns = window.deadline_ns - larger(2 * MS, window.deadline_ns / 100);
    window.late_ns = window.deadline_ns + window.grace_ns;
    window.hung_ns = window.deadline_ns + larger(2000 * MS, 5 * window.grace_ns);
    return window;
}

/* Everything that one judgement needs, so that the steps below take one argument. */
struct judgement {
    const struct window *window;
    const struct expectation *expected;
    const struct task_facts *facts;
    char *why;
    size_t why_size;
};

static double ms(int64_t ns)
{
    return (double)ns / (double)MS;
}

static bool expects(const struct judgement *of, enum outcome outcome)
{
    return (of->expected->outcomes & OUTCOME_BIT(outcome)) != 0;
}

/* What it must come back by. */
static const char *due_words(const struct judgement *of)
{
    return of->window->is_cancelled ? "it was cancelled after" : "the deadline is";
}

/* "success or timeout" */
static const char *expected_words(const struct judgement *of, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        if (expects(of, (enum outcome)i) && used < size)
            used += (size_t)snprintf(text + used, size - used, "%s%s", used > 0 ? " or " : "",
                                     outcome_name((enum outcome)i));
    }
    return text;
}

/* The phases of a set, "kexinit or kex". */
static const char *phase_words(phase_set phases, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (int i = 0; i < PHASE_COUNT; i++) {
        if ((phases & PHASE_BIT(i)) != 0 && used < size)
            used += (size_t)snprintf(text + used, size - used, "%s%s", used > 0 ? " or " : "",
                                     phase_name((enum phase)i));
    }
    return text;
}

/* What is known of the end: "said timeout", or "left" where nobody said anything. */
static const char *what_it_said(const struct judgement *of, char *text, size_t size)
{
    if (of->facts->witnessed)
        return "left";
    (void)snprintf(text, size, "said %s", outcome_name(of->facts->outcome));
    return text;
}

static enum deadline_verdict judge_unended(const struct judgement *of)
{
    const struct window *window = of->window;
    const struct task_facts *facts = of->facts;
    bool hung = facts->elapsed_ns >= window->hung_ns;
    (void)snprintf(of->why, of->why_size,
                   "has not come back after %.1f ms: %s %.1f ms, late is after %.1f ms"
                   " (grace %.1f ms), hung from %.1f ms on%s",
                   ms(facts->elapsed_ns), due_words(of), ms(window->deadline_ns),
                   ms(window->late_ns), ms(window->grace_ns), ms(window->hung_ns),
                   facts->contact_needed && !facts->contact ? "; it never connected" : "");
    if (hung && facts->witnessed && facts->contact_needed && !facts->contact)
        return DEADLINE_NO_CONTACT;
    if (hung)
        return DEADLINE_HUNG;
    return facts->elapsed_ns > window->late_ns ? DEADLINE_LATE : DEADLINE_OK;
}

static enum deadline_verdict back_after_hang(const struct judgement *of)
{
    char said[64];
    (void)snprintf(of->why, of->why_size, "%s only after %.1f ms: %s %.1f ms, hung from %.1f ms on",
                   what_it_said(of, said, sizeof said), ms(of->facts->elapsed_ns), due_words(of),
                   ms(of->window->deadline_ns), ms(of->window->hung_ns));
    return DEADLINE_HUNG;
}

static enum deadline_verdict early(const struct judgement *of)
{
    char said[64];
    (void)snprintf(of->why, of->why_size,
                   "%s: %s after %.1f ms: %s %.1f ms, early is before %.1f ms",
                   of->window->is_cancelled       ? "gave up before it was cancelled"
                   : expects(of, OUTCOME_TIMEOUT) ? "gave up before its deadline"
                                                  : "gave up on a legal server",
                   what_it_said(of, said, sizeof said), ms(of->facts->elapsed_ns), due_words(of),
                   ms(of->window->deadline_ns), ms(of->window->early_ns));
    return DEADLINE_EARLY;
}

static enum deadline_verdict wrong_outcome(const struct judgement *of)
{
    const struct task_facts *facts = of->facts;
    char words[96], said[64];
    const char *but = "";
    if (facts->outcome == OUTCOME_SUCCESS && !facts->command_done)
        but = ", but the server never finished the command";
    else if (facts->outcome == OUTCOME_SUCCESS && !facts->answer_right)
        but = ", but its exit status or output is not what the server sent";
    else if (facts->command_done && facts->outcome != OUTCOME_SUCCESS)
        but = ", but the server sent the whole output and the exit status";
    (void)snprintf(of->why, of->why_size, "%s after %.1f ms where %s was expected%s (%s %.1f ms)",
                   what_it_said(of, said, sizeof said), ms(facts->elapsed_ns),
                   expected_words(of, words, sizeof words), but, due_words(of),
                   ms(of->window->deadline_ns));
    return DEADLINE_WRONG_OUTCOME;
}

/* The outcome is an expected one and not early: was it in time, and of the right phase? */
static enum deadline_verdict judge_expected(const struct judgement *of)
{
    const struct window *window = of->window;
    const struct task_facts *facts = of->facts;
    char words[160], said[64];
    bool late = facts->elapsed_ns > window->late_ns;
    bool wrong_phase = facts->outcome != OUTCOME_SUCCESS && facts->phase_reported &&
                       of->expected->phases != 0 &&
                       (phase_meaning(facts->phase) & of->expected->phases) == 0;
    int used = snprintf(of->why, of->why_size,
                        "%s after %.1f ms: %s %.1f ms, late is after %.1f ms"
                        " (grace %.1f ms)",
                        what_it_said(of, said, sizeof said), ms(facts->elapsed_ns), due_words(of),
                        ms(window->deadline_ns), ms(window->late_ns), ms(window->grace_ns));
    if (!wrong_phase)
        return late ? DEADLINE_LATE : DEADLINE_OK;
    if (used >= 0 && (size_t)used < of->why_size)
        (void)snprintf(of->why + used, of->why_size - (size_t)used,
                       "; it named the phase %s, the fault was in %s", phase_name(facts->phase),
                       phase_words(of->expected->phases, words, sizeof words));
    return DEADLINE_WRONG_PHASE;
}

static enum deadline_verdict judge_ended(const struct judgement *of)
{
    const struct task_facts *facts = of->facts;
    bool before_early = facts->elapsed_ns < of->window->early_ns;
    bool only_success = of->expected->outcomes == OUTCOME_BIT(OUTCOME_SUCCESS);
    switch (facts->outcome) {
    case OUTCOME_SUCCESS:
        if (!expects(of, OUTCOME_SUCCESS) || !facts->command_done || !facts->answer_right)
            return wrong_outcome(of);
        return judge_expected(of);
    case OUTCOME_TIMEOUT:
    case OUTCOME_FAILURE:
        if (only_success && facts->command_done)
            return wrong_outcome(of);
        if (before_early && !expects(of, OUTCOME_FAILURE))
            return early(of);
        return expects(of, facts->outcome) ? judge_expected(of) : wrong_outcome(of);
    case OUTCOME_CANCELLED:
        return expects(of, OUTCOME_CANCELLED) && !before_early ? judge_expected(of)
                                                               : wrong_outcome(of);
    case OUTCOME_UNSUPPORTED:
    case OUTCOME_COULD_NOT_TRY:
        break;
    }
    return wrong_outcome(of);
}

static enum deadline_verdict crash(const struct judgement *of)
{
    char signal[64] = "";
    if (of->facts->term_signal != 0)
        (void)snprintf(signal, sizeof signal, " of signal %d (%s)", of->facts->term_signal,
                       strsignal(of->facts->term_signal));
    (void)snprintf(of->why, of->why_size, "died%s after %.1f ms (%s %.1f ms)", signal,
                   ms(of->facts->elapsed_ns), due_words(of), ms(of->window->deadline_ns));
    return DEADLINE_CRASH;
}

enum outcome window_outcome_seen(const struct window *window, const struct expectation *expected,
                                 bool command_done, int64_t elapsed_ns)
{
    bool may_time_out = (expected->outcomes & OUTCOME_BIT(OUTCOME_TIMEOUT)) != 0;
    bool may_fail = (expected->outcomes & OUTCOME_BIT(OUTCOME_FAILURE)) != 0;
    if (command_done && (expected->outcomes & OUTCOME_BIT(OUTCOME_SUCCESS)) != 0)
        return OUTCOME_SUCCESS;
    if (may_time_out && (elapsed_ns >= window->early_ns || !may_fail))
        return OUTCOME_TIMEOUT;
    return OUTCOME_FAILURE;
}

enum deadline_verdict window_judge(const struct window *window, const struct expectation *expected,
                                   const struct task_facts *facts, char *why, size_t why_size)
{
    struct judgement of = {window, expected, facts, why, why_size};
    if (facts->crashed)
        return crash(&of);
    if (!facts->ended)
        return judge_unended(&of);
    if (facts->elapsed_ns >= window->hung_ns)
        return back_after_hang(&of);
    if (facts->contact_needed && !facts->contact) {
        (void)snprintf(why, why_size,
                       "said %s after %.1f ms, but the server saw no connection of this task",
                       outcome_name(facts->outcome), ms(facts->elapsed_ns));
        return DEADLINE_NO_CONTACT;
    }
    return judge_ended(&of);
}

enum deadline_verdict window_judge_all(const struct window *window,
                                       const enum deadline_verdict *verdicts,
                                       const int64_t *elapsed_ns, size_t count)
{
    enum deadline_verdict worst = DEADLINE_OK;
    int64_t sure_ns = window->deadline_ns + 2 * window->grace_ns;
    size_t late = 0;
    bool surely_late = false;
    for (size_t i = 0; i < count; i++) {
        if (verdicts[i] == DEADLINE_LATE) {
            late++;
            surely_late |= elapsed_ns[i] > sure_ns;
        } else if (verdicts[i] > worst) {
            worst = verdicts[i];
        }
    }
    /* One late task may be the machine's hiccup; two, or a large one, are the client's. */
    if ((late >= 2 || surely_late) && worst < DEADLINE_LATE)
        return DEADLINE_LATE;
    return worst;
}

bool window_may_be_noise(enum deadline_verdict verdict, const struct window_hints *hints)
{
    switch (verdict) {
    case DEADLINE_OK:
        return hints->beyond_usual;
    case DEADLINE_LATE:
    case DEADLINE_WRONG_PHASE:
    case DEADLINE_NO_CONTACT:
        return true;
    case DEADLINE_WRONG_OUTCOME:
        return hints->timed_out;
    case DEADLINE_HUNG:
        return !hints->unended;
    case DEADLINE_EARLY:
    case DEADLINE_CRASH:
        break;
    }
    return false;
}
