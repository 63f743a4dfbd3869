"""barkd's API, as a client of barkd would use it, without an upstream."""

import concurrent.futures
import hashlib
import json
import re
import subprocess
import time
import uuid
from decimal import Decimal

import bech32
import bolt11
import httpx
import pytest

from conftest import System, programs
from parties import Parties, post

OTHERS_ARK = ("ark1pwh9vsmezqqpharv69q4z8m6x364d5m5prnmcalcalq9pdmzw0y7mpveck4pcfhezqypczkrrj3lkx5"
              "ue4qrf4jc7ztpt9htdttmh2judhqnu7aue8p0y9mqkr4cf5")
TEST_ARK = ("tark1pwh9vsmezqqpharv69q4z8m6x364d5m5prnmcalcalq9pdmzw0y7mpveck4pcfhezqypczkrrj3lkx5"
            "ue4qrf4jc7ztpt9htdttmh2judhqnu7aue8p0y9mq47jn9z")
ARKADE = ("tark1qqellv77udfmr20tun8dvju5vgudpf9vxe8jwhthrkn26fz96pawqfdy8nk05rsmrf8h94j26905e7n6s"
          "ng8y059z8ykn2j5xcuw4xt846qj6x")
OFFER = "lno1zcss9mk8y3wkklfvevcrszlmu23kfrxh49px20665dqwmn4p72pksese"
GARBAGE = ("Argument is not a valid destination. Supported are: VTXO pubkeys, bolt11 invoices, bolt12"
           " offers and lightning addresses")
KEY = "e126f68f7eafcc8b74f54d269fe206be715000f94dac067d1c04a8ca3b2db734"


def foreign(currency: str = "bc", satoshis: int | None = 1000, age: int = 0) -> str:
    """An invoice of somebody else's node, made by another library."""
    tags = bolt11.Tags()
    tags.add(bolt11.TagChar.payment_hash, uuid.uuid4().hex * 2)
    tags.add(bolt11.TagChar.payment_secret, "11" * 32)
    tags.add(bolt11.TagChar.description, "coffee")
    tags.add(bolt11.TagChar.features, bolt11.Features.from_feature_list({
        bolt11.Feature.var_onion_optin: bolt11.FeatureState.required,
        bolt11.Feature.payment_secret: bolt11.FeatureState.required}))
    invoice = bolt11.Bolt11(currency, int(time.time()) - age, tags,
                            bolt11.MilliSatoshi(satoshis * 1000) if satoshis else None)
    return bolt11.encode(invoice, KEY)


@pytest.fixture()
def parties(system):
    return Parties(system, money="0.1", asset="BTC")


def send(client, destination: str, amount: int | None = None, comment: str | None = None, **more):
    body = {"destination": destination, "amount_sat": amount, "comment": comment}
    return client.post("/api/v1/wallet/send", json=body, **more)


def is_bech32m(text: str) -> bool:
    """Whether another library's polynomial finds bech32m's constant; it limits lengths itself."""
    values = [bech32.CHARSET.index(letter) for letter in text.split("1", 1)[1]]
    prefix = bech32.bech32_hrp_expand(text.split("1", 1)[0])
    return bech32.bech32_polymod(prefix + values) == 0x2BC830A3


def mistyped(text: str) -> str:
    return text[:-1] + ("p" if text[-1] == "q" else "q")


def satoshis(client) -> int:
    return client.get("/api/v1/wallet/balance").json()["spendable_sat"]


def invoice(client, amount: int = 1000, description: str | None = None) -> str:
    body = {"amount_sat": amount, "description": description}
    return post(client, "/api/v1/lightning/receives/invoice", body)["invoice"]


def test_an_ark_address_of_ours_is_paid_in_the_ledger(parties):
    with parties.client("payer") as payer, parties.client("receiver") as receiver:
        address = post(receiver, "/api/v1/wallet/addresses/next")["address"]
        assert address.startswith("ark1p") and is_bech32m(address)
        answer = send(payer, address, 1234, comment="is ignored")
        assert answer.status_code == 200, answer.text
        assert answer.json() == {"message": "Payment sent successfully"}
        assert satoshis(receiver) == 1234
        assert satoshis(payer) == 10_000_000 - 1234
        other = post(receiver, "/api/v1/wallet/addresses/next")["address"]
        assert other != address
        assert send(payer, other.upper(), 1).status_code == 200


