"""The command line does the day's work: each noun with its verbs, on a running installation."""

import csv
import fcntl
import json
import os
import pty
import re
import select
import shutil
import stat
import struct
import subprocess
import termios
import time
import uuid
from decimal import Decimal

import pytest

from conftest import programs, started
from receiver import Receiver, until


def fresh(word: str) -> str:
    return f"{word}-{uuid.uuid4().hex[:10]}"


@pytest.fixture
def purse(system):
    """Runs a command with --json and returns what it prints."""
    def run(*words: str):
        return json.loads(system.purse(*words, "--json").stdout)
    return run


@pytest.fixture
def policy(purse):
    return purse("policies", "create", "--name", "Shopping", "--max-per-tx", "5.00",
                 "--max-per-day", "50.00", "--require-co-sign", "4.00")["policy_id"]


@pytest.fixture
def wallets(purse, policy):
    """A buyer with 20 USDC under the policy, and a seller."""
    purse("reserve", "deposit", "--amount", "100.00", "--reference", fresh("wire"))
    buyer = purse("wallets", "create", "--agent", fresh("buyer"), "--label", "Buys",
                  "--policy", policy)["wallet_id"]
    seller = purse("wallets", "create", "--agent", fresh("seller"), "--label", "Sells",
                   "--policy", "pol_open")["wallet_id"]
    purse("wallets", "fund", buyer, "--amount", "20.00")
    return buyer, seller


@pytest.fixture
def operator(purse):
    """A key that has asked for nothing, and so may approve everything."""
    return purse("keys", "create", "--class", "operator")["key"]


def test_policies(system, purse, policy):
    assert policy in system.purse("policies", "list").stdout
    assert any(each["policy_id"] == policy for each in purse("policies", "list", "--limit", "100"))
    edited = purse("policies", "edit", policy, "--max-per-day", "80.00", "--velocity-cap", "3",
                   "--blocked-recipients", "*.casino.example, bad.example.com")
    assert (edited["max_per_day"], edited["velocity_cap"], edited["version"]) == ("80.00", 3, 2)
    assert edited["blocked_recipients"] == ["*.casino.example", "bad.example.com"]
    edited = purse("policies", "edit", policy, "--velocity-cap", "none",
                   "--blocked-recipients", "none")
    assert edited["velocity_cap"] is None and edited["blocked_recipients"] == []
    assert purse("policies", "show", policy) == edited
    shown = system.purse("policies", "show", policy).stdout
    assert re.search(r"^max_per_day +80\.00$", shown, re.M)
    decided = purse("policies", "simulate", policy, "--to", "api.example.com", "--amount", "12")
    assert decided["decision"] == "denied"
    tested = purse("policies", "backtest", policy, "--since", "2020-01-01",
                   "--until", "2030-01-01T00:00:00Z")
    assert set(tested) == {"payments", "would_be_denied", "would_be_approved"}
    assert f"{policy} is deleted" in system.purse("policies", "delete", policy).stderr


def test_an_edit_without_a_change_and_a_preset_are_refused(system, policy):
    nothing = system.purse("policies", "edit", policy, check=False)
    assert nothing.returncode == 2 and "nothing to change" in nothing.stderr
    preset = system.purse("policies", "edit", "pol_open", "--max-per-tx", "1", check=False)
    assert preset.returncode == 1 and "403" in preset.stderr
    assert "policies create" in preset.stderr and "operator" not in preset.stderr


def test_wallets(system, purse, wallets, policy):
    buyer, _ = wallets
    shown = purse("wallets", "show", buyer)
    assert shown["balances"]["USDC"] == "20.00"
    assert any(row["rule"] == "max_per_day" and row["left"] == "50.00" for row in shown["budget"])
    assert {"max_per_tx", "max_per_day"} <= {row["rule"] for row in shown["rules"]}
    assert "max_per_day" in system.purse("wallets", "show", buyer).stdout
    assert purse("wallets", "budget", buyer)["windows"]
    assert purse("wallets", "edit", buyer, "--label", "Buys more")["label"] == "Buys more"
    assert "frozen" in system.purse("wallets", "freeze", buyer).stdout
    assert [each["wallet_id"] for each in purse("wallets", "list", "--status", "frozen")] == [buyer]
    assert "active" in system.purse("wallets", "unfreeze", buyer).stdout
    empty = purse("wallets", "create", "--agent", fresh("short"), "--label", "Short-lived",
                  "--policy", policy)["wallet_id"]
    assert purse("wallets", "close", empty)["status"] == "closed"


