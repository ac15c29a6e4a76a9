"""Stopping at once, and sending no faster than the coach allows. Sync room; services set them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from coachvision.sync.faults import Stopped


class Halt:
    """A request to stop, looked at before every chunk; waiting ends when it comes."""

    def __init__(self, also: Callable[[], bool] | None = None) -> None:
        """also: another source of the wish, such as Ctrl-C."""
        self._event = threading.Event()
        self._then: list[Callable[[], None]] = []
        self._also = also or (lambda: False)

    def ask(self) -> None:
        """Ask to stop. Whatever waits for an answer of the network waits no longer."""
        self._event.set()
        for call in tuple(self._then):
            call()

    @contextmanager
    def ending(self, call: Callable[[], None]) -> Iterator[None]:
        """Within it, asking to stop calls this, too, from the thread that asks."""
        self._then.append(call)
        if self._event.is_set():
            call()
        try:
            yield
        finally:
            self._then.remove(call)

    @property
    def asked(self) -> bool:
        """Whether to stop."""
        return self._event.is_set() or self._also()

    def check(self) -> None:
        """Raises Stopped if it was asked for."""
        if self.asked:
            raise Stopped

    def wait(self, seconds: float) -> None:
        """Wait, at most until stopping is asked for. Raises Stopped then."""
        self._event.wait(seconds)
        self.check()


class Throttle:
    """So many bytes a second over all connections together, in bursts of a quarter of a second; None: no bound."""

    def __init__(self, bytes_s: float | None, monotonic: Callable[[], float]) -> None:
        self._rate = bytes_s
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._free_at = monotonic()

    def take(self, size: int) -> float:
        """Seconds to wait before that many bytes more may be sent."""
        if not self._rate:
            return 0.0
        with self._lock:
            now = self._monotonic()
            self._free_at = max(self._free_at, now - 0.25) + size / self._rate
            return max(0.0, self._free_at - now)
