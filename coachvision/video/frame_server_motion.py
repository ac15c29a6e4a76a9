"""Which frames are played, and where they come from: the proxy where it has them, else the video itself.

Used by the frame server's decoding thread.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from coachvision.core.frames import Frame
from coachvision.errors import VideoError
from coachvision.video.frame_server_desk import Desk
from coachvision.video.frame_server_talk import Play
from coachvision.video.proxy_reader import Preview, ProxyReader
from coachvision.video.reader import VideoReader

# No screen of a coach shows more; the slack lets 60 frames a second with rounded times through whole.
_MOST_A_SECOND = 66.0


def sampled(seconds: NDArray[np.float64], first: int, last: int, speed: float) -> Iterator[int]:
    """Frame numbers from first to last, either way, no denser in time than a screen shows at that speed."""
    step = 1 if last >= first else -1
    least = abs(speed) / _MOST_A_SECOND
    shown = first
    for index in range(first, last + step, step):
        if index in (first, last) or abs(seconds[index] - seconds[shown]) >= least:
            shown = index
            yield index


class Motion:
    """Frames in the order in which they are played. Belongs to one thread."""

    def __init__(self, reader: VideoReader, desk: Desk) -> None:
        self._reader = reader
        self._desk = desk
        self._proxy: ProxyReader | None = None

    def frames(self, order: Play) -> Iterator[tuple[Frame | Preview, bool]]:
        """(frame, whether it is of the video itself). What does not decode is left out."""
        self._proxy = self._desk.proxy_reader(self._proxy)
        direction = 1 if order.last >= order.first else -1
        stream: Iterator[Frame] | None = None
        ahead: Frame | None = None
        for index in sampled(self._desk.seconds, order.first, order.last, order.speed):
            if self._holds(index) and self._desk.late(order, index):
                # Not even decoded.
                continue
            frame = self._preview(index)
            if frame is not None:
                stream = ahead = None
                yield frame, False
                continue
            if stream is None:
                stream = self._stream(index, order.last)
            while ahead is None or (index - ahead.index) * direction > 0:
                ahead = next(stream, None)
                if ahead is None:
                    return
            if ahead.index == index:
                yield ahead, True

    def _stream(self, first: int, last: int) -> Iterator[Frame]:
        return self._reader.frames(first, last) if last >= first else self._reader.frames_backward(last, first)

    def _holds(self, index: int) -> bool:
        if self._proxy is None:
            return False
        at = int(np.searchsorted(self._proxy.indices, index))
        return at < len(self._proxy.indices) and int(self._proxy.indices[at]) == index

    def _preview(self, index: int) -> Preview | None:
        if self._proxy is None:
            return None
        try:
            return self._proxy.preview(index)
        except (KeyError, VideoError):
            return None
