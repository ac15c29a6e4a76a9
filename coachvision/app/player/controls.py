"""The bar under the video: play, step, speed, and the time to the millisecond with the frame number. For the player."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QWidget

from coachvision.app import keymap
from coachvision.app.parts import Choice, button, plainly
from coachvision.app.player.view_menu import ViewMenu
from coachvision.app.player.where import Where
from coachvision.core.time import Timeline
from coachvision.words import tr

_SPEEDS = (0.05, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0)
_SIDE = 20


class Controls(QWidget):
    """toggled: play or pause was pressed. stepped: by so many frames. speed_chosen: video seconds a real second.

    where_told: the coach wrote where to go, a frame number. muted: the sound was switched.
    """

    toggled = Signal()
    stepped = Signal(int)
    speed_chosen = Signal(float)
    where_told = Signal(int)
    muted = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.setSpacing(2)
        self._back = self._button(tr("One frame back"), lambda: self.stepped.emit(-1))
        self._play = self._button(tr("Play"), self.toggled.emit)
        self._on = self._button(tr("One frame on"), lambda: self.stepped.emit(1))
        self._where = Where(self)
        self._where.told.connect(self.where_told)
        self._silent = False
        self._sound = self._button(tr("Sound"), lambda: self.muted.emit(not self._silent))
        self.view = ViewMenu(self)
        self._view = button(tr("View"), "quiet")
        self._view.setToolTip(tr("What is drawn over the video, and how it is looked at"))
        self._view.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._view.setMenu(self.view)
        self._speed = Choice(self)
        self._speed.setAccessibleName(tr("Speed"))
        self._speed.setToolTip(tr("Speed (up and down keys)"))
        self._speed.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for speed in _SPEEDS:
            self._speed.addItem(f"{speed:g}×", speed)
        self._speed.activated.connect(lambda at: self.speed_chosen.emit(float(self._speed.itemData(at))))
        for widget in (self._back, self._play, self._on):
            layout.addWidget(widget)
        layout.addSpacing(4)
        layout.addWidget(self._where)
        layout.addStretch(1)
        for last in (self._sound, self._view, self._speed):
            layout.addWidget(last)
            # The time gives way in a narrow window, these do not.
            last.setMinimumWidth(last.sizeHint().width())
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_playing(False)
        self.set_speed(1.0)

    def set_open(self, timeline: Timeline | None, *, sound: bool = False) -> None:
        """The times of the video that is open, or None; whether it has sound."""
        for widget in (self._back, self._play, self._on, self._speed, self._view):
            widget.setEnabled(timeline is not None)
        self._sound.setVisible(sound)
        self.set_speed(1.0)
        self.view.set_turned(0, mirrored=False)
        self._where.set_open(timeline)

    def set_time(self, index: int) -> None:
        """The frame that is shown."""
        self._where.set_index(index)

    def ask_where(self) -> None:
        """Let the coach write a time or frame to go to."""
        self._where.ask()

    def set_muted(self, muted: bool) -> None:
        """Whether sound is left out."""
        self._silent = muted
        self._sound.setToolTip(keymap.hint("play.mute"))
        self._sound.setAccessibleName(tr("Sound off") if muted else tr("Sound on"))
        self._dress()

    def set_playing(self, playing: bool) -> None:
        """What the play button does next."""
        self._playing = playing
        self._dress()
        text = tr("Pause") if playing else tr("Play")
        self._play.setToolTip(plainly(f"{text}  ({keymap.words('play.toggle')})"))
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
        self._sound.setIcon(_icon("muted" if self._silent else "sound", colour))

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
        button.setToolTip(plainly(name))
        button.setAccessibleName(name)
        button.setIconSize(QSize(_SIDE, _SIDE))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(clicked)
        return button


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
        elif name in ("sound", "muted"):
            painter.drawPolygon(
                QPolygonF([QPointF(*p) for p in ((2, 7), (5.5, 7), (10, 3), (10, 17), (5.5, 13), (2, 13))])
            )
            painter.setPen(QPen(colour, 1.7, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            if name == "muted":
                painter.drawLine(QPointF(13, 7.5), QPointF(18, 12.5))
                painter.drawLine(QPointF(18, 7.5), QPointF(13, 12.5))
            else:
                painter.drawArc(QRectF(9, 6, 6, 8), -60 * 16, 120 * 16)
                painter.drawArc(QRectF(9, 3, 10, 14), -60 * 16, 120 * 16)
        elif name == "play":
            painter.drawPolygon(QPolygonF([QPointF(5, 2.5), QPointF(17, 10), QPointF(5, 17.5)]))
        else:
            painter.drawPolygon(QPolygonF([QPointF(7.5, 4.5), QPointF(16, 10), QPointF(7.5, 15.5)]))
            painter.drawRoundedRect(QRectF(3.5, 4.5, 2.4, 11), 1, 1)
        painter.end()
        made.addPixmap(pixmap)
    return made