def test_an_invoice_of_ours_is_read_by_others_and_paid_once(parties):
    with parties.client("payer") as payer, parties.client("receiver") as receiver:
        text = invoice(receiver, 2500, "a cup of coffee")
        read = bolt11.decode(text)
        assert read.amount_msat == 2_500_000 and read.description == "a cup of coffee"
        assert read.currency == "bc" and read.payment_secret and read.payee
        found = receiver.get(f"/api/v1/lightning/receives/{read.payment_hash}").json()
        preimage = bytes.fromhex(found["payment_preimage"])
        assert hashlib.sha256(preimage).hexdigest() == read.payment_hash == found["payment_hash"]
        assert found["invoice"] == text and found["finished_at"] is None
        assert payer.get(f"/api/v1/lightning/receives/{text}").status_code == 404
        answer = send(payer, text)
        assert (answer.status_code, answer.json()) == (200, {"message": "Payment sent successfully"})
        assert satoshis(receiver) == 2500
        again = send(payer, text)
        assert (again.status_code, again.json()) == (
            500, {"message": "Invoice has already been paid"})
        assert satoshis(receiver) == 2500
        paid = receiver.get(f"/api/v1/lightning/receives/{text}").json()
        assert paid["finished_at"] and paid["preimage_revealed_at"]
        # The same node signs all invoices.
        assert bolt11.decode(invoice(receiver)).payee == read.payee


def test_two_wallets_pay_the_same_invoice_at_once_and_one_pays(system, parties):
    others = Parties(system, money="0.1", asset="BTC")
    with parties.client("receiver") as receiver:
        for _ in range(5):
            text = invoice(receiver, 500)
            before = satoshis(receiver)

            def pay(who):
                with who.client("payer") as client:
                    return send(client, text)

            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                answers = list(pool.map(pay, [parties, others] * 4))
            good = [answer for answer in answers if answer.status_code == 200]
            assert len(good) == 1, [answer.text for answer in answers]
            assert satoshis(receiver) == before + 500


def test_an_invoice_without_an_amount_is_paid_with_the_payers(parties):
    with parties.client("payer") as payer, parties.client("receiver") as receiver:
        text = invoice(receiver, 0)
        assert bolt11.decode(text).amount_msat is None
        missing = send(payer, text)
        assert (missing.status_code, missing.json()) == (500, {"message": "user amount required"})
        assert send(payer, text, 77).status_code == 200
        assert satoshis(receiver) == 77


def test_an_amount_is_at_least_the_invoices_and_at_most_twice_that(parties):
    with parties.client("payer") as payer, parties.client("receiver") as receiver:
        # The words of barkd 0.1.4 (lib/src/lightning.rs, CheckAmountError).
        for amount in (99, 201):
            answer = send(payer, invoice(receiver, 100), amount)
            assert (answer.status_code, answer.json()) == (500, {
                "message": "invalid user amount: invoice=0.00000100 BTC,"
                           f" user=0.00000{amount:03} BTC"})
        assert satoshis(receiver) == 0
        assert send(payer, invoice(receiver, 100), 200).status_code == 200
        assert satoshis(receiver) == 200


@pytest.mark.parametrize("destination, amount, comment, status, message", [
    (OTHERS_ARK, None, None, 500, "amount missing"),
    (OTHERS_ARK, 1000, None, 500,
     "address validation failed: Ark address is for different server"),
    (TEST_ARK, 1000, None, 500, "address validation failed: Ark address is for different network"),
    (ARKADE, 1000, None, 400, "Ark address is for different server"),
    (foreign(), None, "hello", 400, "comment is not supported for BOLT-11 invoices"),
    (foreign(satoshis=None), None, None, 500, "user amount required"),
    (OFFER, 1000, "hello", 400, "comment is not supported for BOLT-12 offers"),
    ("alice@example.com", None, None, 400,
     "bad request: amount is required for Lightning addresses"),
    ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", 1000, None, 500,
     "offboards are temporarily disabled"),
    ("tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", 1000, None, 400, GARBAGE),
    ("no such thing", 1000, None, 400, GARBAGE),
    ("nobody", 1000, None, 400, GARBAGE),
    ("lnbc1garbage", 1000, None, 400, GARBAGE),
    ("", 1000, None, 400, GARBAGE),
    (OFFER, 0, None, 400, "amount must be greater than zero"),
])
def test_refusals_have_barkds_words(parties, destination, amount, comment, status, message):
    with parties.client("payer") as payer:
        answer = send(payer, destination, amount, comment)
        assert (answer.status_code, answer.json()) == (status, {"message": message})
        assert satoshis(payer) == 10_000_000


