"""The tool as a person and a program use it."""

import json
import os
import signal
import time

import httpx
import pytest

from conftest import System


def test_a_second_start_says_that_it_runs(system):
    result = system.purse("up", "--detach", "--json", "--port", "0", "--no-demo", check=False)
    assert result.returncode == 5
    assert json.loads(result.stdout.strip().splitlines()[-1]) == system.access
    assert "already running" in result.stderr


def test_the_secrets_are_for_their_owner_only(system):
    for path in ["", "data", "bus", "run", "log"]:
        assert (system.state / path).stat().st_mode & 0o777 == 0o700
    for path in ["access.json", "master.key", "master.unlock"]:
        assert (system.state / path).stat().st_mode & 0o777 == 0o600
    assert not (system.state / "run" / "bootstrap.json").exists()


def test_no_secret_is_in_a_log(system):
    for key in [system.access["admin_key"], system.access["root_key"],
                (system.state / "master.unlock").read_text().strip()]:
        for log in (system.state / "log").iterdir():
            assert key not in log.read_text()


def test_status_shows_five_processes(system):
    status = json.loads(system.purse("status", "--json").stdout)
    assert [service["service"] for service in status["services"]] == [
        "gateway", "policy", "settlement", "escrow", "notifier"]
    assert all(service["ready"] for service in status["services"])


def test_the_demo_runs_in_no_state_that_was_there_before():
    """stranger 1: it once deposited invented money at every start of a real installation."""
    system = System()
    try:
        system.start()
        system.purse("down")
        system.purse("up", "--detach", "--json", "--port", "0")
        system.access = json.loads((system.state / "access.json").read_text())
        with system.client() as admin:
            assert admin.get("/v1/wallets").json()["data"] == []
            assert set(admin.get("/v1/reserve").json()["balances"].values()) <= {"0.00"}
    finally:
        system.stop()


def test_the_demo_runs_twice(system):
    for _ in range(2):
        demo = system.purse("demo")
        assert "max_per_tx" in demo.stdout and "No damage." in demo.stdout
        assert system.access["admin_key"] not in demo.stdout


def test_a_payment_from_the_command_line(system):
    wallets = json.loads(system.purse("wallets", "--json").stdout)
    by_agent = {wallet["agent_id"].split("-")[1]: wallet["wallet_id"] for wallet in wallets}
    words = ["pay", "--wallet", by_agent["buyer"], "--to", by_agent["seller"]]
    paid = json.loads(system.purse(*words, "--amount", "1.25", "--json").stdout)
    assert paid["status"] == "confirmed"
    assert paid["tx_id"] in system.purse("payments").stdout
    refused = system.purse(*words, "--amount", "12.00", check=False)
    assert refused.returncode == 1
    assert "policy_violation" in refused.stderr


def test_a_key_is_made_listed_and_revoked(system):
    made = json.loads(system.purse("keys", "create", "--class", "auditor", "--json").stdout)
    assert made["key_id"] in system.purse("keys", "list").stdout
    with system.client(key=made["key"]) as auditor:
        assert auditor.get("/v1/wallets").status_code == 200
        system.purse("keys", "revoke", made["key_id"])
        assert auditor.get("/v1/wallets").status_code == 401


@pytest.mark.parametrize("words, hint", [
    (["upp"], "purse up"), (["up", "--detatch"], "--detach"), (["verfy"], "purse verify"),
    (["keys"], "keys create"), (["status", "now"], "one word too many"),
    (["up", "--port", "70000"], "0 to 65535"),
])
def test_a_wrong_command_line_has_a_hint(system, words, hint):
    result = system.purse(*words, check=False)
    assert result.returncode == 2
    assert hint in result.stderr


@pytest.mark.parametrize("service", ["gateway", "policy", "settlement", "escrow", "notifier"])
def test_a_killed_service_is_started_again(system, service):
    killed = system.process(service)
    os.kill(killed, signal.SIGKILL)
    for _ in range(200):
        try:
            if system.process(service) != killed and system.is_ready(service):
                break
        except (OSError, ValueError, httpx.HTTPError):
            pass  # It has not yet said where it is, or does not yet listen.
        time.sleep(0.05)
    assert system.process(service) != killed
    assert json.loads((system.state / "access.json").read_text()) == system.access


def test_stopping_and_starting_keeps_everything(system):
    before = system.audit()
    system.purse("down")
    assert system.purse("status", check=False).returncode == 5
    assert system.purse("wallets", check=False).returncode == 3
    keys = system.access["admin_key"], system.access["root_key"]
    system.start()
    assert (system.access["admin_key"], system.access["root_key"]) == keys
    after = system.audit()
    assert after["totals"] == before["totals"]
    assert after["clean"]
