"""A request that is repeated with its key, on every route that changes something: one effect, the
first outcome again, and no other request under the same key."""

import http.client
import json
import time
import uuid
from dataclasses import dataclass
from typing import Callable

import httpx
import pytest

from bus import Bus
from conftest import started
from test_mixin import BTC
from test_put_aside import find, put_aside

METHODS = {"post", "put", "patch", "delete"}

# What is no request for a change, though it is sent by POST.
READS = {"getToken", "simulatePolicy", "makePaymentURI", "syncBarkWallet", "syncMailbox"}

# What only happens when a rail's outcome is unknown; its refusals are repeated here.
ELSEWHERE = {"resolveRailAttempt"}


@pytest.fixture(scope="module")
def system():
    yield from started()


def name() -> str:
    return uuid.uuid4().hex


@dataclass
class Ask:
    """A request: who sends it, what it is, and what it is not with the same key."""

    client: httpx.Client
    method: str
    path: str
    body: dict | None = None
    other: dict | None = None
    """Another content of the same path."""
    elsewhere: Callable[[], str] | None = None
    """Another object's path, if that is the other content."""
    status: tuple[int, ...] = (200,)
    after: Callable[[], None] | None = None
    """What happens between the request and its repeat."""
    secrets: tuple[str, ...] = ()
    """What is shown once."""

    def send(self, key: str, path: str | None = None, body: dict | None = None) -> httpx.Response:
        body = body if body is not None else self.body
        content = {} if body is None else {"json": body}
        headers = {"Idempotency-Key": key}
        return self.client.request(self.method, path or self.path, headers=headers, **content)


def ok(answer: httpx.Response) -> dict:
    assert answer.status_code in (200, 201, 202), answer.text
    return answer.json()


