"""H.264 in Matroska as pictures arrive: what is written can be played, whatever ends the recording. For `capture`.

Unlike `writer`, which gives a file whole or not at all: a recording that a kill or a full disk ends is kept so far.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Self

import av
import numpy as np
from av.container import OutputContainer
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from coachvision.video.files import GuardedFile, part_of

_CLOCK = 90000
# A cluster is what a kill can cost.
_CLUSTER_MS = 500
_GOP = 30


class Recorder:
    """One file being recorded. width, height: of the pictures; an odd last row or column is left out, as 4:2:0 demands.

    It grows as `.part` beside its place (`files.part_of`). Raises VideoError where it cannot be made.
    """

    def __init__(self, path: Path, width: int, height: int) -> None:
        self.path = path
        self.frames = 0
        self.seconds = 0.0
        self._first_s: float | None = None
        self._last = -1
        self._size = (width - width % 2, height - height % 2)
        options = {"cluster_time_limit": str(_CLUSTER_MS), "flush_packets": "1", "fflags": "+bitexact"}
        # FFmpeg was seen to crash the process on a full disk: it never meets the disk itself.
        self._file = GuardedFile(path)
        self._container: OutputContainer | None = av.open(
            self._file, mode="w", format="matroska", options=options, io_open=self._file.again
        )
        stream = self._container.add_stream("libx264")
        stream.width, stream.height = self._size
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, _CLOCK)
        stream.codec_context.gop_size = _GOP
        stream.codec_context.options = {"crf": "20", "preset": "ultrafast", "tune": "zerolatency"}
        self._stream = stream

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, bgr: NDArray[np.uint8], time_s: float) -> None:
        """One picture, (h, w, 3) uint8 blue, green, red, and when it was taken; one that is not later is left out.

        Raises VideoError where it cannot be written; what was written so far stays.
        """
        if self._container is None:
            raise ValueError("the recording is closed")
        if self._first_s is None:
            self._first_s = time_s
        pts = round((time_s - self._first_s) * _CLOCK)
        if pts <= self._last:
            return
        width, height = self._size
        frame = VideoFrame.from_ndarray(np.ascontiguousarray(bgr[:height, :width]), format="bgr24")
        frame = frame.reformat(format="yuv420p", dst_colorspace=1 if height >= 720 else 5, dst_color_range=1)
        frame.pts, frame.time_base = pts, Fraction(1, _CLOCK)
        self._mux(frame)
        self._last = pts
        self.frames += 1
        self.seconds = time_s - self._first_s

    def close(self) -> None:
        """Finish the file and give it its name; one without a picture is removed. Raises VideoError as `write` does.

        What cannot be finished gets its name all the same: it plays.
        """
        container, self._container = self._container, None
        if container is None:
            return
        if self.frames:
            for packet in self._stream.encode(None):
                container.mux(packet)
        container.close()
        self._file.close()
        if self.frames:
            salvage(self.path)
        else:
            part_of(self.path).unlink(missing_ok=True)
        self._file.check()

    def _mux(self, frame: VideoFrame) -> None:
        assert self._container is not None  # noqa: S101 - callers checked; for the type checker
        for packet in self._stream.encode(frame):
            self._container.mux(packet)
        self._file.check()


def salvage(path: Path) -> bool:
    """Give a recording its name that ended before it got it. False where there is none, or nothing in it."""
    part = part_of(path)
    if not part.is_file():
        return False
    if not part.stat().st_size:
        part.unlink()
        return False
    part.replace(path)
    return True
