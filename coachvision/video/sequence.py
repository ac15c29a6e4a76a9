"""The numbered pictures of a folder or pattern, only where the coach asks for them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from coachvision.core.frames import Image
from coachvision.errors import VideoError
from coachvision.video.numbering import by_number
from coachvision.video.opening import MAX_PIXELS

_SUFFIXES = {".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp"}


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
