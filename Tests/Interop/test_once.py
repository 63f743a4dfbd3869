"""Exactly once: what a key, a reference or a session's token stands for, it stands for alone."""

import time
import uuid
from decimal import Decimal

import httpx
import jwt
import pytest

from conftest import started
from parties import Parties, post
from test_mixin import BTC, Session, Users, data, error, group, trace
from test_netauth import Agents
from test_sixdot50 import Company


@pytest.fixture(scope="module")
def system():
    """An installation that bears the many wrong tokens of these tests."""
    yield from started({"PURSE_LIMIT_FAILED_LOGINS": "0"})


@pytest.fixture()
def agents(system):
    return Agents(system, count=4)


@pytest.fixture()
def users(system):
    return Users(system)


def key(name: str | None = None) -> dict:
    return {"Idempotency-Key": name or uuid.uuid4().hex}


def replayed(answer: httpx.Response) -> bool:
    return answer.headers.get("Idempotent-Replayed") == "true"


# Requests of several payments


def items(agents: Agents, *amounts: int) -> dict:
    receivers = zip(agents.names[1:], amounts)
    return {"fromAgentId": agents.names[0],
            "payments": [{"toAgentId": name, "amount": amount} for name, amount in receivers]}


@pytest.mark.parametrize("first, second", [
    ((100, 100), (100, 100, 777)), ((11,), (11, 22)), ((11, 22), (11,)), ((11, 22), (11, 23)),
    ((11, 22, 33), (11, 22)), ((11,), (12,)),
])
def test_r29_f6_a_batch_with_the_same_key_and_other_content_moves_nothing(agents, first, second):
    with agents.system.client() as client:
        header = key()
        path = "/api/payments/send-batch"
        sent = client.post(path, json=items(agents, *first), headers=header)
        assert sent.status_code == 202 and not replayed(sent)
        other = client.post(path, json=items(agents, *second), headers=header)
        assert other.status_code == 409 and list(other.json()) == ["error"]
        assert not replayed(other)
        again = client.post(path, json=items(agents, *first), headers=header)
        assert again.status_code == 202 and again.json() == sent.json() and replayed(again)
    paid = [agents.balance(name) for name in agents.names[1:]]
    assert paid == [*first, 0, 0, 0][:3]


def test_review_4_another_order_of_the_same_items_is_another_content(agents):
    with agents.system.client() as client:
        header, body = key(), items(agents, 5, 6)
        path = "/api/payments/send-batch"
        assert client.post(path, json=body, headers=header).status_code == 202
        body["payments"].reverse()
        assert client.post(path, json=body, headers=header).status_code == 409
    assert [agents.balance(name) for name in agents.names[1:3]] == [5, 6]


@pytest.mark.parametrize("path", [
    "/api/payments/sen%64", "/api/payments/%73end", "/%61pi/payments/send"])
def test_review_4_a_path_that_is_spelled_otherwise_is_the_same_route(agents, path):
    sender, receiver = agents.names[:2]
    body = {"fromAgentId": sender, "toAgentId": receiver, "amount": 9}
    with agents.system.client() as client:
        header = {**key(), "Authorization": client.headers["Authorization"]}
        first = client.post("/api/payments/send", json=body, headers=header)
        assert first.status_code == 202
        again = client.post(path, json=body, headers=header)
        if again.status_code != 404:
            assert again.json() == first.json() and replayed(again)
    assert agents.balance(receiver) == 9


def test_a_key_of_one_route_is_free_on_another(agents):
    with agents.system.client() as client:
        header = key()
        one = {"fromAgentId": agents.names[0], "toAgentId": agents.names[1], "amount": 3}
        assert client.post("/api/payments/send", json=one, headers=header).status_code == 202
        many = client.post("/api/payments/send-batch", json=items(agents, 3), headers=header)
        assert many.status_code == 202 and not replayed(many)
    assert agents.balance(agents.names[1]) == 6


# Refusals that are told again


def test_r26_f24_stranger_8_a_refusal_that_is_told_again_says_so(system):
    parties = Parties(system, money="5", maxPerTx="100")
    wallet = parties.wallets["payer"]
    with parties.client("payer") as payer, system.client() as admin:
        body = {"walletId": wallet, "to": parties.wallets["receiver"], "currency": "USDC"}
        for amount, status in [("101", 402), ("6", 422)]:
            header = key()
            first = payer.post("/v1/payments", json={**body, "amount": amount}, headers=header)
            assert first.status_code == status and not replayed(first)
            again = payer.post("/v1/payments", json={**body, "amount": amount}, headers=header)
            assert again.status_code == status and replayed(again)
            other = payer.post("/v1/payments", json={**body, "amount": "1"}, headers=header)
            assert other.status_code == 409 and not replayed(other)
        assert "then pay with a new key" in first.json()["error"]["message"]
        post(admin, f"/v1/wallets/{wallet}/fund", {"amount": "1", "currency": "USDC"}, 422)
        escrow = {**parties.body(amount="101"), "currency": "USDC"}
        header = key()
        first = payer.post("/v1/payments/a2a", json=escrow, headers=header)
        again = payer.post("/v1/payments/a2a", json=escrow, headers=header)
        assert first.status_code == again.status_code == 402
        assert not replayed(first) and replayed(again)


