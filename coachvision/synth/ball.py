"""A ball that leaves the hand and flies freely. For the scenes.

The throw is underarm with a straight arm: where the arm has swung to an angle a from straight down, the hand moves at
the angle a above the horizontal, so the ball leaves with the hand's own velocity and the path has no jump.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from coachvision.core.frames import Image
from coachvision.synth.camera import Camera
from coachvision.synth.pose import GRAVITY

RADIUS_M = 0.11
# Share of the radius, shift towards the light in radii, colour: from the rim to the gloss.
_SHADES = (
    (1.0, 0.0, (168, 76, 24)),
    (0.86, 0.06, (206, 98, 36)),
    (0.62, 0.16, (232, 126, 58)),
    (0.3, 0.3, (250, 176, 116)),
)


@dataclass(frozen=True)
class Throw:
    """release_m: (x, y) of the ball's centre at release. speed: m/s. launch_deg: above the horizontal.

    held: where the ball is before, in the hand, by time.
    """

    release_s: float
    release_m: tuple[float, float]
    speed: float
    launch_deg: float
    held: Callable[[float], NDArray[np.float64]]

    def position(self, time_s: float) -> NDArray[np.float64]:
        """(2,) metres of the centre: in the hand, or on the parabola without drag."""
        if time_s <= self.release_s:
            return self.held(time_s)
        since = time_s - self.release_s
        launch = np.radians(self.launch_deg)
        x = self.release_m[0] + self.speed * np.cos(launch) * since
        y = self.release_m[1] + self.speed * np.sin(launch) * since - GRAVITY * since**2 / 2.0
        return np.array([x, y])

    @property
    def landing_s(self) -> float:
        """When the ball touches the floor."""
        up = self.speed * np.sin(np.radians(self.launch_deg))
        fall = self.release_m[1] - RADIUS_M
        return self.release_s + float((up + np.sqrt(up**2 + 2.0 * GRAVITY * fall)) / GRAVITY)

    def passes(self, x: float) -> float:
        """When the ball flies over that place of the floor."""
        return self.release_s + (x - self.release_m[0]) / float(self.speed * np.cos(np.radians(self.launch_deg)))


def draw_ball(picture: Image, camera: Camera, throw: Throw, time_s: float) -> None:
    """A shaded orange ball, placed to a sixteenth of a pixel."""
    x, y = camera.pixels(throw.position(time_s))
    radius = RADIUS_M * camera.px_per_m
    for share, offset, colour in _SHADES:
        centre = (round((x - offset * radius) * 16), round((y - offset * radius) * 16))
        cv2.circle(picture, centre, round(share * radius * 16), colour, -1, cv2.LINE_AA, 4)
