"""Mixin's API, as a client of Mixin would use it; its tokens are signed by another library."""

import base64
import concurrent.futures
import hashlib
import json
import time
import urllib.request
import uuid
from decimal import Decimal

import httpx
import jwt
import nacl.signing
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from conftest import started
from parties import Parties, post

BTC = "c6d0c728-2624-429b-8e0d-d9d19b6592fa"
USDC = "de6fa523-c596-398e-b12f-6d6980544b59"
SAMPLE_USER = "c6d0c728-2624-429b-8e0d-d9d19b6592fa"


def trace() -> str:
    return str(uuid.uuid4())


class Session:
    """A Mixin user with a session, who signs every request."""

    def __init__(self, system, wallet: str, user: str | None = None):
        self.url = system.access["url"]
        self.user, self.session = user or trace(), trace()
        self.key = ed25519.Ed25519PrivateKey.generate()
        with system.client() as admin:
            self.made = post(admin, "/v1/api-keys", {
                "class": "agent", "kind": "mixin_session", "walletId": wallet,
                "userId": self.user, "sessionId": self.session, "publicKey": self.public_key()})

    def public_key(self) -> str:
        raw = self.key.public_key().public_bytes_raw()
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    def token(self, method: str, uri: str, body: str = "", key=None, **claims) -> str:
        now = int(time.time())
        content = {"uid": self.user, "sid": self.session, "iat": now, "exp": now + 600,
                   "jti": trace(), "scp": "FULL",
                   "sig": hashlib.sha256((method + uri + body).encode()).hexdigest(), **claims}
        return jwt.encode(content, key or self.key, algorithm="EdDSA")

    def send(self, method: str, uri: str, body: dict | None = None, token: str | None = None,
             headers: dict | None = None, **claims) -> httpx.Response:
        text = json.dumps(body) if body is not None else ""
        headers = {"Authorization": "Bearer " + (token or self.token(method, uri, text, **claims)),
                   "Content-Type": "application/json", "X-Request-Id": trace(), **(headers or {})}
        answer = httpx.request(method, self.url + uri, content=text, headers=headers, timeout=30)
        assert answer.headers["X-Request-Id"] == headers["X-Request-Id"]
        assert abs(int(answer.headers["X-Server-Time"]) / 1e9 - time.time()) < 60
        return answer


class Users(Parties):
    """The parties as Mixin users."""

    def __init__(self, system, money: str = "1", asset: str = "BTC", **policy):
        super().__init__(system, money, asset, **policy)
        self.sessions = {name: Session(system, wallet) for name, wallet in self.wallets.items()}

    def __getitem__(self, name: str) -> Session:
        return self.sessions[name]


@pytest.fixture(scope="module")
def system():
    """An installation that bears many tokens that are none."""
    yield from started({"PURSE_LIMIT_FAILED_LOGINS": "0"})


@pytest.fixture()
def users(system):
    return Users(system)


def data(answer: httpx.Response) -> dict:
    assert answer.status_code == 200 and "data" in answer.json(), answer.text
    return answer.json()["data"]


def error(answer: httpx.Response, code: int) -> dict:
    assert answer.status_code == 202, answer.text
    found = answer.json()["error"]
    assert found["status"] == 202 and found["code"] == code and found["description"], answer.text
    return found


def group(*members: str, threshold: int) -> dict:
    return {"receivers": list(members), "threshold": threshold}


# Payment codes


def test_the_printed_sample_makes_a_code(users):
    body = {"asset_id": BTC, "amount": "0.01", "trace_id": trace(), "memo": "",
            "opponent_multisig": {"receivers": [SAMPLE_USER, SAMPLE_USER], "threshold": 1}}
    made = data(users["payer"].send("POST", "/payments", body))
    assert sorted(made) == sorted([
        "type", "trace_id", "asset_id", "amount", "threshold", "receivers", "memo", "created_at",
        "status", "code_id"])
    assert made["type"] == "payment" and made["status"] == "pending" and made["memo"] == ""
    assert made["receivers"] == [SAMPLE_USER, SAMPLE_USER] and made["amount"] == "0.01"
    again = data(users["payer"].send("POST", "/payments", body))
    assert again == made
    read = httpx.get(users["payer"].url + "/codes/" + made["code_id"])
    assert data(read) == made
    other = data(users["stranger"].send("POST", "/payments", body))
    assert other == made
    for change in [{"amount": "0.02"}, {"memo": "x"}, {"asset_id": USDC},
                   {"opponent_multisig": group(trace(), threshold=1)}]:
        error(users["payer"].send("POST", "/payments", {**body, **change}), 403)


