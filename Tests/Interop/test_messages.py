"""The message level: an ordinary ZeroMQ client speaks to Policy and Settlement directly."""

import json
import uuid

import pytest

from bus import ACKNOWLEDGE, Bus

ORGANISATION = "org_interop"
USDC = 1_000_000


def fresh(prefix: str) -> str:
    return f"{prefix}_{uuid.uuid4().hex[:26]}"


@pytest.fixture
def bus(system):
    party = Bus(system.state)
    yield party
    party.close()


@pytest.fixture
def wallets(bus):
    """Two wallets under the conservative preset, the first of them with 100 USDC."""
    made = [fresh("wal"), fresh("wal")]
    for wallet in made:
        bus.ask("settlement", "settlement.open-wallet.v1", {
            "organisation": ORGANISATION, "wallet": wallet, "agent": fresh("agent"),
            "tags": [], "policy": "pol_conservative",
        })
    bus.ask("settlement", "settlement.deposit-reserve.v1", {
        "organisation": ORGANISATION, "reference": fresh("wire"),
        "amount": {"minor": 100 * USDC, "asset": "USDC"},
    })
    bus.ask("settlement", "settlement.fund-wallet.v1", {
        "organisation": ORGANISATION, "id": fresh("tx"), "wallet": made[0],
        "amount": {"minor": 100 * USDC, "asset": "USDC"}, "amountText": "100.00",
        "digest": "0" * 64,
    })
    return made


def order(wallets, amount=2_500_000) -> dict:
    return {
        "id": fresh("tx"), "organisation": ORGANISATION, "wallet": wallets[0],
        "destination": {"kind": "wallet", "value": wallets[1]}, "recipient": wallets[1],
        "amount": {"minor": amount, "asset": "USDC"}, "amountText": f"{amount / USDC:.2f}",
        "digest": uuid.uuid4().hex * 2,
    }


def authorize(bus, payment: dict) -> dict:
    """An authorization whose outcome Settlement sends to this party."""
    correlation = uuid.uuid4().hex
    address = {"instance": bus.name, "correlationId": correlation}
    return bus.envelope(
        "policy.authorize-payments.v1",
        {"payments": [payment | {"returnAddress": address}]},
        correlationId=correlation,
    )


def outcome(bus, message: dict) -> dict:
    """What Settlement says became of an authorization's payment."""
    correlation = message["correlationId"]
    answer = bus.receive(lambda candidate: correlation in [
        outcome["correlationID"] for outcome in candidate["payload"].get("outcomes", [])
    ], services=["settlement"])
    return next(outcome for outcome in answer["payload"]["outcomes"]
                if outcome["correlationID"] == correlation)


def balance(bus, wallet: str) -> int:
    reply = bus.ask("settlement", "settlement.get-wallet.v1",
                    {"organisation": ORGANISATION, "wallet": wallet})
    return sum(entry["available"] for entry in reply["wallet"]["balances"]
               if entry["asset"] == "USDC")


def test_the_same_authorization_three_times_has_one_effect_and_three_acknowledgements(
        system, bus, wallets):
    message = authorize(bus, order(wallets))
    for attempt in range(3):
        bus.send("policy", message)
        assert message["id"] in bus.acknowledgement("policy", message["id"])["ids"]
        result = outcome(bus, message)
        assert result["payment"]["status"] == "confirmed"
        assert result["isReplay"] == (attempt > 0)
    assert balance(bus, wallets[0]) == 97_500_000
    assert balance(bus, wallets[1]) == 2_500_000


def test_a_payment_above_the_limit_is_blocked_once(bus, wallets):
    message = authorize(bus, order(wallets, amount=12 * USDC))
    for attempt in range(2):
        bus.send("policy", message)
        result = outcome(bus, message)
        assert result["payment"]["status"] == "blocked"
        assert result["payment"]["violations"][0]["rule"] == "max_per_tx"
    assert balance(bus, wallets[0]) == 100 * USDC


