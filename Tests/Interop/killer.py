"""Kills services while something goes on, and waits until all is calm again."""

import os
import random
import signal
import threading
import time

import httpx

SERVICES = ["gateway", "policy", "settlement", "escrow", "notifier"]


class Killer(threading.Thread):
    """Kills one service after another, at random, four times each, until it is told to stop."""

    def __init__(self, system, chance: random.Random):
        super().__init__()
        self.system, self.chance = system, chance
        self.kills = dict.fromkeys(SERVICES, 0)
        self.ended = threading.Event()

    def run(self):
        order = SERVICES * 4
        self.chance.shuffle(order)
        while order and not self.ended.wait(self.chance.uniform(0.3, 0.7)):
            service = order.pop()
            try:
                os.kill(self.system.process(service), signal.SIGKILL)
                self.kills[service] += 1
            except (ProcessLookupError, FileNotFoundError, ValueError):
                pass


def insist(client: httpx.Client, path: str, body: dict | None) -> httpx.Response:
    """Repeats a call until there is a definite answer."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            answer = client.post(path, json=body) if body is not None else client.post(path)
        except httpx.TransportError:
            time.sleep(0.05)
            continue
        if answer.status_code != 503:
            assert answer.status_code < 500, answer.text
            return answer
        time.sleep(0.05)
    raise AssertionError("no definite answer within a minute")


def await_drained(system) -> dict:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if not any(system.metric(each, "purse_outbox_rows") for each in SERVICES[1:]):
                return system.audit()
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise AssertionError("the outboxes do not drain")