def urlopen(url: str, body: dict) -> httpx.Response:
    """A request with an empty `Bearer `, which httpx refuses to send."""
    request = urllib.request.Request(url, json.dumps(body).encode(), {
        "Authorization": "Bearer ", "Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return httpx.Response(answer.status, content=answer.read())


def test_a_code_needs_a_key_and_a_validation_does_not(users):
    url = users["payer"].url + "/payments"
    body = {"asset_id": BTC, "amount": "0.01", "trace_id": trace()}
    code = {**body, "opponent_multisig": group(trace(), threshold=1)}
    error(httpx.post(url, json=code), 401)
    error(urlopen(url, code), 401)
    error(httpx.post(url, json=code, headers={"Authorization": "Bearer wrong"}), 401)
    assert data(httpx.post(url, json={**body, "opponent_id": trace()}))["status"] == "pending"
    assert data(urlopen(url, {**body, "opponent_id": trace()}))["status"] == "pending"


@pytest.mark.parametrize("more, key", [
    ({"opponent_id": SAMPLE_USER}, "recipient"), ({"address_id": SAMPLE_USER}, "address"),
    ({"destination": "3GqjTwAwWyJ2YZ3v1vYPCkC4SzwVHLgivj", "key": ""}, "address"),
])
def test_the_printed_samples_of_validation(system, more, key):
    body = {"asset_id": BTC, "amount": "0.01", "trace_id": SAMPLE_USER, **more}
    found = data(httpx.post(system.access["url"] + "/payments", json=body))
    assert sorted(found) == sorted([key, "asset", "amount", "status", "trace_id"])
    assert found["asset"]["symbol"] == "BTC" and found["amount"] == "0.01"
    assert found["status"] == "pending"
    if key == "recipient":
        assert found["recipient"]["user_id"] == SAMPLE_USER
        assert found["recipient"]["type"] == "user"


@pytest.mark.parametrize("change, field", [
    ({"asset_id": None}, "asset_id"), ({"asset_id": trace()}, "asset_id"),
    ({"asset_id": "x"}, "asset_id"), ({"asset_id": 7}, "asset_id"),
    ({"amount": None}, "amount"), ({"amount": "0"}, "amount"), ({"amount": "-1"}, "amount"),
    ({"amount": "0.000000001"}, "amount"), ({"amount": "1e3"}, "amount"), ({"amount": 1}, "amount"),
    ({"trace_id": "x"}, "trace_id"), ({"memo": "x" * 201}, "memo"), ({"memo": 1}, "memo"),
    ({"opponent_multisig": group(trace(), threshold=2)}, "threshold"),
    ({"opponent_multisig": group(SAMPLE_USER, SAMPLE_USER, threshold=2)}, "threshold"),
    ({"opponent_multisig": group(trace(), threshold=0)}, "threshold"),
    ({"opponent_multisig": {"receivers": [trace()]}}, "threshold"),
    ({"opponent_multisig": group("x", threshold=1)}, "receivers"),
    ({"opponent_multisig": group(*[trace() for _ in range(257)], threshold=1)}, "receivers"),
    ({"opponent_multisig": {}}, "opponent_id"),
    ({"opponent_multisig": {"receivers": []}}, "opponent_id"),
    ({"opponent_multisig": None}, "opponent_id"),
])
def test_a_field_that_is_wrong_is_named(users, change, field):
    body = {"asset_id": BTC, "amount": "0.01", "opponent_multisig": group(trace(), threshold=1),
            "unknown": {"is": "ignored"}, **change}
    found = error(users["payer"].send("POST", "/payments", body), 10002)
    assert found["extra"]["field"] == field and found["extra"]["reason"]


def test_other_failures_are_202_too(users):
    payer = users["payer"]
    error(payer.send("GET", "/codes/" + trace()), 404)
    error(payer.send("GET", "/codes/x"), 404)
    error(payer.send("GET", "/transfers/trace/" + trace()), 404)
    error(payer.send("GET", "/payments"), 405)
    error(payer.send("GET", "/users/" + trace()), 404)
    error(payer.send("POST", "/transfers/nothing"), 404)
    url = payer.url + "/payments"
    json_type = {"Content-Type": "application/json"}
    error(httpx.post(url, content=b"{", headers=json_type), 400)
    error(httpx.post(url, content=b"[]", headers=json_type), 400)
    error(httpx.post(url, content=b"{}", headers={"Content-Type": "text/plain"}), 415)
    error(httpx.post(url, content=b" " * (1 << 20) + b"{}", headers=json_type), 413)
    bad = {"asset_id": BTC, "amount": "1", "destination": "3GqjTwAwWyJ2YZ3v1vYPCkC4SzwVHLgivk"}
    error(httpx.post(url, json=bad), 30102)


# Paying


def test_a_code_for_one_pays_the_receivers_wallet_once(users):
    payer, receiver = users["payer"], users["receiver"]
    body = {"asset_id": BTC, "amount": "0.25", "trace_id": trace(), "memo": "lunch",
            "opponent_multisig": group(receiver.user, threshold=1)}
    code = data(payer.send("POST", "/payments", body))
    error(payer.send("GET", "/transfers/trace/" + body["trace_id"]), 404)
    order = {"asset_id": BTC, "opponent_id": receiver.user, "amount": "0.25", "memo": "lunch",
             "trace_id": body["trace_id"], "pin": "ignored", "pin_base64": "ignored"}
    paid = data(payer.send("POST", "/transfers", order))
    assert paid["type"] == "transfer" and paid["amount"] == "-0.25" and paid["memo"] == "lunch"
    assert paid["opponent_id"] == receiver.user and paid["trace_id"] == body["trace_id"]
    assert paid["opening_balance"] == "1" and paid["closing_balance"] == "0.75"
    assert data(payer.send("POST", "/transfers", order)) == paid
    assert data(payer.send("POST", "/transactions", body)) == paid
    assert users.balance("receiver") == Decimal("0.25")
    assert data(payer.send("GET", "/codes/" + code["code_id"]))["status"] == "paid"
    assert data(payer.send("POST", "/payments", body))["status"] == "paid"
    assert data(payer.send("GET", "/transfers/trace/" + body["trace_id"])) == paid
    seen = data(receiver.send("GET", "/transfers/trace/" + body["trace_id"]))
    assert seen["amount"] == "0.25" and seen["opponent_id"] == payer.user
    error(users["stranger"].send("GET", "/transfers/trace/" + body["trace_id"]), 404)
    check = {"asset_id": BTC, "amount": "0.25", "trace_id": body["trace_id"],
             "opponent_id": receiver.user}
    assert data(httpx.post(payer.url + "/payments", json=check))["status"] == "paid"


def test_a_validation_says_paid_of_that_payment_alone(system):
    """Somebody pays themselves a little under a shop's trace, to be believed to have paid the shop."""
    shop, thief = Users(system), Users(system)
    check = {"asset_id": BTC, "amount": "0.5", "trace_id": trace(),
             "opponent_id": shop["receiver"].user}
    own = {**check, "opponent_id": thief["receiver"].user, "amount": "0.00000001"}
    data(thief["payer"].send("POST", "/transfers", own))
    url = shop["receiver"].url + "/payments"
    assert data(httpx.post(url, json=check))["status"] == "pending"
    assert data(httpx.post(url, json={**own, "amount": "0.5"}))["status"] == "pending"
    assert data(httpx.post(url, json={**own, "opponent_id": trace()}))["status"] == "pending"
    assert data(httpx.post(url, json=own))["status"] == "paid"
    error(shop["receiver"].send("POST", "/payments", check), 403)
    assert data(shop["receiver"].send("POST", "/payments", own))["status"] == "paid"


def test_a_trace_that_another_has_paid_moves_nothing(system):
    users, others = Users(system), Users(system)
    order = {"asset_id": BTC, "opponent_id": users["receiver"].user, "amount": "0.1",
             "trace_id": trace()}
    data(users["payer"].send("POST", "/transfers", order))
    error(others["payer"].send("POST", "/transfers", order), 20125)
    error(users["payer"].send("POST", "/transfers", {**order, "amount": "0.2"}), 20125)
    assert users.balance("receiver") == Decimal("0.1")
    assert others.balance("payer") == Decimal("1") and users.balance("payer") == Decimal("0.9")


def test_o13_many_pay_one_trace_at_once_and_one_pays(system):
    all_users = [Users(system) for _ in range(3)]
    receiver = all_users[0]["receiver"].user
    for _ in range(3):
        before = sum(users.balance("payer") for users in all_users)
        order = {"asset_id": BTC, "opponent_id": receiver, "amount": "0.01", "trace_id": trace()}
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(
                lambda users: users["payer"].send("POST", "/transfers", order), all_users * 2))
        paid = {json.dumps(answer.json()) for answer in answers if answer.status_code == 200}
        assert len(paid) == 1
        for answer in answers:
            if answer.status_code != 200:
                error(answer, 20125)
        after = sum(users.balance("payer") for users in all_users)
        assert before - after == Decimal("0.01")


def test_a_code_is_paid_as_it_is_and_by_anybody(users):
    receiver, stranger = users["receiver"], users["stranger"]
    body = {"asset_id": BTC, "amount": "0.1", "trace_id": trace(),
            "opponent_multisig": group(receiver.user, stranger.user, threshold=2)}
    data(receiver.send("POST", "/payments", body))
    for change in [{"amount": "0.2"}, {"asset_id": USDC},
                   {"opponent_multisig": group(receiver.user, stranger.user, threshold=1)},
                   {"opponent_multisig": group(receiver.user, threshold=1)}]:
        error(users["payer"].send("POST", "/transactions", {**body, **change}), 403)
    error(users["payer"].send("POST", "/transfers", {
        "asset_id": BTC, "amount": "0.1", "opponent_id": receiver.user,
        "trace_id": body["trace_id"]}), 403)
    # Somebody without money does not use the trace up.
    error(users["stranger"].send("POST", "/transactions", body), 20117)
    paid = data(users["payer"].send("POST", "/transactions", body))
    assert paid["amount"] == "-0.1" and paid["opponent_multisig"]["threshold"] == 2
    assert users.balance("payer") == Decimal("0.9")


def test_refusals_of_transfers(system, users):
    payer = users["payer"]
    order = {"asset_id": BTC, "opponent_id": users["receiver"].user, "amount": "2"}
    error(payer.send("POST", "/transfers", {**order, "trace_id": trace()}), 20117)
    error(payer.send("POST", "/transfers", {
        **order, "asset_id": USDC, "amount": "0.0000001", "trace_id": trace()}), 20120)
    error(payer.send("POST", "/transfers", {
        **order, "opponent_id": trace(), "amount": "0.1", "trace_id": trace()}), 10002)
    error(payer.send("POST", "/transfers", {
        **order, "opponent_id": payer.user, "amount": "0.1", "trace_id": trace()}), 10002)
    error(payer.send("POST", "/transfers", {**order, "opponent_id": None}), 10002)
    error(payer.send("POST", "/transactions", {**order, "trace_id": trace()}), 10002)
    with system.client() as admin:
        answer = admin.post("/transfers", json={**order, "trace_id": trace()})
        error(answer, 403)
    assert users.balance("payer") == Decimal("1")


def test_o14_caps_hold_for_codes_that_are_paid_at_once(system):
    users = Users(system, limits={"BTC": {"maxPerDay": "0.1"}})
    payer, receiver = users["payer"], users["receiver"]
    orders = []
    for _ in range(6):
        order = {"asset_id": BTC, "amount": "0.03", "trace_id": trace(),
                 "opponent_multisig": group(receiver.user, threshold=1)}
        data(receiver.send("POST", "/payments", order))
        orders.append(order)
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda order: payer.send("POST", "/transactions", order), orders))
    assert sum(answer.status_code == 200 for answer in answers) == 3
    for answer in answers:
        if answer.status_code != 200:
            assert "max_per_day" in error(answer, 403)["description"]
    assert users.balance("receiver") == Decimal("0.09")


