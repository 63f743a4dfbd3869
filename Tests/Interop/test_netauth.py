"""NetAuth's pages, as a client of that system would use them."""

import concurrent.futures
import os
import random
import time
import uuid

import httpx
import nacl.signing
import pytest

from addresses import base58
from conftest import System
from killer import Killer, await_drained, insist

SOL = 1_000_000_000


class Agents:
    """Some agents, the first of which has money."""

    def __init__(self, system, count: int = 3, money: str = "10"):
        self.system = system
        self.names = [f"agent-{uuid.uuid4().hex}" for _ in range(count)]
        with system.client() as admin:
            for name in self.names:
                made = admin.post("/api/agents/register", json={"agentId": name})
                assert made.status_code == 201, made.text
            self.wallets = {}
            for name in self.names:
                found = admin.get("/v1/wallets", params={"agentId": name}).json()["data"]
                self.wallets[name] = found[0]["wallet_id"]
            admin.post("/v1/reserve/deposits", json={
                "amount": money, "currency": "SOL", "reference": uuid.uuid4().hex})
            funded = admin.post(f"/v1/wallets/{self.wallets[self.names[0]]}/fund",
                                json={"amount": money, "currency": "SOL"})
            assert funded.status_code == 200, funded.text

    def balance(self, name: str) -> int:
        with self.system.client() as admin:
            answer = admin.get(f"/api/agents/{name}/balance").json()
        assert answer["agentId"] == name and answer["currency"] == "SOL"
        return answer["balance"]


@pytest.fixture()
def agents(system):
    return Agents(system)


def test_an_agent_is_registered_once(system):
    name = uuid.uuid4().hex
    with system.client() as client:
        made = client.post("/api/agents/register", json={"agentId": name})
        assert made.status_code == 201
        body = made.json()
        assert list(body) == ["id", "publicKey", "createdAt", "updatedAt", "isActive"]
        assert body["id"] == name and body["isActive"] is True
        again = client.post("/api/agents/register", json={"agentId": name})
        assert again.status_code == 500 and list(again.json()) == ["error"]
        missing = client.post("/api/agents/register", json={})
        assert missing.status_code == 400 and "agentId" in missing.json()["error"]
        key = base58(bytes(nacl.signing.SigningKey.generate().verify_key))
        own = client.post("/api/agents/register",
                          json={"agentId": uuid.uuid4().hex, "publicKey": key})
        assert own.status_code == 201 and own.json()["publicKey"] == key
        bad = client.post("/api/agents/register",
                          json={"agentId": uuid.uuid4().hex, "publicKey": key[:-2] + "0O"})
        assert bad.status_code == 400
        for point in [bytes(32), bytes([1]) + bytes(31)]:
            weak = client.post("/api/agents/register", json={
                "agentId": uuid.uuid4().hex, "publicKey": base58(point)})
            assert weak.status_code == 400, "anybody could sign under it"


def test_the_page_s_single_payment(agents):
    sender, receiver, stranger = agents.names
    metadata = {"invoiceId": "inv-1", "taskId": "task-2", "n": 1.50}
    with agents.system.client() as client:
        answer = client.post("/api/payments/send", json={
            "fromAgentId": sender, "toAgentId": receiver, "amount": 100000000,
            "memo": "hello", "metadata": metadata})
        assert answer.status_code == 202
        sent = answer.json()
        assert sent == {"paymentId": sent["paymentId"], "status": "pending",
                        "message": "Payment initiated"}
        found = client.get(f"/api/payments/{sent['paymentId']}", params={"agentId": receiver})
        payment = found.json()
        assert list(payment) == ["id", "fromAgentId", "toAgentId", "amount",
                                 "transactionSignature", "status", "memo", "metadata",
                                 "createdAt", "completedAt", "privacyToken"]
        assert payment["id"] == sent["paymentId"] and payment["status"] == "completed"
        assert payment["fromAgentId"] == sender and payment["toAgentId"] == receiver
        assert payment["amount"] == 100000000 and payment["memo"] == "hello"
        assert payment["metadata"] == metadata and payment["privacyToken"] is None
        assert payment["completedAt"] and payment["transactionSignature"]
        native = client.get("/v1/payments/tx_" + sent["paymentId"].removeprefix("pay_")).json()
        assert native["amount"] == "0.10" and native["status"] == "confirmed"
        hidden = client.get(f"/api/payments/{sent['paymentId']}", params={"agentId": stranger})
        absent = client.get("/api/payments/pay_" + "0" * 26, params={"agentId": stranger})
        assert hidden.status_code == absent.status_code == 404
        assert hidden.json() == absent.json()
    assert agents.balance(sender) == 10 * SOL - 100000000
    assert agents.balance(receiver) == 100000000


