/* DNS messages (RFC 1035 4) as a server of one name needs them: a question is read, an answer with
 * at most two addresses is made. Plain bytes; no socket, no clock. */
#ifndef SERVER_DNS_MESSAGE_H
#define SERVER_DNS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    DNS_HEADER_BYTES = 12,
    DNS_NAME_MAX_BYTES = 255,                        /* RFC 1035 2.3.4, length bytes included */
    DNS_SECTION_MAX_BYTES = DNS_NAME_MAX_BYTES + 4,  /* of one question */
    DNS_NAME_TEXT_SIZE = 4 * DNS_NAME_MAX_BYTES + 1, /* each byte may become \ddd */
    DNS_ANSWER_MAX_BYTES = 512                       /* RFC 1035 2.3.4: what UDP carries */
};

/* RFC 1035 3.2.2 and 4.1.1; AAAA is RFC 3596 2.1 */
enum dns_type { DNS_TYPE_A = 1, DNS_TYPE_AAAA = 28 };
enum dns_class { DNS_CLASS_IN = 1 };
enum dns_rcode {
    DNS_NO_ERROR = 0,
    DNS_FORMAT_ERROR = 1,
    DNS_SERVER_FAILURE = 2,
    DNS_NAME_ERROR = 3, /* NXDOMAIN */
    DNS_REFUSED = 5
};

struct dns_question {
    uint16_t id;
    bool recursion_desired;
    char name[DNS_NAME_TEXT_SIZE]; /* "host.test": no last dot; "" is the root */
    uint16_t type, class;
    uint8_t section[DNS_SECTION_MAX_BYTES]; /* the question as it was sent: answers repeat it */
    size_t section_length;
};

struct dns_answer {
    uint16_t id;
    enum dns_rcode rcode;
    bool truncated;            /* TC: the record does not fit, ask again over TCP */
    const char *question_name; /* NULL: the question is repeated as it was asked */
    const char *record_name;   /* NULL: the name asked for */
    const uint8_t *address;    /* borrowed; 4 bytes make an A record, 16 an AAAA record */
    size_t address_length;     /* 0: no record */
    const uint8_t *first;      /* borrowed; another one as long, in the record before; NULL: none */
};

/* Reads a query of exactly one question. False for anything else: an answer, another opcode, a name
 * that is compressed or too long, a message that ends early. */
bool dns_question_read(const void *bytes, size_t length, struct dns_question *question);

/* Writes the answer and gives its length; 0 when a name of the answer's own is no name. */
size_t dns_answer_write(const struct dns_question *question, const struct dns_answer *answer,
                        uint8_t bytes[DNS_ANSWER_MAX_BYTES]);

/* "A", "AAAA", or the number in `text`. */
const char *dns_type_name(uint16_t type, char text[16]);

/* Names are equal whatever the case of their letters (RFC 1035 2.3.3). */
bool dns_name_equal(const char *one, const char *other);

#endif
