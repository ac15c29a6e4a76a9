"""The library's cards: the list they come from, page by page, and how one is painted. For the library's screen."""

from __future__ import annotations

from collections import OrderedDict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from coachvision.app import dates, icons
from coachvision.app.activity import stage_words
from coachvision.app.tasks import Job
from coachvision.app.theme import GAP, SMALL, TEXT, TIGHT, Theme, worn

if TYPE_CHECKING:
    from coachvision.services.cards import SessionCard
    from coachvision.video.sheet import Sheet

CARD_ROLE = int(Qt.ItemDataRole.UserRole)
JOB_ROLE = CARD_ROLE + 1
PICTURE = QSize(272, 153)
CARD = QSize(PICTURE.width() + 2 * GAP, PICTURE.height() + 2 * GAP + 92)
_SHEETS_KEPT = 60

Index = QModelIndex | QPersistentModelIndex


class CardModel(QAbstractListModel):
    """First the videos that are just being added, then the sessions, newest first. more_wanted: the next page."""

    more_wanted = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.arriving: list[tuple[Job, Path]] = []
        self.cards: list[SessionCard] = []
        self.working: dict[str, Job] = {}
        self._more = False

    def rowCount(self, parent: Index | None = None) -> int:
        """Cards in all."""
        return 0 if parent is not None and parent.isValid() else len(self.arriving) + len(self.cards)

    def data(self, index: Index, role: int = CARD_ROLE) -> Any:
        """CARD_ROLE: the card (None for a video that arrives). JOB_ROLE: the work on it. And its words."""
        row = index.row()
        if row < len(self.arriving):
            job, path = self.arriving[row]
            words = {int(Qt.ItemDataRole.DisplayRole): path.name, JOB_ROLE: job}
            words[int(Qt.ItemDataRole.AccessibleTextRole)] = f"{path.name}, being added"
            return words.get(role)
        card = self.cards[row - len(self.arriving)]
        if role == CARD_ROLE:
            return card
        if role == JOB_ROLE:
            return self.working.get(card.id)
        if role == Qt.ItemDataRole.DisplayRole:
            return card.name
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            numbers = [f"{title} {value}" for title, value in card.numbers]
            return ", ".join(part for part in (card.name, card.athlete, *numbers) if part)
        return None

    def canFetchMore(self, _parent: Index) -> bool:
        """Whether the last page was full."""
        return self._more

    def fetchMore(self, _parent: Index) -> None:
        """Ask for the next page; it comes through `append`."""
        self._more = False
        self.more_wanted.emit(len(self.cards))

    def replace(self, cards: list[SessionCard], *, more: bool) -> None:
        """The first page of a search."""
        self.beginResetModel()
        self.cards, self._more = list(cards), more
        self.endResetModel()

    def append(self, cards: list[SessionCard], *, more: bool) -> None:
        """The next page."""
        if cards:
            first = self.rowCount()
            self.beginInsertRows(QModelIndex(), first, first + len(cards) - 1)
            self.cards += cards
            self.endInsertRows()
        self._more = more

    def put(self, card: SessionCard) -> None:
        """Redraw a card, or show a new one first."""
        for at, old in enumerate(self.cards):
            if old.id == card.id:
                self.cards[at] = card
                self._redraw(len(self.arriving) + at)
                return
        first = len(self.arriving)
        self.beginInsertRows(QModelIndex(), first, first)
        self.cards.insert(0, card)
        self.endInsertRows()

    def take(self, session: str) -> None:
        """Show that session no longer."""
        for at, card in enumerate(self.cards):
            if card.id == session:
                row = len(self.arriving) + at
                self.beginRemoveRows(QModelIndex(), row, row)
                del self.cards[at]
                self.endRemoveRows()
                return

    def arrive(self, job: Job, path: Path) -> None:
        """A video is being added."""
        row = len(self.arriving)
        self.beginInsertRows(QModelIndex(), row, row)
        self.arriving.append((job, path))
        self.endInsertRows()

    def work(self, jobs: list[Job]) -> None:
        """The jobs as they are now: those that are over leave, the others are redrawn."""
        for at in reversed(range(len(self.arriving))):
            if self.arriving[at][0].final:
                self.beginRemoveRows(QModelIndex(), at, at)
                del self.arriving[at]
                self.endRemoveRows()
            else:
                self._redraw(at)
        before, self.working = self.working, {job.session: job for job in jobs if job.session}
        for at, card in enumerate(self.cards):
            if card.id in self.working or card.id in before:
                self._redraw(len(self.arriving) + at)

    def _redraw(self, row: int) -> None:
        self.dataChanged.emit(self.index(row), self.index(row))


