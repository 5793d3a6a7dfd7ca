#include "server/pcap.h"

#include "base/clock.h"
#include "server/crafted/payload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FIN = 0x01, SYN = 0x02, RST = 0x04, PSH = 0x08, ACK = 0x10 };
enum { LINKTYPE_RAW = 101, SNAP_BYTES = 65535, SEGMENT_BYTES = 32 * 1024 };
enum { IPV4_BYTES = 20, IPV6_BYTES = 40, TCP_BYTES = 20, PROTOCOL_TCP = 6, HOPS = 64 };
enum { WINDOW = 65535 };

struct pcap {
    FILE *file;             /* owned */
    int64_t wall_offset_ns; /* from the clock that never jumps to the time of day */
};

/* ---- numbers: network order in packets, this machine's in the file's own fields ---- */

static void put_u16(struct buffer *out, unsigned value)
{
    uint8_t bytes[2] = {(uint8_t)(value >> 8), (uint8_t)value};
    (void)buffer_add(out, bytes, sizeof bytes);
}

static void put_own_u32(struct buffer *out, uint32_t value)
{
    (void)buffer_add(out, &value, sizeof value);
}

static void put_own_u16(struct buffer *out, uint16_t value)
{
    (void)buffer_add(out, &value, sizeof value);
}

void pcap_put_header(struct buffer *out)
{
    enum { MAJOR = 2, MINOR = 4 };
    static const uint32_t magic_nanoseconds = 0xa1b23c4d;
    put_own_u32(out, magic_nanoseconds);
    put_own_u16(out, MAJOR);
    put_own_u16(out, MINOR);
    put_own_u32(out, 0);
    put_own_u32(out, 0);
    put_own_u32(out, SNAP_BYTES);
    put_own_u32(out, LINKTYPE_RAW);
}

/* ---- one packet ---- */

static bool is_v6(const struct pcap_flow *flow)
{
    return flow->ends[PCAP_SERVER].ss_family == AF_INET6;
}

static unsigned port_of(const struct pcap_flow *flow, enum pcap_side side)
{
    const struct sockaddr_storage *end = &flow->ends[side];
    return ntohs(is_v6(flow) ? ((const struct sockaddr_in6 *)end)->sin6_port
                             : ((const struct sockaddr_in *)end)->sin_port);
}

static void put_address(struct buffer *out, const struct pcap_flow *flow, enum pcap_side side)
{
    const struct sockaddr_storage *end = &flow->ends[side];
    if (is_v6(flow))
        (void)buffer_add(out, &((const struct sockaddr_in6 *)end)->sin6_addr, 16);
    else
        (void)buffer_add(out, &((const struct sockaddr_in *)end)->sin_addr, 4);
}

