#include "server/crafted/message.h"

#include "hex.h"
#include "suites.h"

#include <string.h>

/* Values that no default could be mistaken for. */
static void fill(const struct message_row *row, struct message_value values[MESSAGE_FIELDS_MAX])
{
    memset(values, 0, MESSAGE_FIELDS_MAX * sizeof values[0]);
    for (int i = 0; i < MESSAGE_FIELDS_MAX && row->fields[i].name != NULL; i++) {
        values[i].present = true;
        values[i].number = row->fields[i].kind == MESSAGE_BOOL ? 1 : 17 + (unsigned)i;
        values[i].bytes = (const uint8_t *)"sixteen bytes it";
        values[i].length = 16;
        if (row->key != NULL && strcmp(row->fields[i].name, row->key_field) == 0) {
            values[i].bytes = (const uint8_t *)row->key;
            values[i].length = strlen(row->key);
        }
    }
}

static const char *method_of(const struct message_row *row)
{
    if (strcmp(row->name, "USERAUTH_INFO_REQUEST") == 0)
        return "keyboard-interactive";
    return strcmp(row->name, "USERAUTH_PASSWD_CHANGEREQ") == 0 ? "password" : NULL;
}

START_TEST(every_message_is_taken_apart_as_it_was_made)
{
    const struct message_row *row = &message_rows[_i], *found = NULL;
    struct message_value values[MESSAGE_FIELDS_MAX], back[MESSAGE_FIELDS_MAX];
    struct buffer payload = {0};
    fill(row, values);
    ck_assert(message_encode(row, values, &payload));
    ck_assert(message_decode((const uint8_t *)buffer_front(&payload), buffer_length(&payload),
                             method_of(row), &found, back));
    ck_assert_ptr_eq(found, row);
    for (int i = 0; i < MESSAGE_FIELDS_MAX && row->fields[i].name != NULL; i++) {
        bool is_number = row->fields[i].kind == MESSAGE_BOOL || row->fields[i].kind == MESSAGE_U32;
        ck_assert(back[i].present);
        if (is_number) {
            ck_assert_uint_eq(back[i].number, values[i].number);
        } else {
            ck_assert_uint_eq(back[i].length, values[i].length);
            ck_assert_mem_eq(back[i].bytes, values[i].bytes, values[i].length);
        }
    }
    buffer_fini(&payload);
}
END_TEST

START_TEST(no_message_can_be_shorter_by_a_byte_unseen)
{
    const struct message_row *row = &message_rows[_i], *found = NULL;
    struct message_value values[MESSAGE_FIELDS_MAX], back[MESSAGE_FIELDS_MAX];
    struct buffer payload = {0};
    fill(row, values);
    ck_assert(message_encode(row, values, &payload));
    int last = -1;
    while (last + 1 < MESSAGE_FIELDS_MAX && row->fields[last + 1].name != NULL)
        last++;
    bool ends_open = last >= 0 && row->fields[last].kind == MESSAGE_REST;
    if (!ends_open)
        ck_assert(!message_decode((const uint8_t *)buffer_front(&payload),
                                  buffer_length(&payload) - 1, method_of(row), &found, back));
    buffer_fini(&payload);
}
END_TEST

/* RFC 4254 6.5: uint32 recipient, string "exec", boolean want reply, string command */
START_TEST(an_exec_request_is_made_as_the_rfc_lists_it)
{
    static const char digits[] = "62"
                                 "00000003"
                                 "0000000465786563"
                                 "01"
                                 "000000026c73";
    uint8_t known[64];
    size_t length = hex_decode(digits, known, sizeof known);
    const struct message_row *row = message_row_find("CHANNEL_REQUEST", "exec");
    struct message_value values[MESSAGE_FIELDS_MAX] = {
        {.number = 3},
        {.bytes = (const uint8_t *)"exec", .length = 4},
        {.number = 1},
        {.bytes = (const uint8_t *)"ls", .length = 2}};
    struct buffer payload = {0};
    ck_assert(message_encode(row, values, &payload));
    ck_assert_uint_eq(buffer_length(&payload), length);
    ck_assert_mem_eq(buffer_front(&payload), known, length);
    buffer_fini(&payload);
}
END_TEST

START_TEST(a_request_of_an_unknown_type_keeps_its_bytes)
{
    static const char digits[] = "620000000300000002787800abcd";
    uint8_t payload[64];
    const struct message_row *row = NULL;
    struct message_value values[MESSAGE_FIELDS_MAX];
    size_t length = hex_decode(digits, payload, sizeof payload);
    ck_assert(message_decode(payload, length, NULL, &row, values));
    ck_assert_ptr_null(row->key);
    ck_assert_uint_eq(values[message_field_index(row, "data")].length, 2);
}
END_TEST

START_TEST(number_60_means_what_the_method_says)
{
    ck_assert_str_eq(message_name(60, NULL), "USERAUTH_PK_OK");
    ck_assert_str_eq(message_name(60, "publickey"), "USERAUTH_PK_OK");
    ck_assert_str_eq(message_name(60, "password"), "USERAUTH_PASSWD_CHANGEREQ");
    ck_assert_str_eq(message_name(60, "keyboard-interactive"), "USERAUTH_INFO_REQUEST");
    ck_assert_str_eq(message_name(94, NULL), "CHANNEL_DATA");
    ck_assert_ptr_null(message_name(250, NULL));
}
END_TEST

START_TEST(names_and_their_aliases_are_found_and_others_are_not)
{
    ck_assert_ptr_eq(message_row_find("KEX_REPLY", NULL), message_row_find("KEX_ECDH_REPLY", NULL));
    ck_assert_ptr_nonnull(message_row_find("CHANNEL_OPEN", "session"));
    ck_assert_ptr_null(message_row_find("CHANNEL_OPEN", "no-such-type")->key);
    ck_assert_ptr_null(message_row_find("HELLO", NULL));
}
END_TEST

START_TEST(an_empty_payload_is_no_message)
{
    const struct message_row *row = NULL;
    struct message_value values[MESSAGE_FIELDS_MAX];
    ck_assert(!message_decode((const uint8_t *)"", 0, NULL, &row, values));
    ck_assert_ptr_null(row);
}
END_TEST

Suite *suite_message(void)
{
    Suite *suite = suite_create("message");
    TCase *tests = tcase_create("message");
    tcase_add_loop_test(tests, every_message_is_taken_apart_as_it_was_made, 0,
                        (int)message_row_count);
    tcase_add_loop_test(tests, no_message_can_be_shorter_by_a_byte_unseen, 0,
                        (int)message_row_count);
    tcase_add_test(tests, an_exec_request_is_made_as_the_rfc_lists_it);
    tcase_add_test(tests, a_request_of_an_unknown_type_keeps_its_bytes);
    tcase_add_test(tests, number_60_means_what_the_method_says);
    tcase_add_test(tests, names_and_their_aliases_are_found_and_others_are_not);
    tcase_add_test(tests, an_empty_payload_is_no_message);
    suite_add_tcase(suite, tests);
    return suite;
}
