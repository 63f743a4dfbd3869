"""Escrows over HTTP: as the page prints them, whose key may do what, and what never moves money."""

import base64
import concurrent.futures
import json
import os
import pathlib
import random
import shutil
import tempfile
import time
import uuid

import httpx
import nacl.signing
import pytest

from addresses import base58
from conftest import System
from killer import SERVICES, Killer, await_drained, insist
from parties import Parties, post

HASH = "sha256:" + "a" * 64


@pytest.fixture()
def parties(system):
    return Parties(system)


def test_the_page_is_answered_as_it_prints(parties):
    escrow = parties.create(timeoutSeconds=3600)
    assert list(escrow)[:8] == ["escrow_id", "from_wallet", "to_wallet", "amount", "status",
                                "solana_address", "expires_at", "created_at"]
    assert escrow["status"] == "locked" and escrow["amount"] == "10.00"
    assert parties.balance("payer") == 990, "the balance drops at once"
    done = parties.act("receiver", escrow, "complete", {
        "proofType": "output_hash", "proof": HASH, "outputUrl": "https://example.com/result.json"})
    assert done.status_code == 200 and done.json()["status"] == "released"
    assert parties.balance("receiver") == 10
    with parties.client("receiver") as client:
        found = client.get(f"/v1/payments/a2a/{escrow['escrow_id']}").json()
        assert found == done.json()
        page = client.get("/v1/payments/a2a", params={"status": "released", "limit": 1}).json()
        assert page["data"] == [found] and page["has_more"] is False
        events = client.get("/v1/events").json()["data"]
    assert [event["type"] for event in events][-2:] == ["escrow.created", "escrow.released"]


def test_an_escrow_with_required_fields_only_waits_a_day_for_its_payer(system):
    """stranger 6: whoever answers with any hash is not paid by that."""
    parties = Parties(system)
    with system.client() as admin:
        made = admin.patch("/v1/organisation", json={"escrowReviewSeconds": 86400})
        assert made.json()["escrow_review_seconds"] == 86400, made.text
        key = uuid.uuid4().hex
        escrow = parties.create(idempotencyKey=key)
        assert escrow["review_seconds"] == 86400 and escrow["required_proofs"] == []
        done = parties.act("receiver", escrow, "complete",
                           {"proofType": "output_hash", "proof": HASH}).json()
        assert done["status"] == "completed" and done["review_ends_at"] == done["deadline"]
        assert parties.balance("receiver") == 0
        assert parties.act("receiver", escrow, "accept").status_code == 403
        accepted = parties.act("payer", escrow, "accept")
        assert accepted.status_code == 200 and accepted.json()["status"] == "released"
        assert admin.patch(
            "/v1/organisation", json={"escrowReviewSeconds": 0}).json()["escrow_review_seconds"] == 0
        again = parties.create(idempotencyKey=key)
        assert again["escrow_id"] == escrow["escrow_id"], "another default is no other request"
        for wrong in [-1, 31_536_001, "60", 1.5]:
            assert admin.patch(
                "/v1/organisation", json={"escrowReviewSeconds": wrong}).status_code == 400, wrong
        assert parties.create(reviewSeconds=60)["review_seconds"] == 60
        attester = base58(bytes(nacl.signing.SigningKey.generate().verify_key))
        assert parties.create(attesterPublicKey=attester)["review_seconds"] == 0


