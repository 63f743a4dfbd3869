"""6DOT50's pages, as a client of that system would use them."""

import concurrent.futures
import json
import os
import pathlib
import random
import re
import time
import uuid
from decimal import Decimal

import httpx
import pytest

from conftest import System
from killer import Killer, await_drained, insist
from parties import post

DAY = 86_400_000
SAMPLE = {
    "clearExisting": True,
    "payments": [
        {"msisdn": "27821231234", "amount": 10, "firstname": "Test", "lastname": "User 1"},
        {"msisdn": "27821231235", "amount": 5, "firstname": "Test", "lastname": "User 2"},
        {"msisdn": "27821231236", "amount": 8, "firstname": "Test", "lastname": "User 3"},
    ],
}


class Company:
    """An organisation with money, and a client with a token."""

    def __init__(self, system, money: str = "1000", capabilities: list[str] | None = None):
        self.system = system
        with system.client(key=system.access["root_key"]) as root:
            made = root.post("/v1/organisations", json={"name": "AcmeCorp"}).json()
        self.admin = system.client(key=made["admin_key"])
        if money != "0":
            self.deposit(money)
        if capabilities:
            self.admin.patch("/v1/organisation", json={"capabilities": capabilities})
        credential = self.admin.post(
            "/v1/api-keys", json={"class": "operator", "kind": "credential"}).json()
        self.credential = {"key": credential["key"], "secret": credential["secret"]}
        token = httpx.post(system.access["url"] + "/authentication/getToken",
                           json=self.credential).json()
        assert token["success"] is True
        self.client = system.client(key=token["token"])

    def deposit(self, money: str) -> None:
        answer = self.admin.post("/v1/reserve/deposits", json={
            "amount": money, "currency": "DZAR", "reference": uuid.uuid4().hex})
        assert answer.status_code == 200, answer.text

    def batch(self, payments: list[dict] | None = None, **more) -> dict:
        made = self.client.post("/batches", json={"name": "Test Batch 1", **more})
        assert made.status_code == 200, made.text
        if payments is None:
            return made.json()
        return self.add(made.json(), payments)

    def add(self, batch: dict, payments: list[dict], clear: bool = False) -> dict:
        answer = self.client.post(f"/batches/{batch['id']}/payments",
                                  json={"clearExisting": clear, "payments": payments})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def submit(self, batch: dict) -> httpx.Response:
        return self.client.post(f"/batches/{batch['id']}/submit")

    def get(self, batch: dict) -> dict:
        return self.client.get(f"/batches/{batch['id']}").json()

    def join(self, phone: str) -> str:
        """Makes a wallet whose owner has a phone number."""
        wallet = self.admin.post("/v1/wallets", json={
            "agentId": uuid.uuid4().hex, "label": "Member", "policyId": "pol_open"}).json()
        answer = self.admin.post(f"/v1/wallets/{wallet['wallet_id']}/destinations",
                                 json={"type": "phone", "value": phone})
        assert answer.status_code == 200, answer.text
        return wallet["wallet_id"]

    def wallet(self, wallet: str) -> Decimal:
        found = self.admin.get(f"/v1/wallets/{wallet}").json()
        return Decimal(found["balances"].get("DZAR", "0"))

    def float(self) -> Decimal:
        account = json.loads(self.client.get("/accounts").text, parse_float=Decimal)[0]
        return Decimal(account["availableBalance"])


@pytest.fixture()
def company(system):
    return Company(system)


