"""Server-sent events of the native dialect, as an ordinary client reads them."""

import json
import socket
import threading
import time
import urllib.parse
import uuid

import httpx
import pytest


class Listener:
    """Reads a stream on a thread of its own."""

    def __init__(self, system, key=None, last=None, **query):
        self.events, self.comments, self.failure = [], [], None
        headers = {"Authorization": f"Bearer {key or system.access['admin_key']}"}
        if last is not None:
            headers["Last-Event-ID"] = str(last)
        self.client = httpx.Client(base_url=system.access["url"], headers=headers, timeout=60)
        self.query = query
        self.opened, self.ended = threading.Event(), threading.Event()
        threading.Thread(target=self.read, daemon=True).start()
        assert self.opened.wait(10), self.failure

    def read(self):
        try:
            with self.client.stream("GET", "/v1/events/stream", params=self.query) as answer:
                assert answer.status_code == 200, answer.read()
                assert answer.headers["content-type"] == "text/event-stream"
                event = {}
                for line in answer.iter_lines():
                    if line.startswith(":"):
                        self.comments.append(line)
                        self.opened.set()
                    elif line:
                        name, _, value = line.partition(": ")
                        event[name] = value
                    elif event:
                        self.events.append(event)
                        event = {}
        except httpx.TransportError as error:
            self.failure = error
        self.ended.set()

    def wait(self, count: int) -> list:
        end = time.monotonic() + 20
        while len(self.events) < count:
            assert time.monotonic() < end, (self.events, self.failure)
            time.sleep(0.02)
        return self.events

    def close(self):
        self.client.close()


@pytest.fixture(scope="module")
def client(system):
    with system.client() as opened:
        yield opened


def open_wallet(client) -> str:
    answer = client.post("/v1/wallets", json={
        "agentId": f"agent-{uuid.uuid4().hex}", "label": "Agent", "policyId": "pol_open"})
    assert answer.status_code == 200, answer.text
    return answer.json()["wallet_id"]


def last_sequence(client) -> int:
    after = 0
    while True:
        page = client.get("/v1/events", params={"after": after, "limit": 100}).json()
        if page["data"]:
            after = page["data"][-1]["sequence"]
        if not page["has_more"]:
            return after


def wait_for_sequence(client, least: int) -> int:
    end = time.monotonic() + 20
    while (last := last_sequence(client)) < least:
        assert time.monotonic() < end
        time.sleep(0.05)
    return last


def test_a_key_that_is_revoked_hears_nothing_more(system, client):
    made = client.post("/v1/api-keys", json={"class": "auditor"}).json()
    listener, other = Listener(system, made["key"]), Listener(system)
    assert client.delete(f"/v1/api-keys/{made['key_id']}").status_code == 200
    before = len(listener.events)
    open_wallet(client)
    other.wait(1)
    listener.ended.wait(10)
    assert listener.ended.is_set() and len(listener.events) == before
    other.close()


def test_events_come_as_they_happen_and_are_those_of_the_log(system, client):
    listener = Listener(system)
    time.sleep(0.5)
    wallets = [open_wallet(client) for _ in range(3)]
    events = listener.wait(3)
    assert [json.loads(event["data"])["data"]["wallet_id"] for event in events] == wallets
    log = client.get("/v1/events", params={"after": int(events[0]["id"]) - 1}).json()["data"]
    assert [json.loads(event["data"]) for event in events] == log[:3]
    assert [event["event"] for event in events] == ["wallet.created"] * 3
    listener.close()


def test_a_client_goes_on_after_the_last_event_that_it_has_seen(system, client):
    before = last_sequence(client)
    for _ in range(250):
        open_wallet(client)
    wait_for_sequence(client, before + 250)
    listener = Listener(system, last=before)
    numbers = [int(event["id"]) for event in listener.wait(250)]
    assert numbers == list(range(before + 1, before + 251))
    open_wallet(client)
    assert int(listener.wait(251)[-1]["id"]) == before + 251
    listener.close()


def test_an_agent_hears_of_its_own_wallet_only(system, client):
    mine, other = open_wallet(client), open_wallet(client)
    key = client.post("/v1/api-keys", json={"class": "agent", "walletId": mine}).json()["key"]
    wait_for_sequence(client, last_sequence(client))
    listener = Listener(system, key=key, type="wallet.frozen")
    time.sleep(0.5)
    client.post(f"/v1/wallets/{other}/freeze")
    client.post(f"/v1/wallets/{mine}/freeze")
    data = json.loads(listener.wait(1)[0]["data"])
    assert data["data"]["wallet_id"] == mine
    listener.close()


def test_many_idle_listeners_cost_little_and_hear_of_everything(system, client):
    address = urllib.parse.urlsplit(system.access["url"])
    # A key holds 16 streams open.
    keys = [client.post("/v1/api-keys", json={"class": "auditor"}).json()["key"] for _ in range(32)]
    sockets = []
    for number in range(500):
        request = (f"GET /v1/events/stream HTTP/1.1\r\nHost: {address.netloc}\r\n"
                   f"Authorization: Bearer {keys[number % 32]}\r\n\r\n").encode()
        connection = socket.create_connection((address.hostname, address.port))
        connection.sendall(request)
        sockets.append(connection)
    texts = [b""] * len(sockets)
    end = time.monotonic() + 20

    def read_until(word: bytes):
        for index, connection in enumerate(sockets):
            connection.settimeout(20)
            while word not in texts[index]:
                assert time.monotonic() < end
                texts[index] += connection.recv(65536)

    read_until(b": listening")
    time.sleep(1)
    asked = system.metric("notifier", 'purse_messages_handled_total{type="notifier.list-events.v1"}')
    time.sleep(2)
    asked = system.metric(
        "notifier", 'purse_messages_handled_total{type="notifier.list-events.v1"}') - asked
    assert asked <= 20, "one question for all listeners of an organisation"
    wallet = open_wallet(client).encode()
    read_until(wallet)
    assert system.metric("gateway", "purse_event_listeners") >= 500
    for connection in sockets:
        connection.close()


def test_what_is_no_sequence_number_is_refused(client):
    for headers, query in [({"Last-Event-ID": "x"}, {}), ({}, {"after": "-1"}),
                           ({}, {"type": "x"})]:
        answer = client.get("/v1/events/stream", headers=headers, params=query)
        assert answer.status_code == 400, answer.text
    assert client.get("/v1/events/stream", headers={"Authorization": "Bearer x"}).status_code == 401


def test_a_heartbeat_comes_and_the_gateway_ends_with_listeners(system, client):
    listener = Listener(system)
    end = time.monotonic() + 20
    while ": still here" not in listener.comments:
        assert time.monotonic() < end
        time.sleep(0.1)
    began = time.monotonic()
    system.purse("down")
    assert time.monotonic() - began < 15
    listener.close()