def test_reserve(system, purse):
    before = float(purse("reserve", "show")["balances"]["DZAR"])
    reference = fresh("wire")
    for _ in range(2):
        purse("reserve", "deposit", "--amount", "7.50", "--currency", "DZAR",
              "--reference", reference)
    assert float(purse("reserve", "show")["balances"]["DZAR"]) == before + 7.5
    purse("reserve", "withdraw", "--amount", "7.50", "--currency", "DZAR",
          "--reference", fresh("undo"))
    assert float(purse("reserve", "show")["balances"]["DZAR"]) == before
    much = system.purse("reserve", "withdraw", "--amount", "999999", "--currency", "DZAR",
                        "--reference", fresh("much"), check=False)
    assert much.returncode == 1 and "insufficient_reserve" in much.stderr


def test_destinations(system, purse, wallets):
    _, seller = wallets
    domain = fresh("api") + ".example.com"
    entry = purse("destinations", "add", seller, "--type", "domain", "--value", domain,
                  "--category", "data")
    assert domain in system.purse("destinations", "list", seller).stdout
    system.purse("destinations", "remove", seller, entry["destination_id"])
    assert domain not in system.purse("destinations", "list", seller).stdout


@pytest.mark.parametrize("words", [["destinations", "decode"], ["decode"]])
def test_what_a_text_is(words):
    assert json.loads(run_plain(*words, "API.Example.com", "--json"))["value"] == "api.example.com"


def test_agents(system, purse, wallets):
    name = fresh("agent")
    assert purse("agents", "register", "--agent", name)["id"] == name
    assert name in system.purse("agents", "list").stdout
    assert [each["agent_id"] for each in purse("agents", "show", name)] == [name]


def test_a_denial_says_rule_limit_attempt_and_what_to_do(system, purse, wallets, policy):
    buyer, seller = wallets
    words = ["pay", "--wallet", buyer, "--to", seller, "--amount", "12.00"]
    denied = system.purse(*words, check=False)
    assert denied.returncode == 1 and denied.stdout == ""
    assert "402 policy_violation" in denied.stderr
    assert "max_per_tx  limit 5.00, attempted 12.00" in denied.stderr
    assert f"purse policies edit {policy} --max-per-tx" in denied.stderr
    payment = re.search(r"purse explain (tx_\w+)", denied.stderr)[1]
    explained = purse("explain", payment)
    assert explained["decision"] == "denied" and explained["policy"]["version"] == 1
    rules = {rule["rule"]: rule for rule in explained["rules"]}
    assert rules["max_per_tx"] == {"rule": "max_per_tx", "limit": "5.00", "attempted": "12.00",
                                   "used": None, "passed": False, "frees_at": None}
    assert rules["max_per_day"]["passed"] and rules["currency"]["passed"]
    shown = system.purse("explain", payment).stdout
    assert re.search(r"max_per_tx +5\.00 +12\.00", shown) and policy in shown
    machine = system.purse(*words, "--json", check=False)
    assert machine.returncode == 1
    assert json.loads(machine.stdout)["error"]["code"] == "policy_violation"


def test_a_window_says_what_was_used_and_when_it_frees(system, purse, wallets, policy):
    buyer, seller = wallets
    purse("policies", "edit", policy, "--max-per-day", "5.00")
    purse("pay", "--wallet", buyer, "--to", seller, "--amount", "3.00")
    denied = system.purse("pay", "--wallet", buyer, "--to", seller, "--amount", "3.00",
                          check=False)
    assert re.search(r"max_per_day  limit 5\.00, attempted 3\.00, used before 3\.00, frees at 20",
                     denied.stderr)
    explained = purse("explain", re.search(r"explain (tx_\w+)", denied.stderr)[1])
    assert explained["frees_at"] and explained["policy"]["version"] == 2
    day = next(rule for rule in explained["rules"] if rule["rule"] == "max_per_day")
    assert (day["used"], day["passed"]) == ("3.00", False)
    paid = purse("payments", "list", "--from", buyer, "--status", "confirmed")[0]["tx_id"]
    day = next(rule for rule in purse("explain", paid)["rules"] if rule["rule"] == "max_per_day")
    assert (day["limit"], day["used"], day["passed"]) == ("5.00", "0.00", True)


