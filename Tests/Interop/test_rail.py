"""The rail `bark`: an upstream that pays, and lies about it."""

import concurrent.futures
import hashlib
import json
import os
import random
import threading
import time
import uuid
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import bech32
import bolt11
import httpx
import pytest

from barkd import TOKEN, Barkd
from conftest import System
from killer import Killer, await_drained
from parties import Parties, post
from test_bark import KEY, OFFER, OTHERS_ARK, foreign, invoice, satoshis, send

DAY = 86_400_000


class Rail:
    """An installation with a lying upstream."""

    def __init__(self):
        self.barkd = Barkd()
        self.system = System()
        token = self.system.state / "barkd.token"
        token.write_text(TOKEN + "\n")
        self.clock = self.system.state / "clock"
        self.clock.write_text("0")
        self.system.environment.update({
            "PURSE_BARK_URL": self.barkd.url, "PURSE_BARK_TOKEN_FILE": str(token),
            "PURSE_LIGHTNING_ALLOW": "127.0.0.0/8", "PURSE_ENVIRONMENT": "test",
            "PURSE_TEST_CLOCK": str(self.clock)})
        self.system.start()

    def advance(self, milliseconds: int) -> None:
        self.clock.write_text(str(int(self.clock.read_text()) + milliseconds))

    def foreign(self, satoshis: int = 1000) -> str:
        """An invoice of somebody else's node, made now by the installation's clock."""
        return foreign(satoshis=satoshis, age=-int(self.clock.read_text()) // 1000)

    def stop(self) -> None:
        self.system.stop()
        self.barkd.close()

    def attempts(self, **query) -> list[dict]:
        with self.system.client() as admin:
            return admin.get("/v1/rail-attempts", params={"limit": 100, **query}).json()["data"]

    def await_attempt(self, tx: str, state: str, seconds: float = 30) -> dict:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = next(row for row in self.attempts() if row["tx_id"] == tx)
            if found["state"] == state:
                return found
            time.sleep(0.1)
        raise AssertionError(f"{tx} is {found}")


@pytest.fixture(scope="module")
def rail():
    rail = Rail()
    yield rail
    rail.stop()


@pytest.fixture()
def barkd(rail):
    """The upstream, honest and empty of lies again."""
    rail.barkd.lies, rail.barkd.everybody = {}, ""
    rail.barkd.fee, rail.barkd.is_down, rail.barkd.hides = 0, False, False
    return rail.barkd


@pytest.fixture()
def parties(rail):
    return Parties(rail.system, money="0.1", asset="BTC")


def pay(parties, to: str, sats: int) -> dict:
    with parties.client("payer") as payer:
        answer = payer.post("/v1/payments", json={
            "walletId": parties.wallets["payer"], "to": to, "currency": "BTC",
            "amount": f"{Decimal(sats) / 100_000_000:f}"})
        return {"http": answer.status_code, **answer.json()}


def status(parties, tx: str) -> str:
    with parties.client("payer") as payer:
        return payer.get(f"/v1/payments/{tx}").json()["status"]


@pytest.mark.parametrize("fixed", [None, OTHERS_ARK, OFFER])
def test_what_is_not_ours_goes_out(rail, barkd, parties, fixed):
    barkd.fee = 3
    destination = fixed or rail.foreign()
    before = len(barkd.paid(destination))
    with parties.client("payer") as payer:
        answer = send(payer, destination, 1000)
        assert (answer.status_code, answer.json()) == (
            200, {"message": "Payment sent successfully"})
        assert satoshis(payer) == 10_000_000 - 1003
        row = payer.get("/api/v1/wallet/history").json()[0]
        assert row["offchain_fee_sat"] == 3 and row["effective_balance_sat"] == -1003
        tx = payer.get(f"/v1/wallets/{parties.wallets['payer']}/transactions").json()["data"][0]
        assert tx["fee"] == "0.00000003" and tx["status"] == "confirmed"
    assert len(barkd.paid(destination)) == before + 1
    assert rail.attempts()[0]["state"] == "settled" and rail.attempts()[0]["reference"]


def test_what_is_ours_never_goes_out(barkd, parties):
    with parties.client("receiver") as receiver, parties.client("payer") as payer:
        text = invoice(receiver, 10)
        assert send(payer, text).status_code == 200
        assert satoshis(receiver) == 10
    assert text not in barkd.sends


@pytest.mark.parametrize("lie, outcome", [
    ("silent", "confirmed"), ("error after", "confirmed"), ("slow", "confirmed"),
    ("duplicate", "confirmed"), ("late", "confirmed"), ("failed", "failed"),
])
def test_the_history_says_what_the_answer_does_not(rail, barkd, parties, lie, outcome):
    destination = rail.foreign()
    barkd.lies[destination] = lie
    paid = pay(parties, destination, 1000)
    if outcome == "failed":
        assert paid["http"] == 422 and paid["error"]["code"] == "no_rail", paid
        tx = paid["error"]["tx_id"]
    else:
        tx = paid["tx_id"]
        rail.await_attempt(tx, "settled")
    assert status(parties, tx) == outcome
    assert barkd.sends.count(destination) == 1
    assert len(barkd.paid(destination)) == (1 if outcome == "confirmed" else 0)
    left = Decimal("0.1") - (Decimal("0.00001") if outcome == "confirmed" else 0)
    assert parties.balance("payer") == left


@pytest.mark.parametrize("lie", ["error before", "refuse"])
def test_a_refusal_that_the_history_confirms_gives_the_money_back(rail, barkd, parties, lie):
    destination = rail.foreign()
    barkd.lies[destination] = lie
    paid = pay(parties, destination, 1000)
    tx = paid.get("tx_id") or paid["error"]["tx_id"]
    rail.advance(10_000)
    found = rail.await_attempt(tx, "failed")
    assert "the rail answered" in found["reason"] and "history" in found["reason"]
    assert status(parties, tx) == "failed" and parties.balance("payer") == Decimal("0.1")
    # The invoice is not used up.
    barkd.lies.clear()
    assert pay(parties, destination, 1000)["status"] == "confirmed"
    assert len(barkd.paid(destination)) == 1


def test_what_nobody_knows_stays_visible_and_held_until_it_is_proven(rail, barkd, parties):
    destination = rail.foreign()
    barkd.lies[destination] = "silent"
    barkd.hides = True
    paid = pay(parties, destination, 1000)
    assert (paid["http"], paid["status"]) == (202, "pending"), paid
    unknown = rail.await_attempt(paid["tx_id"], "unknown")
    assert unknown["age_seconds"] >= 5 and unknown["reason"]
    with parties.client("payer") as payer:
        balance = payer.get("/api/v1/wallet/balance").json()
        assert balance["spendable_sat"] == 10_000_000 - 1010
        assert balance["pending_lightning_send_sat"] == 1010
        # Neither the same nor another wallet pays it again meanwhile.
        again = send(payer, destination)
        assert again.status_code == 500 and again.json()["message"] == (
            "Invoice has already been paid")
    rail.advance(3_600_000)
    time.sleep(2.5)
    assert status(parties, paid["tx_id"]) == "pending"
    barkd.hides = False
    rail.advance(60_000)
    rail.await_attempt(paid["tx_id"], "settled")
    assert barkd.sends.count(destination) == 1
    assert parties.balance("payer") == Decimal("0.09999")


def test_a_day_without_a_trace_is_a_proof(rail, barkd, parties):
    destination = rail.foreign()
    barkd.lies[destination] = "silent"
    barkd.hides = True
    tx = pay(parties, destination, 1000)["tx_id"]
    rail.await_attempt(tx, "unknown")
    rail.advance(DAY + 60_000)
    rail.await_attempt(tx, "failed")
    assert parties.balance("payer") == Decimal("0.1")


def test_the_owners_word_alone_ends_what_is_unknown(rail, barkd, parties):
    for outcome, state, left in [("paid", "settled", "0.09999"), ("not_paid", "failed", "0.09999")]:
        destination = rail.foreign()
        barkd.lies[destination] = "silent"
        barkd.hides = True
        tx = pay(parties, destination, 1000)["tx_id"]
        rail.await_attempt(tx, "unknown")
        path = f"/v1/rail-attempts/{tx}/resolve"
        root = rail.system.client(rail.system.access["root_key"])
        with parties.client("payer") as payer, rail.system.client() as operator, root as admin:
            assert payer.post(path, json={"outcome": outcome}).status_code == 403
            assert operator.post(path, json={"outcome": outcome}).status_code == 403
            seen = admin.get("/v1/rail-attempts", params={"state": "unknown"}).json()["data"]
            assert [row["organisation_id"][:4] for row in seen if row["tx_id"] == tx] == ["org_"]
            assert admin.post(path, json={"outcome": "maybe"}).status_code == 400
            ended = admin.post(path, json={"outcome": outcome})
            assert ended.status_code == 200 and ended.json()["state"] == state, ended.text
            assert admin.post(path, json={"outcome": "paid"}).status_code == 422
        assert parties.balance("payer") == Decimal(left)


class Tenant:
    """Another organisation of the same installation, as `Parties` sees it."""

    def __init__(self, system, root):
        self.system = system
        self.access = post(root, "/v1/organisations", {"name": "tenant"})

    def client(self, key: str | None = None) -> httpx.Client:
        return self.system.client(key or self.access["admin_key"])


def test_review_6_a_tenant_pays_over_the_rail_only_within_its_grant(rail, barkd):
    with rail.system.client(rail.system.access["root_key"]) as root:
        tenant = Tenant(rail.system, root)
        parties = Parties(tenant, money="0.1", asset="BTC")
        path = f"/v1/organisations/{tenant.access['organisation_id']}/rails/bark"
        with parties.client("payer") as payer, tenant.client() as admin:
            sends = len(barkd.sends)
            far = send(payer, rail.foreign())
            assert far.status_code == 500 and far.json()["message"].startswith("no route: "), far.text
            refused = payer.post("/v1/payments", json={
                "walletId": parties.wallets["payer"], "to": rail.foreign(), "amount": "0.00001",
                "currency": "BTC"})
            assert refused.status_code == 422, refused.text
            assert refused.json()["error"]["code"] == "no_rail"
            assert parties.balance("payer") == Decimal("0.1") and len(barkd.sends) == sends
            assert root.get(path).status_code == 404
            assert admin.put(path, json={"asset": "BTC"}).status_code == 403
            limits = {"asset": "BTC", "maxPerDay": "0.00003", "maxOutstanding": None}
            granted = root.put(path, json=limits)
            assert granted.status_code == 200, granted.text
            assert granted.json() == root.get(path).json()
            assert granted.json()["max_per_day"] == "0.00003"
            assert granted.json()["max_outstanding"] is None
            assert send(payer, rail.foreign(2000)).status_code == 200
            assert send(payer, rail.foreign()).status_code == 500, "the fee counts, too"
            assert root.put(path, json={"asset": "BTC", "maxPerDay": "0"}).status_code == 200
            assert send(payer, rail.foreign(10)).status_code == 500
            nobody = "/v1/organisations/org_" + "0" * 26 + "/rails/bark"
            assert root.put(nobody, json=limits).status_code == 404
            assert root.put(path, json={**limits, "maxPerDay": "-1"}).status_code == 400


def test_an_upstream_that_is_away_costs_nothing(rail, barkd, parties):
    barkd.is_down = True
    destination = rail.foreign()
    paid = pay(parties, destination, 1000)
    assert paid["http"] == 202, paid
    rail.advance(61_000)
    found = rail.await_attempt(paid["tx_id"], "failed")
    assert found["sent_at"] is None and barkd.sends.count(destination) == 0
    assert parties.balance("payer") == Decimal("0.1")


def test_twins_are_paid_one_after_the_other(rail, barkd, parties):
    """Two payments of the same amount to one address: the history could not tell them apart."""
    before = len(barkd.paid(OTHERS_ARK))
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        paid = list(pool.map(lambda _: pay(parties, OTHERS_ARK, 777), range(4)))
    for payment in paid:
        rail.await_attempt(payment["tx_id"], "settled", 60)
    assert len(barkd.paid(OTHERS_ARK)) == before + 4
    references = [row["reference"] for row in rail.attempts() if row["amount"] == "0.00000777"]
    assert len(set(references)) == 4


def test_two_wallets_and_one_foreign_invoice(rail, barkd, parties):
    others = Parties(rail.system, money="0.1", asset="BTC")
    destination = rail.foreign()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda who: pay(who, destination, 1000), [parties, others] * 4))
    assert sorted(answer["http"] for answer in answers) == [200] + [409] * 7, answers
    assert barkd.sends.count(destination) == 1


