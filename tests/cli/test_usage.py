"""Every bad input gets one sentence and the documented exit code."""
import re

from lab import expect_sentence, expect_status, fakesshd, program, run, test


def refused(*words, saying=()):
    done = run(fakesshd(*words), timeout=10)
    expect_sentence(expect_status(done, 2), *saying)
    assert len(done.err.strip().splitlines()) <= 3, f"more than a sentence\n{done}"


@test
def help_names_every_subcommand_and_exit_code():
    done = expect_status(run(fakesshd("--help")), 0)
    for word in ("run", "serve", "list", "explain", "lint", "growth", "130", "143"):
        assert word in done.out, word


@test
def every_subcommand_has_a_help_that_begins_with_its_name():
    words = re.findall(r"^  fakesshd ([a-z]+)", run(fakesshd("--help")).out, re.M)
    assert len(words) > 12, words
    for word in words:
        done = expect_status(run(fakesshd(word, "--help"), timeout=10), 0)
        assert done.out.startswith(f"fakesshd {word}") and done.err == "", str(done)


@test
def the_version_is_printed():
    done = expect_status(run(fakesshd("--version")), 0)
    assert done.out.startswith("fakesshd "), done.out


@test
def an_unknown_subcommand_is_refused():
    refused("serves", saying=["serves"])


@test
def no_subcommand_at_all_is_refused():
    expect_status(run(fakesshd()), 2)


@test
def an_unknown_scenario_is_refused():
    refused("serve", "ident/nothing-like-it", saying=["ident/nothing-like-it"])


@test
def an_unknown_option_is_refused():
    refused("serve", "--colour", "ident/silent")


@test
def a_bad_duration_is_refused():
    for text in ("3 parsecs", "-1s", "0", "1e999s", ""):
        refused("serve", "ident/silent", "--deadline", text)


@test
def a_bad_address_is_refused():
    for text in ("127.0.0.1:99999", "not an address:1", "127.0.0.1:x"):
        refused("serve", "ident/silent", "--listen", text)


@test
def wrong_lists_its_defects_and_refuses_others():
    done = expect_status(run([program("wrong"), "--list"]), 0)
    assert "dial-only" in done.out and "the timeout covers the TCP connect only" in done.out
    done = run([program("wrong"), "driver", "--defect", "nothing-like-it"])
    expect_sentence(expect_status(done, 2), "nothing-like-it")
