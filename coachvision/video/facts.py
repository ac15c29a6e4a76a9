"""What is known of a video file before its pictures are decoded. Anyone above `video` may read it.

Importing this must stay cheap: a probe's child process does.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coachvision.core.time import Timeline


@dataclass(frozen=True, eq=False)
class VideoFacts:
    """Facts of one file, measured by `probe`. Picklable.

    width, height: upright square pixels, as every frame is handed out. stored_width, stored_height: as coded.
    rotation: degrees clockwise (0, 90, 180, 270) that make the stored picture upright, after `mirrored` has flipped
    it left to right. timeline: the time of every frame. keyframes: (k,) int64 pts of frames that decode alone.
    duration_s: real seconds, with the last frame's own duration. fps: mean frames a real second.
    capture_fps: the rate at which the phone says it filmed, where that differs from how it is stored.
    recorded: when it was filmed, UTC, ISO 8601 to the second; None where the file does not say.
    counted: frames carry no usable times of their own; they are told apart by counting from the start of the file.
    damaged: part of the file is missing or broken; `warnings` say where.
    """

    path: Path
    size: int
    container: str
    codec: str
    width: int
    height: int
    stored_width: int
    stored_height: int
    rotation: int
    sample_aspect: Fraction
    pixel_format: str
    bit_depth: int
    hdr: bool
    interlaced: bool
    timeline: Timeline
    keyframes: NDArray[np.int64]
    duration_s: float
    fps: float
    variable_frame_rate: bool
    capture_fps: float | None
    has_audio: bool
    stream_index: int
    warnings: tuple[str, ...] = ()
    mirrored: bool = False
    counted: bool = False
    damaged: bool = False
    recorded: str | None = None

    def at_capture_rate(self, capture_fps: float) -> VideoFacts:
        """The same file in real time, given the rate at which it was filmed (slow motion stored at 30)."""
        timeline = self.timeline.scaled(capture_fps)
        ratio = timeline.time_scale / self.timeline.time_scale
        return replace(
            self, timeline=timeline, duration_s=self.duration_s * ratio, fps=timeline.fps or self.fps / ratio
        )


_PLAIN = {"path", "sample_aspect", "timeline", "keyframes", "warnings"}


def to_bytes(facts: VideoFacts) -> bytes:
    """Facts as data: a length, a JSON header, then the times as raw little-endian integers. Never code."""
    header: dict[str, Any] = {f.name: getattr(facts, f.name) for f in fields(facts) if f.name not in _PLAIN}
    header["path"] = str(facts.path)
    header["warnings"] = list(facts.warnings)
    header["sample_aspect"] = [facts.sample_aspect.numerator, facts.sample_aspect.denominator]
    header["time_base"] = [facts.timeline.time_base.numerator, facts.timeline.time_base.denominator]
    header["time_scale"] = facts.timeline.time_scale
    header["frames"] = len(facts.timeline)
    text = json.dumps(header).encode()
    arrays = facts.timeline.pts.astype("<i8").tobytes() + facts.keyframes.astype("<i8").tobytes()
    return struct.pack("<I", len(text)) + text + arrays


def from_bytes(data: bytes) -> VideoFacts:
    """The reverse of `to_bytes`, for data that may be hostile: raises ValueError for anything but sound facts."""
    try:
        (length,) = struct.unpack_from("<I", data)
        header = json.loads(data[4 : 4 + length])
        frames = int(header.pop("frames"))
        numbers = np.frombuffer(data, dtype="<i8", offset=4 + length).astype(np.int64)
        if not 0 < frames <= len(numbers):
            raise ValueError("fewer times than frames")
        timeline = Timeline(
            numbers[:frames].copy(), Fraction(*map(int, header.pop("time_base"))), float(header.pop("time_scale"))
        )
        facts = VideoFacts(
            path=Path(str(header.pop("path"))),
            sample_aspect=Fraction(*map(int, header.pop("sample_aspect"))),
            timeline=timeline,
            keyframes=numbers[frames:].copy(),
            warnings=tuple(str(text) for text in header.pop("warnings")),
            **header,
        )
    except (KeyError, TypeError, struct.error, ZeroDivisionError, OverflowError, AttributeError) as error:
        raise ValueError(f"not facts: {error}") from error
    _check(facts)
    return facts


_TYPES: dict[str, type | tuple[type, ...]] = {
    "str": str, "int": int, "bool": bool, "float": (int, float), "float | None": (int, float, type(None)),
    "str | None": (str, type(None)),
}  # fmt: skip


def _check(facts: VideoFacts) -> None:
    for field in fields(facts):
        wanted = _TYPES.get(str(field.type))
        value = getattr(facts, field.name)
        if wanted is not None and not isinstance(value, wanted):
            raise ValueError(f"{field.name} is {value!r}")
    if facts.width < 1 or facts.height < 1 or facts.rotation not in (0, 90, 180, 270):
        raise ValueError("impossible size or rotation")
