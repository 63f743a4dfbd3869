"""Faults of other people's systems that this one must not have, each by its smallest input.

The numbers are those of the collection that they come from; those of it that are not here are marked
with their numbers where the rule is tested: R1 and R13 in test_bark.py and test_rail.py, R8 and R11 in
DestinationsTests, R17 and R19 in PolicyCoreTests, R39 to R48 in test_batch_tool.py, CSVTests and
PurseTests, R52 in test_escrow.py and TransitionTests, R54 also in HTTPTests, R56 and R57 in
NotifierCoreTests, O13 in test_mixin.py.
"""

import concurrent.futures
import json
import re
import time
import uuid
from decimal import Decimal

import httpx
import pytest

from parties import Parties, post
from test_bark import invoice, satoshis, send
from test_sixdot50 import SAMPLE, Company


@pytest.fixture()
def parties(system):
    return Parties(system)


def at_once(count: int, work) -> list[httpx.Response]:
    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        return list(pool.map(work, range(count)))


def pay(parties, amount: str = "1.00", to: str = "receiver", **more) -> httpx.Response:
    with parties.client("payer") as payer:
        return payer.post("/v1/payments", json={
            "walletId": parties.wallets["payer"], "to": parties.wallets.get(to, to),
            "amount": amount, "currency": parties.asset, **more})


def test_r1_an_invoice_in_capitals_is_the_same_invoice(system):
    parties = Parties(system, money="0.1", asset="BTC")
    with parties.client("payer") as payer, parties.client("receiver") as receiver:
        text = invoice(receiver, 500)
        spellings = [text, text.upper(), "lightning:" + text, "LIGHTNING:" + text.upper()]
        answers = [send(payer, spelling) for spelling in spellings]
        assert [answer.status_code for answer in answers] == [200, 500, 500, 500]
        assert satoshis(receiver) == 500


def test_r3_a_repeat_of_a_paid_invoice_has_barkds_words(system):
    parties = Parties(system, money="0.1", asset="BTC")
    with parties.client("payer") as payer, parties.client("receiver") as receiver:
        text = invoice(receiver, 500)
        assert send(payer, text).status_code == 200
        for _ in range(2):
            again = send(payer, text)
            assert again.json() == {"message": "Invoice has already been paid"}


def test_r4_a_lightning_address_has_one_spelling(system, parties):
    with system.client() as admin:
        post(admin, f"/v1/wallets/{parties.wallets['receiver']}/destinations",
             {"type": "lightning_address", "value": "Satoshi.Shop@Pay.Example.com"})
    for text in ["satoshi.shop@pay.example.com", "SATOSHI.SHOP@PAY.EXAMPLE.COM",
                 "Satoshi.Shop@Pay.Example.com", "lightning:satoshi.shop@pay.example.com"]:
        assert pay(parties, to=text).status_code == 200, text
    assert parties.balance("receiver") == 4
    for text in ["satoshi.shop@pay.example.com.", "satoshi.shop @pay.example.com"]:
        assert pay(parties, to=text).status_code == 400, text


def test_r6_bounds_of_an_amount_are_those_of_the_invoice(system):
    parties = Parties(system, money="0.1", asset="BTC")
    with parties.client("payer") as payer, parties.client("receiver") as receiver:
        for amount, status in [(1, 500), (2, 200), (4, 200), (5, 500)]:
            answer = send(payer, invoice(receiver, 2), amount)
            assert answer.status_code == status, f"{amount}: {answer.text}"
        assert satoshis(receiver) == 6


def test_r15_caps_hold_when_payments_and_escrows_come_at_once(system):
    parties = Parties(system, maxPerDay="10.00")

    def ask(index: int) -> httpx.Response:
        if index % 2:
            return pay(parties, "4.00")
        with parties.client("payer") as payer:
            return payer.post("/v1/payments/a2a", json=parties.body(amount="4.00"))

    answers = at_once(12, ask)
    assert sorted({answer.status_code for answer in answers}) == [200, 402]
    assert sum(answer.status_code == 200 for answer in answers) == 2
    assert parties.balance("payer") == 992


def test_r20_an_approval_is_for_the_policy_that_asked(system):
    parties = Parties(system, requireCoSign="2.00")
    with system.client() as admin:
        held = pay(parties, "5.00")
        assert held.status_code == 202
        wallet = admin.get(f"/v1/wallets/{parties.wallets['payer']}").json()
        changed = admin.patch(f"/v1/policies/{wallet['policy']['policy_id']}",
                              json={"requireCoSign": "1.00"})
        assert changed.status_code == 200, changed.text
        late = admin.post(f"/v1/approvals/{held.json()['approval_id']}/approve")
        assert late.status_code == 409, late.text
        assert parties.balance("payer") == 1000


