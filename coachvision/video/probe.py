"""What a file is, found out in a child process, so that a hostile or damaged file cannot take this one down.

`probe` for everyone; `probe_here` for processes that are workers themselves.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from av.sidedata.sidedata import Type as SideData
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from coachvision.core.time import Timeline
from coachvision.errors import Cancelled, VideoError
from coachvision.video.facts import VideoFacts, from_bytes
from coachvision.video.index import CHECKED_FRAMES, FrameIndex, decode_all, frame_index
from coachvision.video.opening import MAX_PIXELS, first_video_stream, only, open_input, require_file
from coachvision.video.recorded import recorded

# 100 million frames' times and a header: no sound file comes near.
_MOST_OUTPUT = 1 << 30
_POLL_S = 0.1
_SLOW_DRIVE = 20e6  # bytes a second
_CAPTURE_TAGS = ("com.android.capture.fps", "com.apple.quicktime.camera.framerate.capture")
_HDR_TRANSFERS = (16, 18)


def probe(path: Path, *, timeout_s: float = 30.0, cancelled: Callable[[], bool] | None = None) -> VideoFacts:
    """Facts of a video, from a child process. Raises VideoError, in plain words, for whatever is wrong with it.

    timeout_s: for the work; a large file has as much time again as a slow drive needs to read it through.
    cancelled: asked ten times a second; raises Cancelled where it says so.
    """
    require_file(path)
    timeout_s += path.stat().st_size / _SLOW_DRIVE
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = subprocess.Popen(
            [*_child_command(), str(path.absolute()), str(timeout_s)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            # Each thread of the linear algebra library would reserve memory that the child's limit counts.
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )
        try:
            code = _wait(child, timeout_s, cancelled)
        except subprocess.TimeoutExpired as error:
            raise VideoError(
                "The file takes too long to open",
                f"“{path.name}” could not be examined within {timeout_s:.0f} seconds.",
                hint="It may be damaged, or on a slow drive. Copy it to this computer and try again.",
                path=path,
                retryable=True,
            ) from error
        finally:
            child.kill()
            child.wait()
        return replace(_answer(path, code, _content(out)), path=path)


def _wait(child: subprocess.Popen[bytes], timeout_s: float, cancelled: Callable[[], bool] | None) -> int:
    """The child's exit code. Raises TimeoutExpired, Cancelled."""
    end = time.monotonic() + timeout_s
    while cancelled is not None:
        if cancelled():
            raise Cancelled
        try:
            return child.wait(min(_POLL_S, max(0.0, end - time.monotonic())))
        except subprocess.TimeoutExpired:
            if time.monotonic() >= end:
                raise
    return child.wait(timeout_s)


def _child_command() -> list[str]:
    if getattr(sys, "frozen", False):
        # A frozen program is its own interpreter: its entry point hands these arguments to `_probe_child.main`.
        return [sys.executable, "--coachvision-probe"]
    # -P: a module of the same name in the current folder must not be imported.
    return [sys.executable, "-P", "-m", "coachvision.video._probe_child"]


def _content(out: BinaryIO) -> bytes:
    out.seek(0)
    return out.read(_MOST_OUTPUT)


def _answer(path: Path, code: int, output: bytes) -> VideoFacts:
    """The child's answer, trusted with nothing: it is data, of known kinds, or it is an error."""
    damaged = VideoError(
        "This video cannot be read",
        f"“{path.name}” made the reader stop; it is damaged in a way that no player can mend.",
        hint="Copy it again from the phone or camera, or export it anew.",
        path=path,
    )
    try:
        if output[:1] == b"F" and code == 0:
            return from_bytes(output[1:])
        if output[:1] == b"E":
            told = json.loads(output[1:])
            raise VideoError(
                str(told["title"])[:200],
                str(told["message"])[:2000],
                hint=str(told["hint"])[:1000],
                path=path,
                retryable=bool(told["retryable"]),
            )
    except (ValueError, KeyError, TypeError) as error:
        raise damaged from error
    raise damaged


def probe_here(path: Path) -> VideoFacts:
    """As `probe`, in this very process: for children and workers, never for the one that holds the coach's work."""
    with open_input(path) as container:
        stream = first_video_stream(container, path)
        tags = {**container.metadata, **stream.metadata}
        first = _first_frames(path)
        index = frame_index(path, first)
        if not len(index.pts):
            raise _no_picture(path)
        return _facts(path, container.format.name, stream, bool(container.streams.audio), tags, first[0], index)


