"""Draws the athlete, frame after frame, from parts that were shaded once. For the scenes alone."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from coachvision.core.frames import Image
from coachvision.synth.body import Body
from coachvision.synth.camera import Camera
from coachvision.synth.pose import Point, Pose, along, directions, head_centre, head_tilt, joints
from coachvision.synth.shapes import Sprite, parts

_FAR_LIGHT = 0.5


class Figure:
    """One athlete before one camera. `draw` changes the picture in place."""

    def __init__(self, body: Body, camera: Camera, rng: np.random.Generator) -> None:
        self.body = body
        self.camera = camera
        self._near = parts(body, camera.scale(-body.half_hips), rng)
        self._far = {name: part.darker(_FAR_LIGHT) for name, part in self._near.items()}

    def draw(self, picture: Image, pose: Pose) -> None:
        """Paint the far limbs, the trunk and head, then the near limbs. picture: (h, w, 3) uint8 RGB."""
        body = self.body
        self._shadow(picture, pose)
        self._arm(picture, pose, near=False)
        self._leg(picture, pose, near=False)
        hip = np.array([pose.x, pose.y])
        up = along(-pose.lean + 180.0)
        shoulder = hip + body.trunk * up
        head = head_centre(body, pose)
        down = along(-head_tilt(pose))
        neck = head - shoulder
        forward = along(-pose.lean + 90.0)
        self._stamp(picture, self._near["neck"], shoulder + 0.1 * neck, _unit(neck), _forward(_unit(neck)), 0.0)
        self._stamp(picture, self._near["head"], head, down, along(-head_tilt(pose) + 90.0), 0.0)
        self._stamp(picture, self._near["trunk"], hip, up, forward, 0.0)
        self._leg(picture, pose, near=True)
        self._arm(picture, pose, near=True)

    def _leg(self, picture: Image, pose: Pose, *, near: bool) -> None:
        at, to, sprites = joints(self.body, pose, near), directions(pose, near), self._near if near else self._far
        depth = self.body.half_hips * (-1.0 if near else 1.0)
        self._bone(picture, sprites["shank"], at["knee"], to.shank, depth)
        self._bone(picture, sprites["shoe"], at["ankle"], to.foot, depth)
        self._bone(picture, sprites["thigh"], at["hip"], to.thigh, depth)
        self._bone(picture, sprites["shorts"], at["hip"], to.thigh, depth)

    def _arm(self, picture: Image, pose: Pose, *, near: bool) -> None:
        at, to, sprites = joints(self.body, pose, near), directions(pose, near), self._near if near else self._far
        depth = self.body.half_shoulders * (-1.0 if near else 1.0)
        self._bone(picture, sprites["upper_arm"], at["shoulder"], to.upper_arm, depth)
        self._bone(picture, sprites["hand"], at["wrist"], to.forearm + 6.0, depth)
        self._bone(picture, sprites["forearm"], at["elbow"], to.forearm, depth)
        self._bone(picture, sprites["sleeve"], at["shoulder"], to.upper_arm, depth)

    def _bone(self, picture: Image, part: Sprite, start: Point, direction: float, depth: float) -> None:
        self._stamp(picture, part, start, along(direction), along(direction + 90.0), depth)

    def _stamp(self, picture: Image, part: Sprite, origin: Point, u: Point, v: Point, depth: float) -> None:
        """Lay a part on the picture with its axes along the world directions u and v."""
        camera = self.camera
        ratio = camera.scale(depth) / part.px_per_m
        along_u, along_v = camera.turn(u) * ratio, camera.turn(v) * ratio
        start = camera.pixels(origin, depth) + part.px_per_m * (part.origin[0] * along_u + part.origin[1] * along_v)
        affine = np.column_stack([along_v, along_u, start])  # a part's columns run along v, its rows along u
        lay(picture, part.rgba, affine)

    def _shadow(self, picture: Image, pose: Pose) -> None:
        """A soft patch on the floor under the body, wider and fainter the higher it is."""
        feet = [joints(self.body, pose, near) for near in (True, False)]
        middle = float(np.mean([(foot["heel"][0] + foot["foot_index"][0]) / 2 for foot in feet]))
        height = max(0.0, float(min(min(foot["heel"][1], foot["foot_index"][1]) for foot in feet)))
        x, y = self.camera.pixels(np.array([middle, 0.0]), 0.0)
        scale = self.camera.px_per_m
        half_x, half_y = int(0.32 * scale * (1 + height)), max(2, int(0.045 * scale))
        left, top = int(x) - half_x, int(y) - half_y
        x0, y0, x1, y1 = (
            max(left, 0),
            max(top, 0),
            min(left + 2 * half_x, picture.shape[1]),
            min(top + 2 * half_y, picture.shape[0]),
        )
        if x0 >= x1 or y0 >= y1:
            return
        columns = (np.arange(x0, x1) - x) / half_x
        rows = (np.arange(y0, y1) - y) / half_y
        dark = np.clip(1.0 - columns[None, :] ** 2 - rows[:, None] ** 2, 0.0, 1.0) * (0.45 / (1 + 2 * height))
        patch = picture[y0:y1, x0:x1]
        patch[:] = (patch * (1.0 - dark[..., None])).astype(np.uint8)


def lay(picture: Image, rgba: Image, affine: NDArray[np.float64]) -> None:
    """Lay a premultiplied (h, w, 4) picture over `picture` in place. affine: (2, 3), its pixels to the picture's."""
    rows, columns = rgba.shape[:2]
    corners = affine @ np.array([[0, columns, 0, columns], [0, 0, rows, rows], [1, 1, 1, 1]], np.float64)
    low = np.maximum(np.floor(corners.min(axis=1)).astype(int) - 1, 0)
    high = np.minimum(np.ceil(corners.max(axis=1)).astype(int) + 2, [picture.shape[1], picture.shape[0]])
    if np.any(high <= low):
        return
    local = affine.copy()
    local[:, 2] -= low
    size = (int(high[0] - low[0]), int(high[1] - low[1]))
    part = cv2.warpAffine(
        rgba, local, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(0, 0, 0, 0)
    )
    under = picture[low[1] : high[1], low[0] : high[0]]
    through = cv2.cvtColor(cv2.bitwise_not(cv2.extractChannel(part, 3)), cv2.COLOR_GRAY2RGB)
    cv2.add(cv2.multiply(under, through, scale=1 / 255), cv2.cvtColor(part, cv2.COLOR_RGBA2RGB), dst=under)


def _unit(vector: Point) -> Point:
    return np.asarray(vector / np.hypot(*vector))


def _forward(up: Point) -> Point:
    """The direction to the front of something that points upwards."""
    return np.array([up[1], -up[0]])
