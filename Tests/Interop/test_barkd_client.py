"""The official client of today's barkd (`barkd-client` 0.8.0), unchanged: every call that it has
either works, or is refused in barkd's form with a sentence that says why."""

import datetime
import inspect
import threading

import barkd_client as barkd
import bolt11
import pytest
from barkd_client import models
from barkd_client.exceptions import ApiException

from conftest import System
from parties import Parties

APIS = [getattr(barkd, name) for name in dir(barkd)
        if name.endswith("Api") and inspect.isclass(getattr(barkd, name))]
VTXO = "00" * 32 + ":0"
BITCOIN = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
OFFBOARDS = "offboards are temporarily disabled"
NO_CHAIN = "No onchain wallet configured: "
NO_VTXOS = "No VTXOs to refresh: "
NO_EXIT = "there is nothing to exit: "

# What a wallet in the ledger cannot do: arguments, status, and how the sentence begins.
REFUSED = {
    "BitcoinApi.tip": ([], 500, NO_CHAIN),
    "BoardsApi.board_all": ([], 500, NO_CHAIN),
    "BoardsApi.board_amount": ([models.BoardRequest(amount_sat=1)], 500, NO_CHAIN),
    "ExitsApi.emergency_exit_fee": ([], 500, NO_EXIT),
    "ExitsApi.exit_cancel": ([VTXO], 404, "No exit found for VTXO"),
    "ExitsApi.exit_claim_all": ([models.ExitClaimAllRequest(destination=BITCOIN)], 500, NO_EXIT),
    "ExitsApi.exit_claim_vtxos": (
        [models.ExitClaimVtxosRequest(destination=BITCOIN, vtxos=[VTXO])], 500, NO_EXIT),
    "ExitsApi.exit_progress": ([models.ExitProgressRequest()], 500, NO_EXIT),
    "ExitsApi.exit_start_all": ([], 500, NO_EXIT),
    "ExitsApi.exit_start_vtxos": ([models.ExitStartRequest(vtxos=[VTXO])], 500, NO_EXIT),
    "ExitsApi.get_exit_status_by_vtxo_id": ([VTXO], 404, "VTXO not found"),
    "ExitsApi.get_exit_status_by_vtxo_id_deprecated": ([VTXO], 404, "VTXO not found"),
    "FeesApi.board_fee": ([1], 500, NO_CHAIN),
    "FeesApi.offboard_all_fee": ([BITCOIN], 500, OFFBOARDS),
    "FeesApi.offboard_fee": (
        [models.OffboardFeeEstimateRequest(address=BITCOIN, vtxos=[VTXO])], 500, OFFBOARDS),
    "FeesApi.onchain_fee_rates": ([], 500, NO_CHAIN),
    "FeesApi.send_onchain_fee": ([1, BITCOIN], 500, OFFBOARDS),
    "HistoryApi.update_metadata": ([1, {"note": "x"}], 500, "movements have no metadata"),
    "LightningApi.cancel_receive": (["11" * 32], 500, "an invoice is not cancelled here"),
    "MessageApi.sign_message": (
        [models.SignMessageRequest(address="ark1", message="x")], 500, "messages are not signed"),
    "MessageApi.verify_message": (
        [models.VerifyMessageRequest(address="ark1", message="x", signature="00")], 500,
        "messages are not signed"),
    "NotificationsApi.websocket_ticket": ([], 500, "there is no websocket here"),
    "OnchainApi.onchain_address": ([], 500, NO_CHAIN),
    "OnchainApi.onchain_balance": ([], 500, NO_CHAIN),
    "OnchainApi.onchain_drain": ([models.OnchainDrainRequest(destination=BITCOIN)], 500, NO_CHAIN),
    "OnchainApi.onchain_send": (
        [models.OnchainSendRequest(destination=BITCOIN, amount_sat=1)], 500, NO_CHAIN),
    "OnchainApi.onchain_send_many": (
        [models.OnchainSendManyRequest(destinations=[BITCOIN + ":1"])], 500, NO_CHAIN),
    "OnchainApi.onchain_sync": ([], 500, NO_CHAIN),
    "OnchainApi.onchain_transactions": ([], 500, NO_CHAIN),
    "OnchainApi.onchain_utxos": ([], 500, NO_CHAIN),
    "WalletApi.create_wallet": (
        [models.CreateWalletRequest(network="mainnet")], 400, "No wallet creation hook set: "),
    "WalletApi.get_vtxo": ([VTXO], 404, "VTXO not found"),
    "WalletApi.get_vtxo_encoded": ([VTXO], 404, "VTXO not found"),
    "WalletApi.import_vtxo": (
        [models.ImportVtxoRequest(vtxos=["00"])], 400, "VTXOs cannot be imported: "),
    "WalletApi.mnemonic": ([], 404, "Mnemonic endpoint is disabled: "),
    "WalletApi.next_round": ([], 404, "there are no rounds: "),
    "WalletApi.offboard_all": ([models.OffboardAllRequest()], 500, OFFBOARDS),
    "WalletApi.offboard_vtxos": ([models.OffboardVtxosRequest(vtxos=[VTXO])], 500, OFFBOARDS),
    "WalletApi.peek_address": ([0], 500, "addresses have no index here: "),
    "WalletApi.refresh_all": ([], 400, NO_VTXOS),
    "WalletApi.refresh_counterparty": ([], 404, NO_VTXOS),
    "WalletApi.refresh_delegated": ([models.DelegatedRefreshRequest(vtxos=[VTXO])], 400, NO_VTXOS),
    "WalletApi.refresh_vtxos": ([models.RefreshRequest(vtxos=[VTXO])], 400, NO_VTXOS),
    "WalletApi.send_onchain": (
        [models.SendOnchainRequest(destination=BITCOIN, amount_sat=1)], 500, OFFBOARDS),
    "WalletApi.wallet_delete": (
        [models.WalletDeleteRequest(dangerous=True, fingerprint="x")], 400,
        "No wallet deletion hook configured: "),
}

