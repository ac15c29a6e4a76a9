"""The coach's drawings painted into a picture with OpenCV, as the window paints them. For the exports."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from coachvision.core.frames import Image
from coachvision.core.picture import Point
from coachvision.core.scene import Scene, Shown
from coachvision.core.strokes import Badge, Dim, Dot, Lens, Part, Stroke, Words
from coachvision.services.export.overlay import Colour, extent, plate

_DARK: Colour = (16, 18, 22)
_SHIFT = 4
_HEAD = 4.2
_DIMMED = 0.35
_DASH, _GAP = 9.0, 7.0
# Coordinates beyond this would overflow OpenCV's fixed-point arithmetic.
_FAR = 1e6


def paint(image: Image, scene: Scene, pts: int) -> Image:
    """A copy of the upright RGB picture (h, w, 3) with every drawing seen at that pts; in the film's own size."""
    shown = list(scene.shown(pts))
    canvas = np.ascontiguousarray(image).copy()
    if shown:
        unit = max(canvas.shape[0], canvas.shape[1] * 0.6) / 720
        _darken(canvas, shown)
        for one in shown:
            _paint_one(canvas, image, one, unit)
    return canvas


def _darken(canvas: Image, shown: Iterable[Shown]) -> None:
    for one in shown:
        for part in one.parts:
            if isinstance(part, Dim):
                light = np.zeros(canvas.shape[:2], np.uint8)
                cv2.fillPoly(light, [_fixed(part.outline)], 255, cv2.LINE_AA, _SHIFT)
                share = (light[..., None] / 255.0).astype(np.float32)
                dimmed = 1.0 - (1.0 - _DIMMED) * one.opacity
                canvas[:] = (canvas * (share + (1 - share) * dimmed)).astype(np.uint8)


def _paint_one(canvas: Image, picture: Image, one: Shown, unit: float) -> None:
    target = canvas if one.opacity >= 1 else canvas.copy()
    hue, width = colour(one.drawing.style.colour), one.drawing.style.width * unit
    for part in one.parts:
        _paint_part(target, picture, part, hue, width, unit)
    if target is not canvas:
        cv2.addWeighted(target, one.opacity, canvas, 1 - one.opacity, 0, dst=canvas)


def _paint_part(canvas: Image, picture: Image, part: Part, hue: Colour, width: float, unit: float) -> None:
    if isinstance(part, Stroke):
        _stroke(canvas, part, hue, width, unit)
    elif isinstance(part, Words):
        _words(canvas, part, hue, unit)
    elif isinstance(part, Badge):
        _badge(canvas, part, hue, unit)
    elif isinstance(part, Dot):
        for ink, extra in ((_DARK, 2 * unit), (hue, 0.0)):
            _ring(canvas, part.at, 7 * unit, ink, width * 0.8 + extra)
        _ring(canvas, part.at, 1.5 * unit, hue, -1)
    elif isinstance(part, Lens):
        _lens(canvas, picture, part)


def colour(text: str) -> Colour:
    """`#rrggbb` as red, green, blue."""
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def _stroke(canvas: Image, stroke: Stroke, hue: Colour, width: float, unit: float) -> None:
    width *= stroke.weight
    if stroke.fill:
        filled = canvas.copy()
        cv2.fillPoly(filled, [_fixed(stroke.points)], hue, cv2.LINE_AA, _SHIFT)
        cv2.addWeighted(filled, stroke.fill, canvas, 1 - stroke.fill, 0, dst=canvas)
    if width <= 0 or len(stroke.points) < 2:
        return
    points = list(stroke.points)
    head = _head(points, width, unit) if stroke.head else None
    if head is not None:
        points[-1] = tuple(np.mean(head, axis=0).tolist())
    runs = _dashes(points, unit) if stroke.dashed else [points]
    for ink, extra in ((_DARK, 2 * unit), (hue, 0.0)):
        lines = [_fixed(run) for run in runs]
        cv2.polylines(canvas, lines, stroke.closed, ink, max(1, round(width + extra)), cv2.LINE_AA, _SHIFT)
    if head is not None:
        cv2.fillPoly(canvas, [_fixed(head)], hue, cv2.LINE_AA, _SHIFT)
        cv2.polylines(canvas, [_fixed(head)], True, _DARK, max(1, round(unit)), cv2.LINE_AA, _SHIFT)


def _head(points: Sequence[Point], width: float, unit: float) -> list[Point] | None:
    (x1, y1), (x2, y2) = points[-2], points[-1]
    length = math.hypot(x2 - x1, y2 - y1)
    if length < 1:
        return None
    size = min(_HEAD * width + 6 * unit, length)
    ux, uy = (x2 - x1) / length * size, (y2 - y1) / length * size
    return [(x2, y2), (x2 - ux - uy * 0.45, y2 - uy + ux * 0.45), (x2 - ux + uy * 0.45, y2 - uy - ux * 0.45)]