def test_a_token_is_had_for_the_secret_only(company):
    url = company.system.access["url"]
    good = httpx.post(url + "/authentication/getToken", json=company.credential)
    assert good.status_code == 200 and list(good.json()) == ["success", "token", "expiresAt"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", good.json()["expiresAt"])
    for change in [{"secret": "other"}, {"key": str(uuid.uuid4())}]:
        bad = httpx.post(url + "/authentication/getToken", json={**company.credential, **change})
        assert (bad.status_code, bad.json()) == (401, {"success": False})
    # The secret is no key, and neither opens anything without the other.
    for key in company.credential.values():
        assert company.system.client(key=key).get("/batches").status_code == 401
    assert company.admin.get("/batches").status_code == 200, "our own keys are tokens, too"


def test_the_page_s_sample(company):
    batch = company.batch(externalId="testbatch1")
    assert list(batch) == ["id", "name", "statusCode", "externalId", "createdAt"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}", batch["createdAt"])
    answer = company.client.post(f"/batches/{batch['id']}/payments", json=SAMPLE)
    assert answer.status_code == 200
    body = answer.json()
    assert body["name"] == "Test Batch 1" and body["statusCode"] == "DRAFT"
    assert body["externalId"] == "testbatch1" and body["id"] == batch["id"]
    assert body["summary"] == {
        "paymentsAmount": 23, "paymentsCount": 3, "referralsAmount": 0, "settledAmount": 0,
        "settledCount": 0, "cancelledAmount": 0, "cancelledCount": 0}
    shown = [{name: value for name, value in payment.items()
              if name not in ("id", "batchId", "createdAt")} for payment in body["payments"]]
    assert shown == [{**payment, "statusCode": "DRAFT", "isMember": False}
                     for payment in SAMPLE["payments"]]
    listed = company.client.get(f"/batches/{batch['id']}/payments").json()
    assert listed == body["payments"]
    assert company.client.get(f"/payments/{listed[1]['id']}").json() == listed[1]


def test_the_page_s_failures(company):
    batch = company.batch(SAMPLE["payments"])
    vectors = json.loads((pathlib.Path(__file__).parent / "sixdot50.json").read_text())
    oracle = vectors["validation_oracle"]
    answer = company.client.post(f"/batches/{batch['id']}/payments", json=oracle["request"])
    assert (answer.status_code, answer.json()) == (oracle["status"], oracle["body"])
    assert len(company.client.get(f"/batches/{batch['id']}/payments").json()) == 3


@pytest.mark.parametrize("text, cents", [
    ("10", 1000), ("10.5", 1050), ("10.50", 1050), ("1", 100), ("1.01", 101), ("1.1", 110),
    ("10.505", None), ("1e2", None), ("0.99", None), ('"10"', None), ("0", None), ("-5", None),
    ("99999999999999999999", None), ("null", None), ("true", None), ("[]", None), ("1.0e1", None),
])
def test_amounts_are_read_exactly(company, text, cents):
    batch = company.batch()
    raw = '{"clearExisting":false,"payments":[{"msisdn":"27821231234","amount":%s}]}' % text
    answer = company.client.post(f"/batches/{batch['id']}/payments", content=raw, headers={
        "Content-Type": "application/json"})
    if cents is None:
        assert answer.status_code == 400
        failure = answer.json()[0]
        assert failure["fieldName"] == "Amount" and len(answer.json()) == 1
        assert company.get(batch)["summary"]["paymentsCount"] == 0
    else:
        assert answer.status_code == 200, answer.text
        found = json.loads(answer.text, parse_float=Decimal)["payments"][0]["amount"]
        assert Decimal(found) * 100 == cents


@pytest.mark.parametrize("phone, is_good", [
    ("27821231234", True), ("0821231234", False), ("+27821231234", False), ("2782123123", False),
    ("278212312345", False), ("27521231234", False), ("447700900123", True), ("1234567", True),
    ("123456", False), ("1234567890123456", False), ("", False), (27821231234, False),
    ("2782123123x", False), (None, False),
])
def test_phone_numbers(company, phone, is_good):
    batch = company.batch()
    answer = company.client.post(f"/batches/{batch['id']}/payments", json={
        "clearExisting": False, "payments": [{"msisdn": phone, "amount": 1}]})
    assert answer.status_code == (200 if is_good else 400)
    if not is_good:
        value = "" if phone is None else str(phone)
        assert answer.json() == [{"errorMessage": "Msisdn invalid", "fieldName": "Msisdn",
                                  "fieldValue": value}]


def test_every_failure_of_a_large_request_is_reported_and_nothing_is_added(company):
    batch = company.batch()
    payments = [{"msisdn": str(27820000000 + number), "amount": 1} for number in range(10_000)]
    payments[6789]["msisdn"] = "0821231234"
    url = f"/batches/{batch['id']}/payments"
    one = company.client.post(url, json={"clearExisting": False, "payments": payments})
    assert one.status_code == 400 and len(one.json()) == 1
    assert one.json()[0]["fieldValue"] == "0821231234"
    for payment in payments:
        payment["amount"] = 0
    all_bad = company.client.post(url, json={"clearExisting": False, "payments": payments})
    assert all_bad.status_code == 400 and len(all_bad.json()) == 10_001
    assert company.get(batch)["summary"]["paymentsCount"] == 0
    many = company.client.post(url, json={
        "clearExisting": False, "payments": payments + payments[:1]})
    assert many.status_code == 400 and many.json()[0]["fieldName"] == "Payments"


def test_what_is_there_is_replaced_or_kept(company):
    batch = company.batch(SAMPLE["payments"])
    more = company.add(batch, SAMPLE["payments"][:1])
    assert more["summary"]["paymentsCount"] == 4 and len(more["payments"]) == 1
    again = company.add(batch, SAMPLE["payments"][:1], clear=True)
    assert again["summary"]["paymentsCount"] == 1
    missing = company.client.post(f"/batches/{batch['id']}/payments",
                                  json={"payments": SAMPLE["payments"]})
    assert missing.status_code == 400 and missing.json()[0]["fieldName"] == "ClearExisting"
    repeated = {"headers": {"Idempotency-Key": "one"}, "json": {
        "clearExisting": False, "payments": SAMPLE["payments"]}}
    first = company.client.post(f"/batches/{batch['id']}/payments", **repeated)
    second = company.client.post(f"/batches/{batch['id']}/payments", **repeated)
    assert first.json()["payments"] == second.json()["payments"]
    assert company.get(batch)["summary"]["paymentsCount"] == 4


def test_external_identifiers_are_unique(company):
    batch = company.batch(externalId="b1")
    taken = company.client.post("/batches", json={"name": "x", "externalId": "b1"})
    assert taken.status_code == 400 and taken.json()[0].keys() == {
        "errorMessage", "fieldName", "fieldValue"}
    wrong = company.client.post("/batches", json={"name": 5, "externalId": "x" * 300}).json()
    assert [(one["fieldName"], one["fieldValue"]) for one in wrong] == [
        ("Name", "5"), ("ExternalId", wrong[1]["fieldValue"])]
    assert 90 < len(wrong[1]["fieldValue"]) <= 103, "what was sent, shortened"
    company.add(batch, [{"msisdn": "27821231234", "amount": 1, "externalId": "p1"}])
    answer = company.client.post(f"/batches/{batch['id']}/payments", json={
        "clearExisting": False, "payments": [
            {"msisdn": "27821231234", "amount": 1, "externalId": "p2"},
            {"msisdn": "27821231234", "amount": 1, "externalId": "p1"}]})
    assert answer.status_code == 400
    assert answer.json() == [{"errorMessage": "ExternalId must be unique",
                              "fieldName": "ExternalId", "fieldValue": "p1"}]
    company.add(batch, [{"msisdn": "27821231234", "amount": 1, "externalId": "p1"}], clear=True)
    other = Company(company.system, money="0")
    other.add(other.batch(externalId="b1"), [
        {"msisdn": "27821231234", "amount": 1, "externalId": "p1"}])


def test_members_are_paid_and_the_others_money_waits(company):
    member = company.join("27821231234")
    batch = company.batch(SAMPLE["payments"])
    assert batch["payments"][0]["isMember"] is True
    done = company.submit(batch)
    assert done.status_code == 200, done.text
    assert done.json()["statusCode"] == "OPEN"
    summary = done.json()["summary"]
    assert (summary["settledAmount"], summary["settledCount"]) == (10, 1)
    assert company.wallet(member) == 10 and company.float() == 977
    payments = company.client.get(f"/batches/{batch['id']}/payments").json()
    assert [payment["statusCode"] for payment in payments] == ["SETTLED", "PENDING", "PENDING"]
    assert payments[0]["settledAt"] and "settledAt" not in payments[1]
    later = company.join("27821231235")
    assert company.wallet(later) == 5
    company.join("27821231236")
    closed = company.get(batch)
    assert closed["statusCode"] == "CLOSED" and closed["summary"]["settledAmount"] == 23
    events = company.admin.get("/v1/events", params={"limit": 100}).json()["data"]
    types = [event["type"] for event in events]
    assert types.count("batch.submitted") == 1 and types.count("batch.closed") == 1
    assert types.count("transaction.completed") == 3
    assert_statements_sum(company, {member: 10, later: 5})
    assert company.client.get("/members/27821231235/exists").json() == {"exists": True}
    assert company.client.get("/members/27829999999/exists").json() == {"exists": False}
    texts = [json.loads(line) for line in
             (company.system.state / "run" / "texts.jsonl").read_text().splitlines()]
    sent = {text["to"].lstrip("+") for text in texts}
    assert {"27821231234", "27821231235", "27821231236"} <= sent


@pytest.mark.parametrize("rule", ["blockedRecipients", "blockedCategories", "the number"])
def test_money_that_waits_goes_to_nobody_whom_the_policy_blocks(company, rule):
    # By whatever detour: the number gets its owner after the batch was decided about.
    wallet = company.admin.post("/v1/wallets", json={
        "agentId": uuid.uuid4().hex, "label": "Member", "policyId": "pol_open"}).json()["wallet_id"]
    phone = "27821231299"
    terms = {"blockedRecipients": [wallet]} if rule == "blockedRecipients" else {"blockedCategories": ["gambling"]}
    policy = company.admin.post("/v1/policies", json={
        "name": "payouts", "limits": {"DZAR": {}}, **terms}).json()["policy_id"]
    company.admin.patch("/v1/organisation", json={"payoutPolicyId": policy}).raise_for_status()
    batch = company.batch([{"msisdn": phone, "amount": 7}, {"msisdn": "27821231298", "amount": 5}])
    assert company.submit(batch).status_code == 200
    if rule == "the number":
        company.admin.patch(f"/v1/policies/{policy}", json={"blockedRecipients": ["+" + phone]}).raise_for_status()
    entry = {"type": "phone", "value": phone}
    if rule == "blockedCategories":
        entry["category"] = "Gambling "
    made = company.admin.post(f"/v1/wallets/{wallet}/destinations", json=entry)
    assert made.status_code == 200, made.text
    assert company.wallet(wallet) == 0
    payments = company.client.get(f"/batches/{batch['id']}/payments").json()
    assert [payment["statusCode"] for payment in payments] == ["PENDING", "PENDING"]
    events = company.admin.get("/v1/events", params={"limit": 100}).json()["data"]
    blocked = [event for event in events if event["type"] == "transaction.blocked"]
    assert [event["data"]["payout_id"] for event in blocked] == [payments[0]["id"]]
    assert company.wallet(company.join("27821231298")) == 5
    # Once the policy lets it, the same registration again has it paid.
    company.admin.patch(f"/v1/policies/{policy}", json={"blockedRecipients": [], "blockedCategories": []})
    again = company.admin.post(f"/v1/wallets/{wallet}/destinations", json=entry)
    assert again.status_code == 200, again.text
    assert company.wallet(wallet) == 7
    assert company.get(batch)["statusCode"] == "CLOSED"


def assert_statements_sum(company, wallets: dict[str, int]) -> None:
    """A payout was in no statement, whether it came at the submission or when its owner did."""
    for wallet, amount in wallets.items():
        rows = company.admin.get(f"/v1/wallets/{wallet}/transactions").json()["data"]
        assert [(row["type"], row["status"], row["currency"]) for row in rows] == [
            ("payout", "confirmed", "DZAR")]
        assert sum(Decimal(row["amount"]) for row in rows) == amount
        assert rows[0]["tx_signature"] and rows[0]["on_chain_slot"] > 0
        found = company.admin.get("/v1/payments/" + rows[0]["tx_id"])
        effect = {"direction": "in", "balance_effect": rows[0]["amount"]}
        assert found.status_code == 200 and found.json() | effect == rows[0]
    listed = company.admin.get("/v1/payments", params={"type": "payout", "limit": 2}).json()
    assert len(listed["data"]) == 2 and listed["has_more"]
    rest = company.admin.get("/v1/payments", params={
        "type": "payout", "limit": 2, "cursor": listed["next_cursor"]}).json()
    assert len(rest["data"]) == 1 and not rest["has_more"]


def test_what_is_not_funded_or_allowed_stays_a_draft(company):
    batch = company.batch([{"msisdn": "27821231234", "amount": 1001}])
    poor = company.submit(batch)
    assert poor.status_code == 400 and isinstance(poor.json(), list)
    assert company.get(batch)["statusCode"] == "DRAFT" and company.float() == 1000
    policy = company.admin.post("/v1/policies", json={
        "name": "payouts", "limits": {"DZAR": {"maxPerTx": "50", "maxPerDay": "70"}}}).json()
    company.admin.patch("/v1/organisation", json={"payoutPolicyId": policy["policy_id"]})
    large = company.batch([{"msisdn": "27821231234", "amount": 51}])
    blocked = company.submit(large)
    assert blocked.status_code == 400 and "max_per_tx" in blocked.json()[0]["errorMessage"]
    assert company.get(large)["statusCode"] == "DRAFT"
    first = company.batch([{"msisdn": "27821231234", "amount": 40}])
    assert company.submit(first).status_code == 200
    second = company.batch([{"msisdn": "27821231234", "amount": 20},
                            {"msisdn": "27821231235", "amount": 20}])
    over = company.submit(second)
    assert over.status_code == 400 and "max_per_day" in over.json()[0]["errorMessage"]
    company.add(second, [{"msisdn": "27821231234", "amount": 30}], clear=True)
    assert company.submit(second).status_code == 200, "nothing was reserved by the refusal"
    assert company.submit(company.batch()).status_code == 400, "it is empty"


def test_a_batch_is_changed_while_it_is_a_draft_only(company):
    batch = company.batch(SAMPLE["payments"])
    put = company.client.put(f"/batches/{batch['id']}", json={"name": "New", "externalId": "e"})
    assert put.json()["name"] == "New" and put.json()["externalId"] == "e"
    payment = batch["payments"][0]["id"]
    deleted = company.client.delete(f"/payments/{payment}")
    assert deleted.status_code == 200 and deleted.json()["statusCode"] == "DELETED"
    assert company.client.get(f"/payments/{payment}").status_code == 404
    assert company.get(batch)["summary"]["paymentsAmount"] == 13
    assert company.submit(batch).status_code == 200
    rest = batch["payments"][1]["id"]
    for answer in [
        company.submit(batch),
        company.client.post(f"/batches/{batch['id']}/cancel"),
        company.client.put(f"/batches/{batch['id']}", json={"name": "x"}),
        company.client.delete(f"/payments/{rest}"),
        company.client.post(f"/batches/{batch['id']}/payments", json=SAMPLE),
    ]:
        assert answer.status_code == 400 and isinstance(answer.json(), list), answer.text
    other = company.batch(SAMPLE["payments"])
    cancelled = company.client.post(f"/batches/{other['id']}/cancel").json()
    assert cancelled["statusCode"] == "CANCELLED"
    assert cancelled["summary"]["cancelledAmount"] == 23
    assert company.submit(other).status_code == 400
    listed = company.client.get("/batches", params={"statusCode": "CANCELLED"}).json()
    assert [each["id"] for each in listed] == [other["id"]]
    both = company.client.get("/batches").json()
    assert [each["id"] for each in both] == [other["id"], batch["id"]]
    assert company.client.get("/batches", params={"skip": 1, "take": 1}).json() == both[1:]
    assert company.client.get("/batches", params={"externalId": "e"}).json() == both[1:]
    assert company.client.get("/batches/" + str(uuid.uuid4())).status_code == 404
    assert company.client.get("/batches/statusCodes").json() == [
        "DRAFT", "OPEN", "CLOSED", "CANCELLED"]
    assert company.client.get("/payments/statusCodes").json() == [
        "DRAFT", "PENDING", "CANCELLED", "SETTLED", "DELETED"]
    stranger = Company(company.system, money="0")
    assert stranger.client.get(f"/batches/{batch['id']}").status_code == 404
    assert stranger.client.get(f"/payments/{rest}").status_code == 404


@pytest.mark.parametrize("other", ["submit", "cancel", "payments"])
def test_of_two_changes_at_once_one_wins(company, other):
    batch = company.batch(SAMPLE["payments"])
    calls = [("submit", None)] * 4 + [(other, SAMPLE if other == "payments" else None)] * 4

    def call(job) -> tuple[str, int]:
        verb, body = job
        answer = company.client.post(f"/batches/{batch['id']}/{verb}", json=body) if body else (
            company.client.post(f"/batches/{batch['id']}/{verb}"))
        return verb, answer.status_code

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(call, calls))
    submitted = [status for verb, status in answers if verb == "submit"]
    assert set(status for _, status in answers) <= {200, 400}
    state = company.get(batch)
    if state["statusCode"] == "CANCELLED":
        assert 200 not in submitted and company.float() == 1000
    else:
        assert submitted.count(200) == 1 and state["statusCode"] == "OPEN"
        assert company.float() == 977 and state["summary"]["paymentsAmount"] == 23


