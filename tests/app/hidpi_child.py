"""A window on a screen of two device pixels a pixel tells what of it is seen as sharp as that screen. For `test_hidpi`.

`python -m tests.app.hidpi_child FOLDER` prints JSON.
"""

from __future__ import annotations

import json
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from coachvision import settings
from coachvision.library import Library
from coachvision.video.writer import VideoWriter
from tests.support import sessions
from tests.tour.hands import Hands

# Larger than it is seen, however many pixels the screen has: what is seen of it was made smaller.
_FILM = (2560, 1440)


def main(folder: Path) -> None:
    """Look at a film without, and at one with a skeleton."""
    settings.save("analysis.auto", False)
    with Library.open(folder / "library") as library:
        squat = sessions.keep(library, sessions.write_film(folder / "squat.mp4"))
    hands = Hands(folder / "library", folder / "looks", size=(1280, 800))
    hands.drop(_halves(folder / "halves.mp4"))
    hands.until(lambda: hands.title == "halves.mp4", "the film")
    hands.film_shown()
    hands.work_done()
    told: dict[str, object] = {"ratio": hands.window.devicePixelRatioF()}
    told["video"] = _video(hands)
    timeline = hands.session.timeline
    assert timeline is not None
    hands.until(lambda: timeline._pictures is not None, "the filmstrip")
    told["ruler"] = _drawn(_seen(timeline, QRect(0, 0, timeline.width(), 20)))
    told["filmstrip"] = _sharp(_seen(timeline, QRect(timeline.width() // 2, 40, 120, 20)))
    told["controls"] = _drawn(_seen(hands.player.controls))
    told["tags"] = _drawn(_seen(hands.tags.bar))
    told["tools"] = _drawn(_seen(hands.studio.rail))
    told["header"] = _drawn(_seen(hands.window.header))
    hands.window.open_session(squat)
    hands.film_shown()
    hands.until(
        lambda: hands.studio.board.scene is not None and bool(hands.studio.board.scene.joints(0)), "the skeleton"
    )
    hands.until(lambda: _skeleton(hands) > 0, "the skeleton's lines, within whole pixels")
    told["skeleton"] = _skeleton(hands)
    hands.until(lambda: hands.session.chart is not None and hands.session.chart.isVisible(), "the curves")
    assert hands.session.chart is not None
    told["curves"] = _drawn(_seen(hands.session.chart))
    told["card"], told["card_halves"] = _card(hands)
    hands.leave()
    print(json.dumps(told))


def _halves(path: Path) -> Path:
    """Two seconds, the left half black and the right half white."""
    picture = np.zeros((_FILM[1], _FILM[0], 3), np.uint8)
    picture[:, _FILM[0] // 2 :] = 255
    with VideoWriter(path, *_FILM, time_base=Fraction(1, 10)) as writer:
        for index in range(20):
            writer.write(picture, index)
    return path


def _video(hands: Hands) -> float:
    """How sharp the edge in the middle of the video is; 0 where previews are not asked for in the screen's pixels."""
    canvas = hands.player.canvas
    hands.until(lambda: canvas.picture is not None and canvas.picture.exact, "the frame at full size")
    hands.rest(0.3)
    place, asked = canvas.target(), canvas.view_size()
    if abs(asked.width() - 2 * place.width()) > 1 or abs(asked.height() - 2 * place.height()) > 1:
        return 0.0
    return _sharp(_seen(canvas, QRect(int(place.center().x()) - 20, int(place.center().y()), 40, 10)))


def _skeleton(hands: Hands) -> float:
    """How sharp the lines around a knee are."""
    at = hands.player.canvas.to_widget().map(*hands.joint("right_knee"))
    return _drawn(_seen(hands.player.canvas, QRect(int(at[0]) - 20, int(at[1]) - 20, 40, 40)))


def _card(hands: Hands) -> tuple[float, list[float]]:
    """How sharp a card's words are, and how bright its picture's four quarters are, from left to right."""
    hands.window.go("library")
    view = hands.window.library
    hands.until(lambda: len(view.model.cards) == 2, "the cards")
    row = next(row for row, card in enumerate(view.model.cards) if card.name == "halves.mp4")
    card = view.list.visualRect(view.model.index(row, 0))
    picture = view.list.cards.picture.translated(card.topLeft())

    def quarters() -> list[float]:
        seen = _seen(view.list.viewport(), picture)
        middle = seen[seen.shape[0] // 2]
        return [float(middle[int(len(middle) * share)].mean()) for share in (0.1, 0.4, 0.6, 0.9)]

    hands.until(lambda: max(quarters()) > 200, "the card's picture", 20)
    words = QRect(picture.left(), picture.bottom() + 8, picture.width(), 60)
    return _drawn(_seen(view.list.viewport(), words)), quarters()


def _seen(widget: QWidget, place: QRect | None = None) -> NDArray[np.int64]:
    """The device pixels of a part of a widget."""
    pixels = _pixels(widget)
    if place is None:
        return pixels
    return pixels[place.top() * 2 : place.bottom() * 2, place.left() * 2 : place.right() * 2]


def _pixels(widget: QWidget) -> NDArray[np.int64]:
    grabbed = widget.grab()
    assert grabbed.size() == QSize(widget.width() * 2, widget.height() * 2), (grabbed.size(), widget.size())
    image = grabbed.toImage().convertToFormat(QImage.Format.Format_RGB32)
    data = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return data[:, : image.width(), :3].astype(np.int64)


def _sharp(pixels: NDArray[np.int64]) -> float:
    """The steepest step between neighbours across, as a share of all there is between darkest and brightest.

    What is drawn at a pixel of two device pixels and then stretched has no step of more than a half.
    """
    grey = pixels.mean(axis=2)
    steps = np.abs(np.diff(grey, axis=1))
    return float(steps.max() / max(1.0, grey.max() - grey.min()))


def _drawn(pixels: NDArray[np.int64]) -> float:
    """The same, of lines and letters; 0 where all steps are between whole pixels, each of which is there twice."""
    steps = np.abs(np.diff(pixels.mean(axis=2), axis=1)) > 8
    within = steps[:, ::2].sum() / max(1, steps.sum())
    return _sharp(pixels) if within > 0.1 else 0.0


if __name__ == "__main__":
    main(Path(sys.argv[1]))