def test_the_same_identifier_with_other_content_is_refused(bus, wallets):
    payment = order(wallets)
    message = authorize(bus, payment)
    bus.send("policy", message)
    assert outcome(bus, message)["payment"]["status"] == "confirmed"
    other = authorize(bus, payment | {"digest": "f" * 64})
    bus.send("policy", other)
    answer = bus.receive(lambda candidate: other["correlationId"] in json.dumps(candidate)
                         and candidate["type"] != ACKNOWLEDGE)
    assert "idempotency_conflict" in json.dumps(answer)


@pytest.mark.parametrize("service", ["policy", "settlement"])
@pytest.mark.parametrize("damage", [
    "unknown type", "wrong version", "wrong payload", "no payload", "broken JSON", "not UTF-8",
    "duplicate key", "two values", "empty", "10 MiB", "10 MiB in a field",
])
def test_a_message_that_cannot_be_handled_is_put_aside(system, bus, service, damage):
    process = system.process(service)
    request = {"policy": "policy.authorize-payments", "settlement": "settlement.get-wallet"}[service]
    message = bus.envelope(request + ".v1", {})
    dead = system.metric(service, "purse_dead_letters_total")
    match damage:
        case "unknown type": message["type"] = "policy.forgive-payments.v1"
        case "wrong version": message["type"] = request + ".v9"
        case "wrong payload": message["payload"] = {"payments": 7, "wallet": 7}
        case "no payload": del message["payload"]
        case "broken JSON": message = b'{"id":"msg_1","type":'
        case "not UTF-8": message = json.dumps(message).encode("utf-16")
        case "duplicate key": message = b'{"id":"msg_1","id":"msg_2"}'
        case "two values": message = json.dumps(message).encode() * 2
        case "empty": message = b""
        case "10 MiB": message = b" " * (10 << 20)
        case "10 MiB in a field": message["payload"] = {"payments": "x" * (10 << 20)}
    bus.send(service, message)
    # The service is alive and answers, after the message and to another party.
    other = Bus(system.state)
    try:
        reserve = other.ask("settlement", "settlement.get-reserve.v1", {"organisation": ORGANISATION})
        assert "balances" in reserve
        policies = other.ask("policy", "policy.list-policies.v1",
                             {"organisation": ORGANISATION, "page": {"limit": 10}})
        assert policies["policies"]
    finally:
        other.close()
    if "10 MiB" not in damage:
        # The same party is heard in order, so what it sent before has been put aside by now.
        bus.ask("settlement", "settlement.get-reserve.v1", {"organisation": ORGANISATION})
        bus.ask("policy", "policy.list-policies.v1",
                {"organisation": ORGANISATION, "page": {"limit": 10}})
        assert system.metric(service, "purse_dead_letters_total") == dead + 1
    assert system.is_ready(service)
    assert system.process(service) == process


@pytest.mark.parametrize("change", [
    {"amountText": "0.10"}, {"amountText": ""}, {"amountText": "2.50x"}, {"memo": "x" * 20_000},
    {"metadata": "[]"}, {"metadata": "{"}, {"metadata": '{"x":"' + "x" * 4096 + '"}'},
    {"id": "x"}, {"wallet": ""}, {"recipient": ""}, {"comment": "x" * 5000}, {"trace": "x"},
    {"digest": ""}, {"amount": {"minor": -1, "asset": "USDC"}},
])
def test_an_order_is_checked_as_http_is(bus, wallets, change):
    message = authorize(bus, order(wallets) | change)
    bus.send("policy", message)
    assert outcome_of_policy(bus, message)["refusal"]["code"] == "invalid_request"
    assert balance(bus, wallets[0]) == 100 * USDC


def outcome_of_policy(bus, message: dict) -> dict:
    correlation = message["correlationId"]
    answer = bus.receive(lambda candidate: correlation in [
        outcome["correlationID"] for outcome in candidate["payload"].get("outcomes", [])
    ], services=["policy"])
    return answer["payload"]["outcomes"][0]


