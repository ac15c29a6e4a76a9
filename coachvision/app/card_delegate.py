"""How a card of the library is painted. For the library's screen."""

from __future__ import annotations

import time
from collections import OrderedDict
from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from coachvision.app import dates, icons
from coachvision.app.activity import doing_words
from coachvision.app.cards import CARD_ROLE, ID_ROLE, JOB_ROLE, STATE_ROLE, filmed
from coachvision.app.names import name_of
from coachvision.app.pictures import Pictures
from coachvision.app.tasks import Job
from coachvision.app.theme import FAMILIES, GAP, SMALL, TEXT, TIGHT, Theme, worn
from coachvision.words import tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QStyle

    from coachvision.services.cards import SessionCard

# The least; cards grow until the row is full, which is less than another half where there are two of them.
LEAST_WIDTH = 288
_WORDS = 92
# Where a click chooses the card instead of opening it, from the card's corner.
CHECK = QRect(2 * GAP, 2 * GAP, 24, 24)

# Cards are drawn for so long in one go, and so many drawn ones are kept.
_BUDGET_S = 0.002
_KEPT = 120

Index = QModelIndex | QPersistentModelIndex


@cache
def _flags() -> tuple[QStyle.StateFlag, ...]:
    """Under the mouse, chosen, with the focus. Qt's style is slow to load, and not needed before there is a card."""
    from PySide6.QtWidgets import QStyle

    state = QStyle.StateFlag
    return state.State_MouseOver, state.State_Selected, state.State_HasFocus


