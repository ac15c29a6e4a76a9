"""Both sessions' numbers beside one another, with the difference. For the Compare screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from coachvision.app.names import name_of
from coachvision.app.parts import area, label, named, plainly
from coachvision.app.theme import GAP, WIDE
from coachvision.words import tr

if TYPE_CHECKING:
    from coachvision.core.units import Units
    from coachvision.services.compare import Comparison
    from coachvision.wire.comparison import ComparedMetric

WIDTH = 332
# Of the style sheet, left and right of a cell's text, and what painting may round it up by.
_PADDING = 2 * 8 + 6


class Numbers(QWidget):
    """A row a number: A, B, difference; what measuring alone may change is grey."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        area("inspector", self)
        self.setFixedWidth(WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, GAP, 0, GAP)
        column.setSpacing(GAP)
        self.table = named(QTableWidget(0, 4), tr("Numbers of both sessions"))
        for at, title in enumerate((tr("Number"), "A", "B", tr("B − A"))):
            head = QTableWidgetItem(title)
            head.setTextAlignment(_aligned(at))
            self.table.setHorizontalHeaderItem(at, head)
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setWordWrap(True)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.table.setItemDelegateForColumn(0, _Wrapped(self.table))
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        # Long names take a second line.
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        for at in (1, 2, 3):
            header.setSectionResizeMode(at, QHeaderView.ResizeMode.ResizeToContents)
        column.addWidget(self.table, 1)
        self.words = label("", "muted", wrap=True)
        self.words.setContentsMargins(WIDE, 0, WIDE, 0)
        column.addWidget(self.words)

    def show_metrics(self, comparison: Comparison, units: Units) -> None:
        """The numbers that both have, in the coach's units; where there are none, those of either."""
        both = [one for one in comparison.metrics if one.difference is not None]
        shown = both or list(comparison.metrics)
        self.table.setRowCount(len(shown))
        for row, metric in enumerate(shown):
            for at, text in enumerate(_cells(metric, units)):
                item = QTableWidgetItem(text)
                item.setTextAlignment(_aligned(at))
                item.setToolTip(plainly(name_of(metric.title)))
                self.table.setItem(row, at, item)
        if any(metric.clear is False for metric in shown):
            self.words.setText(tr("In brackets: within what measuring alone may change."))
        else:
            self.words.setText("" if shown else tr("Neither session has numbers yet: analyze them first."))


class _Wrapped(QStyledItemDelegate):
    """Room for every line of a name: Qt measures it as if the style sheet's padding were not taken off its width."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """As high as it is painted."""
        painted = QStyleOptionViewItem(option)
        painted.rect = option.rect.adjusted(0, 0, -_PADDING, 0)
        return super().sizeHint(painted, index)


def _aligned(column: int) -> Qt.AlignmentFlag:
    return (Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignVCenter


def _cells(metric: ComparedMetric, units: Units) -> tuple[str, str, str, str]:
    from coachvision.services.units import told as in_units
    from coachvision.services.units import told_change

    values = ["–" if value is None else in_units(value, metric.unit, units).text for value in (metric.a, metric.b)]
    title = name_of(metric.title)
    if metric.a is None or metric.b is None:
        return title, values[0], values[1], ""
    told = told_change(metric.a, metric.b, metric.unit, units, (tr("point"), tr("points")))
    return title, values[0], values[1], f"({told})" if metric.clear is False else told
