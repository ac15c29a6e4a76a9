"""The outlines of the athlete's parts and how they are turned into shaded pictures. For `draw` alone.

Each part has its own axes in metres: u runs along the bone away from the trunk (head, trunk: see there), v forward.
A part is drawn once, at the camera's scale; each frame only turns and places it.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from coachvision.synth.body import Body, Colour

Outline = NDArray[np.float64]
_OVERSAMPLE = 3


@dataclass(frozen=True, eq=False)
class Sprite:
    """One part, shaded. rgba: (h, w, 4) uint8, premultiplied by alpha. origin: (u, v) of pixel centre (0, 0)."""

    rgba: NDArray[np.uint8]
    origin: tuple[float, float]
    px_per_m: float

    def darker(self, share: float) -> Sprite:
        """The same part with less light on it."""
        dark = self.rgba.copy()
        dark[..., :3] = (self.rgba[..., :3] * np.float32(share)).astype(np.uint8)
        return Sprite(dark, self.origin, self.px_per_m)


@dataclass(frozen=True, eq=False)
class Paint:
    """One area of one colour; the first of a part is its silhouette, the others are clipped to it."""

    outline: Outline
    colour: Colour


def limb(length: float, stations: list[tuple[float, float, float]], *, round_ends: bool = True) -> Outline:
    """(n, 2) outline of a limb from stations (share of length, front, back): thickness before and behind the bone."""
    table = np.array(stations)
    shares = np.linspace(table[0, 0], table[-1, 0], 40)
    front, back = (_smooth(shares, table[:, 0], table[:, column]) for column in (1, 2))
    u = shares * length
    pieces = [np.column_stack([u, front])]
    if round_ends:
        pieces.append(_cap(u[-1], front[-1], back[-1], 1.0))
    pieces.append(np.column_stack([u, -back])[::-1])
    if round_ends:
        pieces.append(_cap(u[0], front[0], back[0], -1.0)[::-1])
    return np.concatenate(pieces)


def _smooth(at: Outline, x: Outline, y: Outline) -> Outline:
    return np.asarray(PchipInterpolator(x, y)(at))


def _cap(u: float, front: float, back: float, way: float) -> Outline:
    """Half an ellipse from the front to the back of a limb's end."""
    turn = np.linspace(0.0, np.pi, 16)[1:-1]
    middle, radius = 0.5 * (front - back), 0.5 * (front + back)
    return np.column_stack([u + way * radius * np.sin(turn), middle + radius * np.cos(turn)])


def curve(points: list[tuple[float, float]]) -> Outline:
    """(n, 2) closed smooth outline through the points (u, v), as a periodic Catmull-Rom spline."""
    p = np.array(points)
    t = np.linspace(0.0, 1.0, 8, endpoint=False)[:, None, None]
    before, here, after, beyond = np.roll(p, 1, 0), p, np.roll(p, -1, 0), np.roll(p, -2, 0)
    spline = 0.5 * (
        2 * here
        + (after - before) * t
        + (2 * before - 5 * here + 4 * after - beyond) * t**2
        + (3 * here - before - 3 * after + beyond) * t**3
    )
    return np.asarray(spline.transpose(1, 0, 2).reshape(-1, 2))


def ellipse(u: float, v: float, half_u: float, half_v: float) -> Outline:
    """(n, 2) outline of an ellipse about (u, v)."""
    turn = np.linspace(0.0, 2 * np.pi, 24, endpoint=False)
    return np.column_stack([u + half_u * np.sin(turn), v + half_v * np.cos(turn)])


