"""The gateway: signed URLs a second against a bare Starlette endpoint that verifies the same token each time, and
against one that remembers it, as the gateway does; and whether it is as fast with a million rows in its tables as with
a thousand (SQLite and PostgreSQL).

Everything is a process of its own over loopback HTTP; both sides of a ratio take turns in the same run, so that a busy
machine slows both alike. Needs Linux (Swift) and, for its rows, Debian's PostgreSQL.
`COACHVISION_BENCH_GATEWAY_ROWS` changes the million.
"""

# ruff: noqa: S608 - the statements are made of our own words

from __future__ import annotations

import json
import os
import shutil
import socket
import statistics
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import text

from benchmarks.rows import Row
from coachvision.clock import SystemClock
from coachvision.gateway import migrate
from coachvision.gateway.state import State
from tests.support.auth_server import AuthServer
from tests.support.gateway_client import GatewayClient
from tests.support.gateway_process import GatewayProcess
from tests.support.process import ServerProcess
from tests.support.swift_server import SwiftServer

RATE_TARGET, FLAT_TARGET = 0.5, 1.5
ROUNDS, ROUND_S, CONNECTIONS = 9, 1.0, 4
SMALL, LARGE, EACH = 1_000, int(os.environ.get("COACHVISION_BENCH_GATEWAY_ROWS", "1000000")), 100
ASKED = 400
BUCKET = "bench"
_UNLIMITED = {"COACHVISION_RATE_CALLER": "100000000/minute", "COACHVISION_RATE_ADDRESS": "100000000/minute"}
_UPLOAD = (
    "upload_id, owner, session_id, idempotency_key, request_sha256, kind, ext, content_type, size, sha256, key,"
    " part_size, parts_total, state, storage_id, clean, created, changed"
)
_SESSION = "owner, session_id, kind, rev, seq, deleted, device_id, changed, created, summary, manifest"
_PARTS = json.dumps({"parts": [{"n": 1, "md5": "0" * 32}]}).encode()


class Line:
    """One keep-alive connection that sends prepared requests: a client that costs next to nothing."""

    def __init__(self, url: str) -> None:
        self._host = urlsplit(url).netloc
        name, _, port = self._host.partition(":")
        self._socket = socket.create_connection((name, int(port)))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._left = b""

    def prepare(self, method: str, path: str, token: str, body: bytes = b"") -> bytes:
        """A request as bytes."""
        kind = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
        head = f"{method} {path} HTTP/1.1\r\nHost: {self._host}\r\nAuthorization: Bearer {token}\r\n{kind}\r\n"
        return head.encode() + body

    def ask(self, request: bytes) -> None:
        """Send it and read the whole answer, which must be a good one."""
        self._socket.sendall(request)
        while b"\r\n\r\n" not in self._left:
            self._left += self._socket.recv(65_536)
        head, _, self._left = self._left.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        while len(self._left) < length:
            self._left += self._socket.recv(65_536)
        self._left = self._left[length:]

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


def rows() -> list[Row]:
    """Rates and flatness, of each database there is."""
    found: list[Row] = []
    with ExitStack() as stack:
        auth = stack.enter_context(AuthServer.start())
        swift = stack.enter_context(SwiftServer.start())
        swift.make_bucket(BUCKET)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for name, databases in _databases(stack, folder):
            found += _rate(name, databases[0], auth, swift)
            found += _flat(name, databases[0], databases[1], auth, swift)
    return found


def _databases(stack: ExitStack, folder: Path) -> Iterator[tuple[str, tuple[Path | str, Path | str]]]:
    yield "SQLite", (folder / "small.db", folder / "large.db")
    if shutil.which("pg_ctlcluster") is None and not list(Path("/usr/lib/postgresql").glob("*/bin/postgres")):
        print("PostgreSQL is not installed: its rows are left out")
        return
    from tests.support.postgres_server import PostgresServer

    server = stack.enter_context(PostgresServer.start())
    yield "PostgreSQL", (server.make_database(), server.make_database())


