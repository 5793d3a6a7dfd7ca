#include "explore/plan.h"

#include "base/dns_plan.h"
#include "base/fault_kind.h"
#include "base/random.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- the steps that there are ---- */

static const char *const no_names[] = {""};
static const char *const said_messages[] = {
    "SERVICE_ACCEPT",  "USERAUTH_SUCCESS", "CHANNEL_OPEN_CONFIRMATION",
    "CHANNEL_SUCCESS", "CHANNEL_DATA",     "CHANNEL_EOF",
    "CHANNEL_CLOSE",   "CHANNEL_REQUEST",  "KEX_ECDH_REPLY",
    "NEWKEYS"};
static const char *const sent_messages[] = {"IGNORE",
                                            "DEBUG",
                                            "UNIMPLEMENTED",
                                            "USERAUTH_BANNER",
                                            "USERAUTH_SUCCESS",
                                            "USERAUTH_FAILURE",
                                            "GLOBAL_REQUEST",
                                            "REQUEST_SUCCESS",
                                            "CHANNEL_OPEN",
                                            "CHANNEL_OPEN_CONFIRMATION",
                                            "CHANNEL_WINDOW_ADJUST",
                                            "CHANNEL_DATA",
                                            "CHANNEL_EXTENDED_DATA",
                                            "CHANNEL_EOF",
                                            "CHANNEL_CLOSE",
                                            "CHANNEL_SUCCESS",
                                            "CHANNEL_FAILURE",
                                            "DISCONNECT"};
static const char *const dns_answers[] = {
#define X(id, word, sentence) word,
    DNS_SAYS(X)
#undef X
};

/* A line of Lua and what it does in words; # is the number, @ the name. The phases are those that
 * the way may end in. */
struct plan_row {
    enum plan_place place;
    enum phase from, to;
    const char *lua, *about;
    enum fault_kind kind;
    unsigned least, most; /* of the number */
    const char *const *names;
    unsigned name_count;
};

#define NAMES(list)      0, 0, list, sizeof list / sizeof list[0]
#define NUMBER(from, to) from, to, no_names, 1
#define NOTHING          NUMBER(0, 0)
#define ANY_PHASE        PHASE_IDENT, PHASE_DISCONNECT
#define AFTER_KEYS       PHASE_SERVICE, PHASE_DISCONNECT

