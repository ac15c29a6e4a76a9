"""Lies over the video: paints the drawings and turns the mouse into drawings, changes and moved joints.

For the tools' studio. While the film plays it only paints.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen, QTransform

from coachvision.app.parts import plainly
from coachvision.app.player.canvas import VideoCanvas
from coachvision.app.tools import gestures
from coachvision.app.tools.aim import CATCH, REACH, Aim
from coachvision.app.tools.board import Board
from coachvision.app.tools.hand import SCALE_LINE, SCALE_PLANE, SELECT, TRACK, Hand
from coachvision.app.tools.painting import Brush
from coachvision.core.drawing import KINDS, Drawing, Joint
from coachvision.core.landmarks import BONES
from coachvision.core.picture import Point, distance
from coachvision.core.scene import Scene, Shown
from coachvision.words import tr

# Widget pixels: a click moves no more than this.
_CLICK = 4.0
_ACCENT, _INK = QColor("#43d18f"), QColor(0, 0, 0, 190)


@dataclass
class _Drag:
    """A change under way. number: the point that is dragged, None for all of it. before: as it was, baked."""

    before: Drawing
    number: int | None
    start: Point
    now: Drawing


@dataclass
class _JointDrag:
    """A joint on its way to where it belongs."""

    joint: Joint
    start: Point
    at: Point


class DrawingLayer(QObject):
    """made: (Drawing) of a tool that does not keep it by itself: a scale. track_wanted: (place) to be followed from.

    text_wanted: a text was placed, to be typed. joint_taken: one is about to be moved.
    """

    made = Signal(object)
    track_wanted = Signal(QPointF)
    text_wanted = Signal()
    joint_taken = Signal()

    def __init__(self, canvas: VideoCanvas, board: Board, hand: Hand, playing: Callable[[], bool]) -> None:
        super().__init__(canvas)
        self._canvas, self._board, self._hand, self._playing = canvas, board, hand, playing
        # A drawing that waits for something before it is kept: it is seen meanwhile.
        self.pending: Callable[[], Drawing | None] = lambda: None
        self._making: gestures.Making | None = None
        self._drag: _Drag | None = None
        self._joint: _JointDrag | None = None
        self._over: Joint | None = None
        self._aim = Aim(board, hand)
        self._map = QTransform()
        self._index = 0
        board.changed.connect(self._refresh)
        board.loaded.connect(self._other_drawings)
        board.selected.connect(self._refresh)
        hand.changed.connect(self._hand_changed)

    @property
    def busy(self) -> bool:
        """Whether something is begun and not ended."""
        return self._making is not None or self._drag is not None or self._joint is not None

    def cancel(self) -> None:
        """Forget what was begun."""
        self._making = self._drag = self._joint = None
        self._refresh()

    def _other_drawings(self) -> None:
        """Of another session, perhaps: what the mouse was over is of the one before."""
        self._over = None
        self.cancel()

    def _hand_changed(self) -> None:
        self._making = None
        self._canvas.setCursor(Qt.CursorShape.ArrowCursor if self._hand.tool == SELECT else Qt.CursorShape.CrossCursor)
        self._refresh()

    def _refresh(self) -> None:
        self._canvas.update()

    # -- painting

    def paint(self, painter: QPainter, to_widget: QTransform, index: int) -> None:
        """Everything drawn on that frame, then what is under way and what can be taken hold of."""
        self._map, self._index = to_widget, index
        scene, pts = self._scene(), self._pts()
        if scene is None or pts is None:
            return
        shown = list(scene.shown(pts))
        unit = max(0.8, min(2.0, self._canvas.height() / 720))
        brush = Brush(painter, to_widget, self._canvas.image, self._canvas.video_size, unit)
        brush.paint(shown)
        self._aim.see(to_widget, pts, brush.areas)
        if self._playing():
            return
        if self._making is not None:
            self._rings(painter, self._making.spots(), _ACCENT, 5)
        chosen = self._board.chosen
        for one in shown:
            if chosen is not None and one.drawing.id == chosen.id:
                self._handles(painter, one)
        self._paint_joints(painter, pts)

    def _scene(self) -> Scene | None:
        """The board's, with what is under way in its place."""
        scene = self._board.scene
        if scene is None:
            return None
        if self._drag is not None:
            now = self._drag.now
            return replace(scene, drawings=tuple(now if d.id == now.id else d for d in scene.drawings))
        if self._making is not None and (drawing := self._making.drawing()) is not None:
            return replace(scene, drawings=(*scene.drawings, replace(drawing, whole=True)))
        if (waiting := self.pending()) is not None:
            others = tuple(drawing for drawing in scene.drawings if drawing.id != waiting.id)
            return replace(scene, drawings=(*others, replace(waiting, whole=True)))
        return scene

    def _handles(self, painter: QPainter, one: Shown) -> None:
        kind = KINDS[one.drawing.kind]
        if kind.gesture == "free":
            points = [self._map.map(QPointF(*point)) for point in one.points]
            box = QRectF(points[0], points[0])
            for point in points:
                box = box.united(QRectF(point, point).adjusted(-1, -1, 1, 1))
            painter.setPen(QPen(_ACCENT, 1.5, Qt.PenStyle.DashLine))
            painter.drawRect(box.adjusted(-6, -6, 6, 6))
            return
        for anchor, place in zip(one.drawing.points, one.points, strict=False):
            at = self._map.map(QPointF(*place))
            painter.setPen(QPen(_INK, 1.5))
            painter.setBrush(_ACCENT if anchor.to is not None else QColor("#ffffff"))
            # What follows something is a diamond: told without colour, too.
            if anchor.to is not None:
                painter.drawPolygon([at + QPointF(0, -7), at + QPointF(7, 0), at + QPointF(0, 7), at + QPointF(-7, 0)])
            else:
                painter.drawEllipse(at, 5.5, 5.5)
            painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_joints(self, painter: QPainter, pts: int) -> None:
        moved = [at for key, at in self._board.corrections.items() if key[4] == pts]
        self._rings(painter, moved, QColor("#ffffff"), 8)
        if self._joint is not None:
            self._paint_bones(painter, pts, self._joint)
            self._rings(painter, [self._joint.at], _ACCENT, 8)
        elif self._over is not None and (place := self._aim.place(self._over, pts)) is not None:
            self._rings(painter, [place], _ACCENT, 9)

    def _paint_bones(self, painter: QPainter, pts: int, drag: _JointDrag) -> None:
        at = self._map.map(QPointF(*drag.at))
        for a, b in BONES:
            if drag.joint.landmark in (a, b):
                other = self._aim.place(Joint(drag.joint.subject, b if a == drag.joint.landmark else a), pts)
                if other is not None:
                    for ink, width in ((_INK, 5.0), (_ACCENT, 2.5)):
                        painter.setPen(QPen(ink, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
                        painter.drawLine(at, self._map.map(QPointF(*other)))

    def _rings(self, painter: QPainter, places: Sequence[Point], colour: QColor, radius: float) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for place in places:
            for ink, width in ((_INK, 4.0), (colour, 2.0)):
                painter.setPen(QPen(ink, width))
                painter.drawEllipse(self._map.map(QPointF(*place)), radius, radius)

    # -- the mouse

    def press(self, event: QMouseEvent, at: QPointF) -> bool:
        """Begin, or go on with, what the tool does; take hold of what lies there."""
        pts = self._pts()
        if event.button() != Qt.MouseButton.LeftButton or self._playing() or pts is None:
            return False
        place = (at.x(), at.y())
        # With a tool in hand something new begins, wherever that is.
        if self._hand.tool == SELECT and self._take_handle(place, pts):
            return True
        if self._hand.tool == TRACK:
            self.track_wanted.emit(at)
            return True
        kind = self._hand.draws
        if not kind:
            return self._hand.tool == SELECT and self._take_hold(place, pts)
        if self._making is None:
            self._board.select("")
            self._making = gestures.Making(
                kind, self._aim.catch, self._board.new_id(), pts, self._hand.style, _CLICK * self._aim.pixel, {}
            )
        self._making.press(place)
        self._refresh()
        return True

    def move(self, event: QMouseEvent, at: QPointF) -> bool:
        """Go on with what is under way; else show what could be taken hold of."""
        place = (at.x(), at.y())
        self._aim.free = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if self._making is not None:
            self._making.move(place)
        elif self._drag is not None:
            self._drag.now = self._dragged(self._drag, place)
        elif self._joint is not None:
            self._joint.at = place
        else:
            self._hover(place)
            return False
        self._refresh()
        return True

    def release(self, _event: QMouseEvent, at: QPointF) -> bool:
        """End it, where it has all it needs."""
        place = (at.x(), at.y())
        if self._making is not None:
            self._making.release(place)
            if self._making.whole:
                self._finish()
        elif self._drag is not None:
            drag, self._drag = self._drag, None
            if distance(drag.start, place) > _CLICK * self._aim.pixel:
                kind = tr(drag.before.title)
                text = tr("Move: {kind}", kind=kind) if drag.number is None else tr("Move a point: {kind}", kind=kind)
                self._board.change(self._dragged(drag, place), text)
        elif self._joint is not None:
            joint, self._joint = self._joint, None
            if distance(joint.start, place) > _CLICK * self._aim.pixel:
                self._correct(joint.joint, place)
        self._refresh()
        return True

    def double_click(self, event: QMouseEvent, at: QPointF) -> bool:
        """A text is typed anew; everything else takes it as a click."""
        pts = self._pts()
        found = self._aim.hit((at.x(), at.y()), pts) if pts is not None and not self._playing() else None
        if self._hand.tool == SELECT and found is not None and found.drawing.kind == "text":
            self._board.select(found.drawing.id)
            self.text_wanted.emit()
            return True
        return self.press(event, at)

    # -- what it means

    def _take_handle(self, place: Point, pts: int) -> bool:
        """A point of the selected drawing."""
        chosen, scene = self._board.chosen, self._board.scene
        points = scene.points(chosen, pts) if chosen is not None and scene is not None else None
        if chosen is None or points is None or KINDS[chosen.kind].gesture == "free" or chosen.kind == "track":
            return False
        near = [(distance(point, place), k) for k, point in enumerate(points)]
        away, number = min(near, default=(float("inf"), 0))
        if away > REACH * self._aim.pixel:
            return False
        whole = gestures.baked(chosen, points)
        self._drag = _Drag(whole, number, place, whole)
        return True

    def _take_hold(self, place: Point, pts: int) -> bool:
        """A drawing, or a joint; elsewhere nothing is selected any more."""
        found = self._aim.hit(place, pts)
        if found is not None:
            self._board.select(found.drawing.id)
            whole = gestures.baked(found.drawing, found.points)
            single = len(whole.points) == 1
            self._drag = _Drag(whole, 0 if single else None, place, whole)
            return True
        joint = self._aim.joint(place, pts)
        # A click beside a selected drawing lets go of it, and does no more.
        let_go = self._board.chosen is not None
        self._board.select("")
        if joint is None:
            return let_go
        self._joint = _JointDrag(joint[0], place, place)
        self.joint_taken.emit()
        return True

    def _dragged(self, drag: _Drag, place: Point) -> Drawing:
        dx, dy = place[0] - drag.start[0], place[1] - drag.start[1]
        if drag.number is None:
            return gestures.shifted(drag.before, dx, dy)
        point = drag.before.points[drag.number]
        # Held where it was taken: the point does not jump under the mouse.
        return gestures.with_point(drag.before, drag.number, self._aim.catch((point.x + dx, point.y + dy)))

    def _finish(self) -> None:
        making, self._making = self._making, None
        drawing = making.drawing() if making is not None else None
        if drawing is None:
            return
        if self._hand.tool in (SCALE_LINE, SCALE_PLANE):
            self.made.emit(drawing)
            return
        stays = self._hand.stays
        self._board.add(self._hand.finished(drawing, self._board.drawings))
        if not stays:
            self._hand.take(SELECT)
        if drawing.kind == "text":
            self.text_wanted.emit()

    def _correct(self, joint: Joint, place: Point) -> None:
        pts, analyzer = self._pts(), self._board.analyzer_of(joint.subject)
        if pts is not None and analyzer:
            self._board.correct({(analyzer, "pose", joint.subject, joint.landmark, pts): place})

    def _hover(self, place: Point) -> None:
        pts = self._pts()
        over = None
        if pts is not None and not self._playing():
            if self._hand.tool == SELECT and self._aim.hit(place, pts) is None:
                over = self._aim.joint(place, pts)
            elif self._hand.draws and self._hand.sticky:
                over = self._aim.joint(place, pts, CATCH)
        joint = over[0] if over is not None else None
        if joint != self._over:
            self._over = joint
            self._canvas.setToolTip("" if joint is None else plainly(joint.landmark.replace("_", " ").capitalize()))
            self._refresh()

    def _pts(self) -> int | None:
        timeline = self._board.timeline
        return int(timeline.pts[self._index]) if timeline is not None and self._index < len(timeline) else None
