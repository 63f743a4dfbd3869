"""Webhooks as their receivers see them, verified by the Standard Webhooks library."""

import base64
import datetime
import json
import os
import signal
import time
import uuid

import pytest
import standardwebhooks.webhooks
from standardwebhooks import Webhook, WebhookVerificationError

from bus import Bus
from conftest import System
from receiver import Receiver, until

HOUR = 3_600_000


@pytest.fixture(scope="module")
def receiver():
    made = Receiver()
    yield made
    made.server.shutdown()


@pytest.fixture(scope="module")
def clock(tmp_path_factory):
    path = tmp_path_factory.mktemp("clock") / "milliseconds"
    path.write_text("0")
    return path


@pytest.fixture(scope="module")
def allowing(clock):
    """An installation that may send to loopback, and whose time can be moved."""
    running = System({
        "PURSE_WEBHOOK_ALLOW": "127.0.0.0/8", "PURSE_ENVIRONMENT": "test",
        "PURSE_TEST_CLOCK": str(clock),
    })
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="module")
def client(allowing):
    with allowing.client() as opened:
        yield opened


@pytest.fixture
def moved(clock, monkeypatch):
    """Moves the time of the installation and of the verifier forward."""
    def move(milliseconds: int) -> None:
        total = int(clock.read_text()) + milliseconds
        clock.write_text(str(total))

        class Later(datetime.datetime):
            @classmethod
            def now(cls, tz=None):
                return datetime.datetime.now(tz) + datetime.timedelta(milliseconds=total)

        monkeypatch.setattr(standardwebhooks.webhooks, "datetime", Later)
    move(0)
    return move


def make_webhook(client, url: str, **fields) -> dict:
    answer = client.post("/v1/webhooks", json={"url": url, "events": ["*"], **fields})
    assert answer.status_code == 200, answer.text
    return answer.json()


def happen(client) -> str:
    """Makes an event, and returns the wallet that it is about."""
    answer = client.post("/v1/wallets", json={
        "agentId": f"agent-{uuid.uuid4().hex}", "label": "Agent", "policyId": "pol_open"})
    assert answer.status_code == 200, answer.text
    return answer.json()["wallet_id"]


def about(requests, wallet: str):
    return [request for request in requests if wallet.encode() in request[2]]


def deliveries(client, webhook: dict) -> list:
    answer = client.get(f"/v1/webhooks/{webhook['webhook_id']}/deliveries")
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def test_the_library_verifies_before_during_and_after_a_rotation(client, receiver, moved):
    first = make_webhook(client, receiver.url + "/rotating")
    assert set(first) >= {"webhook_id", "url", "events", "secret", "status", "created_at"}
    assert first["events"] == ["*"] and first["status"] == "active"

    def message():
        wallet = happen(client)
        return until(lambda: about(receiver.received("/rotating"), wallet), len)[0]

    def is_verified(secret: str, request) -> bool:
        _, headers, body = request
        try:
            return Webhook(secret).verify(body, headers) == json.loads(body)
        except WebhookVerificationError:
            return False

    before = message()
    assert is_verified(first["secret"], before)
    assert list(json.loads(before[2])) == ["type", "timestamp", "data", "event_id", "sequence"]
    damaged = (before[0], before[1], before[2][:-2] + b" }" + before[2][-1:])
    assert not is_verified(first["secret"], damaged)
    flipped = (before[0], before[1], bytes([before[2][0] ^ 1]) + before[2][1:])
    assert not is_verified(first["secret"], flipped)

    path = f"/v1/webhooks/{first['webhook_id']}"
    answer = client.post(path + "/rotate-secret", headers={"Idempotency-Key": "rotation-1"})
    assert answer.status_code == 200, answer.text
    second = answer.json()["secret"]
    again = client.post(path + "/rotate-secret", headers={"Idempotency-Key": "rotation-1"})
    assert again.json()["secret"] == second != first["secret"]
    assert "secret" not in client.get(path).json()
    during = message()
    assert is_verified(first["secret"], during) and is_verified(second, during)
    assert len(base64.b64decode(second.removeprefix("whsec_"))) >= 24

    moved(24 * HOUR + 1000)
    time.sleep(0.5)
    after = message()
    assert not is_verified(first["secret"], after) and is_verified(second, after)
    assert client.delete(path).status_code == 200
    assert client.get(path).status_code == 404


