"""Filmstrips loaded off the UI thread: a still for each card, and the whole strip of the card under the mouse.

For the library's screen. Decoding a sheet takes longer than a frame of the screen; painting a still takes next to
nothing.
"""

from __future__ import annotations

from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, Signal
from PySide6.QtGui import QImage, QPixmap

if TYPE_CHECKING:
    from coachvision.video.sheet import Sheet

STILL = 0.25
_STILLS, _SHEETS = 400, 4


class Pictures(QObject):
    """came: a picture that was asked for is there."""

    came = Signal()
    _loaded = Signal(object, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stills: OrderedDict[Path, QPixmap] = OrderedDict()
        self._sheets: OrderedDict[Path, QImage] = OrderedDict()
        self._asked: set[tuple[Path, bool]] = set()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="pictures")
        self._closed = False
        self._loaded.connect(self._take)

    def still(self, sheet: Sheet) -> QPixmap | None:
        """The picture at a quarter of the film, as large as it is; None until it is loaded, then `came`."""
        found = self._stills.get(sheet.path)
        if found is None:
            self._ask(sheet, whole=False)
            return None
        self._stills.move_to_end(sheet.path)
        return found

    def moment(self, sheet: Sheet, share: float) -> tuple[QImage, QRect] | None:
        """The strip and the place in it at a share of the film, 0 to 1; None until it is loaded, then `came`."""
        found = self._sheets.get(sheet.path)
        if found is None:
            self._ask(sheet, whole=True)
            return None
        self._sheets.move_to_end(sheet.path)
        return found, QRect(*sheet.place(share))

    def forget(self, sheet: Sheet) -> None:
        """Load it anew: it was written again."""
        self._stills.pop(sheet.path, None)
        self._sheets.pop(sheet.path, None)
        self._asked -= {(sheet.path, False), (sheet.path, True)}

    def close(self) -> None:
        """End the thread; nothing comes any more."""
        self._closed = True
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _ask(self, sheet: Sheet, *, whole: bool) -> None:
        if self._closed or (sheet.path, whole) in self._asked:
            return
        self._asked.add((sheet.path, whole))
        self._thread.submit(self._load, sheet, whole)

    def _load(self, sheet: Sheet, whole: bool) -> None:
        """In the thread. A sheet that cannot be read leaves the card without a picture: it is made again."""
        image = QImage(str(sheet.path)).convertToFormat(QImage.Format.Format_RGB32)
        if not whole and not image.isNull():
            image = image.copy(QRect(*sheet.place(STILL)))
        self._loaded.emit(sheet.path, whole, image)

    def _take(self, path: Path, whole: bool, image: QImage) -> None:
        """In the UI thread."""
        if image.isNull():
            return
        self._asked.discard((path, whole))
        if whole:
            self._sheets[path] = image
            while len(self._sheets) > _SHEETS:
                self._sheets.popitem(last=False)
        else:
            self._stills[path] = QPixmap.fromImage(image)
            while len(self._stills) > _STILLS:
                self._stills.popitem(last=False)
        self.came.emit()
