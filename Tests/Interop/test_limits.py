"""What one key, organisation and address may ask of the gateway (review 5, review 11, F25)."""

import base64
import hashlib
import json
import os
import select
import signal
import socket
import time
import urllib.parse
import uuid
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from nacl.signing import SigningKey

from conftest import System

MEBIBYTE = 1 << 20


class Raw:
    """A connection on which a test writes what it likes."""

    def __init__(self, system):
        address = urllib.parse.urlsplit(system.access["url"])
        self.socket = socket.create_connection((address.hostname, address.port), timeout=30)

    def head(self, method: str, path: str, key: str | None, *fields: str,
             kind: str = "application/json") -> None:
        lines = [f"{method} {path} HTTP/1.1", "Host: h", f"Content-Type: {kind}", *fields]
        if key is not None:
            lines.append(f"Authorization: Bearer {key}")
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())

    def send(self, body: bytes) -> bool:
        """Whether the gateway took it all."""
        try:
            self.socket.sendall(body)
            return True
        except (BrokenPipeError, ConnectionResetError):
            return False

    def answer(self) -> tuple[int, dict, bytes]:
        text = b""
        while b"\r\n\r\n" not in text:
            part = self.socket.recv(65536)
            assert part, "the connection ended without an answer"
            text += part
        head, _, body = text.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        fields = {name.lower(): value for name, _, value in
                  (line.partition(": ") for line in lines[1:])}
        while len(body) < int(fields["content-length"]):
            body += self.socket.recv(65536)
        return int(lines[0].split()[1]), fields, body

    def is_silent(self, seconds: float) -> bool:
        return not select.select([self.socket], [], [], seconds)[0]

    def close(self) -> None:
        self.socket.close()


def organisation(system) -> httpx.Client:
    """A new organisation's administrator."""
    with system.client(key=system.access["root_key"]) as root:
        made = root.post("/v1/organisations", json={"name": f"Org {uuid.uuid4()}"}).json()
    return system.client(key=made["admin_key"])


def agent(client: httpx.Client) -> str:
    name = f"agent-{uuid.uuid4()}"
    wallet = client.post(
        "/v1/wallets", json={"agentId": name, "label": name, "policyId": "pol_open"}).json()
    made = client.post(
        "/v1/api-keys", json={"class": "agent", "walletId": wallet["wallet_id"]}).json()
    return made["key"]


def memory(system) -> int:
    return system.metric("gateway", "process_resident_memory_bytes")


def test_bodies_without_a_key_take_no_memory(system):
    # Review 5: 24 connections with 16 MiB each, and no key.
    before = memory(system)
    part = b"\0" * MEBIBYTE
    attackers = [Raw(system) for _ in range(24)]
    for each in attackers:
        each.head("POST", "/batches/x/payments", None, f"Content-Length: {16 * MEBIBYTE}")
    for each in attackers:
        for _ in range(15):
            if not each.send(part):
                break
    with system.client() as client:
        assert client.get("/v1/wallets").status_code == 200
    assert system.metric("gateway", "purse_http_body_bytes") == 0
    assert memory(system) - before < 32 * MEBIBYTE
    for each in attackers:
        assert each.answer()[0] == 401
        each.close()


def test_the_bodies_of_one_organisation_leave_room_for_another(system):
    hostile, honest = organisation(system), organisation(system)
    key = hostile.headers["Authorization"].removeprefix("Bearer ")
    held, refused = [], []
    for _ in range(24):
        each = Raw(system)
        each.head("POST", "/batches/x/payments", key, f"Content-Length: {16 * MEBIBYTE}")
        (held if each.is_silent(0.3) else refused).append(each)
    assert len(held) == 1
    for each in refused:
        status, fields, body = each.answer()
        assert status == 503
        assert fields["retry-after"] == "1"
        assert json.loads(body)[0]["errorMessage"]
    assert system.metric("gateway", "purse_http_body_bytes") <= 64 * MEBIBYTE
    batch = honest.post("/batches", json={"name": "wages"}).json()["id"]
    payments = [{"msisdn": str(27820000000 + number), "amount": 1, "firstname": "x" * 100}
                for number in range(10_000)]
    answer = honest.post(f"/batches/{batch}/payments",
                         json={"clearExisting": False, "payments": payments}, timeout=60)
    assert answer.status_code == 200
    for each in held + refused:
        each.close()
    end = time.monotonic() + 10
    while system.metric("gateway", "purse_http_body_bytes") > 0:
        assert time.monotonic() < end
        time.sleep(0.05)