def sprite(paints: list[Paint], px_per_m: float, roundness_m: float, rng: np.random.Generator) -> Sprite:
    """Fill, shade as a rounded body, and weave a little texture into it. roundness_m: radius of the rounded edge."""
    fine = px_per_m * _OVERSAMPLE
    silhouette = paints[0].outline
    low = silhouette.min(axis=0) - 3.0 / px_per_m
    size = np.ceil((silhouette.max(axis=0) + 3.0 / px_per_m - low) * px_per_m).astype(int)
    shape = (int(size[0]) * _OVERSAMPLE, int(size[1]) * _OVERSAMPLE)
    mask = _filled(shape, silhouette, low, fine)
    albedo = np.empty((*shape, 3), np.float32)
    albedo[:] = paints[0].colour
    for paint in paints[1:]:
        albedo[_filled(shape, paint.outline, low, fine) > 0] = paint.colour
    light = _light(mask, roundness_m * fine)
    grain = cv2.GaussianBlur(rng.normal(0.0, 1.0, shape).astype(np.float32), (0, 0), 1.2 * _OVERSAMPLE)
    light *= 1.0 + 0.025 * grain / max(float(grain.std()), 1e-6)
    covered = (mask > 0).astype(np.float32)
    coloured = np.clip(albedo * (light * covered)[..., None], 0.0, 255.0)
    layered = np.dstack([coloured, covered * 255.0])
    rgba = cv2.resize(layered, (int(size[1]), int(size[0])), interpolation=cv2.INTER_AREA)
    # The centre of pixel 0 lies half a coarse pixel inside the corner; fine pixel centres likewise (see `_filled`).
    origin = low + 0.5 / px_per_m
    return Sprite(np.round(rgba).astype(np.uint8), (float(origin[0]), float(origin[1])), px_per_m)


def _filled(shape: tuple[int, int], outline: Outline, low: Outline, scale: float) -> NDArray[np.uint8]:
    mask = np.zeros(shape, np.uint8)
    corners = np.round(((outline - low) * scale - 0.5) * 16.0).astype(np.int32)
    cv2.fillPoly(mask, [corners[:, ::-1]], 255, shift=4)
    return mask


def _light(mask: NDArray[np.uint8], radius: float) -> NDArray[np.float32]:
    """Brightness of a body, flat in the middle and rounded within `radius` px of its edge, lit from the camera."""
    depth = np.minimum(cv2.distanceTransform(mask, cv2.DIST_L2, 5) / max(radius, 1.0), 1.0)
    height = np.sqrt(1.0 - (1.0 - depth) ** 2).astype(np.float32) * np.float32(radius)
    height = cv2.GaussianBlur(height, (0, 0), max(0.12 * radius, 1.0))
    across = cv2.Sobel(height, cv2.CV_32F, 1, 0, ksize=3, scale=0.125)
    down = cv2.Sobel(height, cv2.CV_32F, 0, 1, ksize=3, scale=0.125)
    facing = (1.0 + 0.25 * across - 0.1 * down) / np.sqrt(1.0 + across**2 + down**2)
    return np.asarray(0.45 + 0.6 * np.clip(facing, 0.0, 1.1), np.float32)


def parts(body: Body, px_per_m: float, rng: np.random.Generator) -> dict[str, Sprite]:
    """Every part of the athlete by name, at the camera's scale."""
    k = body.height / 1.75
    g = k * body.girth
    made: dict[str, tuple[list[Paint], float]] = {
        "trunk": (_trunk(body, k, g), 0.11 * g),
        "neck": (
            [Paint(limb(0.12 * k, [(-0.3, 0.055 * k, 0.06 * k), (1.2, 0.05 * k, 0.055 * k)]), body.skin)],
            0.05 * k,
        ),
        "head": (_head(body), 0.085 * k),
        "thigh": ([Paint(_thigh(body, g), body.skin)], 0.075 * g),
        "shorts": (_shorts(body, g), 0.085 * g),
        "shank": (_shank(body, g), 0.052 * g),
        "shoe": (_shoe(body, k), 0.03 * k),
        "upper_arm": ([Paint(_upper_arm(body, g), body.skin)], 0.045 * g),
        "sleeve": ([Paint(_sleeve(body, g), body.shirt)], 0.055 * g),
        "forearm": ([Paint(_forearm(body, g), body.skin)], 0.035 * g),
        "hand": (_hand(body, k), 0.028 * k),
    }
    return {name: sprite(paints, px_per_m, roundness, rng) for name, (paints, roundness) in made.items()}


def _thigh(body: Body, g: float) -> Outline:
    return limb(
        body.thigh,
        [
            (0.0, 0.088 * g, 0.098 * g),
            (0.3, 0.088 * g, 0.085 * g),
            (0.65, 0.075 * g, 0.066 * g),
            (0.9, 0.06 * g, 0.056 * g),
            (1.0, 0.058 * g, 0.054 * g),
        ],
    )