def test_an_escrow_that_nobody_approved_can_be_read(system):
    """A no had made it vanish: 404 where its creator had been answered 202."""
    parties = Parties(system, requireCoSign="5")
    with parties.client("payer") as payer, system.client() as admin:
        made = post(payer, "/v1/payments/a2a", parties.body(), status=202)
        path = "/v1/payments/a2a/" + made["escrow_id"]
        assert payer.get(path).json()["status"] == "awaiting_approval"
        post(admin, f"/v1/approvals/{made['approval_id']}/deny")
        denied = payer.get(path).json()
        assert denied["status"] == "blocked", "it is read at once as the no has left it"
        assert denied["approval_id"] == made["approval_id"] and "denied" in denied["reason"]
        assert admin.get(path).json() == denied
        page = payer.get("/v1/payments/a2a", params={"status": "blocked"}).json()
        assert page["data"] == [denied]
        other = post(payer, "/v1/payments/a2a", parties.body(), status=202)
        post(admin, f"/v1/approvals/{other['approval_id']}/approve")
        found = payer.get("/v1/payments/a2a/" + other["escrow_id"]).json()
        assert found["status"] == "locked", "it is read at once as the yes has left it"
        assert parties.act("payer", other, "dispute", {"reason": "x"}).is_success
        post(admin, f"/v1/payments/a2a/{other['escrow_id']}/resolve", {"decision": "refund"})
        wrong = payer.get("/v1/payments/a2a", params={"status": "nothing"})
        assert wrong.status_code == 400
        told = wrong.json()["error"]["errors"][0]["message"]
        names = told.removeprefix("It must be one of ").rstrip(".").split(", ")
        assert "blocked" in names and "awaiting_approval" in names
        for name in names:
            answer = payer.get("/v1/payments/a2a", params={"status": name})
            assert answer.status_code == 200, (name, answer.text)
    assert parties.balance("payer") == 1000


def test_an_arbiter_can_act(system, parties):
    """Who could never decide is refused when the escrow is made."""
    with system.client(key=system.access["root_key"]) as root:
        other = post(root, "/v1/organisations", {"name": uuid.uuid4().hex})
    with system.client(key=other["admin_key"]) as admin:
        foreign = post(admin, "/v1/wallets", {
            "agentId": uuid.uuid4().hex, "label": "x", "policyId": "pol_open"})["wallet_id"]
    with system.client() as admin:
        closed = post(admin, "/v1/wallets", {
            "agentId": uuid.uuid4().hex, "label": "x", "policyId": "pol_open"})["wallet_id"]
        key = uuid.uuid4().hex
        first = parties.create(arbiter=closed, idempotencyKey=key)
        assert admin.patch(
            f"/v1/wallets/{closed}", json={"status": "closed"}).status_code == 200
    with parties.client("payer") as payer:
        for arbiter in [foreign, "wal_" + "0" * 26, closed, parties.wallets["payer"],
                        parties.wallets["receiver"], "nobody"]:
            answer = payer.post("/v1/payments/a2a", json=parties.body(arbiter=arbiter))
            assert answer.status_code == 400, (arbiter, answer.text)
            assert answer.json()["error"]["errors"][0]["field"] == "arbiter"
    assert parties.create(arbiter=closed, idempotencyKey=key) == first, "a repeat is no new one"
    escrow = parties.create(arbiter=parties.wallets["stranger"])
    assert parties.act("payer", escrow, "dispute", {"reason": "no"}).status_code == 200
    ended = parties.act("stranger", escrow, "resolve", {"decision": "refund"})
    assert ended.json()["status"] == "refunded"
    assert ended.json()["resolution"]["resolved_by"] == parties.wallets["stranger"]


def test_who_is_paid_is_not_told_the_hash_that_pays(system, parties):
    """The hash and the callback's place, with whatever is in it, are between the payer and us."""
    secret = "sha256:" + "5" * 64
    escrow = parties.create(expectedOutputHash=secret, callbackUrl="https://shop.example/?token=5")
    path = f"/v1/payments/a2a/{escrow['escrow_id']}"

    def told(name: str) -> list[str]:
        with parties.client(name) as client:
            pages = [path, "/v1/payments/a2a?limit=100", "/v1/events?limit=100"]
            return [client.get(page).text for page in pages]

    assert all("5" * 64 not in text and "token=5" not in text for text in told("receiver"))
    assert all("5" * 64 in text for text in told("payer")[:2])
    refused = parties.act("receiver", escrow, "complete",
                          {"proofType": "output_hash", "proof": "sha256:" + "6" * 64})
    assert refused.status_code == 422 and "5" * 64 not in refused.text
    with system.client() as admin:
        assert admin.get(path).json()["expected_output_hash"] == secret


