"""The library's screen: filters, many at once, all of it undoable; clips that came together named in one gesture."""

from __future__ import annotations

import shutil
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from pytestqt.qtbot import QtBot

from coachvision import settings
from coachvision.accounts.account import Standing
from coachvision.accounts.service import Service
from coachvision.app import screen_stack
from coachvision.app.card_delegate import CHECK
from coachvision.app.here import Here
from coachvision.app.library_actions import Filter, begin_of
from coachvision.app.library_view import LibraryView
from coachvision.app.window import Window
from coachvision.library import Library
from coachvision.library import videos as library_videos
from coachvision.video.writer import VideoWriter
from tests.app.conftest import PATIENCE_MS, Open
from tests.app.test_story import drop
from tests.library.samples import Facts
from tests.support.clips import write_clip
from tests.support.weeks import keep_weeks


@pytest.fixture
def two(tmp_path: Path) -> list[str]:
    """Kim of the U18 with three sessions, Lena with two; newest first."""
    keep_weeks(tmp_path / "library", "Kim", (0.31, 0.35, 0.33), team="U18")
    keep_weeks(tmp_path / "library", "Lena", (0.4, 0.41))
    with Library.open(tmp_path / "library") as library:
        return library.session_ids()


def write_ramp(path: Path, frames: int = 60) -> Path:
    """A film of plain grey that grows brighter, from black to white."""
    with VideoWriter(path, 160, 90, time_base=Fraction(1, 30)) as writer:
        for index in range(frames):
            writer.write(np.full((90, 160, 3), round(index * 255 / (frames - 1)), np.uint8), index)
    return path


def ready(window: Window | LibraryView, qtbot: QtBot, count: int) -> LibraryView:
    view = window.library if isinstance(window, Window) else window
    qtbot.waitUntil(lambda: view.settled and len(view.model.cards) == count, timeout=PATIENCE_MS)
    return view


def choose(view: LibraryView, qtbot: QtBot, *rows: int) -> None:
    """Click the circles of these cards."""
    for row in rows:
        corner = view.list.visualRect(view.model.index(row, 0)).topLeft()
        qtbot.mouseClick(view.list.viewport(), Qt.MouseButton.LeftButton, pos=corner + CHECK.center())


def settled(view: LibraryView, qtbot: QtBot, count: int) -> None:
    qtbot.waitUntil(lambda: view.settled and len(view.model.ids) == count, timeout=PATIENCE_MS)


def test_filters_narrow_what_is_shown_and_one_button_shows_all(open_window: Open, qtbot: QtBot, two: list[str]) -> None:
    view = ready(open_window(), qtbot, 5)
    qtbot.waitUntil(lambda: view.filters.athlete.count() == 3, timeout=PATIENCE_MS)
    view.filters.athlete.setCurrentText("Lena")
    settled(view, qtbot, 2)
    view.filters.reset()
    settled(view, qtbot, 5)
    view.filters.team.setCurrentText("U18")
    settled(view, qtbot, 3)
    view.filters.period.setCurrentText("Today")
    settled(view, qtbot, 0)
    assert view._nothing.isVisible()
    qtbot.mouseClick(view.filters.clear, Qt.MouseButton.LeftButton)
    settled(view, qtbot, 5)
    assert not view.filters.clear.isVisible()


def test_periods_begin_at_the_coachs_own_midnight() -> None:
    assert begin_of("Any time", date(2026, 11, 23)) == ""
    monday, week = begin_of("Today", date(2026, 11, 23)), begin_of("Last 7 days", date(2026, 11, 23))
    assert monday.endswith("Z")
    assert week < monday
    assert begin_of("This year", date(2026, 11, 23)) < begin_of("Last 30 days", date(2026, 11, 23)) < week
    assert Filter().empty
    assert not Filter(tag="knee").empty


def test_many_are_tagged_and_untagged_in_one_step(open_window: Open, qtbot: QtBot, two: list[str]) -> None:
    window = open_window()
    view = ready(window, qtbot, 5)
    choose(view, qtbot, 0, 2)
    assert view.list.ids() == [two[0], two[2]]
    assert view.selection.isVisible()
    assert view.selection.count.text() == "2 chosen"
    edit = view.selection.tag.lineEdit()
    assert edit is not None
    qtbot.keyClicks(edit, "check knee")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    qtbot.waitUntil(
        lambda: [c.id for c in view.model.cards if "check knee" in c.tags] == [two[0], two[2]], timeout=PATIENCE_MS
    )
    assert window.messages.text == "2 sessions tagged “check knee”."
    qtbot.waitUntil(lambda: view.filters.tag.findText("check knee") > 0, timeout=PATIENCE_MS)
    qtbot.mouseClick(window.messages._act, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not any(card.tags for card in view.model.cards), timeout=PATIENCE_MS)


