"""The printed samples of the native dialect, sent as printed, against a live installation."""

import re
import uuid

import pytest

PRINTED_PAYMENT = [
    "tx_id", "wallet_id", "recipient", "amount", "currency", "status", "tx_signature",
    "on_chain_slot", "policy_triggered", "memo", "timestamp",
]


@pytest.fixture(scope="module")
def client(system):
    with system.client() as opened:
        yield opened


@pytest.fixture(scope="module")
def wallet(client):
    """The page's wallet: under the conservative preset, with money, and a seller to pay."""
    def make(agent, policy):
        answer = client.post("/v1/wallets", json={
            "agentId": agent, "label": agent, "policyId": policy})
        assert answer.status_code == 200, answer.text
        return answer.json()["wallet_id"]

    buyer = make("page-buyer", "pol_conservative")
    seller = make("page-seller", "pol_open")
    for path, body in [
        (f"/v1/wallets/{seller}/destinations", {"type": "domain", "value": "api.perplexity.ai"}),
        ("/v1/reserve/deposits",
         {"amount": "1000.00", "currency": "USDC", "reference": "page-wire-1"}),
        (f"/v1/wallets/{buyer}/fund", {"amount": "100.00", "currency": "USDC"}),
    ]:
        answer = client.post(path, json=body)
        assert answer.status_code == 200, answer.text
    return buyer


def printed(wallet: str, **changes) -> dict:
    """The page's request body."""
    body = {
        "walletId": wallet,
        "to": "api.perplexity.ai",
        "amount": "2.50",
        "currency": "USDC",
        "memo": "Query batch #8821",
        "idempotencyKey": uuid.uuid4().hex,
    }
    body.update(changes)
    return {name: value for name, value in body.items() if value is not None}


def test_a_payment_is_answered_as_printed(client, wallet):
    answer = client.post("/v1/payments", json=printed(wallet, idempotencyKey="batch_8821_pay"))
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/json")
    payment = answer.json()
    assert list(payment)[:len(PRINTED_PAYMENT)] == PRINTED_PAYMENT
    assert payment["tx_id"].startswith("tx_")
    assert payment["wallet_id"] == wallet
    assert payment["recipient"] == "api.perplexity.ai"
    assert payment["amount"] == "2.50"
    assert payment["currency"] == "USDC"
    assert payment["status"] == "confirmed"
    assert isinstance(payment["tx_signature"], str) and payment["tx_signature"]
    assert isinstance(payment["on_chain_slot"], int)
    assert payment["policy_triggered"] is False
    assert payment["memo"] == "Query batch #8821"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", payment["timestamp"])


def test_a_repeat_is_the_same_payment(client, wallet):
    body = printed(wallet)
    first = client.post("/v1/payments", json=body)
    second = client.post("/v1/payments", json=body)
    assert second.status_code == 200
    assert second.json() == first.json()
    assert second.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers


def test_the_key_may_stand_in_the_header(client, wallet):
    body = printed(wallet, idempotencyKey=None)
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    first = client.post("/v1/payments", json=body, headers=headers)
    second = client.post("/v1/payments", json=body, headers=headers)
    assert first.json()["tx_id"] == second.json()["tx_id"]


def test_the_same_key_with_another_amount_is_a_conflict(client, wallet):
    body = printed(wallet)
    assert client.post("/v1/payments", json=body).status_code == 200
    answer = client.post("/v1/payments", json=body | {"amount": "2.51"})
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "idempotency_conflict"


def test_a_violation_is_answered_as_printed(client, wallet):
    answer = client.post("/v1/payments", json=printed(wallet, amount="12.00"))
    assert answer.status_code == 402
    error = answer.json()["error"]
    assert list(error)[:5] == ["code", "message", "violation", "wallet_id", "policy_id"]
    assert error["code"] == "policy_violation"
    assert error["message"] == "Transaction blocked by spending policy."
    assert {name: error["violation"][name] for name in ("rule", "limit", "attempted")} == {
        "rule": "max_per_tx", "limit": "5.00", "attempted": "12.00"}
    assert error["wallet_id"] == wallet
    assert error["policy_id"] == "pol_conservative"
    assert error["violations"][0]["rule"] == "max_per_tx"
    assert error["outcome"] == "not_applied"
    assert error["request_id"] == answer.headers["X-Request-Id"]
    assert "docs" in error
    # In other protocols a 402 with one of these headers means "pay me".
    assert "WWW-Authenticate" not in answer.headers
    assert "PAYMENT-REQUIRED" not in answer.headers


def test_a_payment_can_be_read_at_once(client, wallet):
    made = client.post("/v1/payments", json=printed(wallet)).json()
    answer = client.get(f"/v1/payments/{made['tx_id']}")
    assert answer.status_code == 200
    full = answer.json()
    for name in PRINTED_PAYMENT:
        assert full[name] == made[name]
    assert set(full) >= {"type", "policy_id", "agent_attestation_hash"}


