"""The bus over TCP: with keys it works, without keys it is refused."""

import contextlib
import socket
import subprocess
import tempfile

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


def test_plaintext_on_another_address_is_refused():
    system = System({"PURSE_BUS_POLICY": "tcp://0.0.0.0:5701"})
    try:
        result = system.purse("up", "--detach", "--port", "0", "--no-demo", check=False)
        assert result.returncode == 6
        assert "PURSE_BUS_KEYS" in result.stderr
    finally:
        system.stop()
