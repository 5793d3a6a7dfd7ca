#include "server/crafted/message.h"

#include "server/crafted/payload.h"

#include <string.h>

enum { COOKIE_BYTES = 16, FIRST_OF_AUTH_METHOD = 60 };

#define B(name)            \
    {                      \
        name, MESSAGE_BOOL \
    }
#define U32(name)         \
    {                     \
        name, MESSAGE_U32 \
    }
#define STR(name)            \
    {                        \
        name, MESSAGE_STRING \
    }
#define REST(name)         \
    {                      \
        name, MESSAGE_REST \
    }
#define NONE               \
    {                      \
        NULL, MESSAGE_REST \
    }

#define ROW(name, number, rfc, ...)    \
    {                                  \
        name, number, NULL, NULL, rfc, \
        {                              \
            __VA_ARGS__                \
        }                              \
    }
#define ROW_BY(name, number, key, rfc, ...) \
    {                                       \
        name, number, key, NULL, rfc,       \
        {                                   \
            __VA_ARGS__                     \
        }                                   \
    }

/* USERAUTH_REQUEST, GLOBAL_REQUEST, CHANNEL_OPEN and CHANNEL_REQUEST begin alike in all their forms
 */
#define AUTH_ROW(method, rfc, ...)                                  \
    {                                                               \
        "USERAUTH_REQUEST", 50, "method", method, rfc,              \
        {                                                           \
            STR("user"), STR("service"), STR("method"), __VA_ARGS__ \
        }                                                           \
    }
#define GLOBAL_ROW(type, rfc, ...)                    \
    {                                                 \
        "GLOBAL_REQUEST", 80, "type", type, rfc,      \
        {                                             \
            STR("type"), B("want_reply"), __VA_ARGS__ \
        }                                             \
    }
#define OPEN_ROW(type, rfc, ...)                                                      \
    {                                                                                 \
        "CHANNEL_OPEN", 90, "type", type, rfc,                                        \
        {                                                                             \
            STR("type"), U32("sender"), U32("window"), U32("max_packet"), __VA_ARGS__ \
        }                                                                             \
    }
#define REQUEST_ROW(type, rfc, ...)                                     \
    {                                                                   \
        "CHANNEL_REQUEST", 98, "type", type, rfc,                       \
        {                                                               \
            U32("recipient"), STR("type"), B("want_reply"), __VA_ARGS__ \
        }                                                               \
    }

