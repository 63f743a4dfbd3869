"""Judges a history of the bank offline, knowing only what clients asked for and were told.

A history is a list of JSON objects in the order in which they were written:

    {"op": "open",     "wallets": {wallet: micros}}
    {"op": "transfer", "id": n, "key": k, "from": w, "to": w, "amount": micros,
     "began": t, "ended": t, "outcome": "confirmed" | "refused" | "unknown", "tx": id | null}
    {"op": "read",     "began": t, "ended": t, "balances": {wallet: micros}, "final": bool}

Times are of one monotonic clock. A transfer is written once for each time that its client asked;
repetitions have the same key. `refused` means that it was said that nothing was moved.

Run on its own it reads such a file: python history_checker.py HISTORY.json
"""

import json
import sys


class Payment:
    """All that was asked and told under one key."""

    def __init__(self, row: dict):
        self.key, self.source, self.target = row["key"], row["from"], row["to"]
        self.amount = row["amount"]
        self.began = row["began"]
        self.told: list[tuple[float, str, str | None]] = []

    def add(self, row: dict) -> None:
        self.began = min(self.began, row["began"])
        if row["outcome"] != "unknown":
            self.told.append((row["ended"], row["outcome"], row["tx"]))

    @property
    def outcome(self) -> str:
        return self.told[0][1] if self.told else "unknown"

    @property
    def known_at(self) -> float:
        """When somebody was first told of the outcome."""
        return min((time for time, _, _ in self.told), default=float("inf"))

    def change(self, wallet: str) -> int:
        return (self.amount if wallet == self.target else 0) - (
            self.amount if wallet == self.source else 0)


def check(history: list[dict]) -> list[str]:
    """Everything that cannot be true in a bank; empty when nothing is wrong."""
    opened = [row for row in history if row["op"] == "open"]
    if len(opened) != 1:
        return ["a history begins with one opening"]
    start = opened[0]["wallets"]
    payments: dict[str, Payment] = {}
    for row in history:
        if row["op"] == "transfer":
            payments.setdefault(row["key"], Payment(row)).add(row)
    reads = [row for row in history if row["op"] == "read"]
    problems = check_outcomes(payments.values())
    for number, read in enumerate(reads):
        problems += check_read(number, read, start, list(payments.values()))
    if not reads or not reads[-1]["final"]:
        problems.append("a history ends with a final read")
    return problems


def check_outcomes(payments) -> list[str]:
    """No outcome changes."""
    problems = []
    for payment in payments:
        stories = {(outcome, tx) for _, outcome, tx in payment.told}
        if len(stories) > 1:
            problems.append(f"{payment.key} had several outcomes: {sorted(stories, key=str)}")
    return problems


def check_read(number: int, read: dict, start: dict, payments: list[Payment]) -> list[str]:
    """Totals are constant, and each balance is one that the wallet can have had."""
    problems = []
    balances = read["balances"]
    if set(balances) != set(start):
        return [f"read {number} shows other wallets"]
    if sum(balances.values()) != sum(start.values()):
        problems.append(
            f"read {number} adds up to {sum(balances.values())}, not {sum(start.values())}")
    for wallet, balance in balances.items():
        low = high = start[wallet]
        for payment in payments:
            change = payment.change(wallet)
            if change == 0 or payment.began > read["ended"] or payment.outcome == "refused":
                continue
            if payment.outcome == "confirmed" and payment.known_at < read["began"]:
                low, high = low + change, high + change
            else:
                low, high = low + min(0, change), high + max(0, change)
        if not low <= balance <= high:
            problems.append(
                f"read {number} shows {wallet} with {balance}, which is not in {low} to {high}")
        if balance < 0:
            problems.append(f"read {number} shows {wallet} with {balance}")
    return problems


def main() -> int:
    with open(sys.argv[1], encoding="utf-8") as file:
        problems = check([json.loads(line) for line in file])
    for problem in problems[:20]:
        print(problem)
    print(f"{len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
