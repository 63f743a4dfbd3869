"""A bank over HTTP: clients who move money between a few wallets while something goes wrong."""

import json
import os
import pathlib
import random
import signal
import threading
import time
import uuid
from decimal import Decimal

import httpx

WALLETS = 6
START = 50_000_000


def micros(text: str) -> int:
    return int(Decimal(text) * 1_000_000)


class Bank:
    """The wallets, the clients, and the history of what they asked for and were told."""

    def __init__(self, system, chance: random.Random):
        self.system, self.chance = system, chance
        self.history: list[dict] = []
        self.lock = threading.Lock()
        self.ended = threading.Event()
        self.count = 0
        self.pending: dict[str, dict] = {}
        with system.client() as admin:
            self.deposit(admin)
            self.wallets = [self.open(admin) for _ in range(WALLETS)]
        self.note({"op": "open", "wallets": {wallet: START for wallet in self.wallets}})

    def deposit(self, admin: httpx.Client) -> None:
        answer = admin.post("/v1/reserve/deposits", json={
            "amount": "1000", "currency": "USDC", "reference": uuid.uuid4().hex})
        assert answer.status_code == 200, answer.text

    def open(self, admin: httpx.Client) -> str:
        made = admin.post("/v1/wallets", json={
            "agentId": uuid.uuid4().hex, "label": "Account", "policyId": "pol_open"})
        assert made.status_code == 200, made.text
        wallet = made.json()["wallet_id"]
        funded = admin.post(f"/v1/wallets/{wallet}/fund", json={
            "amount": str(Decimal(START) / 1_000_000), "currency": "USDC"})
        assert funded.status_code == 200, funded.text
        return wallet

    def note(self, row: dict) -> None:
        with self.lock:
            self.history.append(row)

    def write(self, path: pathlib.Path) -> None:
        path.write_text("".join(json.dumps(row) + "\n" for row in self.history))

    # What clients do

    def transfer(self, client: httpx.Client, order: dict | None = None) -> str:
        """Asks once for a transfer, a new one or one that was asked for before."""
        with self.lock:
            if order is None:
                self.count += 1
                source, target = self.chance.sample(self.wallets, 2)
                order = {"id": self.count, "key": uuid.uuid4().hex, "from": source, "to": target,
                         "amount": self.chance.randrange(1, 20_000_000)}
        began = time.monotonic()
        tx, outcome = None, "unknown"
        try:
            answer = client.post("/v1/payments", json={
                "walletId": order["from"], "to": order["to"], "currency": "USDC",
                "amount": f"{order['amount'] / 1_000_000:.6f}", "idempotencyKey": order["key"]})
            body = answer.json()
            if answer.status_code == 200 and body["status"] == "confirmed":
                outcome, tx = "confirmed", body["tx_id"]
            elif answer.status_code == 422:
                assert body["error"]["code"] == "insufficient_funds", answer.text
                assert body["error"]["outcome"] == "not_applied", answer.text
                outcome, tx = "refused", body["error"].get("tx_id")
            else:
                assert answer.status_code == 503, answer.text
        except (httpx.TransportError, json.JSONDecodeError):
            pass
        self.note({"op": "transfer", **order, "began": began, "ended": time.monotonic(),
                   "outcome": outcome, "tx": tx})
        with self.lock:
            if outcome == "unknown":
                self.pending[order["key"]] = order
            else:
                self.pending.pop(order["key"], None)
        return outcome

    def read(self, client: httpx.Client, final: bool = False) -> bool:
        """Reads all balances at one moment."""
        began = time.monotonic()
        try:
            answer = client.get("/v1/wallets", params={"limit": 100})
        except httpx.TransportError:
            return False
        if answer.status_code != 200:
            assert answer.status_code == 503, answer.text
            return False
        balances = {row["wallet_id"]: micros(row["balances"].get("USDC", "0"))
                    for row in answer.json()["data"] if row["wallet_id"] in self.wallets}
        self.note({"op": "read", "began": began, "ended": time.monotonic(),
                   "balances": balances, "final": final})
        return True

    def client(self, work) -> None:
        """One client: it works until the end, and repeats some of what it was not told of."""
        with self.system.client() as http:
            http.timeout = 12
            while not self.ended.is_set():
                work(http)
                with self.lock:
                    pending = list(self.pending.values())
                    again = self.chance.choice(pending) if pending else None
                    repeats = self.chance.random() < 0.5
                if again and repeats:
                    self.transfer(http, again)
                time.sleep(0.01)

    def run(self, nemesis, seconds: float) -> None:
        """Lets clients and a nemesis work for a time, and then everybody be told everything."""
        failures: list[BaseException] = []

        def guarded(body, *arguments) -> None:
            try:
                body(*arguments)
            except BaseException as failure:
                failures.append(failure)

        threads = [threading.Thread(target=guarded, args=(self.client, self.transfer))
                   for _ in range(5)]
        threads += [threading.Thread(target=guarded, args=(self.client, self.read))]
        threads += [threading.Thread(target=guarded, args=(nemesis.run, self.ended))]
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        self.ended.set()
        for thread in threads:
            thread.join(60)
            assert not thread.is_alive(), "a client does not come to its end"
        assert not failures, failures
        self.finish()

    def finish(self) -> None:
        deadline = time.monotonic() + 90
        with self.system.client() as client:
            while self.pending or not self.read(client, final=not self.pending):
                for order in list(self.pending.values()):
                    assert time.monotonic() < deadline, f"{len(self.pending)} stay unknown"
                    self.transfer(client, order)
                assert time.monotonic() < deadline, "the balances cannot be read"
                time.sleep(0.05)
        if not self.history[-1]["final"]:
            with self.system.client() as client:
                assert self.read(client, final=True)


class Nemesis:
    """What goes wrong: processes are killed and stopped, until it is told to leave."""

    SERVICES = ["gateway", "policy", "settlement", "notifier"]

    def __init__(self, system, chance: random.Random):
        self.system, self.chance = system, chance
        self.kills = self.stops = 0

    def run(self, ended: threading.Event) -> None:
        while not ended.wait(self.chance.uniform(0.2, 0.9)):
            service = self.chance.choice(self.SERVICES)
            try:
                process = self.system.process(service)
                if self.chance.random() < 0.5:
                    os.kill(process, signal.SIGKILL)
                    self.kills += 1
                else:
                    os.kill(process, signal.SIGSTOP)
                    self.stops += 1
                    try:
                        ended.wait(self.chance.uniform(0.1, 1.5))
                    finally:
                        os.kill(process, signal.SIGCONT)
            except (ProcessLookupError, FileNotFoundError, ValueError):
                continue


class FullDisk:
    """What goes wrong: the disk of the installation is full for a while, again and again."""

    def __init__(self, folder: pathlib.Path, chance: random.Random):
        self.ballast, self.chance = folder / "ballast", chance
        self.times = 0

    def run(self, ended: threading.Event) -> None:
        while not ended.wait(self.chance.uniform(0.5, 1.5)):
            self.fill()
            self.times += 1
            ended.wait(self.chance.uniform(0.5, 2.5))
            self.ballast.unlink()

    def fill(self) -> None:
        with open(self.ballast, "wb", buffering=0) as file:
            for size in [1 << 20, 4096]:
                try:
                    while True:
                        file.write(b"\0" * size)
                except OSError:
                    continue
