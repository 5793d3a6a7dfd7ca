/* Every suite of the tool's unit tests, written once. A suite lives in check_<module>.c and is
 * returned by suite_<module>(). */
#ifndef TESTS_SUITES_H
#define TESTS_SUITES_H

#include <check.h>

/* A line for each, which does not move when another is added. */
/* clang-format off */
#define SUITES(X) \
    X(base64) \
    X(buffer) \
    X(case_budget) \
    X(cells) \
    X(cipher) \
    X(clean_text) \
    X(conformance) \
    X(counters) \
    X(derive) \
    X(dns_message) \
    X(dns_plan) \
    X(door) \
    X(driver) \
    X(driver_pool) \
    X(duration) \
    X(err) \
    X(event) \
    X(expect) \
    X(expect_condition) \
    X(expect_fix) \
    X(expect_words) \
    X(fault_kind) \
    X(gate) \
    X(growth) \
    X(growth_input) \
    X(growth_plan) \
    X(growth_text) \
    X(histogram) \
    X(honest) \
    X(installation) \
    X(lease) \
    X(lease_request) \
    X(lease_witness) \
    X(lines) \
    X(manifest) \
    X(message) \
    X(mutants) \
    X(noise) \
    X(pace) \
    X(packet) \
    X(payload) \
    X(pcap) \
    X(phase) \
    X(plan) \
    X(process) \
    X(procfs_compilers) \
    X(procfs_limits) \
    X(procfs_look) \
    X(repeats) \
    X(report) \
    X(report_merge) \
    X(results) \
    X(results_diff) \
    X(rule) \
    X(scenario) \
    X(schedule) \
    X(script_file) \
    X(second_try) \
    X(selector) \
    X(session_crafted) \
    X(shard) \
    X(shrink) \
    X(sign) \
    X(soak_plan) \
    X(spin) \
    X(stacks) \
    X(throttle) \
    X(timer_semantics) \
    X(transcript) \
    X(transport) \
    X(verbs) \
    X(verdict) \
    X(window) \
    X(wire) \
    X(witness)
/* clang-format on */

#define X(module) Suite *suite_##module(void);
SUITES(X)
#undef X

#endif
