#include "lease/lease.h"

#include "suites.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS CLOCK_NS_PER_MS

static struct lease_table table;
static const struct lease_request wanted = {.deadline_ms = 3000, .ttl_ms = 5000, .seed = 1};

static void setup(void)
{
    lease_table_init(&table, 0x05123456);
}

static void teardown(void)
{
    lease_table_fini(&table);
}

static struct lease *add(int64_t now_ns)
{
    struct err_text error;
    struct lease *lease = lease_table_add(&table, &wanted, now_ns, &error);
    ck_assert_ptr_nonnull(lease);
    return lease;
}

static struct lease *add_ready(int64_t now_ns)
{
    struct lease *lease = add(now_ns);
    lease_started(lease);
    lease_is_ready(lease, json_object(), now_ns);
    return lease;
}

static void end(struct lease *lease, enum lease_state state, int64_t now_ns)
{
    lease_begin_end(lease, state, now_ns, "%s", "because");
    lease_over(lease, now_ns);
}

START_TEST(no_two_living_leases_share_an_address)
{
    struct lease *leases[LEASES_MAX];
    for (int i = 0; i < LEASES_MAX; i++) {
        leases[i] = add(0);
        for (int k = 0; k < i; k++) {
            ck_assert_str_ne(leases[i]->host, leases[k]->host);
            ck_assert_str_ne(leases[i]->id, leases[k]->id);
        }
    }
}
END_TEST

START_TEST(one_more_than_there_are_is_refused_and_fits_when_another_is_over)
{
    struct err_text error = {""};
    struct lease *first = add_ready(0);
    for (int i = 1; i < LEASES_MAX; i++)
        (void)add(0);
    ck_assert_ptr_null(lease_table_add(&table, &wanted, 0, &error));
    ck_assert_ptr_nonnull(strstr(error.text, "256 leases"));
    end(first, LEASE_RELEASED, 0);
    lease_table_tidy(&table);
    ck_assert_uint_eq(lease_table_alive(&table), LEASES_MAX - 1);
    ck_assert_str_eq(add(0)->host, first->host);
}
END_TEST

START_TEST(an_address_that_was_given_back_comes_last)
{
    struct lease *first = add_ready(0);
    char host[16];
    (void)snprintf(host, sizeof host, "%s", first->host);
    for (int i = 0; i < LEASES_MAX - 1; i++) {
        end(lease_table_find(&table, first->id), LEASE_RELEASED, i);
        lease_table_tidy(&table);
        first = add_ready(i);
        ck_assert_str_ne(first->host, host);
    }
}
END_TEST

START_TEST(a_lease_that_is_taken_back_at_once_leaves_nothing)
{
    struct lease *lease = add(0);
    lease_table_drop(&table, lease);
    ck_assert_ptr_null(table.first);
    for (int i = 0; i < LEASES_MAX; i++)
        (void)add(0);
}
END_TEST

START_TEST(a_lease_expires_when_its_ttl_is_over_and_not_before)
{
    struct lease *lease = add_ready(100 * MS);
    ck_assert_int_eq(lease_table_next_due_ns(&table), 5100 * MS);
    ck_assert_int_eq(lease_due(lease, 5100 * MS - 1), LEASE_NOTHING);
    ck_assert_int_eq(lease_due(lease, 5100 * MS), LEASE_EXPIRE);
}
END_TEST

START_TEST(a_lease_that_does_not_get_ready_is_given_up_counting_from_when_it_was_asked_for)
{
    struct lease *lease = add(0);
    ck_assert_int_eq(lease_due(lease, 900 * MS - 1), LEASE_NOTHING);
    ck_assert_int_eq(lease_due(lease, 900 * MS), LEASE_GIVE_UP);
    lease_started(lease);
    ck_assert_int_eq(lease_due(lease, 900 * MS - 1), LEASE_NOTHING);
    ck_assert_int_eq(lease_due(lease, 900 * MS), LEASE_GIVE_UP);
}
END_TEST