class World:
    """An organisation of its own, with two agents who have money, and its clients."""

    def __init__(self, system):
        self.system = system
        self.root = system.client(key=system.access["root_key"])
        made = ok(self.root.post("/v1/organisations", json={"name": name()}))
        self.organisation = made["organisation_id"]
        self.admin = system.client(key=made["admin_key"])
        self.patch("/v1/organisation", {"escrowReviewSeconds": 3600})
        self.policy = self.post("/v1/policies", {
            "name": "all", "assets": ["BTC", "DZAR", "SOL", "USDC"]})["policy_id"]
        self.wallets, self.agents, self.names, self.users = [], [], [], []
        for asset in ["BTC", "DZAR", "SOL", "USDC"]:
            self.deposit(asset)
        for _ in range(3):
            agent = name()
            wallet = self.post("/v1/wallets", {
                "agentId": agent, "label": agent, "policyId": self.policy})
            key = self.post("/v1/api-keys", {"class": "agent", "walletId": wallet["wallet_id"]})
            self.names.append(agent)
            self.wallets.append(wallet["wallet_id"])
            self.agents.append(system.client(key=key["key"]))
            self.users.append(str(uuid.uuid4()))
            self.post(f"/v1/wallets/{self.wallets[-1]}/destinations",
                      {"type": "mixin_user", "value": self.users[-1]})
        for asset in ["BTC", "SOL", "USDC"]:
            self.fund(self.wallets[0], asset)

    def close(self) -> None:
        for client in [self.root, self.admin, *self.agents]:
            client.close()

    def post(self, path: str, body: dict | None = None, client=None) -> dict:
        client = client or self.admin
        return ok(client.post(path, json=body) if body is not None else client.post(path))

    def patch(self, path: str, body: dict) -> None:
        ok(self.admin.patch(path, json=body))

    def deposit(self, asset: str) -> str:
        reference = name()
        self.post("/v1/reserve/deposits",
                  {"amount": "100", "currency": asset, "reference": reference})
        return reference

    def fund(self, wallet: str, asset: str) -> None:
        self.post(f"/v1/wallets/{wallet}/fund", {"amount": "10", "currency": asset})

    def escrow(self, **more) -> dict:
        return {"fromWallet": self.wallets[0], "toWallet": self.wallets[1], "amount": "1",
                "currency": "USDC", "taskDescription": "Summarise", **more}

    def locked(self, **more) -> str:
        made = self.post("/v1/payments/a2a", self.escrow(**more), client=self.agents[0])
        return made["escrow_id"]

    def completed(self) -> str:
        escrow = self.locked()
        self.post(f"/v1/payments/a2a/{escrow}/complete",
                  {"proofType": "output_hash", "proof": "sha256:" + "ab" * 32},
                  client=self.agents[1])
        return escrow

    def disputed(self) -> str:
        escrow = self.completed()
        self.post(f"/v1/payments/a2a/{escrow}/dispute", {"reason": "late"}, client=self.agents[0])
        return escrow

    def group(self) -> str:
        """A group account of the first two agents, with money."""
        receivers = {"receivers": self.users[:2], "threshold": 2}
        answer = ok(self.agents[0].post("/transactions", json={
            "asset_id": BTC, "amount": "1", "opponent_multisig": receivers,
            "trace_id": str(uuid.uuid4())}))
        assert "data" in answer, answer
        return ok(self.agents[0].get("/v1/groups"))["data"][0]["group_id"]

    def release(self, group: str | None = None) -> str:
        group = group or self.group()
        made = self.post(f"/v1/groups/{group}/releases",
                         {"to": self.wallets[2], "amount": "0.1"}, client=self.agents[0])
        return f"/v1/groups/{group}/releases/{made['release_id']}"

    def waiting(self) -> str:
        """A payment's approval."""
        policy = self.post("/v1/policies", {"name": "ask", "requireCoSign": "1"})["policy_id"]
        self.patch(f"/v1/wallets/{self.wallets[0]}", {"policyId": policy})
        made = self.post("/v1/payments", {
            "walletId": self.wallets[0], "to": self.wallets[1], "amount": "2", "currency": "USDC",
        }, client=self.agents[0])
        return made["approval_id"]

    def webhook(self) -> str:
        made = self.post("/v1/webhooks", {"url": "https://example.com/" + name()})
        return made["webhook_id"]

    def event(self) -> str:
        for _ in range(200):
            data = ok(self.admin.get("/v1/events"))["data"]
            if data:
                return data[0]["event_id"]
            time.sleep(0.05)
        raise AssertionError("no event came")

    def batch(self, *amounts: int) -> str:
        made = self.post("/batches", {"name": "Pay day"})
        if amounts:
            self.post(f"/batches/{made['id']}/payments",
                      {"clearExisting": False, "payments": self.rows(*amounts)})
        return made["id"]

    @staticmethod
    def rows(*amounts: int) -> list[dict]:
        return [{"msisdn": f"2782123{1000 + index}", "amount": amount}
                for index, amount in enumerate(amounts)]

    def invoice(self) -> str:
        return self.post("/api/v1/lightning/receives/invoice",
                         {"amount_sat": 1000}, client=self.agents[1])["invoice"]

    def state(self) -> dict:
        """What anybody of the organisation can see of it, but events and their times."""
        paths = ["/v1/reserve", "/v1/organisation", "/v1/policies", "/v1/api-keys", "/v1/webhooks",
                 "/v1/wallets", "/v1/payments", "/v1/payments/a2a", "/v1/approvals", "/batches",
                 "/v1/rail-attempts", "/v1/groups"]
        state = {path: ok(self.admin.get(path)) for path in paths}
        for group in state["/v1/groups"]["data"]:
            path = f"/v1/groups/{group['group_id']}/releases"
            state[path] = ok(self.admin.get(path))
        for wallet in self.wallets:
            path = f"/v1/wallets/{wallet}/destinations"
            state[path] = ok(self.admin.get(path))
        for batch in state["/batches"]:
            path = f"/batches/{batch['id']}/payments"
            state[path] = ok(self.admin.get(path))
        for webhook in state["/v1/webhooks"]["data"]:
            path = f"/v1/webhooks/{webhook['webhook_id']}/deliveries"
            deliveries = ok(self.admin.get(path))["data"]
            state[path] = sorted(delivery["delivery_id"] for delivery in deliveries)
        state["organisations"] = ok(self.root.get("/v1/organisations?limit=100"))["data"]
        return state


@pytest.fixture()
def world(system):
    world = World(system)
    yield world
    world.close()