def test_the_page_s_batch(agents):
    sender, second, third = agents.names
    body = {"fromAgentId": sender, "payments": [
        {"toAgentId": second, "amount": 100000000, "memo": "Payment 1", "metadata": {}},
        {"toAgentId": third, "amount": 50000000}]}
    with agents.system.client() as client:
        answer = client.post("/api/payments/send-batch", json=body,
                             headers={"Idempotency-Key": "batch-" + sender})
        assert answer.status_code == 202
        sent = answer.json()
        assert list(sent) == ["paymentIds", "status", "message"]
        assert sent["status"] == "accepted" and sent["message"] == "2 payment(s) initiated"
        again = client.post("/api/payments/send-batch", json=body,
                            headers={"Idempotency-Key": "batch-" + sender})
        assert again.json() == sent and again.headers["Idempotent-Replayed"] == "true"
        body["payments"][1]["amount"] += 1
        other = client.post("/api/payments/send-batch", json=body,
                            headers={"Idempotency-Key": "batch-" + sender})
        assert other.status_code == 409
        for payment in sent["paymentIds"]:
            assert client.get(f"/api/payments/{payment}").json()["status"] == "completed"
    assert [agents.balance(name) for name in agents.names] == [
        10 * SOL - 150000000, 100000000, 50000000]


@pytest.mark.parametrize("change", [
    {"fromAgentId": None}, {"toAgentId": None}, {"amount": None}, {"amount": 0}, {"amount": -1},
    {"amount": 1.5}, {"amount": "1"}, {"amount": 2**53}, {"toAgentId": "nobody"},
    {"fromAgentId": "nobody"}, {"toAgentId": "SENDER"}, {"metadata": []}, {"metadata": "x"},
    {"metadata": {"x": "y" * 5000}}, {"memo": 7},
])
def test_a_wrong_payment_moves_nothing(agents, change):
    sender, receiver, _ = agents.names
    body = {"fromAgentId": sender, "toAgentId": receiver, "amount": 5}
    for name, value in change.items():
        body[name] = sender if value == "SENDER" else value
        if value is None:
            del body[name]
    with agents.system.client() as client:
        single = client.post("/api/payments/send", json=body)
        assert single.status_code == 400 and list(single.json()) == ["error"], single.text
        good = {"toAgentId": agents.names[2], "amount": 5}
        item = {name: value for name, value in body.items() if name != "fromAgentId"}
        batch = {"payments": [good, item]}
        if "fromAgentId" in body:
            batch["fromAgentId"] = body["fromAgentId"]
        many = client.post("/api/payments/send-batch", json=batch)
        assert many.status_code == 400 and list(many.json()) == ["error"], many.text
        assert client.get(f"/api/payments/agent/{sender}").json() == []
    assert agents.balance(sender) == 10 * SOL


@pytest.mark.parametrize("payments", [
    [], None, {}, [7], [{"toAgentId": "TWICE", "amount": 1}, {"toAgentId": "TWICE", "amount": 2}],
    [{"toAgentId": f"a{n}", "amount": 1} for n in range(1001)],
])
def test_a_wrong_batch_moves_nothing(agents, payments):
    if isinstance(payments, list):
        payments = [{**item, "toAgentId": agents.names[1]}
                    if isinstance(item, dict) and item["toAgentId"] == "TWICE" else item
                    for item in payments]
    with agents.system.client() as client:
        answer = client.post("/api/payments/send-batch", json={
            "fromAgentId": agents.names[0], "payments": payments})
    assert answer.status_code == 400 and list(answer.json()) == ["error"]
    assert agents.balance(agents.names[0]) == 10 * SOL


