"""What docker-compose.yml promises about the containers, and that its settings exist."""

import subprocess

import pytest
import yaml

from conftest import ROOT, programs

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = ["gateway", "policy", "settlement", "escrow", "notifier"]


@pytest.mark.parametrize("name", SERVICES + ["keygen"])
def test_a_container_can_do_little(name):
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["init"] is True
    assert not service.get("privileged", False)
    assert service["pids_limit"] and service["mem_limit"]


@pytest.mark.parametrize("name", SERVICES)
def test_every_setting_of_a_container_exists(name):
    table = subprocess.run(
        [programs() / "purse", "help", "settings"], capture_output=True, text=True, check=True)
    known = {line.split()[0] for line in table.stdout.splitlines() if line.startswith("PURSE_")}
    assert set(COMPOSE["services"][name]["environment"]) <= known


@pytest.mark.parametrize("name", SERVICES)
def test_the_bus_is_encrypted_and_internal(name):
    service = COMPOSE["services"][name]
    assert service["environment"]["PURSE_BUS_KEYS"] == "/keys"
    assert f"keys-{name}:/keys:ro" in service["volumes"]
    assert COMPOSE["networks"]["bus"]["internal"] is True
    assert ("ports" in service) == (name == "gateway")


@pytest.mark.parametrize("name", SERVICES)
def test_a_secret_is_in_the_volume_of_its_service_alone(name):
    mounted = [volume.split(":")[0] for volume in COMPOSE["services"][name]["volumes"]]
    others = {f"keys-{other}" for other in SERVICES if other != name}
    assert not others & set(mounted)
    # What opens the master key is of those who derive from it.
    assert ("keys" in mounted) == (name in ["settlement", "escrow"])


def test_keygen_writes_each_secret_where_its_service_reads(tmp_path):
    command = COMPOSE["services"]["keygen"]["command"]
    words = [word.replace("/keys", f"{tmp_path}/keys").replace("/vault", f"{tmp_path}/vault")
             .replace("/unlock", f"{tmp_path}/unlock") for word in command[1:]]
    for folder in ["vault", "unlock"]:
        (tmp_path / folder).mkdir(mode=0o700)
    subprocess.run([programs() / "purse", *words], check=True, capture_output=True)
    for name in SERVICES:
        files = {path.name for path in (tmp_path / "keys" / name).iterdir()}
        assert files == {f"{other}.public" for other in SERVICES} | {f"{name}.secret"}
    before = (tmp_path / "keys/policy/policy.secret").read_text()
    subprocess.run([programs() / "purse", *words], check=True, capture_output=True)
    assert (tmp_path / "keys/policy/policy.secret").read_text() == before


def test_only_the_gateway_waits_for_the_others():
    conditions = {
        other: rule["condition"] for other, rule in
        COMPOSE["services"]["gateway"]["depends_on"].items()}
    assert conditions == {name: "service_healthy" for name in SERVICES if name != "gateway"}


def test_the_master_key_is_of_those_who_derive_from_it():
    for name in SERVICES:
        mounted = any(v.startswith("vault:") for v in COMPOSE["services"][name]["volumes"])
        assert mounted == (name in ["settlement", "escrow"])
        assert mounted == ("PURSE_MASTER_KEY_FILE" in COMPOSE["services"][name]["environment"])


def test_only_those_reach_out_who_have_somebody_outside_to_reach():
    # house 7: the rail of the runbook could not work.
    outside = {name for name in SERVICES if "out" in COMPOSE["services"][name].get("networks", [])}
    assert outside == {"settlement", "notifier"}
    assert COMPOSE["services"]["gateway"]["networks"] == ["bus", "edge"]