class CardDelegate(QStyledItemDelegate):
    """Paints a card: the film's picture under the mouse, name, athlete and day, two numbers or the work."""

    def __init__(self, pictures: Pictures, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.hover: tuple[str, float] = ("", 0.0)
        self.ratio = 1.0
        self.pictures = pictures
        # Some card is chosen: every card shows where it can be.
        self.choosing = False
        self.size = card_size(LEAST_WIDTH)
        self._drawn: OrderedDict[str, tuple[tuple[object, ...], QPixmap]] = OrderedDict()
        self._empty: tuple[tuple[object, ...], QPixmap] | None = None
        self.unfinished: list[int] = []
        self._end = 0.0
        self._bold, self._plain = _font(TEXT, QFont.Weight.DemiBold), _font(SMALL)
        self._metrics = {True: QFontMetrics(self._bold), False: QFontMetrics(self._plain)}

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """All cards are of one size."""
        return self.size

    @property
    def picture(self) -> QRect:
        """Where the film's picture is on a card."""
        return picture_place(self.size)

    def begin(self) -> None:
        """The list paints itself: from now on for the time of half a frame."""
        self.unfinished = []
        self._end = time.perf_counter() + _BUDGET_S

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One card: its picture as it was drawn before, and over it what the mouse and the keys do."""
        card, job, state = index.data(CARD_ROLE), index.data(JOB_ROLE), str(index.data(STATE_ROLE) or "")
        place, flags = QRect(option.rect), option.state
        drawn = self._drawn_card(index, card, job, state)
        # One that was drawn before the window got another width is stretched until its turn comes.
        painter.drawPixmap(place, drawn)
        hovered, chosen, focused = (bool(flags & flag) for flag in _flags())
        if card is not None and self.hover[0] == card.id:
            self._paint_moment(painter, place, card)
        if not (hovered or chosen or focused or self.choosing):
            return
        theme = worn()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if hovered or chosen or focused:
            frame = theme.accent if chosen else theme.text if focused else theme.muted
            painter.setPen(QPen(QColor(frame), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(place.adjusted(2, 2, -2, -2)), 8, 8)
        if card is not None:
            _paint_check(painter, QRectF(CHECK.translated(place.topLeft())), chosen=chosen, theme=theme)

    def _drawn_card(self, index: Index, card: SessionCard | None, job: Job | None, state: str) -> QPixmap:
        """The card without mouse and keys; drawn once until something on it changes."""
        theme = worn()
        still = self.pictures.still(card.sheet) if card is not None and card.sheet is not None else None
        work = None if job is None else (job.title, job.stage, round(job.done, 3))
        look = (card, still, state, work, theme.name, self.size, self.ratio)
        key = str(index.data(ID_ROLE) or "") or f"job {id(job)}"
        found = self._drawn.get(key)
        if found is not None and all(a is b or a == b for a, b in zip(found[0], look, strict=True)):
            self._drawn.move_to_end(key)
            return found[1]
        if (card is None and job is None) or time.perf_counter() > self._end:
            if card is not None or job is not None:
                self.unfinished.append(index.row())
            return found[1] if found is not None else self._blank(theme)
        drawn = self._blank(theme).copy()
        painter = QPainter(drawn)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        picture = QRectF(self.picture)
        self._paint_picture(painter, picture, card, still)
        if state:
            self._paint_badge(painter, picture.bottomLeft() + QPointF(TIGHT, -TIGHT), state, left=True)
        words = QRectF(picture.left() + TIGHT, picture.bottom() + GAP, picture.width() - 2 * TIGHT, 84)
        self._paint_words(painter, words, str(index.data(Qt.ItemDataRole.DisplayRole)), card, job, theme)
        painter.end()
        self._drawn[key] = (look, drawn)
        while len(self._drawn) > _KEPT:
            self._drawn.popitem(last=False)
        return drawn

    def _blank(self, theme: Theme) -> QPixmap:
        """A card with nothing on it yet."""
        look = (theme.name, self.size, self.ratio)
        if self._empty is None or self._empty[0] != look:
            ratio = self.ratio
            made = QPixmap(self.size * ratio)
            made.setDevicePixelRatio(ratio)
            made.fill(QColor(theme.window))
            painter = QPainter(made)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(theme.line), 1))
            painter.setBrush(QColor(theme.surface))
            painter.drawRoundedRect(QRectF(2, 2, self.size.width() - 4, self.size.height() - 4), 8, 8)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.stage))
            painter.drawRoundedRect(QRectF(self.picture), 4, 4)
            painter.end()
            self._empty = (look, made)
        return self._empty[1]

    def _paint_moment(self, painter: QPainter, card_place: QRect, card: SessionCard) -> None:
        """The film's picture under the mouse."""
        place = QRectF(self.picture.translated(card_place.topLeft()))
        moment = self.pictures.moment(card.sheet, self.hover[1]) if card.sheet is not None else None
        if moment is None:
            return
        painter.fillRect(place, QColor(worn().stage))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(_fitted(moment[1].size(), place), moment[0], QRectF(moment[1]))
        x = place.left() + self.hover[1] * place.width()
        painter.fillRect(QRectF(x - 1, place.top(), 2, place.height()), QColor(worn().accent))

    def _paint_picture(self, painter: QPainter, place: QRectF, card: SessionCard | None, still: QPixmap | None) -> None:
        if still is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(_fitted(still.size(), place), still, QRectF(still.rect()))
        elif card is None or card.sheet is None:
            spot = QRectF(0, 0, 32, 32)
            spot.moveCenter(place.center())
            icons.draw(painter, "film", spot, QColor("#7d858d"))
        if card is not None and card.duration_s:
            corner = place.bottomRight() + QPointF(-TIGHT, -TIGHT)
            self._paint_badge(painter, corner, dates.length(card.duration_s), left=False)

    def _paint_badge(self, painter: QPainter, corner: QPointF, text: str, *, left: bool) -> None:
        painter.setFont(self._plain)
        width = self._metrics[False].horizontalAdvance(text) + 2 * GAP
        box = QRectF(corner.x() - (0 if left else width), corner.y() - 22, width, 22)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(8, 9, 10, 210))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(QColor("#ffffff"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_words(
        self, painter: QPainter, place: QRectF, name: str, card: SessionCard | None, job: Job | None, theme: Theme
    ) -> None:
        self._line(painter, place, 0, name, theme.text, bold=True)
        self._line(painter, place, 24, "" if card is None else self._about(card, int(place.width())), theme.muted)
        if job is not None:
            self._paint_work(painter, place, job, theme)
        elif card is not None and card.numbers:
            half = place.width() / 2
            for at, (title, value) in enumerate(card.numbers):
                column = QRectF(place.left() + at * half, place.top(), half - GAP, place.height())
                self._line(painter, column, 45, value, theme.text, bold=True)
                self._line(painter, column, 63, name_of(title), theme.muted)
        elif card is not None:
            text = card.failed or (tr("No athlete was found") if card.analyzed else tr("Not analyzed yet"))
            self._line(painter, place, 54, text, theme.muted)

    def _about(self, card: SessionCard, room: int) -> str:
        """Athlete and day; of a long name the end goes, not the day."""
        day = filmed(card)
        if not card.athlete:
            return day
        day = f"  ·  {day}"
        room -= self._metrics[False].horizontalAdvance(day)
        return self._metrics[False].elidedText(card.athlete, Qt.TextElideMode.ElideRight, room) + day

    def _paint_work(self, painter: QPainter, place: QRectF, job: Job, theme: Theme) -> None:
        self._line(painter, place, 48, doing_words(job), theme.accent_text)
        bar = QRectF(place.left(), place.top() + 74, place.width(), 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.line))
        painter.drawRoundedRect(bar, 2, 2)
        painter.setBrush(QColor(theme.accent))
        painter.drawRoundedRect(QRectF(bar.topLeft(), QPointF(bar.left() + bar.width() * job.done, bar.bottom())), 2, 2)

    def _line(
        self, painter: QPainter, place: QRectF, down: float, text: str, colour: str, *, bold: bool = False
    ) -> None:
        """One line of text, cut off with an ellipsis."""
        painter.setPen(QColor(colour))
        painter.setFont(self._bold if bold else self._plain)
        box = QRectF(place.left(), place.top() + down, place.width(), 20)
        cut = self._metrics[bold].elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()))
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, cut)


def card_size(width: int) -> QSize:
    """A card that wide: a picture of 16:9, and below it its words."""
    return QSize(width, round((width - 2 * GAP) * 9 / 16) + 2 * GAP + _WORDS)


def picture_place(card: QSize) -> QRect:
    """Where the film's picture is on a card of that size."""
    return QRect(GAP, GAP, card.width() - 2 * GAP, card.height() - 2 * GAP - _WORDS)


def _fitted(size: QSize, place: QRectF) -> QRectF:
    """A picture as large as the place allows, in its middle."""
    scale = min(place.width() / size.width(), place.height() / size.height())
    shown = QRectF(0, 0, size.width() * scale, size.height() * scale)
    shown.moveCenter(place.center())
    return shown


def _paint_check(painter: QPainter, place: QRectF, *, chosen: bool, theme: Theme) -> None:
    """A round box; ticked in the accent colour while the card is chosen."""
    painter.setPen(QPen(QColor("#ffffff" if not chosen else theme.accent), 1.5))
    painter.setBrush(QColor(theme.accent) if chosen else QColor(8, 9, 10, 150))
    painter.drawEllipse(place)
    if chosen:
        icons.draw(painter, "check", place.adjusted(3, 3, -3, -3), QColor(theme.on_accent))


def _font(size: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    font = QFont()
    font.setFamilies(FAMILIES)
    font.setPixelSize(size)
    font.setWeight(weight)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font
