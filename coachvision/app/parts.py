"""Labels, buttons and plain areas by kind; the style sheet dresses them by that. For `app` alone.

`Qt` is named inside functions: its enums take a tenth of an empty window's start to make, and it is seen before that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen, QResizeEvent, QTextLayout
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QPushButton, QWidget

from coachvision.app.theme import GAP, worn
from coachvision.words import tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox

W = TypeVar("W", bound=QWidget)


def named(widget: W, name: str) -> W:
    """The widget, with what a screen reader says of it."""
    widget.setAccessibleName(name)
    return widget


def area(kind: str, widget: W) -> W:
    """The widget as an area that the style sheet paints: `page`, `surface`, `header` ..."""
    from PySide6.QtCore import Qt

    widget.setObjectName(kind)
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    return widget


def label(text: str = "", kind: str = "", *, wrap: bool = False, centred: bool = False, rich: bool = False) -> QLabel:
    """kind: `title`, `heading`, `figure`, `section`, `muted` or plain. rich: its text is HTML, else never."""
    made = QLabel()
    # Qt.PlainText or Qt.RichText: left to itself Qt guesses, and a name may have come from anybody.
    made.setProperty("textFormat", 1 if rich else 0)
    made.setText(text)
    made.setObjectName(kind)
    made.setWordWrap(wrap)
    if centred:
        from PySide6.QtCore import Qt

        made.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return made


def safe(text: str) -> str:
    """As it reads within rich text."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def plainly(text: str) -> str:
    """As it reads as a tooltip, which Qt takes for HTML where it looks like that."""
    if "<" not in text and "&lt;" not in text:
        return text
    return "<qt>" + safe(text).replace("\n", "<br>") + "</qt>"


def button(text: str, kind: str = "") -> QPushButton:
    """kind: `accent` for the one thing to do, `quiet` for what stays in the background, or plain."""
    made = QPushButton(text)
    made.setObjectName(kind)
    return made


def accent(button: QPushButton, *, on: bool) -> None:
    """Whether that plain button is the one thing to do now."""
    button.setObjectName("accent" if on else "")
    button.style().polish(button)


class Elided(QWidget):
    """One line of text that gives way where there is little room; gone where it says nothing. kind: as a label's.

    whole: where the beginning says nothing without the end, all of it goes. lines: two, where one is too short.
    """

    def __init__(self, kind: str = "", *, whole: bool = False, lines: int = 1) -> None:
        super().__init__()
        self._text = ""
        self._whole, self._lines = whole, lines
        self._label = label(kind=kind)
        self._label.setMinimumWidth(0)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._label)

    def say(self, text: str) -> None:
        """Show it."""
        self._text = text
        self.setVisible(bool(text))
        self._fit(self.width())
        self.updateGeometry()

    def text(self) -> str:
        """All that it says, whether there is room for it or not."""
        return self._text

    def sizeHint(self) -> QSize:
        """Room for all of it."""
        self._label.ensurePolished()
        return QSize(self._label.fontMetrics().horizontalAdvance(self._text) + 1, self._label.sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """It may vanish."""
        return QSize(0, self._label.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut off as there is room."""
        self._fit(event.size().width())
        super().resizeEvent(event)

    def _fit(self, width: int) -> None:
        self._label.setToolTip(plainly(self._text))
        if not self._text:
            self._label.setText("")
            return
        from PySide6.QtCore import Qt

        metrics, dots = self._label.fontMetrics(), Qt.TextElideMode.ElideRight
        text = metrics.elidedText(self._text, dots, width)
        if self._lines > 1 and text != self._text:
            first, rest = _first_line(self._text, self._label.font(), width)
            text = f"{first}\n{metrics.elidedText(rest, dots, width)}" if rest else text
        self._label.setText("" if self._whole and text != self._text else text)


def _first_line(text: str, font: QFont, width: int) -> tuple[str, str]:
    """What of a text fits into a line of that width, broken between words, and the rest."""
    layout = QTextLayout(text, font)
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(width)
    layout.endLayout()
    return text[: line.textLength()].rstrip(), text[line.textLength() :]


def roomy(spin: QSpinBox | QDoubleSpinBox) -> None:
    """Leave room beside its number: the style sheet's padding is not that of the field inside."""
    spin.lineEdit().setTextMargins(GAP, 0, GAP, 0)


class Switch(QCheckBox):
    """On or off, as a pill whose knob moves; the word beside it says the same."""

    _PILL = QSize(40, 22)

    def sizeHint(self) -> QSize:
        """The pill and the word."""
        return QSize(self._PILL.width() + 48, 30)

    def hitButton(self, place: QPoint) -> bool:
        """All of it can be clicked."""
        return self.rect().contains(place)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Filled in the accent colour while on."""
        from PySide6.QtCore import Qt

        theme = worn()
        on = self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pill = QRectF(1, (self.height() - self._PILL.height()) / 2, self._PILL.width(), self._PILL.height())
        painter.setPen(QPen(QColor(theme.text if self.hasFocus() else theme.accent if on else theme.muted), 1.5))
        painter.setBrush(QColor(theme.accent if on else theme.raised))
        painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
        knob = QRectF(0, 0, 14, 14)
        knob.moveCenter(pill.center())
        knob.moveLeft(pill.right() - 18 if on else pill.left() + 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.on_accent if on else theme.muted))
        painter.drawEllipse(knob)
        painter.setPen(QColor(theme.text))
        words = self.rect().adjusted(self._PILL.width() + 10, 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, tr("On") if on else tr("Off"))
        painter.end()


class Choice(QComboBox):
    """A choice with an arrow of its own: a style sheet would want a picture file for it."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """The box, and the arrow on it."""
        from PySide6.QtCore import Qt

        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(worn().muted), 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        x, y = self.width() - 16.0, self.height() / 2
        painter.drawPolyline([QPointF(x - 4, y - 2), QPointF(x, y + 2), QPointF(x + 4, y - 2)])
        painter.end()