@contextmanager
def _gateway(database: Path | str, auth: AuthServer, swift: SwiftServer) -> Iterator[GatewayProcess]:
    with GatewayProcess(
        database=database, issuer=auth.issuer, storage_endpoint=swift.endpoint, bucket=BUCKET, environment=_UNLIMITED
    ) as process:
        yield process


def _rate(name: str, database: Path | str, auth: AuthServer, swift: SwiftServer) -> list[Row]:
    token = auth.sign_in(f"{uuid.uuid4()}@example.org")["access_token"]
    verifying = {"COACHVISION_AUTH_ISSUER": auth.issuer}
    remembering = {**verifying, "COACHVISION_BENCH_REMEMBER": "1"}
    with (
        _gateway(database, auth, swift) as gateway,
        ServerProcess.module("benchmarks.gateway_bare", environment=verifying) as bare,
        ServerProcess.module("benchmarks.gateway_bare", environment=remembering) as lazy,
        GatewayClient(gateway.url, f"Bearer {token}") as client,
    ):
        upload = client.announce(b"x" * 100).raise_for_status().json()
        path = f"/v1/uploads/{upload['upload_id']}/urls"
        servers = (gateway.url, str(bare.ready["url"]), str(lazy.ready["url"]))
        told: tuple[list[float], ...] = ([], [], [])
        for number in range(ROUNDS + 1):
            for which in (0, 1, 2) if number % 2 else (2, 1, 0):
                rate = _load(servers[which], path, token)
                # The first round warms all.
                if number:
                    told[which].append(rate)
    ours, *peers = told
    verified, remembered = ([mine / their for mine, their in zip(ours, peer, strict=True)] for peer in peers)
    ratio = statistics.median(verified)
    what = f"gateway: signed URLs a second, one worker, {name}"
    return [
        Row(
            name=what, value=statistics.median(ours), unit="/s", peer="bare Starlette, same token",
            peer_value=statistics.median(peers[0]), ratio=ratio, target=f">= {RATE_TARGET}", met=ratio >= RATE_TARGET,
        ),
        Row(
            name=what, value=statistics.median(ours), unit="/s", peer="the same, token remembered",
            peer_value=statistics.median(peers[1]), ratio=statistics.median(remembered), target="", met=None,
        ),
    ]  # fmt: skip


def _load(url: str, path: str, token: str) -> float:
    """Requests a second over a few connections."""
    counts = [0] * CONNECTIONS
    end = time.perf_counter() + ROUND_S

    def run(index: int) -> None:
        line = Line(url)
        request = line.prepare("POST", path, token, _PARTS)
        while time.perf_counter() < end:
            line.ask(request)
            counts[index] += 1
        line.close()

    started = time.perf_counter()
    threads = [threading.Thread(target=run, args=(index,)) for index in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - started)


def _flat(name: str, small: Path | str, large: Path | str, auth: AuthServer, swift: SwiftServer) -> list[Row]:
    """The same requests of owners with as many rows each, among few others and among very many."""
    for database, count in ((small, SMALL), (large, LARGE)):
        fill(database, count)
    now = int(time.time())
    claims = {"iss": auth.issuer, "aud": "authenticated", "role": "authenticated", "iat": now, "exp": now + 3600}
    with _gateway(small, auth, swift) as one, _gateway(large, auth, swift) as other:
        lines = (Line(one.url), Line(other.url))
        times: dict[str, tuple[list[float], list[float]]] = {}
        for number in range(ASKED + 40):
            for which in (0, 1) if number % 2 else (1, 0):
                owners = (SMALL, LARGE)[which] // EACH
                # Spread over all of them, so that the pages asked for are not warm by chance.
                owner = number * 7919 % owners
                token = auth.mint({**claims, "sub": f"owner-{owner}"})
                upload = _id("1", owner * EACH + number % EACH)
                for what, request in _requests(lines[which], token, upload).items():
                    started = time.perf_counter()
                    lines[which].ask(request)
                    if number >= 40:
                        times.setdefault(what, ([], []))[which].append((time.perf_counter() - started) * 1000)
        for line in lines:
            line.close()
    return [_flat_row(f"gateway: p95 of {what}, {name}", *both) for what, both in times.items()]