def test_refusals_that_name_something(parties):
    with parties.client("payer") as payer, parties.client("receiver") as receiver:
        wrong = send(payer, foreign("tb"))
        assert wrong.status_code == 500
        assert re.match("^Invoice is for wrong network: .*", wrong.json()["message"])
        for destination in [foreign(), OFFER, "alice@example.com"]:
            far = send(payer, destination, 1000)
            assert far.status_code == 500 and far.json()["message"].startswith("no route: "), far.text
        late = send(payer, foreign(age=4000))
        assert late.status_code == 400 and "expired" in late.json()["message"]
        address = post(receiver, "/api/v1/wallet/addresses/next")["address"]
        poor = send(payer, address, 20_000_000)
        assert poor.status_code == 500
        assert re.match("^Insufficient money available. Needed .* but .* is available$",
                        poor.json()["message"])
        assert satoshis(payer) == 10_000_000


def test_who_asks(system, parties):
    url = system.access["url"]
    body = {"destination": OFFER, "amount_sat": 1}
    assert httpx.get(url + "/ping").text == "pong"
    for headers, message in [({}, "missing auth token"),
                             ({"Authorization": "Bearer wrong"}, "invalid auth token")]:
        answer = httpx.post(url + "/api/v1/wallet/send", json=body, headers=headers)
        assert (answer.status_code, answer.json()) == (401, {"message": message})
    with system.client() as admin:
        answer = admin.post("/api/v1/wallet/send", json=body)
        assert (answer.status_code, answer.json()) == (500, {"message": "No wallet set"})
        assert admin.get("/api/v1/nothing").json() == {"message": "There is no such path."}


@pytest.mark.parametrize("body", [
    b"", b"[]", b"{}", b'{"destination":1}', b'{"destination":"x","amount_sat":"1"}',
    b'{"destination":"x","amount_sat":-1}', b'{"destination":"x","amount_sat":1.5}',
    b'{"destination":"x","amount_sat":99999999999999999999}', b'{"destination":"x","comment":7}',
])
def test_bodies_that_are_none(parties, body):
    with parties.client("payer") as payer:
        answer = payer.post("/api/v1/wallet/send", content=body,
                            headers={"Content-Type": "application/json"})
        assert answer.status_code == 400 and list(answer.json()) == ["message"], answer.text


def test_a_name_of_the_directory_is_paid_too(system, parties):
    with system.client() as admin, parties.client("payer") as payer:
        receiver = parties.wallets["receiver"]
        agent = admin.get(f"/v1/wallets/{receiver}").json()["agent_id"]
        phone = "4915" + str(uuid.uuid4().int)[:9]
        bitcoin = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
        for kind, value in [("phone", phone), ("bitcoin", bitcoin)]:
            made = admin.post(f"/v1/wallets/{receiver}/destinations",
                              json={"type": kind, "value": value})
            assert made.status_code == 200, made.text
        for destination in [agent, receiver, "+" + phone, bitcoin]:
            answer = send(payer, destination, 10)
            assert answer.status_code == 200, answer.text
    assert parties.balance("receiver") == Decimal("0.0000004")