def test_an_explanation_names_the_key_that_froze_the_wallet(system, purse, wallets, operator):
    buyer, seller = wallets
    with system.client(operator) as client:
        key = client.get("/v1/me").json()["key_id"]
    purse("wallets", "freeze", buyer, "--key", operator)
    refused = system.purse("pay", "--wallet", buyer, "--to", seller, "--amount", "1", check=False)
    payment = re.search(r"purse explain (tx_\w+)", refused.stderr)[1]
    purse("wallets", "unfreeze", buyer)
    explained = purse("explain", payment)
    assert explained["failure"] == "wallet_frozen"
    assert explained["freeze"]["key_id"] == key and explained["freeze"]["frozen_at"]
    assert operator not in json.dumps(explained)
    assert re.search(rf"^freeze\.key_id +{key}$", system.purse("explain", payment).stdout, re.M)


def test_a_denial_by_a_preset_says_that_presets_stay(system, purse):
    wallet = purse("wallets", "create", "--agent", fresh("small"), "--label", "Small",
                   "--policy", "pol_conservative")["wallet_id"]
    denied = system.purse("pay", "--wallet", wallet, "--to", "api.example.com", "--amount", "6",
                          check=False)
    assert denied.returncode == 1 and "pol_conservative is a preset" in denied.stderr
    assert "purse policies create" in denied.stderr and "purse wallets edit" in denied.stderr


def test_an_explanation_names_the_request_and_the_key(system, purse, wallets):
    buyer, seller = wallets
    request = fresh("request")
    with system.client() as admin:
        paid = admin.post("/v1/payments", headers={"X-Request-Id": request}, json={
            "walletId": buyer, "to": seller, "amount": "12.00", "currency": "USDC"})
    explained = purse("explain", paid.json()["error"]["tx_id"])
    assert explained["request"]["request_id"] == request
    assert explained["request"]["key_id"].startswith("key_")


def test_agents_read_the_explanations_of_their_own_payments_only(system, purse, wallets):
    buyer, seller = wallets
    payment = purse("pay", "--wallet", buyer, "--to", seller, "--amount", "1.00")["tx_id"]
    keys = [purse("keys", "create", "--class", "agent", "--wallet", wallet)["key"]
            for wallet in wallets]
    assert purse("explain", payment, "--key", keys[0])["decision"] == "approved"
    other = system.purse("explain", payment, "--key", keys[1], check=False)
    assert other.returncode == 1 and "404" in other.stderr


def test_approvals(system, purse, wallets, operator):
    buyer, seller = wallets
    words = ["pay", "--wallet", buyer, "--to", seller, "--amount", "4.50"]
    waiting = system.purse(*words)
    approval = re.search(r"purse approvals approve (apr_\w+)", waiting.stderr)[1]
    payment = waiting.stdout.split()[0]
    explained = purse("explain", payment)
    assert explained["decision"] == "needs_approval"
    assert explained["may_approve"]["classes"] == ["admin", "operator"]
    assert explained["may_approve"]["not_key_id"] == explained["request"]["key_id"]
    assert approval in system.purse("approvals", "list", "--status", "pending").stdout
    own = system.purse("approvals", "approve", approval, check=False)
    assert own.returncode == 1 and "--class operator" in own.stderr
    purse("approvals", "approve", approval, "--key", operator)
    assert purse("approvals", "show", approval)["status"] == "approved"
    assert purse("payments", "show", payment, "--watch")["status"] == "confirmed"
    again = system.purse("approvals", "deny", approval, "--key", operator, check=False)
    assert again.returncode == 1 and "409" in again.stderr


