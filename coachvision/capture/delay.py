"""The last minute of a camera as JPEG pictures, to be seen later. For the capture child."""

from __future__ import annotations

from collections import deque
from threading import Lock

MOST_S = 60.0
# A minute of 1080p at 30 frames a second and a good quality; beyond it the oldest go.
MOST_BYTES = 512 << 20


class Delay:
    """Put in by one thread, looked up by another. Times: monotonic seconds, rising."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._kept: deque[tuple[float, bytes]] = deque()
        self._bytes = 0
        self._most = most_bytes
        self._lock = Lock()

    def put(self, time_s: float, jpeg: bytes) -> None:
        """The newest picture."""
        with self._lock:
            self._kept.append((time_s, jpeg))
            self._bytes += len(jpeg)
            while self._kept and (time_s - self._kept[0][0] > MOST_S + 1 or self._bytes > self._most):
                self._bytes -= len(self._kept.popleft()[1])

    def at(self, time_s: float) -> tuple[float, bytes] | None:
        """The newest picture not after that time; None where the oldest is younger."""
        with self._lock:
            for taken, jpeg in reversed(self._kept):
                if taken <= time_s:
                    return taken, jpeg
        return None

    def fills_in(self, time_s: float) -> float:
        """Seconds until there is a picture of that time, which moves on as the clock does; 0 where there is one."""
        with self._lock:
            return max(0.0, self._kept[0][0] - time_s) if self._kept else 0.0

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0
