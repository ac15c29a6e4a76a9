"""Level walking: textbook joint curves, carried forward by the foot it stands on, which stays where it is.

For the scenes. Thigh, knee and sole follow periodic Fourier series through points read from the normal ranges of
Winter (1991), "The Biomechanics and Motor Control of Human Gait", and Perry and Burnfield (2010), "Gait Analysis",
for a natural pace. The path of the hips follows from the feet; then hip, knee and ankle are corrected by a few degrees
(two-link inverse kinematics) so that the standing foot rolls over heel and toe without sliding.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline, PchipInterpolator

from coachvision.synth.body import Body
from coachvision.synth.movements.base import Flight, Span, Step
from coachvision.synth.pose import Limbs, Pose

Values = NDArray[np.float64]

# (share of the gait cycle from foot strike, degrees): thigh forward of vertical, knee flexion, toes above the heel.
_THIGH = ((0.0, 22.0), (0.1, 20.0), (0.3, 5.0), (0.5, -14.0), (0.6, -6.0), (0.75, 19.0), (0.87, 27.0), (0.95, 24.0))
_KNEE = (
    (0.0, 6.0), (0.07, 13.0), (0.15, 18.0), (0.27, 13.0), (0.4, 7.0), (0.5, 13.0), (0.6, 36.0), (0.72, 66.0),
    (0.85, 34.0), (0.95, 7.0),
)  # fmt: skip
_SOLE = (
    (0.0, 20.0), (0.09, 0.0), (0.2, 0.0), (0.3, 0.0), (0.42, -6.0), (0.5, -15.0), (0.62, -46.0), (0.74, -33.0),
    (0.85, 2.0), (0.94, 17.0),
)  # fmt: skip
_HARMONICS = 9
_SAMPLES = 240
_TOE_OFF = 0.62
_STRIDE = 0.79
_DOUBLE_SUPPORT = 0.12
_LEAN = 4.0


class Walk:
    """One crossing: starts `from_x` metres along the floor and lasts `duration_s`. cadence: steps a minute."""

    def __init__(
        self, body: Body, rng: np.random.Generator, *, stride: float = 1.0, cadence: float | None = None
    ) -> None:
        """stride: size of the swing of the thighs against the normal, 0.7 to 1.15."""
        drawn, self._phase = float(rng.uniform(98.0, 122.0)), float(rng.uniform(0.0, 1.0))
        self._arm_swing = float(rng.uniform(16.0, 24.0))
        self._cycle_s = 120.0 / (cadence or drawn)
        thigh, knee, self._sole, x, y = _cycle(body, stride)
        self.stride_m = float(x[-1])
        self.speed = self.stride_m / self._cycle_s
        share = np.arange(_SAMPLES + 1) / _SAMPLES
        legs = np.column_stack([thigh, knee, self._sole, x[:-1] - self.stride_m * share[:-1], y])
        self._path = CubicSpline(share, np.vstack([legs, legs[:1]]), bc_type="periodic")
        self.duration_s = 4.0
        self._from_x = 0.0
        self.reps: tuple[Span, ...] = ()
        self.flights: tuple[Flight, ...] = ()

    def cross(self, from_x: float, to_x: float) -> None:
        """Walk from one place to the other, metres along the floor."""
        self.duration_s = (to_x - from_x) / self.speed
        self._from_x = from_x - self.stride_m * self._phase

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every foot strike from the first frame to the last; the foot may leave the floor after the end."""
        found = []
        for near, ahead in ((True, 0.0), (False, 0.5)):
            first = int(np.ceil(self._phase + ahead))
            last = int(np.floor(self._phase + ahead + self.duration_s / self._cycle_s))
            for number in range(first, last + 1):
                strike = (number - ahead - self._phase) * self._cycle_s
                found.append(Step(near, strike, strike + _TOE_OFF * self._cycle_s))
        return tuple(sorted(found, key=lambda step: step.strike_s))

    def pose(self, time_s: float) -> Pose:
        """The near leg leads by half a cycle over the far one."""
        share = self._phase + time_s / self._cycle_s
        near, far = self._path(share % 1.0), self._path((share + 0.5) % 1.0)
        x = self._from_x + self.stride_m * share + float(near[3])
        return Pose(_LEAN, 2.0, self._limbs(near, share), self._limbs(far, share + 0.5), x, float(near[4]))

    def contact(self, time_s: float, near: bool) -> bool:
        """From strike to toe-off."""
        return (self._phase + time_s / self._cycle_s + (0.0 if near else 0.5)) % 1.0 < _TOE_OFF

    def _limbs(self, leg: Values, share: float) -> Limbs:
        thigh, knee, sole = (float(value) for value in leg[:3])
        forward = -np.cos(2.0 * np.pi * share)  # the arm is behind when the leg of its side is before
        shoulder = _LEAN - 3.0 + self._arm_swing * forward
        return Limbs(thigh + _LEAN, knee, sole - (thigh - knee), float(shoulder), float(24.0 + 10.0 * forward))