def test_a_message_says_what_the_event_log_says(client, receiver, moved):
    webhook = make_webhook(client, receiver.url + "/log", events=["wallet.created"])
    wallet = happen(client)
    path, headers, body = about(receiver.received("/log"), wallet)[0]
    events = client.get("/v1/events", params={"type": "wallet.created", "limit": 100}).json()["data"]
    event = next(event for event in events if event["data"].get("wallet_id") == wallet)
    message = json.loads(body)
    assert headers["webhook-id"] == event["event_id"]
    assert headers["Content-Type"] == "application/json"
    assert message == event, "an event looks the same wherever it is read"
    delivery = until(lambda: deliveries(client, webhook)[0],
                     lambda found: found["state"] == "delivered")
    assert delivery["event_id"] == event["event_id"]
    attempt = delivery["attempts"][0]
    assert (attempt["status_code"], attempt["response"]) == (200, "thanks")

    answer = client.post(f"/v1/events/{event['event_id']}/redeliver",
                         json={"webhookId": webhook["webhook_id"]})
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["data"]) == 1
    assert [request[2] for request in receiver.received("/log", 2)] == [body, body]

    answer = client.post(f"/v1/webhooks/{webhook['webhook_id']}/redeliver",
                         json={"after": event["sequence"] - 1, "until": event["sequence"]})
    assert answer.json() == {"count": 1, "until": event["sequence"], "has_more": False}
    receiver.received("/log", 3)

    answer = client.post(f"/v1/webhooks/{webhook['webhook_id']}/test")
    assert answer.status_code == 200, answer.text
    _, headers, body = receiver.received("/log", 4)[-1]
    assert json.loads(body)["type"] == "webhook.test"
    Webhook(webhook["secret"]).verify(body, headers)


def test_a_redirect_is_not_followed_and_an_answer_is_kept_in_part(client, receiver, moved):
    receiver.answers["/moved"] = (307, {"Location": receiver.url + "/target"}, b"x" * 5000)
    webhook = make_webhook(client, receiver.url + "/moved")
    happen(client)
    delivery = until(lambda: deliveries(client, webhook)[0], lambda found: found["attempts"])
    assert delivery["attempts"][0]["status_code"] == 307
    assert delivery["attempts"][0]["response"] == "x" * 1024
    assert delivery["state"] == "pending"
    assert not [request for request in receiver.requests if request[0] == "/target"]
    receiver.answers["/moved"] = (200, {}, b"")
    until(lambda: deliveries(client, webhook)[0], lambda found: found["state"] == "delivered")


def test_an_endpoint_that_is_gone_is_disabled_and_its_organisation_is_told(
        client, receiver, moved):
    receiver.answers["/gone"] = (410, {}, b"")
    webhook = make_webhook(client, receiver.url + "/gone")
    others = make_webhook(client, receiver.url + "/others", events=["endpoint.disabled"])
    happen(client)
    path = f"/v1/webhooks/{webhook['webhook_id']}"
    until(lambda: client.get(path).json(), lambda found: found["status"] == "disabled")
    _, headers, body = receiver.received("/others")[0]
    message = Webhook(others["secret"]).verify(body, headers)
    assert message["type"] == "endpoint.disabled"
    assert message["data"]["webhook_id"] == webhook["webhook_id"]
    assert message["data"]["disabled_reason"] == "gone"
    answer = client.post(path + "/test")
    assert answer.status_code == 422 and answer.json()["error"]["code"] == "invalid_state"
    answer = client.patch(path, json={"status": "active"})
    assert answer.json()["status"] == "active"


def test_a_failing_endpoint_follows_its_schedule_to_the_end(client, receiver, moved):
    receiver.answers["/broken"] = (500, {}, b"no")
    webhook = make_webhook(client, receiver.url + "/broken", events=["wallet.created"])
    happen(client)
    for number in range(1, 10):
        until(lambda: deliveries(client, webhook)[0],
              lambda found: len(found["attempts"]) >= number)
        moved(29 * HOUR)
    ended = until(lambda: deliveries(client, webhook)[0],
                  lambda found: found["state"] == "failed")
    assert [attempt["status_code"] for attempt in ended["attempts"]] == [500] * 10
    shown = client.get(f"/v1/webhooks/{webhook['webhook_id']}").json()
    assert (shown["status"], shown["disabled_reason"]) == ("disabled", "unanswered")


def test_a_restart_loses_nothing(allowing, client, receiver, moved):
    make_webhook(client, receiver.url + "/restart", events=["wallet.created"])
    wallets = [happen(client) for _ in range(20)]
    os.kill(allowing.process("notifier"), signal.SIGKILL)
    wallets += [happen(client) for _ in range(5)]
    until(lambda: allowing, is_up)
    # An attempt of which nothing was heard is made again after its lease.
    moved(60_000)
    for wallet in wallets:
        until(lambda: about(receiver.received("/restart"), wallet), len)
    identifiers = {request[1]["webhook-id"] for request in receiver.received("/restart")}
    assert len(identifiers) == 25


