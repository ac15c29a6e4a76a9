"""What the player wants at this moment: the frame server's threads look here between any two frames.

Only the newest order counts. No decoding here.
"""

from __future__ import annotations

import threading
from collections import deque
from pathlib import Path
from time import monotonic as _now

import numpy as np
from numpy.typing import NDArray

from coachvision.errors import VideoError
from coachvision.video.frame_server_slots import SLOTS
from coachvision.video.frame_server_talk import Due, Order, Play, Proxy, Read, Show, Sound, View
from coachvision.video.proxy_reader import ProxyReader

# Frames made ahead of the one that is due: an eighth of a second at 60 a second, for a window that is busy meanwhile.
AHEAD = 8
# Pictures sent that nobody has taken yet: all slots but the one being written.
_WAITING = SLOTS - 1
# Late frames are left out, but a picture is shown at least so often.
_STARVED_S = 0.1
# Two orders closer than this belong to one movement; a mouse tells of its way every 8 to 16 ms, a held key every 33.
_APART_S = 0.1


class Desk:
    """Orders in, questions out; safe from any thread."""

    def __init__(self, seconds: NDArray[np.float64]) -> None:
        """seconds: (n,) the time of every frame."""
        self.seconds = seconds
        self.order: Show | Play | None = None
        self.sound: Sound | None = None
        self._change = threading.Condition()
        self._due = 0
        self._ahead: deque[int] = deque()
        self._sent = self._read = 0
        self._taken_at = 0.0
        self._ordered_at = float("-inf")
        self._moving = False
        self._view = (0, 0)
        self._proxy: Path | None = None
        self._previewed: tuple[int, bool] = (-1, False)

    def put(self, order: Order) -> None:
        """The newest order of its kind."""
        with self._change:
            match order:
                case Show() | Play():
                    self.order = order
                    self.sound = None
                    self._ahead.clear()
                    self._taken_at = now = _now()
                    self._moving, self._ordered_at = now - self._ordered_at < _APART_S, now
                    self._due = order.first if isinstance(order, Play) else order.index
                case Due(serial, index):
                    if self.order is not None and self.order.serial == serial:
                        self._due = index
                case Sound():
                    self.sound = order
                case Read(count):
                    self._read = count
                case View(width, height):
                    self._view = (width, height)
                case Proxy(folder):
                    self._proxy = Path(folder)
            self._change.notify_all()

    def sent(self) -> None:
        """A picture lies in a slot."""
        with self._change:
            self._sent += 1

    def next_order(self, last: Show | Play | None) -> Show | Play:
        """Wait for another order than the last one."""
        with self._change:
            self._change.wait_for(lambda: self.order is not last)
            assert self.order is not None  # noqa: S101 - orders are never taken back
            return self.order

    def next_sound(self, last: Sound | None) -> Sound:
        """Wait for sound to be wanted, in another way than the last one."""
        with self._change:
            self._change.wait_for(lambda: self.sound is not None and self.sound is not last)
            assert self.sound is not None  # noqa: S101 - waited for
            return self.sound

    def wait_heard(self, order: Sound, until_s: float) -> bool:
        """Wait until playing has come to that second of the video. False where that sound is not wanted any more."""
        with self._change:
            self._change.wait_for(lambda: self.sound is not order or self.seconds[self._due] >= until_s)
            return self.sound is order

    def proxy_reader(self, open_one: ProxyReader | None) -> ProxyReader | None:
        """A reader of the proxy there is now: the one that is open, or another. None where there is none."""
        folder = self._proxy
        if open_one is not None and open_one.folder == folder:
            return open_one
        if open_one is not None:
            open_one.close()
        try:
            return ProxyReader(folder) if folder is not None else None
        except VideoError:
            # Damaged: as good as none. The next order tries again.
            return None

    def fitted(self, width: int, height: int) -> tuple[int, int]:
        """The size at which a moving picture of that size is wanted: within the view, never enlarged."""
        if not all(self._view):
            return width, height
        across, down = self._view
        if abs(across * height - down * width) <= 2 * max(width, height):
            # Its shape but for rounding: a pixel less, and the window would have to resample every picture.
            return min(width, across), min(height, down)
        shrink = max(1.0, width / across, height / down)
        return max(1, round(width / shrink)), max(1, round(height / shrink))

    # -- at rest

    def previewed(self, order: Show, *, there: bool) -> None:
        """The proxy's frame was shown for that order, or the proxy does not have it."""
        with self._change:
            self._previewed = (order.serial, there)
            self._change.notify_all()

    def wait_previewed(self, order: Show) -> bool:
        """Wait until it is known, or the order is replaced: is a picture of the proxy standing for now?"""
        with self._change:
            self._change.wait_for(lambda: self._previewed[0] == order.serial or self.order is not order)
            return self._previewed == (order.serial, True)

    def rest(self, order: Show, seconds: float) -> None:
        """Wait so long, or until the order is replaced. A jump that came alone is nobody's movement: no wait."""
        with self._change:
            self._change.wait_for(lambda: self.order is not order or not self._moving, seconds)

    # -- while playing

    def late(self, order: Play, index: int) -> bool:
        """Whether to leave that frame out: it was due earlier, and something was shown a moment ago."""
        behind = (self._due - index) * (1 if order.last >= order.first else -1) > 0
        return behind and index != order.last and _now() - self._taken_at < _STARVED_S

    def wait_turn(self, order: Play) -> bool:
        """Wait until there is a slot for another frame. False where the order was replaced."""
        direction = 1 if order.last >= order.first else -1
        with self._change:
            self._change.wait_for(lambda: self.order is not order or self._room(direction))
            return self.order is order

    def _room(self, direction: int) -> bool:
        while self._ahead and (self._ahead[0] - self._due) * direction <= 0:
            self._ahead.popleft()
        return len(self._ahead) < AHEAD and self._sent - self._read < _WAITING

    def take(self, index: int) -> None:
        """That frame goes out now."""
        with self._change:
            self._taken_at = _now()
            self._ahead.append(index)