def test_a_payment_is_waited_for_until_a_person_says_no(system, purse, wallets, operator):
    buyer, seller = wallets
    words = ["pay", "--wallet", buyer, "--to", seller, "--amount", "4.50",
             "--idempotency-key", fresh("key")]
    process = subprocess.Popen(
        [programs() / "purse", *words, "--watch", "--state", system.state],
        env=system.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    first = process.stdout.readline().split()
    assert first[1] == "awaiting_approval"
    approval = purse("explain", first[0])["approval"]["approval_id"]
    purse("approvals", "deny", approval, "--key", operator, "--reason", "Not this supplier")
    rest, _ = process.communicate(timeout=30)
    assert "blocked" in rest and process.returncode == 1
    # Whoever asks again is told why.
    again = system.purse(*words, check=False)
    assert again.returncode == 1 and "not approved: Not this supplier" in again.stderr


def test_a_repeat_with_a_key_meets_the_first_payment(purse, wallets):
    buyer, seller = wallets
    words = ["pay", "--wallet", buyer, "--to", seller, "--amount", "1.00",
             "--idempotency-key", fresh("key")]
    assert purse(*words)["tx_id"] == purse(*words)["tx_id"]


def test_payments(system, purse, wallets):
    buyer, seller = wallets
    payment = purse("payments", "create", "--wallet", buyer, "--to", seller, "--amount", "2.00",
                    "--memo", "Query 7")
    assert purse("payments", "show", payment["tx_id"])["memo"] == "Query 7"
    assert payment["tx_id"] in system.purse("payments").stdout
    listed = purse("payments", "list", "--from", buyer, "--type", "payment")
    assert [each["tx_id"] for each in listed] == [payment["tx_id"]]


def test_a_statement_says_in_or_out_and_adds_up_to_the_balance(system, purse, wallets):
    buyer, seller = wallets
    purse("pay", "--wallet", buyer, "--to", seller, "--amount", "3.00")
    purse("pay", "--wallet", seller, "--to", buyer, "--amount", "0.25")
    system.purse("pay", "--wallet", buyer, "--to", seller, "--amount", "12.00", check=False)
    create = ["escrows", "create", "--from", buyer, "--to", seller, "--amount", "2.00",
              "--task", "A report"]
    proof = "sha256:" + "a" * 64
    purse("escrows", "complete", purse(*create, "--expected-hash", proof)["escrow_id"],
          "--proof", proof)
    disputed = purse(*create)["escrow_id"]
    purse("escrows", "dispute", disputed, "--reason", "Late")
    purse("escrows", "resolve", disputed, "--decision", "split", "--to-receiver", "0.50")
    purse("escrows", "show", disputed, "--watch")
    purse("wallets", "defund", buyer, "--amount", "1.50")
    for wallet in wallets:
        rows = purse("payments", "list", "--wallet", wallet)
        assert {row["direction"] for row in rows} == {"in", "out"}
        for row in rows:
            effect = Decimal(row["balance_effect"])
            assert effect <= 0 if row["direction"] == "out" else effect >= 0, row
        balance = purse("wallets", "show", wallet)["usdc_balance"]
        assert sum(Decimal(row["balance_effect"]) for row in rows) == Decimal(balance)
    shown = system.purse("payments", "--wallet", buyer).stdout
    assert re.search(r"defunding +confirmed +out .* -1\.50 +USDC", shown), shown
    assert all("direction" not in row for row in purse("payments", "list"))


def test_money_goes_back_to_the_reserve(system, purse, wallets, operator):
    buyer, _ = wallets
    before = Decimal(purse("reserve", "show")["balances"]["USDC"])
    purse("wallets", "freeze", buyer)
    line = system.purse("wallets", "defund", buyer, "--amount", "15.00", "--key", operator,
                        "--idempotency-key", "back-" + buyer).stdout
    again = system.purse("wallets", "defund", buyer, "--amount", "15.00", "--key", operator,
                         "--idempotency-key", "back-" + buyer).stdout
    assert line == again and f"from {buyer}: 5.00 USDC" in line
    assert Decimal(purse("reserve", "show")["balances"]["USDC"]) == before + 15
    much = system.purse("wallets", "defund", buyer, "--amount", "5.01", check=False)
    assert much.returncode == 1 and "insufficient_funds" in much.stderr
    assert "wallets fund" not in much.stderr
    agent = purse("keys", "create", "--class", "agent", "--wallet", buyer)["key"]
    refused = system.purse("wallets", "defund", buyer, "--amount", "1", "--key", agent, check=False)
    assert refused.returncode == 1 and "403" in refused.stderr
    told = [json.loads(line) for line in system.purse(
        "events", "list", "--type", "wallet.defunded", "--limit", "1000", "--json",
    ).stdout.splitlines()]
    assert [event["data"]["amount"] for event in told
            if event["data"]["wallet_id"] == buyer] == ["15.00"]
    purse("wallets", "defund", buyer, "--amount", "5.00")
    assert purse("wallets", "close", buyer)["status"] == "closed"
    late = system.purse("wallets", "defund", buyer, "--amount", "1.00", check=False)
    assert late.returncode == 1 and "closed" in late.stderr
    system.purse("verify")


def test_escrows(system, purse, wallets):
    buyer, seller = wallets
    proof = "sha256:" + "a" * 64
    create = ["escrows", "create", "--from", buyer, "--to", seller, "--amount", "2.00",
              "--task", "A report"]
    proved = purse(*create, "--expected-hash", proof)["escrow_id"]
    assert proved in system.purse("escrows", "list", "--status", "locked").stdout
    assert purse("escrows", "complete", proved, "--proof", proof)["status"] == "released"
    accepted = purse(*create)["escrow_id"]
    assert purse("escrows", "complete", accepted, "--proof", proof)["status"] == "completed"
    purse("escrows", "accept", accepted)
    assert purse("escrows", "show", accepted, "--watch")["status"] == "released"
    disputed = purse(*create)["escrow_id"]
    assert purse("escrows", "dispute", disputed, "--reason", "Late")["status"] == "disputed"
    purse("escrows", "resolve", disputed, "--decision", "split", "--to-receiver", "0.50")
    assert purse("escrows", "show", disputed)["resolution"]["decision"] == "split"


@pytest.fixture(scope="module")
def inside():
    """An installation whose webhooks may go to this machine."""
    yield from started({"PURSE_WEBHOOK_ALLOW": "127.0.0.0/8"})


def test_webhooks_and_events(inside):
    def purse(*words: str):
        return json.loads(inside.purse(*words, "--json").stdout)

    for url, warns in [("http://10.0.0.8/x", True), ("http://127.1/x", False)]:
        made = purse("webhooks", "create", "--url", url)
        assert ("PURSE_WEBHOOK_ALLOW" in made.get("warning", "")) == warns
        inside.purse("webhooks", "delete", made["webhook_id"])
    receiver = Receiver()

    def messages(count: int) -> list:
        return [json.loads(body) for _, _, body in receiver.received("/hook", count)]

    made = purse("webhooks", "create", "--url", receiver.url + "/hook",
                 "--events", "wallet.created,wallet.frozen")
    webhook = made["webhook_id"]
    assert made["secret"].startswith("whsec_")
    assert webhook in inside.purse("webhooks", "list").stdout
    purse("webhooks", "test", webhook)
    assert messages(1)[0]["type"] == "webhook.test"
    wallet = purse("wallets", "create", "--agent", "one", "--label", "One",
                   "--policy", "pol_open")["wallet_id"]
    assert messages(2)[1]["type"] == "wallet.created"
    until(lambda: inside.purse("webhooks", "deliveries", webhook).stdout,
          lambda shown: shown.count(" 200") >= 2)
    listed = [json.loads(line)
              for line in inside.purse("events", "list", "--json").stdout.splitlines()]
    created = next(event for event in listed if event["type"] == "wallet.created")
    purse("events", "redeliver", created["event_id"], "--webhook", webhook)
    assert messages(3)[2]["data"]["wallet_id"] == wallet
    assert purse("webhooks", "redeliver", webhook, "--until", "1")["count"] <= 1
    assert purse("webhooks", "edit", webhook, "--status", "disabled")["status"] == "disabled"
    assert purse("webhooks", "rotate", webhook)["secret"] != made["secret"]
    assert "deleted" in inside.purse("webhooks", "delete", webhook).stderr
    follow_events(inside, wallet)


def follow_events(system, wallet):
    """Events that come are printed as they come."""
    process = subprocess.Popen(
        [programs() / "purse", "events", "--follow", "--after", "0", "--json",
         "--state", system.state],
        env=system.environment, stdout=subprocess.PIPE, text=True)
    try:
        assert json.loads(process.stdout.readline())["sequence"] == 1
        system.purse("wallets", "freeze", wallet)
        while json.loads(process.stdout.readline())["type"] != "wallet.frozen":
            pass
    finally:
        process.kill()
        process.communicate()


def test_batches(system, purse, tmp_path):
    purse("reserve", "deposit", "--amount", "100", "--currency", "DZAR", "--reference",
          fresh("wire"))
    table = tmp_path / "wages.csv"
    table.write_text(f"msisdn,amount,externalId\n27821231234,10.50,{fresh('w')}\n")
    batch = purse("batches", "import", str(table))["id"]
    assert batch in system.purse("batches", "list", "--status", "DRAFT").stdout
    assert "DRAFT" in system.purse("batches", "show", batch).stdout
    assert purse("batches", "submit", batch)["statusCode"] == "OPEN"
    rows = list(csv.DictReader(system.purse("batches", "export", batch).stdout.splitlines()))
    assert rows[0]["amount"] == "10.5"
    # What is no file is written to, and neither replaced nor taken for written.
    link, file = tmp_path / "link.csv", tmp_path / "file.csv"
    link.symlink_to(file)
    file.write_text("old")
    system.purse("batches", "export", batch, "--output", str(link))
    assert link.is_symlink() and "10.5" in file.read_text()
    full = system.purse("batches", "export", batch, "--output", "/dev/full", check=False)
    assert full.returncode == 6 and stat.S_ISCHR(os.stat("/dev/full").st_mode)
    table.write_text(f"msisdn,amount,externalId\n27821231234,11.50,{fresh('w')}\n")
    draft = purse("batches", "import", str(table))["id"]
    assert purse("batches", "cancel", draft)["statusCode"] == "CANCELLED"


def test_organisations(system, purse):
    made = purse("organisations", "create", "--name", "Example Ltd")
    assert made["organisation_id"] in system.purse("organisations", "list").stdout
    key = made["admin_key"]
    edited = purse("organisations", "edit", "--default-policy", "pol_conservative",
                   "--escrow-review", "60", "--key", key)
    assert edited == purse("organisations", "show", "--key", key)
    assert edited["default_policy_id"] == "pol_conservative"
    granted = purse("organisations", "grant", made["organisation_id"], "bark", "--asset", "BTC",
                    "--max-per-day", "0.01")
    assert granted["max_per_day"] == "0.01"


def test_the_tables_of_what_an_operator_decides_are_empty_at_first(purse):
    assert purse("messages", "list") == [] and purse("messages", "list", "--status", "all") == []
    assert purse("attempts", "list", "--status", "unknown") == []


@pytest.mark.parametrize("words, hint", [
    (["wallets", "fund"], "purse wallets list shows them"),
    (["wallets", "fund", "wal_x"], "--amount AMOUNT is missing"),
    (["pay", "--wallet", "wal_x", "--to", "a", "--amount", "2,50"], "such as 2.50"),
    (["policies", "create", "--name", "x", "--velocity-cap", "none"], "1 to 1000000"),
    (["keys", "create", "--class", "boss"], "admin, operator, agent, auditor"),
    (["policies", "backtest", "pol_open", "--since", "monday", "--until", "2026-01-01"],
     "2026-11-30"),
    (["walets", "list"], "purse wallets"), (["reserve"], "reserve show"),
    (["escrows", "resolve", "escrow_x", "--decision", "split"], "--decision split needs it"),
    (["keys", "create", "--class", "agent"], "--class agent needs it"),
])
def test_a_wrong_command_line_says_what_is_right(system, words, hint):
    result = system.purse(*words, check=False)
    assert result.returncode == 2 and hint in result.stderr and result.stdout == ""


def test_a_folder_that_is_not_there_is_a_wrong_state(tmp_path):
    for command in ["down", "verify"]:
        result = subprocess.run([programs() / "purse", command, "--state", tmp_path / "none"],
                                capture_output=True, text=True, timeout=30)
        assert result.returncode == 5 and "does not exist" in result.stderr


def test_wrong_settings_are_told_all_at_once_and_nothing_is_made(tmp_path):
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith("PURSE_")}
    environment |= {"PURSE_CLAIM_DAYS": "many", "PURSE_COLOUR": "red"}
    result = subprocess.run(
        [programs() / "purse", "up", "--detach", "--state", tmp_path / "new"],
        env=environment, capture_output=True, text=True, timeout=30)
    assert result.returncode == 2 and not (tmp_path / "new").exists()
    assert "PURSE_CLAIM_DAYS" in result.stderr and "PURSE_COLOUR" in result.stderr
    assert "many" not in result.stderr and "red" not in result.stderr


