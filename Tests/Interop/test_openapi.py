"""A schema-driven fuzzer holds the gateway against its own /openapi.json, all checks on."""

import os
import pathlib
import subprocess
import sys

import pytest

from conftest import started

# The same requests on every run; another seed and more examples look further: FUZZ_EXAMPLES=200.
# Beside them every bound and every kind of fault of a schema is tried, however few they are.
SEED = int(os.environ.get("FUZZ_SEED", "20261121"))
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "8"))


@pytest.fixture(scope="module")
def system():
    """An installation that bears the many wrong keys of a fuzzer."""
    yield from started({"PURSE_LIMIT_FAILED_LOGINS": "0"})


def fuzz(system, key: str, *filters: str, examples: int = EXAMPLES) -> None:
    """Runs the fuzzer on some operations; it must find nothing."""
    result = subprocess.run(
        [
            pathlib.Path(sys.executable).parent / "schemathesis",
            "--config-file", pathlib.Path(__file__).parent / "schemathesis.toml",
            "run", system.access["url"] + "/openapi.json",
            "--header", f"Authorization: Bearer {key}",
            "--checks", "all",
            "--max-examples", str(examples),
            "--seed", str(SEED),
            "--workers", "1",
            "--request-timeout", "10",
            "--no-color",
            *filters,
        ],
        capture_output=True,
        text=True,
        timeout=900,
        cwd=system.state,
    )
    print(f"seed {SEED}")
    print(result.stdout[-20000:])
    print(result.stderr[-2000:])
    assert result.returncode == 0
    assert system.is_ready("gateway")


def organisation(system) -> str:
    """A new organisation's administrator's key, which a run may lose."""
    with system.client(key=system.access["root_key"]) as root:
        return root.post("/v1/organisations", json={"name": "Fuzzed"}).json()["admin_key"]


MIXIN = "^/(payments$|codes|transfers|transactions|assets|users|me$)"


def test_the_operations_of_an_organisation_do_what_their_description_says(system):
    # The fuzzer would find its own key in the list and revoke it.
    fuzz(system, organisation(system), "--exclude-operation-id", "revokeKey",
         "--exclude-operation-id", "createOrganisation",
         "--exclude-operation-id", "listOrganisations",
         "--exclude-path-regex", MIXIN)


def test_the_operations_of_mixin_do_what_their_description_says(system):
    # A request without a key or with another method is answered with 202 and a code inside.
    with system.client() as admin:
        wallet = admin.post("/v1/wallets", json={
            "agentId": "fuzzed", "label": "Fuzzed", "policyId": "pol_open"}).json()["wallet_id"]
        made = admin.post("/v1/api-keys", json={"class": "agent", "walletId": wallet}).json()
    fuzz(system, made["key"], "--include-path-regex", MIXIN, "--exclude-checks",
         "ignored_auth,missing_required_header,unsupported_method")


def test_the_operations_about_keys_do_what_their_description_says(system):
    fuzz(system, organisation(system), "--include-path-regex", "^/v1/api-keys")


def test_the_operations_of_the_platform_do_what_their_description_says(system):
    fuzz(system, system.access["root_key"], "--include-path-regex", "^/v1/organisations")


def test_the_operations_are_refused_without_a_right(system):
    with system.client() as client:
        made = client.post("/v1/api-keys", json={"class": "auditor"}).json()
    # Nearly all of it is refused at the headers, whatever the body is; GatewayTests try each route
    # with each class.
    fuzz(system, made["key"], "--exclude-path-regex", "^/v1/organisations|" + MIXIN,
         examples=max(1, EXAMPLES // 4))


def test_nothing_is_damaged_after_all_that(system):
    report = system.audit()
    assert report["clean"], report
