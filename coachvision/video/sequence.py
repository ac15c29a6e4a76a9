"""A folder of numbered pictures read as a video, only where the coach asks for it. Same interface as `VideoReader`."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Self

import cv2
import numpy as np

from coachvision.core.frames import Frame, Image
from coachvision.core.time import Timeline
from coachvision.errors import VideoError
from coachvision.video.facts import VideoFacts
from coachvision.video.numbering import by_number
from coachvision.video.opening import MAX_PIXELS

_SUFFIXES = {".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp"}


class SequenceReader:
    """Pictures as frames; those of another size than the first are fitted to it. Use from one thread."""

    def __init__(self, files: list[Path], facts: VideoFacts) -> None:
        self.facts = facts
        self.warnings: list[str] = []
        self._files = files

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing stays open between pictures."""

    def frames(self, first: int = 0, last: int | None = None) -> Iterator[Frame]:
        """Frames first..last, inclusive; a damaged picture is left out and told in `warnings`."""
        final = len(self._files) - 1 if last is None else min(last, len(self._files) - 1)
        return self._several(range(first, final + 1))

    def frames_backward(self, first: int, last: int) -> Iterator[Frame]:
        """Frames last..first, inclusive, in falling order."""
        return self._several(range(min(last, len(self._files) - 1), first - 1, -1))

    def frame_at(self, index: int) -> Frame:
        """One frame. Raises VideoError for a damaged picture, IndexError where there is none."""
        if not 0 <= index < len(self._files):
            raise IndexError(index)
        rgb = read_picture(self._files[index])
        size = (self.facts.width, self.facts.height)
        if (rgb.shape[1], rgb.shape[0]) != size:
            rgb = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
        timeline = self.facts.timeline
        return Frame(index, int(timeline.pts[index]), float(timeline.seconds[index]), rgb=rgb)

    def _several(self, indices: range) -> Iterator[Frame]:
        for index in indices:
            try:
                yield self.frame_at(index)
            except VideoError as error:
                self.warnings.append(error.message)


def open_sequence(folder_or_pattern: Path, fps: float) -> SequenceReader:
    """Pictures of a folder, or those that match a pattern such as `folder/run_*.jpg`, in the order of their numbers.

    Raises VideoError where there are none, ValueError for an impossible rate.
    """
    if not 0 < fps <= 10000:
        raise ValueError(f"{fps} frames a second")
    files = pictures_in(folder_or_pattern)
    first = read_picture(files[0])
    rate = Fraction(fps).limit_denominator(100000)
    count = len(files)
    facts = VideoFacts(
        path=folder_or_pattern,
        size=sum(file.stat().st_size for file in files),
        container="pictures",
        codec=files[0].suffix.lower().lstrip("."),
        width=first.shape[1],
        height=first.shape[0],
        stored_width=first.shape[1],
        stored_height=first.shape[0],
        rotation=0,
        sample_aspect=Fraction(1),
        pixel_format="rgb24",
        bit_depth=8,
        hdr=False,
        interlaced=False,
        timeline=Timeline(np.arange(count, dtype=np.int64), 1 / rate),
        keyframes=np.arange(count, dtype=np.int64),
        duration_s=count / fps,
        fps=fps,
        variable_frame_rate=False,
        capture_fps=None,
        has_audio=False,
        stream_index=0,
    )
    return SequenceReader(files, facts)


def pictures_in(folder_or_pattern: Path) -> list[Path]:
    """The pictures of a folder or pattern in the order of their numbers. Raises VideoError where there are none."""
    try:
        if folder_or_pattern.is_dir():
            found = [p for p in folder_or_pattern.iterdir() if is_picture(p) and p.is_file()]
        else:
            found = [p for p in folder_or_pattern.parent.glob(folder_or_pattern.name) if is_picture(p) and p.is_file()]
    except (OSError, ValueError) as error:
        raise VideoError(
            "The pictures cannot be listed",
            f"“{folder_or_pattern}”: {getattr(error, 'strerror', None) or error}.",
            hint="Check the folder's name and permissions.",
            path=folder_or_pattern,
        ) from error
    if not found:
        raise _none_here(folder_or_pattern)
    return sorted(found, key=by_number)


def _none_here(folder_or_pattern: Path) -> VideoError:
    what = f"“{folder_or_pattern}” holds no JPEG, PNG, BMP, TIFF or WebP pictures."
    hint = "Choose the folder that the pictures are in."
    if folder_or_pattern.is_file():
        what = f"“{folder_or_pattern}” is a file, and not a JPEG, PNG, BMP, TIFF or WebP picture."
        hint += " A video is analyzed without --sequence."
    elif not folder_or_pattern.is_dir() and not any(sign in folder_or_pattern.name for sign in "*?["):
        what = f"“{folder_or_pattern}” does not exist."
    return VideoError("There are no pictures here", what, hint=hint, path=folder_or_pattern)


def is_picture(path: Path) -> bool:
    """Whether the name says so; those that begin with a dot are the system's own."""
    return path.suffix.lower() in _SUFFIXES and not path.name.startswith(".")


def read_picture(path: Path) -> Image:
    """(h, w, 3) uint8 RGB, turned upright as the camera says. Raises VideoError."""
    try:
        data = np.fromfile(path, np.uint8)
        # Not imread: it cannot open every file name on every system.
        picture = cv2.imdecode(data, cv2.IMREAD_COLOR_RGB) if len(data) else None
    except (OSError, cv2.error) as error:
        raise _unreadable(path) from error
    if picture is None or picture.shape[0] * picture.shape[1] > MAX_PIXELS:
        raise _unreadable(path)
    return np.asarray(picture, np.uint8)


def _unreadable(path: Path) -> VideoError:
    return VideoError(
        "A picture cannot be read",
        f"“{path.name}” is damaged, too large, or not a picture.",
        hint="Export the picture again.",
        path=path,
    )
