"""The skeleton, its angles and the time drawn on a picture: for the MP4, the PNG and the report's key frames.

Left and right differ by hue and by line style (left solid blue, right dashed orange: told apart by the colour-blind
too, Okabe and Ito 2008); what the network was unsure of is faint.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from coachvision.core.frames import Image
from coachvision.core.landmarks import BONES, side_of
from coachvision.core.results import Series, Track
from coachvision.services.export.words import quantity
from coachvision.services.session import WholeSession

Colour = tuple[int, int, int]

HUES: Mapping[str, Colour] = {"left": (86, 180, 233), "right": (240, 160, 30), "middle": (245, 245, 245)}
_DARK: Colour = (16, 18, 22)
_LIGHT: Colour = (250, 250, 250)
# Below SURE a landmark is drawn faint; below SEEN it is not drawn at all: the network did not see it, it guessed.
SURE = 0.5
SEEN = 0.15
_FAINT = 0.4
_LABELLED = ("knee", "hip", "elbow", "ankle")
_FACE = ("eye", "ear", "mouth", "pinky", "thumb", "index")


@dataclass(frozen=True, eq=False)
class Layer:
    """What is drawn of one subject. angles: by joint landmark name ("left_knee"), shown beside the joint."""

    track: Track
    angles: Mapping[str, Series] = field(default_factory=dict)
    main: bool = True


def layers(session: WholeSession) -> list[Layer]:
    """A layer a pose track, the main athlete last (drawn over the others) and alone with angles."""
    main = session.main_subject
    found = [
        Layer(track, _joint_angles(session, track.subject) if track.subject == main else {}, track.subject == main)
        for _, track in session.tracks()
        if track.name == "pose"
    ]
    return sorted(found, key=lambda layer: layer.main)


def _joint_angles(session: WholeSession, subject: int) -> dict[str, Series]:
    wanted = {f"angle.{side}_{joint}": f"{side}_{joint}" for side in ("left", "right") for joint in _LABELLED}
    return {wanted[s.name]: s for _, s in session.series() if s.subject == subject and s.name in wanted}


def draw(
    image: Image,
    drawn: Sequence[Layer],
    pts: int,
    *,
    time_s: float | None = None,
    legend: bool = True,
    letters: float = 1.0,
) -> Image:
    """A copy of the upright RGB picture (h, w, 3) with everything known at that pts drawn on it.

    letters: size of the angle labels, 1 where the picture is seen at its own size; lines grow with its root.
    """
    canvas = np.ascontiguousarray(image).copy()
    unit = max(canvas.shape[0], canvas.shape[1] * 0.6) / 720  # sizes below are meant for a picture 720 high
    labels: list[tuple[str, Colour, tuple[float, float], bool]] = []
    for layer in drawn:
        at = int(np.searchsorted(layer.track.pts, pts))
        if at == len(layer.track.pts) or int(layer.track.pts[at]) != pts:
            continue
        _skeleton(canvas, layer, at, unit * math.sqrt(letters))
        labels += _labels(layer, at, pts)
    _place_labels(canvas, labels, unit * letters)
    if time_s is not None:
        plate(canvas, clock(time_s), (round(14 * unit), round(36 * unit)), unit * 1.5, _LIGHT)
    if legend and any(layer.main for layer in drawn):
        _legend(canvas, unit)
    return canvas


def clock(seconds: float) -> str:
    """`m:ss.mmm`, to the millisecond."""
    millis = round(seconds * 1000)
    return f"{millis // 60_000}:{millis // 1000 % 60:02d}.{millis % 1000:03d}"


def _skeleton(canvas: Image, layer: Layer, at: int, unit: float) -> None:
    """Faint parts on a copy that is blended in, then the sure ones over it."""
    points, confidence = layer.track.points[at], layer.track.confidence[at]
    places = {
        name: (points[i], float(confidence[i]))
        for i, name in enumerate(layer.track.names)
        if np.isfinite(points[i]).all() and confidence[i] >= SEEN
    }
    bones = [(a, b) for a, b in BONES if a in places and b in places]
    unsure = [bone for bone in bones if min(places[bone[0]][1], places[bone[1]][1]) < SURE]
    joints = [name for name in places if not any(part in name for part in _FACE)]
    if unsure or any(places[name][1] < SURE for name in joints):
        _faint_parts(canvas, layer, places, unsure, joints, unit)
    sure = canvas if layer.main else canvas.copy()
    for a, b in bones:
        if (a, b) not in unsure:
            _bone(sure, places[a][0], places[b][0], _bone_side(a, b), unit)
    for name in joints:
        if places[name][1] >= SURE:
            _joint(sure, places[name][0], side_of(name), unit)
    if not layer.main:
        cv2.addWeighted(sure, 0.5, canvas, 0.5, 0, dst=canvas)


def _faint_parts(
    canvas: Image,
    layer: Layer,
    places: Mapping[str, tuple[NDArray[np.float32], float]],
    unsure: Sequence[tuple[str, str]],
    joints: Sequence[str],
    unit: float,
) -> None:
    faint = canvas.copy()
    for a, b in unsure:
        _bone(faint, places[a][0], places[b][0], _bone_side(a, b), unit)
    for name in joints:
        if places[name][1] < SURE:
            _joint(faint, places[name][0], side_of(name), unit)
    strength = _FAINT if layer.main else _FAINT * 0.6
    cv2.addWeighted(faint, strength, canvas, 1 - strength, 0, dst=canvas)


def _bone_side(a: str, b: str) -> str:
    return side_of(a) if side_of(a) == side_of(b) else "middle"


def _bone(canvas: Image, a: NDArray[np.float32], b: NDArray[np.float32], side: str, unit: float) -> None:
    thick = max(2, round(3.2 * unit))
    for start, end in _dashes(a, b, 11 * unit, 7 * unit) if side == "right" else ((a, b),):
        ends = _fixed(start), _fixed(end)
        cv2.line(canvas, *ends, _DARK, thick + max(2, round(2 * unit)), cv2.LINE_AA, _SHIFT)
        cv2.line(canvas, *ends, HUES[side], thick, cv2.LINE_AA, _SHIFT)


def _dashes(
    a: NDArray[np.float32], b: NDArray[np.float32], dash: float, gap: float
) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """At least two dashes, so that a short bone is told from a solid one too."""
    length = float(np.hypot(*(b - a)))
    count = max(2, round((length + gap) / (dash + gap)))
    step, share = 1 / (count - gap / (dash + gap)), dash / (dash + gap)
    for i in range(count):
        yield a + (b - a) * (i * step), a + (b - a) * min(1.0, (i + share) * step)


def _joint(canvas: Image, place: NDArray[np.float32], side: str, unit: float) -> None:
    radius = max(2.0, 4.2 * unit)
    cv2.circle(canvas, _fixed(place), round((radius + unit) * (1 << _SHIFT)), _DARK, -1, cv2.LINE_AA, _SHIFT)
    cv2.circle(canvas, _fixed(place), round(radius * (1 << _SHIFT)), HUES[side], -1, cv2.LINE_AA, _SHIFT)


_SHIFT = 4  # sixteenths of a pixel: a skeleton rounded to whole pixels trembles


def _fixed(place: NDArray[np.float32]) -> tuple[int, int]:
    # Far-off guesses would overflow cv2's fixed-point arithmetic.
    x, y = np.clip(place * (1 << _SHIFT), -1e6, 1e6)
    return round(float(x)), round(float(y))


def _labels(layer: Layer, at: int, pts: int) -> Iterator[tuple[str, Colour, tuple[float, float], bool]]:
    """Text, hue, place of the joint, and whether the text goes to its left."""
    names = layer.track.names
    middle = float(np.nanmean(layer.track.points[at, :, 0])) if np.isfinite(layer.track.points[at]).any() else 0.0
    for joint, series in layer.angles.items():
        found = int(np.searchsorted(series.pts, pts))
        if joint not in names or found == len(series.pts) or int(series.pts[found]) != pts:
            continue
        i = names.index(joint)
        place, value = layer.track.points[at, i], float(series.values[found])
        if not (np.isfinite(place).all() and np.isfinite(value)) or layer.track.confidence[at, i] < SURE:
            continue
        side, part = joint.split("_", 1)
        text = f"{'L' if side == 'left' else 'R'} {part} {quantity(value, 'deg')}"
        yield text, HUES[side], (float(place[0]), float(place[1])), float(place[0]) < middle


def _place_labels(canvas: Image, labels: Sequence[tuple[str, Colour, tuple[float, float], bool]], unit: float) -> None:
    """Beside their joints, outward, pushed down where they would cover one another, and always inside the picture."""
    height, width = canvas.shape[:2]
    taken: list[tuple[float, float, float, float]] = []
    size = unit * 0.95
    for text, hue, (x, y), leftward in sorted(labels, key=lambda label: label[2][1]):
        w, h = extent(text, size)
        left = x - w - 16 * unit if leftward else x + 16 * unit
        left = min(max(left, 2.0), max(2.0, width - w - 2))
        top = min(max(y - h / 2, 2.0), max(2.0, height - h - 2))
        for box in sorted(taken, key=lambda box: box[1]):
            if left < box[2] and left + w > box[0] and top < box[3] and top + h > box[1]:
                top = box[3] + unit
        if top + h > height:
            continue
        taken.append((left, top, left + w, top + h))
        plate(canvas, text, (round(left + 5 * unit), round(top + h - 6 * unit)), size, hue)


def _legend(canvas: Image, unit: float) -> None:
    height = canvas.shape[0]
    x, y = 14 * unit, height - 16 * unit
    for side in ("left", "right"):
        w, _ = extent(side, unit * 0.9)
        plate(canvas, side, (round(x + 44 * unit), round(y)), unit * 0.9, HUES[side])
        line = np.array([[x, y - 6 * unit], [x + 36 * unit, y - 6 * unit]], np.float32)
        _bone(canvas, line[0], line[1], side, unit)
        x += 44 * unit + w + 14 * unit


def _font(size: float) -> tuple[cv2.FontFace, int]:
    return cv2.FontFace("sans"), max(9, round(17 * size))


def extent(text: str, size: float) -> tuple[float, float]:
    """Width and height of a label with its padding."""
    face, pixels = _font(size)
    _, _, w, h = cv2.getTextSize((0, 0), text, (0, 0), face, pixels, 600)
    return w + 10 * size, h + 8 * size


def plate(canvas: Image, text: str, origin: tuple[int, int], size: float, hue: Colour) -> None:
    """Text on a dark ground that lets the picture through, so that it reads on snow and in a dark hall."""
    face, pixels = _font(size)
    x, y, w, h = cv2.getTextSize((0, 0), text, origin, face, pixels, 600)
    pad = round(5 * size)
    top, left = max(0, y - pad), max(0, x - pad)
    ground = canvas[top : y + h + pad, left : x + w + pad]
    if ground.size:
        ground[:] = (ground * 0.3 + np.array(_DARK) * 0.7).astype(np.uint8)
    cv2.putText(canvas, text, origin, hue, face, pixels, 600)
