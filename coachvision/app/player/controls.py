"""The bar under the video: play, step, speed, and the time to the millisecond with the frame number. For the player."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap, QPolygonF
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from coachvision.core.time import Timeline

_SPEEDS = (0.05, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0)
_SIDE = 20


class Controls(QWidget):
    """toggled: play or pause was pressed. stepped: by so many frames. speed_chosen: video seconds a real second."""

    toggled = Signal()
    stepped = Signal(int)
    speed_chosen = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._timeline: Timeline | None = None
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 4, 16, 4)
        layout.setSpacing(4)
        self._back = self._button(self.tr("One frame back"), lambda: self.stepped.emit(-1))
        self._play = self._button(self.tr("Play"), self.toggled.emit)
        self._on = self._button(self.tr("One frame on"), lambda: self.stepped.emit(1))
        self._time = QLabel(self)
        self._time.setObjectName("time")
        self._time.setAccessibleName(self.tr("Time"))
        self._frame = QLabel(self)
        self._frame.setObjectName("muted")
        self._speed = QComboBox(self)
        self._speed.setAccessibleName(self.tr("Speed"))
        self._speed.setToolTip(self.tr("Speed (up and down keys)"))
        self._speed.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for speed in _SPEEDS:
            self._speed.addItem(f"{speed:g}×", speed)
        self._speed.activated.connect(lambda at: self.speed_chosen.emit(float(self._speed.itemData(at))))
        for widget in (self._back, self._play, self._on):
            layout.addWidget(widget)
        layout.addSpacing(12)
        layout.addWidget(self._time)
        layout.addSpacing(12)
        layout.addWidget(self._frame)
        layout.addStretch(1)
        layout.addWidget(self._speed)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_playing(False)
        self.set_speed(1.0)

    def set_open(self, timeline: Timeline | None) -> None:
        """The times of the video that is open, or None."""
        self._timeline = timeline
        for widget in (self._back, self._play, self._on, self._speed):
            widget.setEnabled(timeline is not None)
        self.set_speed(1.0)
        if timeline is None:
            self._time.setText("")
            self._frame.setText("")
        else:
            self.set_time(0, 0.0)

    def set_time(self, index: int, seconds: float) -> None:
        """The frame that is shown."""
        if self._timeline is None:
            return
        end = float(self._timeline.seconds[-1])
        self._time.setText(f"{clock_text(seconds, end)} / {clock_text(end, end)}")
        self._frame.setText(self.tr("Frame {0} of {1}").format(index + 1, len(self._timeline)))

    def set_playing(self, playing: bool) -> None:
        """What the play button does next."""
        self._playing = playing
        self._dress()
        text = self.tr("Pause") if playing else self.tr("Play")
        self._play.setToolTip(self.tr("{0} (space)").format(text))
        self._play.setAccessibleName(text)

    def changeEvent(self, event: QEvent) -> None:
        """Another theme: the icons in its colour."""
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.PaletteChange) and hasattr(self, "_playing"):
            self._dress()
        super().changeEvent(event)

    def _dress(self) -> None:
        colour = self.palette().color(QPalette.ColorRole.ButtonText)
        self._play.setIcon(_icon("pause" if self._playing else "play", colour))
        self._back.setIcon(_icon("back", colour))
        self._on.setIcon(_icon("on", colour))

    def set_speed(self, speed: float) -> None:
        """The speed that is played at, one of the list's or not."""
        at = self._speed.findData(speed)
        extra = len(_SPEEDS)
        if at < 0 or at >= extra:
            if self._speed.count() == extra:
                self._speed.addItem("", speed)
            self._speed.setItemText(extra, f"{speed:g}×".replace("-", "−"))
            self._speed.setItemData(extra, speed)
            at = extra
        elif self._speed.count() > extra:
            self._speed.removeItem(extra)
        self._speed.setCurrentIndex(at)

    def _button(self, name: str, clicked: object) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName("quiet")
        button.setToolTip(name)
        button.setAccessibleName(name)
        button.setIconSize(QSize(_SIDE, _SIDE))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(clicked)
        return button


def clock_text(seconds: float, longest: float) -> str:
    """Minutes, seconds and milliseconds; hours where the video has them."""
    whole = max(0, round(seconds * 1000))
    minutes, rest = divmod(whole, 60_000)
    hours, minutes = divmod(minutes, 60)
    text = f"{minutes:02d}:{rest // 1000:02d}.{rest % 1000:03d}"
    return f"{hours}:{text}" if longest >= 3600 else text


def _icon(name: str, colour: QColor) -> QIcon:
    """Drawn, so that it takes the theme's colour and stays sharp."""
    made = QIcon()
    for ratio in (1, 2):
        pixmap = QPixmap(_SIDE * ratio, _SIDE * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        if name == "back":
            painter.translate(_SIDE, 0)
            painter.scale(-1, 1)
        if name == "pause":
            painter.drawRoundedRect(QRectF(4, 3, 4.5, 14), 1, 1)
            painter.drawRoundedRect(QRectF(11.5, 3, 4.5, 14), 1, 1)
        elif name == "play":
            painter.drawPolygon(QPolygonF([QPointF(5, 2.5), QPointF(17, 10), QPointF(5, 17.5)]))
        else:
            painter.drawPolygon(QPolygonF([QPointF(7.5, 4.5), QPointF(16, 10), QPointF(7.5, 15.5)]))
            painter.drawRoundedRect(QRectF(3.5, 4.5, 2.4, 11), 1, 1)
        painter.end()
        made.addPixmap(pixmap)
    return made
