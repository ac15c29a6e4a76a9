"""Clips with awkward times, made on the spot by muxing packets by hand. For the tests of this room."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np


def numbered_picture(index: int, width: int = 160, height: int = 90) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """A grey picture that says its number in eight tall cells, on a moving texture below."""
    picture = np.full((height, width, 3), 110, np.uint8)
    cell = width // 8
    for bit in range(8):
        picture[: height // 2, bit * cell : (bit + 1) * cell] = 235 if index >> (7 - bit) & 1 else 20
    rows = np.arange(height // 2, height)[:, None]
    columns = np.arange(width)[None, :]
    picture[height // 2 :, :, 1] = (columns * 3 + rows * 5 + index * 7) % 200
    return picture


def number_of(gray: np.ndarray[Any, np.dtype[np.uint8]]) -> int:
    """The number on a picture made by `numbered_picture`, at any size."""
    height, width = gray.shape
    cell = width / 8
    number = 0
    for bit in range(8):
        part = gray[: height // 3, int((bit + 0.3) * cell) : int((bit + 0.7) * cell)]
        number = number * 2 + int(part.mean() > 128)
    return number


def write_numbered(
    path: Path,
    frames: int,
    *,
    codec: str = "libx264",
    container: str | None = None,
    time_base: Fraction = Fraction(1, 1000),
    time_of: Callable[[int], int] = lambda k: k * 33,
    shift: int = 0,
    gop: int = 12,
    b_frames: int = 2,
    size: tuple[int, int] = (160, 90),
    pixel_format: str = "yuv420p",
    metadata: dict[str, str] | None = None,
    options: dict[str, str] | None = None,
) -> Path:
    """A clip whose k-th frame shows k at `time_of(k)` ticks; `shift` is added to the packets' times as muxed."""
    width, height = size
    with av.open(
        str(path), "w", format=container, options={"movflags": "+use_metadata_tags"} if metadata else {}
    ) as out:
        out.metadata.update(metadata or {})
        stream = out.add_stream(codec)
        stream.width, stream.height, stream.pix_fmt = width, height, pixel_format
        stream.time_base = stream.codec_context.time_base = time_base
        stream.codec_context.gop_size = gop
        stream.codec_context.max_b_frames = b_frames
        stream.codec_context.options = (
            {"preset": "ultrafast", **(options or {})} if codec == "libx264" else options or {}
        )
        if codec == "libx264" and b_frames:
            stream.codec_context.options = {**stream.codec_context.options, "bf": str(b_frames), "b-adapt": "0"}

        def mux(packets: list[av.Packet[Any]]) -> None:
            for packet in packets:
                if packet.pts is not None:
                    packet.pts += shift
                if packet.dts is not None:
                    packet.dts += shift
                out.mux(packet)

        for index in range(frames):
            frame = av.VideoFrame.from_ndarray(numbered_picture(index, width, height), format="rgb24")
            frame = frame.reformat(format=pixel_format)
            frame.pts, frame.time_base = time_of(index), time_base
            mux(stream.encode(frame))
        mux(stream.encode(None))
    return path


def decoded_times(path: Path) -> list[int]:
    """The peer: pts of every frame that PyAV decodes, errors passed over, in one thread."""
    times: list[int] = []
    with av.open(str(path)) as container:
        stream = next(s for s in container.streams.video)
        stream.thread_type = "SLICE"
        for packet in container.demux(stream):
            try:
                times += [frame.pts for frame in packet.decode() if frame.pts is not None]
            except av.FFmpegError:
                continue
    return times