def test_an_organisations_long_bodies_take_turns(system):
    """Point 16: what one request asks of all services does not grow with the connections."""
    hostile, honest = organisation(system), organisation(system)
    payments = [{"msisdn": str(27820000000 + number), "amount": 1, "firstname": "x" * 50}
                for number in range(300)]

    def add(_) -> httpx.Response:
        batch = hostile.post("/batches", json={"name": "many"}).json()["id"]
        return hostile.post(f"/batches/{batch}/payments",
                            json={"clearExisting": False, "payments": payments}, timeout=60)

    with ThreadPoolExecutor(14) as pool:
        answers = list(pool.map(add, range(14)))
    assert {answer.status_code for answer in answers} <= {200, 429}
    assert sum(answer.status_code == 200 for answer in answers) >= 9
    for answer in answers:
        if answer.status_code == 429:
            assert int(answer.headers["retry-after"]) >= 1 and answer.json()[0]["errorMessage"]
    assert honest.get("/batches").status_code == 200


@pytest.mark.parametrize("fields", [
    ["Content-Length: 1000"], ["Transfer-Encoding: chunked"],
    ["Content-Length: 1000", "Expect: 100-continue"],
])
@pytest.mark.parametrize("path", [
    "/v1/payments", "/api/payments/send", "/api/v1/wallet/send", "/batches", "/transfers",
])
def test_without_a_key_the_answer_is_401_before_the_body_is_sent(system, path, fields):
    raw = Raw(system)
    raw.head("POST", path, None, *fields)
    status, _, body = raw.answer()
    raw.close()
    if path == "/transfers":
        assert (status, json.loads(body)["error"]["code"]) == (202, 401)
    else:
        assert status == 401


def test_what_is_wrong_with_a_body_is_told_to_nobody_without_a_key(system):
    for text, kind in [(b"{", "application/json"), (b"{}", "text/plain"),
                       (b"x" * (2 * MEBIBYTE), "application/json")]:
        answer = httpx.post(system.access["url"] + "/v1/payments", content=text,
                            headers={"Content-Type": kind, "Authorization": "Bearer wrong-1"})
        assert answer.status_code == 401


def test_too_large_and_of_another_type_are_refused_before_the_body(system):
    key = system.access["admin_key"]
    for path, fields, expected in [
        ("/v1/policies", [f"Content-Length: {MEBIBYTE + 1}"], 413),
        ("/v1/policies", [f"Content-Length: {MEBIBYTE + 1}", "Expect: 100-continue"], 413),
        ("/authentication/getToken", ["Content-Length: 20000"], 413),
        ("/v1/nothing", ["Content-Length: 20000"], 404),
    ]:
        raw = Raw(system)
        raw.head("POST", path, key, *fields)
        assert raw.answer()[0] == expected
        raw.close()
    raw = Raw(system)
    raw.head("POST", "/v1/policies", key, "Content-Length: 100", kind="text/plain")
    assert raw.answer()[0] == 415
    raw.close()


def test_a_session_signs_its_body_and_may_send_it_after_the_headers(system):
    with system.client() as client:
        wallet = client.post("/v1/wallets", json={
            "agentId": f"a-{uuid.uuid4()}", "label": "a", "policyId": "pol_open"}).json()
        user, session, private = str(uuid.uuid4()), str(uuid.uuid4()), SigningKey.generate()
        made = client.post("/v1/api-keys", json={
            "kind": "mixin_session", "class": "agent", "walletId": wallet["wallet_id"],
            "userId": user, "sessionId": session,
            "publicKey": encoded(bytes(private.verify_key))})
        assert made.status_code == 200, made.text
    body = json.dumps({"asset_id": "x"}).encode()
    for signed, code in [(body, 10002), (body + b" ", 401)]:
        raw = Raw(system)
        raw.head("POST", "/transfers", token(private, user, session, "POST/transfers", signed),
                 f"Content-Length: {len(body)}")
        assert raw.is_silent(0.2)
        raw.send(body)
        status, _, text = raw.answer()
        raw.close()
        assert (status, json.loads(text)["error"]["code"]) == (202, code)
    # Who it is does not depend on the body.
    raw = Raw(system)
    raw.head("POST", "/transfers", token(private, user, str(uuid.uuid4()), "POST/transfers", body),
             f"Content-Length: {len(body)}")
    status, _, text = raw.answer()
    raw.close()
    assert (status, json.loads(text)["error"]["code"]) == (202, 401)


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(private, user: str, session: str, line: str, body: bytes) -> str:
    now = int(time.time())
    claims = {"uid": user, "sid": session, "iat": now, "exp": now + 600, "jti": str(uuid.uuid4()),
              "sig": hashlib.sha256(line.encode() + body).hexdigest(), "scp": "FULL"}
    head = encoded(b'{"alg":"EdDSA","typ":"JWT"}') + "." + encoded(json.dumps(claims).encode())
    return head + "." + encoded(private.sign(head.encode()).signature)


