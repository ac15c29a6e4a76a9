"""S11: keyrings that fail, swallow, block, are locked or too short; and the file of a headless box."""

from __future__ import annotations

import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null

from coachvision.accounts.vault import LONGEST, FileVault, KeyringVault
from coachvision.errors import AccountError
from tests.support.keyrings import BlockingRing, MemoryRing, ReadOnlyRing


@pytest.fixture(autouse=True)
def _own_ring() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


def vault(ring: KeyringBackend, patience_s: float = 10.0) -> KeyringVault:
    keyring.set_keyring(ring)
    return KeyringVault("profile", patience_s)


def test_a_secret_is_kept_read_and_forgotten() -> None:
    ring = MemoryRing()
    kept = vault(ring)
    kept.probe()
    assert ring.kept == {}
    kept.write("refresh-token", "secret")
    assert kept.read("refresh-token") == "secret"
    # Another settings folder of the same user of the machine has its own.
    assert KeyringVault("another").read("refresh-token") is None
    kept.delete("refresh-token")
    kept.delete("refresh-token")
    assert kept.read("refresh-token") is None


@pytest.mark.parametrize(
    ("ring", "told"),
    [
        (fail.Keyring(), "NoKeyringError"),
        (null.Keyring(), "did not keep what it was given"),
        (ReadOnlyRing(), "PasswordSetError"),
        (MemoryRing(longest=3), "OSError"),
    ],
)
def test_a_keyring_that_keeps_nothing_is_found_out(ring: KeyringBackend, told: str) -> None:
    with pytest.raises(AccountError, match="no usable keyring") as refused:
        vault(ring).probe()
    assert told in refused.value.message
    assert "until CoachVision closes" in refused.value.hint


def test_a_locked_keyring_is_told_and_may_be_tried_again() -> None:
    ring = MemoryRing()
    ring.locked = True
    kept = vault(ring)
    with pytest.raises(AccountError, match="locked") as refused:
        kept.probe()
    assert refused.value.retryable
    ring.locked = False
    kept.probe()


def test_a_keyring_that_never_answers_is_given_up_at_once_until_it_does() -> None:
    ring = BlockingRing()
    kept = vault(ring, patience_s=0.05)
    for _ in range(3):
        with pytest.raises(AccountError, match="locked") as refused:
            kept.write("refresh-token", "late")
        assert "did not answer" in refused.value.message
    ring.unlocked.set()
    for thread in threading.enumerate():
        if thread.name == "keyring":
            thread.join(10)
    # What was asked too early came through after all; and now it answers.
    assert set(ring.kept.values()) == {"late"}
    patient = vault(ring)
    patient.write("refresh-token", "in time")
    assert patient.read("refresh-token") == "in time"


def test_a_token_longer_than_keyrings_hold_is_refused_before_it_is_cut_off() -> None:
    ring = MemoryRing()
    kept = vault(ring)
    kept.write("refresh-token", "x" * LONGEST)
    with pytest.raises(AccountError, match="cannot hold"):
        kept.write("refresh-token", "x" * (LONGEST + 1))
    assert kept.read("refresh-token") == "x" * LONGEST


def test_the_file_of_a_headless_box_is_readable_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "token"
    kept = FileVault(path)
    kept.probe()
    assert kept.read("refresh-token") is None
    kept.write("refresh-token", "secret")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert FileVault(path).read("refresh-token") == "secret"
    kept.write("guest-token", "other")
    kept.delete("refresh-token")
    assert (kept.read("refresh-token"), kept.read("guest-token")) == (None, "other")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_token_file_that_others_may_open_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "token"
    FileVault(path).write("refresh-token", "secret")
    path.chmod(mode)
    with pytest.raises(AccountError, match="can be read by others"):
        FileVault(path).read("refresh-token")


def test_a_link_or_a_folder_is_no_token_file(tmp_path: Path) -> None:
    FileVault(tmp_path / "token").write("refresh-token", "secret")
    (tmp_path / "link").symlink_to(tmp_path / "token")
    for path in (tmp_path / "link", tmp_path):
        with pytest.raises(AccountError, match="not a plain file"):
            FileVault(path).probe()