# What works; each has its test below.
WORKS = {
    "BoardsApi.get_pending_boards", "DefaultApi.ping", "ExitsApi.get_all_exit_status",
    "ExitsApi.get_all_exit_status_deprecated", "ExitsApi.get_finished_exits",
    "ExitsApi.get_live_exit_status", "FeesApi.lightning_receive_fee", "FeesApi.lightning_send_fee",
    "HistoryApi.list", "LightningApi.generate_invoice", "LightningApi.generate_invoice_for_address",
    "LightningApi.get_receive_status", "LightningApi.get_send_status",
    "LightningApi.list_receive_statuses", "LightningApi.pay", "NotificationsApi.wait_notification",
    "WalletApi.address", "WalletApi.ark_info", "WalletApi.balance", "WalletApi.bip321_uri",
    "WalletApi.connected", "WalletApi.history", "WalletApi.movements", "WalletApi.pending_rounds",
    "WalletApi.send", "WalletApi.sync", "WalletApi.sync_mailbox", "WalletApi.vtxos",
    "WalletApi.wallet_exists",
}


class Client:
    """The client's APIs under one key."""

    def __init__(self, url: str, key: str):
        connection = barkd.ApiClient(barkd.Configuration(host=url, access_token=key))
        self.apis = {api.__name__: api(connection) for api in APIS}
        self.wallet = self.apis["WalletApi"]
        self.lightning = self.apis["LightningApi"]
        self.fees = self.apis["FeesApi"]
        self.history = self.apis["HistoryApi"]
        self.notifications = self.apis["NotificationsApi"]

    def send(self, destination: str, amount: int | None = None):
        return self.wallet.send(models.SendRequest(destination=destination, amount_sat=amount))

    def invoice(self, amount: int) -> str:
        request = models.LightningInvoiceRequest(amount_sat=amount, description="tea")
        return self.lightning.generate_invoice(request).invoice


@pytest.fixture()
def parties(system):
    return Parties(system, money="0.1", asset="BTC")


@pytest.fixture()
def payer(system, parties):
    return Client(system.access["url"], parties.keys["payer"])


@pytest.fixture()
def receiver(system, parties):
    return Client(system.access["url"], parties.keys["receiver"])


def test_every_call_of_the_client_is_accounted_for():
    calls = {f"{api.__name__}.{name}" for api in APIS
             for name, _ in inspect.getmembers(api, inspect.isfunction)
             if not name.startswith("_")
             and not name.endswith(("_with_http_info", "_without_preload_content"))}
    assert calls == WORKS | REFUSED.keys()