@pytest.mark.parametrize(["service", "kind", "payload"], [
    ("policy", "policy.create-policy.v1", {"policy": "pol_negative", "terms": {
        "name": "x", "currency": "USDC", "limits": [{"asset": "USDC", "maxPerTx": -5}],
        "allowedRecipients": [], "blockedRecipients": [], "blockedCategories": []}}),
    ("policy", "policy.create-policy.v1", {"policy": "pol_nameless", "terms": {
        "name": "", "currency": "USDC", "limits": [],
        "allowedRecipients": [], "blockedRecipients": [], "blockedCategories": []}}),
    ("settlement", "settlement.fund-wallet.v1", {
        "id": "tx_bus", "wallet": "wal_x", "amount": {"minor": 200_000, "asset": "USDC"},
        "amountText": "0.10", "digest": "d"}),
    ("settlement", "settlement.deposit-reserve.v1", {
        "reference": "x" * 1000, "amount": {"minor": 1, "asset": "USDC"}}),
    ("settlement", "settlement.withdraw-reserve.v1", {
        "reference": "w", "amount": {"minor": -1, "asset": "USDC"}}),
    # A limit's name that is misspelt would be no limit.
    ("policy", "policy.create-policy.v1", {"policy": "pol_misspelt", "terms": {
        "name": "x", "currency": "USDC", "limits": [{"asset": "USDC", "maxPerTransaction": 5}],
        "allowedRecipients": [], "blockedRecipients": [], "blockedCategories": []}}),
    ("settlement", "settlement.open-wallet.v1", {
        "wallet": "wal_bus", "agent": "misspelt", "tags": [], "policy": "pol_open",
        "polcy": "pol_conservative"}),
    ("settlement", "settlement.open-group.v1", {
        "members": ["Bob"], "threshold": 1, "asset": "BTC"}),
    ("settlement", "settlement.add-payouts.v1", {
        "batch": str(uuid.uuid4()), "replaces": False, "payouts": [
            {"id": str(uuid.uuid4()), "phone": "27821239876", "amount": -100}]}),
    ("settlement", "settlement.add-payouts.v1", {
        "batch": str(uuid.uuid4()), "replaces": False, "payouts": [
            {"id": str(uuid.uuid4()), "phone": "+27821239876", "amount": 100}]}),
    ("settlement", "settlement.open-group.v1", {
        "members": [str(uuid.uuid4())], "threshold": 0, "asset": "BTC"}),
    ("settlement", "settlement.create-batch.v1", {
        "batch": str(uuid.uuid4()).upper() + "A", "name": "June"}),
    ("settlement", "settlement.issue-invoice.v1", {
        "id": "inv_1", "wallet": "wal_x", "millisatoshis": 0, "description": "tea",
        "expirySeconds": 3600}),
    ("settlement", "settlement.issue-invoice.v1", {
        "id": "inv_1", "wallet": "wal_x", "millisatoshis": 1000, "description": "\u20d0" * 300,
        "expirySeconds": 3600}),
])
def test_a_request_is_checked_as_http_is(system, bus, service, kind, payload):
    dead = system.metric(service, "purse_dead_letters_total")
    answer = bus.ask(service, kind, {"organisation": ORGANISATION, **payload})
    assert answer["code"] == "invalid_request"
    assert system.metric(service, "purse_dead_letters_total") == dead, "nothing is stored of it"


def test_an_ordinary_client_does_not_speak_for_a_service(system, bus, wallets):
    payment = order(wallets, amount=12 * USDC)
    decided = {"order": payment, "policy": "pol_open", "decision": {"approved": {}}}
    message = bus.envelope("settlement.execute-payments.v1", {"payments": [decided]})
    bus.send("settlement", message)
    assert bus.answer(message)["payload"]["code"] == "forbidden"
    notifier = Bus(system.state, speaks_for="notifier")
    try:
        deposit = notifier.ask("settlement", "settlement.deposit-reserve.v1", {
            "organisation": ORGANISATION, "reference": fresh("wire"),
            "amount": {"minor": 777 * USDC, "asset": "USDC"}})
        assert deposit["code"] == "forbidden"
    finally:
        notifier.close()
    assert balance(bus, wallets[0]) == 100 * USDC


def test_nothing_is_damaged_after_all_that(system):
    report = system.audit()
    assert report["clean"], report
    assert report["totals"]["USDC"]["sum"] == "0.00"
