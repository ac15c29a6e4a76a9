"""A clip's title over its picture: number, title and a line under it, on a dark band that lets the picture through."""

from __future__ import annotations

import cv2
import numpy as np

from coachvision.core.frames import Image

SHOWN_S = 4.0
_FADE_S = 0.4
_BAND = (16, 18, 22)
_TITLE, _UNDER = (250, 250, 250), (205, 210, 215)
_DENSITY = 0.72
_ELLIPSIS = "…"


def strength(seconds: float, length_s: float) -> float:
    """How visible the title is, 0..1, so many seconds into a clip of that length: it leaves a long clip free."""
    if length_s <= SHOWN_S:
        return 1.0
    return float(np.clip((SHOWN_S - seconds) / _FADE_S, 0.0, 1.0))


def title_over(image: Image, title: str, under: str = "", shown: float = 1.0) -> Image:
    """A copy of the RGB picture (h, w, 3) with the words at its foot. shown: 0..1. Words that do not fit are cut."""
    canvas = np.ascontiguousarray(image).copy()
    lines = [line for line in (" ".join(title.split()), " ".join(under.split())) if line]
    if not lines or shown <= 0:
        return canvas
    height, width = canvas.shape[:2]
    unit = max(height, width * 0.6) / 720
    sizes = (max(11, round(26 * unit)), max(10, round(18 * unit)))
    pad = round(18 * unit)
    tall = sum(round(1.45 * sizes[at]) for at in range(len(lines))) + pad
    top = max(0, height - tall - round(24 * unit))
    drawn = canvas.copy()
    band = drawn[top : top + tall]
    band[:] = (band * (1 - _DENSITY) + np.array(_BAND) * _DENSITY).astype(np.uint8)
    y = top + pad // 2
    for at, line in enumerate(lines):
        y += round(1.1 * sizes[at])
        weight = 700 if at == 0 else 500
        text = _fitting(line, sizes[at], weight, width - 2 * pad)
        cv2.putText(drawn, text, (pad, y), _TITLE if at == 0 else _UNDER, cv2.FontFace("sans"), sizes[at], weight)
        y += round(0.35 * sizes[at])
    return drawn if shown >= 1 else np.asarray(cv2.addWeighted(drawn, shown, canvas, 1 - shown, 0), np.uint8)


def _fitting(text: str, size: int, weight: int, room: int) -> str:
    if _wide(text, size, weight) <= room:
        return text
    short = text
    while short and _wide(short + _ELLIPSIS, size, weight) > room:
        short = short[:-1]
    return short.rstrip() + _ELLIPSIS


def _wide(text: str, size: int, weight: int) -> int:
    return int(cv2.getTextSize((0, 0), text, (0, 0), cv2.FontFace("sans"), size, weight)[2])