@pytest.mark.parametrize("call", REFUSED)
def test_what_a_wallet_cannot_do_is_refused_in_a_sentence(payer, call):
    arguments, status, words = REFUSED[call]
    api, method = call.split(".")
    with pytest.raises(ApiException) as refused:
        getattr(payer.apis[api], method)(*arguments)
    assert refused.value.status == status
    assert words in refused.value.body
    # The client has read it as the error that it expects.
    if refused.value.data is not None and not isinstance(refused.value.data, str):
        assert refused.value.data.message.startswith(words)
    if status == 404:
        assert refused.value.data.resources == [a for a in arguments if a == VTXO]


def test_a_balance_has_every_field_and_only_money_that_is_there(payer):
    balance = payer.wallet.balance()
    assert balance.spendable_sat == 10_000_000
    rest = balance.to_dict()
    del rest["spendable_sat"]
    assert len(rest) == 8 and set(rest.values()) == {0}


def test_an_invoice_is_followed_from_both_sides(payer, receiver):
    text = receiver.invoice(2500)
    other = receiver.invoice(0)
    payment_hash = bolt11.decode(text).payment_hash
    waiting = receiver.lightning.list_receive_statuses()
    assert [one.invoice for one in waiting] == [text, other]
    before = receiver.lightning.get_receive_status(payment_hash)
    assert (before.state, before.amount_sat, before.settled_at) == ("awaiting-payment", 2500, None)
    assert before.htlc_vtxo_ids == [] and before.htlc_vtxos == []
    for identifier in [text, payment_hash]:
        unknown = payer.lightning.get_send_status(identifier)
        assert (unknown.state, unknown.payment_hash) == ("unknown", payment_hash)
    paid = payer.lightning.pay(models.LightningPayRequest(destination=text))
    assert (paid.message, paid.payment_hash) == ("Payment sent successfully", payment_hash)
    for identifier in [text, payment_hash]:
        sent = payer.lightning.get_send_status(identifier)
        assert (sent.state, sent.payment_hash, sent.invoice) == ("paid", payment_hash, text)
    # Whoever did not send it knows nothing of it.
    assert receiver.lightning.get_send_status(payment_hash).state == "unknown"
    after = receiver.lightning.get_receive_status(text)
    assert after.state == "settled" and after.settled_at and after.finished_at
    assert [one.invoice for one in receiver.lightning.list_receive_statuses()] == [other]
    assert payer.lightning.list_receive_statuses() == []


def test_what_is_not_there_is_not_found_with_the_clients_own_error(payer):
    with pytest.raises(ApiException) as refused:
        payer.lightning.get_receive_status("11" * 32)
    assert refused.value.status == 404
    assert refused.value.data.message == "There is no such invoice."
    assert refused.value.data.resources == ["11" * 32]
    for call in [payer.lightning.get_receive_status, payer.lightning.get_send_status]:
        with pytest.raises(ApiException) as refused:
            call("nonsense")
        assert refused.value.status == 400


def test_an_invoice_for_an_address_is_one_of_the_same_wallet(payer, receiver):
    address = receiver.wallet.address().address
    request = models.LightningInvoiceForAddressRequest(address=address, amount_sat=70)
    text = receiver.lightning.generate_invoice_for_address(request).invoice
    assert payer.send(text).message == "Payment sent successfully"
    assert receiver.wallet.balance().spendable_sat == 70
    with pytest.raises(ApiException) as refused:
        payer.lightning.generate_invoice_for_address(request)
    assert refused.value.status == 400
    assert refused.value.data.message.startswith("address is not one of this wallet")


def test_every_history_is_the_same_and_can_be_filtered(payer, receiver):
    address = receiver.wallet.address().address
    payer.send(address, 30)
    payer.send(receiver.invoice(40))
    movements = payer.history.list()
    assert [one.effective_balance_sat for one in movements] == [-40, -30]
    assert movements == payer.wallet.history() == payer.wallet.movements()
    assert all(one.metadata["tx_id"].startswith("tx_") for one in movements)
    assert payer.history.list(type="ark", value=address) == movements[1:]
    assert payer.history.list(type="invoice", value=address) == []
    with pytest.raises(ApiException) as refused:
        payer.history.list(type="ark")
    assert refused.value.data.message == "`type` and `value` must be supplied together"
    assert payer.wallet.sync_mailbox().checkpoint == 2