def test_a_result_that_cannot_be_written_is_a_failure(system, purse):
    name = fresh("agent")
    for words in [["wallets", "list"],
                  ["wallets", "create", "--agent", name, "--label", "x", "--policy", "pol_open"]]:
        with open("/dev/full", "w") as full:
            result = subprocess.run(
                [programs() / "purse", *words, "--state", system.state], env=system.environment,
                stdout=full, stderr=subprocess.PIPE, text=True, timeout=30)
        assert result.returncode == 6 and "could not be written" in result.stderr
    assert len(purse("wallets", "list", "--agent", name)) == 1, "what was done is done"


def test_a_list_that_is_cut_says_so(system, wallets):
    for words in [[], ["--json"]]:
        cut = system.purse("wallets", "list", "--limit", "1", *words)
        assert "these are the first 1; --limit N shows more" in cut.stderr
    assert "these are" not in system.purse("wallets", "list", "--limit", "10000").stderr


@pytest.mark.parametrize("words", [["demo"], ["bench", "pay", "--payments", "1"]])
def test_invented_money_is_asked_for_on_a_terminal(system, purse, wallets, words):
    before = purse("reserve", "show"), len(purse("wallets", "list", "--limit", "1000"))
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [programs() / "purse", *words, "--state", system.state], env=system.environment,
        stdin=theirs, stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    os.write(ours, b"no\n")
    text = b""
    while process.poll() is None or select.select([ours], [], [], 0)[0]:
        try:
            text += os.read(ours, 4096) if select.select([ours], [], [], 0.1)[0] else b""
        except OSError:
            break
    assert process.wait(timeout=30) == 2
    os.close(ours)
    assert b"invented" in text and b"type yes to go on" in text and b"nothing was done" in text
    assert (purse("reserve", "show"), len(purse("wallets", "list", "--limit", "1000"))) == before


