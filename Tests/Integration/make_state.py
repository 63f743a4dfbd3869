"""Makes a state folder with a bit of everything in it, for the tests of upgrades.

    INTEROP_PROGRAMS=FOLDER python make_state.py FILE.tar.gz

`FILE.tar.gz` holds the stopped state folder and `expected.json`: the keys, and what was there. The
files in `states` were made by the builds that their names tell, and are never made again. Their
clock stands twenty years ahead, so that whoever goes on with them can choose the same time.
"""

import base64
import json
import pathlib
import sys
import tarfile
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "Interop"))

import httpx  # noqa: E402
import nacl.signing  # noqa: E402

from addresses import base58  # noqa: E402
from conftest import System  # noqa: E402
from parties import post  # noqa: E402
from test_mixin import BTC, Session, group, trace  # noqa: E402

HASH = "sha256:" + "a" * 64
AHEAD = 20 * 365 * 86_400


class Maker:
    """An organisation that is given one of everything."""

    def __init__(self, system: System):
        self.system = system
        self.admin = system.client()
        self.expected: dict = {"access": system.access}

    def wallet(self, name: str, money: dict[str, str] | None = None, **more) -> str:
        made = post(self.admin, "/v1/wallets", {
            "agentId": name, "label": name, "policyId": "pol_open", **more})
        for asset, amount in (money or {}).items():
            post(self.admin, f"/v1/wallets/{made['wallet_id']}/fund",
                 {"amount": amount, "currency": asset})
        return made["wallet_id"]

    def key(self, wallet: str) -> str:
        return post(self.admin, "/v1/api-keys", {"class": "agent", "walletId": wallet})["key"]

    def policy(self, **terms) -> str:
        return post(self.admin, "/v1/policies", {"name": uuid.uuid4().hex, **terms})["policy_id"]

    def deposit(self, client, amount: str, asset: str) -> None:
        post(client, "/v1/reserve/deposits",
             {"amount": amount, "currency": asset, "reference": uuid.uuid4().hex})

    def make(self) -> None:
        for asset in ["USDC", "SOL", "BTC", "DZAR"]:
            self.deposit(self.admin, "1000", asset)
        self.expected["key_operator"] = post(self.admin, "/v1/api-keys", {"class": "operator"})[
            "key"]
        self.policies_and_names()
        self.escrows()
        self.approvals()
        self.agents()
        self.groups()
        self.batches()
        self.another_organisation()
        post(self.admin, "/v1/webhooks", {"url": "https://example.com/hook", "events": ["*"]})

    def policies_and_names(self) -> None:
        """Lists as people wrote them, names that read as something else, a category in capitals."""
        blocked = self.wallet("blocked")
        post(self.admin, f"/v1/wallets/{blocked}/destinations",
             {"type": "phone", "value": "27821239876"})
        post(self.admin, f"/v1/wallets/{blocked}/destinations",
             {"type": "domain", "value": "bücher.example", "category": "Gambling"})
        policy = self.policy(maxPerDay="50.00", blockedRecipients=[
            "+27821239876", "bücher.example", "not a destination"],
            blockedCategories=["gambling "])
        payer = self.wallet("payer", {"USDC": "100", "SOL": "1"}, policyId=policy)
        named = self.wallet("shop.example")
        alias = self.wallet("wal_alias")
        key = self.key(payer)
        with self.system.client(key=key) as client:
            paid = post(client, "/v1/payments", {
                "walletId": payer, "to": named, "amount": "7.00", "currency": "USDC",
                "idempotencyKey": "first"})
            client.post("/v1/payments", json={
                "walletId": payer, "to": named, "amount": "99.00", "currency": "USDC",
                "idempotencyKey": "denied"})
        self.expected["payer"] = {"wallet": payer, "key": key, "policy": policy, "paid": paid,
                                  "to": named}
        self.expected["blocked"], self.expected["alias"] = blocked, alias
        closed = self.wallet("closed")
        self.admin.patch(f"/v1/wallets/{closed}", json={"status": "closed"}).raise_for_status()
        self.expected["closed"] = closed

    def escrows(self) -> None:
        payer, receiver = self.wallet("buyer", {"USDC": "100"}), self.wallet("seller")
        attester = nacl.signing.SigningKey.generate()
        post(self.admin, f"/v1/wallets/{receiver}/destinations",
             {"type": "domain", "value": "seller.example"})
        key = self.key(payer)
        with self.system.client(key=key) as client:
            def lock(to: str, **more) -> str:
                return post(client, "/v1/payments/a2a", {
                    "fromWallet": payer, "toWallet": to, "amount": "10.00", "currency": "USDC",
                    "taskDescription": "Summarise", **more})["escrow_id"]

            plain = lock(receiver)
            named = lock("seller.example")
            attested = lock(receiver,
                            attesterPublicKey=base58(bytes(attester.verify_key)))
            hashed = lock(receiver, expectedOutputHash=HASH)
        self.expected["escrows"] = {
            "payer": payer, "receiver": receiver, "payer_key": key,
            "receiver_key": self.key(receiver), "plain": plain, "named": named,
            "attested": attested, "hashed": hashed,
            "attester": base64.b64encode(bytes(attester)).decode()}

    def approvals(self) -> None:
        policy = self.policy(requireCoSign="2.00")
        payer = self.wallet("cautious", {"USDC": "50"}, policyId=policy)
        key = self.key(payer)
        with self.system.client(key=key) as client:
            answers = [client.post("/v1/payments", json={
                "walletId": payer, "to": self.expected["blocked"], "amount": "5.00",
                "currency": "USDC"}) for _ in range(2)]
        assert all(answer.status_code == 202 for answer in answers), answers[0].text
        self.expected["approvals"] = {
            "payer": payer, "key": key, "ids": [a.json()["approval_id"] for a in answers]}

    def agents(self) -> None:
        for name in ["alice", "bob", "carol"]:
            post(self.admin, "/api/agents/register", {"agentId": name}, status=201)
        wallets = self.admin.get("/v1/wallets", params={"agentId": "alice"}).json()["data"]
        post(self.admin, f"/v1/wallets/{wallets[0]['wallet_id']}/fund",
             {"amount": "1", "currency": "SOL"})
        body = {"fromAgentId": "alice", "payments": [
            {"toAgentId": "bob", "amount": 100}, {"toAgentId": "carol", "amount": 100}]}
        headers = {"Idempotency-Key": "batch-1"}
        sent = self.admin.post("/api/payments/send-batch", json=body, headers=headers)
        assert sent.status_code == 202, sent.text
        single = {"fromAgentId": "alice", "toAgentId": "bob", "amount": 11}
        one = self.admin.post("/api/payments/send", json=single,
                              headers={"Idempotency-Key": "single-1"})
        assert one.status_code == 202, one.text
        self.expected["agents"] = {"batch": body, "answer": sent.json(), "single": single,
                                   "single_answer": one.json()}

    def groups(self) -> None:
        wallets = {name: self.wallet(name, {"BTC": "1"}) for name in ["mona", "nils"]}
        users = {name: Session(self.system, wallet) for name, wallet in wallets.items()}
        now = int(time.time()) + AHEAD
        text = json.dumps({
            "asset_id": BTC, "amount": "0.5", "trace_id": trace(), "memo": "",
            "opponent_multisig": group(users["mona"].user, users["nils"].user, threshold=2)})
        token = users["mona"].token("POST", "/transactions", text, iat=now, exp=now + 600)
        paid = httpx.post(self.system.access["url"] + "/transactions", content=text, headers={
            "Authorization": "Bearer " + token, "Content-Type": "application/json"})
        assert paid.status_code == 200 and "data" in paid.json(), paid.text
        found = self.admin.get("/v1/groups").json()["data"][0]
        mona = self.key(wallets["mona"])
        with self.system.client(key=mona) as client:
            release = post(client, f"/v1/groups/{found['group_id']}/releases",
                           {"to": wallets["nils"], "amount": "0.1"})
            post(client, f"/v1/groups/{found['group_id']}/releases/{release['release_id']}/sign")
        self.expected["groups"] = {"group": found["group_id"], "release": release["release_id"],
                                   "mona": mona, "nils": self.key(wallets["nils"]),
                                   "wallets": wallets}

    def batches(self) -> None:
        batch = post(self.admin, "/batches", {"name": "wages", "externalId": "w-1"})
        self.admin.post(f"/batches/{batch['id']}/payments", json={
            "clearExisting": True, "payments": [
                {"msisdn": "27821231234", "amount": 10}, {"msisdn": "27821231235", "amount": 5},
            ]}).raise_for_status()
        self.admin.post(f"/batches/{batch['id']}/submit").raise_for_status()
        draft = post(self.admin, "/batches", {"name": "bonus", "externalId": "b-1"})
        cancelled = post(self.admin, "/batches", {"name": "wrong", "externalId": "x-1"})
        self.admin.post(f"/batches/{cancelled['id']}/cancel").raise_for_status()
        self.expected["batches"] = {"open": batch["id"], "draft": draft["id"],
                                    "cancelled": cancelled["id"]}

    def another_organisation(self) -> None:
        with self.system.client(key=self.system.access["root_key"]) as root:
            made = post(root, "/v1/organisations", {"name": "Neighbour"})
        with self.system.client(key=made["admin_key"]) as client:
            self.deposit(client, "500", "USDC")
        self.expected["neighbour"] = made["admin_key"]

    def look(self) -> None:
        """What everybody has, once all has arrived."""
        for _ in range(100):
            if self.system.audit()["drained"]:
                break
            time.sleep(0.1)
        wallets, cursor = [], None
        while True:
            page = self.admin.get("/v1/wallets", params={
                "limit": 100, **({"cursor": cursor} if cursor else {})}).json()
            wallets += page["data"]
            cursor = page["next_cursor"]
            if not page["has_more"]:
                break
        self.expected["balances"] = {w["wallet_id"]: w["balances"] for w in wallets}
        self.expected["reserve"] = self.admin.get("/v1/reserve").json()["balances"]
        self.expected["events"] = len(self.admin.get(
            "/v1/events", params={"limit": 100}).json()["data"])


def main(path: str) -> None:
    system = System()
    clock = system.state / "clock"
    clock.write_text(str(AHEAD * 1000))
    system.environment.update({"PURSE_ENVIRONMENT": "test", "PURSE_TEST_CLOCK": str(clock)})
    try:
        system.start()
        maker = Maker(system)
        maker.make()
        maker.look()
        maker.expected["ended_at"] = time.time() + AHEAD
        system.purse("down")
        (system.state / "expected.json").write_text(json.dumps(maker.expected, indent=1))
        with tarfile.open(path, "w:gz") as archive:
            for file in sorted(system.state.rglob("*")):
                if file.is_file() and not file.suffix == ".log":
                    archive.add(file, arcname=str(file.relative_to(system.state)))
    finally:
        system.stop()


if __name__ == "__main__":
    main(sys.argv[1])
