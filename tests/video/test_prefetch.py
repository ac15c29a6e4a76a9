"""Work made ahead: in order, bounded, its errors handed over, its thread ended."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from coachvision.video.prefetch import Prefetched


def test_items_in_order_and_the_end_stays_the_end() -> None:
    items = Prefetched(lambda: iter(range(100)), 3, "test")
    assert list(items) == list(range(100))
    assert list(items) == []
    items.close()


def test_an_error_comes_after_the_items_before_it_and_once() -> None:
    def make() -> Iterator[int]:
        yield 1
        raise LookupError("broken")

    items = Prefetched(make, 2, "test")
    assert next(items) == 1
    with pytest.raises(LookupError, match="broken"):
        next(items)
    assert list(items) == []
    items.close()


def test_the_maker_is_made_run_and_closed_in_one_thread_of_its_own() -> None:
    threads: list[int] = []
    closed = threading.Event()

    def make() -> Iterator[int]:
        threads.append(threading.get_ident())
        try:
            while True:
                yield 0
        finally:
            threads.append(threading.get_ident())
            closed.set()

    items = Prefetched(make, 2, "test")
    assert next(items) == 0
    items.close()
    assert closed.is_set()
    assert threads[0] == threads[1] != threading.get_ident()
    with pytest.raises(StopIteration):
        next(items)