def test_referrals_are_paid_with_the_capability_only(company):
    payment = {"msisdn": "27821231234", "amount": 10, "referralAmount": 2,
               "referralMsisdn": "27821239999"}
    plain = company.batch([payment])
    assert "referralAmount" not in plain["payments"][0]
    assert plain["summary"]["referralsAmount"] == 0
    able = Company(company.system, money="24", capabilities=["referral"])
    referrer = able.join("27821239999")
    batch = able.batch([payment])
    assert batch["summary"]["referralsAmount"] == 2
    half = able.client.post(f"/batches/{batch['id']}/payments", json={
        "clearExisting": False, "payments": [{"msisdn": "27821231234", "amount": 1,
                                              "referralAmount": 2}]})
    assert half.status_code == 400 and half.json()[0]["fieldName"] == "ReferralMsisdn"
    assert able.submit(batch).json()["statusCode"] == "OPEN"
    assert able.float() == 12 and able.wallet(referrer) == 0, "the main payment waits"
    paid = able.join("27821231234")
    assert able.wallet(paid) == 10 and able.wallet(referrer) == 2
    assert able.get(batch)["statusCode"] == "CLOSED"
    second = able.batch([{**payment, "amount": 11}])
    assert able.submit(second).status_code == 400, "a referral is part of what must be funded"