def test_a_policys_no_is_forbidden_and_names_the_rule(system):
    users = Users(system, limits={"BTC": {"maxPerTx": "0.05"}})
    order = {"asset_id": BTC, "opponent_id": users["receiver"].user, "amount": "0.1",
             "trace_id": trace()}
    assert "max_per_tx" in error(users["payer"].send("POST", "/transfers", order), 403)["description"]
    assert users.balance("payer") == Decimal("1")


# Tokens


def test_tokens_that_are_not_good(users):
    payer = users["payer"]
    assert data(payer.send("GET", "/me"))["user_id"] == payer.user
    now = int(time.time())
    body = {"asset_id": BTC, "opponent_id": users["receiver"].user, "amount": "0.1",
            "trace_id": trace()}
    text = json.dumps(body)
    bad = [
        payer.token("POST", "/transfers", text, sig="00" * 32),
        payer.token("POST", "/transfers", text + " "),
        payer.token("GET", "/transfers", text),
        payer.token("POST", "/transactions", text),
        payer.token("POST", "/transfers", text, key=ed25519.Ed25519PrivateKey.generate()),
        payer.token("POST", "/transfers", text, exp=now - 1),
        payer.token("POST", "/transfers", text, exp=now - 3600, iat=now - 7200),
        payer.token("POST", "/transfers", text, iat=now + 3600, exp=now + 7200),
        payer.token("POST", "/transfers", text, nbf=now + 3600, exp=now + 7200),
        payer.token("POST", "/transfers", text, nbf=str(now)),
        payer.token("POST", "/transfers", text, sid=trace()),
        payer.token("POST", "/transfers", text, uid=trace()),
        payer.token("POST", "/transfers", text, uid=users["receiver"].user),
        payer.token("POST", "/transfers", text, scp="PROFILE:READ"),
        payer.token("POST", "/transfers", text, jti=""),
        jwt.encode({"uid": payer.user}, "x" * 32, algorithm="HS256"),
        payer.token("POST", "/transfers", text)[:-4] + "AAAA",
        "a.b.c", "..", "x" * 9000,
    ]
    for token in bad:
        error(payer.send("POST", "/transfers", body, token=token), 401)
    assert users.balance("payer") == Decimal("1")
    # A clock may be ahead by some minutes.
    data(payer.send("POST", "/transfers", body, iat=now + 60, nbf=now + 60, exp=now + 120))
    data(payer.send("GET", "/me", nbf=now - 60))
    assert users.balance("payer") == Decimal("0.9")


