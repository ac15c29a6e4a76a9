"""Restore in the window, gateway and storage in earnest: what another laptop put into the cloud comes, and plays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from pytestqt.qtbot import QtBot

from coachvision import settings
from coachvision.accounts import signing
from coachvision.accounts.account import Account
from coachvision.app.account_view import AccountView
from coachvision.app.window import Window
from coachvision.library import Library
from coachvision.locks import FileLock
from coachvision.services.sync_now import LOCK, Halt, Syncing
from tests.app.conftest import PATIENCE_MS, Open
from tests.app.test_account import (
    ANNA,
    PASSWORD,
    Wait,
    cards,
    club,  # noqa: F401 - fixtures
    guests,  # noqa: F401
    join,
    press,
    sign_in,
    wait,  # noqa: F401
)
from tests.app.test_cloud import Address
from tests.support import sessions
from tests.support.auth_server import AuthServer
from tests.support.fault_proxy import FaultProxy
from tests.support.gateway_process import GatewayProcess
from tests.support.swift_server import SwiftServer

pytestmark = pytest.mark.usefixtures("ring")


@pytest.fixture
def storage(swift: SwiftServer) -> Iterator[FaultProxy]:
    """The network between laptops and storage."""
    with FaultProxy.start(swift.endpoint) as proxy:
        yield proxy


@pytest.fixture
def gateway(
    auth_server: AuthServer, swift: SwiftServer, bucket: str, storage: FaultProxy, tmp_path: Path
) -> Iterator[Address]:
    with GatewayProcess(
        database=tmp_path / "gateway.db", issuer=auth_server.issuer, storage_endpoint=swift.endpoint, bucket=bucket,
        environment={"COACHVISION_S3_PUBLIC_ENDPOINT": storage.url},
    ) as process:  # fmt: skip
        yield Address(process)


@pytest.fixture
def elsewhere(club: Path, gateway: Address, auth_server: AuthServer, tmp_path: Path) -> list[str]:  # noqa: F811
    """Two sessions that Anna's other laptop keeps in the cloud."""
    surroundings = {
        "SUPABASE_URL": auth_server.url,
        "SUPABASE_PUBLISHABLE_KEY": auth_server.publishable_key,
        "COACHVISION_GATEWAY": gateway.process.url,
        "COACHVISION_TOKEN_FILE": str(tmp_path / "other" / "tokens"),
    }
    (tmp_path / "other").mkdir()
    account = Account(tmp_path / "other", surroundings)
    signing.sign_in(account, ANNA, PASSWORD)
    root = tmp_path / "other" / "library"
    with Library.open(root, user_id=account.user_id) as library:
        kept = [sessions.keep(library, tmp_path / "other" / "squat.mp4") for _ in range(2)]
    summary = Syncing(root, account, typed=True).once(Halt())
    assert (summary.failed, summary.paused) == ([], None)
    return sorted(kept)


def alone(tmp_path: Path) -> bool:
    """Whether nobody syncs the window's library."""
    lock = FileLock(tmp_path / "library" / LOCK)
    taken = lock.acquire(wait=False)
    lock.release()
    return taken


def signed_in(window: Window, club: Path, qtbot: QtBot, wait: Wait) -> AccountView:  # noqa: F811
    view = join(window, club, qtbot, wait)
    sign_in(view, ANNA, qtbot, wait)
    wait(view.cloud.restore.start.isVisible)
    return view


def test_restore_brings_the_other_laptops_sessions_their_videos_play_and_nothing_is_sent(
    open_window: Open, qtbot: QtBot, wait: Wait, club: Path, guests: str, elsewhere: list[str], swift: SwiftServer,  # noqa: F811
    bucket: str, storage: FaultProxy,
) -> None:  # fmt: skip
    window = open_window()
    view = signed_in(window, club, qtbot, wait)
    press(qtbot, view.guests.take)
    wait(lambda: cards(window) == [guests])
    before = sorted(swift.keys(bucket))
    # It stands still until that was seen: a quick machine would be through before anybody looks.
    storage.configure(rate=1)
    press(qtbot, view.cloud.restore.start)
    wait(lambda: "of 1 MB" in view.cloud.restore.about.text())
    storage.reset()
    wait(lambda: window.messages.text == "2 sessions have come to this laptop.")
    wait(lambda: sorted(cards(window)) == sorted([guests, *elsewhere]))
    assert view.cloud.restore.start.isVisible()
    # She was asked, and has not said yet, that anything of this laptop goes there.
    assert sorted(swift.keys(bucket)) == before
    window.open_session(elsewhere[0])
    wait(lambda: window.session.opened is not None and window.session.player is not None)
    player = window.session.player
    assert player is not None
    assert window.session.opened is not None
    assert window.session.opened.trouble is None
    player.seek(0)
    wait(lambda: player.index == 0)
    player.play()
    wait(lambda: player.index > 5)
    # There is nothing more to bring, and it says so.
    window.go("account")
    press(qtbot, view.cloud.restore.start)
    wait(lambda: "already" in window.messages.text)