def test_snake_case_is_accepted_too(client, wallet):
    answer = client.post("/v1/payments", json={
        "wallet_id": wallet, "to": "api.perplexity.ai", "amount": "1", "currency": "USDC",
        "idempotency_key": uuid.uuid4().hex})
    assert answer.status_code == 200
    assert answer.json()["amount"] == "1.00"


@pytest.mark.parametrize("field, value", [
    ("amount", "0"), ("amount", "0.00"), ("amount", "-1"), ("amount", "+1"), ("amount", "1e2"),
    ("amount", " 1"), ("amount", "1."), ("amount", ".5"), ("amount", "1,5"), ("amount", ""),
    ("amount", "1.0000001"), ("amount", "9223372036854775808"), ("amount", 1), ("amount", None),
    ("amount", True), ("amount", []), ("amount", "١"), ("currency", "EUR"), ("currency", "usdc"),
    ("currency", None), ("currency", 7), ("to", ""), ("to", None), ("to", 7), ("to", "x" * 5000),
    ("walletId", None), ("walletId", 7), ("walletId", ""), ("memo", 7), ("memo", "x" * 100_000),
    ("idempotencyKey", ""), ("idempotencyKey", 7), ("idempotencyKey", "x" * 5000),
])
def test_a_bad_field_is_named_and_the_key_is_not_used_up(client, wallet, field, value):
    key = uuid.uuid4().hex
    body = printed(wallet, idempotencyKey=key) | {field: value}
    if value is None:
        del body[field]
    answer = client.post("/v1/payments", json=body)
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    assert error["code"] == "invalid_request"
    assert error["outcome"] == "not_applied"
    assert field in [problem["field"] for problem in error["errors"]]
    good = client.post("/v1/payments", json=printed(wallet, amount="0.01", idempotencyKey=key))
    assert good.status_code == 200, good.text


def test_all_bad_fields_are_named_at_once(client):
    answer = client.post("/v1/payments", json={"walletId": 7, "amount": "x", "currency": "EUR"})
    assert answer.status_code == 400
    fields = {problem["field"] for problem in answer.json()["error"]["errors"]}
    assert fields >= {"walletId", "to", "amount", "currency"}


@pytest.mark.parametrize("body", [
    b"", b"{", b"[]", b"7", b'"x"', b"null", b"{}x", b"\xef\xbb\xbf{}", b'{"a":1,"a":2}',
    b'{"memo":"\\u0000"}', b"[" * 65 + b"]" * 65, "{}".encode("utf-16"), b'{"a":01}', b"{'a':1}",
    b'{"a":NaN}', b'{"memo":"\xff"}', b'{"memo":"\\ud800"}',
])
def test_a_body_that_is_not_strict_json_is_refused(client, body):
    answer = client.post(
        "/v1/payments", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["code"] == "invalid_request"


def test_what_nobody_may_see_or_do(client, system, wallet):
    assert client.get("/v1/payments/tx_" + "0" * 26).status_code == 404
    assert client.get("/v1/nothing").status_code == 404
    wrong = client.put("/v1/payments", json={})
    assert wrong.status_code == 405 and "POST" in wrong.headers["Allow"]
    assert client.post("/v1/payments", content=b"x=1", headers={
        "Content-Type": "application/x-www-form-urlencoded"}).status_code == 415
    assert client.post("/v1/payments", content=b" " * (2 << 20), headers={
        "Content-Type": "application/json"}).status_code == 413
    with system.client(key="pk_nobody") as stranger:
        answer = stranger.post("/v1/payments", json=printed(wallet))
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "unauthorized"


def test_an_agent_spends_from_its_own_wallet_only(client, system, wallet):
    made = client.post("/v1/api-keys", json={"class": "agent", "walletId": wallet})
    assert made.status_code in (200, 201), made.text
    other = client.post("/v1/wallets", json={
        "agentId": uuid.uuid4().hex, "label": "other", "policyId": "pol_open"}).json()["wallet_id"]
    with system.client(key=made.json()["key"]) as agent:
        assert agent.post("/v1/payments", json=printed(wallet, amount="0.01")).status_code == 200
        assert agent.post("/v1/payments", json=printed(other)).status_code in (403, 404)
        assert agent.get(f"/v1/wallets/{other}").status_code == 404
        assert agent.post(f"/v1/wallets/{wallet}/fund", json={
            "amount": "1.00", "currency": "USDC"}).status_code == 403


def test_the_events_of_an_organisation_have_no_gaps(client, wallet):
    sequences, after = [], 0
    while True:
        page = client.get("/v1/events", params={"after": after, "limit": 100}).json()
        sequences += [event["sequence"] for event in page["data"]]
        if not page["has_more"]:
            break
        after = sequences[-1]
    assert sequences == list(range(1, len(sequences) + 1))


def test_nothing_is_damaged_after_all_that(system):
    report = system.audit()
    assert report["clean"], report
    assert report["totals"]["USDC"]["sum"] == "0.00"