/* `…_in` is from the client to the server, `…_out` from the server to the client. */
const struct message_row message_rows[] = {
    /* ---- transport ---- */
    ROW("DISCONNECT", 1, "4253 11.1", U32("code"), STR("text"), STR("language")),
    ROW("IGNORE", 2, "4253 11.2", STR("data")),
    ROW("UNIMPLEMENTED", 3, "4253 11.4", U32("sequence")),
    ROW("DEBUG", 4, "4253 11.3", B("always_display"), STR("text"), STR("language")),
    ROW("SERVICE_REQUEST", 5, "4253 10", STR("service")),
    ROW("SERVICE_ACCEPT", 6, "4253 10", STR("service")),
    ROW("EXT_INFO", 7, "8308 2.3", U32("count"), REST("extensions")),
    ROW("NEWCOMPRESS", 8, "8308 3.2", NONE),
    ROW("KEXINIT", 20, "4253 7.1", {"cookie", MESSAGE_COOKIE}, STR("kex"), STR("hostkey"),
        STR("cipher_in"), STR("cipher_out"), STR("mac_in"), STR("mac_out"), STR("compression_in"),
        STR("compression_out"), STR("language_in"), STR("language_out"), B("first_kex_follows"),
        U32("reserved")),
    ROW("NEWKEYS", 21, "4253 7.3", NONE),
    ROW("KEX_ECDH_INIT", 30, "5656 4", STR("public")),
    ROW("KEX_ECDH_REPLY", 31, "5656 4", STR("host_key"), STR("public"), STR("signature")),
    /* ---- authentication ---- */
    ROW_BY("USERAUTH_REQUEST", 50, "method", "4252 5", STR("user"), STR("service"), STR("method"),
           REST("data")),
    AUTH_ROW("none", "4252 5.2", NONE),
    AUTH_ROW("password", "4252 8", B("change"), STR("password")),
    AUTH_ROW("publickey", "4252 7", B("signed"), STR("algorithm"), STR("blob"), REST("signature")),
    AUTH_ROW("keyboard-interactive", "4256 3.1", STR("language"), STR("submethods")),
    ROW("USERAUTH_FAILURE", 51, "4252 5.1", STR("methods"), B("partial_success")),
    ROW("USERAUTH_SUCCESS", 52, "4252 5.1", NONE),
    ROW("USERAUTH_BANNER", 53, "4252 5.4", STR("text"), STR("language")),
    ROW("USERAUTH_PK_OK", 60, "4252 7", STR("algorithm"), STR("blob")),
    ROW("USERAUTH_PASSWD_CHANGEREQ", 60, "4252 8", STR("prompt"), STR("language")),
    ROW("USERAUTH_INFO_REQUEST", 60, "4256 3.2", STR("title"), STR("instruction"), STR("language"),
        U32("prompts"), REST("data")),
    ROW("USERAUTH_INFO_RESPONSE", 61, "4256 3.4", U32("responses"), REST("data")),
    /* ---- connection ---- */
    ROW_BY("GLOBAL_REQUEST", 80, "type", "4254 4", STR("type"), B("want_reply"), REST("data")),
    GLOBAL_ROW("tcpip-forward", "4254 7.1", STR("address"), U32("port")),
    GLOBAL_ROW("cancel-tcpip-forward", "4254 7.1", STR("address"), U32("port")),
    ROW("REQUEST_SUCCESS", 81, "4254 4", REST("data")),
    ROW("REQUEST_FAILURE", 82, "4254 4", NONE),
    ROW_BY("CHANNEL_OPEN", 90, "type", "4254 5.1", STR("type"), U32("sender"), U32("window"),
           U32("max_packet"), REST("data")),
    OPEN_ROW("session", "4254 6.1", NONE),
    OPEN_ROW("x11", "4254 6.3.2", STR("originator"), U32("originator_port")),
    OPEN_ROW("forwarded-tcpip", "4254 7.2", STR("address"), U32("port"), STR("originator"),
             U32("originator_port")),
    OPEN_ROW("direct-tcpip", "4254 7.2", STR("address"), U32("port"), STR("originator"),
             U32("originator_port")),
    ROW("CHANNEL_OPEN_CONFIRMATION", 91, "4254 5.1", U32("recipient"), U32("sender"), U32("window"),
        U32("max_packet"), REST("data")),
    ROW("CHANNEL_OPEN_FAILURE", 92, "4254 5.1", U32("recipient"), U32("code"), STR("text"),
        STR("language")),
    ROW("CHANNEL_WINDOW_ADJUST", 93, "4254 5.2", U32("recipient"), U32("bytes")),
    ROW("CHANNEL_DATA", 94, "4254 5.2", U32("recipient"), STR("data")),
    ROW("CHANNEL_EXTENDED_DATA", 95, "4254 5.2", U32("recipient"), U32("code"), STR("data")),
    ROW("CHANNEL_EOF", 96, "4254 5.3", U32("recipient")),
    ROW("CHANNEL_CLOSE", 97, "4254 5.3", U32("recipient")),
    ROW_BY("CHANNEL_REQUEST", 98, "type", "4254 5.4", U32("recipient"), STR("type"),
           B("want_reply"), REST("data")),
    REQUEST_ROW("pty-req", "4254 6.2", STR("term"), U32("columns"), U32("rows"), U32("width"),
                U32("height"), STR("modes")),
    REQUEST_ROW("env", "4254 6.4", STR("variable"), STR("value")),
    REQUEST_ROW("shell", "4254 6.5", NONE),
    REQUEST_ROW("exec", "4254 6.5", STR("command")),
    REQUEST_ROW("subsystem", "4254 6.5", STR("subsystem")),
    REQUEST_ROW("window-change", "4254 6.7", U32("columns"), U32("rows"), U32("width"),
                U32("height")),
    REQUEST_ROW("xon-xoff", "4254 6.8", B("client_can_do")),
    REQUEST_ROW("signal", "4254 6.9", STR("signal")),
    REQUEST_ROW("exit-status", "4254 6.10", U32("status")),
    REQUEST_ROW("exit-signal", "4254 6.10", STR("signal"), B("core_dumped"), STR("text"),
                STR("language")),
    ROW("CHANNEL_SUCCESS", 99, "4254 5.4", U32("recipient")),
    ROW("CHANNEL_FAILURE", 100, "4254 5.4", U32("recipient")),
    /* ---- OpenSSH's PROTOCOL, 1.8 ---- */
    ROW("PING", 192, "OpenSSH PROTOCOL 1.8", STR("data")),
    ROW("PONG", 193, "OpenSSH PROTOCOL 1.8", STR("data")),
};
const size_t message_row_count = sizeof message_rows / sizeof message_rows[0];

static const struct message_row *row_of_name(const char *name)
{
    static const struct {
        const char *other, *name;
    } aliases[] = {{"KEXDH_INIT", "KEX_ECDH_INIT"},
                   {"KEXDH_REPLY", "KEX_ECDH_REPLY"},
                   {"KEX_REPLY", "KEX_ECDH_REPLY"}};
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++) {
        if (strcmp(aliases[i].other, name) == 0)
            name = aliases[i].name;
    }
    for (size_t i = 0; i < message_row_count; i++) {
        if (strcmp(message_rows[i].name, name) == 0)
            return &message_rows[i];
    }
    return NULL;
}

/* Rows with keys stand right behind the one of the same name without. */
static const struct message_row *row_of_key(const struct message_row *plain,
                                            struct payload_text key)
{
    const struct message_row *end = message_rows + message_row_count;
    for (const struct message_row *row = plain + 1; row < end && row->number == plain->number;
         row++) {
        if (row->key != NULL && payload_text_is(key, row->key))
            return row;
    }
    return plain;
}