def native(world: World) -> dict[str, Callable[[], Ask]]:
    admin, root, agents, wallets = world.admin, world.root, world.agents, world.wallets
    proof = {"proofType": "output_hash", "proof": "sha256:" + "ab" * 32}
    usdc = {"amount": "1", "currency": "USDC"}

    def key() -> str:
        return world.post("/v1/api-keys", {"class": "auditor"})["key_id"]

    def policy() -> str:
        return world.post("/v1/policies", {"name": "p", "maxPerTx": "5"})["policy_id"]

    def change(path: str) -> Callable[[], None]:
        return lambda: world.patch(path, {"name": "changed"})

    def create_policy() -> Ask:
        made = name()

        def rename() -> None:
            data = ok(admin.get("/v1/policies"))["data"]
            [found] = [policy for policy in data if policy["name"] == made]
            world.patch(f"/v1/policies/{found['policy_id']}", {"name": "changed"})
        return Ask(admin, "POST", "/v1/policies", {"name": made, "maxPerTx": "5"},
                   {"name": made, "maxPerTx": "6"}, after=rename)

    def create_webhook() -> Ask:
        url = "https://example.com/" + name()

        def move() -> None:
            data = ok(admin.get("/v1/webhooks"))["data"]
            [found] = [webhook for webhook in data if webhook["url"] == url]
            world.patch(f"/v1/webhooks/{found['webhook_id']}", {"description": "changed"})
        return Ask(admin, "POST", "/v1/webhooks", {"url": url}, {"url": url + "x"}, after=move)

    def on(path: Callable[[], str], client, method: str = "POST", body: dict | None = None,
           other: dict | None = None, suffix: str = "", **more) -> Callable[[], Ask]:
        """A request about an object; another object is another content."""
        def make() -> Ask:
            elsewhere = None if other else lambda: path() + suffix
            return Ask(client, method, path() + suffix, body, other, elsewhere, **more)
        return make

    def wallet_after_funding() -> Ask:
        return Ask(admin, "POST", f"/v1/wallets/{wallets[1]}/fund", usdc,
                   {"amount": "2", "currency": "USDC"})

    def frozen() -> str:
        wallet = world.post("/v1/wallets", {
            "agentId": name(), "label": "x", "policyId": world.policy})
        world.post(f"/v1/wallets/{wallet['wallet_id']}/freeze")
        return f"/v1/wallets/{wallet['wallet_id']}"

    def fresh() -> str:
        wallet = world.post("/v1/wallets", {
            "agentId": name(), "label": "x", "policyId": world.policy})
        return f"/v1/wallets/{wallet['wallet_id']}"

    def destination() -> str:
        made = world.post(f"/v1/wallets/{wallets[1]}/destinations",
                          {"type": "domain", "value": name() + ".example"})
        return f"/v1/wallets/{wallets[1]}/destinations/{made['destination_id']}"

    def deliver() -> str:
        return f"/v1/webhooks/{world.webhook()}"

    def thaw(path: str) -> Callable[[], None]:
        return lambda: world.post(path + "/unfreeze")

    def freeze() -> Ask:
        path = fresh()
        return Ask(admin, "POST", path + "/freeze", elsewhere=lambda: fresh() + "/freeze",
                   after=thaw(path))

    group = None

    def release() -> str:
        nonlocal group
        group = group or world.group()
        return world.release(group)

    def create_release() -> Ask:
        nonlocal group
        group = group or world.group()
        return Ask(agents[0], "POST", f"/v1/groups/{group}/releases",
                   {"to": wallets[2], "amount": "0.1"}, {"to": wallets[2], "amount": "0.2"})

    pay = {"walletId": wallets[0], "to": wallets[1], **usdc}
    return {
        "createKey": lambda: Ask(
            admin, "POST", "/v1/api-keys", {"class": "operator", "label": "a"},
            {"class": "operator", "label": "b"}, secrets=("key",)),
        "revokeKey": on(lambda: f"/v1/api-keys/{key()}", admin, "DELETE"),
        "createOrganisation": lambda: Ask(
            root, "POST", "/v1/organisations", {"name": "one"}, {"name": "two"},
            secrets=("admin_key",)),
        "updateOrganisation": lambda: Ask(
            admin, "PATCH", "/v1/organisation", {"name": "one"}, {"name": "two"},
            after=change("/v1/organisation")),
        "approve": lambda: Ask(admin, "POST", f"/v1/approvals/{world.waiting()}/approve",
                               elsewhere=lambda: f"/v1/approvals/{world.waiting()}/approve"),
        "deny": lambda: Ask(admin, "POST", f"/v1/approvals/{world.waiting()}/deny",
                            elsewhere=lambda: f"/v1/approvals/{world.waiting()}/deny"),
        "createEscrow": lambda: Ask(agents[0], "POST", "/v1/payments/a2a", world.escrow(),
                                    world.escrow(amount="2")),
        "completeEscrow": on(lambda: f"/v1/payments/a2a/{world.locked()}", agents[1], body=proof,
                             other={**proof, "proof": "sha256:" + "cd" * 32},
                             suffix="/complete"),
        "acceptEscrow": on(lambda: f"/v1/payments/a2a/{world.completed()}", agents[0],
                           suffix="/accept"),
        "disputeEscrow": on(lambda: f"/v1/payments/a2a/{world.completed()}", agents[0],
                            body={"reason": "late"}, other={"reason": "wrong"}, suffix="/dispute"),
        "resolveEscrow": on(lambda: f"/v1/payments/a2a/{world.disputed()}", admin,
                            body={"decision": "refund"}, other={"decision": "release"},
                            suffix="/resolve"),
        "depositReserve": lambda: Ask(
            admin, "POST", "/v1/reserve/deposits", {**usdc, "reference": "one"},
            {**usdc, "reference": "two"}),
        "withdrawReserve": lambda: Ask(
            admin, "POST", "/v1/reserve/withdrawals", {**usdc, "reference": "one"},
            {**usdc, "reference": "two"}),
        "fundWallet": wallet_after_funding,
        "defundWallet": lambda: Ask(
            admin, "POST", f"/v1/wallets/{wallets[0]}/defund", usdc, {**usdc, "amount": "2"}),
        "createRelease": create_release,
        "signRelease": on(release, agents[0], suffix="/sign"),
        "cancelRelease": on(release, agents[0], suffix="/cancel"),
        "createPayment": lambda: Ask(agents[0], "POST", "/v1/payments", pay,
                                     {**pay, "amount": "2"}),
        "createPolicy": create_policy,
        "updatePolicy": on(lambda: f"/v1/policies/{policy()}", admin, "PATCH",
                           {"maxPerTx": "7"}, {"maxPerTx": "8"}),
        "deletePolicy": on(lambda: f"/v1/policies/{policy()}", admin, "DELETE"),
        "grantRail": lambda: Ask(
            root, "PUT", f"/v1/organisations/{world.organisation}/rails/bark",
            {"asset": "BTC", "maxPerDay": "1"}, {"asset": "BTC", "maxPerDay": "2"}),
        "createWallet": lambda: Ask(
            admin, "POST", "/v1/wallets",
            {"agentId": name(), "label": "one", "policyId": world.policy},
            {"agentId": name(), "label": "two", "policyId": world.policy}),
        "updateWallet": on(fresh, admin, "PATCH", {"label": "one"}, {"label": "two"}),
        "freezeWallet": freeze,
        "unfreezeWallet": on(frozen, admin, suffix="/unfreeze"),
        "registerDestination": lambda: Ask(
            admin, "POST", f"/v1/wallets/{wallets[1]}/destinations",
            {"type": "domain", "value": "one.example"}, {"type": "domain", "value": "two.example"}),
        "removeDestination": on(destination, admin, "DELETE"),
        "createWebhook": create_webhook,
        "updateWebhook": on(deliver, admin, "PATCH", {"description": "one"},
                            {"description": "two"}),
        "deleteWebhook": on(deliver, admin, "DELETE"),
        "rotateWebhookSecret": on(deliver, admin, suffix="/rotate-secret"),
        "testWebhook": on(deliver, admin, suffix="/test"),
        "redeliverEvents": on(deliver, admin, body={"after": 1, "until": 2},
                              other={"after": 1, "until": 3}, suffix="/redeliver"),
        "redeliverEvent": lambda: Ask(
            admin, "POST", f"/v1/events/{world.event()}/redeliver",
            {"webhookId": world.webhook()}, {"webhookId": world.webhook()}),
    }