/* RFC 1071 */
static uint32_t add_words(uint32_t sum, const void *data, size_t length)
{
    const uint8_t *bytes = data;
    for (size_t i = 0; i < length; i++)
        sum += (uint32_t)bytes[i] << (i % 2 == 0 ? 8 : 0);
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

static void put_checksum(struct buffer *packet, size_t at, uint32_t sum)
{
    packet->bytes[packet->start + at] = (char)(uint8_t)(~sum >> 8);
    packet->bytes[packet->start + at + 1] = (char)(uint8_t)~sum;
}

static void put_ip(struct buffer *packet, const struct pcap_flow *flow, enum pcap_side from,
                   size_t tcp_bytes)
{
    enum { IPV4_CHECKSUM_AT = 10 };
    enum pcap_side to = from == PCAP_CLIENT ? PCAP_SERVER : PCAP_CLIENT;
    if (is_v6(flow)) {
        (void)payload_put_u32(packet, 0x60000000);
        put_u16(packet, (unsigned)tcp_bytes);
        (void)payload_put_byte(packet, PROTOCOL_TCP);
        (void)payload_put_byte(packet, HOPS);
    } else {
        (void)payload_put_byte(packet, 0x45); /* version, header of 5 words */
        (void)payload_put_byte(packet, 0);
        put_u16(packet, (unsigned)(IPV4_BYTES + tcp_bytes));
        (void)payload_put_u32(packet, 0x4000); /* no number, don't fragment */
        (void)payload_put_byte(packet, HOPS);
        (void)payload_put_byte(packet, PROTOCOL_TCP);
        put_u16(packet, 0);
    }
    put_address(packet, flow, from);
    put_address(packet, flow, to);
    if (!is_v6(flow))
        put_checksum(packet, IPV4_CHECKSUM_AT, add_words(0, buffer_front(packet), IPV4_BYTES));
}

/* The pseudo header of RFC 9293 3.1: addresses, protocol, length. */
static uint32_t pseudo_sum(const struct pcap_flow *flow, size_t tcp_bytes)
{
    struct buffer addresses = {0};
    put_address(&addresses, flow, PCAP_CLIENT);
    put_address(&addresses, flow, PCAP_SERVER);
    uint32_t sum = add_words(PROTOCOL_TCP + (uint32_t)tcp_bytes, buffer_front(&addresses),
                             buffer_length(&addresses));
    buffer_fini(&addresses);
    return sum;
}

static void put_tcp(struct buffer *packet, const struct pcap_flow *flow, enum pcap_side from,
                    uint8_t flags, const void *bytes, size_t length)
{
    enum { TCP_CHECKSUM_AT = 16 };
    enum pcap_side to = from == PCAP_CLIENT ? PCAP_SERVER : PCAP_CLIENT;
    size_t begin = buffer_length(packet);
    put_u16(packet, port_of(flow, from));
    put_u16(packet, port_of(flow, to));
    (void)payload_put_u32(packet, flow->next[from]);
    (void)payload_put_u32(packet, (flags & ACK) != 0 ? flow->next[to] : 0);
    (void)payload_put_byte(packet, (TCP_BYTES / 4) << 4);
    (void)payload_put_byte(packet, flags);
    put_u16(packet, WINDOW);
    (void)payload_put_u32(packet, 0); /* checksum, urgent pointer */
    (void)payload_put_raw(packet, bytes, length);
    uint32_t sum = add_words(pseudo_sum(flow, TCP_BYTES + length), buffer_front(packet) + begin,
                             TCP_BYTES + length);
    put_checksum(packet, begin + TCP_CHECKSUM_AT, sum);
}

void pcap_put_packet(struct buffer *out, const struct pcap_flow *flow, enum pcap_side from,
                     uint8_t flags, const void *bytes, size_t length, int64_t now_ns)
{
    struct buffer packet = {0};
    put_ip(&packet, flow, from, TCP_BYTES + length);
    put_tcp(&packet, flow, from, flags, bytes, length);
    uint32_t size = (uint32_t)buffer_length(&packet);
    put_own_u32(out, (uint32_t)(now_ns / 1000000000));
    put_own_u32(out, (uint32_t)(now_ns % 1000000000));
    put_own_u32(out, size);
    put_own_u32(out, size);
    (void)buffer_add(out, buffer_front(&packet), size);
    buffer_fini(&packet);
}

/* ---- the file ---- */

static void write_out(struct pcap *pcap, struct buffer *out)
{
    (void)fwrite(buffer_front(out), 1, buffer_length(out), pcap->file);
    (void)fflush(pcap->file); /* whoever looks while the server runs sees all of it */
    buffer_fini(out);
}

static void write_packet(const struct pcap_flow *flow, enum pcap_side from, uint8_t flags,
                         const void *bytes, size_t length, int64_t now_ns)
{
    struct buffer out = {0};
    pcap_put_packet(&out, flow, from, flags, bytes, length, now_ns + flow->pcap->wall_offset_ns);
    write_out(flow->pcap, &out);
}

enum err pcap_open(struct pcap **pcap, const char *path, struct err_text *error)
{
    struct buffer out = {0};
    *pcap = calloc(1, sizeof **pcap);
    if (*pcap == NULL)
        return err_set(error, ERR_SYSTEM, "out of memory");
    (*pcap)->file = fopen(path, "wbe");
    if ((*pcap)->file == NULL) {
        free(*pcap);
        *pcap = NULL;
        return err_set_errno(error, "--pcap: cannot write '%s'", path);
    }
    struct timespec wall = {0};
    (void)clock_gettime(CLOCK_REALTIME, &wall);
    (*pcap)->wall_offset_ns = (int64_t)wall.tv_sec * 1000000000 + wall.tv_nsec - clock_now_ns();
    pcap_put_header(&out);
    write_out(*pcap, &out);
    return ERR_NONE;
}

void pcap_close(struct pcap **pcap)
{
    if (*pcap == NULL)
        return;
    (void)fclose((*pcap)->file);
    free(*pcap);
    *pcap = NULL;
}

void pcap_begin(struct pcap_flow *flow, struct pcap *pcap, const struct sockaddr_storage *client,
                const struct sockaddr_storage *server, int64_t now_ns)
{
    memset(flow, 0, sizeof *flow);
    if (pcap == NULL)
        return;
    flow->pcap = pcap;
    flow->ends[PCAP_CLIENT] = *client;
    flow->ends[PCAP_SERVER] = *server;
    write_packet(flow, PCAP_CLIENT, SYN, NULL, 0, now_ns);
    flow->next[PCAP_CLIENT] = 1;
    write_packet(flow, PCAP_SERVER, SYN | ACK, NULL, 0, now_ns);
    flow->next[PCAP_SERVER] = 1;
    write_packet(flow, PCAP_CLIENT, ACK, NULL, 0, now_ns);
}

void pcap_bytes(struct pcap_flow *flow, enum pcap_side from, const void *bytes, size_t length,
                int64_t now_ns)
{
    const uint8_t *at = bytes;
    while (flow->pcap != NULL && length > 0) {
        size_t piece = length < SEGMENT_BYTES ? length : (size_t)SEGMENT_BYTES;
        write_packet(flow, from, PSH | ACK, at, piece, now_ns);
        flow->next[from] += (uint32_t)piece;
        at += piece;
        length -= piece;
    }
}

void pcap_end(struct pcap_flow *flow, enum pcap_side from, bool reset, int64_t now_ns)
{
    if (flow->pcap == NULL)
        return;
    write_packet(flow, from, reset ? RST | ACK : FIN | ACK, NULL, 0, now_ns);
    flow->next[from]++; /* a FIN takes a number */
    if (reset)
        flow->pcap = NULL; /* nothing comes after it */
}
