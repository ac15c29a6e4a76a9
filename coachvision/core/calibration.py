"""From pixels to metres: a scale from a line or the athlete's height, or a plane seen in perspective.

Anyone may call it. Metres hold in one plane only (`holds_in` says which): what is nearer to the camera looks larger
than it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from coachvision.core.derivatives import velocity
from coachvision.core.results import Track
from coachvision.core.time import Timeline

Values = NDArray[np.float64]

# Eye height is 0.936 and ankle height 0.039 of stature (Drillis and Contini 1966, as drawn in Winter 2009, ch. 4).
EYE_TO_ANKLE = 0.936 - 0.039
# People differ from that by about 1 % of the distance; the network puts eyes and ankles within about 2 cm of 1.5 m.
_HEIGHT_UNCERTAINTY = 0.015
# Straight = the way from eye to ankle is no more than 3 % shorter than that over hip and knee.
_STRAIGHT = 0.97
_MIN_CONFIDENCE = 0.5
# A click is good to one pixel (standard) an axis.
_CLICK_PX = 1.0


@dataclass(frozen=True, eq=False)
class Calibration:
    """kind: how it was obtained. homography: (3, 3), pixels (x right, y down) to metres (x right, y up) in one plane.

    relative_uncertainty: standard uncertainty of a length as a share of it. index: frame on which it was taken.
    """

    kind: Literal["line", "height", "plane"]
    homography: NDArray[np.float64]
    relative_uncertainty: float
    index: int = 0

    @classmethod
    def from_line(cls, length_m: float, start: tuple[float, float], end: tuple[float, float], index: int = 0) -> Self:
        """A line of known length, parallel to the picture. A click is good to one pixel (standard) an end."""
        length_px = float(np.hypot(end[0] - start[0], end[1] - start[1]))
        if length_m <= 0 or length_px < 1:
            raise ValueError("the calibration line needs a length, in metres and on the picture")
        scale = length_m / length_px
        return cls("line", np.diag([scale, -scale, 1.0]), float(np.sqrt(2.0) * _CLICK_PX / length_px), index)

    @classmethod
    def from_height(cls, height_m: float, track: Track, timeline: Timeline) -> Self:
        """The athlete's standing height (stature), from pose landmarks of the frames in which they stand straight.

        Head tops and soles are no landmarks; eyes and ankles are, and lie 0.897 of stature apart (Drillis and Contini
        1966). Straight frames are those in which one leg and the trunk are in line; a bent other leg does not matter.
        Raises ValueError where the athlete never stands straight with eyes and ankle in view.
        """
        if not 0.5 <= height_m <= 2.75:
            raise ValueError("a person's height is between 0.5 and 2.75 metres")
        lengths, straightness = _eye_to_ankle_px(track)
        if not np.isfinite(lengths).any():
            raise ValueError("the athlete never stands straight with eyes and ankles in view")
        # Of those that pass, the straighter half: the others would make everybody a little shorter.
        lengths = np.where(straightness >= np.nanmedian(straightness), lengths, np.nan)
        standing = lengths[np.isfinite(lengths)]
        length_px = float(np.median(standing))
        scale = EYE_TO_ANKLE * height_m / length_px
        scatter = float(np.std(standing) / length_px)
        at = int(np.nanargmin(np.abs(lengths - length_px)))
        index = timeline.index_of(int(track.pts[at]))
        return cls("height", np.diag([scale, -scale, 1.0]), float(np.hypot(_HEIGHT_UNCERTAINTY, scatter)), index)

    @classmethod
    def from_plane(cls, pixels: NDArray[np.floating], metres: NDArray[np.floating], index: int = 0) -> Self:
        """Four or more points (n, 2) of one plane, on the picture and in metres of that plane (x right, y up).

        Direct linear transformation on normalised points (Hartley 1997), least squares beyond four. Raises ValueError
        where the points do not fix a plane (three of four in a line, or the same point twice).
        """
        seen = np.asarray(pixels, dtype=np.float64)
        known = np.asarray(metres, dtype=np.float64)
        if seen.shape != known.shape or seen.ndim != 2 or seen.shape[1] != 2 or len(seen) < 4:
            raise ValueError("a plane needs four points or more, each on the picture and in metres")
        homography = _solve_plane(seen, known)
        return cls("plane", homography, _plane_uncertainty(seen, known, homography), index)

    @classmethod
    def from_rectangle(cls, width_m: float, height_m: float, corners: NDArray[np.floating], index: int = 0) -> Self:
        """A rectangle of known sides, as a court or a mat. corners: (4, 2) pixels; see below for their order.

        The first corner becomes (0, 0), the second (width, 0), the third (width, height), the fourth (0, height).
        """
        if width_m <= 0 or height_m <= 0:
            raise ValueError("the sides of the rectangle must be positive")
        metres = np.array([[0, 0], [width_m, 0], [width_m, height_m], [0, height_m]], dtype=np.float64)
        return cls.from_plane(corners, metres, index)

    @property
    def holds_in(self) -> str:
        """The plane in which these metres are true, in words."""
        return {
            "line": "the plane through the calibration line, square to the camera",
            "height": "the plane in which the athlete moves, square to the camera",
            "plane": "the plane through the marked points",
        }[self.kind]

    def to_metres(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """(..., 2) pixels to (..., 2) metres."""
        homogeneous = np.concatenate([points, np.ones((*points.shape[:-1], 1))], axis=-1) @ self.homography.T
        return np.asarray(homogeneous[..., :2] / homogeneous[..., 2:], dtype=np.float64)

    def to_pixels(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """(..., 2) metres of the plane to (..., 2) pixels."""
        back = np.concatenate([points, np.ones((*points.shape[:-1], 1))], axis=-1) @ np.linalg.inv(self.homography).T
        return np.asarray(back[..., :2] / back[..., 2:], dtype=np.float64)

    def metres_per_pixel(self, point: tuple[float, float]) -> float:
        """Size of a pixel at that place: the root of the area that one square pixel covers of the plane."""
        return float(np.sqrt(abs(np.linalg.det(self._jacobian(point)))))

    def uncertainty_at(self, point: tuple[float, float], jitter_px: float = _CLICK_PX) -> float:
        """Metres (standard, root mean square of both axes): of a place on the plane known to `jitter_px` an axis."""
        jacobian = self._jacobian(point)
        return float(jitter_px * np.sqrt(np.sum(jacobian**2) / 2.0))

    def length(
        self, start: tuple[float, float], end: tuple[float, float], jitter_px: float = _CLICK_PX
    ) -> tuple[float, float]:
        """Metres between two places on the picture, and their standard uncertainty.

        The scale's share and the jitter of both ends along the line, squared and added (JCGM 100:2008, 5.1.2).
        """
        a, b = self.to_metres(np.array([start, end], dtype=np.float64))
        length = float(np.hypot(*(b - a)))
        along = (b - a) / length if length > 0 else np.array([1.0, 0.0])
        ends = [jitter_px * float(np.hypot(*(along @ self._jacobian(place)))) for place in (start, end)]
        return length, float(np.sqrt((length * self.relative_uncertainty) ** 2 + ends[0] ** 2 + ends[1] ** 2))

    def velocities(self, times: Values, points: NDArray[np.floating]) -> Values:
        """(t, 2) metres a second (x right, y up) of (t, 2) pixels at (t,) seconds. Filter the points first."""
        return velocity(times, self.to_metres(points))

    def _jacobian(self, point: tuple[float, float]) -> Values:
        """(2, 2) metres per pixel of each axis at a place: quotient rule on the homography."""
        x, y, w = self.homography @ np.array([point[0], point[1], 1.0])
        top = self.homography[:2, :2]
        bottom = self.homography[2, :2]
        return np.asarray((top * w - np.outer([x, y], bottom)) / w**2, dtype=np.float64)


def _eye_to_ankle_px(track: Track) -> tuple[Values, Values]:
    """(t,) pixels, and (t,) their share of the way over hip and knee; NaN in frames without a straight stand.

    The leg that stands straighter counts.
    """
    eye = 0.5 * (track.point("left_eye").astype(np.float64) + track.point("right_eye"))
    eye_sure = np.minimum(track.confidence_of("left_eye"), track.confidence_of("right_eye"))
    best = np.full(len(track.pts), np.nan)
    straightness = np.full(len(track.pts), np.nan)
    for side in ("left", "right"):
        chain = [eye, *(track.point(f"{side}_{part}").astype(np.float64) for part in ("hip", "knee", "ankle"))]
        sure = np.minimum.reduce(
            [eye_sure, *(track.confidence_of(f"{side}_{part}") for part in ("hip", "knee", "ankle"))]
        )
        way = np.sum([np.linalg.norm(b - a, axis=-1) for a, b in pairwise(chain)], axis=0)
        straight = np.linalg.norm(chain[-1] - eye, axis=-1)
        share = np.divide(straight, way, out=np.zeros(len(way)), where=way > 0)
        better = (sure >= _MIN_CONFIDENCE) & (share >= _STRAIGHT) & ~(share <= straightness)
        best[better] = straight[better]
        straightness[better] = share[better]
    return best, straightness


def _solve_plane(seen: Values, known: Values) -> Values:
    from_seen, to_known = _normalising(seen), _normalising(known)
    a = np.column_stack([seen, np.ones(len(seen))]) @ from_seen.T
    b = np.column_stack([known, np.ones(len(known))]) @ to_known.T
    rows = np.zeros((2 * len(a), 9))
    rows[0::2, 0:3], rows[0::2, 6:9] = a, -b[:, :1] * a
    rows[1::2, 3:6], rows[1::2, 6:9] = a, -b[:, 1:2] * a
    _, strength, directions = np.linalg.svd(rows)
    # One direction is free (the scale); a second weak one means that the points do not fix a plane.
    if strength[7] < 1e-6 * strength[0]:
        raise ValueError("these points do not fix a plane: no three may lie in a line")
    homography = np.linalg.inv(to_known) @ directions[8].reshape(3, 3) @ from_seen
    depth = homography[2] @ np.column_stack([seen, np.ones(len(seen))]).T
    if abs(np.linalg.det(directions[8].reshape(3, 3))) < 1e-9 or not (np.all(depth > 0) or np.all(depth < 0)):
        raise ValueError("these points do not fix a plane: check their order")
    return np.asarray(homography / np.mean(depth), dtype=np.float64)


def _normalising(points: Values) -> Values:
    """Similarity that puts the mean at 0 and the mean distance from it at sqrt(2) (Hartley 1997)."""
    centre = points.mean(axis=0)
    distance = float(np.mean(np.linalg.norm(points - centre, axis=-1)))
    if distance == 0:
        raise ValueError("these points do not fix a plane: they are all one")
    scale = np.sqrt(2.0) / distance
    return np.array([[scale, 0.0, -scale * centre[0]], [0.0, scale, -scale * centre[1]], [0.0, 0.0, 1.0]])


def _plane_uncertainty(seen: Values, known: Values, homography: Values) -> float:
    """Share of the span between the two furthest points by which a pixel of error in every click changes it."""
    apart = np.linalg.norm(known[:, None] - known[None], axis=-1)
    first, second = np.unravel_index(int(np.argmax(apart)), apart.shape)
    ends = seen[[first, second]]

    def span(solved: Values) -> float:
        a, b = Calibration("plane", solved, 0.0).to_metres(ends)
        return float(np.hypot(*(b - a)))

    true = span(homography)
    changes = []
    for place in np.ndindex(*seen.shape):
        moved = seen.copy()
        moved[place] += _CLICK_PX
        changes.append(span(_solve_plane(moved, known)) / true - 1.0)
    return float(np.sqrt(np.sum(np.square(changes))))
