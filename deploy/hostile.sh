#!/usr/bin/env bash
# Attacks the release build with 64 hostile connections, beside an organisation that pays.
#
# deploy/hostile.sh [SECONDS]
#
# SECONDS is how long (default 600). PURSESTRINGS_SEED repeats the choices of a run. It prints the
# answers by status, and the honest payments' times alone and attacked; it ends with 1 when a process
# died, an answer was neither right nor a refusal in its envelope, or the books do not add up.
set -euo pipefail

if [[ "${1:-}" == --help || "${1:-}" == -h ]]; then
    sed -n '2,9s/^# \{0,1\}//p' "$0"
    exit 0
fi
seconds="${1:-600}"
if [[ ! "$seconds" =~ ^[1-9][0-9]{0,5}$ ]]; then
    printf 'SECONDS is a whole number, not %s\n' "$seconds" >&2
    exit 64
fi
cd "$(dirname "${BASH_SOURCE[0]}")/.."
programs="${INTEROP_PROGRAMS:-$PWD/.build/release}"
if [[ ! -x "$programs/purse" ]]; then
    printf '%s has no executables: run deploy/test.sh or swift build -c release first\n' "$programs" >&2
    exit 69
fi
PURSESTRINGS_SOAK_SECONDS="$seconds" INTEROP_PROGRAMS="$programs" \
    .venv/bin/python -m pytest -q -s -p no:cacheprovider Tests/Integration/test_hostile.py
