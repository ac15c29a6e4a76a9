"""Single frames, exactly, at any place, soon: for a player at rest. Used by the frame server.

The file stays open, the decoder stands where it was left, and the frames around the last ones asked for are kept, so
that stepping either way costs nothing. On the way to a frame, those that no other frame is made from are not decoded.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from coachvision.core.frames import Frame
from coachvision.errors import Cancelled
from coachvision.video.convert import Converter
from coachvision.video.facts import VideoFacts
from coachvision.video.opening import first_video_stream, only, open_unmanaged
from coachvision.video.reader import VideoReader

# Decoded frames that are kept: 40 of 1080p.
_KEPT_BYTES = 128 << 20
_MOST_KEPT = 256
# A frame so little ahead of the last one is reached by decoding on, whatever keyframes lie between.
_NEAR = 24
# Kept before a frame that was jumped to: a step or two back are likely.
_BEFORE = 8


class StillReader:
    """One video file, open. Use from one thread; raises as `VideoReader.frame_at` does."""

    def __init__(self, path: Path, facts: VideoFacts) -> None:
        self.path = path
        self.facts = facts
        self._converter = Converter(facts)
        # Files whose frames have to be counted, or that are broken, are read with more care than speed.
        self._careful = facts.counted or facts.damaged
        self._slow = VideoReader(path, facts)
        self._kept: OrderedDict[int, VideoFrame] = OrderedDict()
        self._most = int(np.clip(_KEPT_BYTES // (facts.stored_width * facts.stored_height * 3 // 2), 4, _MOST_KEPT))
        self._container: InputContainer | None = None
        self._stream: VideoStream | None = None
        self._frames: Iterator[tuple[int, VideoFrame]] | None = None
        self._at = -1
        self._whole_from = 0

    def close(self) -> None:
        """Free the file."""
        self._slow.close()
        self._leave()
        if self._container is not None:
            self._container.close()
            self._container = self._stream = None

    def near(self, index: int) -> bool:
        """Whether the frame is there at once, or after decoding a few."""
        return index in self._kept or (self._frames is not None and self._at < index <= self._at + _NEAR)

    def frame_at(self, index: int, given_up: Callable[[], bool] | None = None) -> Frame:
        """One frame, exactly. given_up: asked after every frame on the way; Cancelled is raised where it says so."""
        if not 0 <= index < len(self.facts.timeline):
            raise IndexError(index)
        found = None if self._careful else self._quick(index, given_up)
        if found is None:
            # Whatever stood in the way: the careful reader finds the frame, or says what is wrong with it.
            self._leave()
            return self._slow.frame_at(index, given_up)
        timeline = self.facts.timeline
        return self._converter.frame(found, index, int(timeline.pts[index]), float(timeline.seconds[index]))

    def _quick(self, index: int, given_up: Callable[[], bool] | None) -> VideoFrame | None:
        if index in self._kept:
            self._kept.move_to_end(index)
            return self._kept[index]
        key = self._key_index(index)
        if self._frames is None or index <= self._at or (key > self._at and index > self._at + _NEAR):
            # Going back: what lies before is asked for next.
            back = 0 <= self._at - index <= self._most
            self._whole_from = index - (self._most - 1 if back else _BEFORE)
            self._at = -1
            self._frames = self._from(key)
        elif index > self._at + _NEAR:
            self._whole_from = index - _BEFORE
        return self._forward_to(index, given_up)

    def _forward_to(self, index: int, given_up: Callable[[], bool] | None) -> VideoFrame | None:
        assert self._frames is not None  # noqa: S101 - made by the caller
        first = True
        for number, frame in self._frames:
            if first and number > index:
                break
            first = False
            self._at = number
            if number >= self._whole_from:
                self._keep(number, frame)
            if number == index:
                # From here on all are wanted: the next may be asked for.
                self._whole_from = 0
                return frame
            if number > index:
                break
            if given_up is not None and given_up():
                raise Cancelled
        self._leave()
        return None

    def _keep(self, number: int, frame: VideoFrame) -> None:
        self._kept[number] = frame
        self._kept.move_to_end(number)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def _leave(self) -> None:
        """Forget where the decoder stands."""
        self._frames = None
        self._at = -1

    def _from(self, key: int) -> Iterator[tuple[int, VideoFrame]]:
        """(number, frame) from a keyframe on; ends where the file does not decode."""
        if self._container is None:
            self._container = open_unmanaged(self.path)
            self._stream = first_video_stream(self._container, self.path)
            only(self._container, self._stream)
            self._stream.codec_context.thread_type = "AUTO"
        assert self._stream is not None  # noqa: S101 - comes with the container
        pts = self.facts.timeline.pts
        try:
            # Also to the very start: the decoder may stand anywhere.
            self._container.seek(int(pts[key]), stream=self._stream, backward=True)
            yield from self._decoded(self._container, self._stream, key)
        except av.FFmpegError:
            return

    def _decoded(self, container: InputContainer, stream: VideoStream, key: int) -> Iterator[tuple[int, VideoFrame]]:
        pts = self.facts.timeline.pts
        begun = False
        for packet in container.demux(stream):
            begun = begun or packet.is_keyframe
            if not begun and packet.size:
                continue
            wanted = self._wanted_from()
            skipped = packet.pts is not None and wanted is not None and packet.pts < wanted
            stream.codec_context.skip_frame = "NONREF" if skipped else "DEFAULT"
            for frame in packet.decode():
                number = int(np.searchsorted(pts, frame.pts)) if frame.pts is not None else len(pts)
                # What is shown before the keyframe may be made from frames that were not read.
                if number < len(pts) and int(pts[number]) == frame.pts and number >= max(key, self._at + 1):
                    yield number, frame

    def _wanted_from(self) -> int | None:
        return int(self.facts.timeline.pts[self._whole_from]) if self._whole_from > 0 else None

    def _key_index(self, index: int) -> int:
        keys, pts = self.facts.keyframes, self.facts.timeline.pts
        at = int(np.searchsorted(keys, pts[index], side="right")) - 1
        return int(np.searchsorted(pts, keys[at])) if at >= 0 else 0
