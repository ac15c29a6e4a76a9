"""The pictures of the README: a drawn athlete in the real window, analyzed by the real network.

`python -m tests.tour.pictures docs/pictures` needs a screen (`xvfb-run`) or QT_QPA_PLATFORM=offscreen.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import numpy as np
from PySide6.QtWidgets import QMenu

from coachvision.app import look
from coachvision.app.compare.view import CompareView
from coachvision.synth import scenes
from coachvision.synth.render import render
from tests.tour.hands import Hands

_SIZE = (1280, 720)
# Two athletes of another shape and pace each.
_FILMS = {"Squats, Monday.mp4": 3, "Squats, Friday.mp4": 8}


def main(target: Path) -> None:
    """Make them all."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        os.environ["COACHVISION_CONFIG"] = str(folder / "config")
        hands = Hands(folder / "library", folder / "looks", size=(1440, 900))
        for name, seed in _FILMS.items():
            render(scenes.squats(seed, 3, size=_SIZE, fps=30.0), folder / name)
            hands.drop(folder / name)
            hands.until(lambda name=name: hands.title == name, name)  # type: ignore[misc]
            hands.film_shown()
            hands.work_done()
            hands.until(lambda: bool(hands.session.opened and hands.session.opened.numbers), "the numbers")
        _session(hands, target / "session.png")
        _light(hands, target / "light.png")
        _playlist(hands)
        _compare(hands, target / "compare.png")
        hands.window.go("library")
        hands.window.messages.hide()
        hands.rest(1.0)
        _save(hands, target / "library.png")
        hands.window.go("playlists")
        hands.rest(1.5)
        hands.window.keys.toggle()
        hands.rest(0.3)
        _save(hands, target / "keys.png")
        hands.leave()


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
    library.list.selectAll()
    hands.press(library.selection.compare)
    view = hands.window.shown("compare")
    assert isinstance(view, CompareView)
    hands.until(lambda: view.comparison is not None, "the comparison")
    hands.until(lambda: all(side.player.canvas.picture is not None for side in view.sides), "both films")
    view.link.seek(2.0)
    hands.rest(1.5)
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
