"""Drawings in the pictures and films that leave the window, and several poses in one picture."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from coachvision.core.drawing import KINDS, Anchor, Drawing, Joint, Seen, Style
from coachvision.core.frames import Image
from coachvision.core.scene import Scene
from coachvision.errors import CoachVisionError, UsageError
from coachvision.library import Library
from coachvision.services.export.drawings import paint
from coachvision.services.export.html import export_html
from coachvision.services.export.kinogram import export_kinogram
from coachvision.services.export.mp4 import export_mp4
from coachvision.services.export.png import export_png
from coachvision.services.marks import MarkChanges, save_marks
from coachvision.synth import scenes
from coachvision.video.probe import probe_here
from coachvision.video.reader import VideoReader
from tests.support import athletes, sessions

RED = Style("#ff0000", 8.0)
BOX = Drawing("box", "rectangle", (Anchor(20, 20), Anchor(120, 100)), 0, whole=True, style=RED)


def reds(image: Image) -> int:
    """Pixels that are plainly red: the film has none."""
    wide = image.astype(np.int16)
    return int(((wide[..., 0] > 150) & (wide[..., 1] < 80) & (wide[..., 2] < 80)).sum())


def read(path: Path) -> Image:
    return np.asarray(cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB), np.uint8)


@pytest.fixture
def kept(tmp_path: Path) -> tuple[Library, str]:
    library = Library.open(tmp_path / "library")
    session = sessions.keep(library, tmp_path / "film.mp4")
    save_marks(library, session, MarkChanges({"box": BOX}), sessions.timeline())
    return library, session


def test_drawings_are_in_picture_film_and_report(kept: tuple[Library, str], tmp_path: Path) -> None:
    library, session = kept
    with library:
        with_it = reds(read(export_png(library, session, tmp_path / "with.png", at_s=1.0)))
        film = export_mp4(library, session, tmp_path / "with.mp4", start_s=0.9, end_s=1.1)
        report = export_html(library, session, tmp_path / "with.html").stat().st_size
        save_marks(library, session, MarkChanges({"box": None}), sessions.timeline())
        without = reds(read(export_png(library, session, tmp_path / "without.png", at_s=1.0)))
        plain = export_html(library, session, tmp_path / "without.html").stat().st_size
    # A frame of 100 by 80, two pixels wide at least.
    assert with_it - without > 2 * 2 * 180
    with VideoReader(film, probe_here(film)) as reader:
        assert reds(next(iter(reader.frames())).rgb) > 2 * 180
    assert report != plain


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_is_seen_and_half_of_it_where_it_fades(kind: str) -> None:
    line = sessions.timeline()
    places = [(60, 60), (160, 90), (150, 160), (50, 150)]
    points = tuple(Anchor(*place) for place in places[: max(KINDS[kind].least, min(KINDS[kind].most, 4))])
    path = tuple(Seen(int(line.pts[k]), 60 + 3 * k, 90) for k in range(20)) if kind == "track" else ()
    drawing = Drawing("d", kind, points, int(line.pts[10]), whole=True, style=RED, text="Heels", path=path)
    grey = np.full((sessions.HEIGHT, sessions.WIDTH, 3), 120, np.uint8)
    grey[::2, ::3] = 90
    whole = paint(grey, Scene(line, sessions.HEIGHT, [drawing]), int(line.pts[10]))
    changed = np.abs(whole.astype(np.int16) - grey).sum()
    assert (whole != grey).any(axis=2).sum() > 100
    faint = replace(drawing, style=replace(RED, opacity=0.5))
    half = paint(grey, Scene(line, sessions.HEIGHT, [faint]), int(line.pts[10]))
    assert 0.3 * changed < np.abs(half.astype(np.int16) - grey).sum() < 0.8 * changed


def test_what_follows_a_joint_is_drawn_there_in_the_film(kept: tuple[Library, str], tmp_path: Path) -> None:
    library, session = kept
    with library:
        on_knee = Drawing("m", "marker", (Anchor(0, 0, Joint(1, "left_knee")),), 0, whole=True, style=RED)
        save_marks(library, session, MarkChanges({"box": None, "m": on_knee}), sessions.timeline())
        places = sessions.squat().points[:, 25]
        for frame in (0, 15):
            image = read(export_png(library, session, tmp_path / f"{frame}.png", at_s=frame / sessions.FPS))
            x, y = places[frame].round().astype(int)
            assert reds(image[y - 6 : y + 7, x - 6 : x + 7]) > 20


def test_an_athlete_on_one_spot_stands_side_by_side_with_himself(kept: tuple[Library, str], tmp_path: Path) -> None:
    library, session = kept
    with library:
        image = read(export_kinogram(library, session, tmp_path / "kino.png", poses=5))
        assert image.shape[0] == 720
        assert image.shape[1] > 720
        with pytest.raises(UsageError, match="2 poses"):
            export_kinogram(library, session, tmp_path / "no.png", poses=2)
        with pytest.raises(CoachVisionError, match="long enough"):
            export_kinogram(library, session, tmp_path / "no.png", start_s=0.5, end_s=0.51)
        library.save_run(session, "pose", "1", {}, sessions.angles(), sessions.timeline())
        with pytest.raises(CoachVisionError, match="no athlete"):
            export_kinogram(library, session, tmp_path / "no.png")
    assert not (tmp_path / "no.png").exists()


def test_a_walker_is_seen_several_times_over_one_background(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library") as library:
        scene = scenes.walk(3, size=(640, 360), fps=10.0)
        session = athletes.keep(library, scene, tmp_path / "walk.mp4")
        target = export_kinogram(library, session, tmp_path / "kino.png", poses=5, skeleton=False)
    image = read(target)
    assert image.shape == (360, 640, 3)
    # The same athlete, in the same blue shirt, at five places: five separate columns of blue.
    blue = (image[..., 2].astype(int) - image[..., 0] > 60).sum(axis=0) > 12
    assert int(np.count_nonzero(np.diff(blue.astype(int)) == 1)) >= 5