def others(world: World) -> dict[str, Callable[[], Ask]]:
    """The other dialects, and messages that were put aside."""
    admin, agents, wallets, names = world.admin, world.agents, world.wallets, world.names
    send = {"fromAgentId": names[0], "toAgentId": names[1], "amount": 1}
    many = {"fromAgentId": names[0], "payments": [
        {"toAgentId": names[1], "amount": 1}, {"toAgentId": names[2], "amount": 2}]}
    bark = {"destination": wallets[1], "amount_sat": 1000}
    transfer = {"asset_id": BTC, "amount": "0.1", "opponent_id": world.users[1]}
    group = {"receivers": world.users[:2], "threshold": 2}
    transaction = {"asset_id": BTC, "amount": "0.1", "opponent_multisig": group}

    def payout() -> str:
        batch = world.batch(1, 2)
        return ok(admin.get(f"/batches/{batch}/payments"))[0]["id"]

    def pay() -> Ask:
        return Ask(agents[0], "POST", "/api/v1/lightning/pay", {"destination": world.invoice()},
                   {"destination": world.invoice()})

    def invoice_for_address() -> Ask:
        body = {"amount_sat": 1000,
                "address": ok(agents[0].post("/api/v1/wallet/addresses/next"))["address"]}
        return Ask(agents[0], "POST", "/api/v1/lightning/receives/invoice/for-address", body,
                   {**body, "amount_sat": 2000})

    def aside(decision: str) -> Callable[[], Ask]:
        def make() -> Ask:
            party = Bus(world.system.state, name="policy-" + name()[:8])
            try:
                envelope = put_aside(world.system, party, {"payments": [{"order": "x"}]})
            finally:
                party.close()
            message = find(world.root, envelope)["message_id"]
            return Ask(world.root, "POST", f"/v1/messages/{message}/{decision}",
                       elsewhere=lambda: f"/v1/messages/settlement-999999/{decision}",
                       status=(200, 422))
        return make

    return {
        "send": lambda: Ask(agents[0], "POST", "/api/v1/wallet/send", bark,
                            {**bark, "amount_sat": 2000}),
        "pay": pay,
        "nextArkAddress": lambda: Ask(agents[0], "POST", "/api/v1/wallet/addresses/next"),
        "makeInvoice": lambda: Ask(
            agents[0], "POST", "/api/v1/lightning/receives/invoice", {"amount_sat": 1000},
            {"amount_sat": 2000}),
        "makeInvoiceForAddress": invoice_for_address,
        "mixinPayments": lambda: Ask(agents[0], "POST", "/payments", transaction,
                                     {**transaction, "amount": "0.2"}),
        "mixinTransfer": lambda: Ask(agents[0], "POST", "/transfers", transfer,
                                     {**transfer, "amount": "0.2"}),
        "mixinTransaction": lambda: Ask(agents[0], "POST", "/transactions", transaction,
                                        {**transaction, "amount": "0.2"}),
        "registerAgent": lambda: Ask(admin, "POST", "/api/agents/register", {"agentId": name()},
                                     {"agentId": name()}, status=(201,)),
        "sendAgentPayment": lambda: Ask(agents[0], "POST", "/api/payments/send", send,
                                        {**send, "amount": 2}, status=(202,)),
        "sendAgentPayments": lambda: Ask(
            agents[0], "POST", "/api/payments/send-batch", many,
            {**many, "payments": many["payments"][:1]}, status=(202,)),
        "createBatch": lambda: Ask(admin, "POST", "/batches", {"name": "one"}, {"name": "two"}),
        "updateBatch": lambda: Ask(admin, "PUT", f"/batches/{world.batch()}", {"name": "one"},
                                   {"name": "two"}),
        "submitBatch": lambda: Ask(admin, "POST", f"/batches/{world.batch(1, 2)}/submit",
                                   elsewhere=lambda: f"/batches/{world.batch(3)}/submit"),
        "cancelBatch": lambda: Ask(admin, "POST", f"/batches/{world.batch(1)}/cancel",
                                   elsewhere=lambda: f"/batches/{world.batch(3)}/cancel"),
        "addBatchPayments": lambda: Ask(
            admin, "POST", f"/batches/{world.batch()}/payments",
            {"clearExisting": False, "payments": world.rows(1, 2)},
            {"clearExisting": False, "payments": world.rows(1, 2, 3)}),
        "deleteBatchPayment": lambda: Ask(admin, "DELETE", f"/payments/{payout()}",
                                          elsewhere=lambda: f"/payments/{payout()}"),
        "retryMessage": aside("retry"),
        "discardMessage": aside("discard"),
    }