def test_a_token_is_good_for_mixins_paths_alone_and_until_its_key_is_revoked(system, users):
    payer = users["payer"]
    uri = "/v1/wallets/" + users.wallets["payer"]
    answer = httpx.get(payer.url + uri, headers={
        "Authorization": "Bearer " + payer.token("GET", uri)})
    assert answer.status_code == 401
    assert data(payer.send("GET", "/assets"))[0]["symbol"] == "BTC"
    with system.client() as admin:
        assert admin.delete("/v1/api-keys/" + payer.made["key_id"]).status_code == 200
    error(payer.send("GET", "/me"), 401)


def test_sessions_are_made_with_care(system, users):
    payer = users["payer"]
    body = {"kind": "mixin_session", "walletId": users.wallets["payer"], "userId": payer.user,
            "sessionId": payer.session, "publicKey": payer.public_key()}
    assert "key" not in payer.made and payer.made["user_id"] == payer.user
    with system.client() as admin:
        assert admin.post("/v1/api-keys", json=body).status_code == 409
        # The user is the wallet's, and no other's.
        taken = {**body, "walletId": users.wallets["stranger"], "sessionId": trace()}
        assert admin.post("/v1/api-keys", json=taken).status_code == 409
        # Points of low order, one that is not canonical, and bytes that are no point.
        points = [bytes(32), bytes([1]) + bytes(31), b"\xee" + b"\xff" * 30 + b"\x7f",
                  b"\x02" + bytes(31)]
        for point in points:
            text = base64.urlsafe_b64encode(point).decode().rstrip("=")
            answer = admin.post("/v1/api-keys", json={
                **body, "sessionId": trace(), "publicKey": text})
            assert answer.status_code == 400, (point.hex(), answer.text)
        for change in [{"userId": "x"}, {"sessionId": None}, {"publicKey": "AAAA"},
                       {"publicKey": None}, {"class": "admin"}, {"walletId": None}]:
            answer = admin.post("/v1/api-keys", json={**body, **change})
            assert answer.status_code == 400, (change, answer.text)
    with users.client("payer") as agent:
        assert agent.post("/v1/api-keys", json=body).status_code == 403