def test_r24_the_same_key_at_once_is_one_payment(parties):
    key = uuid.uuid4().hex
    answers = at_once(16, lambda _: pay(parties, idempotencyKey=key))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["tx_id"] for answer in answers}) == 1
    assert parties.balance("payer") == 999


def test_r25_a_repeat_has_the_first_outcome_whatever_has_changed(system):
    parties = Parties(system, maxPerTx="5.00")
    denied, poor = uuid.uuid4().hex, uuid.uuid4().hex
    assert pay(parties, "6.00", idempotencyKey=denied).status_code == 402
    with parties.client("receiver") as receiver, system.client() as admin:
        def back() -> httpx.Response:
            return receiver.post("/v1/payments", json={
                "walletId": parties.wallets["receiver"], "to": parties.wallets["payer"],
                "amount": "1.00", "currency": "USDC", "idempotencyKey": poor})

        assert back().status_code == 422
        wallet = admin.get(f"/v1/wallets/{parties.wallets['payer']}").json()
        admin.patch(f"/v1/policies/{wallet['policy']['policy_id']}", json={"maxPerTx": "50.00"})
        post(admin, f"/v1/wallets/{parties.wallets['receiver']}/fund",
             {"amount": "1", "currency": "USDC"}, status=422)
        post(admin, "/v1/reserve/deposits",
             {"amount": "10", "currency": "USDC", "reference": uuid.uuid4().hex})
        post(admin, f"/v1/wallets/{parties.wallets['receiver']}/fund",
             {"amount": "1", "currency": "USDC"})
        assert back().status_code == 422, "a failure is final for its key"
    assert pay(parties, "6.00", idempotencyKey=denied).status_code == 402
    assert parties.balance("payer") == 1000


@pytest.mark.parametrize("change", [{"amount": "1.51"}, {"memo": "x"}, {"to": "receiver.example"}])
def test_r28_a_key_stands_for_one_content(system, parties, change):
    key = uuid.uuid4().hex
    assert pay(parties, "1.5", idempotencyKey=key).status_code == 200
    same = pay(parties, "1.50", idempotencyKey=key)
    assert same.status_code == 200 and same.headers["Idempotent-Replayed"] == "true"
    more = {"amount": "1.5", "to": "receiver", **change}
    assert pay(parties, idempotencyKey=key, **more).status_code == 409
    assert parties.balance("payer") == Decimal("998.5")


@pytest.mark.parametrize("text", [
    '{%s, "amount": "1", "amount": "2"}',
    '{%s, "amount": "1", "\\u0061mount": "2"}',
    '{%s, "amount": "1", "walletId": "x"}',  # R32: a member twice
    '{%s, "amount": "1", "memo": "\\u0000"}',
    '{%s, "amount": "1", "memo": "\\ud800"}',  # R35: NUL and half a surrogate
])
def test_r32_r35_a_body_that_can_be_read_in_two_ways_is_refused(parties, text):
    rest = json.dumps({"walletId": parties.wallets["payer"], "to": parties.wallets["receiver"],
                       "currency": "USDC"})[1:-1]
    with parties.client("payer") as payer:
        answer = payer.post("/v1/payments", content=(text % rest).encode(),
                            headers={"Content-Type": "application/json"})
    assert answer.status_code == 400, answer.text
    assert parties.balance("payer") == 1000


@pytest.mark.parametrize("encode", [
    lambda text: text.encode("utf-16"), lambda text: b"\xef\xbb\xbf" + text.encode(),
    lambda text: text.encode().replace(b"USDC", b"US\xffDC")])
def test_r35_a_body_is_utf_8_without_a_mark(parties, encode):
    body = json.dumps({"walletId": parties.wallets["payer"], "to": parties.wallets["receiver"],
                       "amount": "1", "currency": "USDC"})
    with parties.client("payer") as payer:
        answer = payer.post("/v1/payments", content=encode(body),
                            headers={"Content-Type": "application/json"})
    assert answer.status_code == 400, answer.text


@pytest.mark.parametrize("amount", [
    "+1", "-1", "1e-6", "1.", ".5", "1.0000001", "1,5", " 1", "1 ", "0x1", "١", "", "0", "NaN"])
def test_r37_an_amount_is_digits(parties, amount):
    answer = pay(parties, amount)
    assert answer.status_code == 400, answer.text
    assert parties.balance("payer") == 1000


def test_r50_a_batch_is_submitted_once(system):
    company = Company(system)
    batch = company.batch(SAMPLE["payments"])
    answers = at_once(6, lambda _: company.submit(batch))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 5
    assert company.client.post(f"/batches/{batch['id']}/cancel").status_code == 400
    assert company.submit(batch).status_code == 400
    accounts = company.client.get("/accounts").json()
    assert [account["balance"] for account in accounts] == [977]