def cases(world: World) -> dict[str, Callable[[], Ask]]:
    return {**native(world), **others(world)}


def refusals(world: World) -> dict[str, Callable[[], Ask]]:
    """Requests that a service says no to; the key is used up by that."""
    admin, root, agents, wallets = world.admin, world.root, world.agents, world.wallets
    usdc = {"amount": "1000", "currency": "USDC"}
    agent = {"agentId": world.names[0], "label": "x", "policyId": world.policy}
    return {
        "revokeKey": lambda: Ask(admin, "DELETE", "/v1/api-keys/key_01kqcf1800vkdzgtvxa65hv0dc"),
        "approve": lambda: Ask(admin, "POST", decided(world) + "/approve"),
        "acceptEscrow": lambda: Ask(
            agents[1], "POST", f"/v1/payments/a2a/{world.completed()}/accept"),
        "completeEscrow": lambda: Ask(
            agents[0], "POST", f"/v1/payments/a2a/{world.locked()}/complete",
            {"proofType": "output_hash", "proof": "sha256:" + "ab" * 32}),
        "disputeEscrow": lambda: Ask(
            agents[0], "POST", f"/v1/payments/a2a/{world.disputed()}/dispute", {"reason": "x"}),
        "resolveEscrow": lambda: Ask(
            admin, "POST", f"/v1/payments/a2a/{world.locked()}/resolve", {"decision": "refund"}),
        "fundWallet": lambda: Ask(admin, "POST", f"/v1/wallets/{wallets[1]}/fund", usdc),
        "defundWallet": lambda: Ask(admin, "POST", f"/v1/wallets/{wallets[1]}/defund", usdc),
        "withdrawReserve": lambda: Ask(admin, "POST", "/v1/reserve/withdrawals",
                                       {**usdc, "reference": "x"}),
        "createWallet": lambda: Ask(admin, "POST", "/v1/wallets", agent),
        "registerAgent": lambda: Ask(admin, "POST", "/api/agents/register",
                                     {"agentId": world.names[0]}),
        "deletePolicy": lambda: Ask(admin, "DELETE", f"/v1/policies/{world.policy}"),
        "updatePolicy": lambda: Ask(admin, "PATCH", "/v1/policies/pol_open", {"name": "x"}),
        "submitBatch": lambda: Ask(admin, "POST", f"/batches/{world.batch()}/submit"),
        "cancelBatch": lambda: Ask(admin, "POST", f"/batches/{name_of_nobody()}/cancel"),
        "signRelease": lambda: Ask(agents[1], "POST", cancelled(world) + "/sign"),
        "retryMessage": lambda: Ask(root, "POST", "/v1/messages/settlement-999999/retry"),
        "discardMessage": lambda: Ask(root, "POST", "/v1/messages/notifier-999999/discard"),
        "resolveRailAttempt": lambda: Ask(
            root, "POST", "/v1/rail-attempts/tx_01kqcf1800vkdzgtvxa65hv0dc/resolve",
            {"outcome": "paid"}),
        "updateWallet": lambda: Ask(
            admin, "PATCH", f"/v1/wallets/{wallets[0]}", {"status": "closed"}),
        "registerDestination": lambda: Ask(
            admin, "POST", f"/v1/wallets/{wallets[1]}/destinations",
            {"type": "mixin_user", "value": world.users[0]}),
        "removeDestination": lambda: Ask(
            admin, "DELETE",
            f"/v1/wallets/{wallets[1]}/destinations/dst_01kqcf1800vkdzgtvxa65hv0dc"),
        "deleteWebhook": lambda: Ask(
            admin, "DELETE", "/v1/webhooks/whe_01kqcf1800vkdzgtvxa65hv0dc"),
    }