static const struct plan_row rows[] = {
    {PLAN_RULE, ANY_PHASE, "conn:hold_before(#)", "stops before its message number #",
     FAULT_SILENCE, NUMBER(1, 14)},
    {PLAN_RULE, ANY_PHASE, "conn:withhold(\"@\")", "never sends @", FAULT_SILENCE,
     NAMES(said_messages)},
    {PLAN_RULE, ANY_PHASE, "conn:again(\"@\")", "sends @ twice", FAULT_ORDER, NAMES(said_messages)},
    {PLAN_RULE, ANY_PHASE, "conn:corrupt(\"@\")", "spoils the MAC of @", FAULT_MALFORMED,
     NAMES(said_messages)},
    {PLAN_RULE, AFTER_KEYS, "conn:alter(\"CHANNEL_OPEN_CONFIRMATION\", { window = # })",
     "gives a window of # bytes", FAULT_ORDER, NUMBER(0, 4096)},

    {PLAN_FAULT, AFTER_KEYS, "conn:packet{ \"@\" }", "sends @", FAULT_ORDER, NAMES(sent_messages)},
    {PLAN_FAULT, AFTER_KEYS, "conn:packet({ \"IGNORE\" }, { packet_length = # })",
     "sends a packet that says it has # bytes", FAULT_MALFORMED, NUMBER(0, 4000000)},
    {PLAN_FAULT, AFTER_KEYS, "conn:packet({ \"@\" }, { cut = 2 })",
     "sends @ without its last two bytes", FAULT_MALFORMED, NAMES(sent_messages)},
    {PLAN_FAULT, ANY_PHASE, "conn:cut(#)", "lets # bytes out, and no more", FAULT_PARTIAL,
     NUMBER(0, 600)},
    {PLAN_FAULT, ANY_PHASE, "conn:drip(#, 0.02)", "lets # bytes out at a time", FAULT_DRIBBLE,
     NUMBER(1, 16)},
    {PLAN_FAULT, ANY_PHASE, "conn:flip(#)", "flips a bit of byte #", FAULT_MALFORMED,
     NUMBER(1, 300)},
    {PLAN_FAULT, ANY_PHASE, "conn:stop_reading()", "stops reading", FAULT_DEAF, NOTHING},
    {PLAN_FAULT, ANY_PHASE, "conn:sleep(# / 100 * conn.deadline)", "waits for # % of the deadline",
     FAULT_SILENCE, NUMBER(1, 120)},
    {PLAN_FAULT, PHASE_CHANNEL, PHASE_DISCONNECT, "conn:rekey()", "begins a key exchange",
     FAULT_ORDER, NOTHING},
    {PLAN_FAULT, ANY_PHASE, "conn:half_close()", "closes its side", FAULT_FIN, NOTHING},

    {PLAN_END, ANY_PHASE, "conn:hold()", "says nothing more", FAULT_SILENCE, NOTHING},
    {PLAN_END, ANY_PHASE, "conn:healthy()", "goes on as if nothing were", FAULT_LEGAL, NOTHING},
    {PLAN_END, ANY_PHASE, "conn:finish()", "closes the connection", FAULT_FIN, NOTHING},
    {PLAN_END, ANY_PHASE, "conn:reset()", "resets the connection", FAULT_RST, NOTHING},
    {PLAN_END, AFTER_KEYS, "while conn:ignore() and conn:sleep(# / 1000) do end",
     "sends an IGNORE each # ms for ever", FAULT_DRIBBLE, NUMBER(20, 200)},
    {PLAN_END, PHASE_DATA, PHASE_DATA, "while conn:packet{ \"@\" } and conn:sleep(0.05) do end",
     "sends @ each 50 ms for ever", FAULT_FLOOD, NAMES(sent_messages)},
    {PLAN_END, PHASE_IDENT, PHASE_IDENT,
     "while conn:dribble((\"x\"):rep(#), { every = 0.03 }) do end",
     "sends a byte each 30 ms for ever", FAULT_DRIBBLE, NUMBER(100, 200)},

    {PLAN_WAY, ANY_PHASE, "conn:upto(\"@\")", "is honest up to @", FAULT_LEGAL, NOTHING},
    {PLAN_WAY, PHASE_DNS, PHASE_DNS, "answer = \"@\"", "its name server's answer is: @",
     FAULT_REFUSAL, NAMES(dns_answers)},
};
enum { ROW_COUNT = sizeof rows / sizeof rows[0] };

/* Phases that a script can be honest up to. */
static const enum phase ways[] = {PHASE_IDENT,   PHASE_KEXINIT, PHASE_KEX,     PHASE_NEWKEYS,
                                  PHASE_SERVICE, PHASE_AUTH,    PHASE_CHANNEL, PHASE_REQUEST,
                                  PHASE_DATA,    PHASE_EXIT,    PHASE_CLOSE,   PHASE_DISCONNECT};
enum { WAY_COUNT = sizeof ways / sizeof ways[0] };

/* ---- chance ---- */

static unsigned below(uint64_t *state, unsigned limit)
{
    return (unsigned)(random_next(state) % limit);
}

static bool fits(const struct plan_row *row, enum plan_place place, enum phase phase)
{
    return row->place == place && phase >= row->from && phase <= row->to;
}

static struct plan_step some_step(uint64_t *state, enum plan_place place, enum phase phase)
{
    unsigned fitting = 0;
    for (size_t i = 0; i < ROW_COUNT; i++)
        fitting += fits(&rows[i], place, phase);
    unsigned chosen = below(state, fitting);
    const struct plan_row *row = rows;
    while (!fits(row, place, phase) || chosen-- > 0)
        row++;
    return (struct plan_step){.row = row,
                              .number = row->least + below(state, row->most - row->least + 1),
                              .message = below(state, row->name_count)};
}