def attempts_of(admin, webhook: str) -> list[dict]:
    """The attempts to tell a webhook, as soon as there are some."""
    attempts, deadline = [], time.monotonic() + 10
    while not attempts and time.monotonic() < deadline:
        deliveries = admin.get(f"/v1/webhooks/{webhook}/deliveries").json()["data"]
        attempts = [attempt for delivery in deliveries for attempt in delivery["attempts"]]
    return attempts


@pytest.mark.parametrize("host", [
    "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]", "[::ffff:10.0.0.1]",
    "[64:ff9b::a00:1]", "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1",
    "0.0.0.0", "224.0.0.1", "localhost", "user@127.0.0.1"])
def test_r54_no_webhook_reaches_inside(system, host):
    with system.client() as admin:
        made = admin.post("/v1/webhooks", json={"url": f"http://{host}/", "events": ["*"]})
        if made.status_code == 400:
            return
        assert made.status_code == 200, made.text
        webhook = made.json()["webhook_id"]
        admin.post(f"/v1/webhooks/{webhook}/test").raise_for_status()
        attempts = attempts_of(admin, webhook)
        admin.delete(f"/v1/webhooks/{webhook}")
    assert attempts and all(attempt["status_code"] is None for attempt in attempts), attempts


def test_r54_a_webhook_that_is_moved_inside_tells_nobody(system):
    with system.client() as admin:
        webhook = post(admin, "/v1/webhooks", {
            "url": "https://hooks.example/", "events": ["endpoint.disabled"]})["webhook_id"]
        for url in ["http://10.0.0.1/", "http://[::ffff:10.0.0.1]/"]:
            moved = admin.patch(f"/v1/webhooks/{webhook}", json={"url": url})
            if moved.status_code == 400:
                continue
            assert moved.status_code == 200, moved.text
            admin.post(f"/v1/webhooks/{webhook}/test").raise_for_status()
            assert attempts_of(admin, webhook)[0]["status_code"] is None
        admin.delete(f"/v1/webhooks/{webhook}")


@pytest.mark.parametrize("limit", [1, 3, 7])
def test_r59_pages_skip_nothing_of_one_instant(system, parties, limit):
    made = {answer.json()["tx_id"] for answer in at_once(16, lambda _: pay(parties))}
    found, cursor = [], None
    with parties.client("payer") as payer:
        while True:
            page = payer.get("/v1/payments", params={
                "limit": limit, **({"cursor": cursor} if cursor else {})}).json()
            found += [payment["tx_id"] for payment in page["data"]]
            cursor = page["next_cursor"]
            if not page["has_more"]:
                break
    found = [each for each in found if each in made]
    assert len(found) == len(made) and set(found) == made


def test_o14_caps_hold_for_batches_that_come_at_once(system):
    company = Company(system)
    policy = post(company.admin, "/v1/policies", {
        "name": uuid.uuid4().hex, "currency": "DZAR", "maxPerDay": "10.00"})["policy_id"]
    company.admin.patch("/v1/organisation", json={"payoutPolicyId": policy}).raise_for_status()
    batches = [company.batch([{"msisdn": f"2782123{number:04}", "amount": 3}])
               for number in range(6)]
    answers = at_once(6, lambda index: company.submit(batches[index]))
    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [400] * 3
    assert [account["balance"] for account in company.client.get("/accounts").json()] == [991]


def test_o14_caps_hold_for_referrals(system):
    company = Company(system, capabilities=["referral"])
    policy = post(company.admin, "/v1/policies", {
        "name": uuid.uuid4().hex, "currency": "DZAR", "maxPerDay": "10.00"})["policy_id"]
    company.admin.patch("/v1/organisation", json={"payoutPolicyId": policy}).raise_for_status()
    batch = company.batch([{"msisdn": "27821230001", "amount": 6,
                            "referralMsisdn": "27821230002", "referralAmount": 5}])
    refused = company.submit(batch)
    assert refused.status_code == 400 and "max_per_day" in refused.text, refused.text


def test_o18_the_pattern_of_amounts_takes_each_assets_least_and_largest(system):
    with system.client() as client:
        schemas = client.get("/openapi.json").json()
    paid = schemas["paths"]["/v1/payments"]["post"]["requestBody"]["content"]["application/json"]
    pattern = paid["schema"]["properties"]["amount"]["pattern"]
    for places in [2, 6, 8, 9]:  # DZAR, USDC, BTC, SOL
        least, most = Decimal(1).scaleb(-places), Decimal(2**53 - 1).scaleb(-places)
        for amount in [least, most]:
            assert re.search(pattern, f"{amount:f}"), amount


def test_nothing_is_damaged_after_all_that(system):
    assert system.audit()["clean"]
