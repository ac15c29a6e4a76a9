"""The board's editor: buttons in a list, the chosen one's fields below; every change is kept at once and undoable.

For the session's screen, which puts it into the inspector.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from coachvision.app import keymap
from coachvision.app.lines import Lines
from coachvision.app.parts import Switch, button, label, named, roomy
from coachvision.app.tagging.bar import swatch
from coachvision.app.tagging.book import TagBook
from coachvision.app.theme import GAP, WIDE
from coachvision.core.tagging import COLOURS, LONGEST_S, MOST_BUTTONS, Board, Button
from coachvision.errors import UsageError
from coachvision.words import retold, tr


class BoardEditor(QWidget):
    """done: the coach has finished."""

    done = Signal()

    def __init__(self, book: TagBook, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._book = book
        self._filling = False
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, GAP, WIDE, GAP)
        column.setSpacing(GAP)
        column.addLayout(self._heading())
        self.list = Lines(tr("Buttons of the board"))
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.list.setIconSize(QSize(12, 12))
        self.list.currentRowChanged.connect(lambda _row: self._fill_fields())
        self.list.model().rowsMoved.connect(lambda *_: self._moved())
        column.addWidget(self.list, 1)
        row = QHBoxLayout()
        self.add = button(tr("Add a button"))
        self.add.clicked.connect(self._add)
        self.remove = button(tr("Remove"))
        self.remove.clicked.connect(self._remove)
        row.addWidget(self.add)
        row.addStretch(1)
        row.addWidget(self.remove)
        column.addLayout(row)
        column.addWidget(self._fields())
        self.trouble = label("", "danger", wrap=True)
        self.trouble.hide()
        column.addWidget(self.trouble)
        book.board_changed.connect(self._fill)
        self._fill()

    def _heading(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.name = named(QLineEdit(), tr("Name of the board"))
        self.name.editingFinished.connect(self._rename)
        self.finish = button(tr("Done"), "accent")
        self.finish.clicked.connect(self.done)
        row.addWidget(self.name, 1)
        row.addWidget(self.finish)
        return row

    def _fields(self) -> QWidget:
        self.form = QWidget()
        form = QFormLayout(self.form)
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(GAP)
        self.button_name = named(QLineEdit(), tr("Name of the button"))
        self.button_name.editingFinished.connect(lambda: self._set(name=self.button_name.text().strip()))
        self.key = named(QLineEdit(), tr("Key"))
        self.key.setMaxLength(1)
        self.key.setFixedWidth(48)
        self.key.editingFinished.connect(self._set_key)
        self.lead, self.lag = self._seconds(tr("Seconds before")), self._seconds(tr("Seconds after"))
        self.lead.valueChanged.connect(lambda value: self._set(lead_s=value))
        self.lag.valueChanged.connect(lambda value: self._set(lag_s=value))
        self.two_clicks = named(Switch(), tr("First press begins, second ends"))
        self.two_clicks.setToolTip(tr("The first press begins the moment, the second ends it"))
        self.two_clicks.toggled.connect(lambda on: self._set(two_clicks=on))
        self.words = named(QLineEdit(), tr("Words to add, with commas"))
        self.words.setPlaceholderText(tr("Left, Right"))
        self.words.editingFinished.connect(self._set_words)
        form.addRow(tr("Name"), self.button_name)
        form.addRow(tr("Colour"), self._colours())
        form.addRow(tr("Key"), self.key)
        form.addRow(tr("Before"), self.lead)
        form.addRow(tr("After"), self.lag)
        form.addRow(tr("Two presses"), self.two_clicks)
        form.addRow(tr("Words"), self.words)
        return self.form

    def _seconds(self, name: str) -> QDoubleSpinBox:
        made = named(QDoubleSpinBox(), name)
        made.setRange(0.0, LONGEST_S)
        made.setDecimals(1)
        made.setSingleStep(0.5)
        made.setSuffix(" s")
        roomy(made)
        # Not with every key: 12 is not first 1.
        made.setKeyboardTracking(False)
        return made

    def _colours(self) -> QWidget:
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        self.colours: dict[str, QToolButton] = {}
        for number, colour in enumerate(COLOURS, start=1):
            made = QToolButton()
            made.setObjectName("swatch")
            made.setIcon(swatch(colour, 16))
            made.setIconSize(QSize(16, 16))
            made.setCheckable(True)
            made.setAccessibleName(tr("Colour {number}", number=number))
            made.clicked.connect(lambda _checked=False, chosen=colour: self._set(colour=chosen))
            self.colours[colour] = made
            row.addWidget(made)
        row.addStretch(1)
        return body

    # -- what it shows

    @property
    def _board(self) -> Board:
        return self._book.board

    def _chosen(self) -> Button | None:
        at = self.list.currentRow()
        return self._board.buttons[at] if 0 <= at < len(self._board.buttons) else None

    def _fill(self) -> None:
        kept = max(0, self.list.currentRow())
        self._filling = True
        self.name.setText(self._board.name)
        self.list.clear()
        for one in self._board.buttons:
            item = QListWidgetItem(swatch(one.colour), f"{one.name}   {one.key.upper()}".rstrip())
            item.setData(Qt.ItemDataRole.UserRole, one.name)
            self.list.addItem(item)
        self.list.setCurrentRow(min(kept, self.list.count() - 1))
        self._filling = False
        self._fill_fields()
        self.add.setEnabled(len(self._board.buttons) < MOST_BUTTONS)

    def _fill_fields(self) -> None:
        one = self._chosen()
        self.form.setVisible(one is not None)
        self.remove.setEnabled(one is not None)
        if one is None or self._filling:
            return
        self._filling = True
        self.button_name.setText(one.name)
        self.key.setText(one.key.upper())
        self.lead.setValue(one.lead_s)
        self.lag.setValue(one.lag_s)
        self.two_clicks.setChecked(one.two_clicks)
        self.words.setText(", ".join(one.descriptors))
        for colour, made in self.colours.items():
            made.setChecked(colour == one.colour)
        self._filling = False

    # -- changes

    def _set(self, **changes: object) -> None:
        one = self._chosen()
        if one is None or self._filling:
            return
        at = self.list.currentRow()
        buttons = list(self._board.buttons)

        def changed() -> Board:
            buttons[at] = replace(one, **changes)  # type: ignore[arg-type]  # the fields' own names
            return replace(self._board, buttons=tuple(buttons))

        self._keep(changed, tr("Button {name}", name=one.name))

    def _set_key(self) -> None:
        key = self.key.text().strip()
        # The board is asked after everything else: a letter that plays would never reach it.
        taken = [tr(other.title) for other in keymap.conflicts("tag.marker", key)] if key.isalpha() else []
        taken += [tr(keymap.find("tag.marker").title)] if key.upper() in keymap.keys("tag.marker") else []
        if taken:
            self._complain(tr("{key} is taken: {by}.", key=key.upper(), by=taken[0]))
        else:
            self._set(key=key)

    def _set_words(self) -> None:
        words = tuple(dict.fromkeys(word.strip() for word in self.words.text().split(",") if word.strip()))
        self._set(descriptors=words)

    def _rename(self) -> None:
        self._keep(lambda: replace(self._board, name=self.name.text().strip()), tr("Name of the board"))

    def _add(self) -> None:
        taken = {one.name for one in self._board.buttons}
        number = next(n for n in range(1, MOST_BUTTONS + 2) if tr("New {number}", number=n) not in taken)
        colour = COLOURS[len(taken) % len(COLOURS)]
        new = Button(tr("New {number}", number=number), colour, "", 3.0, 2.0)
        self._keep(lambda: replace(self._board, buttons=(*self._board.buttons, new)), tr("Add a button"))
        self.list.setCurrentRow(self.list.count() - 1)
        self.button_name.setFocus()
        self.button_name.selectAll()

    def _remove(self) -> None:
        at = self.list.currentRow()
        rest = tuple(one for number, one in enumerate(self._board.buttons) if number != at)
        self._keep(lambda: replace(self._board, buttons=rest), tr("Remove a button"))

    def _moved(self) -> None:
        order = [self.list.item(at).data(Qt.ItemDataRole.UserRole) for at in range(self.list.count())]
        by_name = {one.name: one for one in self._board.buttons}
        self._keep(
            lambda: replace(self._board, buttons=tuple(by_name[name] for name in order)),
            tr("Order of the buttons"),
        )

    def _keep(self, made: Callable[[], Board], words: str) -> None:
        """made: gives the new board, or raises UsageError, which is told below the fields."""
        self.trouble.hide()
        try:
            board = made()
        except UsageError as error:
            self._complain(f"{tr(error.title)}. {retold(error.message)}.")
            return
        self._book.set_board(board, words)

    def _complain(self, text: str) -> None:
        self.trouble.setText(text)
        self.trouble.show()
        self._fill_fields()
