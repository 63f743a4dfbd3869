"""Amounts at the edges, in every dialect and over the bus: review 1, F1, R31, O1, O2.

One payment is of 1 to 2^53 − 1 minor units (API.md, Bounds). What is over that is refused in the
dialect's own words, nothing is stored, and no process ends.
"""

import contextlib
import uuid
from decimal import Decimal

import pytest

from bus import Bus
from parties import post
from test_messages import authorize, fresh
from test_mixin import BTC, Users, error, group, trace
from test_sixdot50 import Company

LARGEST = 2**53 - 1
OVER = [2**53, 2**63 - 1, 2**63, 10**30]
SERVICES = ["gateway", "policy", "settlement", "escrow", "notifier"]


def text(minor: int, places: int) -> str:
    return f"{Decimal(minor) / 10**places:.{places}f}"


@pytest.fixture(scope="module")
def processes(system):
    """The five processes at the start, which are the same at the end."""
    return {service: system.process(service) for service in SERVICES}


@pytest.fixture(scope="module")
def users(system, processes):
    """Agents whose windows are not empty: each has paid a little in bitcoin."""
    made = Users(system)
    for source, target in [("payer", "receiver")]:
        with made.client(source) as client:
            paid = client.post("/v1/payments", json={
                "walletId": made.wallets[source], "to": made.wallets[target],
                "amount": "0.00000001", "currency": "BTC"})
            assert paid.status_code == 200, paid.text
    return made


def native(answer) -> None:
    assert answer.status_code == 400, answer.text
    found = answer.json()["error"]
    assert found["code"] == "invalid_request", answer.text
    assert found["errors"][0]["code"] in ("too_large", "out_of_range", "malformed"), answer.text


@pytest.mark.parametrize("minor", OVER)
@pytest.mark.parametrize("route", ["payments", "a2a", "simulate", "deposits", "fund", "releases"])
def test_the_native_dialect_names_the_field(users, route, minor):
    amount = {"amount": text(minor, 8), "currency": "BTC"}
    payer, receiver = users.wallets["payer"], users.wallets["receiver"]
    with users.client("payer") as client, users.system.client() as admin:
        match route:
            case "payments":
                native(client.post("/v1/payments", json={
                    "walletId": payer, "to": receiver, **amount}))
            case "a2a":
                native(client.post("/v1/payments/a2a", json=users.body(**amount)))
            case "simulate":
                native(admin.post("/v1/policies/pol_open/simulate", json={
                    "walletId": payer, "to": receiver, **amount}))
            case "deposits":
                native(admin.post("/v1/reserve/deposits", json={
                    "reference": uuid.uuid4().hex, **amount}))
            case "fund":
                native(admin.post(f"/v1/wallets/{payer}/fund", json=amount))
            case "releases":
                members = [users[name].user for name in ["payer", "receiver"]]
                users["payer"].send("POST", "/transactions", {
                    "asset_id": BTC, "amount": "0.00000001", "trace_id": trace(),
                    "opponent_multisig": group(*members, threshold=2)})
                found = client.get("/v1/groups").json()["data"][0]["group_id"]
                native(client.post(f"/v1/groups/{found}/releases", json={
                    "to": receiver, "amount": amount["amount"]}))


def test_a_split_over_the_escrow_is_refused(users):
    escrow = users.create(amount="0.00000002", currency="BTC")
    assert users.act("payer", escrow, "dispute", {"reason": "no"}).status_code == 200
    with users.system.client() as admin:
        path = f"/v1/payments/a2a/{escrow['escrow_id']}/resolve"
        for minor in [2, *OVER]:
            answer = admin.post(path, json={"decision": "split", "toReceiver": text(minor, 8)})
            assert answer.status_code == 400, answer.text
        answer = admin.post(path, json={"decision": "split", "toReceiver": "0.00000001"})
        assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("minor", OVER)
@pytest.mark.parametrize("route", ["send", "send-batch"])
def test_netauth_says_400(users, route, minor):
    with users.system.client() as admin:
        names = [uuid.uuid4().hex, uuid.uuid4().hex]
        for name in names:
            assert admin.post("/api/agents/register", json={"agentId": name}).status_code == 201
        item = {"toAgentId": names[1], "amount": minor}
        body = {"payments": [item]} if route == "send-batch" else item
        answer = admin.post(f"/api/payments/{route}", json={"fromAgentId": names[0], **body})
        assert answer.status_code == 400 and list(answer.json()) == ["error"], answer.text
        assert admin.get(f"/api/payments/agent/{names[0]}").json() == []


@pytest.mark.parametrize("minor", OVER)
@pytest.mark.parametrize("route", ["transfers", "transactions", "codes", "validation"])
def test_mixin_says_10002_with_the_field(users, route, minor):
    body = {"asset_id": BTC, "amount": text(minor, 8), "trace_id": trace(), "memo": ""}
    members = group(users["payer"].user, users["receiver"].user, threshold=1)
    match route:
        case "transfers":
            answer = users["payer"].send("POST", "/transfers", body | {
                "opponent_id": users["receiver"].user})
        case "transactions":
            answer = users["payer"].send("POST", "/transactions", body | {
                "opponent_multisig": members})
        case "codes":
            answer = users["payer"].send("POST", "/payments", body | {
                "opponent_multisig": members})
        case "validation":
            answer = users["payer"].send("POST", "/payments", body | {
                "opponent_id": users["receiver"].user})
    assert error(answer, 10002)["extra"]["field"] == "amount"


