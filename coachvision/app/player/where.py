"""The time beside the play button; pressed, or with G, a field to go to another. For the controls.

Read: 1:23.5 or 83.5 or 83,5 s for a time, 120 or #120 for a frame.
"""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QWidget

from coachvision.app import keymap
from coachvision.app.theme import worn
from coachvision.core.time import Timeline
from coachvision.words import tr

_FRAME = re.compile(r"#?\s*(\d+)")
_TIME = re.compile(r"(?:(?:(\d+):)?(\d+):)?(\d+(?:[.,]\d*)?|[.,]\d+)\s*s?")


class Readout(QAbstractButton):
    """The time and the frame's number, painted: a label would lay out the whole bar anew at every frame."""

    _GAP = 14

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._time = self._frame = ""
        self._widest = ("", "")

    def show_texts(self, time: str, frame: str) -> None:
        """From now on."""
        self._time, self._frame = time, frame
        self.update()

    def make_room(self, time: str, frame: str) -> None:
        """For the longest texts there will be."""
        self._widest = (time, frame)
        self.updateGeometry()

    def text(self) -> str:
        """What it says."""
        return f"{self._time}  {self._frame}"

    def _fonts(self) -> tuple[QFont, QFont]:
        large, small = QFont(self.font()), QFont(self.font())
        for font in (large, small):
            font.setFeature(QFont.Tag("tnum"), 1)
        large.setPixelSize(15)
        large.setWeight(QFont.Weight.DemiBold)
        return large, small

    def sizeHint(self) -> QSize:
        """As wide as the longest texts."""
        large, small = self._fonts()
        width = QFontMetrics(large).horizontalAdvance(self._widest[0])
        width += self._GAP + QFontMetrics(small).horizontalAdvance(self._widest[1])
        return QSize(width + 16, 32)

    def minimumSizeHint(self) -> QSize:
        """Room for the time alone: where there is little, the end and the frame's number give way."""
        large, _ = self._fonts()
        return QSize(QFontMetrics(large).horizontalAdvance(self._widest[0].partition(" / ")[0]) + 16, 32)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = worn()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus() or self.underMouse():
            painter.setPen(QColor(theme.accent if self.hasFocus() else theme.muted))
            painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 6, 6)
        large, small = self._fonts()
        painter.setFont(large)
        painter.setPen(QColor(theme.text))
        place = QRect(8, 0, self.width() - 8, self.height())
        whole = QFontMetrics(large).horizontalAdvance(self._time) <= place.width()
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, self._time if whole else self._time.partition(" / ")[0])
        place.setLeft(place.left() + QFontMetrics(large).horizontalAdvance(self._time) + self._GAP)
        painter.setFont(small)
        painter.setPen(QColor(theme.muted))
        if QFontMetrics(small).horizontalAdvance(self._frame) <= place.width():
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, self._frame)
        painter.end()


class Where(QWidget):
    """told: the frame number the coach wants to go to."""

    told = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._timeline: Timeline | None = None
        self._whole = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self.time = Readout(self)
        self.time.clicked.connect(self.ask)
        self.field = QLineEdit(self)
        self.field.setAccessibleName(tr("Go to a time or frame"))
        self.field.setPlaceholderText(tr("1:23.5 or frame 120"))
        self.field.setFixedWidth(190)
        self.field.returnPressed.connect(self._read)
        self.field.textEdited.connect(lambda: self._mark(wrong=False))
        self.field.installEventFilter(self)
        row.addWidget(self.time)
        row.addWidget(self.field)
        self.advice = QLabel(tr("A time like 1:23.5, or a frame like 120"), self)
        self.advice.setObjectName("muted")
        row.addWidget(self.advice)
        self.advice.hide()
        self.field.hide()

    def set_open(self, timeline: Timeline | None) -> None:
        """The times of the video that is open, or None."""
        self._timeline = timeline
        self._put_away()
        self.time.setVisible(timeline is not None)
        self.time.setToolTip(keymap.hint("play.go_to"))
        self.time.setAccessibleName(tr("Go to a time or frame"))
        if timeline is not None:
            end = float(timeline.seconds[-1])
            # In the widest digits.
            longest = clock_text(end, end)
            self._whole = longest
            wide = re.sub(r"\d", "0", longest)
            self.time.make_room(f"{wide} / {wide}", self._numbered(len(timeline)))
            self.set_index(0)

    def _numbered(self, number: int) -> str:
        count = len(self._timeline) if self._timeline is not None else 0
        return tr("Frame {number} of {count}", number=number, count=count)

    def set_index(self, index: int) -> None:
        """The frame that is shown."""
        if self._timeline is not None:
            seconds = self._timeline.seconds
            now = clock_text(float(seconds[index]), float(seconds[-1]))
            self.time.show_texts(f"{now} / {self._whole}", self._numbered(index + 1))

    def ask(self) -> None:
        """Let the coach write where to."""
        if self._timeline is None:
            return
        self.time.hide()
        self.field.clear()
        self._mark(wrong=False)
        self.field.show()
        self.field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Escape, or looking elsewhere, leaves all as it was."""
        if watched is self.field:
            if (
                event.type() == QEvent.Type.KeyPress
                and isinstance(event, QKeyEvent)
                and event.key() == Qt.Key.Key_Escape
            ):
                self._put_away()
                return True
            if event.type() == QEvent.Type.FocusOut:
                self._put_away()
        return super().eventFilter(watched, event)

    def _read(self) -> None:
        index = frame_meant(self.field.text(), self._timeline) if self._timeline is not None else None
        if index is None:
            self._mark(wrong=True)
            return
        self._put_away()
        self.told.emit(index)

    def _put_away(self) -> None:
        if not self.field.isHidden():
            self.field.hide()
            self.advice.hide()
            self.time.show()
            parent = self.parentWidget()
            if self.field.hasFocus() and parent is not None:
                parent.setFocus()

    def _mark(self, *, wrong: bool) -> None:
        self.advice.setVisible(wrong)
        if wrong:
            self.field.selectAll()


def frame_meant(text: str, timeline: Timeline) -> int | None:
    """The frame a coach means by "1:23.5", "83.5 s" (a time) or "120" (a frame, counted from 1); None for neither.

    Beyond the video's ends: its first or last frame.
    """
    text = text.strip()
    frame = _FRAME.fullmatch(text)
    if frame is not None:
        return min(max(int(frame[1]) - 1, 0), len(timeline) - 1)
    time = _TIME.fullmatch(text)
    if time is None:
        return None
    hours, minutes, seconds = int(time[1] or 0), int(time[2] or 0), float(time[3].replace(",", "."))
    return timeline.index_at(hours * 3600 + minutes * 60 + seconds)


def clock_text(seconds: float, longest: float) -> str:
    """Minutes, seconds and milliseconds; hours where the video has them."""
    whole = max(0, round(seconds * 1000))
    minutes, rest = divmod(whole, 60_000)
    hours, minutes = divmod(minutes, 60)
    text = f"{minutes:02d}:{rest // 1000:02d}.{rest % 1000:03d}"
    return f"{hours}:{text}" if longest >= 3600 else text
