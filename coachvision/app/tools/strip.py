"""The strip above the video: what the tool does, and how the drawing in hand or selected looks. For the studio."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QSlider,
    QSpinBox,
    QWidget,
)

from coachvision.app.parts import Elided, area, button, label, named, plainly, roomy
from coachvision.app.sideways import Sideways
from coachvision.app.theme import GAP, TIGHT, WIDE, worn
from coachvision.app.tools.board import Board
from coachvision.app.tools.hand import BY_ID, SELECT, TRACK, Hand
from coachvision.core.drawing import Drawing, Style
from coachvision.words import said, tr

# Told apart by the colour-blind as well (after Okabe and Ito 2008), and seen on grass, sand and in a dark hall.
COLOURS = (
    ("#ffd23f", said("Yellow")), ("#ff5a4e", said("Red")), ("#4cb3ff", said("Blue")), ("#43d18f", said("Green")),
    ("#ff8ad1", said("Pink")), ("#ffffff", said("White")),
)  # fmt: skip
WIDTHS = ((2.0, said("Thin")), (3.0, said("Medium")), (6.0, said("Thick")))
HEIGHT = 46


class Strip(QWidget):
    """Shows the selected drawing's look, else the next one's, and changes it.

    stop_wanted: the stopwatch ends here. halt_wanted: the point was followed far enough.
    """

    stop_wanted = Signal()
    halt_wanted = Signal()

    def __init__(self, board: Board, hand: Hand, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        area("strip", self)
        self.setAccessibleName(tr("How it looks"))
        self.setFixedHeight(HEIGHT)
        self._board, self._hand = board, hand
        self._showing = False
        row = QHBoxLayout(self)
        row.setContentsMargins(WIDE, TIGHT, WIDE, TIGHT)
        row.setSpacing(GAP)
        self._title = label(kind="section")
        self._hint = Elided("muted", lines=2)
        row.addWidget(self._title)
        row.addWidget(self._hint, 1)
        row.addStretch()
        self._look = QWidget()
        self._look.setObjectName("body")
        self._lay_out_look()
        self.row = Sideways()
        self.row.setWidget(self._look)
        row.addWidget(self.row)
        board.selected.connect(self.refresh)
        board.changed.connect(self.refresh)
        board.loaded.connect(self.refresh)
        hand.changed.connect(self.refresh)
        self.refresh()

    def _lay_out_look(self) -> None:
        row = QHBoxLayout(self._look)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        self._look_row = row
        self.text = named(QLineEdit(), tr("Text"))
        self.text.setPlaceholderText(tr("Text"))
        self.text.setFixedWidth(180)
        self.text.textEdited.connect(self._type)
        self.text.returnPressed.connect(self._typed)
        row.addWidget(self.text)
        self._numbers: dict[str, QSpinBox] = {}
        for name, title, least, most in (
            ("columns", tr("Columns"), 1, 40), ("rows", tr("Rows"), 1, 40), ("zoom", tr("Times"), 2, 8),
        ):  # fmt: skip
            spin = named(QSpinBox(), title)
            spin.setRange(least, most)
            spin.setPrefix(f"{title} ")
            roomy(spin)
            spin.valueChanged.connect(partial(self._set_number, name))
            self._numbers[name] = spin
            row.addWidget(spin)
        self.stop = button(tr("Stop here"))
        self.stop.clicked.connect(self.stop_wanted)
        row.addWidget(self.stop)
        self.halt = button(tr("Stop"), "accent")
        self.halt.clicked.connect(self.halt_wanted)
        self.halt.hide()
        row.addWidget(self.halt)
        self._widths = QButtonGroup(self)
        self.widths: list[_Swatch] = []
        for width, title in WIDTHS:
            sample = _Swatch("", width, tr(title))
            sample.clicked.connect(partial(self._wear, width=width))
            self._widths.addButton(sample)
            self.widths.append(sample)
            row.addWidget(sample)
        row.addSpacing(TIGHT)
        self._colours = QButtonGroup(self)
        self.colours: list[_Swatch] = []
        for colour, title in COLOURS:
            swatch = _Swatch(colour, 0.0, tr(title))
            swatch.clicked.connect(partial(self._wear, colour=colour))
            self._colours.addButton(swatch)
            self.colours.append(swatch)
            row.addWidget(swatch)
        self.opacity = named(QSlider(Qt.Orientation.Horizontal), tr("Opacity"))
        self.opacity.setToolTip(tr("Opacity"))
        self.opacity.setRange(20, 100)
        self.opacity.setFixedWidth(72)
        self.opacity.valueChanged.connect(lambda value: self._wear(opacity=value / 100))
        row.addWidget(self.opacity)
        self.whole = button(tr("Whole film"))
        self.whole.setCheckable(True)
        self.whole.setToolTip(tr("Seen all through the film; otherwise it fades around its own frame"))
        self.whole.toggled.connect(self._set_whole)
        row.addWidget(self.whole)

    def refresh(self, *_: object) -> None:
        """Show what is selected, or in hand."""
        self._showing = True
        chosen, tool = self._board.chosen, BY_ID[self._hand.tool]
        self._title.setText(tr(tool.title if chosen is None or tool.id != SELECT else chosen.title))
        self._hint.say(tr(tool.hint) if chosen is None or tool.id != SELECT else "")
        style = chosen.style if chosen is not None else self._hand.style
        self.row.setVisible(chosen is not None or bool(self._hand.draws) or tool.id == TRACK)
        self._show_style(style)
        self.text.setVisible(chosen is not None and chosen.kind in ("text", "track"))
        self.text.setPlaceholderText(tr("Name") if chosen is not None and chosen.kind == "track" else tr("Text"))
        if chosen is not None and self.text.text() != chosen.text:
            self.text.setText(chosen.text)
        defaults = {"columns": 6.0, "rows": 4.0, "zoom": 2.5}
        for name, spin in self._numbers.items():
            kinds = ("magnifier",) if name == "zoom" else ("grid", "plane")
            spin.setVisible(chosen is not None and chosen.kind in kinds)
            if chosen is not None:
                spin.setValue(round(chosen.numbers.get(name, defaults[name])))
        self.stop.setVisible(chosen is not None and chosen.kind == "stopwatch")
        self.stop.setText(tr("Run on") if chosen and "stop_pts" in chosen.numbers else tr("Stop here"))
        self.whole.setVisible(chosen is not None and chosen.kind != "track")
        self.whole.setChecked(chosen is not None and chosen.whole)
        self._showing = False
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another room."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Where it is too narrow for all, the look comes together, and the tool's name goes: the rail says it, too."""
        self._be_close(False)
        needed = 2 * WIDE + 2 * GAP + self._title.sizeHint().width() + self._hint.sizeHint().width()
        self._be_close(not self.row.isHidden() and needed + self._look.sizeHint().width() > self.width())
        # What the tool does gives way first.
        self.row.setFixedWidth(max(0, min(self._look.sizeHint().width(), self.width() - 2 * WIDE)))

    def _be_close(self, close: bool) -> None:
        self._title.setHidden(close)
        self._look_row.setSpacing(2 if close else GAP)
        self.opacity.setFixedWidth(48 if close else 72)
        self.text.setFixedWidth(84 if close else 180)
        for sample in (*self.widths, *self.colours):
            sample.setFixedWidth(22 if close else 26)

    def follow(self, on: bool) -> None:
        """A point is being followed, and can be let go; or it is not."""
        self.halt.setVisible(on)

    def type_text(self) -> None:
        """The text of the drawing that is selected is to be typed now."""
        self.text.setFocus()
        self.text.selectAll()

    def _show_style(self, style: Style) -> None:
        for swatch, (colour, _) in zip(self.colours, COLOURS, strict=True):
            swatch.setChecked(colour == style.colour)
        for sample, (width, _) in zip(self.widths, WIDTHS, strict=True):
            sample.colour = style.colour
            sample.setChecked(width == style.width)
            sample.update()
        self.opacity.setValue(round(style.opacity * 100))

    def _wear(self, _checked: bool = False, **style: object) -> None:
        if self._showing:
            return
        self._hand.wear(**style)
        chosen = self._board.chosen
        if chosen is not None:
            worn_now = replace(chosen.style, **style)  # type: ignore[arg-type]  # names are checked by the dataclass
            self._change(replace(chosen, style=worn_now), tr("Change the look"), "look")

    def _type(self, text: str) -> None:
        chosen = self._board.chosen
        if chosen is not None and not self._showing:
            self._change(replace(chosen, text=text), tr("Type"), "text")

    def _typed(self) -> None:
        player = self.parentWidget()
        self.text.clearFocus()
        if player is not None:
            player.setFocus()

    def _set_number(self, name: str, value: int) -> None:
        chosen = self._board.chosen
        if chosen is not None and not self._showing:
            numbers = {**chosen.numbers, name: float(value)}
            self._change(replace(chosen, numbers=numbers), tr("Change the look"), name)

    def _set_whole(self, on: bool) -> None:
        chosen = self._board.chosen
        if chosen is not None and not self._showing:
            self._change(replace(chosen, whole=on), tr("Change when it is seen"), "")

    def _change(self, drawing: Drawing, text: str, merge: str) -> None:
        self._board.change(drawing, text, merge=f"{merge}:{drawing.id}" if merge else "")


class _Swatch(QAbstractButton):
    """A colour, or a line of some width."""

    def __init__(self, colour: str, width: float, title: str) -> None:
        super().__init__()
        self.colour, self._width = colour, width
        self.setCheckable(True)
        self.setToolTip(plainly(title))
        self.setAccessibleName(title)
        self.setFixedSize(QSize(26, 30))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Filled with it; a ring in the text's colour while chosen or focused."""
        theme = worn()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = self.width() - 6
        place = QRectF(3, (self.height() - side) / 2, side, side)
        if self._width:
            painter.setPen(QPen(QColor(theme.text), self._width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLine(place.bottomLeft() + place.center() * 0.12, place.topRight() - place.center() * 0.12)
        else:
            painter.setPen(QPen(QColor(theme.line), 1))
            painter.setBrush(QColor(self.colour))
            painter.drawEllipse(place.adjusted(2, 2, -2, -2))
        if self.isChecked() or self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.accent if self.hasFocus() else theme.text), 1.6))
            if self._width:
                painter.drawRoundedRect(place.adjusted(-1, -1, 1, 1), 5, 5)
            else:
                painter.drawEllipse(place)
        painter.end()