def test_too_little_money_and_a_policy_end_in_failed(agents):
    sender, receiver, third = agents.names
    with agents.system.client() as client:
        def send(amount: int) -> dict:
            sent = client.post("/api/payments/send", json={
                "fromAgentId": sender, "toAgentId": receiver, "amount": amount})
            assert sent.status_code == 202 and sent.json()["status"] == "pending"
            return client.get(f"/api/payments/{sent.json()['paymentId']}").json()

        poor = send(11 * SOL)
        assert (poor["status"], poor["failureReason"]) == ("failed", "insufficient_funds")
        assert poor["completedAt"] and poor["transactionSignature"] is None
        policy = client.post("/v1/policies", json={
            "name": sender, "limits": {"SOL": {"maxPerTx": "1"}}}).json()["policy_id"]
        wallet = agents.wallets[sender]
        assert client.patch(f"/v1/wallets/{wallet}", json={"policyId": policy}).is_success
        blocked = send(2 * SOL)
        assert blocked["status"] == "failed" and "max_per_tx" in blocked["failureReason"]
        assert send(SOL)["status"] == "completed"
        # Each payment of a batch is decided on its own.
        batch = client.post("/api/payments/send-batch", json={
            "fromAgentId": sender, "payments": [
                {"toAgentId": receiver, "amount": 2 * SOL}, {"toAgentId": third, "amount": SOL}]})
        statuses = [client.get(f"/api/payments/{payment}").json()["status"]
                    for payment in batch.json()["paymentIds"]]
        assert statuses == ["failed", "completed"]
    assert agents.balance(sender) == 8 * SOL


def test_an_agent_s_key_is_for_its_own_agent(agents):
    sender, receiver, _ = agents.names
    with agents.system.client() as admin:
        key = admin.post("/v1/api-keys", json={
            "class": "agent", "walletId": agents.wallets[receiver]}).json()["key"]
        payment = admin.post("/api/payments/send", json={
            "fromAgentId": sender, "toAgentId": receiver, "amount": 7}).json()["paymentId"]
    with agents.system.client(key=key) as client:
        body = {"fromAgentId": sender, "toAgentId": receiver, "amount": 5}
        assert client.post("/api/payments/send", json=body).status_code == 403
        body = {"fromAgentId": receiver, "toAgentId": sender, "amount": 5}
        assert client.post("/api/payments/send", json=body).status_code == 202
        assert client.get(f"/api/payments/{payment}").status_code == 200
        assert client.get(
            f"/api/payments/{payment}", params={"agentId": sender}).status_code == 404
        assert client.get(f"/api/agents/{sender}/balance").status_code == 404
        assert client.get(f"/api/payments/agent/{sender}").status_code == 404
        assert client.post("/api/agents/register", json={"agentId": "x"}).status_code == 403
    nobody = httpx.post(agents.system.access["url"] + "/api/payments/send", json={})
    assert nobody.status_code == 401 and list(nobody.json()) == ["error"]


def test_the_history_is_in_pages_if_one_asks_for_pages(agents):
    sender, receiver, third = agents.names
    with agents.system.client() as client:
        sent = [client.post("/api/payments/send", json={
            "fromAgentId": sender, "toAgentId": receiver, "amount": amount}).json()["paymentId"]
            for amount in [1, 2, 20 * SOL, 4, 5]]
        every = client.get(f"/api/payments/agent/{sender}").json()
        assert [payment["id"] for payment in every] == sent[::-1]
        assert every == client.get(f"/api/payments/agent/{receiver}").json()
        page = client.get(f"/api/payments/agent/{sender}", params={"limit": 2, "offset": 1}).json()
        assert list(page) == ["payments", "total", "limit", "offset"]
        assert page["payments"] == every[1:3]
        assert (page["total"], page["limit"], page["offset"]) == (5, 2, 1)
        failed = client.get(f"/api/payments/agent/{sender}", params={"status": "failed"}).json()
        assert [payment["id"] for payment in failed["payments"]] == [sent[2]]
        assert (failed["total"], failed["limit"], failed["offset"]) == (1, 20, 0)
        assert client.get(f"/api/payments/agent/{third}").json() == []
        for params in [{"limit": 0}, {"limit": 101}, {"offset": -1}, {"status": "x"},
                       {"limit": "1e1"}]:
            answer = client.get(f"/api/payments/agent/{sender}", params=params)
            assert answer.status_code == 400 and list(answer.json()) == ["error"]
        assert client.get("/api/payments/agent/nobody").status_code == 404


