"""The tool as a person and a program use it."""

import json
import os
import signal
import socket
import subprocess
import time

import httpx
import pytest

from conftest import System, programs


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


def test_status_is_watched_until_it_is_stopped(system):
    words = [programs() / "purse", "status", "--watch", "--json", "--state", system.state]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as watching:
        first = json.loads(watching.stdout.readline())
        assert len(first["services"]) == 5 and watching.poll() is None
        watching.terminate()


def test_metrics_on_the_port_of_the_api_are_for_the_machine_itself(system):
    """containers D7: the gateway's were on the port of the API, for everybody."""
    url = system.access["url"] + "/metrics"
    assert "purse_http_requests_total" in httpx.get(url).text
    for name in ["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"]:
        assert httpx.get(url, headers={name: "for=192.0.2.1"}).status_code == 404
    for service in system.access["ops"]:
        assert "process_cpu_seconds_total" in httpx.get(system.operations(service) + "/metrics").text


def test_status_tells_of_a_dead_supervisor():
    """stranger 15: once it said "yes" five times, and nothing was started again."""
    system = System()
    try:
        system.start()
        os.kill(json.loads(system.purse("status", "--json").stdout)["supervisor"], signal.SIGKILL)
        status = system.purse("status", check=False)
        assert status.returncode == 3 and "the supervisor is gone" in status.stderr
    finally:
        system.stop()


def test_keys_are_shown_at_the_first_start_only():
    """stranger 16: both keys stood on the terminal at every start."""
    system = System()
    try:
        words = ["up", "--detach", "--port", "0", "--no-demo"]
        first = system.purse(*words).stdout
        keys = json.loads((system.state / "access.json").read_text())
        assert keys["admin_key"] in first and keys["root_key"] in first
        system.purse("down")
        again = system.purse(*words).stdout
        assert keys["admin_key"] not in again and "access.json" in again
    finally:
        system.stop()


def test_the_operations_ports_are_where_one_wants_them():
    """stranger 13: they changed at each start."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        first = min(probe.getsockname()[1], 65_531)
    system = System()
    try:
        system.purse("up", "--detach", "--port", "0", "--no-demo", "--ops-port", str(first))
        ops = json.loads((system.state / "access.json").read_text())["ops"]
        there = [f"http://127.0.0.1:{first + place}" for place in range(5)]
        assert list(ops.values()) == there
        system.purse("down")
        # The setting does the same, and what is of one process alone is refused in words.
        system.environment["PURSE_INSTANCE"] = "gateway-7"
        refused = system.purse("up", "--detach", check=False)
        assert refused.returncode == 2 and "PURSE_INSTANCE names one process" in refused.stderr
        del system.environment["PURSE_INSTANCE"]
        system.environment["PURSE_OPS_ADDRESS"] = f"127.0.0.1:{first}"
        system.purse("up", "--detach", "--port", "0", "--no-demo")
        ops = json.loads((system.state / "access.json").read_text())["ops"]
        assert list(ops.values()) == there
        lines = [json.loads(line) for line in
                 (system.state / "log" / "supervisor.log").read_text().splitlines()]
        assert [line["event"] for line in lines] == ["ready", "stopping", "ready"]
        assert all(line["time"].endswith("Z") and line["service"] == "supervisor"
                   for line in lines)
    finally:
        system.stop()


def test_a_key_is_rotated():
    """stranger 16: after the admin key was changed, `purse` went on using the revoked one."""
    system = System()
    try:
        system.start()
        old = system.access["admin_key"]
        made = json.loads(system.purse("keys", "rotate", "--json").stdout)
        assert json.loads((system.state / "access.json").read_text())["admin_key"] == made["key"]
        with system.client(key=old) as revoked, system.client(key=made["key"]) as admin:
            assert revoked.get("/v1/me").status_code == 401
            me = admin.get("/v1/me").json()
            assert (me["key_id"], me["class"]) == (made["key_id"], "admin")
        other = json.loads(system.purse("keys", "create", "--class", "auditor", "--label",
                                        "books", "--json").stdout)
        turned = json.loads(system.purse("keys", "rotate", other["key_id"], "--json").stdout)
        assert (turned["class"], turned["label"]) == ("auditor", "books")
        assert len(json.loads(system.purse("keys", "list", "--json").stdout)) == 2
    finally:
        system.stop()


def test_the_last_admin_key_is_not_revoked_and_a_lost_one_is_made_anew():
    """stranger 3: a lost or revoked admin key locked everybody out for good."""
    system = System()
    try:
        system.start()
        key = json.loads(system.purse("keys", "list", "--json").stdout)[0]["key_id"]
        system.purse("keys", "create", "--class", "auditor")
        last = system.purse("keys", "revoke", key, check=False)
        assert last.returncode == 1 and "409" in last.stderr and "last admin key" in last.stderr
        running = system.purse("keys", "reset", check=False)
        assert running.returncode == 5 and "purse down" in running.stderr
        system.purse("down")
        (system.state / "access.json").unlink()
        made = [json.loads(system.purse("keys", "reset", *words, "--json").stdout)
                for words in [[], ["--root"]]]
        old = system.access
        system.start()
        assert [system.access["admin_key"], system.access["root_key"]] == \
            [each["key"] for each in made]
        system.purse("keys", "revoke", key)
        assert system.purse("organisations", "list").stdout.count("org_") == 1
        with system.client(key=old["root_key"]) as root:
            assert root.get("/v1/me").status_code == 401
    finally:
        system.stop()


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
        demo = system.purse("demo", "--yes")
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
    (["keys", "frobnicate"], "keys create"), (["status", "now"], "one word too many"),
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
