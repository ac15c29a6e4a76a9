"""Frames of one file, upright and exact, forwards, backwards or one by one. For `analysis`, `services` and workers.

A file from outside is read in a worker process, never in the one that holds the coach's work.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from coachvision.core.frames import Frame
from coachvision.errors import Cancelled, VideoError
from coachvision.video.convert import Converter
from coachvision.video.facts import VideoFacts
from coachvision.video.index import BestEffort, decode_all
from coachvision.video.opening import first_video_stream, only, open_unmanaged
from coachvision.video.prefetch import Prefetched

# Memory for frames made ahead, and for a stretch that is decoded forwards to be handed out backwards.
_AHEAD_BYTES = 48 << 20
_BACKWARD_BYTES = 128 << 20
# A frame this little ahead of the last one read is reached by decoding on.
_NEAR = 24


class VideoReader:
    """One video file, open. Use from one thread; decoding runs ahead in another.

    warnings: grows while frames are read: which part of the file could not be decoded.
    """

    def __init__(self, path: Path, facts: VideoFacts) -> None:
        self.path = path
        self.facts = facts
        self.warnings: list[str] = []
        self._running: list[Prefetched[Frame]] = []
        self._cursor: _Cursor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop decoding and free the file. Iterators still in use end."""
        for running in list(self._running):
            running.close()
        self._running.clear()
        self._close_cursor()

    def frames(
        self, first: int = 0, last: int | None = None, *, size: tuple[int, int] | None = None
    ) -> Iterator[Frame]:
        """Frames first..last, inclusive. What does not decode is left out and told in `warnings`.

        size: (width, height) of smaller frames; made from the decoder's own memory, which saves copying large ones.
        """
        final = len(self.facts.timeline) - 1 if last is None else min(last, len(self.facts.timeline) - 1)
        if first < 0 or first > final:
            return iter(())
        return self._ahead(lambda: self._forward(first, final, size), self._depth(_AHEAD_BYTES, 4))

    def frames_backward(self, first: int, last: int) -> Iterator[Frame]:
        """Frames last..first, inclusive, in falling order, in bounded memory."""
        final = min(last, len(self.facts.timeline) - 1)
        if first < 0 or first > final:
            return iter(())
        return self._ahead(lambda: self._backward(first, final), 2)

    def frame_at(self, index: int, given_up: Callable[[], bool] | None = None) -> Frame:
        """One frame, exactly. Raises VideoError where it cannot be decoded, IndexError where there is none.

        given_up: asked after every frame decoded on the way there; Cancelled is raised where it says so.
        """
        if not 0 <= index < len(self.facts.timeline):
            raise IndexError(index)
        cursor = self._cursor
        if cursor is None or not self.near(index):
            self._close_cursor()
            cursor = self._cursor = _Cursor(self._decode(index, given_up))
        found = cursor.forward_to(index)
        if found is None:
            self._close_cursor()
            raise VideoError(
                "This frame cannot be shown",
                f"“{self.path.name}” is damaged at {self.facts.timeline.seconds[index]:.2f} s.",
                hint="Go to another moment of the video.",
                path=self.path,
            )
        return self._frame(Converter(self.facts), index, found)

    def near(self, index: int) -> bool:
        """Whether `frame_at` gets there by decoding a few frames on from the last one it gave."""
        return self._cursor is not None and self._cursor.at < index <= self._cursor.at + _NEAR

    def _close_cursor(self) -> None:
        if self._cursor is not None:
            self._cursor.close()
            self._cursor = None

    def _depth(self, memory: int, most: int) -> int:
        return int(np.clip(memory // (self.facts.width * self.facts.height * 3 // 2), 1, most))

    def _ahead(self, make: Callable[[], Iterator[Frame]], depth: int) -> Iterator[Frame]:
        """A generator: where it is abandoned, closing it closes the thread."""
        running = Prefetched(make, depth, f"decode {self.path.name}")
        self._running.append(running)
        try:
            yield from running
        finally:
            running.close()
            if running in self._running:
                self._running.remove(running)

    def _frame(self, converter: Converter, index: int, decoded: VideoFrame) -> Frame:
        timeline = self.facts.timeline
        return converter.frame(decoded, index, int(timeline.pts[index]), float(timeline.seconds[index]))

    def _forward(self, first: int, last: int, size: tuple[int, int] | None) -> Iterator[Frame]:
        converter = Converter(self.facts, size)
        expected = first
        for index, decoded in self._decode(first):
            if index > last:
                break
            if index > expected:
                self._miss(expected, index - 1)
            expected = index + 1
            yield self._frame(converter, index, decoded)
            if index == last:
                break
        if expected <= last:
            self._miss(expected, last)

    def _backward(self, first: int, last: int) -> Iterator[Frame]:
        converter = Converter(self.facts)
        at_once = self._depth(_BACKWARD_BYTES, 1 << 20)
        while last >= first:
            start = max(first, self._key_index(last), last - at_once + 1)
            stretch: deque[Frame] = deque()
            for index, decoded in self._decode(start):
                if index <= last:
                    stretch.append(self._frame(converter, index, decoded))
                if index >= last:
                    break
            while stretch:
                yield stretch.pop()
            last = start - 1

    def _miss(self, first: int, last: int) -> None:
        """Record that frames first..last did not decode."""
        seconds = self.facts.timeline.seconds
        if last == len(self.facts.timeline) - 1:
            text = f"The file is damaged: it can be read up to {seconds[first]:.2f} s of {self.facts.duration_s:.2f} s."
        else:
            count = last - first + 1
            frames = "one frame" if count == 1 else f"{count} frames"
            text = f"The file is damaged: {frames} from {seconds[first]:.2f} s on cannot be decoded."
        if text not in self.warnings:
            self.warnings.append(text)

    # -- from packets to numbered frames

    def _key_index(self, index: int) -> int:
        """Number of the last frame not after `index` from which decoding can start."""
        keys = self.facts.keyframes
        if self.facts.counted or not len(keys):
            return 0
        at = int(np.searchsorted(keys, self.facts.timeline.pts[index], side="right")) - 1
        return int(np.searchsorted(self.facts.timeline.pts, keys[at])) if at >= 0 else 0

    def _decode(self, first: int, given_up: Callable[[], bool] | None = None) -> Iterator[tuple[int, VideoFrame]]:
        """(number, frame) from `first` on, exactly: a seek that lands too late is made again from further back."""
        for start in self._starts(first):
            container = open_unmanaged(self.path)
            try:
                numbered = self._from(container, start)
                begun = False
                for index, frame in numbered:
                    if not begun and index > first and start > 0:
                        break
                    begun = True
                    if index >= first:
                        yield index, frame
                    elif given_up is not None and given_up():
                        raise Cancelled
                if begun or start == 0:
                    return
            finally:
                container.close()

    def _starts(self, first: int) -> Iterator[int]:
        key = self._key_index(first)
        yield key
        if key > 0:
            earlier = self._key_index(key - 1)
            yield earlier
            if earlier > 0:
                yield 0

    def _from(self, container: InputContainer, start: int) -> Iterator[tuple[int, VideoFrame]]:
        stream = first_video_stream(container, self.path)
        only(container, stream)
        # Frame threads lose good frames behind a broken one; counting needs the same frames every time.
        stream.codec_context.thread_type = "SLICE" if self.facts.damaged or self.facts.counted else "AUTO"
        if start > 0:
            try:
                container.seek(int(self.facts.timeline.pts[start]), stream=stream, backward=True)
            except av.FFmpegError:
                # No way to seek in this file: the next attempt decodes from its start.
                return
        yield from self._numbered(container, stream, sought=start > 0)

    def _numbered(
        self, container: InputContainer, stream: VideoStream, *, sought: bool
    ) -> Iterator[tuple[int, VideoFrame]]:
        pts = self.facts.timeline.pts
        best = BestEffort()
        last, last_time = -1, None
        for frame in decode_all(container, stream, from_keyframe=sought):
            if frame is None:
                continue
            if self.facts.counted:
                time = best.time(frame.pts, frame.dts)
                if time is not None and last_time is not None and time <= last_time:
                    continue
                last_time = time if time is not None else last_time
                index = last + 1
                if index >= len(pts):
                    return
            else:
                index = int(np.searchsorted(pts, frame.pts)) if frame.pts is not None else len(pts)
                if index >= len(pts) or int(pts[index]) != frame.pts or index <= last:
                    continue
            last = index
            yield index, frame


class _Cursor:
    """A decoder left standing where the last single frame was read. at: number of the frame it gave last."""

    def __init__(self, numbered: Iterator[tuple[int, VideoFrame]]) -> None:
        self._numbered = numbered
        self._over: tuple[int, VideoFrame] | None = None
        self.at = -1

    def forward_to(self, index: int) -> VideoFrame | None:
        """Frame `index`, or None where it does not decode."""
        while True:
            item = self._over or next(self._numbered, None)
            self._over = None
            if item is None:
                return None
            if item[0] > index:
                self._over = item
                return None
            if item[0] == index:
                self.at = index
                return item[1]

    def close(self) -> None:
        close = getattr(self._numbered, "close", None)
        if close is not None:
            close()
