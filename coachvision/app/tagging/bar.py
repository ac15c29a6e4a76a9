"""The board under the video: one button a category, with its key; words to add to the last moment. For the session."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from coachvision.app import keymap
from coachvision.app.parts import area, button, label, named, plainly
from coachvision.app.sideways import ARROW, Sideways
from coachvision.app.tagging.book import TagBook
from coachvision.app.theme import GAP, TIGHT, WIDE, worn
from coachvision.core.tagging import MARKER_COLOUR, Button
from coachvision.words import tr

HEIGHT = 48


class TagBar(QWidget):
    """pressed: a button of the board. marked: the marker's button. edit_wanted: the coach wants to change the board."""

    pressed = Signal(object)
    marked = Signal()
    edit_wanted = Signal()

    def __init__(self, book: TagBook, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        area("surface", self)
        self.setFixedHeight(HEIGHT)
        self._book = book
        self.buttons: dict[str, QPushButton] = {}
        self.words: dict[str, QPushButton] = {}
        self._last = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(GAP, TIGHT, WIDE, TIGHT)
        row.setSpacing(GAP)
        self._scroll = Sideways()
        # A button that asks for its second click is longer while it does: where the words end is known late.
        self._scroll.horizontalScrollBar().rangeChanged.connect(self._show_words_soon)
        row.addWidget(self._scroll, 1)
        self.edit = named(button(tr("Edit board"), "quiet"), tr("Edit board"))
        self.edit.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.edit.clicked.connect(self.edit_wanted)
        row.addWidget(self.edit)
        book.board_changed.connect(self._build)
        book.waiting_changed.connect(self._tell_waiting)
        book.added.connect(self._offer_words)
        book.changed.connect(self._check_words)
        self._build()

    def _build(self) -> None:
        """The buttons again."""
        body = QWidget()
        body.setObjectName("body")
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(TIGHT)
        self._marker = self._made(tr("Marker"), MARKER_COLOUR, keymap.words("tag.marker"))
        self._marker.clicked.connect(self.marked)
        row.addWidget(self._marker)
        self.buttons = {}
        for one in self._book.board.buttons:
            made = self._made(one.name, one.colour, self._key_of(one))
            made.setToolTip(plainly(_told(one)))
            made.clicked.connect(lambda _checked=False, pressed=one: self.pressed.emit(pressed))
            self.buttons[one.name] = made
            row.addWidget(made)
        self._words_row = QHBoxLayout()
        self._words_row.setSpacing(TIGHT)
        row.addLayout(self._words_row)
        row.addStretch(1)
        self._scroll.setWidget(body)
        self.words = {}
        self._tell_waiting()
        self._offer_words(self._last)

    def _key_of(self, one: Button) -> str:
        board = self._book.board
        digit = str(board.buttons.index(one) + 1)
        return one.key.upper() if one.key else (digit if len(digit) == 1 and board.for_key(digit) is one else "")

    def _made(self, name: str, colour: str, key: str) -> QPushButton:
        made = button(f"{name}  {key}".rstrip(), "tagger")
        made.setAccessibleName(tr("Tag {name}", name=name))
        made.setIcon(swatch(colour))
        made.setIconSize(QSize(12, 12))
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        made.setProperty("plain", made.text())
        return made

    def _tell_waiting(self) -> None:
        """A button whose second click is awaited says so."""
        for name, made in self.buttons.items():
            waits = name in self._book.waiting
            if waits == bool(made.property("waiting")):
                continue
            made.setText(tr("{name}: press again to end", name=name) if waits else str(made.property("plain")))
            made.setProperty("waiting", waits)
            made.style().unpolish(made)
            made.style().polish(made)

    def _offer_words(self, given: str) -> None:
        """The descriptors of the button that made that moment, to be added with one click."""
        self._last = given
        while (item := self._words_row.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.words = {}
        moment = self._book.moment(given)
        origin = next((b for b in self._book.board.buttons if moment is not None and b.name == moment.category), None)
        if moment is None or origin is None or not origin.descriptors:
            return
        self._words_row.addSpacing(GAP)
        self._words_row.addWidget(label(f"{moment.category}:", "muted"))
        for word in origin.descriptors:
            made = button(word, "word")
            made.setCheckable(True)
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            made.setAccessibleName(tr("{word}, for {name}", word=word, name=moment.category))
            made.clicked.connect(lambda _checked=False, chosen=word: self._toggle_word(chosen))
            self.words[word] = made
            self._words_row.addWidget(made)
        self._check_words()
        self._show_words_soon()

    def _show_words_soon(self) -> None:
        """After the layout knows where they are: with many buttons the words may lie beyond the edge."""
        QTimer.singleShot(0, self, self._show_words)

    def _show_words(self) -> None:
        for made in reversed(list(self.words.values())):
            self._scroll.ensureWidgetVisible(made, ARROW + GAP, 0)

    def _toggle_word(self, word: str) -> None:
        moment = self._book.moment(self._last)
        if moment is None:
            return
        kept = tuple(one for one in moment.descriptors if one != word)
        words = kept if word in moment.descriptors else (*kept, word)
        self._book.change(self._last, replace(moment, descriptors=words), tr("Word {word}", word=word))

    def _check_words(self) -> None:
        moment = self._book.moment(self._last)
        if self.words and moment is None:
            self._offer_words("")
        for word, made in self.words.items():
            made.setChecked(moment is not None and word in moment.descriptors)

    def changeEvent(self, event: QEvent) -> None:
        """Another theme: the swatches stay, their edge changes."""
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_words_row"):
            for one in self._book.board.buttons:
                if one.name in self.buttons:
                    self.buttons[one.name].setIcon(swatch(one.colour))
        super().changeEvent(event)


def swatch(colour: str, side: int = 12) -> QIcon:
    """A round spot of that colour."""
    return _swatch(colour, side, worn().muted)


@lru_cache(maxsize=128)
def _swatch(colour: str, side: int, edge: str) -> QIcon:
    made = QIcon()
    for ratio in (1, 2):
        picture = QPixmap(side * ratio, side * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(edge))
        painter.setBrush(QColor(colour))
        painter.drawEllipse(1, 1, side - 2, side - 2)
        painter.end()
        # The same where the line is chosen: the style would tint it.
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected, QIcon.Mode.Active):
            made.addPixmap(picture, mode)
    return made


def _told(one: Button) -> str:
    how = tr("press to begin, press again to end") if one.two_clicks else tr("press once")
    around = (
        tr(", with {lead_s} s before and {lag_s} s after", lead_s=f"{one.lead_s:g}", lag_s=f"{one.lag_s:g}")
        if one.lead_s or one.lag_s
        else ""
    )
    return f"{one.name}: {how}{around}"