def test_too_little_for_the_fee_is_too_little(rail, barkd):
    poor = Parties(rail.system, money="0.00001", asset="BTC")
    with poor.client("payer") as payer:
        answer = send(payer, OTHERS_ARK, 1000)
        assert answer.status_code == 500
        assert answer.json()["message"].startswith("Insufficient money available.")
        assert send(payer, OTHERS_ARK, 990).status_code == 200


def used(parties) -> tuple[Decimal, ...]:
    """What a wallet's day and month hold, as it is told."""
    with parties.client("payer") as payer:
        told = payer.get(f"/v1/wallets/{parties.wallets['payer']}/budget").json()
        return tuple(Decimal(window["used"]) for window in told["windows"])


def test_r14_windows_count_what_leaves_the_wallet(rail, barkd):
    cap = {"maxPerDay": "0.00001", "maxPerMonth": "0.00003"}
    capped = Parties(rail.system, money="0.1", asset="BTC", limits={"BTC": cap})
    barkd.fee = 9
    blocked = pay(capped, rail.foreign(1000), 1000)
    assert blocked["http"] == 402, blocked
    violation = blocked["error"]["violation"]
    assert violation["rule"] == "max_per_day"
    assert violation["attempted"] == "0.0000101" and used(capped) == (0, 0)
    # What is not taken of the reserve comes back, a moment after the payment has ended.
    assert pay(capped, rail.foreign(500), 500)["status"] == "confirmed"
    await_used(capped, "0.00000509")
    barkd.lies[failing := rail.foreign(400)] = "failed"
    assert pay(capped, failing, 400)["http"] == 422
    await_used(capped, "0.00000509")
    # As long as nobody knows the outcome, all that it can cost counts.
    barkd.lies[hidden := rail.foreign(481)] = "silent"
    barkd.hides = True
    unknown = pay(capped, hidden, 481)
    assert unknown["http"] == 202 and used(capped)[0] == Decimal("0.00001")
    assert pay(capped, rail.foreign(1), 1)["http"] == 402
    rail.await_attempt(unknown["tx_id"], "unknown")
    barkd.hides = False
    rail.advance(60_000)
    rail.await_attempt(unknown["tx_id"], "settled")
    await_used(capped, "0.00000999")
    assert capped.balance("payer") == Decimal("0.1") - Decimal("0.00000999")
    # What stays here costs nothing, and fits.
    with capped.client("receiver") as receiver:
        assert pay(capped, invoice(receiver, 1), 1)["status"] == "confirmed"
    assert used(capped)[0] == Decimal("0.00001")
    assert rail.system.audit()["clean"]


