"""A bank of real processes while they are killed, stopped and have no disk left.

PURSESTRINGS_SEED repeats the choices of a run, PURSESTRINGS_HISTORY keeps its history.
"""

import os
import pathlib
import random
import shutil
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "Interop"))

from bank import Bank, FullDisk, Nemesis
from conftest import System
from history_checker import check
from killer import await_drained

SECONDS = float(os.environ.get("PURSESTRINGS_BANK_SECONDS", "20"))


@pytest.fixture()
def chance():
    seed = int(os.environ.get("PURSESTRINGS_SEED", random.randrange(1 << 32)))
    print(f"seed {seed}")
    return random.Random(seed)


@pytest.fixture()
def disk():
    """A small disk of its own for an installation, with room for what the clients do."""
    system = System()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256m", "tmpfs", system.state], capture_output=True)
    if mounted.returncode != 0:
        shutil.rmtree(system.state)
        pytest.skip("this machine lets nobody mount a small disk")
    try:
        yield system
    finally:
        system.purse("down", check=False)
        subprocess.run(["umount", "-l", system.state], check=True)
        shutil.rmtree(system.state)


def judge(bank: Bank, name: str) -> None:
    folder = os.environ.get("PURSESTRINGS_HISTORY")
    if folder:
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        bank.write(pathlib.Path(folder) / f"{name}.json")
    assert check(bank.history) == []
    outcomes = [row["outcome"] for row in bank.history if row["op"] == "transfer"]
    reads = sum(row["op"] == "read" for row in bank.history)
    print(f"{len(outcomes)} transfers: " + ", ".join(
        f"{outcomes.count(name)} {name}" for name in ["confirmed", "refused", "unknown"])
        + f"; {reads} reads")
    assert outcomes.count("confirmed") > 50 and reads > 20
    assert outcomes.count("unknown") > 0, "nothing went wrong for any client"


def test_no_money_is_lost_when_processes_are_killed_and_stopped(chance):
    system = System()
    try:
        system.start()
        bank = Bank(system, chance)
        nemesis = Nemesis(system, chance)
        bank.run(nemesis, SECONDS)
        assert nemesis.kills > 0 and nemesis.stops > 0
        judge(bank, "killed")
        assert await_drained(system)["clean"]
    finally:
        system.stop()


def test_no_money_is_lost_when_the_disk_is_full(disk, chance):
    disk.start()
    bank = Bank(disk, chance)
    nemesis = FullDisk(disk.state, chance)
    bank.run(nemesis, SECONDS)
    assert nemesis.times > 1
    judge(bank, "full")
    assert await_drained(disk)["clean"]