def test_a_payment_uri_offers_what_it_says(payer, receiver):
    request = models.Bip321UriRequest(amount_sat=1500, label="A & B")
    made = receiver.wallet.bip321_uri(request)
    assert made.bip321 == (f"bitcoin:?amount=0.000015&label=A%20%26%20B"
                           f"&lightning={made.bolt11}&ark={made.ark}")
    assert bolt11.decode(made.bolt11).amount_msat == 1_500_000
    payer.send(made.bolt11)
    payer.send(made.ark, 5)
    assert receiver.wallet.balance().spendable_sat == 1505
    capitals = receiver.wallet.bip321_uri(models.Bip321UriRequest(label="AB"), uppercase=True)
    assert capitals.bip321 == f"BITCOIN:?LABEL=AB&ARK={capitals.ark.upper()}"
    assert capitals.bolt11 is None and capitals.onchain is None
    for wrong, options in [({"label": "ab"}, {"uppercase": True}), ({"onchain": True}, {})]:
        with pytest.raises(ApiException):
            receiver.wallet.bip321_uri(models.Bip321UriRequest(**wrong), **options)


def test_what_no_wallet_has_is_an_empty_list(payer):
    assert payer.wallet.vtxos() == payer.wallet.vtxos(all=True) == []
    assert payer.wallet.pending_rounds() == []
    assert payer.apis["BoardsApi"].get_pending_boards() == []
    exits = payer.apis["ExitsApi"]
    assert exits.get_all_exit_status() == exits.get_live_exit_status(history=True) == []
    assert exits.get_finished_exits(transactions=True) == []
    assert exits.get_all_exit_status_deprecated_with_http_info().status_code == 200


def test_the_server_is_described_as_it_is(system, parties, payer):
    payer.apis["DefaultApi"].ping()
    payer.wallet.sync()
    assert payer.wallet.connected().connected is True
    assert payer.wallet.wallet_exists().fingerprint == parties.wallets["payer"]
    server = payer.wallet.ark_info()
    assert server.network == "bitcoin" and len(server.server_pubkey) == 66
    assert bolt11.decode(payer.invoice(1)).payee == server.server_pubkey
    assert server.fees.lightning_send.ppm_expiry_table == []


def test_a_fee_is_what_is_held_for_it(payer):
    # There is no rail: what can be paid is paid in the ledger, for nothing.
    for estimate in [payer.fees.lightning_send_fee, payer.fees.lightning_receive_fee]:
        fee = estimate(5000)
        assert (fee.fee_sat, fee.gross_amount_sat, fee.net_amount_sat) == (0, 5000, 5000)


def test_who_waits_is_told_what_happens(payer, receiver):
    start = datetime.datetime.now(datetime.timezone.utc)
    address = receiver.wallet.address().address
    answers = []

    def wait():
        answers.append(receiver.notifications.wait_notification(since=start))

    waiting = threading.Thread(target=wait)
    waiting.start()
    payer.send(address, 11)
    waiting.join(timeout=15)
    first = answers[0]
    one = first.notifications[0].actual_instance
    assert one.type == "movement-created"
    assert one.movement.effective_balance_sat == 11
    assert one.movement == receiver.history.list()[0]
    payer.send(address, 12)
    more = receiver.notifications.wait_notification(since=first.last_pushed_at)
    assert [n.actual_instance.movement.effective_balance_sat for n in more.notifications] == [12]
    everything = receiver.notifications.wait_notification()
    assert len(everything.notifications) == 2


def test_a_key_without_a_wallet_has_no_wallet_set(system):
    client = Client(system.access["url"], system.access["admin_key"])
    assert client.wallet.wallet_exists().fingerprint is None
    for call in [client.wallet.balance, client.wallet.vtxos, client.history.list,
                 client.notifications.wait_notification, client.lightning.list_receive_statuses]:
        with pytest.raises(ApiException) as refused:
            call()
        assert (refused.value.status, refused.value.data.message) == (500, "No wallet set")


def test_who_waits_too_often_is_told_so():
    system = System({"PURSE_LIMIT_KEY_STREAMS": "1"})
    try:
        system.start()
        key = Parties(system, money="0.1", asset="BTC").keys["payer"]
        client = Client(system.access["url"], key)
        since = datetime.datetime.now(datetime.timezone.utc)
        codes = []

        def wait():
            try:
                client.notifications.wait_notification(since=since)
                codes.append(200)
            except ApiException as refused:
                codes.append(refused.status)

        waiters = [threading.Thread(target=wait) for _ in range(2)]
        for waiter in waiters:
            waiter.start()
        for waiter in waiters:
            waiter.join(timeout=40)
        assert sorted(codes) == [200, 429]
    finally:
        system.stop()
