#!/usr/bin/env bash
# Installs what is missing and runs every check and test; the last line counts them.
set -uo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root" || exit 1
# shellcheck source=deploy/packages.sh
source deploy/packages.sh

passed=0
failed=0
skipped=0
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# A check that passes or fails as a whole, or says with exit code 77 that it cannot be made here.
check() {
    local name="$1"
    shift
    say "== $name (after ${SECONDS} s)"
    "$@" >&2
    case $? in
        0) passed=$((passed + 1)) ;;
        77)
            skipped=$((skipped + 1))
            say "SKIPPED: $name"
            ;;
        *)
            failed=$((failed + 1))
            say "FAILED: $name"
            ;;
    esac
}

# The outcome of a check that runs beside others: its process, and what it has printed.
ended() {
    wait "$1"
    local code=$?
    cat "$2"
    return "$code"
}

# Swift tests: counted by the summary of Swift Testing.
swift_tests() {
    local name="$1" log="$work/swift.log" total bad code
    shift
    say "== $name (after ${SECONDS} s)"
    swift test "${build_flags[@]}" "$@" 2>&1 | tee "$log" | grep -vE '(started|passed after [0-9.]+ seconds)\.$' >&2
    code=${PIPESTATUS[0]}
    total="$(sed -nE 's/.*Test run with ([0-9]+) tests? .*/\1/p' "$log" | tail -n 1)"
    bad="$(grep -E '^[^[:alnum:]]* ?Test .* failed after' "$log" | grep -vcE 'Test run with')"
    total="${total:-0}"
    if [[ "$code" -ne 0 && "$bad" -eq 0 ]]; then
        # It did not come to the end: a crash, or it did not compile.
        bad=1
        total=$((total + 1))
    fi
    passed=$((passed + total - bad))
    failed=$((failed + bad))
}

# Python tests: counted by the summary of pytest.
python_tests() {
    local name="$1" log="$work/pytest.log" code summary good bad left
    shift
    say "== $name (after ${SECONDS} s)"
    INTEROP_PROGRAMS="$programs" "$venv/bin/python" -m pytest -q -p no:cacheprovider "$@" 2>&1 | tee "$log" >&2
    code=${PIPESTATUS[0]}
    # What a failed test printed may look like a summary; the last one is pytest's own.
    summary="$(grep -E '^=* ?[0-9]+ [a-z]+.* in [0-9.]+s' "$log" | tail -n 1)"
    good="$(grep -oE '[0-9]+ passed' <<<"$summary" | cut -d ' ' -f 1)"
    bad="$(grep -oE '[0-9]+ (failed|errors?)' <<<"$summary" | awk '{ sum += $1 } END { print sum + 0 }')"
    if [[ "$code" -ne 0 && "$bad" -eq 0 ]]; then
        bad=1
    fi
    left="$(grep -oE '[0-9]+ skipped' <<<"$summary" | cut -d ' ' -f 1)"
    passed=$((passed + ${good:-0}))
    skipped=$((skipped + ${left:-0}))
    failed=$((failed + bad))
}

# The simulator, with a run on each core; its counts are left in a file, as it runs beside others.
simulator() {
    local jobs
    jobs="$(nproc)"
    passed=0
    failed=0
    check "simulator: 200 seeds" \
        nice -n 19 "$programs/simulate" --seed 1 --seeds 200 --minimum 1 --jobs "$jobs"
    check "simulator: 12 seeds with clocks that step" \
        nice -n 19 "$programs/simulate" --seed 1 --seeds 12 --with clock-step --jobs "$jobs"
    check "simulator: planted faults" \
        nice -n 19 "$programs/simulate" --seed 1 --mutations --jobs "$jobs"
    echo "$passed $failed" >"$work/simulator.count"
}

# Waits for the simulator, and adds what it has counted.
simulator_ended() {
    local good=0 bad=1
    ended "$1" "$work/simulator.log" >&2
    [[ -s "$work/simulator.count" ]] && read -r good bad <"$work/simulator.count"
    passed=$((passed + good))
    failed=$((failed + bad))
}

compose_config() {
    docker compose version >/dev/null 2>&1 || return 77
    docker compose --env-file deploy/env.example config -q
}

require_swift || exit 1
install_missing "${build_packages[@]}" python3 python3-venv || exit 1
venv="$root/.venv"
requirements=Tests/Interop/requirements.txt
install_python() {
    cmp -s "$requirements" "$venv/installed.txt" && return
    python3 -m venv --clear "$venv" &&
        "$venv/bin/pip" install -q --disable-pip-version-check -r "$requirements" >&2 &&
        cp "$requirements" "$venv/installed.txt"
}

build_flags=(--explicit-target-dependency-import-check error)

# Both wait for something else than a core, most of the time that the build takes.
install_python >"$work/python.log" 2>&1 &
python=$!
swift format lint --strict -r Package.swift Services Shared Tests >"$work/format.log" 2>&1 &
format=$!
check "build" swift build "${build_flags[@]}" --build-tests
programs="$(swift build "${build_flags[@]}" --show-bin-path)"
check "format" ended "$format" "$work/format.log"
ended "$python" "$work/python.log" >&2 || exit 1
check "scripts" "$venv/bin/shellcheck" -x deploy/up.sh deploy/test.sh deploy/fuzz.sh deploy/soak.sh deploy/hostile.sh deploy/packages.sh Tests/Containers/run.sh .ci/run
check "image" "$venv/bin/hadolint" deploy/Dockerfile
check "compose" compose_config
swift_tests "tests of modules" --skip-build
# The clients mostly wait; the simulator only computes, and takes what they leave.
simulator >"$work/simulator.log" 2>&1 &
simulator=$!
# Each file has its own installation: as many at the same time as there are cores, those that take
# longest first (conftest.py).
python_tests "other people's clients" -n "$(nproc)" --dist loadfile --no-loadscope-reorder \
    Tests/Interop Tests/Integration/test_history_checker.py Tests/Integration/test_simulator.py \
    Tests/Integration/test_upgrade.py
simulator_ended "$simulator"
# What measures times, or stops processes while it pays, is alone.
python_tests "real processes" Tests/Integration/test_bank.py Tests/Integration/test_hostile.py \
    Tests/Integration/test_hour.py
# Where no engine is it says so; where one is it takes some minutes, and PURSESTRINGS_CONTAINERS=0 leaves it out.
if [[ "${PURSESTRINGS_CONTAINERS:-1}" != 0 ]]; then
    check "containers" Tests/Containers/run.sh
else
    skipped=$((skipped + 1))
fi

if [[ "$skipped" -gt 0 ]]; then say "$skipped skipped"; fi
echo "$passed passed, $failed failed"
[[ "$failed" -eq 0 && "$passed" -gt 0 ]]
