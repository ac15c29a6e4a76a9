"""Tagging while one watches: keys and buttons make moments, all undoable, all kept at once."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from coachvision.app import keeping
from coachvision.app.axis import LEFT, RIGHT
from coachvision.app.tagging.events import _ENTRY
from coachvision.app.timeline_lines import ROW
from coachvision.app.window import Window
from coachvision.core.tagging import MARKER, Board, Button, Moment
from coachvision.errors import LibraryError
from coachvision.library import Library
from tests.app.conftest import PATIENCE_MS, Open
from tests.app.tagging.conftest import FRAMES, Watch, desk_of, go_to, kept, shown

_Key = Qt.Key
LEFT_BUTTON = Qt.MouseButton.LeftButton


def frames(window: Window, moment: Moment) -> tuple[int, int | None]:
    line = desk_of(window).book.timeline
    assert line is not None
    return line.index_of(moment.start_pts), None if moment.end_pts is None else line.index_of(moment.end_pts)


def press(window: Window, qtbot: QtBot, key: Qt.Key, modifiers: Qt.KeyboardModifier | None = None) -> None:
    player = window.session.player
    assert player is not None
    qtbot.keyClick(player, key, modifiers or Qt.KeyboardModifier.NoModifier)


def test_keys_tag_what_is_seen_and_it_is_there_next_time(
    watch: Watch, open_window: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    window = watch()
    go_to(window, qtbot, 120)
    press(window, qtbot, _Key.Key_1)
    press(window, qtbot, _Key.Key_M)
    go_to(window, qtbot, 200)
    press(window, qtbot, _Key.Key_3)
    assert desk_of(window).book.waiting == {"Attempt"}
    assert "press again" in desk_of(window).bar.buttons["Attempt"].text()
    go_to(window, qtbot, 150)
    press(window, qtbot, _Key.Key_3)
    moments = kept(window, qtbot, tmp_path)
    assert [(m.category, *frames(window, m)) for m in moments] == [
        ("Good", 30, 180), (MARKER, 120, None), ("Attempt", 150, 200),
    ]  # fmt: skip
    session = window.session.session
    window.close()
    again = open_window()
    qtbot.waitUntil(lambda: bool(again.library.model.cards), timeout=PATIENCE_MS)
    again.open_session(session)
    shown(again, qtbot)
    qtbot.waitUntil(lambda: len(desk_of(again).book.rows) == 3, timeout=PATIENCE_MS)
    assert [line.name for line in desk_of(again).rows.canvas.lines] == ["Good", MARKER, "Attempt"]


def test_the_tab_of_events_counts_what_is_tagged_while_another_is_shown(watch: Watch, qtbot: QtBot) -> None:
    window = watch()
    tabs, events = window.session.inspector.tabs, desk_of(window).events
    assert not events.isVisible()
    assert tabs.tabText(tabs.indexOf(events)) == "Events"
    press(window, qtbot, _Key.Key_M)
    qtbot.waitUntil(lambda: tabs.tabText(tabs.indexOf(events)) == "Events 1", timeout=PATIENCE_MS)
    qtbot.keyClick(window.session.player, _Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: tabs.tabText(tabs.indexOf(events)) == "Events", timeout=PATIENCE_MS)


def test_tags_are_made_while_it_plays(watch: Watch, qtbot: QtBot) -> None:
    window = watch()
    player = window.session.player
    assert player is not None
    press(window, qtbot, _Key.Key_Space)
    qtbot.waitUntil(lambda: player.index > 5, timeout=PATIENCE_MS)
    press(window, qtbot, _Key.Key_M)
    assert player.playing
    at = player.index
    (row,) = desk_of(window).book.rows
    assert abs(frames(window, row.moment)[0] - at) <= 3


def test_everything_is_undone_and_done_again_and_kept_so(watch: Watch, qtbot: QtBot, tmp_path: Path) -> None:
    window = watch()
    book = desk_of(window).book
    go_to(window, qtbot, 100)
    press(window, qtbot, _Key.Key_1)
    press(window, qtbot, _Key.Key_M)
    made = [row.moment for row in book.rows]
    page = desk_of(window).events
    window.session.inspector.tabs.setCurrentWidget(page)
    book.split(book.rows[0].id, book.rows[1].moment.start_pts)
    book.remove([book.rows[-1].id], "Delete")
    done = [row.moment for row in book.rows]
    for _ in range(4):
        press(window, qtbot, _Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert kept(window, qtbot, tmp_path) == []
    assert book.rows == ()
    for _ in range(2):
        press(window, qtbot, _Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert [row.moment for row in book.rows] == made == kept(window, qtbot, tmp_path)
    for _ in range(2):
        press(window, qtbot, _Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert kept(window, qtbot, tmp_path) == done
    # The list has followed all of it, line by line.
    assert [page.list.item(at).data(_ENTRY).id for at in range(page.list.count())] == [row.id for row in book.rows]


def test_b_splits_the_span_at_the_frame_shown(watch: Watch, qtbot: QtBot) -> None:
    window = watch()
    go_to(window, qtbot, 120)
    press(window, qtbot, _Key.Key_1)
    go_to(window, qtbot, 100)
    press(window, qtbot, _Key.Key_B)
    assert [frames(window, row.moment) for row in desk_of(window).book.rows] == [(30, 100), (100, 180)]
    go_to(window, qtbot, 10)
    press(window, qtbot, _Key.Key_B)
    assert len(desk_of(window).book.rows) == 2


def test_buttons_tag_as_keys_do_and_words_are_added_with_a_click(watch: Watch, qtbot: QtBot, tmp_path: Path) -> None:
    window = watch()
    bar = desk_of(window).bar
    go_to(window, qtbot, 50)
    qtbot.mouseClick(bar.buttons["To work on"], LEFT_BUTTON)
    assert set(bar.words) == {"Technique", "Timing", "Position", "Effort"}
    qtbot.mouseClick(bar.words["Timing"], LEFT_BUTTON)
    qtbot.mouseClick(bar.words["Effort"], LEFT_BUTTON)
    qtbot.mouseClick(bar.words["Timing"], LEFT_BUTTON)
    (moment,) = kept(window, qtbot, tmp_path)
    assert (moment.category, moment.descriptors) == ("To work on", ("Effort",))


def place(window: Window, row: int, frame: int) -> QPoint:
    """Where that frame is in a row."""
    canvas = desk_of(window).rows.canvas
    share = frame / (FRAMES - 1)
    return QPoint(round(LEFT + share * (canvas.width() - LEFT - RIGHT)), row * ROW + ROW // 2)


def drag(window: Window, qtbot: QtBot, start: QPoint, end: QPoint) -> None:
    canvas = desk_of(window).rows.canvas
    qtbot.mousePress(canvas, LEFT_BUTTON, pos=start)
    for share in (0.3, 0.6, 1.0):
        at = start + (end - start) * share
        qtbot.mouseMove(canvas, at)
    qtbot.mouseRelease(canvas, LEFT_BUTTON, pos=end)


def test_edges_and_bars_are_dragged_in_the_rows_and_deleted_by_key(watch: Watch, qtbot: QtBot, tmp_path: Path) -> None:
    window = watch()
    player, canvas = window.session.player, desk_of(window).rows.canvas
    assert player is not None
    go_to(window, qtbot, 120)
    press(window, qtbot, _Key.Key_1)
    qtbot.waitUntil(lambda: canvas.width() > 300, timeout=PATIENCE_MS)
    drag(window, qtbot, place(window, 0, 180), place(window, 0, 210))
    (row,) = desk_of(window).book.rows
    first, last = frames(window, row.moment)
    assert first == 30
    assert last is not None
    assert abs(last - 210) <= 1
    # The edge under the mouse is what is seen.
    qtbot.waitUntil(lambda: player.index == last, timeout=PATIENCE_MS)
    drag(window, qtbot, place(window, 0, 100), place(window, 0, 90))
    (row,) = desk_of(window).book.rows
    moved = frames(window, row.moment)
    assert abs(moved[0] - 20) <= 1
    assert (moved[1] or 0) - moved[0] == pytest.approx(last - first, abs=1)
    assert canvas.choice == row.id
    press(window, qtbot, _Key.Key_Delete)
    assert kept(window, qtbot, tmp_path) == []
    press(window, qtbot, _Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert kept(window, qtbot, tmp_path) == [row.moment]


def test_a_click_on_a_bar_goes_to_its_beginning_and_a_double_click_plays_it_round(watch: Watch, qtbot: QtBot) -> None:
    window = watch()
    player, canvas = window.session.player, desk_of(window).rows.canvas
    assert player is not None
    go_to(window, qtbot, 120)
    press(window, qtbot, _Key.Key_1)
    qtbot.mouseClick(canvas, LEFT_BUTTON, pos=place(window, 0, 100))
    qtbot.waitUntil(lambda: player.index == 30, timeout=PATIENCE_MS)
    window.session.inspector.tabs.setCurrentWidget(desk_of(window).events)
    assert len(desk_of(window).events.selected()) == 1
    qtbot.mouseDClick(canvas, LEFT_BUTTON, pos=place(window, 0, 100))
    transport = player.transport
    assert transport is not None
    assert (player.playing, transport.first, transport.last, transport.loop) == (True, 30, 180, True)


def test_the_list_filters_goes_there_and_keeps_notes(watch: Watch, qtbot: QtBot, tmp_path: Path) -> None:
    window = watch()
    player, page = window.session.player, desk_of(window).events
    assert player is not None
    for frame, key in ((120, _Key.Key_1), (150, _Key.Key_2), (50, _Key.Key_M)):
        go_to(window, qtbot, frame)
        press(window, qtbot, key)
    window.session.inspector.tabs.setCurrentWidget(page)
    assert [page.list.item(at).text().split("\n")[0] for at in range(3)] == ["Good", MARKER, "To work on"]
    page.kind.setCurrentIndex(page.kind.findText("Good"))
    assert page.list.count() == 1
    page.kind.setCurrentIndex(0)
    page.filter.setText("work")
    assert page.list.count() == 1
    item = page.list.item(0)
    qtbot.mouseClick(page.list.viewport(), LEFT_BUTTON, pos=page.list.visualItemRect(item).center())
    qtbot.waitUntil(lambda: player.index == 60, timeout=PATIENCE_MS)
    page.note.setFocus()
    qtbot.keyClicks(page.note, "heels up")
    qtbot.keyClick(page.note, _Key.Key_Return)
    assert [m.note for m in kept(window, qtbot, tmp_path) if m.category == "To work on"] == ["heels up"]
    page.filter.setText("heels")
    page.list.item(0).setSelected(True)
    qtbot.keyClick(page.list, _Key.Key_Delete)
    assert len(kept(window, qtbot, tmp_path)) == 2


def test_the_board_is_edited_in_place_and_a_letter_presses_its_button(
    watch: Watch, qtbot: QtBot, tmp_path: Path
) -> None:
    window = watch()
    desk = desk_of(window)
    qtbot.mouseClick(desk.bar.edit, LEFT_BUTTON)
    editor = desk.editor
    assert editor.isVisible()
    qtbot.mouseClick(editor.add, LEFT_BUTTON)
    editor.button_name.clear()
    qtbot.keyClicks(editor.button_name, "Tackle")
    qtbot.keyClick(editor.button_name, _Key.Key_Return)
    qtbot.keyClicks(editor.key, "t")
    qtbot.keyClick(editor.key, _Key.Key_Return)
    editor.lead.setValue(1.0)
    editor.lag.setValue(0.5)
    qtbot.keyClicks(editor.words, "Left, Right, Left")
    qtbot.keyClick(editor.words, _Key.Key_Return)
    colour = list(editor.colours)[5]
    qtbot.mouseClick(editor.colours[colour], LEFT_BUTTON)
    tackle = desk.book.board.buttons[-1]
    assert tackle == Button("Tackle", colour, "t", 1.0, 0.5, False, ("Left", "Right"))
    qtbot.mouseClick(editor.finish, LEFT_BUTTON)
    assert not editor.isVisible()
    go_to(window, qtbot, 60)
    press(window, qtbot, _Key.Key_T)
    (moment,) = kept(window, qtbot, tmp_path)
    assert (moment.category, moment.colour, *frames(window, moment)) == ("Tackle", colour, 30, 75)
    with Library.open(tmp_path / "library") as library:
        assert library.boards.first().board == desk.book.board


def test_a_key_that_plays_or_belongs_to_another_button_is_refused_in_words(watch: Watch, qtbot: QtBot) -> None:
    window = watch()
    desk = desk_of(window)
    desk.editor_shown.emit(True)
    before = desk.book.board
    for key, why in (("k", "Play or pause"), ("2", "more than one button")):
        desk.editor.list.setCurrentRow(0)
        desk.editor.key.setText(key)
        desk.editor.key.editingFinished.emit()
        assert desk.book.board == before
        assert desk.editor.trouble.isVisible()
        assert why in desk.editor.trouble.text()


def test_board_changes_are_undone_too(watch: Watch, qtbot: QtBot, tmp_path: Path) -> None:
    window = watch()
    desk = desk_of(window)
    before = desk.book.board
    desk.book.set_board(Board("Other", (Button("One"),)), "Board")
    assert list(desk.bar.buttons) == ["One"]
    press(window, qtbot, _Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert desk.book.board == before
    kept(window, qtbot, tmp_path)
    with Library.open(tmp_path / "library") as library:
        assert library.boards.first().board == before


def test_tags_of_another_program_come_in_are_undone_and_go_out(watch: Watch, qtbot: QtBot, tmp_path: Path) -> None:
    window = watch()
    desk = desk_of(window)
    table = tmp_path / "tags.csv"
    table.write_text("category,start_s,end_s\nRally,1,2.5\nServe,3,\nLate,99,\n")
    desk.events.import_wanted.emit(table)
    qtbot.waitUntil(lambda: len(desk.book.rows) == 2, timeout=PATIENCE_MS)
    assert "2 tags of tags.csv. 1 lay beyond" in window.messages.text
    assert [(m.category, *frames(window, m)) for m in kept(window, qtbot, tmp_path)] == [
        ("Rally", 30, 75), ("Serve", 90, None),
    ]  # fmt: skip
    desk.events.export_wanted.emit(tmp_path / "out.xml", False)
    qtbot.waitUntil(lambda: "out.xml is written" in window.messages.text, timeout=PATIENCE_MS)
    assert (tmp_path / "out.xml").read_text().count("<instance>") == 2
    press(window, qtbot, _Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert kept(window, qtbot, tmp_path) == []
    table.write_text("no tags at all")
    desk.events.import_wanted.emit(table)
    qtbot.waitUntil(lambda: "no tagged moments" in window.messages.text, timeout=PATIENCE_MS)
    assert desk.book.rows == ()


@pytest.mark.logs_expected
def test_tags_that_cannot_be_kept_stay_in_view_are_told_of_once_and_kept_when_they_can(
    watch: Watch, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "AGAIN_MS", 200)
    window = watch()
    book = desk_of(window).book
    with closing(sqlite3.connect(tmp_path / "library" / "library.db", isolation_level=None)) as other:
        # Another program writes for longer than a write waits.
        other.execute("BEGIN IMMEDIATE")
        go_to(window, qtbot, 50)
        press(window, qtbot, _Key.Key_M)
        qtbot.waitUntil(window.messages.isVisible, timeout=PATIENCE_MS)
        assert "busy" in window.messages.text
        press(window, qtbot, _Key.Key_1)
        # A reading in the meantime does not take them out of view.
        book._read()
        assert len(kept(window, qtbot, tmp_path)) == 0
        assert [row.moment.category for row in book.rows] == ["Good", MARKER]
        other.execute("ROLLBACK")
    qtbot.waitUntil(lambda: "kept again" in window.messages.text, timeout=PATIENCE_MS)
    assert [m.category for m in kept(window, qtbot, tmp_path)] == ["Good", MARKER]
    press(window, qtbot, _Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert [m.category for m in kept(window, qtbot, tmp_path)] == [MARKER]


def test_on_a_full_disk_tags_and_the_board_are_held_and_the_window_does_not_close_at_once(
    watch: Watch, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "AGAIN_MS", 200)
    window = watch()
    book = desk_of(window).book
    database = window.actions_.library()._store.db
    (pages,) = database.row("PRAGMA page_count") or (0,)
    # Not a page more: what SQLite says then is what it says on a full disk.
    database.rows(f"PRAGMA max_page_count = {pages}")
    line = book.timeline
    assert line is not None
    # So many fit into no page that is there already.
    book.add([Moment(MARKER, int(pts), note="x" * 200) for pts in line.pts], "Many")
    book.set_board(Board("Mine", (Button("Kick", descriptors=tuple(f"word {n}" for n in range(2000))),)), "Board")
    qtbot.waitUntil(lambda: "The disk is full" in window.messages.text, timeout=PATIENCE_MS)
    assert len(book.rows) == len(line)
    assert not window.close()
    assert window.isVisible()
    database.rows("PRAGMA max_page_count = 1000000")
    qtbot.waitUntil(lambda: "kept again" in window.messages.text, timeout=PATIENCE_MS)
    assert len(kept(window, qtbot, tmp_path)) == len(line)
    with Library.open(tmp_path / "library") as library:
        assert library.boards.first().board.buttons[0].name == "Kick"


def test_what_is_tagged_while_the_session_is_read_stays_in_view(watch: Watch, qtbot: QtBot, tmp_path: Path) -> None:
    window = watch()
    book = desk_of(window).book
    # The reading is before the writing in the lane: its answer does not know the tag.
    book._read()
    press(window, qtbot, _Key.Key_M)
    assert len(kept(window, qtbot, tmp_path)) == 1
    assert len(book.rows) == 1


def test_a_tag_whose_session_is_gone_is_told_and_not_shown_as_kept(
    watch: Watch, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = watch()
    book = desk_of(window).book

    def gone(*_: object) -> None:
        raise LibraryError("No such session", "The session was deleted meanwhile")

    with monkeypatch.context() as patch:
        patch.setattr(window.actions_.library().moments, "set", gone)
        press(window, qtbot, _Key.Key_M)
        qtbot.waitUntil(lambda: "No such session" in window.messages.text, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: book.rows == (), timeout=PATIENCE_MS)
    assert window.session.undo.count() == 0
    assert not book.keeper.owes


def test_a_window_closed_in_the_middle_of_tagging_has_kept_every_tag(
    watch: Watch, qtbot: QtBot, tmp_path: Path
) -> None:
    window = watch()
    go_to(window, qtbot, 50)
    for _ in range(20):
        press(window, qtbot, _Key.Key_M)
    session = window.session.session
    window.close()
    with Library.open(tmp_path / "library") as library:
        assert len(library.moments.all(session)) == 20


def test_in_full_screen_keys_tag_and_nothing_comes_back_over_the_video(
    watch: Watch, qtbot: QtBot, tmp_path: Path
) -> None:
    window = watch()
    press(window, qtbot, _Key.Key_F)
    assert not desk_of(window).bar.isVisible()
    press(window, qtbot, _Key.Key_M)
    assert len(kept(window, qtbot, tmp_path)) == 1
    assert not desk_of(window).bar.isVisible()
    assert not desk_of(window).rows.isVisible()
    press(window, qtbot, _Key.Key_F)
    assert desk_of(window).bar.isVisible()
    assert desk_of(window).rows.isVisible()