def test_a_shell_that_is_not_known_is_refused():
    result = subprocess.run([programs() / "purse", "completions", "ksh"], capture_output=True,
                            text=True, timeout=30)
    assert result.returncode == 2 and "bash, zsh, fish" in result.stderr


def test_every_command_has_a_page_with_an_example(system):
    commands = {line.split("   ")[0].strip() for line in run_plain("help").splitlines()
                if re.match(r"  [a-z]+( [a-z]+)?( |$)", line)}
    names = {" ".join(word for word in name.split() if word.islower()) for name in commands}
    assert {"policies create", "wallets fund", "payments explain", "keys create"} <= names
    for name in names - {"purse"}:
        page = run_plain(*name.split(), "--help")
        assert re.search(r"^ +purse ", page, re.M), name


def run_plain(*words: str) -> str:
    return subprocess.run([programs() / "purse", *words], capture_output=True, text=True,
                          check=True, timeout=30).stdout


def on_a_terminal(words, environment, columns: int) -> str:
    """What a command prints on a terminal of so many columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    process = subprocess.Popen([programs() / "purse", *words], env=environment, stdout=theirs,
                               stderr=subprocess.DEVNULL)
    os.close(theirs)
    text = b""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if select.select([ours], [], [], 0.1)[0]:
            try:
                part = os.read(ours, 65536)
            except OSError:
                break
            if not part:
                break
            text += part
    process.wait(timeout=30)
    os.close(ours)
    return text.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("columns", [40, 80, 132])
def test_a_table_fits_the_terminal_and_loses_no_identifier(system, wallets, columns):
    text = on_a_terminal(["wallets", "list", "--limit", "3", "--state", system.state],
                         system.environment | {"NO_COLOR": "1"}, columns)
    assert wallets[0] in text and "\x1b" not in text
    assert max(len(line) for line in text.splitlines()) <= columns


def test_colours_are_for_terminals_that_want_them(system, wallets):
    words = ["wallets", "list", "--limit", "1", "--state", system.state]
    plain = {name: value for name, value in system.environment.items() if name != "NO_COLOR"}
    assert "\x1b[" in on_a_terminal(words, plain, 132)
    assert "\x1b" not in on_a_terminal(words, plain | {"NO_COLOR": "1"}, 132)
    assert "\x1b" not in system.purse("wallets", "list").stdout


@pytest.mark.parametrize("line, expected", [
    ("purse wal", ["wallets"]), ("purse wallets fr", ["freeze"]),
    ("purse policies create --max-per-", ["--max-per-day", "--max-per-month", "--max-per-tx"]),
    ("purse keys create --class ad", ["admin"]), ("purse pay --cur", ["--currency"]),
])
def test_bash_completes(line, expected):
    words = line.split(" ")
    script = (f"source <({programs() / 'purse'} completions bash); COMP_WORDS=({line}); "
              f"COMP_CWORD={len(words) - 1}; _purse; printf '%s\\n' \"${{COMPREPLY[@]}}\"")
    found = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=30)
    assert sorted(found.stdout.split()) == expected and found.stderr == ""


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_the_other_shells_can_read_their_completions(shell, tmp_path):
    script = tmp_path / "completions"
    script.write_text(run_plain("completions", shell))
    assert "policies create" in script.read_text()
    if shutil.which(shell):
        subprocess.run([shell, "-n", script], check=True, timeout=30)


def test_the_manual_page_is_one(tmp_path):
    page = run_plain("man")
    assert page.startswith(".TH PURSE 1") and "policies create" in page
    if shutil.which("groff"):
        errors = subprocess.run(["groff", "-man", "-Tutf8", "-ww"], input=page, text=True,
                                capture_output=True, timeout=30).stderr
        assert errors == ""


def test_help_of_a_noun_lists_its_verbs():
    nouns = {line.split()[0] for line in run_plain("help").splitlines()
             if re.match(r"  [a-z]+ [a-z]+( |$)", line)}
    assert {"batches", "reserve", "keys", "organisations", "wallets"} <= nouns
    for noun in nouns:
        assert re.search(rf"^  {noun} [a-z]+", run_plain("help", noun), re.M), noun
    assert "keys revoke" in run_plain("keys", "--help")


def test_the_version_is_known():
    version = run_plain("--version").strip()
    assert re.fullmatch(r"purse \d+\.\d+\.\d+ \(.+\)", version)
    assert version in run_plain("help")
    told = json.loads(run_plain("--version", "--json"))
    assert version.startswith(f"purse {told['version']} (") and "commit" in told


def test_a_wrong_verb_is_named_and_the_right_ones_are_told():
    for words, wanted in [(["escrows", "frobnicate"], "there are: escrows create"),
                          (["escrows", "lst"], "did you mean purse escrows list?"),
                          (["reserve"], "needs one word more")]:
        result = subprocess.run([programs() / "purse", *words], capture_output=True, text=True,
                                timeout=30)
        assert result.returncode == 2 and wanted in result.stderr, result.stderr
        assert len(words) == 1 or f"there is no command '{' '.join(words)}'" in result.stderr


def test_a_server_that_is_no_gateway_is_called_that(system):
    """The operations port answers every other path with a text and 404."""
    result = system.purse("wallets", "list", "--url", system.operations("policy"), check=False)
    assert result.returncode == 1 and "not from a Pursestrings gateway" in result.stderr


def test_the_demo_says_that_it_deposits_invented_money(system):
    assert "invented money" in system.purse("demo").stderr
    assert "invented money" not in system.purse("demo", "--yes").stderr


def test_the_key_of_the_access_file_is_not_revoked_by_mistake(system, purse):
    with system.client() as admin:
        own = admin.get("/v1/me").json()["key_id"]
    other = purse("keys", "create", "--class", "admin")["key"]
    for words in [[], ["--key", other]]:
        result = system.purse("keys", "revoke", own, *words, check=False)
        assert result.returncode == 5 and "--yes" in result.stderr
    purse("wallets", "list")
