"""The grid of cards: a click opens, Ctrl, Shift or the circle chooses, the mouse over a picture scrubs its film.

For the library's screen.
"""

from __future__ import annotations

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QListView, QWidget

from coachvision.app.card_delegate import CHECK, LEAST_WIDTH, CardDelegate, card_size
from coachvision.app.cards import CARD_ROLE, ID_ROLE, CardModel
from coachvision.app.pictures import Pictures
from coachvision.app.theme import GAP, worn
from coachvision.words import tr

_Flag = QItemSelectionModel.SelectionFlag
_CTRL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


class CardList(QListView):
    """opened: a session's id. chosen: the ids that are chosen changed."""

    opened = Signal(str)
    chosen = Signal()

    def __init__(self, model: CardModel, parent: QWidget) -> None:
        super().__init__(parent)
        self.pictures = Pictures(self)
        self.pictures.came.connect(self.viewport().update)
        self.cards = CardDelegate(self.pictures, self)
        self.setItemDelegate(self.cards)
        self.setModel(model)
        self.setAccessibleName(tr("Sessions"))
        self.setViewMode(QListView.ViewMode.ListMode)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setSpacing(GAP)
        self.setViewportMargins(GAP, 0, 0, 0)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.verticalScrollBar().setSingleStep(48)
        self.setSelectionMode(QListView.SelectionMode.MultiSelection)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        # It paints all of itself: what is scrolled is moved, not painted again.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.viewport().installEventFilter(self)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._finish)

    def ids(self) -> list[str]:
        """The sessions that are chosen, in order."""
        rows = sorted(index.row() for index in self.selectionModel().selectedIndexes())
        found = [str(self.model().index(row, 0).data(ID_ROLE)) for row in rows]
        return [session for session in found if session]

    def current(self) -> str:
        """The session under the keys; "" for none."""
        return str(self.currentIndex().data(ID_ROLE) or "") if self.currentIndex().isValid() else ""

    def setModel(self, model: CardModel) -> None:  # type: ignore[override]  # cards alone
        """Listen to what is chosen of it."""
        super().setModel(model)
        self.selectionModel().selectionChanged.connect(self._tell)
        model.modelReset.connect(self._tell)

    def selectionCommand(
        self, index: QModelIndex | QPersistentModelIndex, event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        """The mouse chooses with Ctrl, Shift or on the circle; Space and Shift with arrows do it on the keyboard."""
        if isinstance(event, QMouseEvent):
            if event.type() != QEvent.Type.MouseButtonPress:
                return _Flag.NoUpdate
            if event.modifiers() & _SHIFT:
                return _Flag.SelectCurrent
            if event.modifiers() & _CTRL or self._on_check(index, event.position().toPoint()):
                return _Flag.Toggle
            return _Flag.NoUpdate
        if isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Space:
                return _Flag.Toggle
            return _Flag.SelectCurrent if event.modifiers() & _SHIFT else _Flag.NoUpdate
        return _Flag.NoUpdate

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A plain click opens."""
        super().mouseReleaseEvent(event)
        place = event.position().toPoint()
        index = self.indexAt(place)
        plain = event.button() == Qt.MouseButton.LeftButton and not event.modifiers() & (_CTRL | _SHIFT)
        if plain and index.isValid() and index == self.currentIndex() and not self._on_check(index, place):
            session = str(index.data(ID_ROLE))
            if session:
                self.opened.emit(session)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cards as wide as the row allows; the bar's place is kept free, or showing it would change their size."""
        free = self.contentsRect().width() - GAP - self.verticalScrollBar().sizeHint().width()
        columns = max(1, free // (LEAST_WIDTH + 2 * GAP))
        # Qt leaves its spacing free on either side of an item.
        self.cards.size = card_size(max(LEAST_WIDTH, (free - 1) // columns - 2 * GAP))
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The cards, as many as fit into the time of a frame; the rest with the next."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), QColor(worn().window))
        painter.end()
        # It may be on another screen by now.
        self.cards.ratio = self.devicePixelRatioF()
        self.cards.begin()
        super().paintEvent(event)
        if self.cards.unfinished:
            self._later.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the mouse over the pictures."""
        if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self._scrub(self.indexAt(event.position().toPoint()), event.position().x())
        elif event.type() == QEvent.Type.Leave:
            self._scrub(QModelIndex(), 0.0)
        return super().eventFilter(watched, event)

    def _finish(self) -> None:
        """Paint the cards there was no time for."""
        for row in self.cards.unfinished:
            self.viewport().update(self.visualRect(self.model().index(row, 0)))

    def _on_check(self, index: QModelIndex | QPersistentModelIndex, place: QPoint) -> bool:
        if not index.isValid():
            return False
        # A finger is wider than the circle.
        place_of = self.visualRect(self.model().index(index.row(), 0)).topLeft()
        circle = CHECK.translated(place_of).adjusted(-GAP, -GAP, GAP, GAP)
        return circle.contains(place)

    def _scrub(self, index: QModelIndex, x: float) -> None:
        card = index.data(CARD_ROLE) if index.isValid() else None
        share = 0.0
        if card is not None:
            share = min(1.0, max(0.0, (x - self.visualRect(index).left() - GAP) / self.cards.picture.width()))
        before, self.cards.hover = self.cards.hover, ("" if card is None else card.id, share)
        if before != self.cards.hover:
            if index.isValid():
                self.viewport().update(self.visualRect(index))
            if before[0] != self.cards.hover[0]:
                self.viewport().update()

    def _tell(self) -> None:
        self.cards.choosing = self.selectionModel().hasSelection()
        self.viewport().update()
        self.chosen.emit()
