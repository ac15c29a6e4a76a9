"""The rows under the timeline as data and paint: what stands in each, and how it looks. For `rows_canvas` alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from coachvision.app.axis import LEFT, RIGHT
from coachvision.app.names import name_of
from coachvision.app.theme import Theme, worn
from coachvision.core.results import Event
from coachvision.core.tagging import Moment, rows_of
from coachvision.library.records import MomentRow
from coachvision.services.export.words import span_title

ROW = 24
_MANY = 25


@dataclass(frozen=True)
class Bar:
    """One moment or event in a row. id: of a moment the coach may edit, "" for what an analyzer found."""

    id: str
    start_pts: int
    end_pts: int | None
    told: str
    moment: Moment | None = None


@dataclass(frozen=True)
class Line:
    """One row. colour: "" for the theme's accent."""

    name: str
    colour: str
    bars: tuple[Bar, ...]


def lines_of(moments: Sequence[MomentRow], events: Sequence[Event]) -> tuple[Line, ...]:
    """The coach's moments above, by category; below, what was found, by kind."""
    tagged = [
        Line(row.category, row.colour, tuple(_bar(moments[number]) for number in row.numbers))
        for row in rows_of([one.moment for one in moments])
    ]
    kinds: dict[str, list[Bar]] = {}
    for event in sorted(events, key=lambda event: event.start_pts):
        name = name_of(span_title(event.kind, event.label))
        values = ", ".join(f"{key} {value:.3g}" for key, value in event.values.items())
        told = f"{name}: {values}" if values else name
        kinds.setdefault(name, []).append(Bar("", event.start_pts, event.end_pts, told))
    return (*tagged, *(Line(name, "", tuple(bars)) for name, bars in kinds.items()))


def _bar(row: MomentRow) -> Bar:
    moment = row.moment
    told = ", ".join((moment.category, *moment.descriptors))
    return Bar(row.id, moment.start_pts, moment.end_pts, f"{told}: {moment.note}" if moment.note else told, moment)


def paint_lines(
    painter: QPainter, lines: Sequence[Line], width: int, place: Callable[[Bar, int], QRectF], choice: str
) -> None:
    """All rows, as wide as that. place: where a bar of a row stands. choice: the id of the moment that is marked."""
    theme = worn()
    metrics = QFontMetricsF(painter.font())
    for row, line in enumerate(lines):
        top = row * ROW
        if row:
            painter.setPen(QPen(QColor(theme.line), 1))
            painter.drawLine(QPointF(0, top), QPointF(width, top))
        colour = QColor(line.colour or theme.accent)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(QRectF(8, top + 7, 4, ROW - 14), 2, 2)
        painter.setPen(QColor(theme.text if line.colour else theme.muted))
        room = QRectF(18, top, LEFT - 24, ROW)
        name = metrics.elidedText(line.name, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
        painter.save()
        painter.setClipRect(QRectF(LEFT - 5, top, width - LEFT - RIGHT + 10, ROW))
        many = len(line.bars) > _MANY
        for bar in line.bars:
            at = place(bar, row)
            if at.right() >= LEFT - 5 and at.left() <= width:
                _paint_bar(
                    painter, theme, at, colour, plain=many, ours=bool(bar.id), chosen=bool(bar.id) and bar.id == choice
                )
        painter.restore()


def _paint_bar(
    painter: QPainter, theme: Theme, place: QRectF, colour: QColor, *, plain: bool, ours: bool, chosen: bool
) -> None:
    """plain: no round corners, ten times as fast; where bars are many, none are seen. ours: the coach may edit it."""
    if plain and not chosen and place.width() != place.height():
        fill = QColor(colour)
        fill.setAlphaF(0.5)
        painter.fillRect(place, fill)
        for left in (place.left(), place.right() - 2):
            painter.fillRect(QRectF(left, place.top(), 2, place.height()), colour)
        return
    painter.setPen(QPen(QColor(theme.text), 2) if chosen else QPen(colour, 1))
    if place.width() == place.height():
        painter.setBrush(colour)
        painter.drawEllipse(place)
        return
    fill = QColor(colour)
    fill.setAlphaF(0.85 if chosen else 0.5)
    painter.setBrush(fill)
    painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    if ours:
        # Where it can be taken hold of.
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        for left in (place.left(), place.right() - 3):
            painter.drawRoundedRect(QRectF(left, place.top(), 3, place.height()), 1, 1)
