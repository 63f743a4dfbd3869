"""A state folder that an older build has made is continued by this one."""

import json
import pathlib
import sys
import tarfile
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "Interop"))

from conftest import System  # noqa: E402
from killer import await_drained  # noqa: E402
from parties import post  # noqa: E402

STATES = sorted((pathlib.Path(__file__).resolve().parent / "states").glob("*.tar.gz"))


class Continued(System):
    """An installation in an unpacked state folder."""

    def __init__(self, archive: pathlib.Path):
        super().__init__()
        with tarfile.open(archive) as files:
            files.extractall(self.state, filter="data")
        self.expected = json.loads((self.state / "expected.json").read_text())
        clock = self.state / "clock"
        clock.write_text(str(int((self.expected["ended_at"] + 60 - time.time()) * 1000)))
        self.environment.update({"PURSE_ENVIRONMENT": "test", "PURSE_TEST_CLOCK": str(clock)})

    def balance(self, wallet: str, asset: str) -> str:
        with self.client() as admin:
            return admin.get(f"/v1/wallets/{wallet}").json()["balances"].get(asset, "0.00")


@pytest.fixture(scope="module", params=STATES, ids=lambda path: path.name.split(".")[0])
def old(request):
    system = Continued(request.param)
    try:
        assert system.purse("verify", "--json", check=False).returncode in (0, 6)
        system.start()
        yield system
    finally:
        system.stop()


@pytest.mark.parametrize("archive", STATES, ids=lambda path: path.name.split(".")[0])
def test_its_keys_balances_and_books_are_as_they_were(archive):
    system = Continued(archive)
    try:
        system.start()
        expected = system.expected
        assert system.access["admin_key"] == expected["access"]["admin_key"]
        with system.client() as admin:
            assert admin.get("/v1/reserve").json()["balances"] == expected["reserve"]
            for wallet, balances in expected["balances"].items():
                assert admin.get(f"/v1/wallets/{wallet}").json()["balances"] == balances
        await_drained(system)
        assert system.audit()["clean"]
    finally:
        system.stop()


def test_what_was_paid_or_denied_is_not_paid_again(old):
    payer, before = old.expected["payer"], None
    with old.client(key=payer["key"]) as client:
        before = client.get(f"/v1/wallets/{payer['wallet']}").json()["balances"]
        for key, amount, status in [("first", "7.00", 200), ("denied", "99.00", 402)]:
            answer = client.post("/v1/payments", json={
                "walletId": payer["wallet"], "to": payer["to"], "amount": amount,
                "currency": "USDC", "idempotencyKey": key})
            assert answer.status_code == status, answer.text
            if status == 200:
                assert answer.json()["tx_id"] == payer["paid"]["tx_id"]
        assert client.get(f"/v1/wallets/{payer['wallet']}").json()["balances"] == before


def test_a_batch_and_a_payment_of_agents_are_known_by_their_keys(old):
    agents = old.expected["agents"]
    with old.client() as admin:
        again = admin.post("/api/payments/send-batch", json=agents["batch"],
                           headers={"Idempotency-Key": "batch-1"})
        assert again.status_code == 202 and again.json() == agents["answer"], again.text
        single = admin.post("/api/payments/send", json=agents["single"],
                            headers={"Idempotency-Key": "single-1"})
        assert single.status_code == 202 and single.json() == agents["single_answer"]
        more = {**agents["batch"], "payments": agents["batch"]["payments"][:1]}
        other = admin.post("/api/payments/send-batch", json=more,
                           headers={"Idempotency-Key": "batch-1"})
        assert other.status_code == 409, other.text
        assert admin.get("/api/agents/alice/balance").json()["balance"] == 1_000_000_000 - 211


def test_escrows_end_by_the_proofs_that_they_name(old):
    """Also escrows of before: an attester's word is not replaced by any hash (F2)."""
    escrows = old.expected["escrows"]
    path = "/v1/payments/a2a/"
    anything = {"proofType": "output_hash", "proof": "sha256:" + "0" * 64}
    with old.client(key=escrows["receiver_key"]) as receiver:
        refused = receiver.post(path + escrows["attested"] + "/complete", json=anything)
        assert refused.status_code == 422, refused.text
        proved = receiver.post(path + escrows["hashed"] + "/complete", json={
            "proofType": "output_hash", "proof": "sha256:" + "a" * 64})
        assert proved.status_code == 200 and proved.json()["status"] == "released", proved.text
    with old.client(key=escrows["payer_key"]) as payer:
        accepted = payer.post(path + escrows["plain"] + "/accept")
        assert accepted.status_code in (200, 409), accepted.text


def test_lists_of_before_block_what_they_name(old):
    """Entries were kept as they were written (F8, F16)."""
    payer = old.expected["payer"]
    with old.client(key=payer["key"]) as client:
        for to in ["27821239876", "+27821239876", "xn--bcher-kva.example", "bücher.example",
                   old.expected["blocked"]]:
            answer = client.post("/v1/payments", json={
                "walletId": payer["wallet"], "to": to, "amount": "1.00", "currency": "USDC"})
            assert answer.status_code == 402, f"{to}: {answer.text}"
            rules = {each["rule"] for each in answer.json()["error"]["violations"]}
            assert rules == {"blocked_recipients", "blocked_categories"}, rules


def test_what_waited_for_a_person_still_does(old):
    approvals = old.expected["approvals"]
    with old.client(key=old.expected["key_operator"]) as operator:
        yes, no = approvals["ids"]
        assert post(operator, f"/v1/approvals/{yes}/approve")["status"] == "approved"
        assert post(operator, f"/v1/approvals/{no}/deny")["status"] == "denied"
    await_drained(old)
    assert old.balance(approvals["payer"], "USDC") == "45.00"


def test_a_group_s_release_goes_on_where_it_was(old):
    groups = old.expected["groups"]
    with old.client(key=groups["mona"]) as mona:
        # Whose wallet had signed was not kept then: the signature is given once more.
        post(mona, f"/v1/groups/{groups['group']}/releases/{groups['release']}/sign")
    with old.client(key=groups["nils"]) as nils:
        signed = nils.post(f"/v1/groups/{groups['group']}/releases/{groups['release']}/sign")
        assert signed.status_code == 200 and signed.json()["status"] == "released", signed.text


def test_an_open_batch_waits_for_its_phone_numbers(old):
    batches = old.expected["batches"]
    with old.client() as admin:
        batch = admin.get(f"/batches/{batches['open']}").json()
        assert batch["statusCode"] == "OPEN", batch
        assert post(admin, "/batches", {"name": "again", "externalId": "x-1"})["statusCode"] == "DRAFT"


def test_a_neighbour_can_deposit_and_the_books_stay_whole(old):
    with old.client(key=old.expected["neighbour"]) as neighbour:
        post(neighbour, "/v1/reserve/deposits",
             {"amount": "1.00", "currency": "USDC", "reference": "later"})
        assert neighbour.get("/v1/reserve").json()["balances"]["USDC"] == "501.00"
    await_drained(old)
    assert old.audit()["clean"]