def test_streams_are_bounded_for_a_key_and_closing_one_makes_room(system):
    with system.client() as client:
        key = client.post("/v1/api-keys", json={"class": "auditor"}).json()["key"]
    streams = []
    for _ in range(16):
        raw = Raw(system)
        raw.head("GET", "/v1/events/stream", key)
        assert b" 200 " in raw.socket.recv(65536).split(b"\r\n")[0]
        streams.append(raw)
    raw = Raw(system)
    raw.head("GET", "/v1/events/stream", key)
    status, fields, body = raw.answer()
    assert status == 429
    assert int(fields["retry-after"]) >= 1
    assert json.loads(body)["error"]["code"] == "rate_limited"
    streams.pop().close()
    raw.head("GET", "/v1/events/stream", key)
    assert b" 200 " in raw.socket.recv(65536).split(b"\r\n")[0]
    for each in [*streams, raw]:
        each.close()


@pytest.fixture(scope="module")
def narrow():
    """An installation with narrow limits."""
    running = System({
        "PURSE_LIMIT_AGENT_REQUESTS": "1", "PURSE_LIMIT_AGENT_BURST": "3",
        "PURSE_LIMIT_ADDRESS_CONNECTIONS": "40", "PURSE_LIMIT_FAILED_LOGINS": "20",
    })
    try:
        running.start()
        yield running
    finally:
        running.stop()


def test_an_agent_that_asks_too_fast_is_told_when_to_come_back(narrow):
    # Review 11: in each dialect's envelope, and nobody else feels it.
    with narrow.client() as admin:
        busy, other = agent(admin), agent(admin)
        with narrow.client(key=busy) as client:
            while client.get("/v1/payments").status_code == 200:
                pass
            answers = {path: client.get(path) for path in
                       ["/v1/payments", "/api/agents/x/balance", "/api/v1/wallet/balance", "/me"]}
        for path, answer in answers.items():
            assert answer.status_code == (202 if path == "/me" else 429), (path, answer.text)
            assert int(answer.headers["Retry-After"]) >= 1
        assert answers["/v1/payments"].json()["error"]["code"] == "rate_limited"
        assert isinstance(answers["/api/agents/x/balance"].json()["error"], str)
        assert isinstance(answers["/api/v1/wallet/balance"].json()["message"], str)
        assert answers["/me"].json()["error"]["code"] == 429
        with narrow.client(key=other) as client:
            assert client.get("/v1/payments").status_code == 200
        for _ in range(20):
            assert admin.get("/v1/payments").status_code == 200


def test_wrong_keys_and_secrets_are_refused_and_right_ones_are_not(narrow):
    # O20: 300 wrong keys, then 300 wrong secrets.
    with narrow.client() as admin, httpx.Client(base_url=narrow.access["url"]) as guest:
        made = admin.post("/v1/api-keys", json={"class": "operator", "kind": "credential"}).json()
        seen = [guest.get("/v1/wallets", headers={"Authorization": f"Bearer wrong-{number}"})
                for number in range(300)]
        assert {each.status_code for each in seen} == {401, 429}
        assert all(int(each.headers["Retry-After"]) >= 1 for each in seen
                   if each.status_code == 429)
        assert admin.get("/v1/wallets").status_code == 200
        right = {"key": made["key"], "secret": made["secret"]}
        assert guest.post("/authentication/getToken", json=right).status_code == 200
        statuses = [guest.post("/authentication/getToken",
                               json={"key": made["key"], "secret": f"wrong-{number}"})
                    for number in range(300)]
        assert statuses[-1].status_code == 429
        assert statuses[-1].json()[0]["errorMessage"]
        assert guest.post("/authentication/getToken", json=right).status_code == 429
        assert guest.get("/healthz").status_code == 200


def test_the_connections_of_one_address_are_bounded(narrow):
    held = [Raw(narrow) for _ in range(60)]
    closed = 0
    for each in held:
        try:
            each.head("GET", "/healthz", None)
            closed += each.socket.recv(100) == b""
        except OSError:
            closed += 1
    assert 20 <= closed < 60
    for each in held:
        each.close()
    end = time.monotonic() + 10
    while True:
        try:
            assert httpx.get(narrow.access["url"] + "/healthz").status_code == 200
            break
        except httpx.TransportError:
            assert time.monotonic() < end
            time.sleep(0.05)


@pytest.mark.parametrize("service", ["policy", "settlement", "escrow", "notifier"])
def test_the_gateway_is_ready_when_all_others_answer(system, service):
    def wait(status: int) -> dict:
        end = time.monotonic() + 30
        while True:
            answer = httpx.get(system.access["url"] + "/readyz")
            if answer.status_code == status:
                assert system.is_ready("gateway") == (status == 200)
                return answer.json()
            assert time.monotonic() < end, answer.text
            time.sleep(0.05)

    assert wait(200)["status"] == "ready"
    process = system.process(service)
    os.kill(process, signal.SIGSTOP)
    try:
        told = wait(503)
        assert told["status"] == "not ready"
        assert [name for name, state in told["services"].items() if state != "ready"] == [service]
        assert httpx.get(system.access["url"] + "/healthz").status_code == 200
    finally:
        os.kill(process, signal.SIGCONT)
    wait(200)