def test_keys_of_the_platform_are_good_too(users):
    with users.client("payer") as payer:
        assert data(payer.get("/me"))["user_id"] == users["payer"].user
        assets = data(payer.get("/assets"))
        assert {asset["symbol"]: asset["balance"] for asset in assets} == {
            "BTC": "1", "DZAR": "0", "SOL": "0", "USDC": "0"}
        assert data(payer.get("/assets/" + BTC))["balance"] == "1"
        assert data(payer.get("/users/" + users["receiver"].user))["full_name"]
        paid = payer.post("/transfers", json={
            "asset_id": BTC, "opponent_id": users["receiver"].user, "amount": "0.5",
            "trace_id": trace()})
        assert data(paid)["closing_balance"] == "0.5"


# Groups


class Group:
    """A group account of the three parties, two of whom must sign, with half a bitcoin."""

    def __init__(self, system):
        self.users = Users(system)
        members = [session.user for session in self.users.sessions.values()]
        body = {"asset_id": BTC, "amount": "0.5", "trace_id": trace(),
                "opponent_multisig": group(*members, threshold=2)}
        data(self.users["payer"].send("POST", "/transactions", body))
        with self.users.client("payer") as payer:
            found = payer.get("/v1/groups").json()["data"]
        assert len(found) == 1 and found[0]["balance"] == "0.50" and found[0]["threshold"] == 2
        assert found[0]["members"] == sorted(members)
        self.id = found[0]["group_id"]

    def act(self, name: str, path: str = "", body: dict | None = None) -> httpx.Response:
        with self.users.client(name) as client:
            return client.post(f"/v1/groups/{self.id}/releases{path}", json=body)

    def create(self, amount: str = "0.2", to: str = "receiver") -> str:
        answer = self.act("payer", body={"to": self.users.wallets[to], "amount": amount})
        assert answer.status_code == 200 and answer.json()["status"] == "pending", answer.text
        return answer.json()["release_id"]

    def balance(self) -> Decimal:
        with self.users.client("payer") as payer:
            return Decimal(payer.get("/v1/groups/" + self.id).json()["balance"])


