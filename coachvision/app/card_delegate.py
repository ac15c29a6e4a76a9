"""How a card of the library is painted. For the library's screen."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from coachvision.app import dates, icons
from coachvision.app.activity import stage_words
from coachvision.app.cards import CARD_ROLE, JOB_ROLE, STATE_ROLE
from coachvision.app.pictures import Pictures
from coachvision.app.tasks import Job
from coachvision.app.theme import FAMILIES, GAP, SMALL, TEXT, TIGHT, Theme, worn

if TYPE_CHECKING:
    from coachvision.services.cards import SessionCard

PICTURE = QSize(272, 153)
CARD = QSize(PICTURE.width() + 2 * GAP, PICTURE.height() + 2 * GAP + 92)
# Where a click chooses the card instead of opening it, from the card's corner.
CHECK = QRect(2 * GAP, 2 * GAP, 24, 24)

Index = QModelIndex | QPersistentModelIndex


class CardDelegate(QStyledItemDelegate):
    """Paints a card: the film's picture under the mouse, name, athlete and day, two numbers or the work."""

    def __init__(self, pictures: Pictures, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.hover: tuple[str, float] = ("", 0.0)
        self.pictures = pictures
        # Some card is chosen: every card shows where it can be.
        self.choosing = False
        self._bold, self._plain = _font(TEXT, QFont.Weight.DemiBold), _font(SMALL)
        self._metrics = {True: QFontMetrics(self._bold), False: QFontMetrics(self._plain)}

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """All cards are of one size."""
        return CARD

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One card."""
        theme = worn()
        card, job = index.data(CARD_ROLE), index.data(JOB_ROLE)
        area, state = QRect(option.rect), option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(area.adjusted(2, 2, -2, -2))
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        painter.setPen(QPen(QColor(theme.accent if chosen or focused else theme.line), 2 if chosen or focused else 1))
        painter.setBrush(QColor(theme.raised if hovered else theme.surface))
        painter.drawRoundedRect(frame, 8, 8)
        picture = QRectF(area.left() + GAP, area.top() + GAP, PICTURE.width(), PICTURE.height())
        self._paint_picture(painter, picture, card, theme)
        told = index.data(STATE_ROLE)
        if told:
            self._paint_badge(painter, picture.bottomLeft() + QPointF(TIGHT, -TIGHT), str(told), left=True)
        if card is not None and (chosen or hovered or self.choosing):
            _paint_check(painter, QRectF(CHECK.translated(area.topLeft())), chosen=chosen, theme=theme)
        words = QRectF(picture.left() + TIGHT, picture.bottom() + GAP, picture.width() - 2 * TIGHT, 84)
        name = str(index.data(Qt.ItemDataRole.DisplayRole))
        self._paint_words(painter, words, name, card, job, theme)
        painter.restore()

    def _paint_picture(self, painter: QPainter, place: QRectF, card: SessionCard | None, theme: Theme) -> None:
        round_corners = QPainterPath()
        round_corners.addRoundedRect(place, 4, 4)
        painter.save()
        painter.setClipPath(round_corners)
        painter.fillRect(place, QColor(theme.stage))
        sheet = None if card is None else card.sheet
        if card is not None and sheet is not None:
            hovered = self.hover[0] == card.id
            moment = self.pictures.moment(sheet, self.hover[1]) if hovered else None
            if moment is not None:
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                painter.drawImage(_fitted(moment[1].size(), place), moment[0], QRectF(moment[1]))
            elif (still := self.pictures.still(sheet)) is not None:
                size = still.size() / still.devicePixelRatio()
                painter.drawPixmap(_fitted(size, place).topLeft(), still)
            if hovered:
                x = place.left() + self.hover[1] * place.width()
                painter.fillRect(QRectF(x - 1, place.top(), 2, place.height()), QColor(theme.accent))
        else:
            spot = QRectF(0, 0, 32, 32)
            spot.moveCenter(place.center())
            icons.draw(painter, "film", spot, QColor("#7d858d"))
        if card is not None and card.duration_s:
            corner = place.bottomRight() + QPointF(-TIGHT, -TIGHT)
            self._paint_badge(painter, corner, dates.length(card.duration_s), left=False)
        painter.restore()

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
        about = "" if card is None else dates.day(card.created, date.today())  # noqa: DTZ011 - the coach's own day
        if card is not None and card.athlete:
            about = f"{card.athlete}  ·  {about}"
        self._line(painter, place, 24, about, theme.muted)
        if job is not None:
            self._paint_work(painter, place, job, theme)
        elif card is not None and card.numbers:
            half = place.width() / 2
            for at, (title, value) in enumerate(card.numbers):
                column = QRectF(place.left() + at * half, place.top(), half - GAP, place.height())
                self._line(painter, column, 45, value, theme.text, bold=True)
                self._line(painter, column, 63, title, theme.muted)
        elif card is not None:
            text = card.failed or ("No athlete was found" if card.analyzed else "Not analyzed yet")
            self._line(painter, place, 54, text, theme.muted)

    def _paint_work(self, painter: QPainter, place: QRectF, job: Job, theme: Theme) -> None:
        verb = job.title.split(" ", 1)[0]
        share = f"{job.done:.0%}".replace("%", " %") if job.done else stage_words(job.stage)
        self._line(painter, place, 48, f"{verb}  ·  {share}", theme.accent_text)
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
