"""What docker-compose.yml promises about the containers, and that its settings exist."""

import re
import subprocess

import pytest
import yaml

from conftest import ROOT, programs

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = ["gateway", "policy", "settlement", "escrow", "notifier"]
TOOLS = ["status", "verify", "backup", "restore", "unlock", "init"]


@pytest.mark.parametrize("name", SERVICES + ["keygen"] + TOOLS)
def test_a_container_can_do_little(name):
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["init"] is True
    assert not service.get("privileged", False)
    assert service["pids_limit"] and service["mem_limit"]


@pytest.mark.parametrize("name", SERVICES + ["keygen"] + TOOLS)
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


def test_keygen_makes_no_master_key_where_there_is_a_ledger(tmp_path):
    """containers D2: restored without its vault, the platform went on with a new key."""
    ledger = tmp_path / "settlement.sqlite"
    ledger.touch()
    words = ["keygen", tmp_path / "keys", "--each", "--master-key", tmp_path / "master.key",
             "--unlock", tmp_path / "master.unlock", "--ledger", ledger]
    result = subprocess.run([programs() / "purse", *words], capture_output=True, text=True)
    assert result.returncode == 5 and "master key is missing" in result.stderr
    assert {path.name for path in tmp_path.iterdir()} <= {"settlement.sqlite", "keys"}
    command, volumes = [COMPOSE["services"]["keygen"][part] for part in ["command", "volumes"]]
    assert command[command.index("--ledger") + 1] == "/states/settlement/data/settlement.sqlite"
    assert "settlement:/states/settlement" in volumes


@pytest.mark.parametrize("name", ["keygen"] + TOOLS)
def test_a_tool_is_reached_by_nobody_and_leaves_no_volume(name):
    """containers D5 and D11."""
    tool = COMPOSE["services"][name]
    assert tool.get("network_mode") == "none" or name == "status" and tool["networks"] == ["bus"]
    assert any(each.startswith("/state:") for each in tool["tmpfs"])
    assert (tool.get("profiles") == ["tools"]) == (name in TOOLS)
    assert "ports" not in tool and not any("keys-" in each for each in tool["volumes"]
                                           if name != "keygen")
    # What opens the master key is seen by those who make it or put it there.
    opens = any(each.startswith("keys:") for each in tool["volumes"])
    assert opens == (name in ["keygen", "restore", "unlock", "init"])


def test_the_image_is_told_its_commit():
    """`purse --version` said "unknown commit" wherever it was built."""
    args = COMPOSE["services"]["gateway"]["build"]["args"]
    assert args == {"PURSESTRINGS_COMMIT": "${PURSESTRINGS_COMMIT:-}"}
    assert "ARG PURSESTRINGS_COMMIT" in (ROOT / "deploy" / "Dockerfile").read_text()
    assert "export PURSESTRINGS_COMMIT" in (ROOT / "deploy" / "up.sh").read_text()


def test_metrics_are_on_the_bus_and_on_no_public_port():
    """containers D7."""
    for name in SERVICES:
        service = COMPOSE["services"][name]
        assert service["environment"]["PURSE_OPS_ADDRESS"] == "0.0.0.0:9100"
        assert not any("9100" in each for each in service.get("ports", []))


def test_the_master_key_is_made_in_no_services_own_place(tmp_path):
    """containers D1: `exec gateway purse init` showed the words of a key that was nobody's."""
    gateway = {name: str(value) for name, value in
               COMPOSE["services"]["gateway"]["environment"].items()}
    result = subprocess.run([programs() / "purse", "init", "--state", tmp_path / "state"],
                            capture_output=True, text=True, env=gateway)
    assert result.returncode == 5 and "run --rm init" in result.stderr and not result.stdout
    assert not list(tmp_path.iterdir())


def test_no_command_of_the_runbook_is_broken_inside_its_quotes():
    """containers D1: a line break inside quotes is another command when it is pasted."""
    text = (ROOT / "deploy" / "runbook.md").read_text()
    for command in re.findall(r"`((?:docker|purse)\b[^`]*)`", text):
        assert "\n" not in command, command


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
