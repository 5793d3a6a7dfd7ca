#include "server/pcap.h"

#include "hex.h"
#include "suites.h"

#include <arpa/inet.h>
#include <string.h>

enum { SYN = 2, ACK_PSH = 0x18, FILE_HEADER_BYTES = 24, RECORD_BYTES = 16 };

static struct sockaddr_storage v4(const char *address, uint16_t port)
{
    struct sockaddr_storage storage = {.ss_family = AF_INET};
    struct sockaddr_in *in = (struct sockaddr_in *)&storage;
    in->sin_port = htons(port);
    ck_assert_int_eq(inet_pton(AF_INET, address, &in->sin_addr), 1);
    return storage;
}

static struct pcap_flow flow_of(void)
{
    struct pcap_flow flow = {.pcap = NULL};
    flow.ends[PCAP_CLIENT] = v4("127.0.0.1", 50000);
    flow.ends[PCAP_SERVER] = v4("127.0.0.1", 22);
    return flow;
}

START_TEST(the_file_begins_with_the_magic_of_nanoseconds_and_raw_ip)
{
    struct buffer out = {0};
    pcap_put_header(&out);
    ck_assert_uint_eq(buffer_length(&out), FILE_HEADER_BYTES);
    uint32_t words[6];
    memcpy(words, buffer_front(&out), sizeof words);
    ck_assert_uint_eq(words[0], 0xa1b23c4d);
    ck_assert_uint_eq(words[5], 101);
    buffer_fini(&out);
}
END_TEST

/* The checksums were added up by another program. */
START_TEST(a_packet_is_ip_and_tcp_with_their_checksums)
{
    static const char digits[] = "450000280000400040063cce7f0000017f000001" /* IP */
                                 "c350001600000000000000005002ffffee790000";
    uint8_t known[64];
    size_t known_length = hex_decode(digits, known, sizeof known);
    struct buffer out = {0};
    struct pcap_flow flow = flow_of();
    pcap_put_packet(&out, &flow, PCAP_CLIENT, SYN, NULL, 0, 1500000000);
    ck_assert_uint_eq(buffer_length(&out), RECORD_BYTES + known_length);
    ck_assert_mem_eq(buffer_front(&out) + RECORD_BYTES, known, known_length);
    uint32_t record[4];
    memcpy(record, buffer_front(&out), sizeof record);
    ck_assert_uint_eq(record[0], 1);
    ck_assert_uint_eq(record[1], 500000000);
    ck_assert_uint_eq(record[2], known_length);
    buffer_fini(&out);
}
END_TEST

START_TEST(the_other_side_sends_with_the_addresses_exchanged)
{
    struct buffer out = {0};
    struct pcap_flow flow = flow_of();
    pcap_put_packet(&out, &flow, PCAP_SERVER, ACK_PSH, "odd", 3, 0);
    const uint8_t *packet = (const uint8_t *)buffer_front(&out) + RECORD_BYTES;
    ck_assert_uint_eq(packet[20] << 8 | packet[21], 22);
    ck_assert_uint_eq(packet[22] << 8 | packet[23], 50000);
    ck_assert_mem_eq(packet + 40, "odd", 3);
    ck_assert_uint_eq(buffer_length(&out), RECORD_BYTES + 43);
    buffer_fini(&out);
}
END_TEST

START_TEST(a_connection_that_is_not_captured_costs_nothing_and_breaks_nothing)
{
    struct pcap_flow flow;
    struct sockaddr_storage client = v4("127.0.0.1", 1), server = v4("127.0.0.1", 2);
    pcap_begin(&flow, NULL, &client, &server, 0);
    pcap_bytes(&flow, PCAP_CLIENT, "bytes", 5, 0);
    pcap_end(&flow, PCAP_SERVER, true, 0);
    ck_assert_ptr_null(flow.pcap);
}
END_TEST

Suite *suite_pcap(void)
{
    Suite *suite = suite_create("pcap");
    TCase *tests = tcase_create("pcap");
    tcase_add_test(tests, the_file_begins_with_the_magic_of_nanoseconds_and_raw_ip);
    tcase_add_test(tests, a_packet_is_ip_and_tcp_with_their_checksums);
    tcase_add_test(tests, the_other_side_sends_with_the_addresses_exchanged);
    tcase_add_test(tests, a_connection_that_is_not_captured_costs_nothing_and_breaks_nothing);
    suite_add_tcase(suite, tests);
    return suite;
}
