"""The simulator's program: what it repeats, what it finds, and what it says."""

import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = pathlib.Path(os.environ.get("INTEROP_PROGRAMS", ROOT / ".build" / "debug")) / "simulate"


def simulate(*words, **environment) -> subprocess.CompletedProcess:
    rest = {name: value for name, value in os.environ.items()
            if name != "SWIFT_DETERMINISTIC_HASHING"}
    return subprocess.run([PROGRAM, *map(str, words)], env={**rest, **environment},
                          capture_output=True, text=True, timeout=300, cwd=ROOT)


@pytest.mark.parametrize("seed", [11, 12])
def test_two_runs_are_the_same_byte_for_byte(tmp_path, seed):
    traces = []
    for name in ["first", "second"]:
        path = tmp_path / name
        assert simulate("--seed", seed, "--steps", 2500, "--trace", path).returncode == 0
        traces.append(path.read_bytes())
    assert traces[0] == traces[1]
    assert traces[0].count(b"\n") > 500
    assert simulate("--seed", seed + 1, "--steps", 2500, "--trace", tmp_path / "third"
                    ).returncode == 0
    assert (tmp_path / "third").read_bytes() != traces[0]


def test_a_failing_seed_says_how_to_see_it_again(tmp_path):
    words = ["--seed", 1, "--seeds", 5, "--steps", 1500, "--mutation", "forget-reservation"]
    first = simulate(*words, "--save", tmp_path / "found")
    assert first.returncode == 1
    lines = first.stdout.splitlines()
    failed = next(line for line in lines if " fails at commit " in line)
    assert len(failed.split()[-1]) == 40 or failed.endswith("unknown")
    again = next(line for line in lines if line.startswith("again: simulate "))
    second = simulate(*again.removeprefix("again: simulate ").split())
    assert second.returncode == 1
    found = [line for line in lines if line.startswith("  authorization ")]
    assert found and found[0] in second.stdout
    assert any("msg_" in line for line in lines), "the last messages are printed"
    saved = list((tmp_path / "found").iterdir())
    assert len(saved) == 1 and again in saved[0].read_text()


def test_a_failing_run_is_made_smaller():
    result = simulate("--seed", 1, "--steps", 1200, "--mutation", "forget-reservation", "--shrink",
                      "--workload", "payments", "--workload", "hot-wallet")
    assert result.returncode == 1
    smaller = next(line for line in result.stdout.splitlines() if line.startswith("smaller: "))
    assert "--workload hot-wallet" in smaller and "--workload payments" not in smaller
    words = smaller.split()
    assert int(words[words.index("--steps") + 1]) < 1200


def test_what_is_asked_wrongly_is_said():
    assert simulate("--help").stdout.startswith("simulate runs the five services")
    for words in [["--seed"], ["--seed", "x"], ["--steps", "0"], ["--workload", "none"],
                  ["--without", "none"], ["--mutation", "none"], ["more"]]:
        result = simulate(*words)
        assert result.returncode == 64, words
        assert "see simulate --help" in result.stdout


def test_a_simulator_that_meets_nothing_fails():
    result = simulate("--seed", 1, "--steps", 500, "--minimum", 1)
    assert result.returncode == 1
    assert "too seldom met" in result.stdout and "  crash" in result.stdout
