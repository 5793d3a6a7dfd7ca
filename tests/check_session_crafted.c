/* The crafted session against clients that want too much. Packets come in clear: what protects them
 * is tested elsewhere. */
#include "server/session_crafted.h"

#include "server/honest.h"
#include "suites.h"

#include <stdlib.h>
#include <string.h>

static struct lab {
    struct hostkey keys;
    struct wire wire;
    struct cipher *plain;
    struct session *session;
    struct crafted *crafted;
} lab;

static void on_answered(void *owner, const struct session_request *request, bool accepted)
{
    (void)owner, (void)request, (void)accepted;
}

static void on_channel_open(void *owner, struct session_channel *channel)
{
    (void)owner, (void)channel;
}

static void on_channel_sent(void *owner, struct session_channel *channel, const char *what)
{
    (void)owner, (void)channel, (void)what;
}

static void on_change(void *owner)
{
    (void)owner;
}

static void on_rekey(void *owner, bool begins)
{
    (void)owner, (void)begins;
}

static const struct session_events session_events = {on_answered, on_channel_open, on_channel_sent,
                                                     on_change, on_rekey};

static void on_wire(struct wire *wire)
{
    (void)wire;
}

static const struct wire_events wire_events = {.on_input = on_wire, .on_room = on_wire};

static void client_says(const void *payload, size_t length)
{
    ck_assert(cipher_seal(lab.plain, 0, payload, length, NULL, &lab.wire.input));
    session_pump(lab.session);
}

/* An authenticated client, no key exchange under way. */
static void begin(void)
{
    struct session_options options = {NULL};
    struct err_text error;
    memset(&lab, 0, sizeof lab);
    ck_assert_int_eq(hostkey_init(&lab.keys, HOST_KEYS_USUAL, &error), ERR_NONE);
    wire_init(&lab.wire, -1, &wire_events, NULL);
    lab.plain = cipher_new(cipher_kind_find("none", "none"), NULL, NULL, NULL);
    ck_assert_int_eq(session_crafted_new(&lab.session, &lab.keys, &options, &session_events, NULL,
                                         &lab.wire, &error),
                     ERR_NONE);
    lab.crafted = session_crafted(lab.session);
    ck_assert(buffer_add(&lab.wire.input, "SSH-2.0-x\r\n", 11));
    session_pump(lab.session);
    lab.crafted->authenticated = lab.crafted->has_session_id = true;
    kex_fini(lab.crafted->kex);
    free(lab.crafted->kex);
    lab.crafted->kex = NULL;
}

static void end(void)
{
    session_free(&lab.session);
    cipher_free(&lab.plain);
    wire_fini(&lab.wire);
    hostkey_fini(&lab.keys);
}

static void client_begins_key_exchange(void)
{
    struct buffer kexinit = {0};
    ck_assert(kex_make_kexinit(NULL, false, &kexinit));
    client_says(buffer_front(&kexinit), buffer_length(&kexinit));
    buffer_fini(&kexinit);
    ck_assert(exchange_is_under_way(lab.crafted));
}

START_TEST(answers_that_wait_for_a_key_exchange_do_not_pile_up_for_ever)
{
    static uint8_t ping[16 * 1024] = {MSG_PING};
    client_begins_key_exchange();
    for (int i = 0; i < 1000; i++)
        client_says(ping, sizeof ping);
    ck_assert(lab.session->ended);
    ck_assert_uint_le(lab.crafted->postponed.cost_bytes, CRAFTED_KEPT_MAX_BYTES);
}
END_TEST

START_TEST(short_messages_that_a_script_takes_count_for_what_they_cost)
{
    uint8_t message[] = {MSG_PING};
    session_crafted_intercept(lab.crafted, MSG_PING);
    for (int i = 0; i < CRAFTED_KEPT_MAX_BYTES / 16; i++)
        client_says(message, sizeof message);
    ck_assert(lab.session->ended);
    ck_assert_uint_le(lab.crafted->taken.cost_bytes, CRAFTED_KEPT_MAX_BYTES);
}
END_TEST

