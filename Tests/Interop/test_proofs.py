"""Proofs that somebody else confirms: a callback that is asked, an output that is fetched."""

import hashlib
import json

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from conftest import System
from parties import Parties
from receiver import Receiver


@pytest.fixture(scope="module")
def receiver():
    made = Receiver()
    yield made
    made.server.shutdown()


@pytest.fixture(scope="module")
def allowing():
    running = System({"PURSE_WEBHOOK_ALLOW": "127.0.0.0/8"})
    try:
        running.start()
        yield running
    finally:
        running.stop()


def asks(parties, escrow, nonce: str):
    return parties.act("receiver", escrow, "complete",
                       {"proofType": "webhook_callback", "proof": nonce})


def test_a_callback_that_accepts_releases(allowing, receiver):
    parties = Parties(allowing)
    receiver.answers["/yes"] = (200, {}, b'{"verdict":"accepted"}')
    escrow = parties.create(callbackUrl=receiver.url + "/yes", idempotencyKey="one")
    secret = escrow["callback_secret"]
    again = parties.create(callbackUrl=receiver.url + "/yes", idempotencyKey="one")
    assert "callback_secret" not in again, "it is shown once"
    answer = asks(parties, escrow, "nonce-1")
    assert answer.status_code == 200 and answer.json()["status"] == "released", answer.text
    assert "callback_secret" not in answer.json()
    _, headers, body = receiver.received("/yes")[0]
    assert json.loads(body)["data"]["nonce"] == "nonce-1"
    headers = {name.lower(): value for name, value in headers.items()}
    assert Webhook(secret).verify(body, headers)["data"]["escrow_id"] == escrow["escrow_id"]
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body + b" ", headers)
    assert parties.balance("receiver") == 10


@pytest.mark.parametrize("path, answer", [
    ("/no", (200, {}, b'{"verdict":"rejected"}')),
    ("/error", (500, {}, b'{"verdict":"accepted"}')),
    ("/elsewhere", (302, {"Location": "/yes"}, b'{"verdict":"accepted"}')),
])
def test_any_other_answer_leaves_it_locked(allowing, receiver, path, answer):
    parties = Parties(allowing)
    receiver.answers[path] = answer
    escrow = parties.create(callbackUrl=receiver.url + path)
    told = asks(parties, escrow, "nonce-1").json()
    assert told["status"] == "locked" and told["check"]["reason"]
    assert told["check"]["next_at"], "it is tried again"
    replayed = asks(parties, escrow, "nonce-1")
    assert (replayed.status_code, replayed.json()["error"]["code"]) == (422, "invalid_proof")
    assert parties.balance("receiver") == 0


def test_a_callback_to_a_private_address_is_refused(system):
    parties = Parties(system)
    escrow = parties.create(callbackUrl="http://127.0.0.1:9/callback")
    told = asks(parties, escrow, "nonce-1").json()
    assert told["status"] == "locked" and "address" in told["check"]["reason"], told


def test_an_output_is_fetched_and_must_have_the_hash(allowing, receiver):
    parties = Parties(allowing)
    output = b"the work" * 1000
    receiver.answers["/output"] = (200, {}, output)
    digest = "sha256:" + hashlib.sha256(output).hexdigest()
    escrow = parties.create(expectedOutputHash=digest)
    proof = {"proofType": "output_hash", "proof": digest, "verifyOutput": True}

    def complete(**more):
        return parties.act("receiver", escrow, "complete", {**proof, **more})

    for path, answer in [("/other", (200, {}, b"other work")), ("/gone", (404, {}, output)),
                         ("/large", (200, {}, bytes(17 << 20)))]:
        receiver.answers[path] = answer
        refused = complete(outputUrl=receiver.url + path)
        assert (refused.status_code, refused.json()["error"]["code"]) == (422, "invalid_proof"), path
    assert parties.balance("receiver") == 0
    answer = complete(outputUrl=receiver.url + "/output")
    assert answer.status_code == 200 and answer.json()["status"] == "released", answer.text
    assert parties.balance("receiver") == 10
