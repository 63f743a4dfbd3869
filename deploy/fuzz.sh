#!/usr/bin/env bash
# Feeds the parser of destinations with what a fuzzer invents, and keeps what taught it something.
#
# deploy/fuzz.sh [SECONDS]
#
# SECONDS is how long (default 600). What crashes it, or computes for more than 50 ms, is written to
# Tests/DestinationsTests/Corpus/ as a file that the ordinary tests read from then on.
set -euo pipefail

if [[ "${1:-}" == --help || "${1:-}" == -h ]]; then
    sed -n '2,8s/^# \{0,1\}//p' "$0"
    exit 0
fi
seconds="${1:-600}"
if [[ ! "$seconds" =~ ^[0-9]{1,6}$ ]]; then
    printf 'SECONDS is a number, not %s\n' "$seconds" >&2
    exit 64
fi

cd "$(dirname "${BASH_SOURCE[0]}")/.."
corpus="$PWD/Tests/DestinationsTests/Corpus"
build="$PWD/.build/fuzz"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

PURSESTRINGS_FUZZ=1 swift build -c release --scratch-path "$build" --target FuzzDestinations \
    -Xswiftc -sanitize=fuzzer,address >&2
objects=()
for module in FuzzDestinations Destinations Contracts Crypto DomainNames; do
    sources="Shared/$module"
    [[ "$module" == FuzzDestinations ]] && sources=Tests/Fuzz
    # By name, because a file that was renamed leaves its old object behind.
    while IFS= read -r source; do
        objects+=("$build/release/$module.build/$(basename "$source").o")
    done < <(find "$sources" -name '*.swift')
done
swiftc -sanitize=fuzzer,address "${objects[@]}" -lsecp256k1 -lsodium -lidn2 -o "$work/fuzz"

mkdir "$work/found"
printf 'Fuzzing for %s seconds.\n' "$seconds" >&2
"$work/fuzz" -max_total_time="$seconds" -max_len=16384 -len_control=0 -timeout=10 \
    -print_final_stats=1 -artifact_prefix="$corpus/" \
    "$work/found" "$corpus" 2> >(grep --line-buffered -v '^#' >&2)
"$work/fuzz" -merge=1 "$corpus" "$work/found" 2>/dev/null
printf 'The corpus has %s files.\n' "$(find "$corpus" -type f | wc -l)"
