"""What a wallet, a reserve and a draft may be left with: nothing that nobody can move."""

import time
import uuid
from decimal import Decimal

import pytest

from parties import Parties, post


@pytest.fixture(scope="module")
def parties(system):
    return Parties(system)


def wallet(admin, **more) -> str:
    body = {"agentId": uuid.uuid4().hex, "label": "x", "policyId": "pol_open", **more}
    return post(admin, "/v1/wallets", body)["wallet_id"]


def deposit(admin, amount: str) -> None:
    post(admin, "/v1/reserve/deposits", {
        "amount": amount, "currency": "USDC", "reference": uuid.uuid4().hex})


def test_r53_f10_no_party_of_an_open_escrow_closes(system, parties):
    with system.client() as admin:
        payer = wallet(admin)
        deposit(admin, "10")
        post(admin, f"/v1/wallets/{payer}/fund", {"amount": "10", "currency": "USDC"})
        lock = post(admin, "/v1/payments/a2a", {
            "fromWallet": payer, "toWallet": parties.wallets["receiver"], "amount": "10",
            "currency": "USDC", "taskDescription": "x", "timeoutSeconds": 60})
        for party in [payer, parties.wallets["receiver"]]:
            refused = admin.patch(f"/v1/wallets/{party}", json={"status": "closed"})
            assert refused.status_code == 409, refused.text
            assert refused.json()["error"]["outcome"] == "not_applied"
        post(admin, f"/v1/payments/a2a/{lock['escrow_id']}/dispute", {"reason": "x"})
        post(admin, f"/v1/payments/a2a/{lock['escrow_id']}/resolve", {"decision": "refund"})
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            found = admin.get(f"/v1/wallets/{payer}").json()
            if Decimal(found["balances"]["USDC"]) == 10:
                break
            time.sleep(0.05)
        assert admin.patch(f"/v1/wallets/{payer}", json={"status": "closed"}).status_code == 409
        post(admin, "/v1/payments", {
            "walletId": payer, "to": parties.wallets["receiver"], "amount": "10",
            "currency": "USDC"})
        closed = admin.patch(f"/v1/wallets/{payer}", json={"status": "closed"})
        assert closed.status_code == 200 and closed.json()["status"] == "closed"
        late = admin.post("/v1/payments", json={
            "walletId": parties.wallets["payer"], "to": payer, "amount": "1", "currency": "USDC"})
        assert late.status_code == 422, late.text
        assert late.json()["error"]["code"] == "destination_unknown"


def test_a_patch_changes_all_or_nothing(system):
    with system.client() as admin:
        deposit(admin, "1")
        one = wallet(admin)
        post(admin, f"/v1/wallets/{one}/fund", {"amount": "1", "currency": "USDC"})
        before = admin.get(f"/v1/wallets/{one}").json()
        for change, status in [
            ({"label": "new", "policyId": "pol_standard", "status": "closed"}, 409),
            ({"label": "new", "tags": ["a"], "policyId": "pol_nothere"}, 404),
            ({"label": "new", "status": "gone"}, 400),
        ]:
            refused = admin.patch(f"/v1/wallets/{one}", json=change)
            assert refused.status_code == status, refused.text
            assert refused.json()["error"]["outcome"] == "not_applied"
            assert admin.get(f"/v1/wallets/{one}").json() == before
        made = admin.patch(f"/v1/wallets/{one}", json={
            "label": "new", "tags": ["a"], "policyId": "pol_standard", "status": "frozen"})
        assert made.status_code == 200, made.text
        found = made.json()
        assert (found["label"], found["tags"], found["status"]) == ("new", ["a"], "frozen")
        assert found["policy"]["policy_id"] == "pol_standard"
        assert admin.get(f"/v1/wallets/{one}").json() == found


def test_a_repeated_creation_has_no_effect_on_the_wallet(system):
    with system.client() as admin:
        expiring = post(admin, "/v1/policies", {
            "name": uuid.uuid4().hex, "expiry": "2100-01-01T00:00:00Z"})["policy_id"]
        body = {"agentId": uuid.uuid4().hex, "label": "x", "policyId": expiring}
        key = {"Idempotency-Key": uuid.uuid4().hex}
        first = admin.post("/v1/wallets", json=body, headers=key).json()
        one = first["wallet_id"]
        changed = admin.patch(f"/v1/wallets/{one}", json={"policyId": "pol_standard"})
        assert changed.status_code == 200
        again = admin.post("/v1/wallets", json=body, headers=key)
        assert again.status_code == 200, again.text
        assert again.json()["wallet_id"] == one and again.json()["status"] == "active"
        assert again.json()["policy"]["policy_id"] == "pol_standard"


def test_o12_f15_one_organisation_ends_nobody_elses_deposits(system):
    with system.client(system.access["root_key"]) as root:
        keys = [post(root, "/v1/organisations", {"name": "o"})["admin_key"] for _ in range(2)]
    with system.client(keys[0]) as greedy, system.client(keys[1]) as honest:
        most = {"amount": "9007199254.740991", "currency": "USDC"}
        for number in range(1024):
            answer = greedy.post("/v1/reserve/deposits", json={**most, "reference": str(number)})
            assert answer.status_code == 200, answer.text
        over = greedy.post("/v1/reserve/deposits", json={**most, "reference": "over"})
        assert over.status_code == 400
        post(honest, "/v1/reserve/deposits", {
            "amount": "100", "currency": "USDC", "reference": "x"})
        assert honest.get("/v1/reserve").json()["balances"]["USDC"] == "100.00"


def test_a_deposit_is_withdrawn_again_and_never_more(system):
    with system.client(system.access["root_key"]) as root:
        key = post(root, "/v1/organisations", {"name": "o"})["admin_key"]
    with system.client(key) as admin:
        body = {"amount": "100", "currency": "USDC", "reference": "typing error"}
        post(admin, "/v1/reserve/deposits", body)
        path = "/v1/reserve/withdrawals"
        over = admin.post(path, json={**body, "amount": "100.01", "reference": "over"})
        assert over.status_code == 422
        assert over.json()["error"]["code"] == "insufficient_reserve"
        gone = post(admin, path, body)
        assert gone["balances"]["USDC"] == "0.00" and gone["reference"] == "typing error"
        again = admin.post(path, json=body)
        assert again.json() == gone and again.headers["Idempotent-Replayed"] == "true"
        assert admin.post(path, json={**body, "amount": "1"}).status_code == 409
        repeated = admin.post("/v1/reserve/deposits", json=body)
        assert repeated.headers["Idempotent-Replayed"] == "true"
        agents = post(admin, "/v1/api-keys", {"class": "auditor"})["key"]
    with system.client(agents) as auditor:
        assert auditor.post(path, json=body).status_code == 403


def test_r47_f12_a_cancelled_draft_frees_its_identifiers(system):
    with system.client() as company:
        name = uuid.uuid4().hex
        draft = post(company, "/batches", {"name": "wages", "externalId": name})["id"]
        row = {"msisdn": "27821230001", "amount": 10, "externalId": "row-" + name}
        post(company, f"/batches/{draft}/payments", {"clearExisting": False, "payments": [row]})
        assert company.post("/batches", json={"name": "w", "externalId": name}).status_code == 400
        post(company, f"/batches/{draft}/cancel")
        again = post(company, "/batches", {"name": "wages", "externalId": name})["id"]
        assert again != draft
        row["amount"] = 20
        post(company, f"/batches/{again}/payments", {"clearExisting": False, "payments": [row]})


def test_the_books_are_whole(system):
    system.audit()