START_TEST(a_server_that_does_not_end_is_killed_and_then_nothing_more_is_due)
{
    struct lease *lease = add_ready(0);
    lease_begin_end(lease, LEASE_RELEASED, 1000 * MS, "as %s", "was asked");
    ck_assert_int_eq(lease->state, LEASE_ENDING);
    ck_assert_int_eq(lease_due(lease, 1400 * MS - 1), LEASE_NOTHING);
    ck_assert_int_eq(lease_due(lease, 1400 * MS), LEASE_KILL);
    lease_over(lease, 1400 * MS);
    ck_assert_int_eq(lease->state, LEASE_RELEASED);
    ck_assert_str_eq(lease->why, "as was asked");
    ck_assert_int_eq(lease_due(lease, INT64_MAX), LEASE_NOTHING);
    ck_assert_int_eq(lease_table_next_due_ns(&table), INT64_MAX);
}
END_TEST

START_TEST(only_so_many_start_side_by_side_and_in_the_order_of_asking)
{
    struct lease *leases[LEASE_STARTS_MAX + 2];
    for (int i = 0; i < LEASE_STARTS_MAX + 2; i++)
        leases[i] = add(0);
    for (int i = 0; i < LEASE_STARTS_MAX; i++) {
        ck_assert_ptr_eq(lease_table_next_start(&table), leases[i]);
        lease_started(leases[i]);
    }
    ck_assert_ptr_null(lease_table_next_start(&table));
    lease_is_ready(leases[3], json_object(), 0);
    ck_assert_ptr_eq(lease_table_next_start(&table), leases[LEASE_STARTS_MAX]);
}
END_TEST

START_TEST(those_that_ended_last_can_still_be_read)
{
    char ids[LEASES_REMEMBERED + 1][32];
    for (int i = 0; i <= LEASES_REMEMBERED; i++) {
        struct lease *lease = add_ready(i);
        (void)snprintf(ids[i], sizeof ids[i], "%s", lease->id);
        end(lease, LEASE_EXPIRED, i);
        lease_table_tidy(&table);
    }
    ck_assert_ptr_null(lease_table_find(&table, ids[0]));
    for (int i = 1; i <= LEASES_REMEMBERED; i++)
        ck_assert_int_eq(lease_table_find(&table, ids[i])->state, LEASE_EXPIRED);
}
END_TEST

START_TEST(the_ids_of_another_server_mean_nothing)
{
    struct lease_table other;
    lease_table_init(&other, 0x05123457);
    struct err_text error;
    struct lease *theirs = lease_table_add(&other, &wanted, 0, &error);
    (void)add(0);
    ck_assert_ptr_null(lease_table_find(&table, theirs->id));
    lease_table_fini(&other);
}
END_TEST

Suite *suite_lease(void)
{
    Suite *suite = suite_create("lease");
    TCase *cases = tcase_create("lease");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, no_two_living_leases_share_an_address);
    tcase_add_test(cases, one_more_than_there_are_is_refused_and_fits_when_another_is_over);
    tcase_add_test(cases, an_address_that_was_given_back_comes_last);
    tcase_add_test(cases, a_lease_that_is_taken_back_at_once_leaves_nothing);
    tcase_add_test(cases, a_lease_expires_when_its_ttl_is_over_and_not_before);
    tcase_add_test(cases,
                   a_lease_that_does_not_get_ready_is_given_up_counting_from_when_it_was_asked_for);
    tcase_add_test(cases, a_server_that_does_not_end_is_killed_and_then_nothing_more_is_due);
    tcase_add_test(cases, only_so_many_start_side_by_side_and_in_the_order_of_asking);
    tcase_add_test(cases, those_that_ended_last_can_still_be_read);
    tcase_add_test(cases, the_ids_of_another_server_mean_nothing);
    suite_add_tcase(suite, cases);
    return suite;
}
