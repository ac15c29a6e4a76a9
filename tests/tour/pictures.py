"""The pictures of the README: a drawn athlete in the real window, analyzed by the real network.

`python -m tests.tour.pictures docs/pictures` needs a screen (`xvfb-run`) or QT_QPA_PLATFORM=offscreen.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import numpy as np
from PySide6.QtCore import QItemSelectionModel, QModelIndex
from PySide6.QtWidgets import QMenu

from coachvision.app import look
from coachvision.app.compare.view import CompareView
from coachvision.app.progress_view import ProgressView
from coachvision.synth import scenes
from coachvision.synth.render import render
from coachvision.synth.scene import Scene
from tests.tour.hands import Hands

_SIZE = (1280, 720)
_COMPARED = ("Squats, Monday", "Squats, Friday")
# Who is in the films of the progress picture, and the number shown of them.
_ATHLETE, _NUMBER = "Kim", "Right knee, most bent"
# Name, days ago, scene. A seed is an athlete of another shape and pace; the session's picture shows the last.
_FILMS: tuple[tuple[str, int, Callable[[], Scene]], ...] = (
    ("Squats, week 1", 28, lambda: scenes.squats(5, 2, size=_SIZE)),
    ("Jumps", 23, lambda: scenes.jumps(4, (0.3, 0.4), size=_SIZE)),
    ("Squats, week 2", 21, lambda: scenes.squats(11, 2, size=_SIZE)),
    ("Walk", 16, lambda: scenes.walk(2, size=_SIZE)),
    ("Squats, week 3", 14, lambda: scenes.squats(6, 2, size=_SIZE)),
    (_COMPARED[0], 4, lambda: scenes.squats(3, 3, size=_SIZE)),
    (_COMPARED[1], 0, lambda: scenes.squats(8, 3, size=_SIZE)),
)


def main(target: Path) -> None:
    """Make them all."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        os.environ["COACHVISION_CONFIG"] = str(folder / "config")
        hands = Hands(folder / "library", folder / "looks", size=(1440, 900))
        for name, days, scene in _FILMS:
            film = _dated(render(scene(), folder / "scene.mp4"), folder / f"{name}.mp4", days)
            hands.drop(film)
            hands.until(lambda film=film: hands.title == film.name, name)  # type: ignore[misc]
            hands.film_shown()
            hands.work_done()
            hands.until(lambda: bool(hands.session.opened and hands.session.opened.numbers), "the numbers")
        _session(hands, target / "session.png")
        _light(hands, target / "light.png")
        _playlist(hands)
        _compare(hands, target / "compare.png")
        hands.window.go("library")
        hands.window.library.list.clearSelection()
        hands.window.library.list.setCurrentIndex(QModelIndex())
        hands.window.messages.hide()
        hands.rest(1.0)
        _save(hands, target / "library.png")
        _progress(hands, target / "progress.png")
        hands.window.go("playlists")
        hands.rest(1.5)
        hands.window.keys.toggle()
        hands.rest(0.3)
        _save(hands, target / "keys.png")
        hands.leave()


def _dated(film: Path, target: Path, days: int) -> Path:
    """The film as a phone would have written it that many days ago: with its time in the container."""
    moment = datetime.now(UTC) - timedelta(days=days)
    with av.open(str(film)) as read, av.open(str(target), "w") as write:
        write.metadata["creation_time"] = moment.isoformat(timespec="seconds")
        stream = write.add_stream_from_template(read.streams.video[0])
        for packet in read.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                write.mux(packet)
    return target


def _session(hands: Hands, path: Path) -> None:
    series = hands.session.opened
    assert series is not None
    count = len(series.session.film.timeline)
    hands.go(count // 4)
    for key in ("Good", "Attempt"):
        hands.press(hands.tags.bar.buttons[key])
    hands.go(count // 2)
    hands.press(hands.tags.bar.buttons["Attempt"])
    deepest = _deepest(hands)
    hands.go(deepest)
    hands.press(hands.studio.rail.buttons["angle"])
    for part in ("hip", "knee", "ankle"):
        hands.click(hands.joint(f"right_{part}"))
    hands.studio.board.select("")
    # Not the preview's picture, which a busy machine shows for longer.
    canvas = hands.player.canvas
    hands.until(lambda: canvas.picture is not None and canvas.picture.exact, "the frame at full size")
    hands.rest(0.5)
    _save(hands, path)


def _playlist(hands: Hands) -> None:
    hands.session.inspector.tabs.setCurrentWidget(hands.tags.events)
    hands.tags.events.list.selectAll()
    hands.press(hands.tags.events.to_playlist)
    hands.until(lambda: isinstance(hands.application.activePopupWidget(), QMenu), "the menu of playlists")
    menu = hands.application.activePopupWidget()
    assert isinstance(menu, QMenu)
    menu.actions()[-1].trigger()
    menu.close()
    hands.work_done()


def _light(hands: Hands, path: Path) -> None:
    look.wear("light")
    hands.rest(0.5)
    _save(hands, path)
    look.wear("dark")


def _compare(hands: Hands, path: Path) -> None:
    hands.window.go("library")
    library = hands.window.library
    hands.until(lambda: len(library.model.cards) == len(_FILMS), "the cards")
    _choose(hands, lambda name: name in _COMPARED)
    hands.press(library.selection.compare)
    view = hands.window.shown("compare")
    assert isinstance(view, CompareView)
    hands.until(lambda: view.comparison is not None, "the comparison")
    hands.until(lambda: all(side.player.canvas.picture is not None for side in view.sides), "both films")
    hands.window.messages.hide()
    view.link.seek(2.0)
    hands.rest(1.5)
    _save(hands, path)


def _choose(hands: Hands, wanted: Callable[[str], bool]) -> None:
    library = hands.window.library
    library.list.clearSelection()
    for row, card in enumerate(library.model.cards):
        if wanted(Path(card.name).stem):
            library.list.selectionModel().select(library.model.index(row, 0), QItemSelectionModel.SelectionFlag.Select)


def _progress(hands: Hands, path: Path) -> None:
    _choose(hands, lambda name: name.startswith("Squats"))
    hands.window.library.selection.athlete_named.emit(_ATHLETE)
    hands.work_done()
    hands.window.go("progress")
    screen = hands.window.shown("progress")
    assert isinstance(screen, ProgressView)
    hands.until(lambda: screen.told is not None and screen.number.findText(_NUMBER) >= 0, "the athlete's numbers")
    screen.number.setCurrentText(_NUMBER)
    hands.window.messages.hide()
    hands.rest(1.0)
    _save(hands, path)


def _deepest(hands: Hands) -> int:
    """The frame in which the right knee is most bent."""
    opened = hands.session.opened
    assert opened is not None
    knee = next(one for _, one in opened.session.series() if one.name == "angle.right_knee")
    return opened.session.film.timeline.index_of(int(knee.pts[np.nanargmax(knee.values)]))


def _save(hands: Hands, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    hands.look(path.stem).replace(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