class CardDelegate(QStyledItemDelegate):
    """Paints a card: the film's picture under the mouse, name, athlete and day, two numbers or the work."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.hover: tuple[str, float] = ("", 0.0)
        self._sheets: OrderedDict[Path, QPixmap] = OrderedDict()

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """All cards are of one size."""
        return CARD

    def forget(self, sheet: Sheet | None) -> None:
        """Load that sheet anew: it was written again."""
        if sheet is not None:
            self._sheets.pop(sheet.path, None)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One card."""
        theme = worn()
        card, job = index.data(CARD_ROLE), index.data(JOB_ROLE)
        area, state = QRect(option.rect), option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(area.adjusted(2, 2, -2, -2))
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        chosen = bool(state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_HasFocus))
        painter.setPen(QPen(QColor(theme.accent if chosen else theme.line), 2 if chosen else 1))
        painter.setBrush(QColor(theme.raised if hovered else theme.surface))
        painter.drawRoundedRect(frame, 8, 8)
        picture = QRectF(area.left() + GAP, area.top() + GAP, PICTURE.width(), PICTURE.height())
        self._paint_picture(painter, picture, card, theme)
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
            share = self.hover[1] if self.hover[0] == card.id else 0.25
            left, top, width, height = sheet.place(share)
            scale = min(place.width() / width, place.height() / height)
            shown = QRectF(0, 0, width * scale, height * scale)
            shown.moveCenter(place.center())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(shown, self._sheet(sheet), QRectF(left, top, width, height))
            if self.hover[0] == card.id:
                x = place.left() + share * place.width()
                painter.fillRect(QRectF(x - 1, place.top(), 2, place.height()), QColor(theme.accent))
        else:
            spot = QRectF(0, 0, 32, 32)
            spot.moveCenter(place.center())
            icons.draw(painter, "film", spot, QColor("#7d858d"))
        if card is not None and card.duration_s:
            self._paint_length(painter, place, dates.length(card.duration_s))
        painter.restore()

    @staticmethod
    def _paint_length(painter: QPainter, place: QRectF, text: str) -> None:
        painter.setFont(_font(painter, SMALL))
        width = painter.fontMetrics().horizontalAdvance(text) + 2 * GAP
        box = QRectF(place.right() - width - TIGHT, place.bottom() - 22 - TIGHT, width, 22)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(8, 9, 10, 210))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(QColor("#ffffff"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_words(
        self, painter: QPainter, place: QRectF, name: str, card: SessionCard | None, job: Job | None, theme: Theme
    ) -> None:
        painter.setFont(_font(painter, TEXT, QFont.Weight.DemiBold))
        _line(painter, place, 0, name, theme.text)
        painter.setFont(_font(painter, SMALL))
        about = "" if card is None else dates.day(card.created, date.today())  # noqa: DTZ011 - the coach's own day
        if card is not None and card.athlete:
            about = f"{card.athlete}  ·  {about}"
        _line(painter, place, 24, about, theme.muted)
        if job is not None:
            self._paint_work(painter, place, job, theme)
        elif card is not None and card.numbers:
            half = place.width() / 2
            for at, (title, value) in enumerate(card.numbers):
                column = QRectF(place.left() + at * half, place.top(), half - GAP, place.height())
                painter.setFont(_font(painter, TEXT, QFont.Weight.DemiBold))
                _line(painter, column, 45, value, theme.text)
                painter.setFont(_font(painter, SMALL))
                _line(painter, column, 63, title, theme.muted)
        elif card is not None:
            text = card.failed or ("No athlete was found" if card.analyzed else "Not analyzed yet")
            _line(painter, place, 54, text, theme.muted)

    @staticmethod
    def _paint_work(painter: QPainter, place: QRectF, job: Job, theme: Theme) -> None:
        verb = job.title.split(" ", 1)[0]
        share = f"{job.done:.0%}".replace("%", " %") if job.done else stage_words(job.stage)
        _line(painter, place, 48, f"{verb}  ·  {share}", theme.accent_text)
        bar = QRectF(place.left(), place.top() + 74, place.width(), 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.line))
        painter.drawRoundedRect(bar, 2, 2)
        painter.setBrush(QColor(theme.accent))
        painter.drawRoundedRect(QRectF(bar.topLeft(), QPointF(bar.left() + bar.width() * job.done, bar.bottom())), 2, 2)

    def _sheet(self, sheet: Sheet) -> QPixmap:
        if sheet.path not in self._sheets:
            self._sheets[sheet.path] = QPixmap(str(sheet.path))
            while len(self._sheets) > _SHEETS_KEPT:
                self._sheets.popitem(last=False)
        self._sheets.move_to_end(sheet.path)
        return self._sheets[sheet.path]


def _font(painter: QPainter, size: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    font = QFont(painter.font())
    font.setPixelSize(size)
    font.setWeight(weight)
    return font


def _line(painter: QPainter, place: QRectF, down: float, text: str, colour: str) -> None:
    """One line of text, cut off with an ellipsis."""
    painter.setPen(QColor(colour))
    box = QRectF(place.left(), place.top() + down, place.width(), 20)
    cut = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()))
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, cut)