def test_a_service_that_has_just_restarted_is_reached(allowing, client):
    for _ in range(5):
        os.kill(allowing.process("notifier"), signal.SIGKILL)
        until(lambda: allowing, is_up)
        answer = client.get("/v1/webhooks/whe_nobody")
        assert answer.status_code == 404, answer.text


def is_up(system) -> bool:
    try:
        return system.is_ready("notifier")
    except Exception:
        return False


def test_requests_that_are_wrong_say_so(client):
    for body in [{}, {"url": "ftp://a.example"}, {"url": "https://a.example", "events": ["x"]},
                 {"url": "https://a.example", "events": []}, {"url": 7}]:
        answer = client.post("/v1/webhooks", json=body)
        assert answer.status_code == 400, answer.text
    assert client.get("/v1/webhooks/whe_nobody").status_code == 404
    assert client.post("/v1/events/evt_nobody/redeliver").status_code == 404


def test_loopback_is_refused_unless_it_is_allowed(system, receiver):
    with system.client() as client:
        webhooks = [make_webhook(client, url) for url in [
            receiver.url + "/inside", receiver.url.replace("127.0.0.1", "localhost") + "/inside",
            "http://169.254.169.254/latest/meta-data/", "http://[::1]:1/inside",
        ]]
        happen(client)
        for webhook in webhooks:
            delivery = until(lambda: deliveries(client, webhook)[0],
                             lambda found: found["attempts"])
            assert delivery["attempts"][0]["status_code"] is None
            error = delivery["attempts"][0]["error"]
            assert "not a public one" in error and "PURSE_WEBHOOK_ALLOW" in error
    assert not [request for request in receiver.requests if request[0] == "/inside"]


@pytest.mark.parametrize("way", ["http", "http with a key", "bus with an identity"])
def test_no_secret_is_in_a_log_or_a_database(allowing, client, receiver, way):
    url = receiver.url + "/secret"
    if way == "bus with an identity":
        bus = Bus(allowing.state, services=["notifier"])
        made = bus.ask("notifier", "notifier.create-endpoint.v1", {
            "organisation": "org_secret", "endpoint": "whe_" + uuid.uuid4().hex[:26], "url": url,
            "types": [],
        }, identity={"identity": uuid.uuid4().hex * 2, "digest": "0" * 64})
        bus.close()
        secret = made["secret"].removeprefix("whsec_")
    else:
        headers = {} if way == "http" else {"Idempotency-Key": uuid.uuid4().hex}
        answer = client.post("/v1/webhooks", json={"url": url, "events": ["*"]}, headers=headers)
        secret = answer.raise_for_status().json()["secret"].removeprefix("whsec_")
    for path in allowing.state.rglob("*"):
        if path.is_file() and "run" not in path.parts:
            content = path.read_bytes()
            assert secret.encode() not in content, path
            assert base64.b64decode(secret) not in content, path


def send_text(system, identifier: str, words: str) -> None:
    """Sends a text message twice, as a service's outbox may."""
    bus = Bus(system.state, ["notifier"], speaks_for="settlement")
    try:
        message = bus.envelope("notifier.send-texts.v1", {"texts": [{
            "id": identifier, "organisation": "org_interop", "to": "+27820000000", "words": words}]})
        for _ in range(2):
            bus.send("notifier", message)
            assert message["id"] in bus.acknowledgement("notifier", message["id"])["ids"]
    finally:
        bus.close()


def test_a_text_message_goes_to_a_file_without_a_provider(allowing):
    send_text(allowing, "txt_file", 'You have "money".')
    path = allowing.state / "run" / "texts.jsonl"
    lines = until(lambda: path.read_text().splitlines() if path.exists() else [], len)
    assert [json.loads(line) for line in lines] == [{
        "id": "txt_file", "organisation_id": "org_interop", "to": "+27820000000",
        "text": 'You have "money".'}]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_text_message_goes_to_the_provider_once(receiver, tmp_path):
    token = tmp_path / "token"
    token.write_text("provider-secret\n")
    system = System({
        "PURSE_TEXT_URL": receiver.url + "/texts", "PURSE_TEXT_TOKEN_FILE": str(token),
        "PURSE_TEXT_TEMPLATE": '{"messages":[{"destination":"{to}","content":"{text}"}]}',
    })
    try:
        system.start()
        send_text(system, "txt_post", 'A "quote" and {to}\n')
        _, headers, body = receiver.received("/texts")[0]
        assert json.loads(body) == {"messages": [
            {"destination": "+27820000000", "content": 'A "quote" and {to}\n'}]}
        assert headers["Authorization"] == "Bearer provider-secret"
        assert headers["Idempotency-Key"] == "txt_post"
        time.sleep(1)
        assert len(receiver.received("/texts")) == 1
    finally:
        system.stop()