def name_of_nobody() -> str:
    return str(uuid.uuid4())


def decided(world: World) -> str:
    approval = world.waiting()
    world.post(f"/v1/approvals/{approval}/deny")
    return f"/v1/approvals/{approval}"


def cancelled(world: World) -> str:
    release = world.release()
    world.post(release + "/cancel", client=world.agents[0])
    return release


def replayed(answer: httpx.Response) -> bool:
    return answer.headers.get_list("Idempotent-Replayed") == ["true"]


def content(answer: httpx.Response, secrets: tuple[str, ...] = ()) -> object:
    """What is answered, without what names the request itself and what is shown once."""
    body = answer.json()
    if isinstance(body, dict):
        for secret in secrets:
            body.pop(secret, None)
        if isinstance(body.get("error"), dict):
            body["error"].pop("request_id", None)
    return body


def is_conflict(answer: httpx.Response) -> bool:
    path, body = answer.request.url.path, answer.json()
    if replayed(answer):
        return False
    if path.startswith("/v1/"):
        return answer.status_code == 409 and body["error"]["code"] == "idempotency_conflict"
    if path.startswith("/api/v1/"):
        return answer.status_code == 400 and list(body) == ["message"]
    if path.startswith("/api/"):
        return answer.status_code == 409 and list(body) == ["error"]
    if path in ("/payments", "/transfers", "/transactions"):
        return answer.status_code == 202 and body["error"]["code"] in (403, 20125)
    return answer.status_code == 400 and list(body[0]) == ["errorMessage", "fieldName", "fieldValue"]


def operations(system) -> dict[str, str]:
    """Every operation that changes something, by the routing tables; some of barkd's are always refused."""
    paths = httpx.get(system.access["url"] + "/openapi.json").json()["paths"]
    return {operation["operationId"]: path for path, methods in paths.items()
            for method, operation in methods.items()
            if method in METHODS and any(status.startswith("2") for status in operation["responses"])}


def test_every_route_that_changes_something_is_repeated_here(system, world):
    assert set(operations(system)) == set(cases(world)) | READS | ELSEWHERE


def test_the_header_is_offered_where_it_is_honoured_and_nowhere_else(system, world):
    paths = httpx.get(system.access["url"] + "/openapi.json").json()["paths"]
    offered = {operation["operationId"] for methods in paths.values()
               for operation in methods.values()
               if any(parameter.get("name") == "Idempotency-Key"
                      for parameter in operation.get("parameters", []))}
    assert offered == set(cases(world)) | ELSEWHERE
    assert set(NAMES) == set(cases(world))