static void add(struct plan *plan, uint64_t *state, enum plan_place place)
{
    plan->steps[plan->count++] = some_step(state, place, plan->phase);
}

struct plan plan_of_seed(uint64_t seed)
{
    enum { ONE_IN_DNS = 12, ONE_IN_RULES = 3, FAULTS_MAX = 3 };
    struct plan plan = {.seed = seed};
    uint64_t state = seed;
    if (below(&state, ONE_IN_DNS) == 0) {
        plan.phase = PHASE_DNS;
        add(&plan, &state, PLAN_WAY);
        return plan;
    }
    plan.phase = ways[below(&state, WAY_COUNT)];
    if (below(&state, ONE_IN_RULES) == 0)
        add(&plan, &state, PLAN_RULE);
    add(&plan, &state, PLAN_WAY);
    unsigned faults = below(&state, FAULTS_MAX);
    for (unsigned i = 0; i < faults; i++)
        add(&plan, &state, PLAN_FAULT);
    add(&plan, &state, PLAN_END);
    return plan;
}

/* ---- simpler ones ---- */

enum plan_place plan_step_place(const struct plan_step *step)
{
    return step->row->place;
}

static bool may_go(const struct plan_step *step)
{
    return step->row->place == PLAN_RULE || step->row->place == PLAN_FAULT;
}

/* The end that says least: nothing. */
static bool with_silent_end(const struct plan *plan, struct plan *simpler)
{
    struct plan_step *end = &simpler->steps[plan->count - 1];
    const struct plan_row *row = rows;
    while (row->place != PLAN_END)
        row++;
    *simpler = *plan;
    if (end->row->place != PLAN_END || end->row == row)
        return false;
    *end = (struct plan_step){.row = row};
    return true;
}

bool plan_simpler(const struct plan *plan, unsigned variant, struct plan *simpler)
{
    for (size_t i = 0; i < plan->count; i++) {
        if (!may_go(&plan->steps[i]) || variant-- > 0)
            continue;
        *simpler = *plan;
        memmove(&simpler->steps[i], &simpler->steps[i + 1],
                (plan->count - i - 1) * sizeof simpler->steps[0]);
        simpler->count--;
        return true;
    }
    return variant == 0 && plan->count > 0 && with_silent_end(plan, simpler);
}

/* ---- as Lua ---- */

struct text {
    char *at;
    size_t left;
};

__attribute__((format(printf, 2, 3))) static void put(struct text *text, const char *format, ...)
{
    va_list words;
    va_start(words, format);
    int length = vsnprintf(text->at, text->left, format, words);
    va_end(words);
    size_t used = length >= 0 && (size_t)length < text->left ? (size_t)length : text->left - 1;
    text->at += used;
    text->left -= used;
}

/* A row's line or words, with what stands for # and @. */
static void put_filled(struct text *text, const struct plan *plan, const struct plan_step *step,
                       const char *words)
{
    bool is_way = step->row->place == PLAN_WAY && plan->phase != PHASE_DNS;
    for (const char *c = words; *c != '\0'; c++) {
        if (*c == '#')
            put(text, "%u", step->number);
        else if (*c == '@')
            put(text, "%s", is_way ? phase_name(plan->phase) : step->row->names[step->message]);
        else
            put(text, "%c", *c);
    }
}

static void put_step(struct text *text, const struct plan *plan, const struct plan_step *step)
{
    put(text, "    ");
    put_filled(text, plan, step, step->row->lua);
    put(text, "\n");
}

static void put_about(struct text *text, const struct plan *plan)
{
    put(text, "  about  = [[Composed by chance: ");
    for (size_t i = 0; i < plan->count; i++) {
        put(text, "%s", i > 0 ? "; " : "");
        put_filled(text, plan, &plan->steps[i], plan->steps[i].row->about);
    }
    put(text, ".]],\n");
}

