#include "server/wire.h"

#include "base/clock.h"
#include "suites.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A wire over a real TCP connection on loopback, with what it reported, and the client's end. */
static struct lab {
    struct ev_loop *loop;
    struct hangup_watch hangup;
    struct wire wire;
    int client;
    int inputs, holds, ends;
    enum wire_end end;
    enum packet_message sent[8];
    int sent_count;
} lab;

static void on_input(struct wire *wire)
{
    (void)wire;
    lab.inputs++;
}

static void on_message(struct wire *wire, enum packet_message message)
{
    (void)wire;
    lab.sent[lab.sent_count++ % 8] = message;
}

static void on_room(struct wire *wire)
{
    (void)wire;
}

static void on_held(struct wire *wire)
{
    (void)wire;
    lab.holds++;
}

static void on_end(struct wire *wire, enum wire_end end)
{
    (void)wire;
    lab.ends++;
    lab.end = end;
}

static const struct wire_events events = {on_input, on_message, on_room, on_held, on_end};

static int connected_pair(int *server)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof at;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(listener, (struct sockaddr *)&at, sizeof at), 0);
    ck_assert_int_eq(listen(listener, 1), 0);
    ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&at, &size), 0);
    ck_assert_int_eq(connect(client, (struct sockaddr *)&at, sizeof at), 0);
    *server = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    ck_assert_int_ge(*server, 0);
    (void)close(listener);
    return client;
}

static void begin(void)
{
    int fd = -1;
    memset(&lab, 0, sizeof lab);
    lab.loop = ev_loop_new(EVFLAG_NOENV | EVBACKEND_EPOLL);
    ck_assert(hangup_watch_init(&lab.hangup, lab.loop));
    lab.client = connected_pair(&fd);
    wire_init(&lab.wire, fd, &events, &lab.hangup);
}

static void end(void)
{
    wire_fini(&lab.wire);
    if (lab.client >= 0)
        (void)close(lab.client);
    hangup_watch_fini(&lab.hangup);
    ev_loop_destroy(lab.loop);
}

static void on_guard(struct ev_loop *loop, ev_timer *timer, int revents)
{
    (void)loop, (void)timer, (void)revents;
    ck_abort_msg("nothing happened for 3 s");
}

/* Turns the loop once; it must have something to do. */
static void turn(void)
{
    ev_timer guard;
    ev_timer_init(&guard, on_guard, 3., 0.);
    ev_now_update(lab.loop);
    ev_timer_start(lab.loop, &guard);
    (void)ev_run(lab.loop, EVRUN_ONCE);
    ev_timer_stop(lab.loop, &guard);
}

/* What the client has received by now, ended by NUL; "" when nothing came. */
static const char *received(size_t *length)
{
    static char bytes[65536];
    ssize_t got = recv(lab.client, bytes, sizeof bytes - 1, MSG_DONTWAIT);
    bytes[got > 0 ? got : 0] = '\0';
    if (length != NULL)
        *length = got > 0 ? (size_t)got : 0;
    return bytes;
}

/* "fin", "rst", or "open" with nothing to read. */
static const char *client_sees(void)
{
    char byte = 0;
    ssize_t got = recv(lab.client, &byte, 1, MSG_DONTWAIT | MSG_PEEK);
    if (got < 0)
        return errno == ECONNRESET ? "rst" : "open";
    return got == 0 ? "fin" : "bytes";
}

