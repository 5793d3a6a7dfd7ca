/* The growth rule: bounds by a Poisson argument, growth by the floor that is never undercut. */
#include "judge/growth.h"

#include "judge/growth_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How sure BOUNDED is: a leak of rho passes with probability e^-9.9 = 5.0e-5. */
#define SURENESS 9.9

enum { GROWTH_MIN = 16, RISES_MIN = 10, RISES_MIN_THIRD = 2 };

/* Readings that count, at most GROWTH_READINGS_MAX: valid, each with more tasks than the one
 * before. A view: the arrays are somebody else's. */
struct series {
    const int64_t *q, *t;
    size_t n;
};

/* ---- words and profiles ---- */

const char *growth_verdict_word(enum growth_verdict verdict)
{
    static const char *const words[] = {
#define X(id, word) word,
        GROWTH_VERDICTS(X)
#undef X
    };
    return words[verdict];
}

/* Only rho x tasks per round and the rounds per block enter the error rates. */
static const struct growth_profile profiles[] = {
    {GROWTH_MATRIX, {.rho = 1.25, .block = 8, .guard = 2000}, 8, 1, 1, 1, 20, 500, 1000},
    {GROWTH_GLANCE, {.rho = 0.25, .block = 40, .guard = 2000}, 10, 4, 1, 1, 20, 500, 1000},
    {"quick", {.rho = 1e-1, .block = 100, .guard = 2000}, 25, 4, 1, 6, 20, 500, 1000},
    {"ci", {.rho = 1e-2, .block = 1000, .guard = 2000}, 50, 20, 3, 6, 20, 500, 3000},
    {"thorough", {.rho = 1e-3, .block = 10000, .guard = 2000}, 250, 40, 4, 6, 20, 2000, 65000},
    {"soak", {.rho = 1e-4, .block = 100000, .guard = 2000}, 1000, 100, 5, 4, 50, 5000, 130000},
};

const struct growth_profile *growth_profile_find(const char *name)
{
    for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++) {
        if (strcmp(profiles[i].name, name) == 0)
            return &profiles[i];
    }
    return NULL;
}

bool growth_profile_is_glance(const struct growth_profile *profile)
{
    return strcmp(profile->name, GROWTH_MATRIX) == 0 || strcmp(profile->name, GROWTH_GLANCE) == 0;
}

bool growth_profile_is_short(const struct growth_profile *profile)
{
    return growth_profile_is_glance(profile) || strcmp(profile->name, GROWTH_AFTER_GLANCE) == 0;
}

struct growth_config growth_config_for_bytes(const struct growth_profile *profile)
{
    struct growth_config config = profile->config;
    config.bytes = true;
    config.rho = 1048576.0 / (double)config.block;
    config.guard = 0;
    return config;
}

/* ---- the Poisson bound ---- */

/* ln P(X <= k) for a Poisson variable of mean m. */
static double log_poisson_at_most(int64_t k, double m)
{
    double term = 1, sum = 1;
    for (int64_t i = 1; i <= k; i++) {
        term *= m / (double)i;
        sum += term;
    }
    return log(sum) - m;
}