def test_many_are_analyzed_by_key_and_by_button(
    open_window: Open, qtbot: QtBot, tmp_path: Path, counter_alone: str
) -> None:
    settings.save("analysis.auto", False)
    clips = [write_clip(tmp_path / f"{frames}.mp4", frames=frames) for frames in (9, 10, 11)]
    window = open_window()
    window.add_videos(clips)
    view = ready(window, qtbot, 3)
    qtbot.waitUntil(lambda: not window.tasks.shown, timeout=PATIENCE_MS)
    assert not any(card.analyzed for card in view.model.cards)
    choose(view, qtbot, 0, 1)
    chosen = set(view.list.ids())
    qtbot.mouseClick(view.selection.analyze, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: {c.id for c in view.model.cards if c.analyzed} == chosen, timeout=PATIENCE_MS)
    assert view.list.ids() == []
    choose(view, qtbot, 2)
    qtbot.keyClick(view.list, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: all(card.analyzed for card in view.model.cards), timeout=PATIENCE_MS)


def test_the_mouse_over_a_card_scrubs_its_film(
    open_window: Open, qtbot: QtBot, tmp_path: Path, counter_alone: str
) -> None:
    # Frames grow brighter from black to white.
    window = open_window()
    window.add_videos([write_ramp(tmp_path / "ramp.mp4")])
    view = ready(window, qtbot, 1)
    window.go("library")
    qtbot.waitUntil(lambda: not window.tasks.shown and view.model.cards[0].sheet is not None, timeout=PATIENCE_MS)
    viewport = view.list.viewport()
    card = view.list.visualRect(view.model.index(0, 0))
    picture = view.list.cards.picture.translated(card.topLeft())
    middle = picture.center().y()

    def bright(share: float) -> float:
        """How bright the middle of the card's picture is with the mouse there."""
        x = picture.left() + round(share * picture.width())
        qtbot.mouseMove(viewport, QPoint(x, middle))
        qtbot.waitUntil(lambda: view.list.cards.hover[1] == pytest.approx(share, abs=0.02), timeout=PATIENCE_MS)
        image = viewport.grab().toImage()
        at = picture.center()
        return image.pixelColor(at).lightnessF()

    bright(0.5)
    qtbot.waitUntil(lambda: bright(0.95) > bright(0.05) + 0.4, timeout=PATIENCE_MS)
    shades = [bright(share) for share in (0.05, 0.3, 0.6, 0.95)]
    assert shades == sorted(shades)
    assert len(set(shades)) == 4


def test_many_are_deleted_by_key_and_brought_back(open_window: Open, qtbot: QtBot, two: list[str]) -> None:
    window = open_window()
    view = ready(window, qtbot, 5)
    qtbot.keyClick(view.list, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(view.list.ids()) == 5
    qtbot.keyClick(view.list, Qt.Key.Key_Delete)
    settled(view, qtbot, 0)
    assert window.messages.text == "5 sessions are in the trash."
    qtbot.mouseClick(window.messages._act, Qt.MouseButton.LeftButton)
    settled(view, qtbot, 5)
    assert view.model.ids == two


def test_many_are_named_at_once(open_window: Open, qtbot: QtBot, two: list[str]) -> None:
    window = open_window()
    view = ready(window, qtbot, 5)
    choose(view, qtbot, 1, 3)
    view.selection.athlete_named.emit("Mika")
    qtbot.waitUntil(lambda: [c.athlete for c in view.model.cards].count("Mika") == 2, timeout=PATIENCE_MS)
    qtbot.waitUntil(window.messages.isVisible, timeout=PATIENCE_MS)
    qtbot.mouseClick(window.messages._act, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: [c.athlete for c in view.model.cards].count("Mika") == 0, timeout=PATIENCE_MS)
    assert sorted(card.athlete for card in view.model.cards) == ["Kim"] * 3 + ["Lena"] * 2


def test_many_are_exported_into_a_folder_and_nothing_is_overwritten(
    open_window: Open, qtbot: QtBot, two: list[str], tmp_path: Path
) -> None:
    window = open_window()
    view = ready(window, qtbot, 5)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "Jumps, week 1.json").write_text("mine")
    view.chosen.export_into(two, "json", tmp_path / "out")
    qtbot.waitUntil(window.messages.isVisible, timeout=PATIENCE_MS)
    assert window.messages.text == f"5 of 5 sessions written to {tmp_path / 'out'}."
    assert len(list((tmp_path / "out").iterdir())) == 6
    assert (tmp_path / "out" / "Jumps, week 1.json").read_text() == "mine"


