"""A stranger's hour: from nothing to everything that a day needs, by the command line alone.

Every command is one that its own help shows; what a step needs is taken from what an earlier one
printed for people, or with --json for programs.
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "Interop"))

from conftest import System, programs
from receiver import Receiver


class Stranger:
    """Somebody at a terminal, who keeps a transcript."""

    def __init__(self, system: System):
        self.system = system
        self.transcript: list[str] = []

    def types(self, *words: str, code: int = 0) -> subprocess.CompletedProcess:
        self.look_up(words)
        result = self.system.purse(*words, check=False)
        self.transcript.append(f"$ purse {' '.join(words)}\n{result.stdout}{result.stderr}")
        assert result.returncode == code, "\n".join(self.transcript)
        return result

    def asks(self, *words: str):
        return json.loads(self.types(*words, "--json").stdout)

    def look_up(self, words: tuple[str, ...]) -> None:
        """The help of the command has each option that is used."""
        name = [word for word in words[:2] if re.fullmatch("[a-z]+", word)]
        page = subprocess.run([programs() / "purse", *name, "--help"], capture_output=True,
                              text=True, timeout=30)
        assert page.returncode == 0 and "usage: purse" in page.stdout, words
        for word in words:
            if word.startswith("--"):
                assert word in page.stdout, f"{word} is not in the help of purse {name}"


@pytest.fixture
def stranger():
    system = System({"PURSE_WEBHOOK_ALLOW": "127.0.0.0/8"})
    somebody = Stranger(system)
    try:
        yield somebody
    finally:
        system.stop()
        print("\n".join(somebody.transcript))


def test_a_strangers_hour(stranger, tmp_path):
    types, asks = stranger.types, stranger.asks
    up = types("up", "--detach", "--no-demo", "--port", "0")
    assert "admin key" in up.stdout
    types("status")

    # A policy, two agents, money.
    policy = asks("policies", "create", "--name", "Shopping", "--max-per-tx", "5.00",
                  "--max-per-day", "50.00", "--require-co-sign", "3.00")["policy_id"]
    asks("reserve", "deposit", "--amount", "100.00", "--reference", "first-wire")
    buyer = asks("wallets", "create", "--agent", "buyer", "--label", "Buys data",
                 "--policy", policy)["wallet_id"]
    seller = asks("wallets", "create", "--agent", "seller", "--label", "Sells data",
                  "--policy", "pol_open")["wallet_id"]
    types("wallets", "fund", buyer, "--amount", "20.00")
    types("destinations", "add", seller, "--type", "domain", "--value", "api.example.com")
    buyer_key = asks("keys", "create", "--class", "agent", "--wallet", buyer)["key"]

    # Somebody is told.
    receiver = Receiver()
    webhook = asks("webhooks", "create", "--url", receiver.url + "/hook",
                   "--events", "transaction.completed,transaction.blocked")["webhook_id"]

    # A payment, and one that is denied and explained.
    paid = types("pay", "--wallet", buyer, "--to", "api.example.com", "--amount", "2.50",
                 "--memo", "Query batch", "--key", buyer_key)
    assert "confirmed" in paid.stdout
    denied = types("pay", "--wallet", buyer, "--to", "api.example.com", "--amount", "12.00",
                   "--key", buyer_key, code=1)
    assert "max_per_tx  limit 5.00, attempted 12.00" in denied.stderr
    explanation = types("explain", re.search(r"purse explain (tx_\w+)", denied.stderr)[1])
    assert re.search(r"^ +max_per_tx +5\.00 +12\.00 .*no", explanation.stdout, re.M)

    # One for which a person is asked.
    waiting = types("pay", "--wallet", buyer, "--to", "seller", "--amount", "4.00",
                    "--key", buyer_key)
    types("approvals", "approve",
          re.search(r"purse approvals approve (apr_\w+)", waiting.stderr)[1])
    assert "confirmed" in types("payments", "show", waiting.stdout.split()[0], "--watch").stdout

    # An escrow.
    output = "sha256:" + "0123456789abcdef" * 4
    escrow = asks("escrows", "create", "--from", buyer, "--to", "seller", "--amount", "2.00",
                  "--task", "A report", "--expected-hash", output, "--key", buyer_key)["escrow_id"]
    seller_key = asks("keys", "create", "--class", "agent", "--wallet", seller)["key"]
    assert asks("escrows", "complete", escrow, "--proof", output,
                "--key", seller_key)["status"] == "released"

    # A batch from a table.
    asks("reserve", "deposit", "--amount", "50", "--currency", "DZAR", "--reference", "wages")
    table = tmp_path / "wages.csv"
    table.write_text("msisdn,amount,firstname\n27821231234,10.50,Ann\n27821231235,5,Bob\n")
    batch = asks("batches", "import", str(table), "--yes")["id"]
    assert "2 payments of 15.5 DZAR" in types("batches", "show", batch).stdout
    types("batches", "import", str(table), "--yes", code=1)

    # What was told, and what is left.
    told = [json.loads(body)["type"] for _, _, body in receiver.received("/hook", 3)]
    assert {"transaction.completed", "transaction.blocked"} <= set(told)
    assert "delivered" in types("webhooks", "deliveries", webhook).stdout
    assert "escrow.released" in types("events", "list", "--limit", "100").stdout
    shown = asks("wallets", "show", buyer)
    assert shown["usdc_balance"] == "11.50"
    types("keys", "rotate")
    assert "No damage." in types("verify").stdout

    # A backup while it runs; it is restored elsewhere, verified, and pays.
    backup = tmp_path / "backup"
    assert "nobody could write for" in types("backup", str(backup)).stdout
    types("down")
    elsewhere = Stranger(System())
    try:
        elsewhere.system.state.rmdir()
        restored = elsewhere.types("restore", str(backup))
        assert "No damage." in restored.stdout and "master.unlock" in restored.stderr
        shutil.copy(stranger.system.state / "master.unlock", elsewhere.system.state)
        elsewhere.types("up", "--detach", "--no-demo", "--port", "0")
        assert elsewhere.asks("wallets", "show", buyer)["usdc_balance"] == "11.50"
        elsewhere.types("pay", "--wallet", buyer, "--to", "api.example.com", "--amount", "1.00",
                        "--key", buyer_key)
        assert "No damage." in elsewhere.types("verify").stdout
    finally:
        elsewhere.system.stop()
        stranger.transcript += elsewhere.transcript
