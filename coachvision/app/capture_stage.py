"""Where the capture screen paints the camera's picture, and says so where there is none. For that screen."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from coachvision.app.theme import GAP, TITLE, WIDE, worn
from coachvision.words import said, tr

_HINT = said("Choose a camera above, or connect a network camera.")


class CaptureStage(QWidget):
    """live: pictures come. delay_s, recording: told over the picture."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Picture of the camera"))
        self.setMinimumHeight(240)
        self.live = False
        self.recording = False
        self.delay_s = 0
        self.pictures = 0
        self._image: QImage | None = None
        self._pixels: object = None
        self._words = tr(_HINT)

    @property
    def words(self) -> str:
        """What it says instead of a picture; "" while there is one."""
        return self._words if self._image is None else ""

    def show_picture(self, image: QImage, pixels: object, _age_s: float) -> None:
        """Paint that. pixels: the memory the image lies in."""
        self._image, self._pixels = image, pixels
        self.pictures += 1
        self.update()

    def say(self, words: str) -> None:
        """Say something instead of a picture."""
        self._image = None
        self._words = words
        self.setAccessibleDescription(words)
        self.update()

    def clear(self) -> None:
        """No camera."""
        self.live = self.recording = False
        self.say(tr(_HINT))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The picture as large as it goes, and the marks over it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(worn().stage))
        if self._image is None:
            painter.setPen(QColor("#c9cfd5"))
            font = painter.font()
            font.setPixelSize(TITLE)
            painter.setFont(font)
            place = self.rect().adjusted(2 * WIDE, 0, -2 * WIDE, 0)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._words)
        else:
            size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            shown = QRectF(0, 0, size.width(), size.height())
            shown.moveCenter(QRectF(self.rect()).center())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(shown, self._image)
        marks = []
        if self.recording:
            marks.append((f"●  {tr('Recording')}", "#ff6b5e"))
        if self.delay_s and self.live:
            marks.append((tr("{seconds} s ago", seconds=self.delay_s), "#ffffff"))
        self._paint_marks(painter, marks)
        painter.end()

    def _paint_marks(self, painter: QPainter, marks: list[tuple[str, str]]) -> None:
        font = painter.font()
        font.setPixelSize(TITLE)
        painter.setFont(font)
        left = float(WIDE)
        for text, colour in marks:
            width = painter.fontMetrics().horizontalAdvance(text) + 2 * WIDE
            box = QRectF(left, WIDE, width, 36)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(8, 9, 10, 210))
            painter.drawRoundedRect(box, 6, 6)
            painter.setPen(QColor(colour))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
            left += width + GAP