def _requests(line: Line, token: str, upload: str) -> dict[str, bytes]:
    return {
        "signed URL": line.prepare("POST", f"/v1/uploads/{upload}/urls", token, _PARTS),
        "list of sessions": line.prepare("GET", "/api/analysis/sessions?limit=50", token),
        "changes": line.prepare("GET", "/v1/changes?limit=20", token),
        "account": line.prepare("GET", "/v1/account", token),
    }


def _flat_row(name: str, few: Sequence[float], many: Sequence[float]) -> Row:
    small, large = (statistics.quantiles(times, n=20)[-1] for times in (few, many))
    return Row(
        name=f"{name}, {LARGE:,} rows", value=large, unit="ms", peer=f"{SMALL:,} rows", peer_value=small,
        ratio=large / small, target=f"<= {FLAT_TARGET}", met=large / small <= FLAT_TARGET,
    )  # fmt: skip


def _id(kind: str, number: int) -> str:
    return f"{kind}{number:07x}-0000-4000-8000-000000000000"


def fill(database: Path | str, count: int) -> None:
    """That many open uploads with a declared part each, and that many sessions, a hundred an owner."""
    url = f"sqlite:///{database}" if isinstance(database, Path) else database
    migrate.upgrade(url)
    state = State(url, SystemClock(), wait_s=600)
    with state.write() as transaction:
        here = transaction.connection.dialect.name
        series = "generate_series(0, :last) AS s(n)"
        hexadecimal: Callable[[str], str] = "lpad(to_hex({}), 7, '0')".format
        if here == "sqlite":
            series = "(WITH RECURSIVE s(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n < :last) SELECT n FROM s)"
            hexadecimal = "printf('%07x', {})".format
        number = f"{hexadecimal('n')} || '-0000-4000-8000-000000000000'"
        owner = f"'user:owner-' || (n / {EACH})"
        no = "0" if here == "sqlite" else "false"
        accounts = f"SELECT 'user:owner-' || n, 'registered', '2026', 0, 0, 'e', {EACH}, :key FROM {series}"
        uploads = (
            f"SELECT '1' || {number}, {owner}, '2' || {number}, 'k' || n, 'x', 'video', 'mp4', 'video/mp4', 100, 'x',"
            f" 'users/' || n, 100, 1, 'open', 'storage', {no}, '2026', '2026' FROM {series}"
        )
        parts = f"SELECT '1' || {number}, 1, '{'0' * 32}' FROM {series}"
        sessions = (
            f"SELECT {owner}, '2' || {number}, 'session', 1, n % {EACH} + 1, {no}, 'd', '2026', '2026-01-01T' || n,"
            f" :summary, :manifest FROM {series}"
        )
        statements = [
            f"INSERT INTO {table} ({columns}) {values}"
            for table, columns, values in (
                (
                    "account",
                    "owner, tier, created, stored_bytes, reserved_bytes, epoch, change_seq, audit_key",
                    accounts,
                ),
                ("upload", _UPLOAD, uploads),
                ("part", "upload_id, n, md5", parts),
                ("session", _SESSION, sessions),
            )
        ]
        manifest = {"device_id": "d", "created": "2026", "updated": "2026", "document": {"note": "x" * 200}}
        summary: dict[str, Any] = {
            "title": "Squat", "athlete": None, "exercise": "", "created": "2026", "updated": "2026",
            "duration_s": 3.0, "metrics": [],
        }  # fmt: skip
        values = {"key": b"k" * 32, "summary": json.dumps(summary), "manifest": json.dumps(manifest)}
        for which, statement in enumerate(statements):
            last = count // EACH - 1 if which == 0 else count - 1
            named = {name: value for name, value in values.items() if f":{name}" in statement}
            transaction.execute(text(statement), {**named, "last": last})
    with state.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    state.close()
