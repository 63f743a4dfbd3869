"""The bus over TCP: with keys it works, without keys it is refused."""

import contextlib
import json
import pathlib
import socket
import subprocess
import tempfile
import time
import uuid

import zmq

from conftest import System, programs


def free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for opened in sockets:
            opened.bind(("127.0.0.1", 0))
        return [opened.getsockname()[1] for opened in sockets]


def test_five_processes_talk_over_tcp_with_keys_and_a_stranger_is_not_heard():
    with tempfile.TemporaryDirectory() as keys:
        subprocess.run([programs() / "purse", "keygen", keys], check=True, capture_output=True)
        ports = dict(zip(["POLICY", "SETTLEMENT", "ESCROW", "NOTIFIER"], free_ports(4)))
        system = System({
            "PURSE_BUS_KEYS": keys,
            **{f"PURSE_BUS_{name}": f"tcp://127.0.0.1:{port}" for name, port in ports.items()},
        })
        try:
            system.start()
            with system.client() as client:
                made = client.post("/v1/wallets", json={
                    "agentId": "over-tcp", "label": "x", "policyId": "pol_open"})
                assert made.status_code == 200, made.text
            stranger = zmq.Context.instance().socket(zmq.DEALER)
            stranger.setsockopt(zmq.LINGER, 0)
            stranger.connect(f"tcp://127.0.0.1:{ports['POLICY']}")
            stranger.send(b"{}")
            assert not stranger.poll(500)
            stranger.close()
            assert system.metric("policy", "purse_dead_letters_total") == 0
        finally:
            system.stop()


class KeyHolder:
    """Somebody with a service's key and a ZeroMQ client, under any name."""

    def __init__(self, keys: str, key: str, name: str, port: int, server: str):
        self.name = name
        folder = pathlib.Path(keys)
        self.socket = zmq.Context.instance().socket(zmq.DEALER)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.setsockopt(zmq.IDENTITY, name.encode())
        self.socket.curve_secretkey = (folder / f"{key}.secret").read_text().strip().encode()
        self.socket.curve_publickey = (folder / f"{key}.public").read_text().strip().encode()
        self.socket.curve_serverkey = (folder / f"{server}.public").read_text().strip().encode()
        self.socket.connect(f"tcp://127.0.0.1:{port}")

    def ask(self, kind: str, payload: dict, seconds: float = 10) -> dict | None:
        """The payload of the answer, or nothing when there is none."""
        message = {"id": "msg_" + uuid.uuid4().hex, "type": kind, "source": self.name,
                   "replyTo": self.name, "correlationId": uuid.uuid4().hex,
                   "sentAt": int(time.time() * 1000), "payload": payload}
        self.socket.send(json.dumps(message).encode())
        deadline = time.monotonic() + seconds
        while self.socket.poll(max(1, int((deadline - time.monotonic()) * 1000))):
            answer = json.loads(self.socket.recv())
            if (answer["correlationId"] == message["correlationId"]
                    and answer["type"] != "messaging.acknowledge.v1"):
                return answer["payload"]
        return None


def test_a_key_says_only_what_its_service_may_say():
    with tempfile.TemporaryDirectory() as keys:
        subprocess.run([programs() / "purse", "keygen", keys], check=True, capture_output=True)
        ports = dict(zip(["POLICY", "SETTLEMENT", "ESCROW", "NOTIFIER"], free_ports(4)))
        system = System({
            "PURSE_BUS_KEYS": keys,
            **{f"PURSE_BUS_{name}": f"tcp://127.0.0.1:{port}" for name, port in ports.items()},
        })
        deposit = {"organisation": "org_x", "reference": "w",
                   "amount": {"minor": 777_000_000, "asset": "USDC"}}
        reserve = {"organisation": "org_x"}
        try:
            system.start()
            settlement = ports["SETTLEMENT"]
            for name in ["notifier-1", "notifier-9", "probe"]:
                thief = KeyHolder(keys, "notifier", name, settlement, "settlement")
                assert thief.ask("settlement.deposit-reserve.v1", deposit)["code"] == "forbidden"
                thief.socket.close()
            # Under another's name nothing is taken and nothing answered; the other is not disturbed.
            for name in ["gateway-1", "policy-1"]:
                thief = KeyHolder(keys, "notifier", name, settlement, "settlement")
                assert thief.ask("settlement.deposit-reserve.v1", deposit, seconds=1) is None
                with system.client() as client:
                    made = client.post("/v1/wallets", json={
                        "agentId": uuid.uuid4().hex, "label": "x", "policyId": "pol_open"})
                    assert made.status_code == 200, made.text
                thief.socket.close()
            # The gateway's key may say it.
            good = KeyHolder(keys, "gateway", "gateway-probe", settlement, "settlement")
            found = good.ask("settlement.get-reserve.v1", reserve)
            assert all(balance["available"] == 0 for balance in found["balances"])
            assert good.ask("settlement.deposit-reserve.v1", deposit)["balances"]
            # And nobody but Policy orders a payment.
            order = {"payments": []}
            assert good.ask("settlement.execute-payments.v1", order)["code"] == "forbidden"
            good.socket.close()
        finally:
            system.stop()


def test_plaintext_on_another_address_is_refused():
    system = System({"PURSE_BUS_POLICY": "tcp://0.0.0.0:5701"})
    try:
        result = system.purse("up", "--detach", "--port", "0", "--no-demo", check=False)
        assert result.returncode == 2
        assert "PURSE_BUS_KEYS" in result.stderr
        assert not (system.state / "run").exists(), "nothing was made"
    finally:
        system.stop()
