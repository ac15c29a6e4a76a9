"""The account in the window, as a coach uses it: join a club, sign in, take the sessions in, sign out, be forgotten."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from coachvision.accounts import identity
from coachvision.app.account_panels import Panel
from coachvision.app.account_view import AccountView
from coachvision.app.theme import WIDE
from coachvision.app.window import Window
from coachvision.library import Library
from coachvision.services import keep_in_cloud
from tests.app.conftest import PATIENCE_MS, Open
from tests.support import sessions
from tests.support.auth_server import AuthServer
from tests.support.keyrings import MemoryRing

ANNA, BEN, PASSWORD = "anna@example.org", "ben@example.org", "correct horse battery"
Wait = Callable[[Callable[[], bool]], None]
pytestmark = pytest.mark.usefixtures("ring")


@pytest.fixture
def wait(qtbot: QtBot) -> Wait:
    return lambda condition: qtbot.waitUntil(condition, timeout=PATIENCE_MS)


@pytest.fixture
def gateway() -> Iterator[ThreadingHTTPServer]:
    """Answers `/v1/account` alone: what is kept, until it is erased."""

    class Account(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            usage = {"stored_bytes": 3_435_973_837, "reserved_bytes": 0, "objects": 9, "sessions": 3}
            limits = {"file_bytes": 1, "total_bytes": 100 << 30}
            self._answer({"subject": "x", "tier": "registered", "usage": usage, "limits": limits})

        def do_DELETE(self) -> None:
            erased.append(self.headers["Authorization"])
            self._answer({})

        def _answer(self, told: dict[str, Any]) -> None:
            body = json.dumps(told).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    erased: list[str] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Account)
    server.erased = erased  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def club(auth_server: AuthServer, tmp_path: Path, gateway: ThreadingHTTPServer) -> Path:
    auth_server.add_user(ANNA, PASSWORD)
    auth_server.add_user(BEN, PASSWORD)
    file = tmp_path / "service.toml"
    file.write_text(
        f'[service]\nname = "Blue Club"\nsupabase_url = "{auth_server.url}"\n'
        f'supabase_publishable_key = "{auth_server.publishable_key}"\n'
        f'gateway = "http://127.0.0.1:{gateway.server_port}"\n'
    )
    return file


@pytest.fixture
def guests(tmp_path: Path) -> str:
    """A session that the guest made."""
    with Library.open(tmp_path / "library") as library:
        return sessions.keep(library, tmp_path / "squat.mp4")


def account_of(window: Window, wait: Wait) -> AccountView:
    window.go("account")
    view = window.shown("account")
    assert isinstance(view, AccountView)
    # Shown last, once it is known who is here.
    wait(view.bucket.isVisible)
    return view


def press(qtbot: QtBot, button: QPushButton) -> None:
    assert button.isVisible()
    assert button.isEnabled()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def join(window: Window, club: Path, qtbot: QtBot, wait: Wait) -> AccountView:
    view = account_of(window, wait)
    view.join(club)
    wait(view.club.yes.isVisible)
    press(qtbot, view.club.yes)
    wait(view.sign_in.isVisible)
    return view


def sign_in(view: AccountView, email: str, qtbot: QtBot, wait: Wait) -> None:
    view.sign_in.email.setText(email)
    press(qtbot, view.sign_in.use_password)
    view.sign_in.password.setText(PASSWORD)
    press(qtbot, view.sign_in.enter)
    wait(lambda: view.who.title.text() == email)


def cards(window: Window) -> list[str]:
    return list(window.library.model.ids)


def test_a_guest_without_a_service_hears_of_no_account(open_window: Open, qtbot: QtBot, wait: Wait) -> None:
    window = open_window()
    with qtbot.waitSignal(window.account.stood, timeout=PATIENCE_MS):
        pass
    assert not window.header.places["account"].isVisible()
    view = account_of(window, wait)
    assert "nothing leaves this laptop" in view.who.about.text()
    assert not view.sign_in.isVisible()
    assert view.club.isVisible()


def test_the_screen_is_not_empty_while_the_keyring_does_not_answer(open_window: Open, wait: Wait) -> None:
    window = open_window()
    wait(lambda: not window.tasks.shown)
    with window.library.desk.account._making:
        window.go("account")
        view = window.shown("account")
        assert isinstance(view, AccountView)
        assert view.who.isVisible()
        told = [label.text() for label in view.who.findChildren(QLabel)]
    wait(view.bucket.isVisible)
    assert told == ["One moment …", "Looking who is signed in on this laptop."]
    assert view.who.title.text() == "Guest"


def test_a_club_is_joined_by_dropping_its_file_and_agreeing(
    open_window: Open, qtbot: QtBot, wait: Wait, club: Path, tmp_path: Path
) -> None:
    from tests.app.test_story import drop

    window = open_window()
    drop(window, club)
    view = account_of(window, wait)
    wait(view.club.yes.isVisible)
    # Where the accounts are is read before anything is typed there.
    assert "Blue Club: accounts are at 127.0.0.1" in view.club.question.text()
    press(qtbot, view.club.no)
    assert not view.club.yes.isVisible()
    drop(window, club)
    wait(view.club.yes.isVisible)
    press(qtbot, view.club.yes)
    wait(view.sign_in.isVisible)
    assert window.header.places["account"].isVisible()
    assert not view.sign_in.browser.isVisible()
    assert window.library.model.rowCount() == 0


def test_signing_in_by_code_taking_the_sessions_in_and_signing_out(
    open_window: Open, qtbot: QtBot, wait: Wait, club: Path, guests: str, auth_server: AuthServer, tmp_path: Path
) -> None:
    window = open_window()
    wait(lambda: cards(window) == [guests])
    view = join(window, club, qtbot, wait)
    panel = view.sign_in
    assert not panel.mail_code.isEnabled()
    qtbot.keyClicks(panel.email, ANNA)
    qtbot.keyClick(panel.email, Qt.Key.Key_Return)
    wait(panel.code.isVisible)
    panel.code.setText("12345")
    press(qtbot, panel.enter)
    wait(window.messages.isVisible)
    assert "The code is not right." in window.messages.text
    panel.code.setText(auth_server.code_for(ANNA))
    wait(panel.enter.isEnabled)
    press(qtbot, panel.enter)
    wait(view.guests.isVisible)
    # Hers is an empty library until she says yes.
    wait(lambda: cards(window) == [])
    # What was said of the wrong code is over.
    assert not window.messages.isVisible()
    assert view.who.title.text() == ANNA
    assert "Blue Club" in view.who.about.text()
    assert view.guests.title.text().startswith("1 session without an account")
    assert view.guests.about.text().endswith("Taken in, it is yours.")
    assert window.header.places["account"].text() == "anna"
    assert panel.code.text() == panel.password.text() == ""
    wait(lambda: "3 sessions, 3.2 GB of 100 GB" in view.cloud.about.text())
    # It is empty, and says where the guest's are.
    empty = window.library._empty
    assert empty.elsewhere.text() == "One session was made here without an account."
    press(qtbot, view.guests.take)
    wait(lambda: cards(window) == [guests])
    wait(lambda: not view.guests.isVisible())
    assert window.messages.text == "The session made here before is yours now."
    assert window.messages.isVisible()
    press(qtbot, view.leaving.out)
    wait(lambda: view.who.title.text() == "Guest")
    wait(lambda: cards(window) == [])
    # Nobody's any more; and nothing is lost, though nothing is seen.
    assert not window.messages.isVisible()
    window.go("library")
    wait(empty.account.isVisible)
    assert empty.elsewhere.text() == "One session on this laptop belongs to an account."
    press(qtbot, empty.account)
    assert view.isVisible()
    assert window.header.places["account"].text() == "Account"
    with Library.open(tmp_path / "library") as library:
        assert library.sessions() == []


def test_no_leaves_them_and_a_second_account_sees_nothing_of_the_first(
    open_window: Open, qtbot: QtBot, wait: Wait, club: Path, guests: str
) -> None:
    window = open_window()
    view = join(window, club, qtbot, wait)
    sign_in(view, ANNA, qtbot, wait)
    wait(view.guests.isVisible)
    press(qtbot, view.guests.leave)
    wait(lambda: not view.guests.leave.isVisible())
    # It is not asked again, and can be had all the same.
    press(qtbot, view.guests.take)
    wait(lambda: cards(window) == [guests])
    press(qtbot, view.leaving.out)
    wait(view.sign_in.isVisible)
    sign_in(view, BEN, qtbot, wait)
    wait(lambda: cards(window) == [])
    assert not view.guests.isVisible()


def test_work_under_way_is_finished_for_whom_it_was_begun(
    open_window: Open, qtbot: QtBot, wait: Wait, club: Path, guests: str, tmp_path: Path
) -> None:
    window = open_window()
    view = join(window, club, qtbot, wait)
    go_on = threading.Event()
    told: list[str] = []

    def work(library: Library, _job: object) -> str:
        assert go_on.wait(60)
        library.update_session(guests, title="Finished")
        return str(library.user_id)

    window.actions_.run(work, told.append, lane="analysis", title="Analyzing")
    sign_in(view, ANNA, qtbot, wait)
    wait(view.guests.isVisible)
    press(qtbot, view.guests.take)
    # Not while something works on them.
    assert view.guests.about.text() == "It is taken in as soon as the work on it is done."
    go_on.set()
    wait(lambda: cards(window) == [guests])
    assert told == ["None"]
    window.go("library")
    wait(lambda: [card.name for card in window.library.model.cards] == ["Finished"])
    assert not window.messages.isVisible() or "yours" in window.messages.text


def test_sync_can_be_paused_and_goes_on(open_window: Open, qtbot: QtBot, wait: Wait, club: Path) -> None:
    window = open_window()
    view = join(window, club, qtbot, wait)
    sign_in(view, ANNA, qtbot, wait)
    user = str(identity.read().user_id)  # type: ignore[union-attr]  # Anna is signed in
    # Asked once, in the page; until then nothing is sent, and there is no switch that says otherwise.
    wait(view.ask.isVisible)
    assert not view.cloud.keep.isVisible()
    assert keep_in_cloud.answer(user) is None
    press(qtbot, view.ask.yes)
    wait(view.cloud.keep.isVisible)
    assert view.cloud.keep.isChecked()
    assert not view.ask.isVisible()
    press(qtbot, view.cloud.keep)  # type: ignore[arg-type]  # a switch is pressed as a button is
    wait(lambda: keep_in_cloud.answer(user) is False)
    press(qtbot, view.cloud.keep)  # type: ignore[arg-type]  # as above
    wait(lambda: keep_in_cloud.answer(user) is True)


def test_each_account_is_asked_whether_to_keep_things_in_the_cloud_and_once(
    open_window: Open, qtbot: QtBot, wait: Wait, club: Path
) -> None:
    window = open_window()
    view = join(window, club, qtbot, wait)
    sign_in(view, ANNA, qtbot, wait)
    wait(view.ask.isVisible)
    assert "127.0.0.1" in view.ask.about.text()
    press(qtbot, view.ask.no)
    wait(lambda: not view.ask.isVisible())
    assert not view.cloud.keep.isChecked()
    press(qtbot, view.leaving.out)
    wait(view.sign_in.isVisible)
    sign_in(view, BEN, qtbot, wait)
    wait(view.ask.isVisible)
    press(qtbot, view.ask.yes)
    wait(view.cloud.keep.isChecked)
    press(qtbot, view.leaving.out)
    wait(view.sign_in.isVisible)
    sign_in(view, ANNA, qtbot, wait)
    wait(lambda: view.cloud.keep.isVisible() and not view.cloud.keep.isChecked())
    assert not view.ask.isVisible()


def test_forget_me_asks_once_more_and_gives_everything_here_back_to_the_guest(
    open_window: Open, qtbot: QtBot, wait: Wait, club: Path, guests: str, gateway: Any, tmp_path: Path
) -> None:
    window = open_window()
    view = join(window, club, qtbot, wait)
    sign_in(view, ANNA, qtbot, wait)
    wait(view.guests.isVisible)
    press(qtbot, view.guests.take)
    wait(lambda: cards(window) == [guests])
    assert not view.leaving.sure.isVisible()
    press(qtbot, view.leaving.forget)
    press(qtbot, view.leaving.keep)
    assert gateway.erased == []
    press(qtbot, view.leaving.forget)
    # A look at the account, as sync takes one when it has sent something, does not put the question away.
    looked: list[object] = []
    view.account.stood.connect(looked.append)
    view.account.look()
    wait(lambda: bool(looked))
    assert view.leaving.sure.isVisible()
    press(qtbot, view.leaving.sure)
    assert view.leaving.sure.text() == "Erasing …"
    assert not view.leaving.sure.isEnabled()
    assert not view.leaving.keep.isEnabled()
    wait(lambda: view.who.title.text() == "Guest")
    assert len(gateway.erased) == 1
    assert view.leaving.sure.text() == "Erase everything in the cloud"
    wait(lambda: cards(window) == [guests])
    assert identity.read() is None


def test_without_a_keyring_the_window_says_how_long_it_lasts(
    open_window: Open, qtbot: QtBot, wait: Wait, club: Path, ring: MemoryRing
) -> None:
    ring.locked = True
    window = open_window()
    view = join(window, club, qtbot, wait)
    sign_in(view, ANNA, qtbot, wait)
    wait(lambda: "Only until CoachVision closes" in view.who.about.text())
    assert "locked" in view.who.about.text()
    window.close()
    again = open_window()
    assert account_of(again, wait).who.title.text() == "Guest"


def test_an_ended_sign_in_keeps_everything_in_view_and_asks_to_sign_in(
    open_window: Open, qtbot: QtBot, wait: Wait, club: Path, guests: str, auth_server: AuthServer
) -> None:
    window = open_window()
    view = join(window, club, qtbot, wait)
    sign_in(view, ANNA, qtbot, wait)
    wait(view.guests.isVisible)
    press(qtbot, view.guests.take)
    wait(lambda: cards(window) == [guests])
    auth_server.end_sessions(ANNA)
    window.close()
    again = open_window()
    wait(lambda: cards(again) == [guests])
    shown = account_of(again, wait)
    # The cloud is asked what it holds, a token is fetched for that, and so it is found out.
    wait(lambda: "sign-in is over" in shown.cloud.about.text())
    again.go("library")
    shown = account_of(again, wait)
    wait(shown.sign_in.isVisible)
    assert "Everything on this laptop is still here" in shown.who.about.text()
    assert shown.sign_in.email.text() == ANNA
    assert cards(again) == [guests]


def test_the_browser_is_offered_where_the_service_names_a_provider_and_can_be_given_up(
    open_window: Open, qtbot: QtBot, wait: Wait, club: Path, auth_server: AuthServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    import httpx

    pages: list[str] = []
    monkeypatch.setattr("webbrowser.open", pages.append)
    club.write_text(club.read_text() + 'providers = ["google"]\n')
    window = open_window()
    view = join(window, club, qtbot, wait)
    press(qtbot, view.sign_in.browser)
    wait(lambda: len(pages) == 1)
    press(qtbot, view.sign_in.back)
    wait(view.sign_in.mail_code.isVisible)
    auth_server.configure(browser_user=ANNA)
    press(qtbot, view.sign_in.browser)
    wait(lambda: len(pages) == 2)
    visit = threading.Thread(target=lambda: httpx.get(pages[1], follow_redirects=True, trust_env=False))
    visit.start()
    wait(lambda: view.who.title.text() == ANNA)
    visit.join()


def test_what_is_hidden_in_a_panel_leaves_no_room_and_one_button_stands_out(
    open_window: Open, qtbot: QtBot, wait: Wait, club: Path, guests: str
) -> None:
    window = open_window()
    view = join(window, club, qtbot, wait)
    sign_in(view, ANNA, qtbot, wait)
    wait(view.guests.isVisible)

    def spare(panel: Panel) -> int:
        kinds = (QLabel, QAbstractButton, QLineEdit)
        parts = [part for part in panel.findChildren(QWidget) if isinstance(part, kinds) and part.isVisible()]
        return panel.height() - max(part.mapTo(panel, part.rect().bottomLeft()).y() + 1 for part in parts)

    for panel in (view.who, view.guests, view.ask, view.cloud, view.leaving, view.bucket):
        wait(lambda panel=panel: spare(panel) == WIDE)  # type: ignore[misc]  # bound at once
    loud = [one.text() for one in view.findChildren(QPushButton) if one.isVisible() and one.objectName() == "accent"]
    assert loud == [view.guests.take.text()] == ["Take it into my account"]
    press(qtbot, view.guests.leave)
    wait(lambda: not view.guests.leave.isVisible())
    assert (view.guests.take.objectName(), view.ask.yes.objectName()) == ("", "accent")


def test_every_button_and_field_of_the_account_has_a_name(
    open_window: Open, qtbot: QtBot, wait: Wait, club: Path
) -> None:
    window = open_window()
    view = join(window, club, qtbot, wait)
    view.bucket.ask(now=True)
    for step in ("address", "code", "password", "recovery", "browser"):
        view.sign_in.step(step)
        for widget in (*view.findChildren(QAbstractButton), *view.findChildren(QLineEdit)):
            if widget.isVisible():
                text = widget.text() if isinstance(widget, QAbstractButton) else ""
                assert text or widget.accessibleName(), widget
