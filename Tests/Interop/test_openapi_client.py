"""A code generator takes `/openapi.json` without a warning, and the client that it makes works."""

import importlib
import json
import os
import pathlib
import subprocess
import sys
import uuid

import httpx
import pytest


@pytest.fixture(scope="module")
def document(system) -> dict:
    return httpx.get(system.access["url"] + "/openapi.json").json()


@pytest.fixture(scope="module")
def made(document, tmp_path_factory):
    """The generated package."""
    folder = tmp_path_factory.mktemp("generated")
    (folder / "openapi.json").write_text(json.dumps(document))
    tools = str(pathlib.Path(sys.executable).parent)
    result = subprocess.run(
        [sys.executable, "-m", "openapi_python_client", "generate", "--path", "openapi.json",
         "--output-path", "purse_client", "--meta", "none", "--fail-on-warning"],
        cwd=folder, capture_output=True, text=True, timeout=300,
        env={**os.environ, "PATH": tools + os.pathsep + os.environ["PATH"]})
    assert result.returncode == 0, result.stdout + result.stderr
    assert "WARNING" not in result.stdout + result.stderr, result.stdout + result.stderr
    sys.path.insert(0, str(folder))
    yield importlib.import_module("purse_client")
    sys.path.remove(str(folder))


def schemas(value, path=""):
    """Every object of the document that may be a schema, with its place."""
    if isinstance(value, dict):
        yield path, value
        for key, inner in value.items():
            yield from schemas(inner, f"{path}/{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from schemas(inner, f"{path}/{index}")


def test_every_array_says_what_is_in_it(document):
    bare = [path for path, one in schemas(document)
            if one.get("type") == "array" and "items" not in one]
    assert bare == []


def test_every_property_is_described(document):
    bare = {f"{path}/{name}" for path, one in schemas(document)
            if isinstance(one.get("properties"), dict) and not path.endswith("/properties")
            for name, schema in one["properties"].items() if not schema.get("description")}
    assert bare == set()


def test_every_operation_has_a_name_of_its_own(document):
    names = [operation["operationId"] for path in document["paths"].values()
             for operation in path.values()]
    assert len(names) == len(set(names)) > 150


def call(made, name: str, client, **arguments):
    """Calls an operation of the generated client, and returns what it read."""
    module = importlib.import_module(f"purse_client.api.default.{name}")
    return module.sync_detailed(client=client, **arguments)


def body(name: str, fields: dict):
    """A body, as the generated client reads it."""
    models = importlib.import_module("purse_client.models")
    return getattr(models, name).from_dict(fields)


def test_the_generated_client_does_a_days_work(system, made):
    client = made.AuthenticatedClient(
        base_url=system.access["url"], token=system.access["admin_key"],
        raise_on_unexpected_status=True)
    policy = call(made, "create_policy", client, body=body("CreatePolicyBody", {
        "name": "Small", "maxPerTx": "5.00", "maxPerDay": "9.00"})).parsed
    wallets = []
    for label in ["Ada", "Bob"]:
        wallets.append(call(made, "create_wallet", client, body=body("CreateWalletBody", {
            "agentId": uuid.uuid4().hex, "label": label, "policyId": policy.policy_id})).parsed)
    ada, bob = wallets
    for asset in ["USDC", "DZAR"]:
        reserve = call(made, "deposit_reserve", client, body=body("DepositReserveBody", {
            "amount": "100", "currency": asset, "reference": uuid.uuid4().hex})).parsed
        assert reserve.amount == "100.00"
    call(made, "fund_wallet", client, wallet_id=ada.wallet_id, body=body("FundWalletBody", {
        "amount": "50", "currency": "USDC"}))

    def pay(amount: str):
        return call(made, "create_payment", client, body=body("CreatePaymentBody", {
            "walletId": ada.wallet_id, "to": bob.wallet_id, "amount": amount,
            "currency": "USDC"}))

    payments = [pay("0.000001").parsed for _ in range(3)]
    assert {str(one.status) for one in payments} == {"confirmed"}
    denied = pay("5.01")
    assert denied.status_code == 402
    assert denied.parsed.error.code == "policy_violation"

    found, cursor = [], {}
    while True:
        page = call(made, "list_payments", client, limit=2, **cursor).parsed
        found += [one.tx_id for one in page.data]
        if not page.has_more:
            break
        cursor = {"cursor": page.next_cursor}
    assert {one.tx_id for one in payments} <= set(found) and len(found) == len(set(found))

    budget = call(made, "get_budget", client, wallet_id=ada.wallet_id).parsed
    assert {window.limit for window in budget.windows} == {"9.00"}
    escrow = call(made, "create_escrow", client, body=body("CreateEscrowBody", {
        "fromWallet": ada.wallet_id, "toWallet": bob.wallet_id, "amount": "2.00",
        "currency": "USDC", "taskDescription": "Summarise"})).parsed
    assert escrow.status == "locked"
    batch = call(made, "create_batch", client, body=body("CreateBatchBody", {
        "name": "Wages"})).parsed
    call(made, "add_batch_payments", client, batch_id=uuid.UUID(batch.id),
         body=body("AddBatchPaymentsBody", {
             "clearExisting": False,
             "payments": [{"msisdn": "27821234567", "amount": 10.5}]}))
    sent = call(made, "submit_batch", client, batch_id=uuid.UUID(batch.id))
    assert sent.status_code == 200
