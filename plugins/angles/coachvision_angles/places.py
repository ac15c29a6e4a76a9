"""Where hips, ankles and wrists are and how fast they go, in metres: only where the coach has given a scale."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from coachvision.plugins.api import Calibration, Metric, Result, Series, Video, derivatives, uncertainty
from coachvision_angles.body import Body

Values = NDArray[np.float64]

# Name of a point and the landmarks whose middle it is. The middle of the hips stands for the body; standing, the centre
# of mass lies a hand's breadth above it.
_POINTS = {
    "hips": ("left_hip", "right_hip"),
    "left_ankle": ("left_ankle",),
    "right_ankle": ("right_ankle",),
    "left_wrist": ("left_wrist",),
    "right_wrist": ("right_wrist",),
}
# What moves along the ground, in a plane that is marked there; of what is above it nothing is known.
_GROUND = ("left_ankle", "right_ankle")
# How far off the pose network and the smoothing are, standard, by our own comparison with drawn athletes who jump, at
# 60 frames a second: greatest speeds came out 2 to 17 % low, the way of the hips 1 to 2 cm long.
_POSE_SPEED = 0.08
_POSE_PLACE_M = 0.02
# Fewer measured frames than this say nothing of a movement.
_FEWEST_SAMPLES = 5


def places(body: Body, video: Video) -> Result:
    """Series `position.<point>.x`, `.y` (m) and `speed.<point>` (m/s); metrics `speed.<point>.max`, range of the hips.

    Metres from the calibration's own origin (a line's or height's: the picture's upper left corner), x to the right
    and y up. Nothing without a calibration, or for landmarks in space, which are not where the picture has them.
    """
    scale = video.calibration
    if scale is None or body.in_space:
        return Result()
    series: list[Series] = []
    metrics: list[Metric] = []
    for point, names in _POINTS.items():
        if scale.kind == "plane" and point not in _GROUND:
            continue
        pixels = _middle(body.points, names)
        if np.count_nonzero(np.isfinite(pixels[:, 0])) < _FEWEST_SAMPLES:
            continue
        metres, raw = scale.to_metres(pixels), scale.to_metres(_middle(body.raw, names))
        speed = derivatives.speed(body.times, metres)
        words = point.replace("_", " ").capitalize()
        for axis, across in enumerate(("x", "y")):
            told = f"{words}, {'to the right' if axis == 0 else 'up'}"
            series.append(_series(body, f"position.{point}.{across}", "m", metres[:, axis], raw[:, axis], told))
        series.append(_series(body, f"speed.{point}", "m/s", speed, None, f"{words}, speed"))
        metrics += _fastest(body, point, names, pixels, speed, scale)
        if point == "hips":
            metrics.append(_rise(body, names, pixels, metres, scale))
    return Result(series=tuple(series), metrics=tuple(metrics))


def _middle(points: dict[str, Values], names: tuple[str, ...]) -> Values:
    return np.asarray(np.mean([points[name] for name in names], axis=0))


def _series(body: Body, name: str, unit: str, values: Values, raw: Values | None, label: str) -> Series:
    return Series(name, body.track.subject, unit, body.track.pts, values, raw, label)


def _fastest(
    body: Body, point: str, names: tuple[str, ...], pixels: Values, speed: Values, scale: Calibration
) -> list[Metric]:
    """The greatest speed; its uncertainty from the landmarks, the scale, and what lies between two frames."""
    if not np.isfinite(speed).any():
        return []
    at = int(np.nanargmax(speed))
    top = float(speed[at])
    noise_px = uncertainty.combined(*(_speed_noise(body, name) for name in names)) / len(names)
    noise = scale.uncertainty_at((float(pixels[at, 0]), float(pixels[at, 1])), noise_px)
    missed = uncertainty.between_frames(body.times, speed, at)
    return [
        Metric(
            f"speed.{point}.max",
            body.track.subject,
            top,
            "m/s",
            uncertainty.combined(noise, missed, top * scale.relative_uncertainty, top * _POSE_SPEED),
            f"greatest speed, at {body.times[at]:.3f} s; slope of the parabola through three frames; {_holds(scale)}",
            f"{point.replace('_', ' ').capitalize()}, greatest speed",
        )
    ]


def _rise(body: Body, names: tuple[str, ...], pixels: Values, metres: Values, scale: Calibration) -> Metric:
    """How far the middle of the hips goes up and down."""
    top, bottom = int(np.nanargmax(metres[:, 1])), int(np.nanargmin(metres[:, 1]))
    value = float(metres[top, 1] - metres[bottom, 1])
    jitter_px = uncertainty.combined(*(body.sigma[name] for name in names)) / len(names)
    ends = [scale.uncertainty_at((float(pixels[at, 0]), float(pixels[at, 1])), jitter_px) for at in (top, bottom)]
    return Metric(
        "position.hips.y.range",
        body.track.subject,
        value,
        "m",
        uncertainty.combined(*ends, value * scale.relative_uncertainty, _POSE_PLACE_M),
        f"highest less lowest place, at {body.times[top]:.3f} and {body.times[bottom]:.3f} s; {_holds(scale)}",
        "Hips, from lowest to highest",
    )


def _speed_noise(body: Body, name: str) -> float:
    """Pixels a second of one axis. White noise of variance s2 at rate f, low-passed at c and differentiated, keeps
    (2 pi)^2 s2 (2 / f) c^3 / 3 (Lanshammar 1982); unfiltered, that of a central difference.
    """
    raw = body.raw[name]
    spread = float(np.sqrt(np.mean([uncertainty.jitter(body.times, raw[:, axis]) ** 2 for axis in (0, 1)])))
    spread = spread if np.isfinite(spread) else 0.0
    cutoff = body.cutoffs_hz[name]
    if not np.isfinite(cutoff):
        return uncertainty.velocity(spread, 1.0 / body.rate_hz)
    return float(2.0 * np.pi * spread * np.sqrt(2.0 * cutoff**3 / (3.0 * body.rate_hz)))


def _holds(scale: Calibration) -> str:
    return f"true in {scale.holds_in}, with a camera that stands still"
