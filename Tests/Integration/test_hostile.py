"""64 hostile connections, and an organisation beside them that pays (issue 11).

PURSESTRINGS_SOAK_SECONDS says how long it lasts, PURSESTRINGS_SEED repeats the choices of a run.
"""

import os
import pathlib
import random
import sys
import time
from decimal import Decimal

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "Interop"))

from conftest import System
from hostile import Attackers, Honest, Organisation
from killer import await_drained

SECONDS = float(os.environ.get("PURSESTRINGS_SOAK_SECONDS", "20"))
CONNECTIONS = 64
SERVICES = ["gateway", "policy", "settlement", "escrow", "notifier"]


@pytest.fixture()
def system():
    running = System()
    try:
        running.start()
        yield running
    finally:
        running.stop()


def test_a_hostile_organisation_changes_nothing_for_an_honest_one(system):
    seed = int(os.environ.get("PURSESTRINGS_SEED", random.randrange(1 << 32)))
    print(f"seed {seed}, {SECONDS:.0f} s")
    processes = {service: system.process(service) for service in SERVICES}
    honest, hostile = Organisation(system, "Honest", 4), Organisation(system, "Hostile", 8)
    alone, beside = Honest(honest), Honest(honest)
    before = honest.balances()
    alone.start()
    time.sleep(min(max(5, SECONDS / 10), 60))
    alone.stop()
    targets = [each["wallet"] for each in honest.agents]
    attackers = Attackers(hostile, seed, targets, CONNECTIONS)
    beside.start()
    attackers.run(SECONDS)
    beside.stop()

    answers = attackers.answers
    memory = {service: system.metric(service, "process_resident_memory_bytes") >> 20 for service in SERVICES}
    ratio = beside.percentile(0.99) / alone.percentile(0.99)
    print(f"attacks answered: {sum(answers.values())}, by status {dict(sorted(answers.items()))}")
    for name, each in [("alone", alone), ("attacked", beside)]:
        print(f"honest payments {name}: {len(each.times)}, p50 {each.percentile(0.5) * 1000:.1f} ms, "
              f"p99 {each.percentile(0.99) * 1000:.1f} ms, {each.repeated} repeated")
    print(f"p99 attacked / alone: {ratio:.2f}; resident MiB {memory}")

    wrong = attackers.failures
    assert not wrong, f"{len(wrong)} wrong answers, for example {sorted(set(wrong))[:10]}"
    assert {service: system.process(service) for service in SERVICES} == processes, "a process died"
    assert not alone.failures + beside.failures, (alone.failures + beside.failures)[:5]
    expected = {wallet: Decimal(text) + Decimal(alone.moved[wallet] + beside.moved[wallet]) / 1_000_000
                for wallet, text in before.items()}
    assert {wallet: Decimal(text) for wallet, text in honest.balances().items()} == expected
    end = time.monotonic() + 60
    while any(not system.is_ready(service) for service in SERVICES):
        assert time.monotonic() < end, "a service is not ready again"
        time.sleep(0.1)
    await_drained(system)
    system.audit()
