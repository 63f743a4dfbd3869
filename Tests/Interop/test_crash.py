"""What must never happen: a lost or double payment when processes die, and a cap that leaks."""

import concurrent.futures
import os
import random
import signal
import threading
import time
import uuid
from decimal import Decimal

import httpx
import pytest

from conftest import System

PAYMENTS = 2000
CLIENTS = 16
SERVICES = ["gateway", "policy", "settlement", "escrow", "notifier"]


@pytest.fixture()
def fresh():
    running = System()
    try:
        running.start()
        yield running
    finally:
        running.stop()


def call(client: httpx.Client, path: str, body: dict) -> dict:
    answer = client.post(path, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def make_wallets(system: System, count: int, policy: dict, amount: str) -> list[str]:
    with system.client() as client:
        policy_id = call(client, "/v1/policies", policy)["policy_id"]
        call(client, "/v1/reserve/deposits",
             {"amount": "1000000", "currency": "USDC", "reference": uuid.uuid4().hex})
        wallets = []
        for _ in range(count):
            body = {"agentId": "a" + uuid.uuid4().hex[:12], "label": "Crashing",
                    "policyId": policy_id}
            wallet = call(client, "/v1/wallets", body)["wallet_id"]
            call(client, f"/v1/wallets/{wallet}/fund", {"amount": amount, "currency": "USDC"})
            wallets.append(wallet)
    return wallets


def pay_until_answered(client: httpx.Client, body: dict) -> tuple[int, dict]:
    """Repeats a payment with its key until there is a definite answer."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            answer = client.post("/v1/payments", json=body)
        except httpx.TransportError:
            time.sleep(0.05)
            continue
        if answer.status_code == 503:
            time.sleep(0.05)
            continue
        assert answer.status_code < 500, answer.text
        return answer.status_code, answer.json()
    raise AssertionError("no definite answer within two minutes")


class Killer(threading.Thread):
    """Kills one service after another, at random, until it is told to stop."""

    def __init__(self, system: System, chance: random.Random):
        super().__init__()
        self.system = system
        self.chance = chance
        self.kills = dict.fromkeys(SERVICES, 0)
        self.ended = threading.Event()

    def run(self):
        order = list(SERVICES)
        self.chance.shuffle(order)
        while not self.ended.wait(self.chance.uniform(0.3, 0.8)):
            service = order.pop()
            if not order:
                order = list(SERVICES)
                self.chance.shuffle(order)
            try:
                os.kill(self.system.process(service), signal.SIGKILL)
                self.kills[service] += 1
            except (ProcessLookupError, FileNotFoundError, ValueError):
                pass


def balances(client: httpx.Client) -> Decimal:
    """The sum of all wallets and the reserve."""
    total = Decimal(client.get("/v1/reserve").json()["balances"]["USDC"])
    cursor = None
    while True:
        page = client.get("/v1/wallets", params={"limit": 100, **({"cursor": cursor} if cursor else {})})
        total += sum(Decimal(wallet["usdc_balance"]) for wallet in page.json()["data"])
        cursor = page.json()["next_cursor"]
        if cursor is None:
            return total


def await_drained(system: System) -> dict:
    """Waits until every outbox is empty, and returns the audit."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if not any(system.metric(each, "purse_outbox_rows") for each in SERVICES[1:]):
                break
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    else:
        raise AssertionError("the outboxes do not drain")
    return system.audit()


def test_nothing_is_lost_when_processes_are_killed(fresh):
    seed = int(os.environ.get("PURSESTRINGS_SEED", random.randrange(1 << 32)))
    print(f"seed {seed}")
    chance = random.Random(seed)
    wallets = make_wallets(fresh, 20, {"name": "K", "maxPerTx": "10", "maxPerDay": "100"}, "1000")
    jobs = [
        {
            "walletId": payer, "to": payee, "currency": "USDC",
            "amount": f"{chance.randrange(1, 1100) / 100:.2f}", "idempotencyKey": f"k{number}",
        }
        for number in range(PAYMENTS)
        for payer, payee in [chance.sample(wallets, 2)]
    ]
    outcomes: dict[str, list[tuple[int, str]]] = {job["idempotencyKey"]: [] for job in jobs}
    killer = Killer(fresh, chance)
    killer.start()

    def work(part: list[dict]) -> None:
        with fresh.client() as client:
            for job in part:
                status, answer = pay_until_answered(client, job)
                outcomes[job["idempotencyKey"]].append((status, identity(answer)))

    try:
        with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(work, [jobs[start::CLIENTS] for start in range(CLIENTS)]))
    finally:
        killer.ended.set()
        killer.join()
    print(f"kills {killer.kills}")
    assert all(count > 0 for count in killer.kills.values()), killer.kills
    time.sleep(1)
    with fresh.client() as client:
        for job in jobs:
            status, answer = pay_until_answered(client, job)
            outcomes[job["idempotencyKey"]].append((status, identity(answer)))
        assert balances(client) == Decimal("1000000")
    assert all(len(set(each)) == 1 for each in outcomes.values())
    confirmed = [each[0][1] for each in outcomes.values() if each[0][0] == 200]
    assert len(set(confirmed)) == len(confirmed) > 0
    await_drained(fresh)
    print(f"{len(confirmed)} confirmed, {PAYMENTS - len(confirmed)} denied")


def identity(answer: dict) -> str:
    return answer.get("tx_id") or answer["error"]["tx_id"]


def test_a_cap_does_not_leak_under_fire(fresh):
    """64 clients try to spend ten times a daily cap of 50.00 in payments of 0.70."""
    payer, payee = make_wallets(fresh, 2, {"name": "C", "maxPerDay": "50.00"}, "1000")

    def pay(number: int) -> int:
        with fresh.client() as client:
            body = {"walletId": payer, "to": payee, "amount": "0.70", "currency": "USDC",
                    "idempotencyKey": f"c{number}"}
            return pay_until_answered(client, body)[0]

    with concurrent.futures.ThreadPoolExecutor(64) as pool:
        statuses = list(pool.map(pay, range(715)))
    assert statuses.count(200) == 71
    assert statuses.count(402) == 715 - 71
    with fresh.client() as client:
        assert Decimal(client.get(f"/v1/wallets/{payee}").json()["usdc_balance"]) == Decimal("1049.70")
    await_drained(fresh)
