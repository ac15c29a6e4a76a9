"""Keyrings of the tests' own, used through keyring's real API: PYTHON_KEYRING_BACKEND=tests.support.keyrings.FileRing.

`FileRing` keeps its secrets in the file that COACHVISION_TEST_KEYRING names, so that processes share it, and each write
as a line of NAME.history. The others misbehave in the ways real ones do.
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError, PasswordSetError


@pytest.fixture
def use_ring() -> Iterator[Callable[[KeyringBackend], None]]:
    """Puts a keyring on for this test."""
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


@pytest.fixture
def ring(use_ring: Callable[[KeyringBackend], None]) -> MemoryRing:
    """This test's own keyring, in memory."""
    made = MemoryRing()
    use_ring(made)
    return made


class FileRing(KeyringBackend):
    """Keeps secrets in one JSON file, a write at a time."""

    priority = 0.1  # type: ignore[assignment]

    def get_password(self, service: str, username: str) -> str | None:
        with _opened() as kept:
            return kept.get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        with _opened() as kept:
            kept[f"{service}/{username}"] = password
            with Path(os.environ["COACHVISION_TEST_KEYRING"] + ".history").open("a", encoding="utf-8") as history:
                history.write(f"{username.partition(' ')[0]}:{password}\n")

    def delete_password(self, service: str, username: str) -> None:
        with _opened() as kept:
            if kept.pop(f"{service}/{username}", None) is None:
                raise PasswordDeleteError("not found")


class MemoryRing(KeyringBackend):
    """Keeps secrets in this process. longest: as Windows, it refuses longer ones. locked: refuses everything."""

    priority = 0.1  # type: ignore[assignment]

    def __init__(self, longest: int = 10_000) -> None:
        super().__init__()
        self.kept: dict[str, str] = {}
        self.longest = longest
        self.locked = False

    def get_password(self, _service: str, username: str) -> str | None:
        self._check()
        return self.kept.get(username)

    def set_password(self, _service: str, username: str, password: str) -> None:
        self._check()
        if len(password) > self.longest:
            # Not one of keyring's own errors, as on Windows.
            raise OSError(1783, "The stub received bad data")
        self.kept[username] = password

    def delete_password(self, _service: str, username: str) -> None:
        self._check()
        if self.kept.pop(username, None) is None:
            raise PasswordDeleteError(username)

    def _check(self) -> None:
        if self.locked:
            raise KeyringLocked("locked")


class BlockingRing(MemoryRing):
    """A Secret Service whose question nobody answers: every call blocks until `unlocked` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.unlocked = threading.Event()

    def _check(self) -> None:
        self.unlocked.wait(60)


class ReadOnlyRing(MemoryRing):
    """Reads and refuses to write."""

    def set_password(self, _service: str, _username: str, _password: str) -> None:
        raise PasswordSetError("read only")


@contextmanager
def _opened() -> Iterator[dict[str, Any]]:
    path = Path(os.environ["COACHVISION_TEST_KEYRING"])
    with path.open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        before = file.read()
        kept: dict[str, Any] = json.loads(before or "{}")
        yield kept
        after = json.dumps(kept)
        if after != (before or "{}"):
            file.seek(0)
            file.truncate()
            file.write(after)