/* With most answers to its name a client has nobody to ask. */
static bool may_succeed(const struct plan *plan)
{
    unsigned answer = plan->steps[0].message;
    return plan->phase != PHASE_DNS || answer == DNS_SAYS_ADDRESS ||
           answer == DNS_SAYS_DEAD_FIRST || answer == DNS_SAYS_TRUNCATED;
}

static bool ends_with(const struct plan *plan, const char *lua)
{
    return strcmp(plan->steps[plan->count - 1].row->lua, lua) == 0;
}

/* The way and an end, and nothing else. */
static bool is_plain(const struct plan *plan)
{
    return plan->phase != PHASE_DNS && plan->count == 2;
}

/* Where it is certain, the harness can tell also what came too early. */
static const char *outcomes(const struct plan *plan)
{
    if (is_plain(plan) && plan->phase <= PHASE_DATA && ends_with(plan, "conn:hold()"))
        return "\"timeout\"";
    if (is_plain(plan) && ends_with(plan, "conn:healthy()"))
        return "\"success\"";
    return may_succeed(plan) ? "{ \"success\", \"failure\", \"timeout\" }"
                             : "{ \"failure\", \"timeout\" }";
}

/* What is done first that is not honest. */
static enum fault_kind kind_of(const struct plan *plan)
{
    if (plan->phase == PHASE_DNS)
        return may_succeed(plan) ? FAULT_LEGAL : plan->steps[0].row->kind;
    for (size_t i = 0; i < plan->count; i++) {
        if (plan->steps[i].row->place != PLAN_WAY)
            return plan->steps[i].row->kind;
    }
    return FAULT_SILENCE;
}

/* Is it sure in which phases the fault strikes? Not with a rule, which may strike before; nor with
 * a damaged packet or a reset, which a client may meet while it still reads what came before. */
static bool strikes_in_its_phase(const struct plan *plan)
{
    return plan->phase == PHASE_DNS || (is_plain(plan) && !ends_with(plan, "conn:reset()"));
}

/* From the command's output on, one segment may carry all that is left, and a client may name any
 * phase of it. A sound client may well succeed, and the harness sees by itself whether it did. */
static void put_expectation(struct text *text, const struct plan *plan)
{
    put(text, "  expect = { outcome = %s", outcomes(plan));
    if (strikes_in_its_phase(plan)) {
        int first = plan->phase > PHASE_DATA ? PHASE_DATA : (int)plan->phase;
        int last = may_succeed(plan) ? PHASE_COUNT - 1 : PHASE_DNS;
        put(text, ",\n             phase = {");
        for (int phase = first; phase <= last; phase++)
            put(text, "%s \"%s\"", phase == first ? "" : ",", phase_name((enum phase)phase));
        put(text, " }");
    }
    put(text, " },\n");
}

void plan_write_lua(const struct plan *plan, const char *found, char text[PLAN_LUA_BYTES])
{
    struct text out = {text, PLAN_LUA_BYTES};
    put(&out, "%sreturn {\n", found);
    put_about(&out, plan);
    put(&out, "  rfc    = \"%s\",\n", plan->phase == PHASE_DNS ? "1035 4.1" : "4253 4.2");
    put(&out, "  kind   = \"%s\",\n", fault_kind_name(kind_of(plan)));
    put_expectation(&out, plan);
    if (plan->phase == PHASE_DNS) {
        put(&out, "  dns    = {\n");
        put_step(&out, plan, &plan->steps[0]);
        put(&out, "  },\n\n  serve = function(conn)\n    conn:healthy()\n  end,\n}\n");
        return;
    }
    put(&out, "  engine = \"crafted\",\n\n  serve = function(conn)\n");
    for (size_t i = 0; i < plan->count; i++)
        put_step(&out, plan, &plan->steps[i]);
    put(&out, "  end,\n}\n");
}