@pytest.mark.parametrize("minor", [2_100_000_000_000_001, *OVER])
@pytest.mark.parametrize("path", ["wallet/send", "lightning/pay", "lightning/receives/invoice"])
def test_bark_says_400(users, path, minor):
    with users.client("payer") as client:
        answer = client.post("/api/v1/" + path, json={
            "destination": users.wallets["receiver"], "amount_sat": minor, "description": "x"})
    assert answer.status_code == 400 and list(answer.json()) == ["message"], answer.text


@pytest.mark.parametrize("amount", [
    "90071992547409.92", "92233720368547758.07", "92233720368547758.08", "1" + "0" * 40])
@pytest.mark.parametrize("field", ["amount", "referralAmount"])
def test_6dot50_lists_the_failure(system, processes, field, amount):
    company = Company(system, capabilities=["referral"])
    batch = company.batch()
    row = {"msisdn": "27821231234", "amount": 10}
    if field == "referralAmount":
        row |= {"referralMsisdn": "27821231235"}
    content = str({"clearExisting": False, "payments": [row | {field: 7777}]})
    content = content.replace("'", '"').replace("False", "false").replace("7777", amount)
    answer = company.client.post(f"/batches/{batch['id']}/payments", content=content,
                                 headers={"Content-Type": "application/json"})
    assert answer.status_code == 400, answer.text
    if answer.json()[0]["fieldName"]:
        assert answer.json()[0]["fieldName"].lower() == field.lower(), answer.text
    assert company.get(batch)["summary"]["paymentsCount"] == 0


def test_a_limit_is_no_payment_and_can_be_more(users):
    with users.system.client() as admin:
        terms = {"name": "x", "maxPerTx": "9223372036854.775807", "maxPerDay": "9007199254.740992"}
        made = post(admin, "/v1/policies", terms)
        assert made["max_per_tx"] == "9223372036854.775807"
        for bad in ["9223372036854.775808", "-5", "0"]:
            answer = admin.post("/v1/policies", json={"name": "x", "maxPerTx": bad})
            native_codes = answer.json()["error"]["errors"]
            assert answer.status_code == 400 and native_codes[0]["field"] == "maxPerTx"


def test_a_largest_payment_that_is_not_covered_is_a_refusal_in_words(users):
    with users.client("payer") as client:
        for _ in range(3):
            answer = client.post("/v1/payments", json={
                "walletId": users.wallets["payer"], "to": users.wallets["receiver"],
                "amount": text(LARGEST, 8), "currency": "BTC"})
            assert answer.status_code == 422, answer.text
            assert answer.json()["error"]["code"] == "insufficient_funds"
        escrow = client.post("/v1/payments/a2a", json=users.body(
            amount=text(LARGEST, 8), currency="BTC"))
        assert escrow.status_code == 422, escrow.text


@pytest.mark.parametrize("minor", [-(2**63), -5, 0, 2**53, 2**63 - 1])
def test_the_bus_is_held_to_the_same_bounds(system, users, minor):
    money = {"minor": minor, "asset": "BTC"}
    organisation = "org_amounts"
    with contextlib.closing(Bus(system.state, ("policy", "settlement", "escrow"))) as bus:
        wallets = [fresh("wal"), fresh("wal")]
        for wallet in wallets:
            bus.ask("settlement", "settlement.open-wallet.v1", {
                "organisation": organisation, "wallet": wallet, "agent": fresh("agent"),
                "tags": [], "policy": "pol_open"})
        refused = bus.ask("settlement", "settlement.deposit-reserve.v1", {
            "organisation": organisation, "reference": fresh("wire"), "amount": money})
        assert refused["code"] == "invalid_request", refused
        refused = bus.ask("settlement", "settlement.fund-wallet.v1", {
            "organisation": organisation, "id": fresh("tx"), "wallet": wallets[0],
            "amount": money, "amountText": "1.00", "digest": "0" * 64})
        assert refused["code"] == "invalid_request", refused
        refused = bus.ask("escrow", "escrow.create-escrow.v1", {
            "organisation": organisation, "id": fresh("escrow"), "payer": wallets[0],
            "receiver": {"kind": "wallet", "value": wallets[1]}, "receiverText": wallets[1],
            "amount": money, "amountText": "1.00", "digest": "0" * 64, "conditions": {
                "taskDescription": "x", "timeoutSeconds": 3600, "reviewSeconds": 0,
                "disputeSeconds": 86400}})
        assert refused["code"] == "invalid_request", refused
        message = authorize(bus, {
            "id": fresh("tx"), "organisation": organisation, "wallet": wallets[0],
            "destination": {"kind": "wallet", "value": wallets[1]}, "recipient": wallets[1],
            "amount": money, "amountText": "1.00", "digest": "0" * 64})
        bus.send("policy", message)
        answer = bus.receive(lambda found: message["correlationId"] in str(found["payload"]))
        if "outcomes" in answer["payload"]:
            assert answer["payload"]["outcomes"][0]["refusal"]["code"] == "invalid_request", answer
        else:
            assert answer["payload"]["code"] == "invalid_request", answer


def test_nobody_died_and_nothing_is_damaged(system, processes):
    assert {service: system.process(service) for service in SERVICES} == processes
    assert all(system.is_ready(service) for service in SERVICES)
    assert system.audit()["clean"]
