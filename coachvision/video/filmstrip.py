"""A strip of small pictures over the whole video: one JPEG sheet and a JSON that says which frame each one is.

Written in the worker that decodes; `read_filmstrip` for anyone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from coachvision.core.frames import Frame, Image
from coachvision.errors import VideoError
from coachvision.video.facts import VideoFacts
from coachvision.video.files import write_whole, writing
from coachvision.video.scaling import scaled_rgb
from coachvision.video.sheet import MANIFEST, SHEET

# The library's cards show them 153 pixels high and more.
HEIGHT = 144
_COLUMNS = 10
_FEWEST, _MOST = 10, 100


class FilmstripWriter:
    """Feed it every frame; it takes about two a second, ten to a hundred in all, however many frames really come."""

    def __init__(self, folder: Path, facts: VideoFacts) -> None:
        self.folder = folder
        self._width = min(512, max(2, round(HEIGHT * facts.width / facts.height)))
        expected = len(facts.timeline)
        wanted = int(np.clip(2 * facts.duration_s, _FEWEST, _MOST))
        self._step = max(1, -(-expected // wanted))
        self._seen = 0
        self._thumbs: list[tuple[int, int, float, Image]] = []

    def feed(self, frame: Frame) -> None:
        """The next frame, in rising order of index."""
        if self._seen % self._step == 0:
            self._thumbs.append((frame.index, frame.pts, frame.time_s, scaled_rgb(frame, self._width, HEIGHT)))
        self._seen += 1
        if len(self._thumbs) > _MOST:
            # More frames came than the file promised: keep every other picture, take half as many from here on.
            self._thumbs = self._thumbs[::2]
            self._step *= 2

    def close(self) -> None:
        """Write the sheet, then the JSON that makes it valid. Without a frame nothing is written."""
        if not self._thumbs:
            return
        columns = min(_COLUMNS, len(self._thumbs))
        rows = -(-len(self._thumbs) // columns)
        sheet = np.zeros((rows * HEIGHT, columns * self._width, 3), np.uint8)
        for at, (_, _, _, picture) in enumerate(self._thumbs):
            top, left = at // columns * HEIGHT, at % columns * self._width
            sheet[top : top + HEIGHT, left : left + self._width] = picture
        manifest = {
            "version": 1,
            "sheet": SHEET,
            "width": self._width,
            "height": HEIGHT,
            "columns": columns,
            "frames": [{"index": i, "pts": pts, "time_s": s} for i, pts, s, _ in self._thumbs],
        }
        with writing(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            # An older strip's JSON must not describe the new sheet.
            (self.folder / MANIFEST).unlink(missing_ok=True)
        write_whole(self.folder / SHEET, jpeg(sheet), "video.filmstrip.sheet")
        write_whole(self.folder / MANIFEST, json.dumps(manifest).encode(), "video.filmstrip.manifest")


def jpeg(rgb: Image, quality: int = 85) -> bytes:
    """(h, w, 3) uint8 RGB as a JPEG file's bytes."""
    done, data = cv2.imencode(".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError(f"a picture of shape {rgb.shape} cannot be written as JPEG")
    return bytes(data)


@dataclass(frozen=True, eq=False)
class Filmstrip:
    """indices: frame numbers. times_s: seconds. pictures: (n, height, width, 3) uint8 RGB."""

    indices: tuple[int, ...]
    times_s: tuple[float, ...]
    pictures: Image


def read_filmstrip(folder: Path) -> Filmstrip | None:
    """The strip of a session, or None where none was written. Raises VideoError for a damaged one."""
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_bytes())
        sheet = cv2.imread(str(folder / SHEET), cv2.IMREAD_COLOR_RGB)
        width, height, columns = (int(manifest[key]) for key in ("width", "height", "columns"))
        entries = manifest["frames"]
        pictures = np.stack(
            [
                np.asarray(sheet, np.uint8)[k // columns * height :, k % columns * width :][:height, :width]
                for k in range(len(entries))
            ]
        )
        return Filmstrip(
            tuple(int(entry["index"]) for entry in entries),
            tuple(float(entry["time_s"]) for entry in entries),
            pictures,
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise VideoError(
            "The filmstrip is damaged",
            f"“{path}” cannot be read: {error}.",
            hint="Analyze the video again; the original is untouched.",
            path=path,
        ) from error
