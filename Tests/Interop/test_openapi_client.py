"""A code generator takes `/openapi.json` without a warning, and the client that it makes works."""

import importlib
import json
import os
import pathlib
import subprocess
import sys
import uuid

import httpx
import jsonschema_rs
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


def resolved(document, operation):
    """Every example of an operation with its schema, and where it stands."""
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"body {kind}", content
    for status, answer in operation["responses"].items():
        for kind, content in answer.get("content", {}).items():
            yield f"{status} {kind}", content


def operations(document):
    return [(f"{method} {path}", one) for path, methods in document["paths"].items()
            for method, one in methods.items()]


def test_every_operation_has_a_tag_that_is_explained_and_a_description(document):
    tags = {tag["name"] for tag in document["tags"] if tag["description"]}
    for name, operation in operations(document):
        assert set(operation["tags"]) <= tags and len(operation["tags"]) == 1, name
        assert len(operation["description"]) > len(operation["summary"]), name
    assert {one["tags"][0] for _, one in operations(document)} == tags, "each tag has operations"


def test_every_example_is_one_of_its_schema(document):
    wrong, count = [], 0
    for name, operation in operations(document):
        for place, content in resolved(document, operation):
            schema = {**content["schema"], "components": document["components"]}
            validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
            assert "example" in content, (name, place)
            count += 1
            wrong += [(name, place, error.message) for error in
                      validator.iter_errors(content["example"])]
    assert wrong == [] and count > 1000, wrong


def test_a_key_is_a_header_of_what_changes_something(document):
    for name, operation in operations(document):
        headers = [one for one in operation.get("parameters", []) if one["in"] == "header"]
        if name.startswith("get "):
            assert headers == [], name
    for name in ["createPayment", "createWallet", "approve", "createEscrow", "submitBatch"]:
        [found] = [one for _, one in operations(document) if one["operationId"] == name]
        assert "Idempotency-Key" in [one["name"] for one in found["parameters"]]


def test_what_the_examples_ask_for_is_taken(document, system):
    """Those that need nothing that they do not name."""
    bodies = {one["operationId"]: (name.split(" "), one["requestBody"]["content"]
              ["application/json"]["example"]) for name, one in operations(document)
              if "requestBody" in one}
    with system.client(key=system.access["root_key"]) as root:
        made = root.post("/v1/organisations", json=bodies["createOrganisation"][1])
    with system.client(key=made.json()["admin_key"]) as admin:
        for name in ["createPolicy", "createWallet", "depositReserve", "createKey",
                     "createWebhook", "updateOrganisation", "createBatch"]:
            (method, path), body = bodies[name]
            answer = admin.request(method.upper(), path, json=body)
            assert answer.status_code == 200, (name, answer.text)
            if name == "createWallet":
                wallet = answer.json()["wallet_id"]
        for name in ["fundWallet", "registerDestination", "updateWallet"]:
            (method, path), body = bodies[name]
            answer = admin.request(method.upper(), path.format(wallet_id=wallet), json=body)
            assert answer.status_code == 200, (name, answer.text)
        assert admin.post("/v1/policies/pol_standard/simulate",
                          json=bodies["simulatePolicy"][1]).status_code == 200


def test_the_page_shows_each_call_with_its_example(document, system):
    page = httpx.get(system.access["url"] + "/docs").text
    for _, operation in operations(document):
        assert f'<details id="{operation["operationId"]}">' in page
    assert "<script" not in page and "lowBalance" in page


def call(made, name: str, client, **arguments):
    """Calls an operation of the generated client, and returns what it read."""
    folder = pathlib.Path(made.__file__).parent / "api"
    [place] = folder.glob(f"*/{name}.py")
    module = importlib.import_module(f"purse_client.api.{place.parent.name}.{name}")
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
    refusal = denied.parsed.error
    assert refusal.code == "policy_violation" and refusal.violation.rule == "max_per_tx"
    assert [(str(one.rule), one.limit, one.attempted) for one in refusal.violations] == [
        ("max_per_tx", "5.00", "5.01")]
    assert refusal.wallet_id == ada.wallet_id and refusal.policy_id == policy.policy_id

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
    assert [(str(one.rule), one.limit) for one in budget.rules] == [
        ("currency", "USDC"), ("max_per_tx", "5.00"), ("max_per_day", "9.00")]
    assert budget.balances["USDC"] == "49.999997" and budget.policy.version == 1
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