def _dashes(points: Sequence[Point], unit: float) -> list[list[Point]]:
    (x1, y1), (x2, y2) = points[0], points[-1]
    length = math.hypot(x2 - x1, y2 - y1)
    step = (_DASH + _GAP) * unit
    count = min(int(length / step) + 1, 200)
    return [
        [
            (x1 + (x2 - x1) * min(1.0, at / length), y1 + (y2 - y1) * min(1.0, at / length))
            for at in (k * step, k * step + _DASH * unit)
        ]
        for k in range(count)
        if length > 0
    ]


def _words(canvas: Image, words: Words, hue: Colour, unit: float) -> None:
    size = 0.9 * unit * words.size
    lines = words.text.split("\n")
    wide, tall = max(extent(line or " ", size)[0] for line in lines), extent("Ag", size)[1]
    whole = tall * len(lines)
    x, y = words.at
    if words.side == "corner":
        left, top = x, y
    elif words.side == "right":
        left, top = x + 14 * unit, y - whole / 2
    elif words.side == "above":
        left, top = x - wide / 2, y - 18 * unit - whole / 2
    else:
        ux, uy = x - words.beyond[0], y - words.beyond[1]
        length = max(1e-6, math.hypot(ux, uy))
        ux, uy = ux / length, uy / length
        clear = 6 * unit + min(wide / 2 / max(abs(ux), 1e-6), whole / 2 / max(abs(uy), 1e-6))
        left, top = x + ux * clear - wide / 2, y + uy * clear - whole / 2
    height, width = canvas.shape[:2]
    if not (-wide < left < width and -whole < top < height):
        return
    for k, line in enumerate(lines):
        if line.strip():
            base = top + tall * (k + 1) - 6 * size
            plate(canvas, line, (round(left + 5 * size), round(base)), size, _readable(hue))


def _badge(canvas: Image, badge: Badge, hue: Colour, unit: float) -> None:
    _ring(canvas, badge.at, 14 * unit, _DARK, -1)
    _ring(canvas, badge.at, 13 * unit, hue, -1)
    size = 0.95 * unit
    face = cv2.FontFace("sans")
    pixels = max(9, round(17 * size))
    _, _, w, h = cv2.getTextSize((0, 0), badge.text, (0, 0), face, pixels, 700)
    at = round(badge.at[0] - w / 2), round(badge.at[1] + h / 2)
    bright = 0.3 * hue[0] + 0.6 * hue[1] + 0.1 * hue[2] > 115
    if all(abs(v) < _FAR for v in at):
        cv2.putText(canvas, badge.text, at, (0, 0, 0) if bright else (255, 255, 255), face, pixels, 700)


def _lens(canvas: Image, picture: Image, lens: Lens) -> None:
    """What is around the source, enlarged, in a disc; beyond the picture's edge it is black."""
    radius = round(lens.radius)
    size = 2 * radius + 1
    if radius < 2 or size > 4 * max(canvas.shape[:2]):
        return
    scale = 1.0 / lens.zoom
    to_picture = np.array(
        [[scale, 0, lens.source[0] - radius * scale], [0, scale, lens.source[1] - radius * scale]], np.float64
    )
    glass = cv2.warpAffine(picture, to_picture, (size, size), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    disc = np.zeros((size, size), np.uint8)
    cv2.circle(disc, (radius, radius), radius, 255, -1, cv2.LINE_AA)
    left, top = round(lens.at[0]) - radius, round(lens.at[1]) - radius
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(canvas.shape[1], left + size), min(canvas.shape[0], top + size)
    if x0 >= x1 or y0 >= y1:
        return
    share = disc[y0 - top : y1 - top, x0 - left : x1 - left, None] / 255.0
    part = canvas[y0:y1, x0:x1]
    part[:] = (glass[y0 - top : y1 - top, x0 - left : x1 - left] * share + part * (1 - share)).astype(np.uint8)


def _ring(canvas: Image, at: Point, radius: float, hue: Colour, width: float) -> None:
    thick = -1 if width < 0 else max(1, round(width))
    x, y = _fixed([at])[0, 0]
    cv2.circle(canvas, (int(x), int(y)), round(radius * (1 << _SHIFT)), hue, thick, cv2.LINE_AA, _SHIFT)


def _fixed(points: Sequence[Point]) -> NDArray[np.int32]:
    scaled = np.asarray(points, np.float64).reshape(-1, 1, 2) * (1 << _SHIFT)
    return np.clip(scaled, -_FAR, _FAR).round().astype(np.int32)


def _readable(hue: Colour) -> Colour:
    """Of that hue, and light enough for the dark plate."""
    lightness = (max(hue) + min(hue)) / 2 / 255
    if lightness >= 0.5:
        return hue
    r, g, b = (round(channel + (255 - channel) * 0.5) for channel in hue)
    return r, g, b
