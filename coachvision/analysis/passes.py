"""The decode pass: each frame is decoded once, converted at most once, and shown to all. For the engine."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol, TypeVar

import cv2
import numpy as np

from coachvision.analysis.board import Board
from coachvision.checkpoints import checkpoint
from coachvision.core.frames import Frame
from coachvision.core.results import Result
from coachvision.core.video import Region, Video
from coachvision.plugins.api import FrameAnalyzer, TwoWayAnalyzer
from coachvision.plugins.manifest import Manifest
from coachvision.video.reader import VideoReader

LONGEST_COMPLAINT = 500

T = TypeVar("T")

log = logging.getLogger(__name__)

# Analyzers with `input = "proxy"` see frames no higher than this. The stored proxy (`video.proxy`) is smaller still: it
# is made for scrubbing, and what a plugin sees must not depend on what that costs.
PROXY_HEIGHT = 720


class Sink(Protocol):
    """Takes every frame of the video, in order: the proxy and the filmstrip."""

    def feed(self, frame: Frame) -> None:
        """One frame."""
        ...


@dataclass(eq=False)
class _Seat:
    """One frame analyzer at work. error: what it raised, in words; from then on it sees no more frames."""

    manifest: Manifest
    analyzer: FrameAnalyzer
    parameters: dict[str, Any]
    scale: float = 1.0
    error: str = ""


class FramePass:
    """Frames of one reader to many analyzers. An analyzer that raises leaves the pass; the others go on."""

    def __init__(self, reader: VideoReader, video: Video, board: Board, sink: Sink | None) -> None:
        self._reader = reader
        self._video = video
        self._board = board
        self._sink = sink
        self._seats: dict[str, _Seat] = {}
        self._shrunk: Frame | None = None
        self._keyframes = frozenset(int(pts) for pts in reader.facts.keyframes)

    def add(self, manifest: Manifest, analyzer: FrameAnalyzer, parameters: dict[str, Any]) -> None:
        """Seat an analyzer and start it."""
        scale = min(1.0, PROXY_HEIGHT / self._video.height) if manifest.input == "proxy" else 1.0
        seat = self._seats[manifest.id] = _Seat(manifest, analyzer, parameters, scale)
        video = self._video if scale == 1.0 else _shrunk_video(self._video, scale)
        self._guard(seat, partial(analyzer.start, video, parameters))

    def run(self) -> None:
        """All frames forward, then backward for those who ask."""
        video = self._video
        # The proxy wants the whole video, the analyzers their span alone.
        first, last = (0, len(video.timeline) - 1) if self._sink else (video.first, video.last)
        total = last - first + 1
        self._board.enter("video", frames=0, total=total)
        for frame in self._reader.frames(first, last):
            if video.first <= frame.index <= video.last:
                self._show(frame)
            if self._sink is not None:
                self._sink.feed(frame)
            self._board.enter("video", frames=frame.index - first + 1)
            checkpoint("analysis.frame")
        self._board.enter("video")
        for seat in self._seats.values():
            self._backward(seat)

    def finish(self, analyzer_id: str) -> Result | str:
        """An analyzer's result in full-size pixels, or what it raised."""
        seat = self._seats[analyzer_id]
        found = result_or_words(self._guard(seat, seat.analyzer.finish))
        if isinstance(found, str):
            return seat.error or found
        if seat.scale == 1.0:
            return found
        # Guarded, since nobody has looked yet at what the plugin put into it.
        return self._guard(seat, partial(_full_size, found, seat.scale)) or seat.error

    def _show(self, frame: Frame) -> None:
        self._shrunk = None
        for seat in self._seats.values():
            if seat.error or (seat.manifest.input == "keyframes" and frame.pts not in self._keyframes):
                continue
            seen = frame if seat.scale == 1.0 else self._small(frame, seat.scale)
            self._guard(seat, partial(seat.analyzer.frame, seen))

    def _backward(self, seat: _Seat) -> None:
        if seat.error or seat.manifest.direction != "both" or not isinstance(seat.analyzer, TwoWayAnalyzer):
            return
        analyzer = seat.analyzer
        start = self._guard(seat, analyzer.backward_from)
        if start is None or start <= self._video.first:
            return
        for frame in self._reader.frames_backward(self._video.first, start - 1):
            seen = frame if seat.scale == 1.0 else self._small(frame, seat.scale)
            if not self._guard(seat, partial(analyzer.backward, seen)):
                break

    def _guard(self, seat: _Seat, call: Callable[[], T]) -> T | None:
        """What a plugin's code gives. It may raise anything: that ends its part (None from then on), and says so."""
        if seat.error:
            return None
        self._board.enter(seat.manifest.id)
        try:
            return call()
        except KeyboardInterrupt:
            raise
        # A sys.exit(), too: the worker is not the plugin's to end.
        except BaseException as error:
            log.info("analyzer %s raised", seat.manifest.id, exc_info=True)
            seat.error = complaint(error)
        return None

    def _small(self, frame: Frame, scale: float) -> Frame:
        """The frame at proxy size, made once for all who want it."""
        if self._shrunk is None or self._shrunk.index != frame.index:
            size = (max(1, round(frame.width * scale)), max(1, round(frame.height * scale)))
            rgb = np.asarray(cv2.resize(frame.rgb, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
            self._shrunk = Frame(frame.index, frame.pts, frame.time_s, rgb=rgb)
        return self._shrunk


def complaint(error: BaseException) -> str:
    """What a plugin's code raised, in words: one line, not too long to be read."""
    if isinstance(error, MemoryError):
        return "It ran out of memory."
    try:
        words = f"{type(error).__name__}: {error}"
    # An exception of the plugin's own may fail even to say what it is.
    except Exception:
        words = type(error).__name__
    return one_line(words)


def one_line(words: str) -> str:
    """A plugin's words as one line of readable length that a file can hold."""
    return " ".join(words.encode("utf-8", "replace").decode().split())[:LONGEST_COMPLAINT]


def result_or_words(given: object) -> Result | str:
    """What a plugin gave where it should give a Result; if it is none, that in words."""
    if isinstance(given, Result):
        return given
    return "It gave no result." if given is None else f"It gave a value of type {type(given).__name__}, not a Result."


def _shrunk_video(video: Video, scale: float) -> Video:
    """The video as an analyzer of proxy frames is told of it."""
    regions = tuple(Region(r.x * scale, r.y * scale, r.width * scale, r.height * scale, r.index) for r in video.regions)
    calibration = video.calibration
    if calibration is not None:
        calibration = replace(calibration, homography=calibration.homography @ np.diag([1 / scale, 1 / scale, 1.0]))
    size = (max(1, round(video.width * scale)), max(1, round(video.height * scale)))
    return replace(video, width=size[0], height=size[1], regions=regions, calibration=calibration)


def _full_size(result: Result, scale: float) -> Result:
    """Tracks of a proxy analyzer in the pixels of the video itself."""
    tracks = tuple(replace(track, points=(track.points / scale).astype(np.float32)) for track in result.tracks)
    return replace(result, tracks=tracks)
