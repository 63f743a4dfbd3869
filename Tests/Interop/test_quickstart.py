"""The pages' examples, run as they are printed."""

import json
import os
import re
import subprocess

import pytest

from conftest import ROOT, System, programs
from standardwebhooks import Webhook

PAGE = ROOT / "Shared/Contracts/Contracts.docc/AgentQuickstart.md"


def program(page: str) -> str:
    """The pieces of Python of a page, as one program."""
    return "\n".join(re.findall(r"^```python\n(.*?)^```$", page, re.DOTALL | re.MULTILINE))


def test_the_agents_quickstart_runs_as_printed(system, monkeypatch):
    monkeypatch.setenv("PURSE_URL", system.access["url"])
    monkeypatch.setenv("PURSE_KEY", system.access["admin_key"])
    names: dict = {}
    exec(compile(program(PAGE.read_text()), str(PAGE), "exec"), names)
    assert names["done"]["status"] == "released"
    with pytest.raises(RuntimeError) as conflict:
        names["pay"](names["seller"]["agent_id"], "2.51", names["key"])
    assert "another payment" in str(conflict.value)
    with pytest.raises(RuntimeError) as malformed:
        names["pay"](names["seller"]["agent_id"], "2,50", "other")
    assert malformed.value.args[0][0]["field"] == "amount"
    check_receiver(names)


def check_receiver(names: dict) -> None:
    """The page's receiver takes a message that the platform's scheme has signed, and no other."""
    import datetime

    body = json.dumps({"type": "transaction.completed", "data": {"tx_id": "tx_1"}})
    at = datetime.datetime.now(tz=datetime.timezone.utc)
    signature = Webhook(names["SECRET"]).sign("msg_1", at, body)
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(int(at.timestamp())),
               "webhook-signature": signature}
    assert names["receive"](headers, body.encode()) == (
        "msg_1", "transaction.completed", {"tx_id": "tx_1"})
    with pytest.raises(Exception, match="(?i)signature"):
        names["receive"](headers, body.encode() + b" ")


@pytest.mark.parametrize("path, method, body, status", [
    ("/v1/payments", "POST", {}, 400), ("/v1/nothing", "GET", None, 404),
    ("/v1/payments", "DELETE", None, 405), ("/v1/organisations", "GET", None, 403),
    ("/nowhere", "GET", None, 404),
])
def test_an_errors_link_leads_to_its_row(system, path, method, body, status):
    """stranger 10: every error linked to a place that was not there."""
    with system.client() as client:
        answer = client.request(method, path, json=body)
        assert answer.status_code == status, answer.text
        page, anchor = answer.json()["error"]["docs"].split("#")
        assert f'<tr id="{anchor}">' in client.get(page).text


def test_the_readmes_calls_work_as_printed(tmp_path):
    """Every block of shell of the README, one after the other, on an empty installation."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", (ROOT / "README.md").read_text(),
                        re.DOTALL | re.MULTILINE)
    assert len(blocks) == 5, "one for each API"
    running = System()
    try:
        running.start()
        script = "set -eu\n" + "echo '##'\n".join(blocks)
        result = subprocess.run(
            ["bash", "-c", script], capture_output=True, text=True, timeout=60, cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "URL": running.access["url"],
                 "KEY": running.access["admin_key"]})
    finally:
        running.stop()
    assert result.returncode == 0, result.stderr
    parts = [[json.loads(line) for line in part.strip().splitlines()]
             for part in result.stdout.split("##\n")]
    own, netauth, bark, mixin, sixdot50 = parts
    assert own[-1]["status"] == "confirmed" and own[-1]["recipient"] == "bob"
    assert netauth[-1]["status"] == "accepted"
    assert bark[-1] == {"message": "Payment sent successfully"}
    assert mixin[-1]["data"]["status"] == "pending" and mixin[-1]["data"]["code_id"]
    assert sixdot50[-1]["statusCode"] == "DRAFT"


def test_asyncapi_names_the_sockets_that_the_services_bind(system):
    """stranger 14: it said policy.ipc, and ZeroMQ waits for ever for a socket that is not there."""
    document = json.loads(
        (ROOT / "Shared/Contracts/Contracts.docc/asyncapi.json").read_text())
    settings = subprocess.run([programs() / "purse", "help", "settings"], capture_output=True,
                              text=True, check=True).stdout
    bound = {path.name for path in (system.state / "bus").glob("*.sock")}
    mailboxes = [channel for channel in document["channels"].values() if channel.get("address")]
    assert {channel["address"] for channel in mailboxes} == bound
    for channel in mailboxes:
        address = f"/bus/{channel['address']}"
        assert f"ipc://STATE{address}" in channel["description"]
        assert f"ipc://$PURSE_STATE{address}" in settings