def test_r26_refusals_of_other_dialects_say_so_too(system):
    users = Users(system, money="0.1", maxPerTx="1", currency="BTC")
    payer, receiver = users["payer"], users["receiver"]
    for amount, code in [("2", 403), ("0.5", 20117)]:
        body = {"asset_id": BTC, "amount": amount, "opponent_id": receiver.user,
                "trace_id": trace()}
        first, again = (payer.send("POST", "/transfers", body) for _ in range(2))
        error(first, code)
        error(again, code)
        assert not replayed(first) and replayed(again)
    with users.client("payer") as client:
        header = key()
        body = {"destination": users.wallets["receiver"], "amount_sat": 200_000_000}
        first = client.post("/api/v1/wallet/send", json=body, headers=header)
        again = client.post("/api/v1/wallet/send", json=body, headers=header)
        assert first.status_code == again.status_code == 400
        assert first.json() == again.json() and not replayed(first) and replayed(again)


# Sessions


def transfer(users: Users, amount: str = "0.1", **more) -> dict:
    return {"asset_id": BTC, "amount": amount, "opponent_id": users["receiver"].user, **more}


def signed(session: Session, body: dict, **claims) -> str:
    import json
    return session.token("POST", "/transfers", json.dumps(body), **claims)


@pytest.mark.parametrize("name", [None, "not a UUID", "B541E733-53D1-431C-89FF-BB8F701C153D"])
def test_r61_f14_a_signed_request_pays_once_however_often_it_is_sent(users, name):
    payer, body = users["payer"], transfer(users)
    token = signed(payer, body, **({"jti": name} if name else {}))
    answers = [payer.send("POST", "/transfers", body, token=token) for _ in range(3)]
    first = data(answers[0])
    assert all(data(answer) == first for answer in answers)
    assert [replayed(answer) for answer in answers] == [False, True, True]
    claims = jwt.decode(token, options={"verify_signature": False})
    if name != "not a UUID":
        assert first["trace_id"] == claims["jti"].lower()
    assert users.balance("payer") == Decimal("0.9")


@pytest.mark.parametrize("first", [None, "a"])
def test_r61_f14_a_signed_request_pays_once_whatever_headers_are_added(users, first):
    # The token signs method, target and body, and no header.
    payer, body = users["payer"], transfer(users)
    token = signed(payer, body)

    def pay(name: str | None) -> httpx.Response:
        headers = {"Idempotency-Key": name} if name else {}
        return payer.send("POST", "/transfers", body, token=token, headers=headers)

    made = data(pay(first))
    for other in [name for name in [None, "a", "b"] if name != first]:
        error(pay(other), 401)
    again = pay(first)
    assert data(again) == made and replayed(again)
    assert users.balance("payer") == Decimal("0.9")
    # With a token of its own, a key stands for the same transfer as before.
    if first:
        fresh = payer.send("POST", "/transfers", body, headers={"Idempotency-Key": first})
        assert data(fresh) == made and replayed(fresh)
        assert users.balance("payer") == Decimal("0.9")


def test_review_12_a_token_is_good_for_one_request_that_changes_something(users):
    payer = users["payer"]
    name = trace()
    body, other = transfer(users), transfer(users, "0.2")
    data(payer.send("POST", "/transfers", body, token=signed(payer, body, jti=name)))
    error(payer.send("POST", "/transfers", other, token=signed(payer, other, jti=name)), 401)
    with_trace = transfer(users, trace_id=trace())
    error(payer.send("POST", "/transfers", with_trace,
                     token=signed(payer, with_trace, jti=name)), 401)
    code = {"asset_id": BTC, "amount": "0.1", "opponent_multisig": group(trace(), threshold=1)}
    error(payer.send("POST", "/payments", code, jti=name), 401)
    assert users.balance("payer") == Decimal("0.9")
    # Reading moves nothing: a token may come again.
    token = payer.token("GET", "/me", jti=trace())
    assert len({payer.send("GET", "/me", token=token).text for _ in range(2)}) == 1