def _shorts(body: Body, g: float) -> list[Paint]:
    cloth = limb(
        body.thigh,
        [(-0.02, 0.098 * g, 0.112 * g), (0.3, 0.096 * g, 0.098 * g), (0.5, 0.093 * g, 0.091 * g)],
    )
    cloth = cloth[cloth[:, 0] <= 0.52 * body.thigh]
    hem = limb(body.thigh, [(0.46, 0.2, 0.2), (0.48, 0.2, 0.2)], round_ends=False)
    brighter = (min(body.shorts[0] + 40, 255), min(body.shorts[1] + 40, 255), min(body.shorts[2] + 40, 255))
    return [Paint(cloth, body.shorts), Paint(hem, brighter)]


def _shank(body: Body, g: float) -> list[Paint]:
    leg = limb(
        body.shank,
        [
            (0.0, 0.056 * g, 0.054 * g),
            (0.12, 0.054 * g, 0.054 * g),
            (0.3, 0.05 * g, 0.068 * g),
            (0.6, 0.042 * g, 0.05 * g),
            (0.85, 0.036 * g, 0.036 * g),
            (1.0, 0.036 * g, 0.036 * g),
        ],
    )
    sock = limb(body.shank, [(0.78, 0.2, 0.2), (1.2, 0.2, 0.2)], round_ends=False)
    return [Paint(leg, body.skin), Paint(sock, (232, 232, 232))]


def _shoe(body: Body, k: float) -> list[Paint]:
    floor, back, front = body.ankle_height, -body.heel_back, body.foot - body.heel_back
    upper = curve(
        [
            (-0.022 * k, -0.046 * k), (0.3 * floor, back + 0.004 * k), (0.85 * floor, back), (floor, back + 0.02 * k),
            (floor, 0.3 * front), (floor, front - 0.035 * k), (0.8 * floor, front), (0.45 * floor, front - 0.012 * k),
            (0.12 * floor, 0.62 * front), (-0.018 * k, 0.052 * k), (-0.026 * k, 0.02 * k),
        ]
    )  # fmt: skip
    sole = np.array(
        [(0.76 * floor, back - 1), (0.76 * floor, front + 1), (2 * floor, front + 1), (2 * floor, back - 1)]
    )
    stripe = np.array(
        [
            (0.1 * floor, 0.3 * front),
            (0.1 * floor, 0.4 * front),
            (0.76 * floor, 0.25 * front),
            (0.76 * floor, 0.12 * front),
        ]
    )
    return [Paint(upper, body.shoes), Paint(sole, (240, 240, 240)), Paint(stripe, (245, 245, 245))]


def _upper_arm(body: Body, g: float) -> Outline:
    return limb(
        body.upper_arm,
        [
            (0.0, 0.056 * g, 0.056 * g),
            (0.3, 0.052 * g, 0.05 * g),
            (0.7, 0.044 * g, 0.043 * g),
            (1.0, 0.04 * g, 0.04 * g),
        ],
    )


def _sleeve(body: Body, g: float) -> Outline:
    cloth = limb(body.upper_arm, [(0.0, 0.066 * g, 0.066 * g), (0.3, 0.062 * g, 0.06 * g), (0.52, 0.06 * g, 0.06 * g)])
    return np.asarray(cloth[cloth[:, 0] <= 0.54 * body.upper_arm])


def _forearm(body: Body, g: float) -> Outline:
    return limb(
        body.forearm,
        [
            (0.0, 0.04 * g, 0.04 * g),
            (0.25, 0.042 * g, 0.042 * g),
            (0.7, 0.032 * g, 0.032 * g),
            (1.0, 0.026 * g, 0.026 * g),
        ],
    )


def _hand(body: Body, k: float) -> list[Paint]:
    length = body.hand
    palm = limb(
        length,
        [
            (0.0, 0.026 * k, 0.026 * k),
            (0.35, 0.038 * k, 0.032 * k),
            (0.7, 0.026 * k, 0.03 * k),
            (0.92, 0.014 * k, 0.02 * k),
        ],
    )
    shade = (int(body.skin[0] * 0.8), int(body.skin[1] * 0.8), int(body.skin[2] * 0.8))
    lines = [
        Paint(limb(length, [(0.5, 0.001 * k - v, 0.001 * k + v), (0.95, 0.001 * k - v, 0.001 * k + v)]), shade)
        for v in (-0.008 * k, 0.008 * k)
    ]
    return [Paint(palm, body.skin), *lines]


