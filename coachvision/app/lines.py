"""A list of lines that fits its room: what is too long for it ends in dots, and is read whole under the mouse."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from coachvision.app.parts import named, plainly
from coachvision.app.theme import WIDE

# Of the style sheet, left and right of a line.
_PADDING = 2 * WIDE


class Lines(QListWidget):
    """name: what a screen reader calls it. It is never scrolled sideways."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, name)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setItemDelegate(_AsWideAsTheList(self))


class _AsWideAsTheList(QStyledItemDelegate):
    """Qt lays a line out as wide as its text, and cuts it where the list ends."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """No wider than there is room."""
        return QSize(0, super().sizeHint(option, index).height())

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        """The whole of what is cut, where nothing else is said of it."""
        text = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        metrics, room = option.fontMetrics, option.rect.width() - _PADDING
        cut = any(metrics.horizontalAdvance(line) > room for line in text.split("\n"))
        if event.type() == QEvent.Type.ToolTip and cut and not index.data(Qt.ItemDataRole.ToolTipRole):
            QToolTip.showText(event.globalPos(), plainly(text), view)
            return True
        return super().helpEvent(event, view, option, index)