def test_review_12_a_code_that_is_asked_for_twice_is_one(users):
    import json
    payer = users["payer"]
    body = {"asset_id": BTC, "amount": "0.1", "opponent_multisig": group(trace(), threshold=1)}
    token = payer.token("POST", "/payments", json.dumps(body))
    first, again = (payer.send("POST", "/payments", body, token=token) for _ in range(2))
    assert data(first) == data(again)
    assert not replayed(first) and replayed(again)


@pytest.mark.parametrize("claims", [
    {"iat": -1, "exp": 86_400}, {"iat": 0, "exp": 86_401}, {"iat": 0, "exp": 315_360_000},
    {"iat": -2_592_000, "exp": 600}, {"iat": 600, "exp": 1200}, {"iat": -60, "exp": -1},
    {"iat": 0, "exp": 0},
])
def test_r61_a_token_lives_a_day_at_most(users, claims):
    now = int(time.time())
    body = transfer(users)
    claims = {name: now + value for name, value in claims.items()}
    error(users["payer"].send("POST", "/transfers", body, **claims), 401)
    assert users.balance("payer") == Decimal("1")


@pytest.mark.parametrize("claims", [
    {"iat": -(2**63)}, {"exp": 2**63 - 1}, {"iat": -(2**63), "exp": 2**63 - 1}, {"iat": None},
    {"exp": None}, {"iat": "0"}, {"jti": None}, {"jti": 7}, {"exp": 2**64},
])
def test_r61_claims_at_the_edge_are_refused(users, claims):
    body = transfer(users)
    error(users["payer"].send("POST", "/transfers", body, **claims), 401)
    assert users.balance("payer") == Decimal("1")


def test_r61_a_day_is_enough_for_the_clients_of_today(users):
    now = int(time.time())
    data(users["payer"].send("POST", "/transfers", transfer(users), iat=now, exp=now + 86_400))
    assert users.balance("payer") == Decimal("0.9")


def test_f14_a_token_s_parts_have_no_padding(users):
    payer, body = users["payer"], transfer(users)
    token = signed(payer, body)
    for bad in [token + "==", token + "=", token.replace(".", "=.", 1), token + ".", "." + token]:
        error(payer.send("POST", "/transfers", body, token=bad), 401)
    assert users.balance("payer") == Decimal("1")
    data(payer.send("POST", "/transfers", body, token=token))


def test_a_trace_that_is_repeated_with_other_content_is_refused(users):
    payer = users["payer"]
    body = transfer(users, trace_id=trace().upper())
    first = data(payer.send("POST", "/transfers", body))
    again = payer.send("POST", "/transfers", {**body, "trace_id": body["trace_id"].lower()})
    assert data(again) == first and replayed(again)
    for change in [{"amount": "0.2"}, {"memo": "x"}, {"opponent_id": users["stranger"].user}]:
        error(payer.send("POST", "/transfers", {**body, **change}), 20125)
    error(users["stranger"].send("POST", "/transfers", body), 20125)
    assert users.balance("payer") == Decimal("0.9")


# 6DOT50


@pytest.mark.parametrize("change", [
    lambda rows: [rows[0], {**rows[1], "amount": 900}],
    lambda rows: [rows[0], {**rows[1], "msisdn": "27821231299"}],
    lambda rows: [rows[0], {**rows[1], "firstname": "Other"}],
    lambda rows: [rows[0], {**rows[1], "externalId": uuid.uuid4().hex}],
    lambda rows: rows[:1], lambda rows: rows[::-1],
    lambda rows: [*rows, {"msisdn": "27821231288", "amount": 5}],
])
def test_r30_f11_payments_with_the_same_key_and_other_content_are_refused(system, change):
    company = Company(system)
    batch = company.batch()
    rows = [{"msisdn": "27821231234", "amount": 1}, {"msisdn": "27821231235", "amount": 2}]
    path, header = f"/batches/{batch['id']}/payments", key()

    def add(rows: list, clear: bool = False) -> httpx.Response:
        return company.client.post(
            path, json={"clearExisting": clear, "payments": rows}, headers=header)

    first = add(rows)
    assert first.status_code == 200 and not replayed(first)
    for other in [add(change(rows)), add(rows, clear=True)]:
        assert other.status_code == 400 and not replayed(other)
        assert list(other.json()[0]) == ["errorMessage", "fieldName", "fieldValue"]
    assert company.get(batch)["summary"]["paymentsAmount"] == 3
    again = add([{**rows[0], "amount": 1.00}, rows[1]])
    assert again.status_code == 200 and replayed(again)
    assert again.json()["payments"] == first.json()["payments"]
    assert company.submit(batch).status_code == 200
    late = add(rows)
    assert late.status_code == 200 and replayed(late)
    assert company.get(batch)["summary"]["paymentsAmount"] == 3