def _trunk(body: Body, k: float, g: float) -> list[Paint]:
    """u from the hip towards the shoulder."""
    h = body.trunk
    outline = curve(
        [
            (-0.10 * h, 0.03 * g), (-0.04 * h, 0.085 * g), (0.1 * h, 0.105 * g), (0.3 * h, 0.104 * g),
            (0.5 * h, 0.106 * g),
            (0.72 * h, 0.118 * g), (0.9 * h, 0.095 * g), (1.03 * h, 0.062 * g), (1.1 * h, 0.04 * g),
            (1.12 * h, -0.005 * g),
            (1.09 * h, -0.055 * g), (0.98 * h, -0.098 * g), (0.8 * h, -0.122 * g), (0.6 * h, -0.112 * g),
            (0.4 * h, -0.1 * g),
            (0.25 * h, -0.106 * g), (0.08 * h, -0.132 * g), (-0.05 * h, -0.128 * g), (-0.13 * h, -0.07 * g),
        ]
    )  # fmt: skip
    below = np.array([(-h, -h), (-h, h), (0.1 * h, h), (0.1 * h, -h)])
    collar = ellipse(1.13 * h, 0.01 * g, 0.035 * k, 0.06 * k)
    return [Paint(outline, body.shirt), Paint(below, body.shorts), Paint(collar, body.skin)]


def _head(body: Body) -> list[Paint]:
    """u downwards from the middle of the head, v towards the nose; in heads (chin to crown)."""
    size = 0.130 * body.height
    face = size * curve(
        [
            (-0.5, 0.0), (-0.44, 0.22), (-0.28, 0.37), (-0.12, 0.40), (-0.04, 0.385), (0.06, 0.43),
            (0.13, 0.485), (0.165, 0.44),
            (0.19, 0.40), (0.235, 0.415), (0.265, 0.395), (0.30, 0.405), (0.345, 0.375), (0.42, 0.39),
            (0.48, 0.33), (0.46, 0.2),
            (0.38, 0.05), (0.42, -0.12), (0.40, -0.28), (0.18, -0.38), (-0.08, -0.43), (-0.32, -0.36), (-0.46, -0.2),
        ]
    )  # fmt: skip
    nape = 0.42 if body.long_hair else 0.2
    hair = size * curve(
        [
            (-0.6, 0.0), (-0.5, 0.3), (-0.3, 0.42), (-0.26, 0.30), (-0.16, 0.18), (0.02, 0.1), (0.0, -0.02),
            (0.12, -0.1),
            (nape, -0.2), (nape, -0.5), (-0.1, -0.6), (-0.4, -0.5),
        ]
    )  # fmt: skip
    dark = (int(body.skin[0] * 0.78), int(body.skin[1] * 0.7), int(body.skin[2] * 0.68))
    return [
        Paint(face, body.skin),
        Paint(hair, body.hair),
        Paint(size * ellipse(0.045, -0.02, 0.095, 0.055), dark),
        Paint(size * ellipse(0.045, -0.015, 0.075, 0.04), body.skin),
        Paint(size * ellipse(-0.09, 0.31, 0.016, 0.07), body.hair),
        Paint(size * ellipse(-0.03, 0.31, 0.024, 0.05), (244, 244, 244)),
        Paint(size * ellipse(-0.03, 0.325, 0.026, 0.022), (40, 30, 30)),
        Paint(size * ellipse(0.262, 0.36, 0.014, 0.06), (150, 70, 70)),
        Paint(size * ellipse(0.15, 0.41, 0.016, 0.02), dark),
    ]


# Landmarks of the face in heads, (u down, v forward), on the same drawing.
FACE: dict[str, tuple[float, float]] = {
    "nose": (0.13, 0.47),
    "eye": (-0.03, 0.32),
    "ear": (0.045, -0.02),
    "mouth": (0.262, 0.37),
}
