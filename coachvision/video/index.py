"""The frame index: the time of every frame and keyframe, by demuxing alone where the packets' times can be trusted.

Times are FFmpeg's `best_effort_timestamp` of decoded frames. A file whose packets cannot be trusted is decoded.
Used by `probe`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from coachvision.video.opening import first_video_stream, only, open_input

# A full decode to learn the times is done only where it ends within seconds: 3000 frames of 1080p.
DECODE_BUDGET_PIXELS = 3000 * 1920 * 1080
CHECKED_FRAMES = 16
_ELEMENTARY = ("h264", "hevc", "mpegvideo", "m4v")


@dataclass(eq=False)
class FrameIndex:
    """pts: (n,) int64, increasing. keyframes: (k,) int64. last_duration: ticks, 0 if unknown. See VideoFacts."""

    pts: NDArray[np.int64]
    keyframes: NDArray[np.int64]
    last_duration: int = 0
    counted: bool = False
    damaged: bool = False
    warnings: list[str] = field(default_factory=list)


@dataclass(eq=False)
class _Packets:
    times: list[int] = field(default_factory=list)
    keyframes: list[int] = field(default_factory=list)
    durations: list[int] = field(default_factory=list)
    untimed: int = 0
    broken: int = 0
    backwards: bool = False
    stopped: str = ""


def frame_index(path: Path, first: list[VideoFrame]) -> FrameIndex:
    """Index a file. first: its first few frames, decoded, against which the packets' times are checked."""
    with open_input(path) as container:
        stream = first_video_stream(container, path)
        promised = stream.frames
        pixels = stream.codec_context.width * stream.codec_context.height
        packets = _demux(container, stream)
        elementary = container.format.name in _ELEMENTARY
        rate = stream.guessed_rate or stream.average_rate or Fraction(25)
        time_base = stream.time_base or Fraction(1, 90000)
    times = np.array(sorted(set(packets.times)), np.int64)
    seen = np.array([frame.pts for frame in first if frame.pts is not None], np.int64)
    agrees = len(seen) == len(first) and np.array_equal(times[: len(seen)], seen)
    trusted = agrees and not packets.untimed and not packets.backwards
    short = bool(packets.stopped) or packets.broken > 0 or (0 < len(packets.times) < promised - 1)
    count = len(packets.times) + packets.untimed
    affordable = count * pixels <= DECODE_BUDGET_PIXELS
    if elementary or not trusted or (short and affordable):
        index = _decode_index(path, count, None if not elementary else 1 / (rate * time_base))
        index.last_duration = index.last_duration or _typical(packets.durations)
    else:
        last = packets.durations[int(np.argmax(packets.times))]
        index = FrameIndex(times, np.unique(np.array(packets.keyframes, np.int64)), last, damaged=short)
    if short:
        index.damaged = True
        missing = max(promised, count) - len(index.pts)
        if missing > 0 and len(index.pts):
            where = _where(index, times, time_base)
            index.warnings.insert(
                0, f"The file is damaged: {missing} of {max(promised, count)} frames are missing, {where}."
            )
    doubles = len(packets.times) - len(times)
    if doubles and not index.counted:
        index.warnings.append(f"{doubles} frames share their time with another and were left out.")
    return index


def _where(index: FrameIndex, told: NDArray[np.int64], time_base: Fraction) -> str:
    """From which second on frames are missing. told: the times of all packets there are."""
    lost = np.setdiff1d(told, index.pts)
    inside = lost[lost < index.pts[-1]]
    end = int(index.pts[-1]) + index.last_duration
    at = float((int(inside[0] if len(inside) else end) - int(index.pts[0])) * time_base)
    return f"the first at {at:.2f} s" if len(inside) else f"all from {at:.2f} s on"


def _demux(container: InputContainer, stream: VideoStream) -> _Packets:
    only(container, stream)
    found = _Packets()
    extradata = stream.codec_context.extradata or b""
    nal_length = _nal_length(stream.codec_context.name, extradata)
    hides = stream.codec_context.name.startswith(("vp8", "libvpx"))
    last_dts: int | None = None
    try:
        for packet in container.demux(stream):
            if not packet.size:
                continue
            if packet.is_corrupt or (nal_length and not _nals_fit(packet, nal_length)):
                found.broken += 1
            if packet.is_discard or (hides and not bytes(memoryview(packet)[:1])[0] & 0x10):
                continue
            pts, dts = packet.pts, packet.dts
            if pts is None:
                found.untimed += 1
                continue
            if dts is not None:
                found.backwards = found.backwards or (last_dts is not None and dts < last_dts)
                last_dts = dts
            found.times.append(pts)
            found.durations.append(packet.duration or 0)
            if packet.is_keyframe:
                found.keyframes.append(pts)
    except av.FFmpegError as error:
        found.stopped = str(error)
    return found


