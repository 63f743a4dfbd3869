#!/usr/bin/env bash
# Runs the simulator for hours on spare cores, and keeps the seeds that fail.
#
# deploy/soak.sh [HOURS] [FOLDER]
#
# HOURS is how long (default 8, at most 168); FOLDER is where failing seeds are written, each with
# what is needed to see it again (default .build/soak). SOAK_PROCESSES is the number of processes
# (default: one for each core but one). It ends with 1 when a seed has failed.
set -euo pipefail

if [[ "${1:-}" == --help || "${1:-}" == -h ]]; then
    sed -n '2,9s/^# \{0,1\}//p' "$0"
    exit 0
fi
hours="${1:-8}"
if [[ ! "$hours" =~ ^[0-9]{1,3}(\.[0-9]{1,3})?$ ]]; then
    printf 'HOURS is a number, not %s\n' "$hours" >&2
    exit 64
fi
seconds="$(awk -v hours="$hours" 'BEGIN { print int(hours * 3600) }')"
if [[ "$seconds" -lt 1 || "$seconds" -gt 604800 ]]; then
    printf 'HOURS is more than 0 and at most 168, not %s\n' "$hours" >&2
    exit 64
fi
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder="${2:-$PWD/.build/soak}"
cores="$(nproc)"
processes="${SOAK_PROCESSES:-$((cores > 1 ? cores - 1 : 1))}"
mkdir -p "$folder"

swift build -c release --product simulate >&2
program="$(swift build -c release --show-bin-path)/simulate"
first="$(date +%s)"
printf '%s processes for %s seconds, from seed %s000000 on; failing seeds go to %s\n' \
    "$processes" "$seconds" "$first" "$folder" >&2

pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true' EXIT INT TERM
for ((number = 0; number < processes; number++)); do
    # Each has a million seeds of its own.
    nice -n 19 timeout "$seconds" "$program" --seed "$((first + number))000000" \
        --forever --save "$folder" >"$folder/process-$number.log" &
    pids+=("$!")
done
for pid in "${pids[@]}"; do wait "$pid" || true; done
trap - EXIT INT TERM

tail -q -n 1 "$folder"/process-*.log
failed="$(find "$folder" -name 'seed-*.txt' -newermt "@$first" | wc -l)"
printf '%s seeds failed\n' "$failed"
[[ "$failed" -eq 0 ]]