NAMES = sorted([
    "acceptEscrow", "addBatchPayments", "approve", "cancelBatch", "cancelRelease",
    "completeEscrow", "createBatch", "createEscrow", "createKey", "createOrganisation",
    "createPayment", "createPolicy", "createRelease", "createWallet", "createWebhook", "defundWallet",
    "deleteBatchPayment", "deletePolicy", "deleteWebhook", "deny", "depositReserve",
    "discardMessage", "disputeEscrow", "freezeWallet", "fundWallet", "grantRail", "makeInvoice",
    "makeInvoiceForAddress", "mixinPayments", "mixinTransaction", "mixinTransfer", "nextArkAddress", "pay",
    "redeliverEvent", "redeliverEvents", "registerAgent", "registerDestination",
    "removeDestination", "resolveEscrow", "retryMessage", "revokeKey", "rotateWebhookSecret",
    "send", "sendAgentPayment", "sendAgentPayments", "signRelease", "submitBatch", "testWebhook",
    "unfreezeWallet", "updateBatch", "updateOrganisation", "updatePolicy", "updateWallet",
    "updateWebhook", "withdrawReserve",
])


@pytest.mark.parametrize("operation", NAMES)
def test_a_repeat_meets_the_first_outcome_and_has_no_effect(world, operation):
    ask, key = cases(world)[operation](), name()
    first = ask.send(key)
    assert first.status_code in ask.status and not replayed(first), first.text
    assert "error" not in first.json() or first.status_code == 422, first.text
    if ask.after:
        ask.after()
    state = world.state()
    for _ in range(2):
        again = ask.send(key)
        assert again.status_code == first.status_code, again.text
        assert content(again) == content(first, ask.secrets)
        assert replayed(again)
    assert world.state() == state


@pytest.mark.parametrize("operation", NAMES)
def test_the_same_key_with_other_content_is_a_conflict_and_changes_nothing(world, operation):
    ask, key = cases(world)[operation](), name()
    if ask.other is None and ask.elsewhere is None:
        pytest.skip("nothing of it can be otherwise")
    first = ask.send(key)
    assert first.status_code in ask.status, first.text
    elsewhere = ask.elsewhere() if ask.elsewhere else None
    state = world.state()
    other = ask.send(key, path=elsewhere, body=ask.other)
    assert is_conflict(other), f"{other.status_code} {other.text}"
    assert world.state() == state
    again = ask.send(key)
    assert content(again) == content(first, ask.secrets) and replayed(again)


@pytest.mark.parametrize("operation", ["mixinPayments", "mixinTransfer", "mixinTransaction"])
def test_a_key_beside_a_trace_stands_for_that_trace_alone(world, operation):
    ask, keys = cases(world)[operation](), [name(), name()]
    bare, trace = ask.body, str(uuid.uuid4())
    ask.body = {**bare, "trace_id": trace}
    first = ask.send(keys[0])
    assert "data" in first.json(), first.text
    # Another key meets the payment by its trace, and stands for it from then on.
    again = ask.send(keys[1])
    assert content(again) == content(first) and replayed(again)
    state = world.state()
    for key in keys:
        for other in [{**bare, "trace_id": str(uuid.uuid4())}, bare,
                      {**ask.other, "trace_id": trace}]:
            answer = ask.send(key, body=other)
            assert is_conflict(answer), answer.text
        again = ask.send(key)
        assert content(again) == content(first) and replayed(again)
    assert world.state() == state


REFUSED = sorted([
    "acceptEscrow", "approve", "cancelBatch", "completeEscrow", "createWallet", "defundWallet",
    "deletePolicy", "signRelease", "deleteWebhook", "discardMessage", "disputeEscrow", "fundWallet",
    "registerAgent", "registerDestination", "removeDestination", "resolveEscrow",
    "resolveRailAttempt", "retryMessage", "revokeKey", "submitBatch", "updatePolicy",
    "updateWallet", "withdrawReserve",
])


@pytest.mark.parametrize("operation", REFUSED)
def test_r26_a_refusal_that_is_told_again_says_so(world, operation):
    ask, key = refusals(world)[operation](), name()
    first = ask.send(key)
    assert first.status_code >= 400 and not replayed(first), first.text
    state = world.state()
    again = ask.send(key)
    assert again.status_code == first.status_code
    assert content(again) == content(first) and replayed(again)
    assert world.state() == state


# Keys


def raw(ask: Ask, key: str) -> tuple[int, dict]:
    """Sends a key as it stands, with the spaces around it."""
    url = httpx.URL(str(ask.client.base_url))
    connection = http.client.HTTPConnection(url.host, url.port, timeout=30)
    body = b"" if ask.body is None else json.dumps(ask.body).encode()
    headers = {"Authorization": ask.client.headers["Authorization"], "Idempotency-Key": key}
    if body:
        headers["Content-Type"] = "application/json"
    connection.request(ask.method, ask.path, body, headers)
    answer = connection.getresponse()
    content = json.loads(answer.read())
    connection.close()
    return answer.status, content