def test_money_that_nobody_comes_for_goes_back(tmp_path):
    clock = tmp_path / "clock"
    clock.write_text("0")
    system = System({"PURSE_ENVIRONMENT": "test", "PURSE_TEST_CLOCK": str(clock),
                     "PURSE_CLAIM_DAYS": "7"})
    try:
        system.start()
        company = Company(system)
        member = company.join("27821231234")
        batch = company.batch(SAMPLE["payments"])
        assert company.submit(batch).status_code == 200
        clock.write_text(str(8 * DAY))
        deadline = time.monotonic() + 30
        while company.admin.get("/v1/reserve").json()["balances"]["DZAR"] != "990.00":
            assert time.monotonic() < deadline
            time.sleep(0.1)
        state = company.admin.get(f"/batches/{batch['id']}").json()
        assert state["statusCode"] == "CLOSED"
        assert state["summary"]["cancelledAmount"] == 13 and state["summary"]["settledAmount"] == 10
        late = company.join("27821231235")
        assert company.wallet(late) == 0 and company.wallet(member) == 10
        report = system.audit()
        assert report["clean"], report
    finally:
        system.stop()


def test_nothing_is_damaged_after_all_that(system):
    report = system.audit()
    assert report["clean"], report


def test_nobody_is_paid_twice_when_processes_are_killed(tmp_path):
    seed = int(os.environ.get("PURSESTRINGS_SEED", random.randrange(1 << 32)))
    print(f"seed {seed}")
    clock = tmp_path / "clock"
    clock.write_text("0")
    system = System({"PURSE_ENVIRONMENT": "test", "PURSE_TEST_CLOCK": str(clock)})
    try:
        system.start()
        company = Company(system, money="20000")
        admin = company.admin
        phones = [str(27820000000 + number) for number in range(1000)]
        wallets = [post(admin, "/v1/wallets", {"agentId": f"member-{number}", "label": "Member",
                                               "policyId": "pol_open"})["wallet_id"]
                   for number in range(200)]
        killer = Killer(system, random.Random(seed))
        killer.start()

        def submit(number: int) -> str:
            with system.client(key=bearer(admin)) as client:
                client.timeout = 60
                client.headers["Idempotency-Key"] = f"batch-{number}"
                batch = insist(client, "/batches", {"name": f"Batch {number}"}).json()["id"]
                added = insist(client, f"/batches/{batch}/payments", {
                    "clearExisting": False,
                    "payments": [{"msisdn": phone, "amount": 1} for phone in phones]})
                assert added.status_code == 200, added.text
                submitted = insist(client, f"/batches/{batch}/submit", None)
                # A repeat after a lost answer meets a batch that is no draft any more.
                assert submitted.status_code in (200, 400), submitted.text
            return batch

        def join(number: int) -> None:
            with system.client(key=bearer(admin)) as client:
                answer = insist(client, f"/v1/wallets/{wallets[number]}/destinations",
                                {"type": "phone", "value": phones[number]})
                assert answer.status_code == 200, answer.text

        try:
            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                batches = [pool.submit(submit, number) for number in range(20)]
                joins = [pool.submit(join, number) for number in range(200)]
                batches = [each.result() for each in batches]
                [each.result() for each in joins]
        finally:
            killer.ended.set()
            killer.join()
        print(f"kills {killer.kills}")
        assert sum(killer.kills.values()) >= 3, killer.kills
        deadline = time.monotonic() + 60
        while True:
            states = [insist_get(admin, f"/batches/{batch}") for batch in batches]
            if all(state["statusCode"] == "OPEN" for state in states):
                break
            assert time.monotonic() < deadline, [state["statusCode"] for state in states]
            time.sleep(0.2)
        for state in states:
            assert state["summary"]["paymentsAmount"] == 1000
            assert state["summary"]["settledAmount"] == 200, state["summary"]
        assert all(company.wallet(wallet) == 20 for wallet in wallets)
        assert company.admin.get("/v1/reserve").json()["balances"]["DZAR"] == "0.00"
        report = await_drained(system)
        assert report["clean"], report
        clock.write_text(str(61 * DAY))
        deadline = time.monotonic() + 60
        while insist_get(admin, "/v1/reserve")["balances"]["DZAR"] != "16000.00":
            assert time.monotonic() < deadline
            time.sleep(0.2)
        report = await_drained(system)
        assert report["clean"], report
    finally:
        system.stop()


def bearer(client: httpx.Client) -> str:
    return client.headers["Authorization"].removeprefix("Bearer ")


def insist_get(client: httpx.Client, path: str):
    """Repeats a question until there is an answer."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            answer = client.get(path)
            if answer.status_code == 200:
                return answer.json()
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError("no answer within a minute")
