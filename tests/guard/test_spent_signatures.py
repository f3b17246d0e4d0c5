"""A signature counts once, for as long as anybody would take it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from awsactivate.guard.spent_signatures import SpentSignatures


def test_the_first_counts_and_the_second_does_not() -> None:
    once = SpentSignatures()
    assert [once.counts(signature, 0, 900) for signature in ("a", "b", "a", "b")] == [
        True,
        True,
        False,
        False,
    ]


def test_it_does_not_count_again_while_it_would_be_taken() -> None:
    once = SpentSignatures()
    assert [once.counts("a", now, 900) for now in (0, 61, 899, 900)] == [True, False, False, False]


def test_what_nobody_takes_any_more_is_forgotten() -> None:
    once = SpentSignatures()
    for second in range(5000):
        once.counts(str(second), second, second + 900)
    assert len(once._until) <= 961


def test_of_a_hundred_at_once_one_counts() -> None:
    once = SpentSignatures()
    with ThreadPoolExecutor(100) as threads:
        counted = list(threads.map(lambda _: once.counts("a", 0, 900), range(1000)))
    assert counted.count(True) == 1
