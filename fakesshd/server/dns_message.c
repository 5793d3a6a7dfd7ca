#include "server/dns_message.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum {
    QR_ANSWER = 0x8000,
    OPCODE_MASK = 0x7800,
    AUTHORITATIVE = 0x0400,
    TRUNCATED = 0x0200,
    RECURSION_DESIRED = 0x0100,
    RECURSION_AVAILABLE = 0x0080,
    LABEL_MAX_BYTES = 63,
    TO_THE_QUESTION = 0xc000 | DNS_HEADER_BYTES, /* RFC 1035 4.1.4: a pointer to an earlier name */
    TTL_S = 0                                    /* RFC 1035 3.2.1: not to be kept for later */
};

/* ---- reading ---- */

static uint16_t read_u16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

/* RFC 1035 5.1 has the escapes: a dot within a label is "\.", what does not print is "\ddd". */
static char *add_letter(char *out, uint8_t letter)
{
    if (letter == '.' || letter == '\\')
        *out++ = '\\';
    if (isgraph(letter))
        *out++ = (char)letter;
    else
        out += snprintf(out, 5, "\\%03u", letter);
    return out;
}

/* RFC 1035 3.1: labels, each a length byte and so many bytes, ended by a length of 0. Gives where
 * the name ends, or NULL. */
static const uint8_t *read_name(const uint8_t *at, const uint8_t *end, char *text)
{
    const uint8_t *begin = at;
    char *out = text;
    while (at < end && *at != 0) {
        size_t length = *at++;
        if (length > LABEL_MAX_BYTES || length > (size_t)(end - at) ||
            (size_t)(at - begin) + length + 1 > DNS_NAME_MAX_BYTES)
            return NULL;
        if (out > text)
            *out++ = '.';
        for (; length > 0; length--)
            out = add_letter(out, *at++);
    }
    *out = '\0';
    return at < end ? at + 1 : NULL;
}

/* RFC 1035 4.1.1  ID, QR|Opcode|AA|TC|RD|RA|Z|RCODE, QDCOUNT, ANCOUNT, NSCOUNT, ARCOUNT
 *          4.1.2  QNAME, QTYPE, QCLASS
 * What may follow (EDNS, RFC 6891) changes nothing for answers as small as ours. */
bool dns_question_read(const void *bytes, size_t length, struct dns_question *question)
{
    const uint8_t *header = bytes, *end = header + length;
    if (length < DNS_HEADER_BYTES)
        return false;
    uint16_t flags = read_u16(header + 2), questions = read_u16(header + 4);
    if ((flags & (QR_ANSWER | OPCODE_MASK)) != 0 || questions != 1)
        return false;
    const uint8_t *section = header + DNS_HEADER_BYTES;
    const uint8_t *at = read_name(section, end, question->name);
    if (at == NULL || end - at < 4)
        return false;
    question->id = read_u16(header);
    question->recursion_desired = (flags & RECURSION_DESIRED) != 0;
    question->type = read_u16(at);
    question->class = read_u16(at + 2);
    question->section_length = (size_t)(at + 4 - section);
    memcpy(question->section, section, question->section_length);
    return true;
}

/* ---- writing ---- */

static uint8_t *put_u16(uint8_t *at, unsigned value)
{
    *at++ = (uint8_t)(value >> 8);
    *at++ = (uint8_t)value;
    return at;
}

/* A name of our own, without escapes. NULL when it is none. */
static uint8_t *put_name(uint8_t *at, const char *name)
{
    if (strlen(name) > DNS_NAME_MAX_BYTES - 2)
        return NULL;
    while (*name != '\0') {
        size_t length = strcspn(name, ".");
        if (length == 0 || length > LABEL_MAX_BYTES)
            return NULL;
        *at++ = (uint8_t)length;
        memcpy(at, name, length);
        at += length;
        name += length + (name[length] == '.' ? 1 : 0);
    }
    *at++ = 0;
    return at;
}

static uint8_t *put_question(uint8_t *at, const struct dns_question *question, const char *name)
{
    if (name == NULL) {
        memcpy(at, question->section, question->section_length);
        return at + question->section_length;
    }
    at = put_name(at, name);
    return at == NULL ? NULL : put_u16(put_u16(at, question->type), question->class);
}

/* RFC 1035 4.1.3  NAME, TYPE, CLASS, TTL, RDLENGTH, RDATA */
static uint8_t *put_record(uint8_t *at, const struct dns_answer *answer, const uint8_t *address)
{
    unsigned type = answer->address_length == 4 ? DNS_TYPE_A : DNS_TYPE_AAAA;
    at = answer->record_name == NULL ? put_u16(at, TO_THE_QUESTION)
                                     : put_name(at, answer->record_name);
    if (at == NULL)
        return NULL;
    at = put_u16(put_u16(at, type), DNS_CLASS_IN);
    at = put_u16(put_u16(at, TTL_S >> 16), TTL_S & 0xffff);
    at = put_u16(at, (unsigned)answer->address_length);
    memcpy(at, address, answer->address_length);
    return at + answer->address_length;
}

size_t dns_answer_write(const struct dns_question *question, const struct dns_answer *answer,
                        uint8_t bytes[DNS_ANSWER_MAX_BYTES])
{
    /* Three names, the header, a question's and two records' fixed parts, two addresses. */
    uint8_t message[3 * DNS_NAME_MAX_BYTES + DNS_HEADER_BYTES + 4 + 2 * (10 + 16)];
    bool has_record = answer->address_length > 0;
    bool has_first = has_record && answer->first != NULL;
    unsigned flags = QR_ANSWER | AUTHORITATIVE | RECURSION_AVAILABLE | (unsigned)answer->rcode;
    flags |= answer->truncated ? TRUNCATED : 0;
    flags |= question->recursion_desired ? RECURSION_DESIRED : 0;

    uint8_t *at = put_u16(put_u16(message, answer->id), flags);
    at = put_u16(put_u16(at, 1), has_first ? 2 : has_record ? 1 : 0);
    at = put_u16(put_u16(at, 0), 0);
    at = put_question(at, question, answer->question_name);
    if (at != NULL && has_first)
        at = put_record(at, answer, answer->first);
    if (at != NULL && has_record)
        at = put_record(at, answer, answer->address);
    size_t length = at == NULL ? 0 : (size_t)(at - message);
    if (length > DNS_ANSWER_MAX_BYTES)
        return 0;
    memcpy(bytes, message, length);
    return length;
}

/* ---- words ---- */

const char *dns_type_name(uint16_t type, char text[16])
{
    if (type == DNS_TYPE_A)
        return "A";
    if (type == DNS_TYPE_AAAA)
        return "AAAA";
    (void)snprintf(text, 16, "TYPE%u", (unsigned)type); /* as RFC 3597 5 writes unknown types */
    return text;
}

bool dns_name_equal(const char *one, const char *other)
{
    return strcasecmp(one, other) == 0;
}