@pytest.mark.parametrize("key", ["", "   ", "x" * 256, "k\u00e9y", "a\x01b", "a\tb"])
@pytest.mark.parametrize("operation", [
    "freezeWallet", "createPayment", "createKey", "createBatch", "registerAgent", "makeInvoice",
    "submitBatch", "deleteWebhook", "mixinTransfer", "depositReserve", "updateBatch"])
def test_what_is_no_key_is_refused_and_changes_nothing(world, operation, key):
    ask = cases(world)[operation]()
    state = world.state()
    status, body = raw(ask, key)
    if operation == "mixinTransfer":
        assert status == 202 and body["error"]["code"] == 10002, body
    else:
        assert status == 400, body
    assert world.state() == state


@pytest.mark.parametrize("key", ["x", "x" * 255, "!~ key, \"quoted\"; q=1"])
@pytest.mark.parametrize("operation", ["freezeWallet", "createPayment", "createKey", "submitBatch"])
def test_a_key_of_any_length_is_one_without_the_spaces_around_it(world, operation, key):
    ask = cases(world)[operation]()
    status, first = raw(ask, f"  {key}\t ")
    assert status in ask.status, first
    again = ask.send(key)
    for secret in ask.secrets:
        first.pop(secret)
    assert content(again) == first and replayed(again)


def test_a_key_of_one_route_is_free_on_all_others(world):
    key = name()
    tried = ["createPayment", "createEscrow", "freezeWallet", "fundWallet", "createPolicy",
             "createKey", "send", "sendAgentPayment", "createBatch", "makeInvoice"]
    for operation in tried:
        answer = cases(world)[operation]().send(key)
        assert answer.status_code in (200, 202) and not replayed(answer), answer.text


@pytest.mark.parametrize("spelled", [
    lambda path: path.replace("freeze", "%66reeze"), lambda path: path.replace("wal_", "w%61l_"),
    lambda path: path + "?a=1", lambda path: path + "?b=2&a=1",
])
def test_review_4_a_path_that_is_spelled_otherwise_is_the_same_request(world, spelled):
    ask, key = cases(world)["freezeWallet"](), name()
    first = ask.send(key)
    ask.after()
    again = ask.send(key, path=spelled(ask.path))
    assert again.status_code == 200 and content(again) == content(first) and replayed(again)
    found = ok(world.admin.get(ask.path.removesuffix("/freeze")))
    assert found["status"] == "active"


def test_a_final_slash_is_another_path(world):
    ask, key = cases(world)["freezeWallet"](), name()
    assert ask.send(key, path=ask.path + "/").status_code == 404
    assert not replayed(ask.send(key))


@pytest.mark.parametrize("again", [
    {"name": "p", "max_per_tx": "5", "assets": ["USDC"]},
    {"assets": ["USDC"], "maxPerTx": "5.00", "name": "p"},
    {"name": "p", "maxPerTx": "5.0", "assets": ["USDC"], "velocityCap": None},
])
def test_the_same_content_written_otherwise_is_the_same_content(world, again):
    key = {"Idempotency-Key": name()}
    body = {"name": "p", "maxPerTx": "5", "assets": ["USDC"]}
    first = world.admin.post("/v1/policies", json=body, headers=key)
    second = world.admin.post("/v1/policies", json=again, headers=key)
    assert second.status_code == 200 and second.json() == first.json() and replayed(second)


def test_requests_with_one_key_that_come_together_are_one(world):
    from concurrent.futures import ThreadPoolExecutor
    for operation in ["freezeWallet", "createKey", "submitBatch", "acceptEscrow", "updateWallet"]:
        ask, key = cases(world)[operation](), name()
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: ask.send(key), range(8)))
        assert {answer.status_code for answer in answers} == {200}, operation
        bodies = {json.dumps(content(answer, ask.secrets)) for answer in answers}
        assert len(bodies) == 1 and sum(not replayed(answer) for answer in answers) == 1


def test_a_malformed_request_does_not_use_its_key_up(world):
    key = name()
    ask = Ask(world.admin, "POST", f"/v1/wallets/{world.wallets[1]}/fund", {"amount": "x"})
    assert ask.send(key).status_code == 400
    ask.body = {"amount": "1", "currency": "USDC"}
    answer = ask.send(key)
    assert answer.status_code == 200 and not replayed(answer)


def test_a_key_that_is_shown_once_is_shown_to_nobody_who_asks_again(world):
    body, key = {"class": "operator"}, {"Idempotency-Key": name()}
    first = ok(world.admin.post("/v1/api-keys", json=body, headers=key))
    again = ok(world.admin.post("/v1/api-keys", json=body, headers=key))
    assert first["key"] and "key" not in again and again["key_id"] == first["key_id"]
    with world.system.client(key=first["key"]) as client:
        assert client.get("/v1/wallets").status_code == 200
