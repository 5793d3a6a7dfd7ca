#!/bin/sh
# shards.sh N FOLDER [ARGUMENT of `fakesshd run`...]: N shards side by side on this machine, with GNU
# parallel, each a process of its own, and one report of all.
#
#     examples/parallel/shards.sh 4 results --client ./my-client.lua --expect my-client.expect
#
# FOLDER gets N.json for each shard, jobs (parallel's log), all.json and report.html. The status is the
# worst of the shards', in the order of the manual: 4, 2, 1, 3.
set -eu
if [ $# -lt 2 ]; then
    echo "usage: $0 N FOLDER [ARGUMENT...]" >&2
    exit 2
fi
count=$1
folder=$2
shift 2
fakesshd=${FAKESSHD:-fakesshd}
mkdir -p "$folder"
rm -f "$folder"/[0-9]*.json # of an earlier run, which may have had more

# Each shard has its own share of the start rate and of the jobs, or they would disturb each other.
rate=$((1000 / count))
jobs=$((24 / count))
seq "$count" | parallel --will-cite --jobs "$count" --joblog "$folder/jobs" --line-buffer --tagstring 'shard {}' \
    "$fakesshd" run --shard "{}/$count" --start-rate "$((rate > 0 ? rate : 1))" --jobs "$((jobs > 0 ? jobs : 1))" \
    --json "$folder/{}.json" "$@" || true

# parallel's own status counts jobs; the log has that of each.
status=0
for wanted in 3 1 2 4; do
    if awk -v wanted="$wanted" 'NR > 1 && $7 == wanted { found = 1 } END { exit !found }' "$folder/jobs"; then
        status=$wanted
    fi
done
awk 'NR > 1 && ($8 != 0 || $7 > 4) { exit 1 }' "$folder/jobs" || status=4

set -- "$folder"/[0-9]*.json
[ -e "$1" ] || exit "$status"
"$fakesshd" report --merge --json "$folder/all.json" --html "$folder/report.html" "$@"
exit "$status"
