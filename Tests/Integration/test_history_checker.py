"""The checker finds each way in which a bank can be wrong, and nothing in a right one."""

import pytest

from history_checker import check


def transfer(number: int, outcome: str, began: float, ended: float, amount: int = 10, **more):
    return {"op": "transfer", "id": number, "key": f"k{number}", "from": "a", "to": "b",
            "amount": amount, "began": began, "ended": ended, "outcome": outcome,
            "tx": f"tx_{number}" if outcome != "unknown" else None, **more}


def read(a: int, b: int, began: float, ended: float, final: bool = True):
    return {"op": "read", "began": began, "ended": ended, "balances": {"a": a, "b": b},
            "final": final}


OPEN = {"op": "open", "wallets": {"a": 100, "b": 0}}


@pytest.mark.parametrize("history", [
    [OPEN, read(100, 0, 1, 2)],
    [OPEN, transfer(1, "confirmed", 1, 2), read(90, 10, 3, 4)],
    [OPEN, transfer(1, "refused", 1, 2), read(100, 0, 3, 4)],
    # It is under way: both are right.
    [OPEN, read(100, 0, 1.5, 1.6, False), transfer(1, "confirmed", 1, 2), read(90, 10, 3, 4)],
    [OPEN, read(90, 10, 1.5, 1.6, False), transfer(1, "confirmed", 1, 2), read(90, 10, 3, 4)],
    # Nobody was told, and then somebody was.
    [OPEN, transfer(1, "unknown", 1, 2), read(90, 10, 3, 4, False),
     transfer(1, "confirmed", 5, 6), read(90, 10, 7, 8)],
    [OPEN, transfer(1, "unknown", 1, 2), read(100, 0, 3, 4)],
    [OPEN, transfer(1, "unknown", 1, 2), read(90, 10, 3, 4)],
    [OPEN, transfer(1, "confirmed", 1, 2), transfer(1, "confirmed", 3, 4), read(90, 10, 5, 6)],
])
def test_a_right_history_passes(history):
    assert check(history) == []


@pytest.mark.parametrize("history, words", [
    ([OPEN, read(100, 1, 1, 2)], "adds up to 101"),
    ([OPEN, transfer(1, "confirmed", 1, 2), read(100, 0, 3, 4)], "a with 100"),
    ([OPEN, transfer(1, "refused", 1, 2), read(90, 10, 3, 4)], "a with 90"),
    ([OPEN, transfer(1, "confirmed", 1, 2), transfer(1, "refused", 3, 4), read(90, 10, 5, 6)],
     "several outcomes"),
    ([OPEN, transfer(1, "confirmed", 1, 2), transfer(1, "confirmed", 3, 4, tx="tx_9"),
      read(90, 10, 5, 6)], "several outcomes"),
    ([OPEN, transfer(1, "confirmed", 1, 2), read(80, 20, 3, 4)], "a with 80"),
    ([OPEN, transfer(1, "unknown", 1, 2), read(80, 20, 3, 4)], "a with 80"),
    ([OPEN, transfer(1, "confirmed", 5, 6), read(90, 10, 1, 2, False), read(90, 10, 7, 8)],
     "read 0"),
    ([OPEN, transfer(1, "confirmed", 1, 2, amount=110), read(-10, 110, 3, 4)], "a with -10"),
    ([OPEN, read(100, 0, 1, 2, False)], "final read"),
    ([OPEN, {**read(100, 0, 1, 2), "balances": {"a": 100}}], "other wallets"),
    ([read(100, 0, 1, 2)], "one opening"),
])
def test_a_wrong_history_is_seen(history, words):
    problems = check(history)
    assert problems and any(words in problem for problem in problems), problems
