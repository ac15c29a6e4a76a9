"""Debian's PostgreSQL as a process of the tests: a private cluster on a Unix socket, gone when standard input closes.

`PostgresServer.start()` gives a handle. The server refuses to run as root, so there it runs as the package's own user.
"""

from __future__ import annotations

import getpass
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path
from types import TracebackType

import psycopg

from tests.support.process import ServerProcess, announce, end_with_parent

# Whoever dies here loses nothing that a test wants back.
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=300", "listen_addresses=")


class PostgresServer:
    """A running PostgreSQL. superuser_url: of its first database."""

    def __init__(self, process: ServerProcess) -> None:
        self._process = process
        self._socket, self._user = process.ready["socket"], process.ready["user"]
        self.superuser_url = self._url(self._user, "postgres")
        with psycopg.connect(self.superuser_url, autocommit=True) as connection:
            # As at Supabase: the gateway's own user is no superuser, and these two are what the browser may become.
            for role in ("coachvision LOGIN", "anon NOLOGIN", "authenticated NOLOGIN"):
                connection.execute(f"CREATE ROLE {role}")  # type: ignore[call-overload]
            connection.execute("GRANT anon, authenticated TO coachvision")

    @classmethod
    def start(cls) -> PostgresServer:
        return cls(ServerProcess.module("tests.support.postgres_server"))

    def _url(self, user: str, database: str) -> str:
        return f"postgresql://{user}@/{database}?host={self._socket}"

    def make_database(self) -> str:
        """A new, empty database of the gateway's user, with Supabase's default grants. Returns its URL."""
        name = "test_" + uuid.uuid4().hex
        with psycopg.connect(self.superuser_url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} OWNER coachvision")  # type: ignore[call-overload]
        url = self._url("coachvision", name)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("GRANT USAGE ON SCHEMA public TO anon, authenticated")
            connection.execute("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO anon, authenticated")
        return url

    def stop(self) -> None:
        self._process.stop()

    def __enter__(self) -> PostgresServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _program(name: str) -> str:
    """Debian keeps the server's programs off the PATH, a folder a version."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    program = str(found[-1]) if found else shutil.which(name)
    if program is None:
        raise RuntimeError(f"{name} is not installed: `make system` installs what the tests need")
    return program


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    user = "postgres" if os.geteuid() == 0 else getpass.getuser()
    if os.geteuid() == 0:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    identity = {"user": user} if os.geteuid() == 0 else {}
    data = folder / "data"
    subprocess.run(
        [_program("initdb"), "-D", str(data), "-A", "trust", "-U", user, "-E", "UTF8", "--locale=C", "--no-sync"],
        check=True, stdout=subprocess.DEVNULL, cwd=folder, **identity,
    )  # fmt: skip
    options = [part for option in _FAST for part in ("-c", option)]
    server = subprocess.Popen(
        [_program("postgres"), "-D", str(data), "-k", str(folder), *options],
        cwd=folder, stdin=subprocess.DEVNULL, stdout=sys.stderr, **identity,
    )  # fmt: skip

    def end() -> None:
        server.send_signal(signal.SIGQUIT)
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)

    end_with_parent(end)
    url = f"postgresql://{user}@/postgres?host={folder}"
    while server.poll() is None:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            # Not yet; the attempt itself takes its time.
            continue
        announce(socket=str(folder), user=user)
        break
    server.wait()


if __name__ == "__main__":
    main()