@pytest.fixture()
def money(system):
    return Group(system)


def test_two_of_three_signatures_move_the_money_once(money):
    release = money.create()
    assert money.balance() == Decimal("0.5")
    one = money.act("payer", f"/{release}/sign").json()
    assert one["status"] == "pending" and one["signatures"] == 1
    assert money.act("payer", f"/{release}/sign").json()["signatures"] == 1
    assert money.balance() == Decimal("0.5")
    two = money.act("stranger", f"/{release}/sign").json()
    assert two["status"] == "released" and two["tx_signature"] and two["signatures"] == 2
    assert money.balance() == Decimal("0.3")
    third = money.act("receiver", f"/{release}/sign")
    assert third.status_code == 200 and third.json() == two
    assert money.balance() == Decimal("0.3")
    assert money.users.balance("receiver") == Decimal("0.2")
    gone = money.act("payer", f"/{release}/cancel")
    assert gone.status_code == 422 and gone.json()["error"]["code"] == "invalid_state"
    with money.users.client("receiver") as receiver:
        path = f"/v1/wallets/{money.users.wallets['receiver']}/transactions"
        rows = receiver.get(path).json()["data"]
        assert [row["type"] for row in rows] == ["group_release"]


def test_o13_all_sign_at_once_and_the_money_moves_once(money):
    for _ in range(5):
        before = money.balance()
        release = money.create("0.01")
        names = ["payer", "receiver", "stranger"] * 3
        with concurrent.futures.ThreadPoolExecutor(9) as pool:
            answers = list(pool.map(lambda name: money.act(name, f"/{release}/sign"), names))
        assert {answer.status_code for answer in answers} == {200}
        assert before - money.balance() == Decimal("0.01")