double growth_poisson_upper(int64_t k)
{
    if (k < 0)
        k = 0;
    if (k > 60) { /* Wilson and Hilferty; the error is below 0.07 % */
        double a = (double)k + 1;
        return a * pow(1 - 1 / (9 * a) + 3.8896 / (3 * sqrt(a)), 3);
    }
    double low = (double)k, high = (double)k + SURENESS + 60;
    for (int i = 0; i < 100; i++) {
        double middle = (low + high) / 2;
        if (log_poisson_at_most(k, middle) > -SURENESS)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

/* ---- small things about sequences ---- */

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* The largest fall from an earlier high, at least 0. */
static int64_t largest_fall(const int64_t *x, size_t n)
{
    int64_t fall = 0, high = n > 0 ? x[0] : 0;
    for (size_t i = 1; i < n; i++) {
        high = larger(high, x[i]);
        fall = larger(fall, high - x[i]);
    }
    return fall;
}

/* Floors of width w: f[i] is the least of q[i..i+w-1]. Returns how many there are. */
static size_t make_floors(const int64_t *q, size_t n, size_t width, int64_t *f)
{
    if (n < width)
        return 0;
    for (size_t i = 0; i + width <= n; i++) {
        f[i] = q[i];
        for (size_t j = 1; j < width; j++)
            f[i] = smaller(f[i], q[i + j]);
    }
    return n - width + 1;
}

/* (a - b)^2 <= 6 (a + b) in integers: is the difference of two Poisson counts still within 2.45
 * standard deviations? Sums stay below 2^55, so a difference of 2^30 settles it without
 * overflow. */
static bool differ_little(int64_t a, int64_t b)
{
    int64_t difference = a > b ? a - b : b - a;
    if (difference >= 1LL << 30)
        return false;
    return difference * difference <= 6 * (a + b);
}

/* ---- BOUNDED ---- */

/* The index of the latest reading that lies `tasks` or more before the last; the first otherwise.
 */
static size_t start_of_last(const struct series *s, int64_t tasks)
{
    size_t start = s->n - 1;
    while (start > 0 && s->t[s->n - 1] - s->t[start] < tasks)
        start--;
    return start;
}

/* Does a window begin at this reading? It does when some number of whole blocks reaches back to
 * here and no later reading will do for it, and at the first reading. */
static bool is_window_start(const struct series *s, size_t i, int64_t block)
{
    int64_t last = s->t[s->n - 1];
    return i == 0 || (last - s->t[i]) / block > (last - s->t[i + 1]) / block;
}

/* The least bound of all windows, for floors of one width. */
static double bound_of_width(const struct growth_config *config, const struct series *s,
                             size_t width)
{
    int64_t f[GROWTH_READINGS_MAX];
    size_t m = make_floors(s->q, s->n, width, f);
    double least = (double)INFINITY;
    if (m < 2)
        return least;
    int64_t fall = 0, low = f[m - 1], raw_fall = 0, raw_low = s->q[s->n - 1];
    for (size_t i = s->n - 1; i-- > 0;) {
        raw_fall = larger(raw_fall, s->q[i] - raw_low);
        raw_low = smaller(raw_low, s->q[i]);
        if (i + 1 >= m)
            continue;
        fall = larger(fall, f[i] - low);
        low = smaller(low, f[i]);
        bool counts = width == 1 || (raw_fall > 0 && s->n - i >= 4 * width);
        if (!counts || !is_window_start(s, i, config->block))
            continue;
        int64_t units = larger(0, f[m - 1] - f[i]) + fall;
        double tasks = (double)(s->t[m - 1] - s->t[i]);
        double most = config->bytes ? (double)units : growth_poisson_upper(units);
        least = fmin(least, most / tasks);
    }
    return least;
}

/* A fall may hide a leak as large as itself, but not where nothing is left at all. */
static double bound_of_nothing(const struct growth_config *config, const struct series *s)
{
    bool nothing = config->of_tasks && s->q[s->n - 1] == 0;
    return nothing ? growth_poisson_upper(0) / (double)(s->t[s->n - 1] - s->t[0])
                   : (double)INFINITY;
}

static double bound_of(const struct growth_config *config, const struct series *s)
{
    double least = bound_of_nothing(config, s);
    least = fmin(least, bound_of_width(config, s, 1));
    least = fmin(least, bound_of_width(config, s, 4));
    return fmin(least, bound_of_width(config, s, 16));
}

/* ---- GROWING ---- */

struct ratchet {
    int64_t growth, fall, first_third, last_third; /* of the level that was never undercut again */
    int64_t rises, rises_in[3];
    size_t x, y, last; /* where the first third ends, where the last begins and ends */
};

/* False when there are too few readings for any judgement. */
static bool ratchet_make(const int64_t *q, size_t n, struct ratchet *ratchet)
{
    int64_t level[GROWTH_READINGS_MAX];
    *ratchet = (struct ratchet){.fall = largest_fall(q, n)};
    size_t tail = ratchet->fall == 0 ? 1 : (n / 8 > 3 ? n / 8 : 3); /* not confirmed yet */
    if (n < tail + 9)
        return false;
    size_t count = n - tail;
    level[n - 1] = q[n - 1];
    for (size_t i = n - 1; i-- > 0;)
        level[i] = smaller(q[i], level[i + 1]);
    size_t x = (count - 1) / 3, y = 2 * (count - 1) / 3;
    ratchet->x = x;
    ratchet->y = y;
    ratchet->last = count - 1;
    ratchet->growth = level[count - 1] - level[0];
    ratchet->first_third = level[x] - level[0];
    ratchet->last_third = level[count - 1] - level[y];
    for (size_t i = 1; i < count; i++) {
        if (level[i] > level[i - 1]) {
            ratchet->rises++;
            ratchet->rises_in[i <= x ? 0 : i <= y ? 1 : 2]++;
        }
    }
    return true;
}

static bool ratchet_grows(const struct growth_config *config, const struct ratchet *of,
                          int64_t tasks)
{
    if (of->rises < RISES_MIN || of->growth < 2 * of->fall)
        return false;
    for (int i = 0; i < 3; i++) {
        if (of->rises_in[i] < RISES_MIN_THIRD)
            return false;
    }
    if (config->bytes)
        return (double)(of->growth - of->fall) > config->rho * (double)tasks &&
               (double)of->last_third >= 0.6 * (double)of->first_third;
    return of->growth >= GROWTH_MIN &&
           (of->first_third <= of->last_third || differ_little(of->first_third, of->last_third));
}

static bool anchors_grow(const struct growth_config *config, const struct series *s)
{
    if (s->n < 4)
        return false;
    const int64_t *q = s->q + s->n - 4;
    int64_t a = q[1] - q[0], b = q[2] - q[1], d = q[3] - q[2];
    if (config->bytes)
        return a > 0 && b > 0 && (double)d >= 0.6 * (double)a &&
               (double)(a + b + d) > 3 * config->rho * (double)config->block;
    return a >= 2 && b >= 2 && d >= 2 && a + b + d >= GROWTH_MIN && (a <= d || differ_little(a, d));
}

/* Faster in the last third than in the first, by more than chance and by more than the thirds
 * differ in length? */
static void take_speed(const int64_t *t, const struct ratchet *ratchet,
                       struct growth_result *result)
{
    double early = (double)ratchet->first_third / (double)(t[ratchet->x] - t[0]);
    double late = (double)ratchet->last_third / (double)(t[ratchet->last] - t[ratchet->y]);
    result->accelerating = late > 1.2 * early && ratchet->last_third > ratchet->first_third &&
                           !differ_little(ratchet->first_third, ratchet->last_third);
    result->late_rate = late;
}

/* Tests the readings from `start` on, and notes what it counted. */
static bool readings_grow_from(const struct growth_config *config, const struct series *s,
                               size_t start, struct growth_result *result)
{
    struct ratchet ratchet;
    int64_t tasks = s->t[s->n - 1] - s->t[start];
    bool grows = ratchet_make(s->q + start, s->n - start, &ratchet) &&
                 ratchet_grows(config, &ratchet, tasks);
    result->rises = ratchet.rises;
    if (grows)
        take_speed(s->t + start, &ratchet, result);
    return grows;
}

static bool may_say_growing(const struct growth_config *config, const struct series *s)
{
    size_t last = s->n - 1;
    return s->t[last] - s->t[0] >= 3 * config->block ||
           (config->guard > 0 && s->q[last] - s->q[0] >= config->guard);
}

/* On all readings and, if that says no, on the last three blocks. */
static bool is_growing(const struct growth_config *config, const struct series *s,
                       struct growth_result *result)
{
    if (config->anchors)
        return anchors_grow(config, s);
    if (!may_say_growing(config, s))
        return false;
    if (readings_grow_from(config, s, 0, result))
        return true;
    size_t start = start_of_last(s, 3 * config->block);
    return start > 0 && readings_grow_from(config, s, start, result);
}

/* ---- figures ---- */

static void take_figures(const struct growth_config *config, const struct series *s,
                         struct growth_result *result)
{
    int64_t f[GROWTH_READINGS_MAX];
    size_t width = s->n >= 16 && largest_fall(s->q, s->n) > 0 ? 4 : 1;
    size_t m = make_floors(s->q, s->n, width, f);
    if (m < 2)
        return;
    result->growth = f[m - 1] - f[0];
    result->noise = largest_fall(f, m);
    result->tasks = s->t[m - 1] - s->t[0];
    /* The variance of one increment, after von Neumann: a leak is an integrated random process, and
     * an interval around a trend line would be wrong by a factor of five. */
    double squares = 0, growth = (double)result->growth, tasks = (double)result->tasks;
    for (size_t i = 2; i < m; i++) {
        double bend = (double)(f[i] - 2 * f[i - 1] + f[i - 2]);
        squares += bend * bend;
    }
    double variance = m > 2 ? squares / (2 * (double)(m - 2)) : 0;
    double spread = (double)(m - 1) * variance;
    double half = config->bytes ? 2 * sqrt(spread) + (double)result->noise
                                : 2 * sqrt(fmax(spread, 0.1 * growth)) + (double)result->noise + 1;
    result->rate = growth / tasks;
    result->rate_low = fmax(0, growth - half) / tasks;
    result->rate_high = (growth + half) / tasks;
}

/* ---- the verdict ---- */

static enum growth_verdict decide(const struct growth_config *config, const struct series *s,
                                  enum growth_moment moment, struct growth_result *result)
{
    if (result->bound <= config->rho)
        return GROWTH_BOUNDED;
    if (is_growing(config, s, result))
        return GROWTH_GROWING;
    return moment == GROWTH_AT_LAST ? GROWTH_INCONCLUSIVE : GROWTH_CONTINUE;
}

static struct growth_result evaluate(const struct growth_config *config, const struct series *s,
                                     enum growth_moment moment)
{
    struct growth_result result = {.bound = (double)INFINITY,
                                   .rho = config->rho,
                                   .block = config->block,
                                   .bytes = config->bytes,
                                   .unit = config->unit};
    if (s->n >= 2) {
        take_figures(config, s, &result);
        if (moment != GROWTH_AT_GUARD)
            result.bound = bound_of(config, s);
        result.level = s->q[s->n - 1];
        result.verdict = decide(config, s, moment, &result);
    } else if (moment == GROWTH_AT_LAST) {
        result.verdict = GROWTH_INCONCLUSIVE;
    }
    growth_explain(&result);
    return result;
}

/* ---- entry ---- */

/* The readings that count, in arrays of their own. */
struct kept {
    int64_t *q, *t; /* owned */
    size_t n;
};

static void kept_init(struct kept *kept, size_t size)
{
    *kept = (struct kept){calloc(size + 1, sizeof(int64_t)), calloc(size + 1, sizeof(int64_t)), 0};
    if (kept->q == NULL || kept->t == NULL)
        abort();
}

static void kept_fini(struct kept *kept)
{
    free(kept->q);
    free(kept->t);
}

/* False when the reading does not count. */
static bool kept_add(struct kept *kept, int64_t value, int64_t tasks)
{
    if (value < -GROWTH_VALUE_MAX || value > GROWTH_VALUE_MAX || tasks < 0 ||
        tasks > GROWTH_VALUE_MAX || (kept->n > 0 && tasks <= kept->t[kept->n - 1]))
        return false;
    kept->q[kept->n] = value;
    kept->t[kept->n++] = tasks;
    return true;
}

static struct series kept_series(const struct kept *kept)
{
    size_t skip = kept->n > GROWTH_READINGS_MAX ? kept->n - GROWTH_READINGS_MAX : 0;
    return (struct series){kept->q + skip, kept->t + skip, kept->n - skip};
}

struct growth_result growth_evaluate(const struct growth_config *config, const int64_t *q,
                                     const int64_t *t, size_t n, enum growth_moment moment)
{
    struct kept kept;
    kept_init(&kept, n);
    for (size_t i = 0; i < n; i++)
        (void)kept_add(&kept, q[i], t[i]);
    struct series series = kept_series(&kept);
    struct growth_result result = evaluate(config, &series, moment);
    kept_fini(&kept);
    return result;
}

bool growth_moment_of(const struct growth_config *config, int64_t first, int64_t value,
                      int64_t tasks_before, int64_t tasks, enum growth_moment *moment)
{
    if (tasks / config->block > tasks_before / config->block) {
        *moment = GROWTH_AT_BLOCK_END;
        return true;
    }
    *moment = GROWTH_AT_GUARD;
    return config->guard > 0 && value - first >= config->guard;
}

struct growth_result growth_judge_series(const struct growth_config *config, const int64_t *q,
                                         const int64_t *t, size_t n, int64_t *decided_at)
{
    struct growth_result result = {.verdict = GROWTH_CONTINUE};
    struct kept kept;
    kept_init(&kept, n);
    *decided_at = n > 0 ? t[n - 1] : 0;
    for (size_t i = 0; i < n && result.verdict == GROWTH_CONTINUE; i++) {
        enum growth_moment moment = GROWTH_AT_LAST;
        int64_t before = kept.n > 0 ? kept.t[kept.n - 1] : t[i];
        if (!kept_add(&kept, q[i], t[i]) || i + 1 == n ||
            !growth_moment_of(config, kept.q[0], q[i], before, t[i], &moment))
            continue;
        struct series series = kept_series(&kept);
        result = evaluate(config, &series, moment);
        if (result.verdict != GROWTH_CONTINUE)
            *decided_at = t[i];
    }
    if (result.verdict == GROWTH_CONTINUE) {
        struct series series = kept_series(&kept);
        result = evaluate(config, &series, GROWTH_AT_LAST);
    }
    kept_fini(&kept);
    return result;
}
