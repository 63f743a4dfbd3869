"""An organisation that attacks, and one beside it that pays: what both of them see.

Hostile connections draw from the attacks at random; every answer that they get must be a right result or a
refusal in its dialect's envelope. The honest organisation's payments are timed, and its balances must be exact.
"""

import collections
import json
import multiprocessing
import os
import pathlib
import random
import select
import socket
import threading
import time
import urllib.parse
import uuid

import httpx

AMOUNTS = [
    "0", "0.000001", "0.00", "1", "0.01", "9007199254.740991", "9007199254.740992", "9223372036854.775807",
    "9223372036854.775808", "90071992.54740991", "90071992.54740992", "9007199254740991",
    "9007199254740992", "9223372036854775807", "9223372036854775808", "-1", "+1", "1e3", "1e-6", " 1",
    "1 ", "", "٣", "0x10", "1.0000001", "NaN", "9" * 70, "0" * 70 + "1",
]
INTEGERS = [0, 1, -1, 2**53 - 1, 2**53, 2**63 - 1, 2**63, 10**30, 2_100_000_000_000_000]
TEXTS = [
    "", " ", "x", "x" * 200, "x" * 201, "x" * 4096, "x" * 4097, "a" + "\u20d0" * 199, "\u200b", "\ufeffx",
    "й" * 300, "🏴" * 150, "\u202etxt", "a\u0000b", "line\nline", "x" * 100_000,
]
NAMES = ["wal_x", "grp_x", "pol_open", "shop.example", str(uuid.UUID(int=7)), "+27821234567", "27821234567",
         "agent:x", "..", "-", "a" * 64, "a" * 65, "WAL_x"]
ENTRIES = ["*", "*.", "*.example", "+27821239876", "27821239876", "BÜCHER.example", "xn--bcher-kva.example",
           "LNURL1DP68", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "", " ", "wal_x", "a" + "\u20d0" * 199]


class Envelope(Exception):
    """An answer that is neither a right result nor a refusal in its dialect's envelope."""


def check(path: str, status: int, headers, body: bytes) -> None:
    """Judges one answer."""
    def fail(why: str):
        raise Envelope(f"{path}: {status} {why}: {body[:300]!r}")

    if status < 200:
        return
    if status in (429, 503):
        if int(headers.get("retry-after", 0)) < 1:
            fail("without Retry-After")
    elif status >= 500 and not (path.startswith("/api/") and status == 500):
        # Bark and NetAuth answer some mistakes of users with 500, in words; see there.
        fail("is a fault")
    try:
        value = json.loads(body) if body else None
    except ValueError:
        return fail("is not JSON")
    mixin = path.split("/")[1].split("?")[0] in {"codes", "transfers", "transactions", "assets", "users", "me"} \
        or path == "/payments"
    if mixin:
        if status == 202:
            if not isinstance(value["error"]["code"], int) or value["error"]["status"] != 202:
                fail("is not Mixin's envelope")
        elif status == 200:
            if "data" not in value:
                fail("is not Mixin's answer")
        elif status != 503:
            fail("is no status of Mixin")
        return
    if status < 400:
        return
    first = path.split("/")[1].split("?")[0]
    payouts = first in {"authentication", "batches", "accounts", "members"} or path.startswith("/payments/")
    if not path.startswith("/api/") and not payouts:
        error = value["error"]
        if not error["code"] or not error["message"] or not error["request_id"]:
            fail("is not the native envelope")
    elif path.startswith("/api/v1/"):
        if not isinstance(value["message"], str):
            fail("is not Bark's envelope")
        if status == 500 and "fault" in value["message"]:
            fail("is a fault")
    elif path.startswith("/api/"):
        if not isinstance(value["error"], str):
            fail("is not NetAuth's envelope")
        if status == 500 and not path.startswith("/api/agents/register"):
            fail("is a fault")
    elif path.startswith("/authentication"):
        if value != {"success": False} and not value[0]["errorMessage"]:
            fail("is not 6DOT50's envelope")
    elif not value[0]["errorMessage"]:
        fail("is not 6DOT50's envelope")


