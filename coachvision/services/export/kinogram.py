"""A kinogram: several poses of one athlete in one picture. For the fronts.

Where the camera stands still and the athlete crosses the picture, the poses are laid over the empty background (the
median of the frames); where they stay on one spot, or the camera moves, the poses stand side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from coachvision.core.frames import Image
from coachvision.core.results import Track
from coachvision.core.scene import Scene
from coachvision.errors import Cancelled, CoachVisionError, UsageError
from coachvision.library import Library
from coachvision.services.export.drawings import paint
from coachvision.services.export.film import stills
from coachvision.services.export.overlay import Layer, draw, extent, layers, plate
from coachvision.services.export.target import replacing
from coachvision.services.marks import scene_of
from coachvision.services.session import WholeSession, read_session

LEAST, MOST = 3, 24
# Levels of 255 by which a pixel of the athlete differs from the empty background.
_DIFFERENT = 24.0
# Neighbouring poses may cover one another by this share of their width; more is a muddle.
_COVERED = 0.55
# Levels by which the background of two frames differs where the camera stood still: noise and flicker.
_STILL = 12.0
_SIDE_BY_SIDE_HEIGHT = 720

Box = tuple[int, int, int, int]


@dataclass(frozen=True, eq=False)
class _Pose:
    """A frame of the kinogram: its picture, pts and seconds; box: around the athlete, x, y, width, height."""

    image: Image
    pts: int
    seconds: float
    box: Box


def export_kinogram(
    library: Library,
    session_id: str,
    target: Path,
    *,
    poses: int = 8,
    start_s: float | None = None,
    end_s: float | None = None,
    skeleton: bool = True,
    cancelled: Callable[[], bool] | None = None,
) -> Path:
    """Write a PNG with so many poses between two times (real seconds; else all that was analyzed).

    Returns the target. Raises UsageError (too few, too many), CoachVisionError (nobody to be seen), Cancelled.
    """
    if not LEAST <= poses <= MOST:
        raise UsageError(f"A kinogram cannot have {poses} poses", f"It has {LEAST} to {MOST}.")
    session = read_session(library, session_id)
    track = session.pose(session.main_subject) if session.main_subject is not None else None
    if track is None:
        raise CoachVisionError(
            "There is no athlete in this film yet",
            "A kinogram shows an athlete several times in one picture.",
            hint="Analyze the session first.",
        )
    chosen = _chosen(session, track, poses, start_s, end_s)
    line = session.film.timeline
    indexes = [line.index_of(pts) for pts in chosen]
    images = stills(session.film, indexes)
    if cancelled is not None and cancelled():
        raise Cancelled
    scene = scene_of(library, session)
    shown = [
        _Pose(images[index], pts, line.seconds_of(pts), _box(track, pts, images[index].shape))
        for index, pts in zip(indexes, chosen, strict=True)
        if index in images
    ]
    picture = kinogram(shown, layers(session) if skeleton else [], scene)
    good, data = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    if not good:
        raise ValueError("the picture could not be encoded")
    with replacing(library, target) as part:
        part.write_bytes(data.tobytes())
    return target


def kinogram(poses: Sequence[_Pose], drawn: Sequence[Layer], scene: Scene | None) -> Image:
    """The picture: overlaid where that can be told apart, else side by side."""
    background = np.median(np.stack([pose.image for pose in poses]), axis=0).astype(np.uint8)
    finished = [_finished(pose, drawn, scene) for pose in poses]
    if _apart(poses) and _stood_still(poses, background):
        return _overlaid(poses, finished, background)
    return _side_by_side(poses, finished)


def _chosen(session: WholeSession, track: Track, count: int, start_s: float | None, end_s: float | None) -> list[int]:
    """pts at even times, of frames on which the athlete is seen."""
    line = session.film.timeline
    times = line.times_of(track.pts)
    seen = np.isfinite(track.points).all(axis=2).sum(axis=1) >= 4
    start = start_s if start_s is not None else session.start_s
    end = end_s if end_s is not None else session.end_s
    seen &= (times >= (start if start is not None else -np.inf)) & (times <= (end if end is not None else np.inf))
    able = np.flatnonzero(seen)
    if len(able) < LEAST:
        raise CoachVisionError(
            "The athlete is not seen long enough there",
            f"A kinogram needs at least {LEAST} frames with the athlete in view.",
            hint="Choose a longer part of the film with the in and out points.",
        )
    wanted = np.linspace(times[able[0]], times[able[-1]], count)
    nearest = [int(able[np.argmin(np.abs(times[able] - at))]) for at in wanted]
    return [int(track.pts[row]) for row in dict.fromkeys(nearest)]


def _box(track: Track, pts: int, shape: tuple[int, ...]) -> Box:
    """Around the athlete, with room for head, hands and feet, inside the picture."""
    row = int(np.searchsorted(track.pts, pts))
    points = track.points[row]
    points = points[np.isfinite(points).all(axis=1)]
    low, high = points.min(axis=0), points.max(axis=0)
    room = 0.16 * float(max(high - low))
    left, top = max(0, int(low[0] - room)), max(0, int(low[1] - 1.2 * room))
    right, bottom = min(shape[1], int(high[0] + room)), min(shape[0], int(high[1] + room))
    return left, top, max(1, right - left), max(1, bottom - top)


def _finished(pose: _Pose, drawn: Sequence[Layer], scene: Scene | None) -> Image:
    """The frame with skeleton and drawings."""
    image = draw(pose.image, [Layer(layer.track, {}, layer.main) for layer in drawn], pose.pts, legend=False)
    return image if scene is None else paint(image, scene, pose.pts)


def _apart(poses: Sequence[_Pose]) -> bool:
    """Whether neighbouring poses leave enough of one another to be seen."""
    for one, other in pairwise(poses):
        width = min(one.box[2], other.box[2])
        common = min(one.box[0] + one.box[2], other.box[0] + other.box[2]) - max(one.box[0], other.box[0])
        if common > _COVERED * width:
            return False
    return True


def _stood_still(poses: Sequence[_Pose], background: Image) -> bool:
    """Whether what is not the athlete stayed the same."""
    for pose in poses:
        x, y, w, h = pose.box
        away = np.abs(pose.image.astype(np.int16) - background).mean(axis=2)
        away[y : y + h, x : x + w] = np.nan
        rest = away[np.isfinite(away)]
        # Others may walk through the picture: the most of it counts.
        if len(rest) and float(np.percentile(rest, 75)) > _STILL:
            return False
    return True


def _overlaid(poses: Sequence[_Pose], finished: Sequence[Image], background: Image) -> Image:
    canvas = background.copy()
    for pose, image in zip(poses, finished, strict=True):
        share = _athlete(pose, background, image)[..., None]
        canvas = (image * share + canvas * (1 - share)).astype(np.uint8)
    unit = canvas.shape[0] / 720
    for pose in poses:
        _time(canvas, pose.seconds, pose.box[0] + pose.box[2] / 2, pose.box[1] - 4 * unit, unit)
    return canvas


def _athlete(pose: _Pose, background: Image, finished: Image) -> NDArray[np.float32]:
    """(h, w) 0..1: what differs from the empty background around the athlete, and what is drawn on it."""
    x, y, w, h = pose.box
    changed = cv2.GaussianBlur(pose.image, (5, 5), 0).astype(np.int16) - cv2.GaussianBlur(background, (5, 5), 0)
    mask = (np.abs(changed).max(axis=2) > _DIFFERENT).astype(np.uint8)
    size = max(3, round(h / 60)) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, kernel, iterations=2), np.uint8)
    mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, kernel), np.uint8)
    mask |= (finished != pose.image).any(axis=2).astype(np.uint8)
    inside = np.zeros_like(mask)
    inside[y : y + h, x : x + w] = 1
    return np.asarray(cv2.GaussianBlur((mask & inside).astype(np.float32), (0, 0), max(0.8, h / 400)), np.float32)


def _side_by_side(poses: Sequence[_Pose], finished: Sequence[Image]) -> Image:
    """Parts of one size, the athlete in the middle of each, in order of time."""
    wide, tall = max(pose.box[2] for pose in poses), max(pose.box[3] for pose in poses)
    height, width = finished[0].shape[:2]
    wide, tall = min(wide, width), min(tall, height)
    scale = _SIDE_BY_SIDE_HEIGHT / tall
    parts = []
    for pose, image in zip(poses, finished, strict=True):
        x, y, w, h = pose.box
        left = int(np.clip(x + w / 2 - wide / 2, 0, width - wide))
        top = int(np.clip(y + h / 2 - tall / 2, 0, height - tall))
        part = image[top : top + tall, left : left + wide]
        size = max(1, round(wide * scale)), _SIDE_BY_SIDE_HEIGHT
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        shown = np.asarray(cv2.resize(part, size, interpolation=method), np.uint8)
        _time(shown, pose.seconds, shown.shape[1] / 2, 34, 1.0)
        parts.append(cv2.copyMakeBorder(shown, 0, 0, 0, 3, cv2.BORDER_CONSTANT, value=(12, 14, 16)))
    return np.asarray(np.hstack(parts)[:, :-3], dtype=np.uint8)


def _time(canvas: Image, seconds: float, x: float, y: float, unit: float) -> None:
    text = f"{seconds:.2f} s"
    wide, tall = extent(text, unit)
    left = int(np.clip(x - wide / 2, 2, max(2, canvas.shape[1] - wide - 2)))
    plate(canvas, text, (left + round(5 * unit), round(max(y, tall + 2))), unit, (250, 250, 250))