def test_unknown_paths_and_methods_speak_the_dialect(system):
    with system.client() as client:
        assert client.get("/api/nothing").json().keys() == {"error"}
        wrong = client.delete("/api/payments/send")
        assert wrong.status_code == 405 and "POST" in wrong.headers["Allow"]
        text = client.post("/api/payments/send", content="x", headers={
            "Content-Type": "text/plain"})
        assert text.status_code == 415 and list(text.json()) == ["error"]
        large = client.post("/api/payments/send", content=b" " * (1 << 20) + b"  ", headers={
            "Content-Type": "application/json"})
        assert large.status_code == 413 and list(large.json()) == ["error"]


def test_a_batch_of_a_thousand_is_settled_whole(system):
    agents = Agents(system, count=1, money="10")
    names = [f"{agents.names[0]}-{number}" for number in range(1000)]
    with system.client() as client:
        def register(name: str) -> None:
            client.post("/api/agents/register", json={"agentId": name}).raise_for_status()

        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            list(pool.map(register, names))
        answer = client.post("/api/payments/send-batch", json={
            "fromAgentId": agents.names[0],
            "payments": [{"toAgentId": name, "amount": 1000} for name in names]})
        assert answer.status_code == 202 and len(set(answer.json()["paymentIds"])) == 1000
        page = client.get(f"/api/payments/agent/{agents.names[0]}",
                          params={"status": "completed"}).json()
        assert page["total"] == 1000
        assert [agents.balance(name) for name in (names[0], names[-1])] == [1000, 1000]
    assert agents.balance(agents.names[0]) == 10 * SOL - 1000 * 1000


def test_what_was_accepted_ends_when_processes_are_killed():
    seed = int(os.environ.get("PURSESTRINGS_SEED", random.randrange(1 << 32)))
    print(f"seed {seed}")
    system = System()
    try:
        system.start()
        agents = Agents(system, count=21, money="1")
        sender, receivers = agents.names[0], agents.names[1:]
        killer = Killer(system, random.Random(seed))
        killer.start()

        def send(number: int) -> list[str]:
            # Its own idempotency key makes a repeat safe.
            with system.client() as client:
                client.headers["Idempotency-Key"] = f"batch-{number}"
                answer = insist(client, "/api/payments/send-batch", {
                    "fromAgentId": sender,
                    "payments": [{"toAgentId": name, "amount": 1000} for name in receivers]})
            assert answer.status_code == 202, answer.text
            return answer.json()["paymentIds"]

        try:
            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                sent = [each for part in pool.map(send, range(100)) for each in part]
        finally:
            killer.ended.set()
            killer.join()
        print(f"kills {killer.kills}")
        assert sum(killer.kills.values()) >= 3, killer.kills
        assert len(set(sent)) == 2000
        deadline = time.monotonic() + 60
        with system.client() as client:
            while True:
                page = client.get(f"/api/payments/agent/{sender}", params={"status": "completed"})
                if page.status_code == 200 and page.json()["total"] == 2000:
                    break
                assert time.monotonic() < deadline, page.text
                time.sleep(0.2)
        assert [agents.balance(name) for name in receivers] == [100 * 1000] * 20
        assert agents.balance(sender) == SOL - 2000 * 1000
        report = await_drained(system)
        assert report["clean"], report
    finally:
        system.stop()
