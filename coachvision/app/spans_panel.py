"""A long recording shows where something moves and asks which of it to keep. For the library's screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from coachvision.app import dates
from coachvision.app.parts import area, button, label
from coachvision.app.theme import GAP, TIGHT, WIDE, worn
from coachvision.words import tr

if TYPE_CHECKING:
    from coachvision.services.spans import LongRecording, Span

_COLUMNS = 4


class SpansPanel(QWidget):
    """kept: (recording, the spans to keep). whole: analyze all of it. opened: look at it first."""

    kept = Signal(object, list)
    whole = Signal(object)
    opened = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        area("surface", self)
        self.setAccessibleName(tr("A long recording"))
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        column.setSpacing(GAP)
        head = QHBoxLayout()
        head.setSpacing(GAP)
        self._title = label(kind="title")
        head.addWidget(self._title)
        head.addStretch(1)
        self.look = button(tr("Open"), "quiet")
        self.look.clicked.connect(lambda: self.opened.emit(self._asked[0].session_id))
        self.all = button(tr("Analyze all of it"), "quiet")
        self.all.clicked.connect(lambda: self.whole.emit(self._done()))
        self.later = button(tr("Not now"), "quiet")
        self.later.clicked.connect(self._done)
        self.keep = button("", "accent")
        self.keep.clicked.connect(self._keep)
        for one in (self.look, self.all, self.later, self.keep):
            head.addWidget(one)
        column.addLayout(head)
        self._strip = _Strip(self)
        column.addWidget(self._strip)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setMaximumHeight(132)
        column.addWidget(self._area)
        self.boxes: list[QCheckBox] = []
        self._asked: list[LongRecording] = []
        self.hide()

    def ask(self, recording: LongRecording) -> None:
        """Ask about a recording; one after the other where several came."""
        if all(recording.session_id != other.session_id for other in self._asked):
            self._asked.append(recording)
        if len(self._asked) == 1:
            self._show()

    def _show(self) -> None:
        recording = self._asked[0]
        count = len(recording.spans)
        moves = tr("in one part") if count == 1 else tr("in {count} parts", count=count)
        self._title.setText(
            tr(
                "“{name}” is {length} long; something moves {moves}. Keep which?",
                name=recording.name,
                length=dates.length(recording.duration_s),
                moves=moves,
            )
        )
        body = QWidget()
        body.setObjectName("body")
        grid = QGridLayout(body)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * WIDE)
        grid.setVerticalSpacing(TIGHT)
        self.boxes = []
        for at, span in enumerate(recording.spans):
            box = QCheckBox(tr("{start} to {end}", start=dates.length(span.start_s), end=dates.length(span.end_s)))
            box.setChecked(True)
            box.toggled.connect(self._tell)
            self.boxes.append(box)
            grid.addWidget(box, at // _COLUMNS, at % _COLUMNS)
        grid.setColumnStretch(_COLUMNS, 1)
        self._area.setWidget(body)
        self._tell()
        self.show()

    def chosen(self) -> list[Span]:
        """The spans that are ticked."""
        spans = self._asked[0].spans if self._asked else ()
        return [span for span, box in zip(spans, self.boxes, strict=True) if box.isChecked()]

    def _tell(self) -> None:
        chosen = self.chosen()
        self._strip.show_spans(self._asked[0], chosen)
        length = dates.length(sum(span.end_s - span.start_s for span in chosen))
        self.keep.setText(tr("Keep {count}, {length} in all", count=len(chosen), length=length))
        self.keep.setEnabled(bool(chosen))

    def _keep(self) -> None:
        chosen = self.chosen()
        self.kept.emit(self._done(), chosen)

    def _done(self) -> LongRecording:
        done = self._asked.pop(0)
        if self._asked:
            self._show()
        else:
            self.hide()
        return done


class _Strip(QWidget):
    """The recording from end to end: what is kept in the accent colour, what else moves in grey."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedHeight(20)
        self._recording: LongRecording | None = None
        self._chosen: list[Span] = []

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(400, 20)

    def show_spans(self, recording: LongRecording, chosen: list[Span]) -> None:
        """Show these."""
        self._recording, self._chosen = recording, chosen
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A bar with the spans on it."""
        theme, recording = worn(), self._recording
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.raised))
        painter.drawRoundedRect(QRectF(self.rect()), 4, 4)
        for span in recording.spans if recording is not None else ():
            scale = self.width() / max(recording.duration_s, 1e-6) if recording is not None else 0.0
            painter.setBrush(QColor(theme.accent if span in self._chosen else theme.muted))
            place = QRectF(span.start_s * scale, 2, max(3.0, (span.end_s - span.start_s) * scale), self.height() - 4)
            painter.drawRoundedRect(place, 2, 2)
        painter.end()