def await_used(parties, amount: str, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while used(parties)[0] != Decimal(amount):
        assert time.monotonic() < end, used(parties)
        time.sleep(0.05)


def test_a_long_history_is_read_as_far_as_it_is_needed(rail, barkd, parties):
    def work(count: int) -> None:
        for _ in range(count):
            barkd.pay({"destination": "ark1somebody-elses", "amount_sat": 1})

    work(4000)
    assert len(json.dumps(barkd.history())) > 1 << 20
    assert pay(parties, rail.foreign(), 1000)["status"] == "confirmed"
    # An attempt that is older than the newest movements is found by a longer reading.
    destination = rail.foreign()
    barkd.lies[destination] = "silent"
    barkd.hides = True
    tx = pay(parties, destination, 1000)["tx_id"]
    rail.await_attempt(tx, "unknown")
    work(4000)
    barkd.hides = False
    rail.advance(60_000)
    rail.await_attempt(tx, "settled")
    # One that was never paid is not taken for one that is missing in a part.
    lost = rail.foreign()
    barkd.lies[lost] = "error before"
    failed = pay(parties, lost, 1000)
    tx = failed.get("tx_id") or failed["error"]["tx_id"]
    work(4000)
    rail.advance(60_000)
    rail.await_attempt(tx, "failed")
    assert parties.balance("payer") == Decimal("0.09998")
    with barkd.lock:
        barkd.movements = barkd.movements[-10:]


# Escrows


class Deal:
    """An escrow for somebody who is nobody's here; an operator speaks for the receiver."""

    def __init__(self, rail, parties, to: str, amount: str = "0.00001"):
        self.rail = rail
        with parties.client("payer") as payer:
            made = post(payer, "/v1/payments/a2a", {
                "fromWallet": parties.wallets["payer"], "toWallet": to, "amount": amount,
                "currency": "BTC", "taskDescription": "x"})
        assert made["status"] == "locked", made
        self.path = "/v1/payments/a2a/" + made["escrow_id"]

    def act(self, verb: str, body: dict):
        with self.rail.system.client() as admin:
            return admin.post(f"{self.path}/{verb}", json=body)

    def complete(self):
        return self.act("complete", {
            "proofType": "output_hash", "proof": "sha256:" + "a" * 64})

    def status(self) -> str:
        with self.rail.system.client() as admin:
            return admin.get(self.path).json()["status"]


def test_an_escrows_receiver_who_is_nobodys_here_is_paid_over_the_rail(rail, barkd, parties):
    barkd.fee = 2
    before = len(barkd.paid(OTHERS_ARK))
    deal = Deal(rail, parties, OTHERS_ARK)
    done = deal.complete()
    assert done.status_code == 200 and done.json()["status"] == "released", done.text
    assert len(barkd.paid(OTHERS_ARK)) == before + 1
    # The receiver gets all of it; the rail's fee is not the payer's.
    assert parties.balance("payer") == Decimal("0.09999")
    assert deal.complete().status_code == 409
    assert rail.system.audit()["clean"]


def test_an_escrow_that_the_rail_does_not_pay_stays_as_it_was(rail, barkd, parties):
    deal = Deal(rail, parties, OFFER)
    barkd.lies[OFFER] = "failed"
    refused = deal.complete()
    assert refused.status_code == 422 and refused.json()["error"]["code"] == "no_rail", refused.text
    assert deal.status() == "locked" and parties.balance("payer") == Decimal("0.09999")
    barkd.lies.clear()
    assert deal.complete().json()["status"] == "released"
    assert rail.system.audit()["clean"]


def test_a_split_pays_both(rail, barkd, parties):
    deal = Deal(rail, parties, OFFER, "0.00003")
    assert deal.act("dispute", {"reason": "late"}).status_code == 200
    ended = deal.act("resolve", {"decision": "split", "toReceiver": "0.00001"})
    assert ended.status_code == 200 and ended.json()["status"] == "released", ended.text
    assert barkd.movements[-1]["sent_to"][0]["amount_sat"] == 1000
    assert parties.balance("payer") == Decimal("0.09999")
    assert rail.system.audit()["clean"]


def test_an_escrow_waits_for_a_rail_that_does_not_answer(rail, barkd, parties):
    deal = Deal(rail, parties, OFFER, "0.00004")
    barkd.lies[OFFER] = "silent"
    barkd.hides = True
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(deal.complete)
        time.sleep(2)
        assert deal.complete().status_code == 409
        barkd.hides = False
        rail.advance(60_000)
        assert waiting.result().status_code in (200, 503)
    tx = rail.attempts()[0]["tx_id"]
    rail.await_attempt(tx, "settled")
    deadline = time.monotonic() + 10
    while deal.status() != "released":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert barkd.movements[-1]["sent_to"][0]["amount_sat"] == 4000


# Lightning addresses


class Service:
    """A server of LNURL-pay, which can be wrong in many ways."""

    def __init__(self):
        self.wrong = ""
        self.asked: list[dict] = []
        self.invoice: str | None = None
        self.comments = {"commentAllowed": 20}
        self.metadata = json.dumps([["text/plain", "coffee"], ["text/identifier", "a@b.c"]])
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                content = json.dumps(service.answer(urlsplit(self.path))).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def lnurl(self) -> str:
        values = bech32.convertbits((self.url + "/pay").encode(), 8, 5)
        checksum = bech32.bech32_create_checksum("lnurl", values)
        return "lnurl1" + "".join(bech32.CHARSET[value] for value in values + checksum)

    def answer(self, url):
        if url.path == "/pay":
            conditions = {
                "tag": "payRequest", "callback": self.url + "/invoice?x=1", "minSendable": 1000,
                "maxSendable": 10_000_000, "metadata": self.metadata, **self.comments}
            if self.wrong == "error":
                return {"status": "ERROR", "reason": "closed today"}
            if self.wrong == "callback":
                conditions["callback"] = "file:///etc/passwd"
            if self.wrong == "tag":
                conditions["tag"] = "withdrawRequest"
            if self.wrong == "minimum":
                conditions["minSendable"] = 9_000_000
            if self.wrong == "metadata":
                conditions["metadata"] = "[]"
            return conditions
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        self.asked.append(query)
        amount = int(query["amount"]) + (1000 if self.wrong == "amount" else 0)
        metadata = self.metadata + (" " if self.wrong == "hash" else "")
        return {"pr": self.invoice or self.make(amount, metadata), "routes": []}

    def make(self, millisatoshis: int, metadata: str) -> str:
        """An invoice from some days ahead, where the installation's clock may be."""
        tags = bolt11.Tags()
        tags.add(bolt11.TagChar.payment_hash, uuid.uuid4().hex * 2)
        tags.add(bolt11.TagChar.payment_secret, "22" * 32)
        tags.add(bolt11.TagChar.description_hash, hashlib.sha256(metadata.encode()).hexdigest())
        return bolt11.encode(bolt11.Bolt11("bc", int(time.time()) + 7 * 86_400, tags,
                                           bolt11.MilliSatoshi(millisatoshis)), KEY)


@pytest.fixture()
def service():
    service = Service()
    yield service
    service.server.shutdown()
    service.server.server_close()


def test_an_lnurl_is_asked_for_an_invoice_which_is_paid(barkd, parties, service):
    with parties.client("payer") as payer:
        answer = send(payer, service.lnurl, 1234, comment="für Anna & Co")
        assert answer.status_code == 200, answer.text
        assert satoshis(payer) == 10_000_000 - 1234
    assert service.asked == [{"x": "1", "amount": "1234000", "comment": "für Anna & Co"}]
    assert barkd.movements[-1]["sent_to"][0]["amount_sat"] == 1234
    assert barkd.sends[-1].startswith("lnbc")


@pytest.mark.parametrize("wrong", [
    "error", "callback", "tag", "minimum", "metadata", "amount", "hash"])
def test_an_lnurl_that_is_wrong_is_not_paid(rail, barkd, parties, service, wrong):
    service.wrong = wrong
    before = len(barkd.sends)
    with parties.client("payer") as payer:
        answer = send(payer, service.lnurl, 1234)
        assert answer.status_code == 500 and answer.json()["message"].startswith("no route: ")
        assert satoshis(payer) == 10_000_000
    assert len(barkd.sends) == before and rail.attempts()[0]["reason"]


def test_an_lnurl_that_hands_out_an_invoice_of_ours_is_not_paid(barkd, parties, service):
    """The policy decided about the LNURL, not about the wallet behind the invoice."""
    with parties.client("payer") as payer, parties.client("receiver") as receiver:
        service.invoice = invoice(receiver, 1234)
        assert send(payer, service.lnurl, 1234).status_code == 500
        assert satoshis(payer) == 10_000_000 and satoshis(receiver) == 0
    assert service.invoice not in barkd.sends


def test_a_comment_that_is_too_long_is_not_cut(barkd, parties, service):
    with parties.client("payer") as payer:
        assert send(payer, service.lnurl, 1234, comment="x" * 21).status_code == 500
        assert satoshis(payer) == 10_000_000
    assert service.asked == []


def test_r13_a_comment_is_sent_whole_where_as_long_a_one_is_taken(barkd, parties, service):
    with parties.client("payer") as payer:
        for allowed, comment, status in [
                ({}, "hello", 500), ({"commentAllowed": 0}, "hello", 500),
                ({"commentAllowed": 5}, "hello", 200), ({"commentAllowed": 5}, "hello!", 500),
                ({"commentAllowed": 5}, "🧀🧀🧀🧀🧀", 200),
                ({"commentAllowed": 20}, "a&amount=1#x y", 200)]:
            service.comments = allowed
            assert send(payer, service.lnurl, 1234, comment=comment).status_code == status, comment
    assert [(asked["amount"], asked["comment"]) for asked in service.asked] == [
        ("1234000", "hello"), ("1234000", "🧀🧀🧀🧀🧀"), ("1234000", "a&amount=1#x y")]


def test_inside_addresses_are_guarded():
    """Without leave, a Lightning address cannot make the platform ask an inside server."""
    service, upstream, system = Service(), Barkd(), System()
    try:
        token = system.state / "token"
        token.write_text(TOKEN)
        system.environment.update({"PURSE_BARK_URL": upstream.url,
                                   "PURSE_BARK_TOKEN_FILE": str(token)})
        system.start()
        parties = Parties(system, money="0.1", asset="BTC")
        with parties.client("payer") as payer:
            assert send(payer, service.lnurl, 1000).status_code == 500
            assert satoshis(payer) == 10_000_000
        assert service.asked == [] and upstream.sends == []
    finally:
        system.stop()
        upstream.close()
        service.server.shutdown()
        service.server.server_close()


# Killing


def test_kill_during_attempts_pays_nothing_twice():
    seed = int(os.environ.get("RAIL_SEED", random.randrange(1 << 32)))
    print(f"RAIL_SEED={seed}")
    generator = random.Random(seed)
    rail = Rail()
    try:
        parties = Parties(rail.system, money="0.1", asset="BTC")
        lies = ["", "", "silent", "error after", "slow", "duplicate", "late", "failed",
                "error before"]
        destinations = [foreign(satoshis=1000, age=-600) for _ in range(60)]
        for destination in destinations:
            rail.barkd.lies[destination] = generator.choice(lies)
        key = {destination: uuid.uuid4().hex for destination in destinations}
        wallet = parties.wallets["payer"]

        def pay_until_known(destination: str) -> str:
            """The client's rule: the same request with its key, until there is an answer."""
            end = time.monotonic() + 120
            while time.monotonic() < end:
                try:
                    with parties.client("payer") as payer:
                        answer = payer.post("/v1/payments", headers={
                            "Idempotency-Key": key[destination]}, json={
                                "walletId": wallet, "to": destination, "amount": "0.00001",
                                "currency": "BTC"})
                except httpx.TransportError:  # the gateway was killed; ask again
                    time.sleep(0.2)
                    continue
                if answer.status_code in (200, 422):
                    return answer.json().get("tx_id") or answer.json()["error"]["tx_id"]
                time.sleep(0.3)
            raise AssertionError("no answer in two minutes")

        killer = Killer(rail.system, generator)
        killer.start()
        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            futures = [pool.submit(pay_until_known, one) for one in destinations]
            for second in range(110):
                if all(future.done() for future in futures):
                    break
                time.sleep(1)
                # What was killed between its commit and its order was never sent: a day proves it.
                rail.advance(DAY if second == 60 else 2000)
        killer.ended.set()
        killer.join()
        outcomes = {one: future.result() for one, future in zip(destinations, futures)}
        audit = await_drained(rail.system)
        paid = 0
        for destination, tx in outcomes.items():
            sent = rail.barkd.sends.count(destination)
            assert sent <= 1, (destination, rail.barkd.lies[destination], sent)
            confirmed = status(parties, tx) == "confirmed"
            assert confirmed == bool(rail.barkd.paid(destination)), rail.barkd.lies[destination]
            paid += confirmed
        assert parties.balance("payer") == Decimal("0.1") - paid * Decimal("0.00001")
        print(f"killed {killer.kills}, paid {paid} of {len(destinations)}, "
              f"sends {len(rail.barkd.sends)}")
        assert all(count > 0 for count in killer.kills.values()), killer.kills
        assert audit["clean"], audit
    finally:
        rail.stop()
