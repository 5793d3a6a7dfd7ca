#include "lease/lease_witness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A scenario that tells a thousand things must not fill our memory, nor the answer. */
enum { TIMELINE_MAX_EVENTS = 500, TIMELINE_MAX_BYTES = 96 * 1024, CONNS_MAX = 1000000 };

void lease_witness_init(struct lease_witness *witness)
{
    *witness = (struct lease_witness){.exit_status = -1, .timeline = json_array()};
}

void lease_witness_fini(struct lease_witness *witness)
{
    free(witness->is_closed);
    json_decref(witness->timeline);
    *witness = (struct lease_witness){0};
}

static int64_t number_of(const json_t *line, const char *name)
{
    return json_integer_value(json_object_get(line, name));
}

/* A text that is cut must not end within a character: JSON cannot hold half of one. */
static void copy_text(const json_t *line, const char *name, char *text, size_t size)
{
    const char *value = json_string_value(json_object_get(line, name));
    size_t length = value != NULL ? strlen(value) : 0;
    if (length >= size) {
        length = size - 1;
        while (length > 0 && ((unsigned char)value[length] & 0xc0) == 0x80)
            length--;
    }
    memcpy(text, value != NULL ? value : "", length);
    text[length] = '\0';
}

static void add_to_timeline(struct lease_witness *witness, const json_t *line, int64_t zero_ns)
{
    size_t bytes = json_dumpb(line, NULL, 0, JSON_COMPACT);
    if (json_array_size(witness->timeline) >= TIMELINE_MAX_EVENTS ||
        witness->timeline_bytes + bytes > TIMELINE_MAX_BYTES) {
        witness->timeline_dropped++;
        return;
    }
    witness->timeline_bytes += bytes;
    int64_t at_us = (number_of(line, "t_ns") - zero_ns) / 1000;
    json_t *entry = json_pack("{s:f}", "at_ms", (double)at_us / 1000.);
    (void)json_object_update(entry, (json_t *)(uintptr_t)line);
    (void)json_array_append_new(witness->timeline, entry);
}

/* A client that left and a server that closed are told of the same connection: it counts once. */
static void take_end(struct lease_witness *witness, int64_t conn)
{
    if (conn < 1 || conn > CONNS_MAX)
        return;
    size_t index = (size_t)conn - 1;
    if (index >= witness->is_closed_size) {
        size_t size = 2 * index + 16;
        bool *grown = realloc(witness->is_closed, size * sizeof *grown);
        if (grown == NULL)
            abort();
        memset(grown + witness->is_closed_size, 0,
               (size - witness->is_closed_size) * sizeof *grown);
        witness->is_closed = grown;
        witness->is_closed_size = size;
    }
    if (!witness->is_closed[index])
        witness->closed++;
    witness->is_closed[index] = true;
}

/* A client that left before has been told of: what is closed now was still open. */
static void take_close(struct lease_witness *witness, const json_t *line)
{
    unsigned closed = witness->closed;
    take_end(witness, number_of(line, "conn"));
    if (witness->ending)
        witness->left_open += witness->closed - closed;
    witness->bytes_in += (uint64_t)number_of(line, "bytes_in");
    witness->bytes_out += (uint64_t)number_of(line, "bytes_out");
}

static void take_phase(struct lease_witness *witness, const json_t *line)
{
    char word[16];
    enum phase phase = PHASE_TCP;
    copy_text(line, "to", word, sizeof word);
    if (phase_from_name(word, &phase))
        witness->phases |= PHASE_BIT(phase);
}

void lease_witness_event(struct lease_witness *witness, enum event event, const json_t *line,
                         int64_t zero_ns)
{
    add_to_timeline(witness, line, zero_ns);
    switch (event) {
    case EVENT_ACCEPT:
        witness->accepted++;
        witness->phases |= PHASE_BIT(PHASE_TCP);
        break;
    case EVENT_PHASE:
        take_phase(witness, line);
        break;
    case EVENT_FAULT:
        witness->faults++;
        copy_text(line, "phase", witness->fault_phase, sizeof witness->fault_phase);
        copy_text(line, "what", witness->fault_what, sizeof witness->fault_what);
        break;
    case EVENT_EXEC:
        witness->execs++;
        copy_text(line, "command", witness->command, sizeof witness->command);
        break;
    case EVENT_EXIT:
        witness->exits++;
        witness->exit_status = (int)number_of(line, "exit_status");
        witness->stdout_bytes = (uint64_t)number_of(line, "stdout_bytes");
        break;
    case EVENT_PEER:
        take_end(witness, number_of(line, "conn"));
        break;
    case EVENT_CLOSE:
        take_close(witness, line);
        break;
    case EVENT_DNS:
        witness->questions++;
        witness->phases |= PHASE_BIT(PHASE_DNS);
        break;
    case EVENT_ERROR:
        if (witness->errors++ == 0)
            copy_text(line, "text", witness->error, sizeof witness->error);
        break;
    case EVENT_LISTENING:
    case EVENT_STDIN:
    case EVENT_LOG:
    case EVENT_TASK:
    case EVENT_CONTROL:
    case EVENT_BYE:
        break;
    }
}