def test_a_resolution_names_the_operators_key(system, parties):
    escrow = parties.create()
    assert parties.act("payer", escrow, "dispute", {"reason": "no"}).status_code == 200
    with system.client() as admin:
        own = admin.get("/v1/me").json()["key_id"]
        ended = post(admin, f"/v1/payments/a2a/{escrow['escrow_id']}/resolve",
                     {"decision": "refund"})
    assert ended["resolution"]["resolved_by"] == own


def test_an_attesters_key_is_one(parties):
    """Under a point of low order anybody could sign; some bytes are no point at all."""
    points = [bytes(32), bytes([1]) + bytes(31), b"\xff" * 31 + b"\x7f", b"\x02" + bytes(31)]
    points += [bytes([low]) + b"\xff" * 30 + b"\x7f" for low in (0xEC, 0xED, 0xEE)]
    with parties.client("payer") as payer:
        for point in points:
            body = parties.body(attesterPublicKey=base58(point))
            answer = payer.post("/v1/payments/a2a", json=body)
            assert answer.status_code == 400, point.hex()
            assert answer.json()["error"]["errors"][0]["field"] == "attesterPublicKey"


def test_a_receiver_does_not_choose_which_proof_counts(parties):
    """O3, F2: an escrow that names an attester is completed by his proof alone."""
    key = nacl.signing.SigningKey.generate()
    digest = "sha256:" + "b" * 64
    escrow = parties.create(attesterPublicKey=base58(bytes(key.verify_key)),
                            expectedOutputHash=digest)
    assert escrow["required_proofs"] == ["output_hash", "signed_attestation"]
    answer = parties.act("receiver", escrow, "complete", {"proofType": "output_hash", "proof": HASH})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid_proof")
    part = parties.act("receiver", escrow, "complete", {"proofType": "output_hash", "proof": digest})
    assert part.status_code == 200 and part.json()["status"] == "locked", part.text
    assert part.json()["missing_proofs"] == ["signed_attestation"]
    assert parties.balance("receiver") == 0
    for other in [{"attesterPublicKey": base58(bytes(key.verify_key))},
                  {"callbackUrl": "https://example.com/callback"}]:
        named = parties.create(**other)
        refused = parties.act(
            "receiver", named, "complete", {"proofType": "output_hash", "proof": digest})
        assert (refused.status_code, refused.json()["error"]["code"]) == (422, "invalid_proof")


@pytest.mark.parametrize("kind, value", [
    ("domain", "{}.example"), ("solana", None), ("phone", "2782{}"),
])
def test_the_receiver_is_who_it_was_when_the_money_was_locked(parties, kind, value):
    """O5, F3: a name that moves to another wallet takes no money with it."""
    number = uuid.uuid4().int
    value = (base58(number.to_bytes(16) * 2) if value is None
             else value.format(str(number)[:7] if kind == "phone" else f"shop-{number}"))
    def path(name):
        return f"/v1/wallets/{parties.wallets[name]}/destinations"
    with parties.system.client() as admin:
        entry = post(admin, path("receiver"), {"type": kind, "value": value})
        escrow = parties.create(toWallet=value)
        assert escrow["receiver_wallet_id"] == parties.wallets["receiver"]
        assert admin.delete(f"{path('receiver')}/{entry['destination_id']}").is_success
        post(admin, path("stranger"), {"type": kind, "value": value})
    proof = {"proofType": "output_hash", "proof": HASH}
    assert parties.act("stranger", escrow, "complete", proof).status_code == 404
    done = parties.act("receiver", escrow, "complete", proof)
    assert done.json()["status"] == "released", done.text
    assert done.json()["receiver_wallet_id"] == parties.wallets["receiver"]
    assert (parties.balance("receiver"), parties.balance("stranger")) == (10, 0)