def test_a_cancelled_release_cannot_be_signed(money):
    release = money.create()
    money.act("payer", f"/{release}/sign")
    cancelled = money.act("receiver", f"/{release}/cancel").json()
    assert cancelled["status"] == "cancelled"
    assert money.act("receiver", f"/{release}/cancel").status_code == 200
    answer = money.act("stranger", f"/{release}/sign")
    assert answer.status_code == 422 and answer.json()["error"]["code"] == "invalid_state"
    assert money.balance() == Decimal("0.5")


def test_only_members_see_and_sign(system, money):
    others = Users(system)
    release = money.create()
    with others.client("payer") as other:
        assert other.get("/v1/groups").json()["data"] == []
        assert other.get("/v1/groups/" + money.id).status_code == 404
        path = f"/v1/groups/{money.id}/releases"
        assert other.post(path, json={"to": others.wallets["payer"], "amount": "0.1"}
                          ).status_code == 404
        assert other.post(f"{path}/{release}/sign").status_code == 404
        assert other.post(f"{path}/{release}/cancel").status_code == 404
    with system.client() as admin:
        assert admin.post(f"/v1/groups/{money.id}/releases/{release}/sign").status_code == 403
        assert len(admin.get(f"/v1/groups/{money.id}/releases").json()["data"]) == 1
    assert money.balance() == Decimal("0.5")


def limited(system, **terms) -> tuple[Users, str]:
    """Three parties, of whom the payer is under a policy of its own; and its wallet."""
    users = Users(system)
    with system.client() as admin:
        policy = post(admin, "/v1/policies", {"name": trace(), "currency": "BTC", **terms})
        wallet = users.wallets["payer"]
        changed = admin.patch(f"/v1/wallets/{wallet}", json={"policyId": policy["policy_id"]})
        assert changed.status_code == 200, changed.text
    return users, wallet


def test_members_of_a_group_are_recipients(system):
    """review 3, F5, O9: a blocked recipient is not paid as a member of a group."""
    blocked = Users(system)
    users, _ = limited(system, blockedRecipients=[blocked.wallets["receiver"]])
    for threshold in [1, 2]:
        for members in [(users["payer"].user, blocked["receiver"].user),
                        (trace(), blocked["receiver"].user)]:
            answer = users["payer"].send("POST", "/transactions", {
                "asset_id": BTC, "amount": "0.01", "trace_id": trace(),
                "opponent_multisig": group(*members, threshold=threshold)})
            assert answer.json()["error"]["code"] == 403, answer.text
            assert "blocked_recipients" in answer.json()["error"]["description"]
    paid = users["payer"].send("POST", "/transactions", {
        "asset_id": BTC, "amount": "0.01", "trace_id": trace(),
        "opponent_multisig": group(users["payer"].user, trace(), threshold=2)})
    assert data(paid)


