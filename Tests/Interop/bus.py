"""An ordinary ZeroMQ client that speaks the messages of the services."""

import json
import os
import time
import uuid

import zmq


class Bus:
    """A party on the bus: one DEALER with its name as routing identity to each mailbox."""

    def __init__(self, state, services=("policy", "settlement"), name=None, speaks_for="interop"):
        """An ordinary client, who may say what the gateway may, or one who speaks for a service."""
        self.name = name or f"{speaks_for}-{uuid.uuid4().hex[:12]}"
        self.context = zmq.Context()
        self.sockets = {}
        for service in services:
            socket = self.context.socket(zmq.DEALER)
            socket.setsockopt(zmq.IDENTITY, self.name.encode())
            socket.setsockopt(zmq.LINGER, 0)
            socket.connect(f"ipc://{os.fspath(state)}/bus/{service}.sock")
            self.sockets[service] = socket

    def close(self):
        for socket in self.sockets.values():
            socket.close()
        self.context.term()

    def envelope(self, kind: str, payload, **changes) -> dict:
        """An envelope with everything that a receiver asks for."""
        message = {
            "id": "msg_" + uuid.uuid4().hex,
            "type": kind,
            "source": self.name,
            "replyTo": self.name,
            "correlationId": uuid.uuid4().hex,
            "sentAt": int(time.time() * 1000),
            "payload": payload,
        }
        message.update(changes)
        return {name: value for name, value in message.items() if value is not None}

    def send(self, service: str, message) -> None:
        """Sends an envelope, or bytes as they are."""
        data = message if isinstance(message, bytes) else json.dumps(message).encode()
        self.sockets[service].send(data)

    def receive(self, accept, seconds: float = 10.0, services=None) -> dict:
        """The next message that is accepted, from any service or some; others are dropped.

        An answer may come from another service than the one that was asked.
        """
        poller = zmq.Poller()
        for service in services or self.sockets:
            poller.register(self.sockets[service], zmq.POLLIN)
        deadline = time.monotonic() + seconds
        while True:
            left = deadline - time.monotonic()
            assert left > 0, f"no answer within {seconds} s"
            for socket, _ in poller.poll(int(left * 1000) + 1):
                message = json.loads(socket.recv())
                if accept(message):
                    return message

    def ask(self, service: str, kind: str, payload, **changes) -> dict:
        """Sends a request and returns the payload of its answer."""
        message = self.envelope(kind, payload, **changes)
        self.send(service, message)
        return self.answer(message)["payload"]

    def answer(self, message: dict) -> dict:
        """The answer to a request that was sent."""
        correlation = message["correlationId"]
        return self.receive(lambda answer: answer.get("correlationId") == correlation
                            and answer["type"] != ACKNOWLEDGE)

    def acknowledgement(self, service: str, identifier: str) -> dict:
        """Waits until a message is acknowledged, and returns the acknowledgement's payload."""
        return self.receive(
            lambda message: message["type"] == ACKNOWLEDGE and (
                identifier in message["payload"]["ids"]
                or identifier in [dead["id"] for dead in message["payload"].get("deadLetters") or []]
            ),
            services=[service],
        )["payload"]


ACKNOWLEDGE = "messaging.acknowledge.v1"