def fourier(points: tuple[tuple[float, float], ...], harmonics: int = _HARMONICS) -> Values:
    """(samples,) the truncated Fourier series of the smooth periodic curve through (share of cycle, value) points."""
    x, y = np.array(points, np.float64).T
    curve = PchipInterpolator(np.concatenate([x - 1.0, x, x + 1.0]), np.tile(y, 3))
    return _truncated(curve(np.arange(_SAMPLES) / _SAMPLES), harmonics)


def _truncated(samples: Values, harmonics: int) -> Values:
    spectrum = np.fft.rfft(samples)
    spectrum[harmonics + 1 :] = 0.0
    return np.asarray(np.fft.irfft(spectrum, len(samples)))


def _cycle(body: Body, stride: float) -> tuple[Values, Values, Values, Values, Values]:
    """One gait cycle: thigh, knee, sole (degrees), y of the hips, all (samples,), and x of the hips, (samples + 1,)."""
    thigh, knee, sole = stride * fourier(_THIGH), fourier(_KNEE), fourier(_SOLE)
    share = np.arange(_SAMPLES + 1) / _SAMPLES
    # Twice a cycle the trunk is fastest and lowest with both feet down, slowest and highest over one.
    twice = 4.0 * np.pi * (share - 0.05)
    x = stride * _STRIDE * body.height * (share + 0.008 * np.sin(twice))
    share = share[:-1]
    standing = share <= _TOE_OFF
    rolled = _rolled(body, sole)
    best: tuple[float, Values, Values, Values] | None = None
    for place in np.linspace(0.0, 0.3, 31) * body.height:
        planted = rolled + np.array([float(place), 0.0])
        y = _height(body, planted, x[:-1], knee)
        bent = _to_reach(body, planted - np.column_stack([x[:-1], y]))
        changed = [
            _carried(np.where(standing, new - old, 0.0), standing) for new, old in zip(bent, (thigh, knee), strict=True)
        ]
        worth = float(np.mean(changed[0] ** 2 + changed[1] ** 2))
        if best is None or worth < best[0]:
            best = worth, thigh + changed[0], knee + changed[1], y
    if best is None:
        raise AssertionError("no place for the foot was tried")
    return best[1], best[2], sole, x, best[3]


def _height(body: Body, planted: Values, x: Values, knee: Values) -> Values:
    """The hips' height: as the standing knee's curve has it, smooth, and never higher than the standing legs reach."""
    share = np.arange(_SAMPLES) / _SAMPLES
    ahead = planted[:, 0] - x
    length = body.thigh * _along(np.zeros(_SAMPLES)) + body.shank * _along(knee)
    wanted = planted[:, 1] + np.sqrt(np.maximum((length**2).sum(axis=1) - ahead**2, 0.0))
    single = (share >= _DOUBLE_SUPPORT) & (share <= 0.5)
    one_step = np.interp(share, share[single], wanted[single], period=0.5)
    smooth = _truncated(one_step, 4)
    reach = 0.9985 * (body.thigh + body.shank)
    highest = planted[:, 1] + np.sqrt(np.maximum(reach**2 - ahead**2, 0.0))
    return np.asarray(smooth - max(0.0, float(np.max((smooth - highest)[share <= _TOE_OFF]))))


def _along(degrees: Values) -> Values:
    radians = np.radians(degrees)
    return np.column_stack([np.sin(radians), -np.cos(radians)])


def _under(body: Body, sole: Values, forward: float) -> Values:
    """(n, 2) a point of the sole against the ankle."""
    return body.ankle_height * _along(sole) + forward * _along(sole + 90.0)


def _rolled(body: Body, sole: Values) -> Values:
    """(n, 2) the ankle of a foot that rolls in place: on the heel, flat (the ankle at x = 0), then on the toe."""
    back, front = -body.heel_back, body.foot - body.heel_back
    on_heel, on_toe = [back, 0.0] - _under(body, sole, back), [front, 0.0] - _under(body, sole, front)
    return np.where(sole[:, None] > 0.0, on_heel, on_toe)


def _carried(change: Values, standing: NDArray[np.bool_]) -> Values:
    """The standing leg's change of an angle, let go early in the swing and taken up again late in it."""
    last = int(np.flatnonzero(standing)[-1])
    swing = np.arange(last + 1, _SAMPLES)
    share = (swing - last) / (_SAMPLES - last)
    led = change.copy()
    led[swing] = change[last] * _eased(1.0 - share / 0.45) + change[0] * _eased((share - 0.55) / 0.45)
    return led


def _eased(share: Values) -> Values:
    s = np.clip(share, 0.0, 1.0)
    return np.asarray(s**3 * (10.0 - 15.0 * s + 6.0 * s**2))


def _to_reach(body: Body, ankle: Values) -> tuple[Values, Values]:
    """Thigh direction and knee flexion (degrees) that bring the ankle there: the law of cosines."""
    a, b = body.thigh, body.shank
    distance = np.minimum(np.hypot(ankle[:, 0], ankle[:, 1]), a + b)
    knee = np.pi - np.arccos(np.clip((a**2 + b**2 - distance**2) / (2 * a * b), -1.0, 1.0))
    before = np.arccos(np.clip((a**2 + distance**2 - b**2) / (2 * a * distance), -1.0, 1.0))
    thigh = np.arctan2(ankle[:, 0], -ankle[:, 1]) + before
    return np.degrees(thigh), np.degrees(knee)