def test_a_group_does_not_lead_around_a_signing_wallets_policy(system):
    """review 3: money in, and out of the group to a recipient that the policy blocks."""
    users, wallet = limited(system, blockedRecipients=["wal_01kqcf1800q6bfw37yyfqvhcm7"])
    paid = users["payer"].send("POST", "/transactions", {
        "asset_id": BTC, "amount": "0.1", "trace_id": trace(),
        "opponent_multisig": group(users["payer"].user, trace(), threshold=1)})
    data(paid)
    with system.client() as admin, users.client("payer") as payer:
        found = payer.get("/v1/groups").json()["data"][0]
        path = f"/v1/groups/{found['group_id']}/releases"
        policy = admin.get(f"/v1/wallets/{wallet}").json()["policy"]["policy_id"]
        changed = admin.patch(f"/v1/policies/{policy}", json={
            "blockedRecipients": [users.wallets["receiver"]]})
        assert changed.status_code == 200, changed.text
        made = post(payer, path, {"to": users.wallets["receiver"], "amount": "0.05"})
        signed = payer.post(f"{path}/{made['release_id']}/sign")
        assert signed.status_code == 402, signed.text
        assert signed.json()["error"]["violation"]["rule"] == "blocked_recipients"
        shown = payer.get(f"{path}/{made['release_id']}").json()
        assert shown["status"] == "failed" and shown["failure"] == "policy_violation"
        assert users.balance("receiver") == 0
        # Frozen, the key asks for nothing and signs nothing; it reads, and may take back.
        other = post(payer, path, {"to": users.wallets["stranger"], "amount": "0.05"})
        post(admin, f"/v1/wallets/{wallet}/freeze")
        for refused in [payer.post(f"{path}/{other['release_id']}/sign"),
                        payer.post(path, json={"to": users.wallets["stranger"], "amount": "0.01"})]:
            assert (refused.status_code, refused.json()["error"]["code"]) == (422, "wallet_frozen")
        assert payer.get(f"{path}/{other['release_id']}").json()["status"] == "pending"
        post(admin, f"/v1/wallets/{wallet}/unfreeze")
        assert post(payer, f"{path}/{other['release_id']}/sign")["status"] == "released"
        assert users.balance("stranger") == Decimal("0.05")


def test_a_member_who_is_no_more_removes_nothing(system, money):
    """A wallet that stops being a member's signs no more, and what is signed stays."""
    release = money.create()
    user = money.users["stranger"].user
    wallet = money.users.wallets["stranger"]
    with system.client() as admin:
        rows = admin.get(f"/v1/wallets/{wallet}/destinations").json()["data"]
        entry = next(row for row in rows if row["value"] == user)["destination_id"]
        gone = admin.delete(f"/v1/wallets/{wallet}/destinations/{entry}")
        assert gone.status_code == 200
    assert money.act("stranger", f"/{release}/sign").status_code == 404
    assert money.act("payer", f"/{release}/sign").json()["signatures"] == 1
    assert money.act("receiver", f"/{release}/sign").json()["status"] == "released"


def test_releases_that_cannot_be(money):
    wallet = money.users.wallets["receiver"]
    for body, status in [({"to": wallet}, 400), ({"to": wallet, "amount": "0"}, 400),
                         ({"to": "", "amount": "1"}, 400), ({"amount": "1"}, 400),
                         ({"to": "nobody", "amount": "0.1"}, 422),
                         ({"to": "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "amount": "0.1"}, 422)]:
        answer = money.act("payer", body=body)
        assert answer.status_code == status, (body, answer.text)
    much = money.create("0.6")
    money.act("payer", f"/{much}/sign")
    answer = money.act("receiver", f"/{much}/sign")
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "insufficient_funds", answer.text
    assert money.balance() == Decimal("0.5")
    # It has failed for good: more money does not wake it up.
    assert money.act("stranger", f"/{much}/sign").status_code == 422


def test_the_books_are_clean(system, money):
    release = money.create()
    money.act("payer", f"/{release}/sign")
    money.act("receiver", f"/{release}/sign")
    assert "No damage" in system.purse("verify").stdout


def test_a_key_signs_what_another_library_verifies():
    """The two libraries agree on what an EdDSA token is."""
    key = nacl.signing.SigningKey.generate()
    token = jwt.encode({"a": 1}, ed25519.Ed25519PrivateKey.from_private_bytes(bytes(key)), "EdDSA")
    content, _, signature = token.rpartition(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    assert key.verify_key.verify(content.encode(), raw) == content.encode()
