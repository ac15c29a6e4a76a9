"""The way to a server that may fall silent. For `engines` (PostgreSQL) and `storage` (the bucket).

While it cannot be reached one at a time tries, and the others are told at once: no queue forms behind a silence.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Door:
    """The way to one server. Any thread. silence: errors that say that nobody answers. told: raised at a shut door."""

    def __init__(self, silence: type[Exception] | tuple[type[Exception], ...], told: Callable[[], Exception]) -> None:
        self._silence = silence
        self._told = told
        self._shut = False
        self._turn = threading.Lock()

    def shut(self) -> None:
        """Nobody answers there: from now on one at a time tries."""
        self._shut = True

    @contextmanager
    def through(self) -> Iterator[None]:
        """Within it the server is asked. Raises what `told` makes while another is trying a shut door."""
        trying = self._shut
        if trying and not self._turn.acquire(blocking=False):
            raise self._told()
        try:
            yield
        except self._silence:
            self._shut = True
            raise
        except Exception:
            # It answers, whatever it says.
            self._shut = False
            raise
        finally:
            if trying:
                self._turn.release()
        self._shut = False