static void client_says(const char *text)
{
    ck_assert_int_eq(send(lab.client, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

static void client_leaves(bool by_reset)
{
    struct linger now = {.l_onoff = by_reset, .l_linger = 0};
    ck_assert_int_eq(setsockopt(lab.client, SOL_SOCKET, SO_LINGER, &now, sizeof now), 0);
    (void)close(lab.client);
    lab.client = -1;
}

static void say(const char *bytes, size_t length)
{
    ck_assert(wire_send(&lab.wire, bytes, length));
}

/* An identification string, then a KEXINIT of 24 bytes, in one piece. */
static const char greeting[] = "SSH-2.0-x\r\n\0\0\0\x14\x04\x14"
                               "123456789012345678";
enum { IDENT_BYTES = 11, GREETING_BYTES = IDENT_BYTES + 24 };

START_TEST(bytes_pass_both_ways)
{
    say("hello", 5);
    ck_assert_str_eq(received(NULL), "hello");
    client_says("well met");
    turn();
    ck_assert_int_eq(lab.inputs, 1);
    ck_assert_uint_eq(buffer_length(&lab.wire.input), 8);
    ck_assert_mem_eq(buffer_front(&lab.wire.input), "well met", 8);
    ck_assert_uint_eq(lab.wire.bytes_in, 8);
    ck_assert_uint_eq(lab.wire.bytes_out, 5);
}
END_TEST

START_TEST(hold_before_kexinit_lets_the_identification_string_pass_and_no_more)
{
    size_t length = 0;
    lab.wire.hold_before = PACKET_KEXINIT;
    say(greeting, GREETING_BYTES);
    ck_assert_str_eq(received(&length), "SSH-2.0-x\r\n");
    ck_assert_uint_eq(length, IDENT_BYTES);
    ck_assert_int_eq(lab.holds, 1);
    ck_assert_int_eq(lab.sent_count, 1);
    ck_assert_int_eq(lab.sent[0], PACKET_IDENT);
    gate_open(&lab.wire.out);
    wire_move(&lab.wire);
    (void)received(&length);
    ck_assert_uint_eq(length, GREETING_BYTES - IDENT_BYTES);
    ck_assert_int_eq(lab.sent[1], PACKET_KEXINIT);
}
END_TEST

START_TEST(hold_after_the_identification_string_holds_what_follows)
{
    size_t length = 0;
    lab.wire.hold_after = PACKET_IDENT;
    say(greeting, GREETING_BYTES);
    (void)received(&length);
    ck_assert_uint_eq(length, IDENT_BYTES);
    ck_assert_int_eq(lab.holds, 1);
}
END_TEST

START_TEST(a_message_is_withheld_until_another_one_is)
{
    size_t length = 0;
    wire_withhold(&lab.wire, PACKET_KEXINIT);
    say(greeting, GREETING_BYTES);
    (void)received(&length);
    ck_assert_uint_eq(length, IDENT_BYTES);
    wire_withhold(&lab.wire, PACKET_NEWKEYS);
    wire_move(&lab.wire);
    (void)received(&length);
    ck_assert_uint_eq(length, GREETING_BYTES - IDENT_BYTES);
}
END_TEST

START_TEST(a_cut_inside_a_message_is_exact_to_the_byte)
{
    size_t length = 0;
    gate_cut(&lab.wire.out, IDENT_BYTES + 7);
    say(greeting, GREETING_BYTES);
    (void)received(&length);
    ck_assert_uint_eq(length, IDENT_BYTES + 7);
    ck_assert_uint_eq(wire_unsent(&lab.wire), GREETING_BYTES - IDENT_BYTES - 7);
}
END_TEST

START_TEST(a_cut_that_was_set_while_a_message_is_withheld_holds_when_it_passes)
{
    size_t length = 0;
    wire_withhold(&lab.wire, PACKET_KEXINIT);
    say(greeting, GREETING_BYTES);
    (void)received(&length);
    gate_cut(&lab.wire.out, 7);
    wire_move(&lab.wire);
    (void)received(&length);
    ck_assert_uint_eq(length, 0);
    wire_withhold(&lab.wire, PACKET_NONE);
    wire_move(&lab.wire);
    (void)received(&length);
    ck_assert_uint_eq(length, 7);
}
END_TEST

START_TEST(a_drip_takes_its_time)
{
    enum { EVERY_MS = 20, BYTES = 4 };
    int64_t began_ns = clock_now_ns();
    size_t got = 0, length = 0;
    gate_drip(&lab.wire.out, 1, EVERY_MS * INT64_C(1000000), began_ns);
    say("drip", BYTES);
    for (;;) {
        (void)received(&length);
        ck_assert_uint_le(length, 1);
        got += length;
        if (got == BYTES)
            break;
        turn();
    }
    ck_assert_int_ge(clock_now_ns() - began_ns, (BYTES - 1) * EVERY_MS * INT64_C(1000000));
}
END_TEST

START_TEST(one_bit_is_damaged_on_the_way)
{
    gate_flip(&lab.wire.out, 3);
    say("0000", 4);
    ck_assert_str_eq(received(NULL), "00 0");
}
END_TEST

START_TEST(a_fin_is_seen_while_nobody_reads)
{
    client_says("unread");
    wire_stop_reading(&lab.wire);
    client_leaves(false);
    while (lab.ends == 0)
        turn();
    ck_assert_int_eq(lab.end, WIRE_FIN);
    ck_assert_int_eq(lab.inputs, 0);
}
END_TEST

START_TEST(a_reset_is_seen_while_nobody_reads)
{
    wire_stop_reading(&lab.wire);
    client_leaves(true);
    while (lab.ends == 0)
        turn();
    ck_assert_int_eq(lab.end, WIRE_RST);
}
END_TEST

START_TEST(a_leaving_client_is_reported_once)
{
    client_leaves(false);
    while (lab.ends == 0)
        turn();
    wire_move(&lab.wire);
    (void)ev_run(lab.loop, EVRUN_NOWAIT);
    (void)ev_run(lab.loop, EVRUN_NOWAIT);
    ck_assert_int_eq(lab.ends, 1);
    ck_assert(!wire_send(&lab.wire, "x", 1));
}
END_TEST

START_TEST(finish_sends_what_is_queued_and_reads_on_until_the_client_leaves)
{
    say("last words", 10);
    wire_finish(&lab.wire);
    ck_assert_str_eq(received(NULL), "last words");
    ck_assert_str_eq(client_sees(), "fin");
    client_says("and mine");
    turn();
    ck_assert_int_eq(lab.ends, 0);
    ck_assert_uint_eq(lab.wire.bytes_in, 8);
    ck_assert_uint_eq(buffer_length(&lab.wire.input), 0);
    client_leaves(false);
    while (lab.ends == 0)
        turn();
    ck_assert_int_eq(lab.end, WIRE_FIN);
}
END_TEST

START_TEST(finish_does_not_wait_for_what_a_gate_holds)
{
    gate_hold(&lab.wire.out);
    say("held", 4);
    wire_finish(&lab.wire);
    ck_assert_str_eq(client_sees(), "fin");
}
END_TEST

START_TEST(half_close_keeps_what_the_client_says)
{
    wire_half_close(&lab.wire);
    ck_assert_str_eq(client_sees(), "fin");
    client_says("more");
    turn();
    ck_assert_uint_eq(buffer_length(&lab.wire.input), 4);
}
END_TEST

START_TEST(reset_is_a_reset_for_the_client)
{
    wire_reset(&lab.wire);
    ck_assert_str_eq(client_sees(), "rst");
}
END_TEST

START_TEST(a_session_speaks_through_its_end_of_the_pair)
{
    int pair[2];
    char text[16] = "";
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair), 0);
    client_says("early ");
    turn();
    wire_attach(&lab.wire, pair[0]);
    client_says("late");
    turn();
    ck_assert_int_eq(read(pair[1], text, sizeof text - 1), 10);
    ck_assert_str_eq(text, "early late");
    ck_assert_int_eq(write(pair[1], "answer", 6), 6);
    (void)close(pair[1]);
    wire_move(&lab.wire); /* drained to its end before the FIN: nothing may be lost */
    ck_assert_str_eq(received(NULL), "answer");
    ck_assert_str_eq(client_sees(), "fin");
}
END_TEST

START_TEST(much_output_arrives_whole_however_slowly_it_is_read)
{
    enum { TOTAL = 4 * 1024 * 1024, PIECE = 16 * 1024 };
    unsigned char *piece = malloc(PIECE);
    size_t sent = 0, got = 0;
    while (got < TOTAL) {
        while (sent < TOTAL && wire_unsent(&lab.wire) < WIRE_OUTPUT_FULL_BYTES) {
            for (size_t i = 0; i < PIECE; i++)
                piece[i] = (unsigned char)((sent + i) * 31 >> 3);
            say((char *)piece, PIECE);
            sent += PIECE;
        }
        ssize_t came = recv(lab.client, piece, 7777, MSG_DONTWAIT);
        bool right = true;
        for (ssize_t i = 0; i < came; i++, got++)
            right = right && piece[i] == (unsigned char)(got * 31 >> 3);
        ck_assert(right);
        if (came < 0)
            turn();
    }
    free(piece);
}
END_TEST

Suite *suite_wire(void)
{
    Suite *suite = suite_create("wire");
    TCase *cases = tcase_create("wire");
    tcase_add_checked_fixture(cases, begin, end);
    tcase_add_test(cases, bytes_pass_both_ways);
    tcase_add_test(cases, hold_before_kexinit_lets_the_identification_string_pass_and_no_more);
    tcase_add_test(cases, hold_after_the_identification_string_holds_what_follows);
    tcase_add_test(cases, a_message_is_withheld_until_another_one_is);
    tcase_add_test(cases, a_cut_inside_a_message_is_exact_to_the_byte);
    tcase_add_test(cases, a_cut_that_was_set_while_a_message_is_withheld_holds_when_it_passes);
    tcase_add_test(cases, a_drip_takes_its_time);
    tcase_add_test(cases, one_bit_is_damaged_on_the_way);
    tcase_add_test(cases, a_fin_is_seen_while_nobody_reads);
    tcase_add_test(cases, a_reset_is_seen_while_nobody_reads);
    tcase_add_test(cases, a_leaving_client_is_reported_once);
    tcase_add_test(cases, finish_sends_what_is_queued_and_reads_on_until_the_client_leaves);
    tcase_add_test(cases, finish_does_not_wait_for_what_a_gate_holds);
    tcase_add_test(cases, half_close_keeps_what_the_client_says);
    tcase_add_test(cases, reset_is_a_reset_for_the_client);
    tcase_add_test(cases, a_session_speaks_through_its_end_of_the_pair);
    tcase_add_test(cases, much_output_arrives_whole_however_slowly_it_is_read);
    suite_add_tcase(suite, cases);
    return suite;
}