def test_every_dialect_pays_an_invoice(system, parties):
    with parties.client("payer") as payer, parties.client("receiver") as receiver:
        text = invoice(receiver, 1500)
        paid = payer.post("/v1/payments", json={
            "walletId": parties.wallets["payer"], "to": text, "amount": "0.000015",
            "currency": "BTC"})
        assert paid.status_code == 200 and paid.json()["status"] == "confirmed", paid.text
        again = payer.post("/v1/payments", json={
            "walletId": parties.wallets["payer"], "to": text, "amount": "0.000015",
            "currency": "BTC"})
        assert again.status_code == 409 and again.json()["error"]["code"] == "conflict", again.text
        dollars = payer.post("/v1/payments", json={
            "walletId": parties.wallets["payer"], "to": invoice(receiver), "amount": "1.00",
            "currency": "USDC"})
        assert dollars.status_code == 422 and dollars.json()["error"]["code"] == "no_rail"
        far = payer.post("/v1/payments", json={
            "walletId": parties.wallets["payer"], "to": foreign(), "amount": "0.00001",
            "currency": "BTC"})
        assert far.status_code == 422 and far.json()["error"]["code"] == "no_rail"
        much = payer.post("/v1/payments", json={
            "walletId": parties.wallets["payer"], "to": invoice(receiver, 10), "amount": "0.00001",
            "currency": "BTC"})
        assert much.status_code == 400
        assert much.json()["error"]["errors"][0]["field"] == "amount"
        typo = payer.post("/v1/payments", json={
            "walletId": parties.wallets["payer"], "to": mistyped(text), "amount": "0.00001",
            "currency": "BTC"})
        assert typo.status_code == 400
        assert typo.json()["error"]["errors"][0]["field"] == "to"
    assert parties.balance("receiver") == Decimal("0.000015")


def test_lightning_pay_takes_lightning_alone(parties):
    with parties.client("payer") as payer, parties.client("receiver") as receiver:
        text = invoice(receiver, 5)
        paid = payer.post("/api/v1/lightning/pay", json={"destination": text})
        assert (paid.status_code, paid.json()) == (200, {
            "message": "Payment sent successfully",
            "payment_hash": bolt11.decode(text).payment_hash,
        })
        address = post(receiver, "/api/v1/wallet/addresses/next")["address"]
        answer = payer.post("/api/v1/lightning/pay",
                            json={"destination": address, "amount_sat": 5})
        assert answer.status_code == 400


def test_an_idempotency_key_pays_once(parties):
    with parties.client("payer") as payer, parties.client("receiver") as receiver:
        address = post(receiver, "/api/v1/wallet/addresses/next")["address"]
        key = {"Idempotency-Key": uuid.uuid4().hex}
        answers = [send(payer, address, 9, headers=key) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200] * 3
        assert answers[1].headers["Idempotent-Replayed"] == "true"
        assert satoshis(receiver) == 9
        assert send(payer, address, 10, headers=key).status_code == 400


def test_a_policy_says_no_in_a_message(system):
    parties = Parties(system, money="0.1", asset="BTC", limits={"BTC": {"maxPerTx": "0.00001"}})
    with parties.client("payer") as payer, parties.client("receiver") as receiver:
        address = post(receiver, "/api/v1/wallet/addresses/next")["address"]
        answer = send(payer, address, 1001)
        assert (answer.status_code, answer.json()) == (400, {
            "message": "blocked by policy: max_per_tx (limit 0.00001, attempted 0.00001001)"})
        assert send(payer, address, 1000).status_code == 200


def test_an_invoice_and_an_address_are_no_way_around_a_rule(system):
    receiver = Parties(system, money="0.1", asset="BTC")
    parties = Parties(system, money="0.1", asset="BTC",
                      blockedRecipients=[receiver.wallets["receiver"]])
    with parties.client("payer") as payer, receiver.client("receiver") as blocked:
        address = post(blocked, "/api/v1/wallet/addresses/next")["address"]
        for destination in [invoice(blocked, 10), address]:
            answer = send(payer, destination, 10)
            assert answer.status_code == 400, answer.text
            assert answer.json()["message"].startswith("blocked by policy: blocked_recipients")
    assert receiver.balance("receiver") == 0


def test_an_escrow_is_for_no_invoice(parties):
    with parties.client("payer") as payer, parties.client("receiver") as receiver:
        text = invoice(receiver, 1000)
        answer = payer.post("/v1/payments/a2a", json={
            "fromWallet": parties.wallets["payer"], "toWallet": text, "amount": "0.00001",
            "currency": "BTC", "taskDescription": "x"})
        assert answer.status_code == 422 and answer.json()["error"]["code"] == "no_rail"
        assert send(payer, text).status_code == 200


