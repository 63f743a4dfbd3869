"""`purse verify` finds damage: each test plants one kind in a copy of a good installation."""

import contextlib
import hashlib
import json
import pathlib
import shutil
import sqlite3
import subprocess
import tempfile
import time
import uuid

import pytest

from barkd import TOKEN, Barkd
from conftest import System, programs
from killer import await_drained
from parties import Parties, post
from test_bark import OTHERS_ARK


@pytest.fixture(scope="module")
def good():
    """The state folder of an installation that has worked and was stopped."""
    system, barkd = System(), Barkd()
    try:
        token = system.state / "barkd.token"
        token.write_text(TOKEN)
        system.environment.update(
            {"PURSE_BARK_URL": barkd.url, "PURSE_BARK_TOKEN_FILE": str(token)})
        system.start()
        system.purse("demo", "--yes")
        escrows(system)
        batch(system)
        outside(system)
        system.purse("down")
        yield system.state
    finally:
        system.stop()
        barkd.close()


def outside(system) -> None:
    """A paid invoice, a payment over a rail with a fee, and a release from a group."""
    parties = Parties(system, money="0.1", asset="BTC")
    users = {name: str(uuid.uuid4()) for name in parties.wallets}
    with system.client() as admin:
        for name, wallet in parties.wallets.items():
            post(admin, f"/v1/wallets/{wallet}/destinations",
                 {"type": "mixin_user", "value": users[name]})
    with parties.client("payer") as payer, parties.client("receiver") as receiver:
        invoice = post(receiver, "/api/v1/lightning/receives/invoice", {"amount_sat": 10})
        post(payer, "/api/v1/wallet/send", {"destination": invoice["invoice"]})
        post(payer, "/api/v1/wallet/send", {"destination": OTHERS_ARK, "amount_sat": 1000})
        post(payer, "/transactions", {
            "asset_id": "c6d0c728-2624-429b-8e0d-d9d19b6592fa", "amount": "0.01",
            "trace_id": str(uuid.uuid4()), "opponent_multisig": {
                "receivers": [users["payer"], users["receiver"]], "threshold": 2}})
        group = "/v1/groups/" + payer.get("/v1/groups").json()["data"][0]["group_id"]
        release = post(payer, group + "/releases",
                       {"to": parties.wallets["stranger"], "amount": "0.005"})["release_id"]
        for client in [payer, receiver]:
            signed = post(client, f"{group}/releases/{release}/sign")
        assert signed["status"] == "released"
    await_drained(system)


def escrows(system) -> None:
    """Three escrows: one that is released, one that is refunded, one that is locked."""
    with system.client() as client:
        def post(path: str, body: dict) -> dict:
            answer = client.post(path, json=body)
            assert answer.status_code == 200, answer.text
            return answer.json()

        payer, payee = [
            post("/v1/wallets", {
                "agentId": name, "label": name, "policyId": "pol_open"})["wallet_id"]
            for name in ["escrow-payer", "escrow-payee"]]
        money = {"amount": "100.00", "currency": "USDC"}
        post("/v1/reserve/deposits", {**money, "reference": "escrows"})
        post(f"/v1/wallets/{payer}/fund", money)
        released, refunded, _ = [
            "/v1/payments/a2a/" + post("/v1/payments/a2a", {
                "fromWallet": payer, "toWallet": payee, "amount": "10.00", "currency": "USDC",
                "taskDescription": "A task", "reviewSeconds": 0})["escrow_id"]
            for _ in range(3)]
        post(released + "/complete",
             {"proofType": "output_hash", "proof": "sha256:" + "a" * 64})
        post(refunded + "/dispute", {"reason": "no"})
        post(refunded + "/resolve", {"decision": "refund"})
    deadline = time.monotonic() + 10
    while any(system.metric(each, "purse_outbox_rows") for each in ["policy", "settlement"]):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def batch(system) -> None:
    """A batch with a payment to a member and one that waits."""
    with system.client() as client:
        def post(path: str, body: dict | None = None) -> dict:
            answer = client.post(path, json=body) if body else client.post(path)
            assert answer.status_code == 200, answer.text
            return answer.json()

        member = post("/v1/wallets", {
            "agentId": "member", "label": "Member", "policyId": "pol_open"})["wallet_id"]
        post(f"/v1/wallets/{member}/destinations", {"type": "phone", "value": "27821231234"})
        post("/v1/reserve/deposits",
             {"amount": "100.00", "currency": "DZAR", "reference": "batches"})
        made = post("/batches", {"name": "Wages"})["id"]
        post(f"/batches/{made}/payments", {"clearExisting": False, "payments": [
            {"msisdn": "27821231234", "amount": 10}, {"msisdn": "27821231235", "amount": 5}]})
        assert post(f"/batches/{made}/submit")["statusCode"] == "OPEN"
    deadline = time.monotonic() + 10
    while any(system.metric(each, "purse_outbox_rows") for each in ["policy", "settlement"]):
        assert time.monotonic() < deadline
        time.sleep(0.05)