def _nal_length(codec: str, extradata: bytes) -> int:
    """Bytes of the length before each NAL unit in MP4 and Matroska (ISO/IEC 14496-15); 0 where there is none."""
    if not extradata.startswith(b"\x01"):
        return 0
    if codec == "h264" and len(extradata) > 4:
        return (extradata[4] & 3) + 1
    if codec == "hevc" and len(extradata) > 21:
        return (extradata[21] & 3) + 1
    return 0


def _nals_fit(packet: av.Packet, nal_length: int) -> bool:  # type: ignore[type-arg]  # of any stream
    """True where the NAL units' lengths end exactly at the packet's end: nearly all damage breaks this."""
    data = memoryview(packet)
    at, end = 0, len(data)
    while at + nal_length <= end:
        at += nal_length + int.from_bytes(data[at : at + nal_length], "big")
    return at == end


class BestEffort:
    """The time of a decoded frame as FFmpeg guesses it: its pts, or its dts once pts ran backwards more often."""

    def __init__(self) -> None:
        self._last: dict[str, int | None] = {"pts": None, "dts": None}
        self._faults = {"pts": 0, "dts": 0}

    def time(self, pts: int | None, dts: int | None) -> int | None:
        """Ticks, or None where the file gives neither."""
        for name, value in (("pts", pts), ("dts", dts)):
            last = self._last[name]
            if value is not None:
                self._faults[name] += last is not None and value <= last
                self._last[name] = value
        if pts is not None and (dts is None or self._faults["pts"] <= self._faults["dts"]):
            return pts
        return dts


def decode_all(
    container: InputContainer, stream: VideoStream, *, from_keyframe: bool = False
) -> Iterator[VideoFrame | None]:
    """Every frame that decodes, to the end of the file, in order; None for each packet that does not decode.

    from_keyframe: after a seek that landed between keyframes, start with the next one: what lies before would be mud.
    """
    packets = container.demux(stream)
    skipping = from_keyframe
    while True:
        try:
            packet = next(packets, None)
        except av.FFmpegError:
            # The file breaks off here. What the decoder still holds is good.
            yield None
            packet = None
        if skipping and packet is not None and packet.size:
            skipping = not packet.is_keyframe
            if skipping:
                continue
        try:
            yield from packet.decode() if packet is not None else stream.codec_context.decode(None)
        except av.EOFError:
            return
        except av.FFmpegError:
            yield None
        if packet is None:
            return


def _decode_index(path: Path, expected: int, ticks_a_frame: Fraction | None) -> FrameIndex:
    """The index by decoding everything. ticks_a_frame: given where the file has no times at all."""
    times: list[int] = []
    keyframes: list[int] = []
    missed, left_out, plain, last_duration, decoded = 0, 0, True, 0, 0
    best = BestEffort()
    with open_input(path) as container:
        stream = first_video_stream(container, path)
        only(container, stream)
        stream.codec_context.thread_type = "SLICE"
        for frame in decode_all(container, stream):
            if frame is None:
                missed += 1
                continue
            time = best.time(frame.pts, frame.dts)
            if time is None and ticks_a_frame is not None:
                time = round(decoded * ticks_a_frame)
            decoded += 1
            plain = plain and frame.pts is not None and time == frame.pts and (not times or time > times[-1])
            if time is None or (times and time <= times[-1]):
                left_out += 1
                continue
            times.append(time)
            last_duration = frame.duration or 0
            if frame.key_frame:
                keyframes.append(time)
    warnings = []
    if left_out:
        warnings.append(f"{left_out} frames have no time of their own in the file and were left out.")
    if ticks_a_frame is not None:
        warnings.append("The file holds no times; they are worked out from its frame rate.")
    damaged = missed > 0
    if damaged and expected <= len(times):
        warnings.append(f"The file is damaged in {missed} places; the picture may be disturbed there.")
    return FrameIndex(
        np.array(times, np.int64), np.array(keyframes, np.int64), last_duration, not plain, damaged, warnings
    )


def _typical(durations: list[int]) -> int:
    return int(np.median(durations)) if durations else 0
