#include "judge/mutants.h"

#include <stdlib.h>
#include <string.h>

static const char control_id[] = "healthy/exec";

enum err mutant_read(const char *line, struct mutant *mutant, struct err_text *error)
{
    char verdict[128];
    *mutant = (struct mutant){0};
    if (sscanf(line, "%47s %95s %127s %15s", mutant->name, mutant->shown_by, verdict,
               mutant->profile) != 4 ||
        !verdict_parse(verdict, &mutant->verdict) || growth_profile_find(mutant->profile) == NULL)
        return err_set(error, ERR_SYSTEM,
                       "wrong --verdicts: expected `name id verdict profile`, found '%s'", line);
    (void)snprintf(mutant->client, sizeof mutant->client, "wrong/%s", mutant->name);
    return ERR_NONE;
}

bool mutant_is_sound(const struct mutant *mutant)
{
    return verdict_is_clean_ok(mutant->verdict);
}

enum mutant_case mutant_case_of(const struct mutant *mutant, const struct case_result *result)
{
    if (strcmp(result->id, mutant->shown_by) == 0)
        return MUTANT_KILLER;
    return strcmp(result->id, control_id) == 0 ? MUTANT_CONTROL : MUTANT_OTHER;
}

static const struct case_result *find_case(const struct run_result *run, const char *client,
                                           const char *id)
{
    for (size_t i = 0; i < run->case_count; i++) {
        if (strcmp(run->cases[i].client, client) == 0 && strcmp(run->cases[i].id, id) == 0)
            return &run->cases[i];
    }
    return NULL;
}

static bool is_killed_rightly(const struct mutant *mutant, const struct run_result *run)
{
    const struct case_result *result = find_case(run, mutant->client, mutant->shown_by);
    return result != NULL && verdict_equal(result->verdict, mutant->verdict);
}

static bool is_undecided(const struct case_result *result)
{
    return result != NULL && result->verdict.state == CASE_INCONCLUSIVE;
}

static void score_control(struct mutant_score *score, const struct mutant *mutant,
                          const struct case_result *control)
{
    if (control == NULL || mutant_case_of(mutant, control) != MUTANT_CONTROL)
        return;
    score->controls++;
    score->controls_ok += verdict_is_clean_ok(control->verdict);
    score->undecided += is_undecided(control);
    score->controls_failed += !verdict_is_clean_ok(control->verdict) && !is_undecided(control);
}

/* Of the sound one every case counts. */
static void score_sound(struct mutant_score *score, const struct mutant *mutant,
                        const struct run_result *run)
{
    for (size_t k = 0; k < run->case_count; k++) {
        const struct case_result *result = &run->cases[k];
        if (strcmp(result->client, mutant->client) != 0 || result->verdict.state == CASE_SKIP ||
            verdict_is_clean_ok(result->verdict))
            continue;
        bool is_control = mutant_case_of(mutant, result) == MUTANT_CONTROL;
        score->undecided += is_undecided(result) && !is_control;
        score->false_alarms += !is_undecided(result);
    }
}

struct mutant_score mutants_score(const struct mutant *mutants, size_t count,
                                  const struct run_result *run)
{
    struct mutant_score score = {0};
    for (size_t i = 0; i < count; i++) {
        const struct mutant *mutant = &mutants[i];
        score_control(&score, mutant, find_case(run, mutant->client, control_id));
        if (mutant_is_sound(mutant)) {
            score_sound(&score, mutant, run);
            continue;
        }
        const struct case_result *killer = find_case(run, mutant->client, mutant->shown_by);
        score.defects++;
        score.killed += is_killed_rightly(mutant, run);
        score.undecided += is_undecided(killer);
        score.wrong += !is_killed_rightly(mutant, run) && !is_undecided(killer);
    }
    return score;
}

static bool is_nothing_wrong(const struct mutant_score *score)
{
    return score->wrong == 0 && score->controls_failed == 0 && score->false_alarms == 0;
}

bool mutant_score_is_good(const struct mutant_score *score)
{
    return is_nothing_wrong(score) && score->undecided == 0;
}

bool mutant_score_is_undecided(const struct mutant_score *score)
{
    return is_nothing_wrong(score) && score->undecided > 0;
}

/* ---- for people ---- */

static void print_mutant(FILE *out, const struct mutant *mutant, const struct run_result *run)
{
    char expected[VERDICT_TEXT_MAX], found[VERDICT_TEXT_MAX] = "not judged";
    const struct case_result *result = find_case(run, mutant->client, mutant->shown_by);
    verdict_print(mutant->verdict, expected);
    if (result != NULL)
        verdict_print(result->verdict, found);
    bool right = is_killed_rightly(mutant, run);
    fprintf(out, "%-8s %-22s %-30s %-7s %s",
            right ? mutant_is_sound(mutant) ? "sound" : "killed" : "WRONG", mutant->name,
            mutant->shown_by, mutant->profile, found);
    if (!right)
        fprintf(out, ", expected %s%s%s", expected,
                result != NULL && result->reason != NULL ? ": " : "",
                result != NULL && result->reason != NULL ? result->reason : "");
    fputc('\n', out);
    const struct case_result *control = find_case(run, mutant->client, control_id);
    if (control != NULL && mutant_case_of(mutant, control) == MUTANT_CONTROL &&
        !verdict_is_clean_ok(control->verdict)) {
        verdict_print(control->verdict, found);
        fprintf(out, "WRONG    %-22s %-30s         %s, expected OK: %s\n", mutant->name, control_id,
                found, control->reason != NULL ? control->reason : "");
    }
}

