#!/bin/sh
# A script that runs commands with ssh, against servers that misbehave. Prints "ok" or "not ok" lines.
set -u
cd "$(dirname "$0")" || exit 1
# shellcheck source-path=SCRIPTDIR source=lease.sh
. ./lease.sh

failed=0
say() { # STATUS SENTENCE
    [ "$1" = 0 ] && echo "ok - $2" && return
    echo "not ok - $2"
    failed=1
}

lease healthy/exec
# shellcheck disable=SC2086,SC2154 # the line is words, and set by lease
[ "$($lease_ssh nonce 4f2a)" = 4f2a ]
say $? "ssh runs a command"

# ConnectTimeout covers the exchange of identification strings, but not what comes after it: only
# timeout(1) does, which says 124.
lease ident/silent
# shellcheck disable=SC2086
timeout 5 $lease_ssh -o ConnectTimeout=1 uptime 2>/dev/null
[ $? = 255 ]
say $? "ConnectTimeout ends an ssh that waits for an identification string"

lease auth/silent
# shellcheck disable=SC2086
timeout 2 $lease_ssh -o ConnectTimeout=1 uptime 2>/dev/null
[ $? = 124 ]
say $? "ConnectTimeout does not end an ssh that waits in the authentication"
lease_wait phase:auth && lease_wait closed && lease_release | grep -q '"left_open":0'
say $? "timeout(1) leaves no connection behind"

exit "$failed"