@contextlib.contextmanager
def copy(good):
    with tempfile.TemporaryDirectory(prefix="purse-") as folder:
        state = pathlib.Path(folder) / "state"
        shutil.copytree(good / "data", state / "data")
        yield state


def verify(state) -> tuple[int, dict]:
    result = subprocess.run(
        [programs() / "purse", "verify", "--json", "--state", state],
        capture_output=True, text=True, timeout=60)
    return result.returncode, json.loads(result.stdout or "{}")


def damage(state, service: str, *statements: str) -> None:
    """Changes a database behind the back of its constraints."""
    with contextlib.closing(sqlite3.connect(state / "data" / f"{service}.sqlite")) as database:
        database.execute("PRAGMA ignore_check_constraints = 1")
        for statement in statements:
            assert database.execute(statement).rowcount > 0, statement
        database.commit()


def test_a_good_installation_is_clean(good):
    with copy(good) as state:
        code, report = verify(state)
        assert code == 0 and report["clean"], report


PAID = "(SELECT entry_sequence FROM payment WHERE type = 'payment' AND status = 'confirmed')"


@pytest.mark.parametrize("finding, service, statements", [
    ("broken_link", "settlement", [
        f"UPDATE posting SET amount_minor = amount_minor * 2 WHERE entry_sequence = {PAID}"]),
    ("broken_link", "settlement", ["UPDATE journal_entry SET created_at = 1 WHERE sequence = 2"]),
    ("missing_entry", "settlement", [
        "DELETE FROM posting WHERE entry_sequence = 2",
        "DELETE FROM journal_entry WHERE sequence = 2"]),
    ("unbalanced_entry", "settlement", [
        f"UPDATE posting SET amount_minor = amount_minor + 1 WHERE entry_sequence = {PAID}"
        " AND amount_minor > 0"]),
    ("wrong_balance", "settlement", [
        "UPDATE ledger_account SET posted_minor = posted_minor + 1000000 WHERE kind = 'wallet'"]),
    ("wrong_hold", "settlement", ["UPDATE ledger_account SET held_minor = 1 WHERE kind = 'wallet'"]),
    ("wrong_head", "settlement", [
        "DELETE FROM posting WHERE entry_sequence = (SELECT max(sequence) FROM journal_entry)",
        "DELETE FROM journal_entry WHERE sequence = (SELECT max(sequence) FROM journal_entry)"]),
    ("payments_and_entries", "settlement", [
        "UPDATE payment SET amount_minor = 1 WHERE status = 'confirmed' AND type = 'payment'"]),
    ("payments_and_entries", "settlement", [
        "DELETE FROM payment WHERE status = 'confirmed' AND type = 'payment'"]),
    ("payments_and_entries", "settlement", ["DELETE FROM deposit"]),
    ("payments_and_entries", "settlement", [
        "UPDATE rail_attempt SET state = 'failed' WHERE state = 'settled'"]),
    ("payments_and_entries", "settlement", [
        "UPDATE payment SET fee_minor = 1 WHERE fee_minor = 0"]),
    ("payments_and_entries", "settlement", [
        "UPDATE hold SET state = 'placed' WHERE state = 'captured'"]),
    ("payments_and_entries", "settlement", [
        "UPDATE invoice SET payment_id = 'tx_other' WHERE payment_id IS NOT NULL"]),
    ("payments_and_entries", "settlement", [
        "DELETE FROM single_use WHERE name LIKE 'trace:%'"]),
    ("payments_and_entries", "settlement", [
        "UPDATE single_use SET payment_id = 'tx_other' WHERE name LIKE 'invoice:%'"]),
    ("payments_and_entries", "settlement", ["UPDATE group_move SET release_id = 'rel_other'"]),
    ("windows", "policy", ["UPDATE spending_window SET day_minor = 0 WHERE day_minor > 0"]),
    ("windows", "policy", [
        "UPDATE authorization SET amount_minor = 60000000 WHERE state = 'reserved'"]),
    ("payments_and_authorizations", "policy", ["DELETE FROM authorization WHERE state = 'denied'"]),
    ("payments_and_authorizations", "policy", [
        "UPDATE authorization SET state = 'denied' WHERE state = 'reserved'"]),
    ("authorizations_and_payments", "settlement", ["DELETE FROM payment WHERE status = 'blocked'"]),
    ("event_sequences", "notifier", ["DELETE FROM event_party", "DELETE FROM event WHERE sequence = 2"]),
    ("payments_and_events", "notifier", [
        "DELETE FROM event_party", "DELETE FROM event WHERE type = 'transaction.completed'"]),
    ("payments_and_events", "notifier", [
        "UPDATE event SET type = 'transaction.failed' WHERE type = 'transaction.completed'"]),
    ("events_and_payments", "settlement", ["DELETE FROM payment WHERE status = 'blocked'"]),
    ("payments_and_entries", "settlement", [
        "UPDATE ledger_account SET posted_minor = 1 WHERE kind = 'escrow' AND posted_minor = 0"]),
    ("payments_and_entries", "settlement", [
        "UPDATE escrow_account SET amount_minor = 1 WHERE entry_sequence IS NULL"]),
    ("payments_and_entries", "settlement", [
        "UPDATE escrow_account SET receiver_wallet_id = wallet_id WHERE receiver_minor > 0"]),
    ("payments_and_authorizations", "settlement", [
        "UPDATE escrow_account SET receiver_minor = 1 WHERE receiver_minor = 0"]),
    ("payments_and_authorizations", "policy", [
        "UPDATE authorization SET state = 'released' WHERE state = 'reserved'"]),
    ("payments_and_entries", "settlement", ["UPDATE batch SET settled_minor = 0"]),
    ("payments_and_entries", "settlement", ["DELETE FROM payout WHERE status = 'settled'"]),
    ("payments_and_entries", "settlement", [
        "UPDATE payout SET status = 'cancelled' WHERE status = 'pending'"]),
    ("payments_and_entries", "settlement", ["UPDATE batch SET entry_sequence = 1"]),
    ("authorizations_and_payments", "policy", [
        "DELETE FROM authorization WHERE id LIKE 'tx_batch_%_0'"]),
    ("authorizations_and_payments", "settlement", [
        "UPDATE batch SET status = 'cancelled', entry_sequence = NULL"]),
    ("payments_and_events", "notifier", [
        "DELETE FROM event_party", "DELETE FROM event WHERE id LIKE 'evt_payout_%'"]),
    # L8: a restore can leave an escrow that has ended, or is about to, while its money is locked.
    ("escrows_and_money", "escrow", [
        "UPDATE escrow SET status = 'released' WHERE status = 'locked'"]),
    ("escrows_and_money", "escrow", [
        "UPDATE escrow SET status = 'refunding' WHERE status = 'locked'"]),
    ("escrows_and_money", "escrow", ["DELETE FROM escrow WHERE status = 'locked'"]),
])
def test_planted_damage_is_found(good, finding, service, statements):
    with copy(good) as state:
        damage(state, service, *statements)
        code, report = verify(state)
        assert code == 4, report
        found = {item["kind"] for item in report["ledger"]["findings"]}
        found |= {check["name"] for check in report["checks"] if check["finding_count"]}
        assert finding in found


