"""The window and the cloud, gateway and storage in earnest: sync by itself, each card says where its files are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from coachvision.accounts.account import Account
from coachvision.app.cards import STATE_ROLE
from coachvision.app.window import Window
from coachvision.services import cloud_account, guest_claim
from tests.app.conftest import PATIENCE_MS, Open, rename
from tests.app.test_account import ANNA, Wait, club, guests, join, press, sign_in, wait  # noqa: F401 - fixtures
from tests.support.auth_server import AuthServer
from tests.support.gateway_client import GatewayClient
from tests.support.gateway_process import GatewayProcess
from tests.support.swift_server import SwiftServer

pytestmark = pytest.mark.usefixtures("ring")


class Address:
    """What the club's file names as its gateway."""

    def __init__(self, process: GatewayProcess) -> None:
        self.process = process
        self.server_port = int(process.url.rpartition(":")[2])


@pytest.fixture
def gateway(auth_server: AuthServer, swift: SwiftServer, bucket: str, tmp_path: Path) -> Iterator[Address]:
    with GatewayProcess(
        database=tmp_path / "gateway.db", issuer=auth_server.issuer, storage_endpoint=swift.endpoint, bucket=bucket
    ) as process:
        yield Address(process)


def badges(window: Window) -> list[str]:
    model = window.library.model
    return [str(model.data(model.index(row), STATE_ROLE) or "") for row in range(model.rowCount())]


def test_what_was_shared_as_a_guest_is_the_coachs_at_sign_in_and_the_window_says_so(
    open_window: Open, qtbot: QtBot, wait: Wait, club: Path, gateway: Address, swift: SwiftServer, bucket: str,  # noqa: F811
) -> None:  # fmt: skip
    window = open_window()
    view = join(window, club, qtbot, wait)
    token = guest_claim.guest_token(Account())
    with GatewayClient(gateway.process.url, f"Guest {token}") as guest:
        shared = [guest.store(b"a clip of a squat" * 100).upload_id for _ in range(2)]
    assert [key.startswith("anonymous/") for key in swift.keys(bucket)] == [True, True]
    sign_in(view, ANNA, qtbot, wait)
    wait(lambda: window.messages.text == "2 files that you shared as a guest are yours now.")
    assert window.messages.isVisible()
    # Said without her having been asked anything: it lay there before.
    assert view.ask.isVisible()
    for one in shared:
        wait(lambda: any(key.startswith("users/") and one in key for key in swift.keys(bucket)))  # noqa: B023 - at once
    # It is said once.
    window.messages.hide()
    press(qtbot, view.ask.yes)
    with qtbot.waitSignal(window.cloud.ran, timeout=PATIENCE_MS):
        window.cloud.wake()
    assert not window.messages.isVisible()


def test_taken_in_sessions_go_into_the_cloud_by_themselves_and_their_cards_say_so(
    open_window: Open, qtbot: QtBot, wait: Wait, club: Path, guests: str, gateway: Address,  # noqa: F811
    swift: SwiftServer, bucket: str,
) -> None:  # fmt: skip
    window = open_window()
    wait(lambda: window.library.model.ids == [guests])
    assert badges(window) == [""]
    view = join(window, club, qtbot, wait)
    sign_in(view, ANNA, qtbot, wait)
    wait(view.guests.isVisible)
    assert swift.keys(bucket) == []
    press(qtbot, view.guests.take)
    # Nothing is sent before she has said that she wants it, and the card says that it waits. Looked at in the library:
    # a card that was never painted is not read, and has nothing to say.
    window.go("library")
    wait(lambda: window.library.model.ids == [guests] and badges(window)[0] in ("Waiting", "Paused"))
    assert swift.keys(bucket) == []
    window.go("account")
    press(qtbot, view.ask.yes)
    window.go("library")
    wait(lambda: badges(window) == ["In the cloud"])
    assert len(swift.keys(bucket)) > 1
    # Paused, a change waits; going on, it is sent.
    window.go("account")
    wait(lambda: "1 session, " in view.cloud.about.text())
    press(qtbot, view.cloud.keep)  # type: ignore[arg-type]  # a switch is pressed as a button is
    rename(window, guests, "Deeper")
    window.go("library")
    wait(lambda: badges(window) != ["In the cloud"])
    paused = badges(window)
    window.go("account")
    press(qtbot, view.cloud.keep)  # type: ignore[arg-type]  # as above
    window.go("library")
    wait(lambda: badges(window) == ["In the cloud"])
    assert paused[0] in ("Waiting", "Paused")
    # Signed out, the guest's cards say nothing of a cloud, and hers are not seen.
    window.go("account")
    press(qtbot, view.leaving.out)
    wait(lambda: view.who.title.text() == "Guest")
    wait(lambda: window.library.model.ids == [])


def test_an_account_that_another_laptop_erased_is_told_and_asked_about_anew(
    open_window: Open, qtbot: QtBot, wait: Wait, club: Path, guests: str, gateway: Address,  # noqa: F811
    swift: SwiftServer, bucket: str,
) -> None:  # fmt: skip
    window = open_window()
    view = join(window, club, qtbot, wait)
    sign_in(view, ANNA, qtbot, wait)
    wait(view.guests.isVisible)
    press(qtbot, view.guests.take)
    press(qtbot, view.ask.yes)
    window.go("library")
    wait(lambda: window.library.model.ids == [guests] and badges(window) == ["In the cloud"])
    cloud_account.erase(Account().access())
    window.cloud.wake()
    wait(lambda: "This account was erased in the cloud." in window.messages.text)
    wait(lambda: badges(window)[0] in ("Waiting", "Paused"))
    assert swift.keys(bucket) == []
    window.go("account")
    wait(view.ask.isVisible)