/* Is this the first case of its id? */
static bool is_new_id(const struct run_result *run, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (strcmp(run->cases[i].id, run->cases[index].id) == 0)
            return false;
    }
    return true;
}

static int kills_of(const struct run_result *run, const char *id)
{
    int kills = 0;
    for (size_t i = 0; i < run->case_count; i++)
        kills += strcmp(run->cases[i].id, id) == 0 && run->cases[i].verdict.state == CASE_JUDGED &&
                 !verdict_is_clean_ok(run->cases[i].verdict);
    return kills;
}

static void print_ids(FILE *out, const struct run_result *run)
{
    int idle = 0;
    fprintf(out, "\ndefects killed, by id:\n");
    for (size_t i = 0; i < run->case_count; i++) {
        int kills = is_new_id(run, i) ? kills_of(run, run->cases[i].id) : -1;
        if (kills > 0)
            fprintf(out, "%7d  %s\n", kills, run->cases[i].id);
        idle += kills == 0;
    }
    fprintf(out, "\nids that kill nothing: %d\n", idle);
    for (size_t i = 0; i < run->case_count && idle > 0; i++) {
        if (is_new_id(run, i) && kills_of(run, run->cases[i].id) == 0)
            fprintf(out, "         %s\n", run->cases[i].id);
    }
}

char mutant_letter(struct verdict verdict)
{
    if (verdict.state != CASE_JUDGED)
        return verdict.state == CASE_SKIP ? '-' : '?';
    switch (verdict.deadline) {
    case DEADLINE_OK:
        return verdict.cleanup == 0 ? '.' : 'l';
    case DEADLINE_WRONG_PHASE:
        return 'P';
    case DEADLINE_EARLY:
    case DEADLINE_LATE:
    case DEADLINE_WRONG_OUTCOME:
    case DEADLINE_NO_CONTACT:
    case DEADLINE_CRASH:
    case DEADLINE_HUNG:
        break;
    }
    return deadline_verdict_word(verdict.deadline)[0];
}

/* A row an id, a column a defect; columns are numbered, as names don't fit. */
static void print_matrix(FILE *out, const struct mutant *mutants, size_t count,
                         const struct run_result *run)
{
    (void)fputs("\ndefects, as the columns of the matrix:\n", out);
    for (size_t i = 0; i < count; i++)
        fprintf(out, "%5zu %-20s%s", i + 1, mutants[i].name, i % 4 == 3 ? "\n" : "");
    (void)fputs(count % 4 != 0 ? "\n\n" : "\n", out);
    fprintf(out, "%-40s ", "");
    for (size_t i = 0; i < count; i++)
        (void)fputc((i + 1) % 10 == 0 ? (char)('0' + (i + 1) / 10 % 10) : '\'', out);
    (void)fputc('\n', out);
    for (size_t k = 0; k < run->case_count; k++) {
        if (!is_new_id(run, k))
            continue;
        fprintf(out, "%-40s ", run->cases[k].id);
        for (size_t i = 0; i < count; i++) {
            const struct case_result *result = find_case(run, mutants[i].client, run->cases[k].id);
            (void)fputc(result != NULL ? mutant_letter(result->verdict) : ' ', out);
        }
        (void)fputc('\n', out);
    }
    (void)fputs(
        ". well, H hung, L late, E early, W wrong outcome, P wrong phase, N no contact, C crash, "
        "l something left behind, - skipped, ? not decided\n",
        out);
}

static bool has_others(const struct mutant *mutants, size_t count, const struct run_result *run)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < run->case_count; k++) {
            if (strcmp(run->cases[k].client, mutants[i].client) == 0 &&
                mutant_case_of(&mutants[i], &run->cases[k]) == MUTANT_OTHER)
                return true;
        }
    }
    return false;
}

void mutants_print(FILE *out, const struct mutant *mutants, size_t count,
                   const struct run_result *run)
{
    for (size_t i = 0; i < count; i++)
        print_mutant(out, &mutants[i], run);
    if (has_others(mutants, count, run)) {
        print_matrix(out, mutants, count, run);
        print_ids(out, run);
    }
    struct mutant_score score = mutants_score(mutants, count, run);
    fprintf(
        out,
        "\n%d of %d defects killed with the right verdict; %d of %d healthy controls OK; false alarms: "
        "%d%s",
        score.killed, score.defects, score.controls_ok, score.controls, score.false_alarms,
        score.undecided > 0 ? "" : "\n");
    if (score.undecided > 0)
        fprintf(out, "; undecided: %d\n", score.undecided);
}
