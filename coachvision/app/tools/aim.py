"""What lies near a place on the video: a drawing, a joint, a tracked point. For the tools' layer."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QTransform

from coachvision.app.tools.board import Board
from coachvision.app.tools.hand import Hand
from coachvision.core.drawing import Anchor, Joint, Tracked
from coachvision.core.picture import Point, distance, distance_to_lines
from coachvision.core.scene import Shown
from coachvision.core.strokes import Lens, Part, Stroke

# Widget pixels: how near counts as on it. A finger or a hasty mouse is no better.
REACH, CATCH, JOINT = 9.0, 14.0, 11.0


class Aim:
    """Asks the board what is on the frame that was painted last. free: nothing is caught (Alt is held)."""

    def __init__(self, board: Board, hand: Hand) -> None:
        self._board, self._hand = board, hand
        self._map = QTransform()
        self._pts: int | None = None
        self._areas: Mapping[str, Sequence[QRectF]] = {}
        self.free = False

    def see(self, to_widget: QTransform, pts: int, areas: Mapping[str, Sequence[QRectF]]) -> None:
        """What was painted: that frame, with words and badges of each drawing there in the widget."""
        self._map, self._pts, self._areas = to_widget, pts, areas

    @property
    def pixel(self) -> float:
        """A widget's pixel in pixels of the video."""
        return 1.0 / max(1e-6, math.sqrt(abs(self._map.determinant())))

    def catch(self, place: Point) -> Anchor:
        """What a point there would follow: the nearest joint or tracked point; just the place, where none is near."""
        pts, scene = self._pts, self._board.scene
        if pts is None or scene is None or self.free or not self._hand.sticky:
            return Anchor(*place)
        near = self.joint(place, pts, CATCH)
        best = (near[1], Anchor(*near[2], near[0])) if near is not None else (CATCH * self.pixel, Anchor(*place))
        for drawing in self._board.drawings:
            at = scene.place(Tracked(drawing.id), pts) if drawing.kind == "track" else None
            if at is not None and distance(at, place) < best[0]:
                best = (distance(at, place), Anchor(*at, Tracked(drawing.id)))
        return best[1]

    def joint(self, place: Point, pts: int, reach: float = JOINT) -> tuple[Joint, float, Point] | None:
        """The nearest joint within so many widget pixels: which, how far in pixels of the video, where."""
        scene = self._board.scene
        near = [(distance(at, place), joint, at) for joint, at in scene.joints(pts)] if scene is not None else []
        if not near:
            return None
        away, joint, at = min(near, key=lambda item: item[0])
        return (joint, away, at) if away <= reach * self.pixel else None

    def hit(self, place: Point, pts: int) -> Shown | None:
        """The topmost drawing at a place."""
        scene = self._board.scene
        at, reach = self._map.map(QPointF(*place)), REACH * self.pixel
        for one in reversed(list(scene.shown(pts)) if scene is not None else []):
            if any(area.contains(at) for area in self._areas.get(one.drawing.id, ())):
                return one
            if any(_touches(part, place, reach) for part in one.parts):
                return one
        return None

    def place(self, joint: Joint, pts: int) -> Point | None:
        """Where a joint is on a frame."""
        scene = self._board.scene
        return scene.place(joint, pts) if scene is not None else None


def _touches(part: Part, place: Point, reach: float) -> bool:
    if isinstance(part, Stroke):
        # What is filled without a line of its own is decoration.
        return part.weight > 0 and distance_to_lines(place, part.points, closed=part.closed) <= reach
    return isinstance(part, Lens) and distance(place, part.at) <= part.radius
