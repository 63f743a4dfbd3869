"""Two agents and a stranger, who have wallets, keys and money."""

import uuid
from decimal import Decimal

import httpx


def post(client, path: str, body: dict | None = None, status: int = 200) -> dict:
    answer = client.post(path, json=body) if body is not None else client.post(path)
    assert answer.status_code == status, answer.text
    return answer.json()


class Parties:
    """A payer with money, a receiver, a stranger, and a client for each agent's key."""

    def __init__(self, system, money: str = "1000", asset: str = "USDC", **policy):
        self.system = system
        self.asset = asset
        with system.client() as admin:
            # The page's shortest way: a hash that nothing verifies releases at once.
            answer = admin.patch("/v1/organisation", json={"escrowReviewSeconds": 0})
            assert answer.status_code == 200, answer.text
            terms = {"name": uuid.uuid4().hex, "assets": ["BTC", "DZAR", "SOL", "USDC"], **policy}
            policy_id = post(admin, "/v1/policies", terms)["policy_id"]
            self.wallets = {}
            self.keys = {}
            for name in ["payer", "receiver", "stranger"]:
                body = {"agentId": uuid.uuid4().hex, "label": name, "policyId": policy_id}
                wallet = post(admin, "/v1/wallets", body)["wallet_id"]
                key = post(admin, "/v1/api-keys", {"class": "agent", "walletId": wallet})["key"]
                self.wallets[name], self.keys[name] = wallet, key
            reference = uuid.uuid4().hex
            post(admin, "/v1/reserve/deposits",
                 {"amount": money, "currency": asset, "reference": reference})
            post(admin, f"/v1/wallets/{self.wallets['payer']}/fund",
                 {"amount": money, "currency": asset})

    def client(self, name: str) -> httpx.Client:
        return self.system.client(key=self.keys[name])

    def body(self, **more) -> dict:
        return {"fromWallet": self.wallets["payer"], "toWallet": self.wallets["receiver"],
                "amount": "10.00", "currency": "USDC", "taskDescription": "Summarise", **more}

    def create(self, **more) -> dict:
        with self.client("payer") as payer:
            return post(payer, "/v1/payments/a2a", self.body(**more))

    def act(self, name: str, escrow: dict, verb: str, body: dict | None = None) -> httpx.Response:
        with self.client(name) as client:
            path = f"/v1/payments/a2a/{escrow['escrow_id']}/{verb}"
            return client.post(path, json=body) if body is not None else client.post(path)

    def balance(self, name: str) -> Decimal:
        with self.client(name) as client:
            answer = client.get(f"/v1/wallets/{self.wallets[name]}").json()
            return Decimal(answer["balances"].get(self.asset, "0"))