def test_cards_tell_and_are_in_the_order_of_when_they_were_filmed(
    open_window: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    moments = ("2024-05-03T12:00:00+00:00", "2024-05-17T12:00:00+00:00", "2024-05-10T12:00:00+00:00")

    def add(library: Library, moment: str) -> str:
        film = tmp_path / "film.mp4"
        film.write_text(moment, "utf-8")
        return library.create_session(library.add_video(film, Facts(recorded=moment)))

    with Library.open(tmp_path / "library") as library:
        third, tenth = add(library, moments[0]), add(library, moments[2])
    view = ready(open_window(), qtbot, 2)
    view.list.selectionModel().select(view.model.index(1, 0), QItemSelectionModel.SelectionFlag.Select)
    with Library.open(tmp_path / "library") as library:
        seventeenth = add(library, moments[1])
    view.refresh()
    ready(view, qtbot, 3)
    told = [view.model.index(row, 0).data(int(Qt.ItemDataRole.AccessibleTextRole)) for row in range(3)]
    assert [text.split(", ")[1] for text in told] == ["17 May 2024", "10 May 2024", "3 May 2024"]
    assert view.model.ids == [seventeenth, tenth, third]
    # What was chosen stays chosen while another comes between.
    assert view.list.ids() == [third]


@pytest.mark.parametrize("width", [960, 1280, 1440, 1919])
def test_cards_fill_the_row_whether_it_is_scrolled_or_not(
    open_window: Open, qtbot: QtBot, two: list[str], width: int
) -> None:
    window = open_window()
    view = ready(window, qtbot, 5)

    def rights() -> list[int]:
        """Where the cards of the first row end."""
        rects = [view.list.visualRect(view.model.index(row, 0)) for row in range(5)]
        places = [view.list.viewport().mapTo(view.list, rect.topRight()) for rect in rects]
        return [place.x() for place in places if place.y() == places[0].y()]

    for height in (1000, 600):
        window.resize(width, height)
        # As many as fit, and where there are more than the row holds none of it is left: the bar has its place, and
        # what whole pixels cannot share out is less than one a card.
        qtbot.waitUntil(lambda: len(rights()) == min(5, (width - 19) // 304), timeout=PATIENCE_MS)
        if len(rights()) < 5:
            assert 18 < width - rights()[-1] <= 20 + len(rights())


def test_a_click_opens_and_the_circle_chooses(open_window: Open, qtbot: QtBot, two: list[str]) -> None:
    window = open_window()
    view = ready(window, qtbot, 5)
    choose(view, qtbot, 1)
    assert view.isVisible()
    choose(view, qtbot, 1)
    assert view.list.ids() == []
    corner = view.list.visualRect(view.model.index(1, 0)).topLeft()
    qtbot.mouseClick(view.list.viewport(), Qt.MouseButton.LeftButton, pos=corner + QPoint(120, 90))
    assert window.session.session == two[1]


def test_escape_puts_the_choice_down(open_window: Open, qtbot: QtBot, two: list[str]) -> None:
    view = ready(open_window(), qtbot, 5)
    choose(view, qtbot, 0, 1)
    qtbot.keyClick(view.list, Qt.Key.Key_Escape)
    assert view.list.ids() == []
    assert not view.selection.isVisible()


def test_words_of_the_cloud_stand_on_the_cards(open_window: Open, qtbot: QtBot, two: list[str]) -> None:
    view = ready(open_window(), qtbot, 5)
    view.model.tell_states({two[1]: "uploading 43 %"})
    told = view.model.data(view.model.index(1, 0), int(Qt.ItemDataRole.AccessibleTextRole))
    assert told.endswith("uploading 43 %")


@pytest.mark.timeout(600)
def test_ten_clips_that_come_together_are_named_by_the_roster_in_one_gesture(
    open_window: Open, qtbot: QtBot, tmp_path: Path, counter_alone: str
) -> None:
    settings.save("analysis.auto", value=False)
    settings.save("import.proxy", value=False)
    roster = ["Kim", "Lena", "Mika", "Noor", "Ola", "Pia", "Quin", "Rosa", "Sam", "Tia"]
    clips = [write_clip(tmp_path / f"IMG_{number}.mp4", frames=5 + number) for number in range(10)]
    window = open_window()
    view = ready(window, qtbot, 0)
    # In another order than they were filmed.
    drop(window, *reversed(clips))
    # Ten files are examined, each in a process of its own.
    qtbot.waitUntil(view.naming.isVisible, timeout=4 * PATIENCE_MS)
    assert [clip.name for clip in view.naming.clips] == [clip.name for clip in clips]
    view.naming.team_wanted.emit("U18", roster)
    qtbot.waitUntil(lambda: bool(view._names.members), timeout=PATIENCE_MS)
    view.naming.by_roster(dict(view._names.members)["U18"])

    def named() -> bool:
        return {card.name: card.athlete for card in view.model.cards} == {
            clip.name: athlete for clip, athlete in zip(clips, roster, strict=True)
        }

    qtbot.waitUntil(named, timeout=PATIENCE_MS)
    first = view.naming.boxes[view.naming.clips[0].session]
    first.activated.emit(first.findText("Tia"))
    qtbot.waitUntil(lambda: sum(card.athlete == "Tia" for card in view.model.cards) == 2, timeout=PATIENCE_MS)
    qtbot.mouseClick(view.naming.done, Qt.MouseButton.LeftButton)
    assert not view.naming.isVisible()


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_low_disk_offers_to_leave_the_video_where_it_is(
    open_window: Open, qtbot: QtBot, tmp_path: Path, counter_alone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library_videos.shutil, "disk_usage", lambda _path: Usage(10**12, 10**12 - 10**6, 10**6))
    clip = write_clip(tmp_path / "squat.mp4", frames=9)
    window = open_window(clip)
    qtbot.waitUntil(window.messages.isVisible, timeout=PATIENCE_MS)
    assert window.messages.text.startswith("“squat.mp4” does not fit on the library's disk.")
    assert window.library.model.rowCount() == 0
    qtbot.mouseClick(window.messages._act, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.session.opened is not None, timeout=PATIENCE_MS)
    opened = window.session.opened
    assert opened is not None
    assert opened.session.film.path == clip
    assert shutil.disk_usage(tmp_path).free == 10**6


def test_video_in_the_watched_folder_is_added_by_itself(
    open_window: Open, qtbot: QtBot, tmp_path: Path, counter_alone: str
) -> None:
    (tmp_path / "card").mkdir()
    settings.save("import.watch_folder", str(tmp_path / "card"))
    clip = write_clip(tmp_path / "squat.mp4", frames=9)
    window = open_window()
    arrivals = window.arrivals
    qtbot.waitUntil(arrivals._looking.isActive, timeout=PATIENCE_MS)
    arrivals._looking.setInterval(30)
    qtbot.waitUntil((tmp_path / "config" / "watched.json").is_file, timeout=PATIENCE_MS)
    shutil.copy(clip, tmp_path / "card" / "squat.mp4")
    qtbot.waitUntil(lambda: [card.name for card in window.library.model.cards] == ["squat.mp4"], timeout=PATIENCE_MS)
    # Nobody is taken away from what he does.
    assert window.library.isVisible()


def test_whoever_scrolls_or_searches_is_not_held_up_by_what_is_made_ready(
    open_window: Open, qtbot: QtBot, two: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen_stack, "_WARM_MS", 600_000)
    window = open_window()
    view = ready(window, qtbot, len(two))
    window.resize(window.minimumSize())
    bar, warmer = view.list.verticalScrollBar(), window.screens._warmer
    qtbot.waitUntil(lambda: bar.maximum() > 0 and warmer.isActive(), timeout=PATIENCE_MS)
    for use in (lambda: bar.setValue(bar.maximum()), lambda: window.header.search.setText("jumps")):
        qtbot.wait(1000)
        before = warmer.remainingTime()
        use()
        assert warmer.remainingTime() > before


@pytest.mark.parametrize(("kept", "told"), [(None, True), (False, True), (True, False)])
def test_an_empty_library_promises_that_nothing_leaves_only_where_that_is_so(
    open_window: Open, kept: bool | None, told: bool
) -> None:
    service = Service("https://auth.example.org", "key", "https://gateway.example.org")
    empty = open_window().library._empty
    empty.tell(Here(Standing("signed_in", "1", "anna@example.org", service), kept=kept))
    assert ("Nothing leaves this computer." in empty.about.text()) is told
    assert not empty.account.isVisible()