def test_a_frozen_payer_says_no_yes(parties):
    """Point 9: a frozen wallet's key moves no money; it may object, and an operator acts for it."""
    escrow = parties.create(reviewSeconds=600)
    assert parties.act(
        "receiver", escrow, "complete", {"proofType": "output_hash", "proof": HASH}).is_success
    with parties.system.client() as admin:
        post(admin, f"/v1/wallets/{parties.wallets['payer']}/freeze")
        refused = parties.act("payer", escrow, "accept")
        assert (refused.status_code, refused.json()["error"]["code"]) == (422, "wallet_frozen")
        found = admin.get(f"/v1/payments/a2a/{escrow['escrow_id']}").json()
        assert found["status"] == "completed" and parties.balance("receiver") == 0
        assert parties.act("payer", escrow, "dispute", {"reason": "stolen key"}).is_success
        path = f"/v1/payments/a2a/{escrow['escrow_id']}/resolve"
        assert post(admin, path, {"decision": "refund"})["status"] == "refunded"


def test_a_repeat_meets_the_first_escrow(parties):
    body = {"idempotencyKey": uuid.uuid4().hex}
    first = parties.create(**body)
    with parties.client("payer") as payer:
        again = payer.post("/v1/payments/a2a", json=parties.body(**body))
        assert again.headers["Idempotent-Replayed"] == "true"
        assert again.json() == first
        other = payer.post("/v1/payments/a2a", json=parties.body(amount="11", **body))
        assert other.status_code == 409
    assert parties.balance("payer") == 990


def test_a_policy_holds_for_escrows_and_a_refund_gives_back(system):
    parties = Parties(system, maxPerDay="15.00")
    escrow = parties.create()
    with parties.client("payer") as payer:
        answer = payer.post("/v1/payments/a2a", json=parties.body())
        assert answer.status_code == 402
        error = answer.json()["error"]
        assert error["code"] == "policy_violation"
        assert error["violation"]["rule"] == "max_per_day"
    assert parties.act("payer", escrow, "dispute", {"reason": "changed my mind"}).is_success
    with system.client() as admin:
        path = f"/v1/payments/a2a/{escrow['escrow_id']}/resolve"
        assert post(admin, path, {"decision": "refund"})["status"] == "refunded"
    assert parties.balance("payer") == 1000
    assert parties.create()["status"] == "locked", "the window got its amount back"


@pytest.mark.parametrize("who, verb, body, status, code", [
    ("payer", "complete", {"proofType": "output_hash", "proof": HASH}, 403, "forbidden"),
    ("stranger", "complete", {"proofType": "output_hash", "proof": HASH}, 404, "not_found"),
    ("receiver", "complete", {"proofType": "output_hash", "proof": HASH.upper()}, 422,
     "invalid_proof"),
    ("receiver", "complete", {"proofType": "output_hash", "proof": HASH[:-1]}, 422,
     "invalid_proof"),
    ("receiver", "complete", {"proofType": "signed_attestation", "proof": "e30="}, 422,
     "invalid_proof"),
    ("receiver", "complete", {"proofType": "other", "proof": HASH}, 400, "invalid_request"),
    ("receiver", "accept", None, 403, "forbidden"),
    ("payer", "accept", None, 409, "invalid_state"),
    ("stranger", "dispute", {"reason": "x"}, 404, "not_found"),
    ("payer", "resolve", {"decision": "refund"}, 403, "forbidden"),
])
def test_what_may_not_be_changes_nothing(parties, who, verb, body, status, code):
    escrow = parties.create()
    answer = parties.act(who, escrow, verb, body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text
    with parties.client("payer") as payer:
        found = payer.get(f"/v1/payments/a2a/{escrow['escrow_id']}").json()
    assert found == escrow
    assert parties.balance("receiver") == 0


def test_a_dispute_after_the_release_is_late(parties):
    escrow = parties.create()
    assert parties.act(
        "receiver", escrow, "complete", {"proofType": "output_hash", "proof": HASH}).is_success
    answer = parties.act("payer", escrow, "dispute", {"reason": "too late"})
    assert answer.status_code == 409 and "released" in answer.json()["error"]["message"]


def test_competing_endings_have_one_winner(parties):
    escrow = parties.create()
    proof = {"proofType": "output_hash", "proof": HASH}
    jobs = [("receiver", "complete", proof), ("payer", "dispute", {"reason": "no"})] * 8
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda job: parties.act(job[0], escrow, job[1], job[2]), jobs))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [200] + [409] * 15


