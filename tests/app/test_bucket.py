"""A club's own bucket in the window, Swift as the bucket: tried, used, kept in by itself, restored from, left again."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from coachvision import paths
from coachvision.accounts.account import Account
from coachvision.app.account_view import AccountView
from coachvision.library import Library
from coachvision.services import club_bucket
from coachvision.services.sync_now import Halt, Syncing
from coachvision.sync.remotes.bucket import BucketRemote, Place
from tests.app.conftest import PATIENCE_MS, Open, rename
from tests.app.test_account import (
    ANNA,
    Wait,
    account_of,
    cards,
    club,  # noqa: F401 - fixtures
    guests,  # noqa: F401
    join,
    press,
    sign_in,
    wait,  # noqa: F401
)
from tests.app.test_cloud import Address, badges, gateway  # noqa: F401 - fixture
from tests.support import sessions
from tests.support.fault_proxy import FaultProxy
from tests.support.swift_server import ACCESS_KEY, REGION, SECRET_KEY, SwiftServer

pytestmark = pytest.mark.usefixtures("ring")


def fill(view: AccountView, swift: SwiftServer, bucket: str, secret: str = SECRET_KEY) -> None:
    form = view.bucket
    form.endpoint.setText(swift.endpoint)
    form.bucket.setText(bucket)
    form.prefix.setText("u18")
    form.region.setText(REGION)
    form.key_id.setText(ACCESS_KEY)
    form.secret.setText(secret)


def kept(swift: SwiftServer, bucket: str) -> list[str]:
    return [key for key in swift.keys(bucket) if key.startswith("u18/")]


def test_a_guest_keeps_everything_in_the_clubs_bucket_restores_from_it_and_leaves_it(
    open_window: Open, qtbot: QtBot, wait: Wait, guests: str, swift: SwiftServer, bucket: str, tmp_path: Path,  # noqa: F811
) -> None:  # fmt: skip
    window = open_window()
    wait(lambda: cards(window) == [guests])
    view = account_of(window, wait)
    press(qtbot, view.bucket.set_up)
    assert not view.bucket.use.isEnabled()
    fill(view, swift, bucket, "not the secret")
    press(qtbot, view.bucket.check)
    wait(window.messages.isVisible)
    assert "does not accept this key" in window.messages.text
    assert "not the secret" not in window.messages.text
    # What cannot be used is not used.
    window.messages.hide()
    press(qtbot, view.bucket.use)
    wait(window.messages.isVisible)
    assert Account().secrets.read("bucket-secret") is None
    fill(view, swift, bucket)
    press(qtbot, view.bucket.check)
    wait(lambda: view.bucket.result.text().startswith("The bucket answers"))
    assert swift.keys(bucket) == []
    press(qtbot, view.bucket.use)
    wait(view.cloud.isVisible)
    assert f"{bucket}/u18 at 127.0.0.1" in view.cloud.about.text()
    assert "but for the club’s own bucket" in view.who.about.text()
    assert window.header.places["account"].isVisible()
    assert view.bucket.secret.text() == ""
    for path in paths.config_dir().rglob("*.toml"):
        assert SECRET_KEY not in path.read_text().replace('"', " ").split(), "the secret lies in the keyring alone"
    window.go("library")
    wait(lambda: badges(window) == ["In the cloud"])
    assert len(kept(swift, bucket)) > 1
    # What another laptop of the club puts there comes on a word.
    root = tmp_path / "other"
    with Library.open(root) as library:
        theirs = sessions.keep(library, tmp_path / "jump.mp4")
    assert Syncing(root, Account()).once(Halt()).failed == []
    view = account_of(window, wait)
    press(qtbot, view.cloud.restore.start)
    wait(lambda: sorted(cards(window)) == sorted([guests, theirs]))
    # Used no more, nothing goes there, and what lies there stays.
    stays = kept(swift, bucket)
    press(qtbot, view.bucket.forget)
    wait(lambda: not view.cloud.isVisible())
    assert view.who.about.text().endswith("nothing leaves this laptop.")
    assert not window.header.places["account"].isVisible()
    window.go("library")
    wait(lambda: badges(window) == ["", ""])
    assert kept(swift, bucket) == stays


def test_while_the_bucket_is_asked_the_form_stays_as_it_is_and_an_answer_about_another_is_not_told(
    open_window: Open, qtbot: QtBot, wait: Wait, swift: SwiftServer, bucket: str,  # noqa: F811
) -> None:  # fmt: skip
    window = open_window()
    view = account_of(window, wait)
    form = view.bucket
    press(qtbot, form.set_up)
    with FaultProxy.start(swift.endpoint) as storage:
        fill(view, swift, bucket)
        form.endpoint.setText(storage.url)
        storage.configure(offline=True)
        press(qtbot, form.check)
        assert not any(one.isEnabled() for one in (form.endpoint, form.secret, form.check, form.use, form.drop))
        wait(window.messages.isVisible)
        assert "cannot be reached" in window.messages.text
        assert all(one.isEnabled() for one in (form.endpoint, form.secret, form.check, form.use, form.drop))
        storage.reset()
        form.prefix.setText("another")
        press(qtbot, window.messages._act)
        wait(lambda: storage.requests("DELETE") != [])
        wait(lambda: not window.tasks._jobs)
    assert not form.result.isVisible()


@pytest.mark.parametrize("way", ["check", "use"])
def test_a_window_that_closes_does_not_wait_for_a_silent_bucket(
    open_window: Open, qtbot: QtBot, wait: Wait, swift: SwiftServer, bucket: str,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch, way: str,
) -> None:  # fmt: skip
    # Longer than a test may last.
    monkeypatch.setitem(BucketRemote.__init__.__kwdefaults__, "stall_s", 3_600)
    window = open_window()
    view = account_of(window, wait)
    press(qtbot, view.bucket.set_up)
    with FaultProxy.start(swift.endpoint) as storage:
        fill(view, swift, bucket)
        view.bucket.endpoint.setText(storage.url)
        storage.fail({"kind": "stall"})
        press(qtbot, getattr(view.bucket, way))
        wait(lambda: storage.requests("PUT") != [])
        assert window.close()
    assert club_bucket.place() is None


def test_from_the_gateway_to_the_clubs_bucket_and_back_everything_goes_along(
    open_window: Open, qtbot: QtBot, wait: Wait, club: Path, guests: str, gateway: Address, swift: SwiftServer,  # noqa: F811
    bucket: str,
) -> None:  # fmt: skip
    window = open_window()
    view = join(window, club, qtbot, wait)
    sign_in(view, ANNA, qtbot, wait)
    wait(view.guests.isVisible)
    press(qtbot, view.guests.take)
    wait(lambda: cards(window) == [guests])
    press(qtbot, view.ask.yes)
    window.go("library")
    wait(lambda: badges(window) == ["In the cloud"])
    assert kept(swift, bucket) == []
    view = account_of(window, wait)
    press(qtbot, view.bucket.set_up)
    fill(view, swift, bucket)
    press(qtbot, view.bucket.use)
    wait(lambda: "/u18 at 127.0.0.1" in view.cloud.about.text())
    wait(lambda: any(f"records/{guests}/" in key for key in kept(swift, bucket)))
    window.go("library")
    wait(lambda: badges(window) == ["In the cloud"])
    # Back at the gateway nothing is there twice, and a change goes there again.
    view = account_of(window, wait)
    press(qtbot, view.bucket.forget)
    wait(lambda: " of 100 GB" in view.cloud.about.text())
    before = kept(swift, bucket)
    rename(window, guests, "Deeper")
    window.go("library")
    wait(lambda: [card.name for card in window.library.model.cards] == ["Deeper"])
    wait(lambda: badges(window) == ["In the cloud"])
    assert kept(swift, bucket) == before
    assert not window.messages.isVisible() or "yours" in window.messages.text


def test_a_key_that_the_bucket_takes_no_more_is_told_once_with_where_to_change_it(
    open_window: Open, qtbot: QtBot, wait: Wait, guests: str, swift: SwiftServer, bucket: str,  # noqa: F811
) -> None:  # fmt: skip
    # The club has made its key anew.
    place = Place(swift.endpoint, bucket, REGION, "u18/")
    club_bucket.use(Account(), place, ACCESS_KEY, "the secret of before")
    window = open_window()
    wait(window.messages.isVisible)
    assert "The club's bucket does not accept its key" in window.messages.text
    assert "on the account screen" in window.messages.text
    assert "sign" not in window.messages.text
    wait(lambda: badges(window) == ["Waiting for a key that the club's bucket accepts"])
    window.messages.hide()
    with qtbot.waitSignal(window.cloud.ran, timeout=PATIENCE_MS):
        window.cloud.wake()
    assert not window.messages.isVisible()
    # Where it is changed, all but the key stands there already.
    view = account_of(window, wait)
    press(qtbot, view.bucket.set_up)
    form = view.bucket
    shown = [one.text() for one in (form.endpoint, form.bucket, form.prefix, form.region, form.key_id, form.secret)]
    assert shown == [swift.endpoint, bucket, "u18", REGION, "", ""]
    form.key_id.setText(ACCESS_KEY)
    form.secret.setText(SECRET_KEY)
    press(qtbot, form.use)
    window.go("library")
    wait(lambda: badges(window) == ["In the cloud"])


def test_a_keyring_that_lost_the_buckets_key_is_told_once(
    open_window: Open, qtbot: QtBot, wait: Wait, guests: str, swift: SwiftServer, bucket: str,  # noqa: F811
) -> None:  # fmt: skip
    place = Place(swift.endpoint, bucket, REGION, "u18/")
    club_bucket.use(Account(), place, ACCESS_KEY, SECRET_KEY)
    Account().secrets.keep(club_bucket.SECRET, None)
    window = open_window()
    wait(window.messages.isVisible)
    assert "There is no key for the club's bucket" in window.messages.text
    assert "Give it again, on the account screen" in window.messages.text
    window.messages.hide()
    with qtbot.waitSignal(window.cloud.ran, timeout=PATIENCE_MS):
        window.cloud.wake()
    assert not window.messages.isVisible()
    # Given again, it goes on.
    view = account_of(window, wait)
    press(qtbot, view.bucket.set_up)
    fill(view, swift, bucket)
    press(qtbot, view.bucket.use)
    window.go("library")
    wait(lambda: badges(window) == ["In the cloud"])