const struct message_row *message_row_find(const char *name, const char *key)
{
    const struct message_row *row = row_of_name(name);
    if (row == NULL || key == NULL)
        return row;
    return row_of_key(row, (struct payload_text){.bytes = key, .length = strlen(key)});
}

static const char *name_60(const char *auth_method)
{
    if (auth_method != NULL && strcmp(auth_method, "keyboard-interactive") == 0)
        return "USERAUTH_INFO_REQUEST";
    if (auth_method != NULL && strcmp(auth_method, "password") == 0)
        return "USERAUTH_PASSWD_CHANGEREQ";
    return "USERAUTH_PK_OK";
}

const char *message_name(uint8_t number, const char *auth_method)
{
    if (number == FIRST_OF_AUTH_METHOD)
        return name_60(auth_method);
    for (size_t i = 0; i < message_row_count; i++) {
        if (message_rows[i].number == number)
            return message_rows[i].name;
    }
    return NULL;
}

int message_field_index(const struct message_row *row, const char *name)
{
    for (int i = 0; i < MESSAGE_FIELDS_MAX && row->fields[i].name != NULL; i++) {
        if (strcmp(row->fields[i].name, name) == 0)
            return i;
    }
    return -1;
}

/* ---- from payload to values ---- */

static void set_bytes(struct message_value *value, struct payload_text text)
{
    value->bytes = (const uint8_t *)text.bytes;
    value->length = text.length;
}

static void get_cookie(struct payload_reader *reader, struct message_value *value)
{
    const uint8_t *at = reader->at;
    for (int i = 0; i < COOKIE_BYTES; i++)
        (void)payload_get_byte(reader);
    value->bytes = at;
    value->length = (size_t)(reader->at - at);
}

static struct message_value get_field(struct payload_reader *reader, enum message_kind kind)
{
    struct message_value value = {.present = true};
    switch (kind) {
    case MESSAGE_BYTE:
    case MESSAGE_BOOL:
        value.number = payload_get_byte(reader);
        break;
    case MESSAGE_U32:
        value.number = payload_get_u32(reader);
        break;
    case MESSAGE_U64:
        value.number = payload_get_u64(reader);
        break;
    case MESSAGE_STRING:
        set_bytes(&value, payload_get_string(reader));
        break;
    case MESSAGE_COOKIE:
        get_cookie(reader, &value);
        break;
    case MESSAGE_REST:
        set_bytes(&value, payload_get_rest(reader));
        break;
    }
    return value;
}

static bool read_fields(const struct message_row *row, const uint8_t *payload, size_t length,
                        struct message_value values[MESSAGE_FIELDS_MAX])
{
    struct payload_reader reader = payload_read(payload + 1, length - 1);
    for (int i = 0; i < MESSAGE_FIELDS_MAX && row->fields[i].name != NULL; i++)
        values[i] = get_field(&reader, row->fields[i].kind);
    return !reader.failed && reader.at == reader.end;
}

bool message_decode(const uint8_t *payload, size_t length, const char *auth_method,
                    const struct message_row **row, struct message_value values[MESSAGE_FIELDS_MAX])
{
    const char *name = length > 0 ? message_name(payload[0], auth_method) : NULL;
    memset(values, 0, MESSAGE_FIELDS_MAX * sizeof values[0]);
    *row = name != NULL ? row_of_name(name) : NULL;
    if (*row == NULL)
        return false;
    bool whole = read_fields(*row, payload, length, values);
    if ((*row)->key_field == NULL)
        return whole;
    const struct message_value *key = &values[message_field_index(*row, (*row)->key_field)];
    struct payload_text text = {.bytes = (const char *)key->bytes, .length = key->length};
    const struct message_row *keyed = row_of_key(*row, text);
    if (keyed == *row)
        return whole;
    *row = keyed;
    return read_fields(keyed, payload, length, values);
}

/* ---- from values to payload ---- */

static bool put_field(struct buffer *out, enum message_kind kind, const struct message_value *value)
{
    uint8_t cookie[COOKIE_BYTES] = {0};
    switch (kind) {
    case MESSAGE_BYTE:
    case MESSAGE_BOOL:
        return payload_put_byte(out, (uint8_t)value->number);
    case MESSAGE_U32:
        return payload_put_u32(out, (uint32_t)value->number);
    case MESSAGE_U64:
        return payload_put_u64(out, value->number);
    case MESSAGE_STRING:
        return payload_put_string(out, value->bytes, value->length);
    case MESSAGE_COOKIE:
        if (value->length > 0)
            memcpy(cookie, value->bytes,
                   value->length < COOKIE_BYTES ? value->length : (size_t)COOKIE_BYTES);
        return payload_put_raw(out, cookie, sizeof cookie);
    case MESSAGE_REST:
        return payload_put_raw(out, value->bytes, value->length);
    }
    return false;
}

bool message_encode(const struct message_row *row,
                    const struct message_value values[MESSAGE_FIELDS_MAX], struct buffer *out)
{
    bool done = payload_put_byte(out, row->number);
    for (int i = 0; done && i < MESSAGE_FIELDS_MAX && row->fields[i].name != NULL; i++)
        done = put_field(out, row->fields[i].kind, &values[i]);
    return done;
}