def _first_frames(path: Path) -> list[VideoFrame]:
    frames: list[VideoFrame] = []
    with open_input(path) as container:
        stream = first_video_stream(container, path)
        only(container, stream)
        context = stream.codec_context
        context.thread_type = "SLICE"
        # At 8K a handful is enough, and holds a gigabyte already.
        wanted = int(np.clip(40e6 / max(1, context.width * context.height), 2, CHECKED_FRAMES))
        for frame in decode_all(container, stream):
            if frame is not None:
                frames.append(frame)
            if len(frames) >= wanted:
                break
    if not frames:
        raise _no_picture(path)
    return frames


def _no_picture(path: Path) -> VideoError:
    return VideoError(
        "No picture in this video can be read",
        f"“{path.name}” can be opened, but none of its frames can be decoded.",
        hint="Copy it again from the phone or camera, or export it anew.",
        path=path,
    )


def _facts(
    path: Path, container: str, stream: VideoStream, audio: bool, tags: dict[str, str], first: VideoFrame,
    index: FrameIndex,
) -> VideoFacts:  # fmt: skip
    warnings = list(index.warnings)
    time_base = stream.time_base or Fraction(1, 90000)
    timeline = Timeline(index.pts, time_base)
    rotation, mirrored = _orientation(first)
    aspect = _sample_aspect(stream, first)
    # The height stays; the width is stretched or squeezed, as players do.
    width, height = max(1, round(first.width * aspect)), first.height
    if rotation in (90, 270):
        width, height = height, width
    interval = timeline.frame_interval_s or _guessed_interval(stream)
    last = index.last_duration * timeline.tick_s
    # Some files claim a last frame of minutes: no longer than ten usual ones is believed.
    last = last if 0 < last <= 10 * interval else interval
    duration = float(timeline.seconds[-1]) + last
    return VideoFacts(
        path=path,
        size=path.stat().st_size,
        container=container,
        codec=stream.codec_context.codec.canonical_name,
        width=width,
        height=height,
        stored_width=first.width,
        stored_height=first.height,
        rotation=rotation,
        sample_aspect=aspect,
        pixel_format=first.format.name,
        bit_depth=max(component.bits for component in first.format.components),
        hdr=int(first.color_trc) in _HDR_TRANSFERS,
        interlaced=bool(first.interlaced_frame),
        timeline=timeline,
        keyframes=index.keyframes,
        duration_s=duration,
        fps=timeline.fps or (1 / duration),
        variable_frame_rate=timeline.variable,
        capture_fps=_capture_fps(tags, timeline.fps),
        has_audio=audio,
        stream_index=stream.index,
        warnings=tuple(warnings),
        mirrored=mirrored,
        counted=index.counted,
        damaged=index.damaged,
        recorded=recorded(tags),
    )


def _orientation(frame: VideoFrame) -> tuple[int, bool]:
    """(clockwise turn that makes it upright, flipped left to right before that), from the display matrix."""
    side_data: Iterable[Any] = frame.side_data
    found = [bytes(data) for data in side_data if data.type == SideData.DISPLAYMATRIX]
    if not found or len(found[0]) < 36:
        return 0, False
    a, b, _, c, d = (int(value) for value in np.frombuffer(found[0], "<i4")[:5])
    mirrored = a * d - b * c < 0
    if mirrored:
        a, b = -a, -b
    # The matrix maps stored x to (a, b) on a screen whose y points down (ISO/IEC 14496-12, 8.3.2): clockwise.
    return round(np.degrees(np.arctan2(b, a)) / 90) % 4 * 90, mirrored


def _sample_aspect(stream: VideoStream, frame: VideoFrame) -> Fraction:
    aspect = stream.sample_aspect_ratio or Fraction(1)
    # Beyond 4 it is a damaged header: no camera or disc has such pixels.
    sound = Fraction(1, 4) <= aspect <= 4 and frame.width * aspect * frame.height <= MAX_PIXELS
    return aspect if sound else Fraction(1)


def _guessed_interval(stream: VideoStream) -> float:
    rate = stream.guessed_rate or stream.average_rate
    return 1 / float(rate) if rate else 1 / 25


def _capture_fps(tags: dict[str, str], stored_fps: float) -> float | None:
    """The rate at which the phone filmed, where its own tag differs from the stored rate by over a twentieth."""
    lowered = {key.lower(): value for key, value in tags.items()}
    for tag in _CAPTURE_TAGS:
        try:
            value = float(lowered.get(tag, "nan"))
        except ValueError:
            continue
        if 1 <= value <= 10000 and stored_fps > 0 and abs(value / stored_fps - 1) > 0.05:
            return value
    return None
