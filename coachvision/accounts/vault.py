"""Where the two secrets of a sign-in lie, the refresh token and the guest token: the system's keyring, and no file.

Only a file that the coach's own configuration names (a headless box, COACHVISION_TOKEN_FILE) may take its place; there
is no fallback to one. Without a usable keyring the secrets live in memory, until the program closes, and the window
says so. For the accounts room alone; keyring itself is imported at the first question, never at start-up.
"""

from __future__ import annotations

import os
import secrets
import stat
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TookTooLong
from pathlib import Path
from typing import Protocol, TypeVar

from coachvision import tomlfile
from coachvision.errors import AccountError

T = TypeVar("T")
SERVICE = "CoachVision"
# Windows keeps 1280 characters a secret; longer ones fail there in ways of their own.
LONGEST = 1280
# Long enough for a coach to type the keyring's password into the question that the system asks.
PATIENCE_S = 30.0
_ONLY_MINE = stat.S_IRWXG | stat.S_IRWXO


class Vault(Protocol):
    """Secrets by name. lasting: they are there at the next start."""

    lasting: bool

    def read(self, name: str) -> str | None:
        """The secret, None where there is none. Raises AccountError."""
        ...

    def write(self, name: str, secret: str) -> None:
        """Keep it, and be sure that it is kept. Raises AccountError."""
        ...

    def delete(self, name: str) -> None:
        """Forget it; nothing happens if it is not there. Raises AccountError."""
        ...


class MemoryVault:
    """Until the program closes."""

    lasting = False

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    def read(self, name: str) -> str | None:
        return self._kept.get(name)

    def write(self, name: str, secret: str) -> None:
        self._kept[name] = secret

    def delete(self, name: str) -> None:
        self._kept.pop(name, None)


class KeyringVault:
    """The system's keyring. profile: tells apart the settings folders of one user of the machine."""

    lasting = True

    def __init__(self, profile: str, patience_s: float = PATIENCE_S) -> None:
        self._profile = profile
        self._patience_s = patience_s
        self._hand = _Hand()

    def probe(self) -> None:
        """Write, read, delete: a keyring may refuse, block, or swallow in silence. Raises AccountError saying which."""
        word = secrets.token_hex(8)
        self.write("probe", word)
        self.delete("probe")

    def read(self, name: str) -> str | None:
        def get() -> str | None:
            import keyring

            return keyring.get_password(SERVICE, self._key(name))

        return self._ask(get)

    def write(self, name: str, secret: str) -> None:
        if len(secret) > LONGEST:
            raise AccountError(
                "The keyring cannot hold this sign-in",
                f"The service's token has {len(secret)} characters, and keyrings hold {LONGEST}",
                hint="You stay signed in until CoachVision closes.",
            )

        def put() -> str | None:
            import keyring

            keyring.set_password(SERVICE, self._key(name), secret)
            # The null keyring says nothing and keeps nothing.
            return keyring.get_password(SERVICE, self._key(name))

        if self._ask(put) != secret:
            raise _unusable("it did not keep what it was given")

    def delete(self, name: str) -> None:
        def drop() -> None:
            import keyring

            if keyring.get_password(SERVICE, self._key(name)) is not None:
                keyring.delete_password(SERVICE, self._key(name))

        self._ask(drop)

    def _key(self, name: str) -> str:
        return f"{name} {self._profile}"

    def _ask(self, work: Callable[[], T]) -> T:
        try:
            return self._hand.do(work, self._patience_s)
        except TookTooLong as late:
            raise AccountError(
                "The keyring is locked",
                "The system's keyring did not answer",
                hint="Unlock it (it may be asking for its password in another window), then try again.",
                retryable=True,
            ) from late
        except Exception as error:
            # Backends are other people's plugins: they raise whatever their system gives them.
            if type(error).__name__ == "KeyringLocked":
                raise AccountError(
                    "The keyring is locked", "The system's keyring is locked", hint="Unlock it, then try again.",
                    retryable=True,
                ) from error  # fmt: skip
            raise _unusable(f"{type(error).__name__}") from error


class FileVault:
    """A file of mode 0600 that the configuration of a headless box names. Nobody else may read it, or it is refused."""

    lasting = True

    def __init__(self, path: Path) -> None:
        self.path = path

    def probe(self) -> None:
        """See that the file, or its folder, can be used. Raises AccountError."""
        self._tables()
        if not os.access(self.path if self.path.exists() else self.path.parent, os.W_OK):
            raise self._refused("cannot be written")

    def read(self, name: str) -> str | None:
        value = self._tables().get(name)
        return value if isinstance(value, str) else None

    def write(self, name: str, secret: str) -> None:
        self._replace({**self._tables(), name: secret})

    def delete(self, name: str) -> None:
        tables = self._tables()
        if tables.pop(name, None) is not None:
            self._replace(tables)

    def _tables(self) -> dict[str, object]:
        try:
            found = self.path.lstat()
            if not stat.S_ISREG(found.st_mode):
                raise self._refused("is not a plain file")
            if os.name == "posix" and (found.st_mode & _ONLY_MINE or found.st_uid != os.getuid()):
                raise self._refused("can be read by others, or belongs to somebody else")
            return tomlfile.parse(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise self._refused(f"cannot be read ({error})") from error

    def _replace(self, tables: dict[str, object]) -> None:
        # tomlfile.write makes its file with mkstemp, which gives it mode 0600 from the start.
        tomlfile.write(self.path, tables)

    def _refused(self, why: str) -> AccountError:
        return AccountError(
            "The token file cannot be used",
            f"{self.path} {why}",
            hint=f"Make it readable for you alone: chmod 600 {self.path}",
            path=self.path,
        )


class _Hand:
    """Does one thing at a time with the keyring, each in a thread of its own: a locked one may block for ever."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._stuck = False

    def do(self, work: Callable[[], T], patience_s: float) -> T:
        """The work's result. Raises what it raises, or TimeoutError: at once while an earlier one is stuck."""
        if not self._turn.acquire(timeout=0.0 if self._stuck else patience_s):
            raise TookTooLong
        answer: Future[T] = Future()

        def carry_out() -> None:
            try:
                answer.set_result(work())
            except BaseException as error:
                # Whatever it was, whoever waits must hear of it.
                answer.set_exception(error)
            finally:
                self._stuck = False
                self._turn.release()

        threading.Thread(target=carry_out, name="keyring", daemon=True).start()
        try:
            return answer.result(patience_s)
        except TookTooLong:
            self._stuck = not answer.done()
            raise


def _unusable(why: str) -> AccountError:
    return AccountError(
        "There is no usable keyring",
        f"The system's keyring cannot keep the sign-in: {why}",
        hint="You stay signed in until CoachVision closes.",
    )