void lease_witness_ending(struct lease_witness *witness)
{
    witness->ending = true;
}

void lease_witness_over(struct lease_witness *witness)
{
    witness->left_open += witness->accepted - witness->closed;
    witness->closed = witness->accepted;
}

bool lease_witness_phase(const struct lease_witness *witness, enum phase *phase)
{
    for (int i = PHASE_COUNT - 1; i >= 0; i--) {
        *phase = (enum phase)i;
        if (witness->phases & PHASE_BIT(i))
            return true;
    }
    return false;
}

/* ---- waiting ---- */

enum err lease_wait_parse(const char *word, struct lease_wait *wait, struct err_text *error)
{
    static const char *const words[] = {
#define X(id, word, sentence) word,
        LEASE_WAITS(X)
#undef X
    };
    static const char prefix[] = "phase:";
    if (strncmp(word, prefix, sizeof prefix - 1) == 0) {
        wait->what = WAIT_PHASE;
        if (phase_from_name(word + sizeof prefix - 1, &wait->phase))
            return ERR_NONE;
        return err_set(error, ERR_INPUT,
                       "event: there is no phase '%.40s'; `fakesshd list --phases` shows them",
                       word + sizeof prefix - 1);
    }
    for (int i = 0; i < WAIT_PHASE; i++) {
        wait->what = (enum lease_wait_for)i;
        if (strcmp(word, words[i]) == 0)
            return ERR_NONE;
    }
#define X(id, word, sentence) " " word
    return err_set(error, ERR_INPUT, "event: expected one of" LEASE_WAITS(X) ", found '%.40s'",
                   word);
#undef X
}

/* A rekey and a keepalive interrupt a session that is further on already: they are not passed. */
static bool has_come_to(phase_set seen, enum phase phase)
{
    if (phase == PHASE_REKEY || phase == PHASE_KEEPALIVE)
        return (seen & PHASE_BIT(phase)) != 0;
    return (seen & ~(PHASE_BIT(phase) - 1)) != 0;
}

bool lease_witness_has(const struct lease_witness *witness, const struct lease_wait *wait)
{
    switch (wait->what) {
    case WAIT_ACCEPT:
        return witness->accepted >= wait->count;
    case WAIT_FAULT:
        return witness->faults >= wait->count;
    case WAIT_EXEC:
        return witness->execs >= wait->count;
    case WAIT_EXIT:
        return witness->exits >= wait->count;
    case WAIT_CLOSED:
        return witness->closed >= wait->count;
    case WAIT_DNS:
        return witness->questions >= wait->count;
    case WAIT_ERROR:
        return witness->errors >= wait->count;
    case WAIT_PHASE:
        return has_come_to(witness->phases, wait->phase);
    }
    return false;
}

/* ---- telling ---- */

json_t *lease_witness_json(const struct lease_witness *witness)
{
    enum phase phase = PHASE_TCP;
    bool began = lease_witness_phase(witness, &phase);
    json_t *fault = witness->faults == 0
                        ? json_null()
                        : json_pack("{s:i, s:s, s:s}", "count", (int)witness->faults, "phase",
                                    witness->fault_phase, "what", witness->fault_what);
    return json_pack(
        "{s:{s:i, s:i, s:i, s:i}, s:s?, s:o, s:i, s:s?, s:i, s:o, s:I, s:I, s:I, s:i, s:s?}",
        "connections", "seen", (int)witness->accepted, "open",
        (int)(witness->accepted - witness->closed), "closed", (int)witness->closed, "left_open",
        (int)witness->left_open, "phase", began ? phase_name(phase) : NULL, "fault", fault, "exec",
        (int)witness->execs, "command", witness->execs > 0 ? witness->command : NULL, "exit",
        (int)witness->exits, "exit_status",
        witness->exits > 0 ? json_integer(witness->exit_status) : json_null(), "stdout_bytes",
        (json_int_t)witness->stdout_bytes, "bytes_in", (json_int_t)witness->bytes_in, "bytes_out",
        (json_int_t)witness->bytes_out, "dns", (int)witness->questions, "error",
        witness->errors > 0 ? witness->error : NULL);
}