/* RFC 4254 4: its name is the client's choice. */
START_TEST(a_global_request_named_exec_is_taken_like_any_other)
{
    static const char request[] = "\x50\0\0\0\4exec\1";
    client_says(request, sizeof request - 1);
    ck_assert_ptr_nonnull(session_crafted_expect(lab.crafted, MSG_GLOBAL_REQUEST));
    session_crafted_take(lab.crafted, MSG_GLOBAL_REQUEST);
    ck_assert_ptr_null(lab.session->requests);
}
END_TEST

static uint32_t number_at(const char *bytes)
{
    struct payload_reader reader = payload_read(bytes, 4);
    return payload_get_u32(&reader);
}

static const char open_session[] = "\x5a\0\0\0\7session\0\0\0\7\0\x20\0\0\0\0\x80\0";
static const char data_on_1[] = "\x5e\0\0\0\1\0\0\0\1a";

START_TEST(a_window_larger_than_usual_is_not_given_back_before_half_of_the_usual_is_used)
{
    client_says(open_session, sizeof open_session - 1);
    honest_step(lab.session, PHASE_REQUEST);
    ck_assert_ptr_nonnull(lab.session->channels);
    crafted_channel_of(lab.session->channels)->window = UINT32_MAX;
    buffer_fini(&lab.wire.output);
    client_says(data_on_1, sizeof data_on_1 - 1);
    ck_assert_uint_eq(buffer_length(&lab.wire.output), 0);
    ck_assert_uint_eq(crafted_channel_of(lab.session->channels)->window, UINT32_MAX - 1);
}
END_TEST

START_TEST(a_channel_too_many_is_refused)
{
    for (int i = 0; i < SESSION_CHANNELS_MAX; i++) {
        client_says(open_session, sizeof open_session - 1);
        honest_step(lab.session, PHASE_REQUEST);
    }
    ck_assert_uint_eq(lab.session->channel_count, SESSION_CHANNELS_MAX);
    buffer_fini(&lab.wire.output);
    client_says(open_session, sizeof open_session - 1);
    honest_step(lab.session, PHASE_REQUEST);
    ck_assert_uint_eq(lab.session->channel_count, SESSION_CHANNELS_MAX);
    ck_assert_uint_ge(buffer_length(&lab.wire.output), 14);
    const char *packet = buffer_front(&lab.wire.output);
    ck_assert_uint_eq((uint8_t)packet[5], MSG_CHANNEL_OPEN_FAILURE);
    ck_assert_uint_eq(number_at(packet + 6), 7);
    ck_assert_uint_eq(number_at(packet + 10), 4); /* RFC 4254 5.1: resource shortage */
}
END_TEST

START_TEST(kept_messages_come_out_by_their_number_the_oldest_first)
{
    struct crafted_list list = {0};
    static const uint8_t messages[][2] = {{1, 1}, {2, 1}, {1, 2}};
    for (size_t i = 0; i < 3; i++)
        ck_assert(crafted_keep(&list, messages[i], 2));
    static const struct {
        uint8_t number, second;
    } order[] = {{1, 1}, {1, 2}, {0, 1}};
    for (size_t i = 0; i < 3; i++) {
        struct crafted_payload *found = crafted_unkeep(&list, order[i].number);
        ck_assert_ptr_nonnull(found);
        ck_assert_uint_eq(found->bytes[1], order[i].second);
        free(found);
    }
    ck_assert_ptr_null(crafted_unkeep(&list, 0));
    ck_assert_uint_eq(list.cost_bytes, 0);
    ck_assert(crafted_keep(&list, messages[0], 2));
    free(crafted_unkeep(&list, 1));
}
END_TEST

Suite *suite_session_crafted(void)
{
    Suite *suite = suite_create("session_crafted");
    TCase *cases = tcase_create("session_crafted");
    tcase_add_checked_fixture(cases, begin, end);
    tcase_add_test(cases, answers_that_wait_for_a_key_exchange_do_not_pile_up_for_ever);
    tcase_add_test(cases, short_messages_that_a_script_takes_count_for_what_they_cost);
    tcase_add_test(cases, a_global_request_named_exec_is_taken_like_any_other);
    tcase_add_test(cases,
                   a_window_larger_than_usual_is_not_given_back_before_half_of_the_usual_is_used);
    tcase_add_test(cases, a_channel_too_many_is_refused);
    tcase_add_test(cases, kept_messages_come_out_by_their_number_the_oldest_first);
    suite_add_tcase(suite, cases);
    return suite;
}
