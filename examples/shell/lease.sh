# shellcheck shell=sh
# Servers that misbehave, for tests in sh: to be sourced.
#
#     . ./lease.sh
#     lease ident/silent                # $lease_host $lease_port $lease_ssh …
#     timeout 3 $lease_ssh uptime
#     lease_wait fault                  # or accept, closed, phase:auth …
#     lease_release                     # what the server saw, as JSON
#
# A control is started at the first lease and ended with the shell; with $FAKESSHD_CONTROL, the path of
# its socket, one that runs already is asked.

lease_ask() { # METHOD PATH [BODY]: the answer, or a sentence on stderr and status 1
    lease_answer=$(curl -sS --max-time 20 --unix-socket "$FAKESSHD_CONTROL" -X "$1" ${3:+-d "$3"} \
        -w '\n%{http_code}' "http://control$2") || return 1
    lease_status=${lease_answer##*
}
    lease_answer=${lease_answer%
*}
    case $lease_status in
    2??) ;;
    *) printf '%s %s: %s\n' "$1" "$2" "$lease_answer" >&2 && return 1 ;;
    esac
}

lease_field() { # NAME: of the last answer
    printf '%s\n' "$lease_answer" | sed -n "s/.*\"$1\":\"\\{0,1\\}\\([^\",}]*\\).*/\\1/p"
}

lease_control() {
    lease_folder=$(mktemp -d) || return 1
    FAKESSHD_CONTROL=$lease_folder/control
    mkfifo "$lease_folder/line"
    "${FAKESSHD:-fakesshd}" serve --control "unix:$FAKESSHD_CONTROL" >"$lease_folder/line" 2>"$lease_folder/log" &
    lease_pid=$!
    trap 'kill "$lease_pid"; wait "$lease_pid"; rm -rf "$lease_folder"' EXIT
    read -r _ <"$lease_folder/line" # it listens now
}

lease() { # SCENARIO [DEADLINE_MS]
    [ -n "${FAKESSHD_CONTROL:-}" ] || lease_control || return 1
    for _ in 1 2 3 4 5; do # 503: the machine is busy, and says so
        lease_ask POST /v1/leases "{\"scenario\":\"$1\",\"deadline_ms\":${2:-3000}}" && break
        [ "${lease_status:-}" = 503 ] || return 1
        sleep 1
    done
    # shellcheck disable=SC2034 # for who sources this
    lease_id=$(lease_field lease) lease_host=$(lease_field host) lease_port=$(lease_field port) \
        lease_ssh=$(lease_field ssh)
}

lease_wait() { # EVENT [COUNT]: within five seconds
    lease_ask GET "/v1/leases/$lease_id/wait?event=$1&count=${2:-1}&timeout_ms=5000"
}

lease_release() {
    lease_ask DELETE "/v1/leases/$lease_id" && printf '%s\n' "$lease_answer"
}