def forge(state) -> None:
    """Rewrites history as whoever has the file and no key can: a changed amount, every later link
    computed anew, every balance mended."""
    def text(value: str) -> bytes:
        return len(value.encode()).to_bytes(8, "big") + value.encode()

    with contextlib.closing(sqlite3.connect(state / "data" / "settlement.sqlite")) as database:
        paid = database.execute(PAID[1:-1]).fetchone()[0]
        postings = database.execute(
            "SELECT account_id, amount_minor FROM posting WHERE entry_sequence = ?", [paid]).fetchall()
        for account, amount in postings:
            change = 1 if amount < 0 else -1
            database.execute("UPDATE ledger_account SET posted_minor = posted_minor + ? WHERE id = ?",
                             [change, account])
            database.execute("UPDATE posting SET amount_minor = ? WHERE entry_sequence = ?"
                             " AND account_id = ?", [amount + change, paid, account])
        head = bytes(32)
        for sequence, kind, reference, at in database.execute(
                "SELECT sequence, kind, reference, created_at FROM journal_entry"
                " ORDER BY sequence").fetchall():
            link = head + sequence.to_bytes(8, "big") + at.to_bytes(8, "big")
            link += text(kind) + text(reference)
            for *account, amount in database.execute(
                    "SELECT kind, owner, asset, amount_minor FROM posting"
                    " JOIN ledger_account ON id = account_id WHERE entry_sequence = ?"
                    " ORDER BY position", [sequence]).fetchall():
                link += b"".join(text(each) for each in account)
                link += amount.to_bytes(8, "big", signed=True)
            head = hashlib.sha256(link).digest()
            database.execute("UPDATE journal_entry SET hash = ? WHERE sequence = ?", [head, sequence])
        database.execute("UPDATE ledger_head SET hash = ?", [head])
        database.execute("UPDATE payment SET amount_minor = amount_minor - 1"
                         " WHERE entry_sequence = ?", [paid])
        database.commit()


