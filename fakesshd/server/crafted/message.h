/* Every message of SSH by name and number, with its fields in the order of its RFC. From these rows
 * payloads are made out of fields and taken apart again; the manual's table comes from them, too.
 *
 * Some messages go on differently by what an earlier field says (a CHANNEL_REQUEST by its type, a
 * USERAUTH_REQUEST by its method): such a row has a `key`, and where no row has the key that is
 * found, the row without one ends in a field of kind REST. */
#ifndef SERVER_CRAFTED_MESSAGE_H
#define SERVER_CRAFTED_MESSAGE_H

#include "server/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MESSAGE_FIELDS_MAX = 16 };

enum message_kind {
    MESSAGE_BYTE,
    MESSAGE_BOOL,
    MESSAGE_U32,
    MESSAGE_U64,
    MESSAGE_STRING, /* names, texts, blobs, name-lists: all are strings on the wire */
    MESSAGE_COOKIE, /* 16 bytes without a length */
    MESSAGE_REST    /* all bytes that are left; without a length */
};

struct message_field {
    const char *name;
    enum message_kind kind;
};

struct message_row {
    const char *name; /* "CHANNEL_OPEN": the RFC's without SSH_MSG_ */
    uint8_t number;
    const char *key_field, *key;                     /* NULL, or "type", "exec"; see above */
    const char *rfc;                                 /* "4254 5.1" */
    struct message_field fields[MESSAGE_FIELDS_MAX]; /* ended by a name of NULL */
};

struct message_value {
    bool present;
    uint64_t number;      /* of BYTE, BOOL, U32, U64 */
    const uint8_t *bytes; /* borrowed; of STRING, COOKIE, REST */
    size_t length;
};

extern const struct message_row message_rows[];
extern const size_t message_row_count;

/* The row of this name with this key; the row without one when `key` is NULL or has no row of its
 * own. "KEXDH_REPLY" and "KEX_REPLY" are other names of KEX_ECDH_REPLY. NULL when there is no such
 * message. */
const struct message_row *message_row_find(const char *name, const char *key);

/* "CHANNEL_DATA" for 94; NULL when no message has this number. Numbers 30 and 31 are those of ECDH,
 * 60 and 61 mean what `auth_method` says (PK_OK or INFO_REQUEST; may be NULL). */
const char *message_name(uint8_t number, const char *auth_method);

int message_field_index(const struct message_row *row, const char *name); /* -1: there is none */

/* Takes a payload apart: chooses the row and fills values[0..fields). False when it is too short or
 * has bytes left over; what could be read is filled in all the same. `auth_method` as above. */
bool message_decode(const uint8_t *payload, size_t length, const char *auth_method,
                    const struct message_row **row,
                    struct message_value values[MESSAGE_FIELDS_MAX]);

/* Makes a payload: values that aren't present are 0, false or empty. False when memory is short. */
bool message_encode(const struct message_row *row,
                    const struct message_value values[MESSAGE_FIELDS_MAX], struct buffer *out);

#endif
