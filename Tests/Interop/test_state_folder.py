"""A state folder stands for the installation that runs in it, and for no other."""

import os
import re
import shutil
import subprocess

import pytest

from conftest import ROOT, System, programs

MOVES = [
    ("reserve", "deposit", "--amount", "1.00", "--reference", "copied"),
    ("wallets", "list"),
    ("keys", "create", "--class", "auditor"),
    ("demo", "--yes"),
    ("bench", "pay", "--seconds", "1"),
]


@pytest.fixture()
def copied(system):
    """A copy of a folder that runs: a restored backup, and what lies in run/ with it."""
    copy = System()
    shutil.copytree(
        system.state, copy.state, dirs_exist_ok=True,
        ignore=lambda _, names: [name for name in names if name.endswith(".sock")],
    )
    yield copy
    shutil.rmtree(copy.state, ignore_errors=True)


@pytest.mark.parametrize("words", MOVES, ids=lambda words: " ".join(words[:2]))
def test_a_copy_reaches_nobody(system, copied, words):
    """The copied access.json names the original, whose money the copy's commands once moved."""
    before = system.purse("reserve", "show", "--json").stdout
    result = copied.purse(*words, check=False)
    assert result.returncode != 0
    if words[0] != "bench" and words[0] != "demo":
        assert result.returncode == 3 and "nothing was sent" in result.stderr
        assert "--url" in result.stderr and "purse up --state" in result.stderr
    assert system.purse("reserve", "show", "--json").stdout == before


def test_a_copy_without_what_ran_reaches_nobody_either(system, copied):
    shutil.rmtree(copied.state / "run")
    result = copied.purse("wallets", "list", check=False)
    assert result.returncode == 3 and "nothing was sent" in result.stderr


def test_a_copy_stops_nobody(system, copied):
    """Its run/*.json name the original's processes."""
    processes = {name: system.process(name) for name in ["gateway", "settlement"]}
    copied.purse("down")
    assert copied.purse("status", check=False).returncode == 5
    for service, process in processes.items():
        os.kill(process, 0)
        assert system.is_ready(service)


def test_another_installation_is_reached_on_purpose(system, copied):
    copied.purse("wallets", "list", "--url", system.access["url"])


def test_the_folder_on_the_command_line_outweighs_the_environment(system, copied):
    copied.environment["PURSE_URL"] = system.access["url"]
    assert copied.purse("wallets", "list", check=False).returncode == 3
    copied.environment["PURSE_STATE"] = str(copied.state)
    result = subprocess.run([programs() / "purse", "wallets", "list"], env=copied.environment,
                            capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr


def test_a_link_to_the_folder_is_the_folder(system, tmp_path):
    link = tmp_path / "state"
    link.symlink_to(system.state)
    result = subprocess.run([programs() / "purse", "wallets", "list", "--state", link],
                            env=system.environment, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr


def test_help_and_runbook_name_the_same_backup():
    runbook = (ROOT / "deploy" / "runbook.md").read_text()
    things = runbook.split("A complete backup has two parts", 1)[1].split("\n\n")[1]
    page = subprocess.run([programs() / "purse", "help", "state"], capture_output=True, text=True,
                          check=True).stdout
    plain = re.sub(r"\s+", " ", re.sub(r"[`*]", "", things)).strip()
    assert "master.unlock" in plain and plain in re.sub(r"\s+", " ", page)