def test_the_history_has_both_sides(parties):
    with parties.client("payer") as payer, parties.client("receiver") as receiver:
        text = invoice(receiver, 300)
        send(payer, text)
        send(payer, text)
        rows = payer.get("/api/v1/wallet/history").json()
        assert [row["status"] for row in rows] == ["failed", "successful"]
        assert rows[1]["effective_balance_sat"] == -300
        assert rows[1]["sent_to"] == [
            {"destination": {"type": "invoice", "value": text}, "amount_sat": 300}]
        assert rows[0]["id"] > rows[1]["id"]
        got = receiver.get("/api/v1/wallet/history").json()
        assert len(got) == 1 and got[0]["effective_balance_sat"] == 300
        assert got[0]["received_on"] and not got[0]["sent_to"]


def test_another_librarys_invoices_are_read_field_by_field():
    text = foreign(satoshis=123_456)
    read = bolt11.decode(text)
    result = subprocess.run([programs() / "purse", "decode", text, "--json"],
                            capture_output=True, text=True)
    ours = json.loads(result.stdout)
    assert result.returncode == 0 and ours["valid"] is True
    assert ours["payment_hash"] == read.payment_hash and ours["payee"] == read.payee
    assert ours["payment_secret"] == read.payment_secret
    assert ours["amount_msat"] == read.amount_msat and ours["description"] == read.description
    assert ours["network"] == "bitcoin" and ours["features"] == [8, 14]
    bad = subprocess.run([programs() / "purse", "decode", mistyped(text), "--json"],
                         capture_output=True, text=True)
    assert bad.returncode == 1 and json.loads(bad.stdout)["valid"] is False


def test_what_was_issued_survives_a_restart_and_verifies():
    system = System()
    try:
        system.start()
        parties = Parties(system, money="0.1", asset="BTC")
        with parties.client("receiver") as receiver:
            text = invoice(receiver, 10)
            address = post(receiver, "/api/v1/wallet/addresses/next")["address"]
        system.purse("down")
        system.start()
        with parties.client("payer") as payer:
            assert send(payer, text).status_code == 200
            assert send(payer, address, 11).status_code == 200
        assert "No damage" in system.purse("verify").stdout
    finally:
        system.stop()


def offer(**fields: bytes) -> str:
    """A BOLT 12 offer of its fields' bytes, without checking that they make sense."""
    types = {"chains": 2, "currency": 6, "amount": 8, "description": 10, "expiry": 14, "issuer": 22}
    fields.setdefault("issuer", bytes.fromhex("02" + "79be667ef9dcbbac55a06295ce870b07029bfcdb"
                                              "2dce28d959f2815b16f81798"))
    stream = b"".join(bytes([types[name], len(value)]) + value
                      for name, value in sorted(fields.items(), key=lambda item: types[item[0]]))
    return "lno1" + "".join(bech32.CHARSET[value] for value in bech32.convertbits(stream, 8, 5))


@pytest.mark.parametrize("fields, status", [
    ({"amount": (1_000_000).to_bytes(3), "description": b"coffee"}, 400),
    ({"amount": b"\x05", "currency": b"USD", "description": b"coffee"}, 500),
    ({"expiry": (1_577_836_800).to_bytes(4)}, 400),
    ({"chains": bytes.fromhex("43497fd7f826957108f4a30fd9cec3aeba79972084e90ead01ea330900000000")},
     500),
    ({}, 200),
])
def test_r10_f18_an_offer_of_ours_asks_for_what_it_asks_for(system, parties, fields, status):
    text = offer(**fields)
    with system.client() as admin, parties.client("payer") as payer:
        path = f"/v1/wallets/{parties.wallets['receiver']}/destinations"
        entry = post(admin, path, {"type": "bolt12_offer", "value": text})
        answer = send(payer, text, 1)
        assert answer.status_code == status, answer.text
        assert satoshis(payer) == 10_000_000 - (1 if status == 200 else 0)
        admin.delete(f"{path}/{entry['destination_id']}")