def test_an_attestation_of_another_library_releases(parties):
    key = nacl.signing.SigningKey.generate()
    attester = base58(bytes(key.verify_key))
    escrow = parties.create(attesterPublicKey=attester)
    payload = json.dumps({
        "escrow_id": escrow["escrow_id"], "expires_at": "2099-01-01T00:00:00Z",
        "output_hash": HASH, "verdict": "accepted",
    }, separators=(",", ":"), sort_keys=True).encode()
    signature = key.sign(payload).signature
    proof = base64.b64encode(json.dumps({
        "payload": base64.b64encode(payload).decode(),
        "signature": base64.b64encode(signature).decode(),
    }).encode()).decode()
    other = parties.create(attesterPublicKey=attester)
    body = {"proofType": "signed_attestation", "proof": proof}
    assert parties.act("receiver", other, "complete", body).status_code == 422
    answer = parties.act("receiver", escrow, "complete", body)
    assert answer.status_code == 200 and answer.json()["status"] == "released"


def test_every_escrow_ends_in_one_way_when_processes_are_killed():
    seed = int(os.environ.get("PURSESTRINGS_SEED", random.randrange(1 << 32)))
    print(f"seed {seed}")
    chance = random.Random(seed)
    clock = pathlib.Path(tempfile.mkdtemp(prefix="purse-")) / "clock"
    clock.write_text("0")
    system = System({"PURSE_ENVIRONMENT": "test", "PURSE_TEST_CLOCK": str(clock)})
    try:
        system.start()
        parties = Parties(system, money="10000")
        plans = [chance.choice(["complete", "dispute", "both", "expire"]) for _ in range(500)]
        killer = Killer(system, chance)
        killer.start()

        def work(part: list[int]) -> list[str]:
            with system.client() as client:
                return [play(client, parties, number, plans[number]) for number in part]

        try:
            with concurrent.futures.ThreadPoolExecutor(16) as pool:
                parts = [range(start, 500, 16) for start in range(16)]
                escrows = [each for part in pool.map(work, parts) for each in part]
        finally:
            killer.ended.set()
            killer.join()
        print(f"kills {killer.kills}")
        assert sum(killer.kills.values()) >= 5, killer.kills
        assert len(set(escrows)) == 500
        with system.client() as client:
            counts = await_ended(client, 500 - plans.count("expire"))
        print(counts)
        assert counts["locked"] == plans.count("expire")
        clock.write_text(str(2 * 3600 * 1000))
        with system.client() as client:
            counts = await_ended(client, 500)
        print(counts)
        assert counts["released"] + counts["refunded"] == 500
        balances = parties.balance("payer") + parties.balance("receiver")
        assert balances == 10000 and parties.balance("receiver") == counts["released"]
        report = await_drained(system)
        assert report["clean"], report
    finally:
        system.stop()
        shutil.rmtree(clock.parent)


def play(client: httpx.Client, parties: Parties, number: int, plan: str) -> str:
    body = parties.body(amount="1.00", idempotencyKey=f"e{number}")
    created = insist(client, "/v1/payments/a2a", body)
    assert created.status_code == 200, created.text
    path = f"/v1/payments/a2a/{created.json()['escrow_id']}"
    if plan in ("complete", "both"):
        insist(client, path + "/complete", {"proofType": "output_hash", "proof": HASH})
    if plan in ("dispute", "both"):
        insist(client, path + "/dispute", {"reason": "no"})
        insist(client, path + "/resolve", {"decision": "refund"})
    return created.json()["escrow_id"]


def await_ended(client: httpx.Client, expected: int) -> dict[str, int]:
    deadline = time.monotonic() + 60
    while True:
        counts: dict[str, int] = {"released": 0, "refunded": 0}
        cursor = None
        while True:
            page = client.get("/v1/payments/a2a", params={
                "limit": 100, **({"cursor": cursor} if cursor else {})}).json()
            for escrow in page["data"]:
                counts[escrow["status"]] = counts.get(escrow["status"], 0) + 1
            cursor = page["next_cursor"]
            if cursor is None:
                break
        if counts["released"] + counts["refunded"] == expected:
            return counts
        assert time.monotonic() < deadline, counts
        time.sleep(0.2)
