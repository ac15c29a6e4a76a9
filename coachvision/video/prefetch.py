"""An iterator that runs ahead in a thread of its own, by a bounded number of items. Used inside `video`."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import Generic, Self, TypeVar

Item = TypeVar("Item")


class Prefetched(Generic[Item]):
    """Items of `make()`, at most `depth` of them made before they are asked for.

    The iterator is made, run and closed in the thread, so that what it holds (a decoder) belongs to one thread alone.
    Its exceptions are raised here. `close` ends the thread and waits for it.
    """

    def __init__(self, make: Callable[[], Iterator[Item]], depth: int, name: str) -> None:
        self._make = make
        self._depth = depth
        self._ready: deque[Item] = deque()
        self._change = threading.Condition()
        self._error: BaseException | None = None
        self._ended = False
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            items = self._make()
            try:
                for item in items:
                    with self._change:
                        self._ready.append(item)
                        self._change.notify_all()
                        self._change.wait_for(lambda: self._closed or len(self._ready) < self._depth)
                        if self._closed:
                            return
            finally:
                close = getattr(items, "close", None)
                if close is not None:
                    close()
        except BaseException as error:  # handed over whole to the thread that asked
            self._error = error
        finally:
            with self._change:
                self._ended = True
                self._change.notify_all()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Item:
        with self._change:
            self._change.wait_for(lambda: self._ready or self._ended or self._closed)
            if self._ready and not self._closed:
                item = self._ready.popleft()
                self._change.notify_all()
                return item
            error, self._error = self._error, None
        if error is not None and not self._closed:
            raise error
        raise StopIteration

    def close(self) -> None:
        """End the thread, wait for it, drop what was made ahead."""
        with self._change:
            self._closed = True
            self._change.notify_all()
        if threading.current_thread() is not self._thread:
            self._thread.join()
        self._ready.clear()
