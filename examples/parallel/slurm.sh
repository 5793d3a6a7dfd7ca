#!/bin/bash
#SBATCH --job-name=fakesshd
#SBATCH --array=1-8
#SBATCH --cpus-per-task=2
#SBATCH --mem=1G
#SBATCH --time=00:30:00
#SBATCH --output=fakesshd-%a.log
# A job array of Slurm: a shard on each node that is free, and one report when all have ended.
#
#     job=$(sbatch --parsable slurm.sh --client ./my-client.lua --expect my-client.expect)
#     sbatch --dependency="afterany:$job" --wrap "fakesshd report --merge --json all.json --html report.html fakesshd-*.json"
#
# --shard auto reads which part of the array it is from SLURM_ARRAY_TASK_ID, _MIN and _COUNT. The folder
# of the job must be one that the nodes share.
set -eu
status=0
"${FAKESSHD:-fakesshd}" run --shard auto --json "fakesshd-$SLURM_ARRAY_TASK_ID.json" "$@" || status=$?
# 3: this machine was too slow to say, and the report names it. Anything else fails the task.
[ "$status" = 3 ] || exit "$status"