def test_a_history_that_was_rewritten_without_the_key_is_found(good):
    """review 13: the chain's hashes alone can be computed by anybody."""
    with copy(good) as state:
        forge(state)
        code, report = verify(state)
        assert code == 4
        found = {item["kind"] for item in report["ledger"]["findings"]}
        assert found == {"wrong_signature"}, "every link, sum and head is mended"


def test_a_signature_that_a_payment_shows_is_of_its_entry(good):
    with copy(good) as state:
        damage(state, "settlement", "UPDATE payment SET signature = (SELECT signature FROM payment"
               " WHERE type = 'funding' LIMIT 1) WHERE type = 'payment' AND status = 'confirmed'")
        code, report = verify(state)
        assert code == 4
        assert {check["name"] for check in report["checks"] if check["finding_count"]} == {
            "payments_and_signatures"}


def test_a_funding_of_another_wallet_than_its_entry_is_found(good):
    with copy(good) as state:
        damage(state, "settlement", "UPDATE payment SET wallet_id = (SELECT id FROM wallet WHERE"
               " id <> payment.wallet_id LIMIT 1) WHERE type = 'funding'")
        code, report = verify(state)
        assert code == 4
        assert "payments_and_entries" in {
            check["name"] for check in report["checks"] if check["finding_count"]}


def anchor(state, file) -> subprocess.CompletedProcess:
    return subprocess.run(
        [programs() / "purse", "verify", "--json", "--state", state, "--anchor", file],
        capture_output=True, text=True, timeout=60)


def test_a_later_ledger_must_contain_the_heads_that_were_carried_away(good):
    with copy(good) as state:
        file = state.parent / "heads"
        first = anchor(state, file)
        assert first.returncode == 0, first.stdout
        lines = file.read_text().splitlines()
        assert len(lines) == 1 and json.loads(lines[0]) == json.loads(first.stdout)["ledger"]["head"]
        assert anchor(state, file).returncode == 0
        assert file.read_text().splitlines() == lines, "the same head stands there once"
        damage(state, "settlement",
               "DELETE FROM posting WHERE entry_sequence = (SELECT max(sequence) FROM journal_entry)",
               "UPDATE ledger_head SET sequence = sequence - 1, hash = (SELECT hash FROM journal_entry"
               " ORDER BY sequence DESC LIMIT 1 OFFSET 1)",
               "DELETE FROM journal_entry WHERE sequence = (SELECT max(sequence) FROM journal_entry)")
        cut = anchor(state, file)
        assert cut.returncode == 4
        kinds = {item["kind"] for item in json.loads(cut.stdout)["ledger"]["findings"]}
        assert "missing_anchor" in kinds and "wrong_head" not in kinds
        assert file.read_text().splitlines() == lines, "nothing of a damaged ledger is added"
        file.write_text(lines[0].replace('"sequence":', '"sequence":1') + "\n")
        assert anchor(state, file).returncode == 4
        file.write_text("{}\n")
        assert anchor(state, file).returncode == 2


def test_a_ledger_goes_on_with_its_own_master_key_alone(good):
    with copy(good) as state:
        result = subprocess.run(
            [programs() / "purse", "up", "--state", state, "--detach", "--no-demo", "--port", "0"],
            capture_output=True, text=True, timeout=60)
        subprocess.run([programs() / "purse", "down", "--state", state], capture_output=True)
        assert result.returncode != 0
        logs = "".join(file.read_text() for file in (state / "log").glob("settlement*"))
        assert "restore the master key" in logs + result.stderr


def test_a_file_that_is_no_database_is_told(good):
    with copy(good) as state:
        (state / "data" / "policy.sqlite").write_bytes(b"not a database" * 1000)
        code, _ = verify(state)
        assert code == 6