class Organisation:
    """A new organisation with wallets, agents' keys and money."""

    def __init__(self, system, name: str, wallets: int, money: str = "1000"):
        self.system, self.name = system, name
        with system.client(key=system.access["root_key"]) as root:
            made = root.post("/v1/organisations", json={"name": name})
            assert made.status_code == 200, made.text
        self.id, self.admin = made.json()["organisation_id"], made.json()["admin_key"]
        with system.client(key=self.admin) as admin:
            self.operator = self.must(admin.post("/v1/api-keys", json={"class": "operator"}))["key"]
            self.auditor = self.must(admin.post("/v1/api-keys", json={"class": "auditor"}))["key"]
            for currency in ["USDC", "BTC", "SOL", "DZAR"]:
                self.must(admin.post("/v1/reserve/deposits", json={
                    "amount": money, "currency": currency, "reference": uuid.uuid4().hex}))
            self.agents = [self.agent(admin, money, wallets) for _ in range(wallets)]

    @staticmethod
    def must(answer: httpx.Response) -> dict:
        assert answer.status_code == 200, answer.text
        return answer.json()

    def agent(self, admin: httpx.Client, money: str, wallets: int) -> dict:
        name = f"agent-{uuid.uuid4().hex[:12]}"
        wallet = self.must(admin.post("/v1/wallets", json={
            "agentId": name, "label": name, "policyId": "pol_open"}))["wallet_id"]
        part = str(int(money) // (2 * wallets))
        for currency in ["USDC", "BTC", "SOL"]:
            self.must(admin.post(f"/v1/wallets/{wallet}/fund", json={
                "amount": part, "currency": currency}))
        key = self.must(admin.post("/v1/api-keys", json={"class": "agent", "walletId": wallet}))["key"]
        user = str(uuid.uuid4())
        self.must(admin.post(f"/v1/wallets/{wallet}/destinations", json={
            "type": "mixin_user", "value": user}))
        return {"name": name, "wallet": wallet, "key": key, "user": user}

    def balances(self) -> dict[str, str]:
        with self.system.client(key=self.admin) as admin:
            rows = self.must(admin.get("/v1/wallets", params={"limit": 100}))["data"]
        return {row["wallet_id"]: row["balances"].get("USDC", "0.00") for row in rows}


class Honest:
    """Payments of one organisation, one after the other on a few connections, each with its time.

    They are made in a process of their own, which waits for the gateway and not for the attackers' Python.
    """

    def __init__(self, organisation: Organisation, connections: int = 4):
        self.organisation, self.connections = organisation, connections
        self.times: list[float] = []
        self.failures: list[str] = []
        self.repeated = 0
        self.moved: dict[str, int] = {each["wallet"]: 0 for each in organisation.agents}
        self.lock = threading.Lock()

    def start(self) -> None:
        """Begins; no other thread may run meanwhile."""
        context = multiprocessing.get_context("fork")
        self.ended, self.results = context.Event(), context.Queue()
        self.process = context.Process(target=self.work, daemon=True)
        self.process.start()

    def stop(self) -> None:
        self.ended.set()
        self.times, self.failures, self.repeated, self.moved = self.results.get(timeout=120)
        self.process.join()

    def work(self) -> None:
        threads = [threading.Thread(target=self.pay, args=(number, self.ended))
                   for number in range(self.connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.results.put((self.times, self.failures, self.repeated, self.moved))

    def pay(self, number: int, until) -> None:
        agents = self.organisation.agents
        source, target = agents[number], agents[(number + 1) % len(agents)]
        with self.organisation.system.client(key=source["key"]) as client:
            while not until.is_set():
                body = {"walletId": source["wallet"], "to": target["wallet"], "amount": "0.000001",
                        "currency": "USDC", "idempotencyKey": uuid.uuid4().hex}
                began = time.monotonic()
                answer = client.post("/v1/payments", json=body)
                repeated = 0
                while answer.status_code == 503:
                    # It is repeated with its key, as the answer asks for.
                    repeated += 1
                    time.sleep(0.05)
                    answer = client.post("/v1/payments", json=body)
                taken = time.monotonic() - began
                with self.lock:
                    self.repeated += repeated
                    self.times.append(taken)
                    if answer.status_code != 200 or answer.json()["status"] != "confirmed":
                        self.failures.append(f"{answer.status_code} {answer.text[:300]}")
                    else:
                        self.moved[source["wallet"]] -= 1
                        self.moved[target["wallet"]] += 1
                time.sleep(0.01)

    def percentile(self, part: float) -> float:
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


class Attackers:
    """Hostile connections, in a process of their own that stands back for the others.

    They stand for other people's machines: what the attackers' own Python takes of the processor is not the
    platform's, and what they make the platform do is. So it runs only when nobody else wants a processor. On Linux
    a session's share is what its autogroup is given, so the process has a session of its own.
    """

    def __init__(self, organisation: Organisation, seed: int, others: list[str], connections: int):
        self.all = [Attacker(organisation, seed + number, others) for number in range(connections)]
        self.answers: collections.Counter = collections.Counter()
        self.failures: list[str] = []

    def run(self, seconds: float) -> None:
        """Attacks for a time; no other thread may run meanwhile."""
        context = multiprocessing.get_context("fork")
        results = context.Queue()
        process = context.Process(target=self.work, args=(seconds, results), daemon=True)
        process.start()
        self.answers, self.failures = results.get(timeout=seconds + 600)
        process.join()

    def work(self, seconds: float, results) -> None:
        os.setsid()
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
        try:
            pathlib.Path("/proc/self/autogroup").write_text("19")
        except OSError:
            pass
        ended = threading.Event()
        threads = [threading.Thread(target=each.guarded, args=(ended,)) for each in self.all]
        for thread in threads:
            thread.start()
        ended.wait(seconds)
        ended.set()
        for thread in threads:
            thread.join()
        answers: collections.Counter = collections.Counter()
        for each in self.all:
            answers.update(each.answers)
        results.put((answers, [failure for each in self.all for failure in each.failures]))


class Attacker:
    """One hostile connection, and another one whenever the gateway has closed it."""

    def __init__(self, organisation: Organisation, seed: int, others: list[str]):
        self.organisation, self.others = organisation, others
        self.chance = random.Random(seed)
        self.answers: dict[int, int] = {}
        self.failures: list[str] = []
        self.sent: list[tuple] = []
        self.made: dict[str, list[str]] = {}
        address = urllib.parse.urlsplit(organisation.system.access["url"])
        self.address = (address.hostname, address.port)

    def guarded(self, until: threading.Event) -> None:
        """Runs, and keeps what goes wrong in the attacker itself as a failure."""
        try:
            self.run(until)
        except BaseException as failure:
            self.failures.append(f"the attacker failed: {type(failure).__name__} {failure}")
            until.set()

    def run(self, until: threading.Event) -> None:
        attacks = [self.pay, self.pay, self.pay, self.escrow, self.batch, self.send_batch, self.policy,
                   self.group, self.freeze, self.json, self.keys, self.stream, self.slow, self.large,
                   self.replay, self.read, self.wallet, self.invoice, self.webhook, self.pipelined]
        client = None
        while not until.is_set():
            client = client or httpx.Client(base_url=self.organisation.system.access["url"], timeout=30)
            try:
                self.chance.choice(attacks)(client)
            except (httpx.TransportError, OSError):
                client.close()
                client = None
            except (Envelope, KeyError, TypeError, IndexError, AttributeError) as failure:
                self.failures.append(f"{type(failure).__name__} {failure}")

    # Sending

    def call(self, client, method: str, path: str, body=None, key: str | None = None,
             headers: dict | None = None) -> httpx.Response:
        fields = {"Authorization": f"Bearer {key or self.key()}", **(headers or {})}
        arguments = {"content": body} if isinstance(body, bytes) else {"json": body}
        if isinstance(body, bytes):
            fields.setdefault("Content-Type", "application/json")
        if body is None:
            arguments = {}
        else:
            self.sent = [*self.sent[-50:], (method, path, body, fields)]
        answer = client.request(method, path, headers=fields, **arguments)
        self.judge(path, answer.status_code, answer.headers, answer.content)
        return answer

    def judge(self, path: str, status: int, headers, body: bytes) -> None:
        self.answers[status] = self.answers.get(status, 0) + 1
        try:
            check(path, status, headers, body)
        except (KeyError, TypeError, IndexError, AttributeError):
            raise Envelope(f"{path}: {status} has another shape: {body[:300]!r}") from None

    def key(self) -> str:
        draw = self.chance.random()
        if draw < 0.6:
            return self.agent()["key"]
        if draw < 0.9:
            return self.organisation.operator
        return self.chance.choice([self.organisation.auditor, "wrong", "purse_agent_" + "1" * 40])

    def agent(self) -> dict:
        return self.chance.choice(self.organisation.agents)

    def remember(self, kind: str, answer: httpx.Response, name: str) -> None:
        if answer.status_code in (200, 201) and isinstance(answer.json(), dict):
            self.made[kind] = [*self.made.get(kind, [])[-20:], answer.json().get(name, "x")]

    def known(self, kind: str) -> str:
        return self.chance.choice(self.made.get(kind) or ["x"])

    def target(self) -> object:
        return self.chance.choice([
            self.agent()["wallet"], self.agent()["name"], self.chance.choice(self.others),
            self.chance.choice(ENTRIES), self.chance.choice(TEXTS), self.chance.choice(NAMES),
            "lno1" + "q" * self.chance.choice([10, 16_000]), None, 7, [], {},
        ])

    def amount(self) -> object:
        return self.chance.choice([*AMOUNTS, *AMOUNTS[1:5], 1, None, 1.5, True, []])

    def asset(self) -> object:
        return self.chance.choice(["USDC", "BTC", "SOL", "DZAR", "usdc", "", None, "EUR"])

    # Attacks

    def pay(self, client) -> None:
        dialect = self.chance.randrange(4)
        agent = self.agent()
        if dialect == 0:
            self.call(client, "POST", "/v1/payments", {
                "walletId": self.chance.choice([agent["wallet"], *self.others]), "to": self.target(),
                "amount": self.amount(), "currency": self.asset(), "memo": self.chance.choice(TEXTS),
                "idempotencyKey": self.chance.choice([None, "k", uuid.uuid4().hex])}, agent["key"])
        elif dialect == 1:
            self.call(client, "POST", "/api/payments/send", {
                "fromAgentId": agent["name"], "toAgentId": self.target(),
                "amount": self.chance.choice(INTEGERS), "memo": self.chance.choice(TEXTS)}, agent["key"],
                {"Idempotency-Key": self.chance.choice(["k", uuid.uuid4().hex, " "])})
        elif dialect == 2:
            self.call(client, "POST", "/transfers", {
                "asset_id": "c6d0c728-2624-429b-8e0d-d9d19b6592fa", "opponent_id": self.agent()["user"],
                "amount": self.amount(), "trace_id": self.chance.choice([str(uuid.uuid4()), str(uuid.UUID(int=1))]),
                "memo": self.chance.choice(TEXTS)}, agent["key"])
        else:
            self.call(client, "POST", "/api/v1/wallet/send", {
                "destination": self.target(), "amount_sat": self.chance.choice([*INTEGERS, None]),
                "comment": self.chance.choice([None, *TEXTS])}, agent["key"])

    def escrow(self, client) -> None:
        agent = self.agent()
        made = self.call(client, "POST", "/v1/payments/a2a", {
            "fromWallet": agent["wallet"], "toWallet": self.target(), "amount": self.amount(),
            "currency": self.asset(), "taskDescription": self.chance.choice(TEXTS),
            "timeoutSeconds": self.chance.choice([60, 59, 31_536_001, None, "60", 2**63])}, agent["key"])
        self.remember("escrow", made, "escrow_id")
        name = self.known("escrow")
        verb = self.chance.choice(["complete", "dispute", "accept", "resolve"])
        self.call(client, "POST", f"/v1/payments/a2a/{name}/{verb}", self.chance.choice([
            {"proofType": "output_hash", "proof": "sha256:" + "0" * 64}, {"decision": "refund"},
            {"decision": "split", "toReceiver": self.amount()}, {"reason": self.chance.choice(TEXTS)}, {}]))

    def batch(self, client) -> None:
        key = self.organisation.operator
        made = self.call(client, "POST", "/batches", {
            "name": self.chance.choice(TEXTS + ["b"] * 10),
            "externalId": self.chance.choice([None, uuid.uuid4().hex, "same"])}, key)
        self.remember("batch", made, "id")
        name = self.known("batch")
        rows = [{"msisdn": self.chance.choice(["27821239876", "+27821239876", "0", "2782", self.target()]),
                 "amount": self.chance.choice([1, 0, 0.5, 90071992547409.91, 90071992547409.92, 1e300, "1", None]),
                 "externalId": self.chance.choice([None, "e", uuid.uuid4().hex])}
                for _ in range(self.chance.choice([0, 1, 3, 200]))]
        self.call(client, "POST", f"/batches/{name}/payments",
                  {"clearExisting": self.chance.choice([True, False, None]), "payments": rows}, key,
                  {"Idempotency-Key": self.chance.choice(["k", uuid.uuid4().hex])})
        self.call(client, "POST", f"/batches/{name}/{self.chance.choice(['submit', 'cancel'])}", None, key)

    def send_batch(self, client) -> None:
        agent = self.agent()
        items = [{"toAgentId": self.target(), "amount": self.chance.choice(INTEGERS + [1, 2, 3]),
                  "memo": self.chance.choice(TEXTS)} for _ in range(self.chance.choice([0, 1, 2, 3, 50]))]
        self.call(client, "POST", self.chance.choice(["/api/payments/send-batch", "/api/payments/send%2dbatch"]),
                  {"fromAgentId": agent["name"], "payments": items}, agent["key"],
                  {"Idempotency-Key": self.chance.choice(["k", uuid.uuid4().hex])})

    def policy(self, client) -> None:
        key = self.organisation.operator
        entries = self.chance.sample(ENTRIES, self.chance.randrange(1, len(ENTRIES)))
        body = {"name": self.chance.choice(TEXTS + ["p"] * 10), "maxPerTx": self.amount(),
                self.chance.choice(["allowedRecipients", "blockedRecipients", "blockedCategories", "maxPerTransaction"]):
                entries, "currency": self.asset(), "velocityCap": self.chance.choice([None, 0, 1, 2**63]),
                "requireCoSign": self.chance.choice([None, "1", self.amount()])}
        body = {name: value for name, value in body.items() if self.chance.random() < 0.7}
        made = self.call(client, "POST", "/v1/policies", body, key)
        self.remember("policy", made, "policy_id")
        name = self.known("policy")
        self.call(client, "POST", f"/v1/policies/{name}/simulate", self.chance.choice([
            {"to": self.target(), "amount": self.amount(), "currency": self.asset()},
            {"since": "2020-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z"}]), self.organisation.auditor)
        self.call(client, "PATCH", f"/v1/policies/{name}", body, key)

    def wallet(self, client) -> None:
        key = self.organisation.operator
        made = self.call(client, "POST", "/v1/wallets", {
            "agentId": self.chance.choice(NAMES + TEXTS + [uuid.uuid4().hex] * 5), "label": self.chance.choice(TEXTS),
            "policyId": self.chance.choice(["pol_open", "pol_standard", self.known("policy")])}, key)
        self.remember("wallet", made, "wallet_id")
        name = self.known("wallet")
        self.call(client, "PATCH", f"/v1/wallets/{name}", {
            "label": self.chance.choice(TEXTS), "policyId": self.known("policy"),
            "status": self.chance.choice(["active", "frozen", "closed", None, "x"])}, key)
        self.call(client, "POST", f"/v1/wallets/{name}/destinations", {
            "type": self.chance.choice(["domain", "phone", "solana", "mixin_user", "x"]), "value": self.target(),
            "category": self.chance.choice(TEXTS + ["Gambling "])}, key)
        self.call(client, "POST", f"/v1/wallets/{name}/fund", {"amount": self.amount(), "currency": self.asset()}, key)
        self.call(client, "POST", "/v1/reserve/deposits", {
            "amount": self.amount(), "currency": self.asset(), "reference": uuid.uuid4().hex}, key)

    def freeze(self, client) -> None:
        wallet = self.agent()["wallet"]
        for verb in ["freeze", "unfreeze"]:
            self.call(client, "POST", f"/v1/wallets/{wallet}/{verb}", None, self.organisation.operator)

    def group(self, client) -> None:
        agent, other = self.agent(), self.agent()
        trace = str(uuid.uuid4())
        receivers = self.chance.choice([
            [agent["user"], other["user"]], [agent["user"]] * 300, [agent["user"], str(uuid.uuid4())], [], ["x"]])
        body = {"asset_id": "c6d0c728-2624-429b-8e0d-d9d19b6592fa", "amount": self.amount(), "trace_id": trace,
                "opponent_multisig": {"receivers": receivers, "threshold": self.chance.choice([0, 1, 2, 300])},
                "memo": self.chance.choice(TEXTS)}
        self.call(client, "POST", "/payments", body, agent["key"])
        self.call(client, "POST", "/transactions", body, agent["key"])
        self.call(client, "GET", "/v1/groups", None, agent["key"])
        self.call(client, "POST", f"/v1/groups/{self.known('group')}/releases",
                  {"to": self.target(), "amount": self.amount()}, agent["key"])

    def json(self, client) -> None:
        path = self.chance.choice(["/v1/payments", "/api/payments/send", "/transfers", "/api/v1/wallet/send",
                                   "/batches", "/v1/policies", "/authentication/getToken"])
        body = self.chance.choice([
            b"{", b'{"amount":"1","amount":"2"}', b"[" * 10_000, b"[" * 63 + b"]" * 63, b'"\xff"', b"\xfe\xff{}",
            b"\xef\xbb\xbf{}", b'{"a":"\\u0000"}', b'{"a":"\\ud800"}', b"{}{}", b"1e999999999", b"9" * 5000, b"null",
            b"[" + b"0," * 200_000 + b"0]", b'{"a":' + b"1" * 1001 + b"}", b"{}" + b" " * 500_000])
        self.call(client, "POST", path, body, None, {"Content-Type": self.chance.choice(
            ["application/json", "application/json; charset=utf-16", "text/plain", "application/JSON"])})

    def keys(self, client) -> None:
        self.call(client, "POST", "/authentication/getToken", {"key": str(uuid.UUID(int=3)), "secret": "wrong"})
        made = self.call(client, "POST", "/v1/api-keys", {
            "class": self.chance.choice(["auditor", "root", "operator", "agent", ""]),
            "label": self.chance.choice(TEXTS)}, self.organisation.admin)
        if made.status_code == 200:
            self.call(client, "DELETE", f"/v1/api-keys/{made.json()['key_id']}", None, self.organisation.admin)
        for other in self.others:
            self.call(client, "GET", f"/v1/wallets/{other}", None, self.organisation.operator)

    def webhook(self, client) -> None:
        made = self.call(client, "POST", "/v1/webhooks", {
            "url": self.chance.choice(["http://127.0.0.1:1/x", "http://169.254.169.254/", "https://a.example/" + "x" * 3000,
                                       "ftp://x", "", "http://[::1]/"]), "events": self.chance.choice([["wallet.created"], ["x"], []])},
            self.organisation.operator)
        if made.status_code == 200:
            self.call(client, "DELETE", f"/v1/webhooks/{made.json()['webhook_id']}", None, self.organisation.operator)

    def invoice(self, client) -> None:
        agent = self.agent()
        made = self.call(client, "POST", "/api/v1/lightning/receives/invoice",
                         {"amount_sat": self.chance.choice(INTEGERS)}, agent["key"])
        if made.status_code == 200:
            self.call(client, "POST", "/api/v1/lightning/pay", {
                "destination": made.json()["invoice"], "amount_sat": self.chance.choice([None, *INTEGERS])},
                self.agent()["key"])
        self.call(client, "POST", "/api/v1/wallet/addresses/next", None, agent["key"])

    def replay(self, client) -> None:
        if not self.sent:
            return
        method, path, body, fields = self.chance.choice(self.sent)
        if isinstance(body, dict) and body and self.chance.random() < 0.5:
            body = {**body, self.chance.choice(sorted(body)): self.amount()}
        arguments = {"content": body} if isinstance(body, bytes) else {"json": body}
        answer = client.request(method, path, headers=fields, **arguments)
        self.judge(path, answer.status_code, answer.headers, answer.content)

    def read(self, client) -> None:
        path = self.chance.choice([
            "/v1/payments?limit=100", "/v1/events?after=0&limit=100", "/v1/events?after=9007199254740992",
            "/v1/wallets?cursor=x", "/v1/payments?cursor=3a", f"/api/payments/agent/{self.agent()['name']}",
            "/batches?take=1000", "/accounts", "/me", "/assets", "/v1/approvals", "/v1/api-keys", "/v1/nothing",
            f"/v1/wallets/{self.agent()['wallet']}/transactions", "/api/v1/wallet/history", "/%zz", "/v1/%00"])
        self.call(client, "GET", path)

    # On a socket of its own

    def raw(self, head: str, key: str) -> socket.socket:
        connection = socket.create_connection(self.address, timeout=10)
        connection.sendall((head + f"\r\nHost: h\r\nAuthorization: Bearer {key}\r\n").encode())
        return connection

    def take(self, connection: socket.socket, path: str) -> None:
        """Reads what has come, up to one answer, and judges it."""
        text = b""
        while select.select([connection], [], [], 0.3)[0]:
            part = connection.recv(65536)
            text += part
            if not part or b"\r\n\r\n" in text:
                break
        head, mark, body = text.partition(b"\r\n\r\n")
        if not mark:
            return
        lines = head.decode("latin-1").split("\r\n")
        fields = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
        if fields.get("content-type") != "application/json":
            return
        while len(body) < int(fields.get("content-length", 0)):
            part = connection.recv(65536)
            if not part:
                break
            body += part
        # What comes after it, on a connection with several requests, is looked at no more.
        body = body[:int(fields.get("content-length", 0))]
        self.judge(path, int(lines[0].split()[1]), fields, body)

    def stream(self, client) -> None:
        with self.raw("GET /v1/events/stream?after=0 HTTP/1.1", self.key()) as connection:
            connection.sendall(b"\r\n")
            self.take(connection, "/v1/events/stream")
            time.sleep(self.chance.random())

    def slow(self, client) -> None:
        path = self.chance.choice(["/v1/payments", "/batches/x/payments", "/transfers"])
        with self.raw(f"POST {path} HTTP/1.1", self.key()) as connection:
            connection.sendall(b"Content-Type: application/json\r\nContent-Length: 500000\r\n\r\n{")
            for _ in range(self.chance.randrange(20)):
                connection.sendall(b" ")
                time.sleep(0.05)
            self.take(connection, path)

    def large(self, client) -> None:
        path = "/batches/x/payments"
        with self.raw(f"POST {path} HTTP/1.1", self.chance.choice([self.organisation.operator, "wrong"])) as connection:
            connection.sendall(b"Content-Type: application/json\r\nContent-Length: 16777216\r\n\r\n")
            try:
                for _ in range(16):
                    connection.sendall(b" " * 1_000_000)
            except OSError:
                pass
            self.take(connection, path)

    def pipelined(self, client) -> None:
        key = self.agent()["key"]
        request = f"GET /v1/payments/tx_x HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {key}\r\n\r\n"
        with socket.create_connection(self.address, timeout=10) as connection:
            connection.sendall(request.encode() * self.chance.choice([2, 100]))
            self.take(connection, "/v1/payments/tx_x")