def test_restore_that_stalls_is_cancelled_at_once_sync_goes_on_and_it_is_done_the_next_time(
    open_window: Open, qtbot: QtBot, wait: Wait, club: Path, elsewhere: list[str], storage: FaultProxy, tmp_path: Path,  # noqa: F811
) -> None:  # fmt: skip
    window = open_window()
    view = signed_in(window, club, qtbot, wait)
    press(qtbot, view.ask.yes)
    wait(view.cloud.keep.isChecked)
    storage.fail({"kind": "stall_reply", "method": "GET"})
    press(qtbot, view.cloud.restore.start)
    wait(lambda: storage.requests("GET") != [])
    # Whatever looks or wakes meanwhile, sync by itself does not come between.
    with qtbot.waitSignal(window.account.stood, timeout=PATIENCE_MS):
        window.account.look()
    window.cloud.wake()
    assert cast("Any", window.cloud)._running is None
    wait(lambda: "Restoring: " in view.cloud.restore.about.text())
    assert window.account.restoring.job is not None
    press(qtbot, view.cloud.restore.cancel)
    wait(view.cloud.restore.start.isVisible)
    assert not window.messages.isVisible()
    assert cards(window) == []
    storage.reset()
    # By itself it follows the cloud now, without another word.
    wait(lambda: sorted(cards(window)) == elsewhere)
    assert list((tmp_path / "library").rglob("*.part")) == []


def test_restore_ends_the_sync_under_way_which_goes_on_afterwards(
    open_window: Open, qtbot: QtBot, wait: Wait, club: Path, guests: str, elsewhere: list[str], storage: FaultProxy,  # noqa: F811
    swift: SwiftServer, bucket: str,
) -> None:  # fmt: skip
    storage.fail({"kind": "stall", "method": "PUT"})
    window = open_window()
    view = signed_in(window, club, qtbot, wait)
    press(qtbot, view.guests.take)
    wait(lambda: cards(window) == [guests])
    press(qtbot, view.ask.yes)
    wait(lambda: storage.requests("PUT") != [])
    before = len(swift.keys(bucket))
    press(qtbot, view.cloud.restore.start)
    wait(lambda: "2 sessions have come" in window.messages.text)
    assert len(swift.keys(bucket)) == before
    storage.reset()
    wait(lambda: len(swift.keys(bucket)) > before)


def test_what_came_gets_its_pictures_and_is_not_measured_again(
    open_window: Open, qtbot: QtBot, wait: Wait, club: Path, elsewhere: list[str],  # noqa: F811
) -> None:  # fmt: skip
    settings.save("import.proxy", True)
    window = open_window()
    view = signed_in(window, club, qtbot, wait)
    press(qtbot, view.cloud.restore.start)
    wait(lambda: sorted(cards(window)) == elsewhere)
    wait(lambda: [card.sheet is not None for card in window.library.model.cards] == [True, True])
    wait(lambda: not window.tasks.shown)
    titles = [job.title for job in window.tasks.past]
    assert titles == ["Preparing what came from the cloud", "Restoring from the cloud"]


def test_window_closed_while_it_restores_leaves_nobody_at_the_library(
    open_window: Open, qtbot: QtBot, wait: Wait, club: Path, elsewhere: list[str], storage: FaultProxy, tmp_path: Path,  # noqa: F811
) -> None:  # fmt: skip
    window = open_window()
    view = signed_in(window, club, qtbot, wait)
    storage.fail({"kind": "stall_reply", "method": "GET"})
    press(qtbot, view.cloud.restore.start)
    wait(lambda: storage.requests("GET") != [])
    assert not alone(tmp_path)
    # Nobody goes on with it at the next start: asked first.
    assert not window.close()
    assert "Not done yet: Restoring from the cloud." in window.messages.text
    assert window.close()
    assert alone(tmp_path)
    storage.reset()
    again = open_window()
    view = signed_in_before(again, wait)
    press(qtbot, view.cloud.restore.start)
    wait(lambda: sorted(cards(again)) == elsewhere)


def signed_in_before(window: Window, wait: Wait) -> AccountView:  # noqa: F811
    window.go("account")
    view = window.shown("account")
    assert isinstance(view, AccountView)
    wait(view.cloud.restore.start.isVisible)
    return view


def test_restore_while_another_program_syncs_says_so_and_tries_again(
    open_window: Open, qtbot: QtBot, wait: Wait, club: Path, elsewhere: list[str], tmp_path: Path,  # noqa: F811
) -> None:  # fmt: skip
    window = open_window()
    view = signed_in(window, club, qtbot, wait)
    press(qtbot, view.ask.no)
    wait(lambda: not view.ask.isVisible())
    wait(lambda: alone(tmp_path))
    lock = FileLock(tmp_path / "library" / LOCK)
    wait(lambda: lock.acquire(wait=False))
    press(qtbot, view.cloud.restore.start)
    wait(window.messages.isVisible)
    assert "Another CoachVision is syncing" in window.messages.text
    lock.release()
    press(qtbot, window.messages._act)
    # Whoever keeps nothing in the cloud from here gets what is there all the same.
    wait(lambda: sorted(cards(window)) == elsewhere)


def test_restore_without_the_cloud_says_what_it_waits_for_and_offers_to_try_again(
    open_window: Open, qtbot: QtBot, wait: Wait, club: Path, elsewhere: list[str], storage: FaultProxy,  # noqa: F811
) -> None:  # fmt: skip
    window = open_window()
    view = signed_in(window, club, qtbot, wait)
    storage.configure(offline=True)
    press(qtbot, view.cloud.restore.start)
    wait(window.messages.isVisible)
    assert window.messages.text.endswith("has not come: sync is waiting for the internet.")
    storage.reset()
    press(qtbot, window.messages._act)
    wait(lambda: sorted(cards(window)) == elsewhere)
