"""`coachvision gateway` as an operator runs it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

import httpx
import pytest

from tests.gateway.tryout import COMMAND, TryOut, free_port, until_ready
from tests.support import command
from tests.support.auth_server import AuthServer
from tests.support.swift_server import ACCESS_KEY, REGION, SECRET_KEY, SwiftServer

# Nagle's algorithm with delayed acknowledgements costs 40 ms an answer, ten times what the answer takes; but for the
# first ones of a connection, which the kernel acknowledges at once.
FIRST, LATER, MOST_RATIO = 10, 40, 5


def test_two_workers_serve_at_once_and_stop_when_asked(
    auth_server: AuthServer, swift: SwiftServer, bucket: str, tmp_path: Path
) -> None:
    port = free_port()
    environment = {
        **os.environ, "SUPABASE_URL": auth_server.url, "COACHVISION_S3_ENDPOINT": swift.endpoint,
        "COACHVISION_S3_BUCKET": bucket, "COACHVISION_S3_REGION": REGION, "COACHVISION_S3_ACCESS_KEY": ACCESS_KEY,
        "COACHVISION_S3_SECRET_KEY": SECRET_KEY, "COACHVISION_GATEWAY_DATABASE": str(tmp_path / "gateway.db"),
    }  # fmt: skip
    with (
        (tmp_path / "log").open("wb") as log,
        subprocess.Popen([*COMMAND, "--port", str(port), "--workers", "2"], env=environment, stderr=log) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        try:
            until_ready(f"http://127.0.0.1:{port}", process)
            times = []
            for _ in range(60):
                started = time.perf_counter()
                client.get("/v1/config").raise_for_status()
                times.append(time.perf_counter() - started)
            assert min(times[LATER:]) < MOST_RATIO * min(times[:FIRST])
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(30) in (0, -signal.SIGTERM)
    assert b"Traceback" not in (tmp_path / "log").read_bytes()


def test_what_is_not_configured_is_named_in_a_sentence() -> None:
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("SUPABASE_", "COACHVISION_S3_"))}
    given = {"SUPABASE_URL": "http://127.0.0.1:9", "COACHVISION_S3_SECRET_KEY": "hidden-value"}
    for more, named in (({}, "SUPABASE_URL"), (given, "COACHVISION_S3_ENDPOINT"),
                        ({**given, "COACHVISION_S3_ENDPOINT": "hidden-value"}, "COACHVISION_S3_ENDPOINT")):  # fmt: skip
        ended = command.run("gateway", environment={**bare, **more})
        assert (ended.returncode, named in ended.stderr, "hidden-value" in ended.stderr) == (2, True, False)
        assert "docs/self-hosting.md" in ended.stderr


def test_a_taken_port_is_a_sentence_before_anything_is_promised() -> None:
    given = {
        "SUPABASE_URL": "http://127.0.0.1:9", "COACHVISION_S3_ENDPOINT": "http://127.0.0.1:9",
        "COACHVISION_S3_BUCKET": "films", "COACHVISION_S3_ACCESS_KEY": "k", "COACHVISION_S3_SECRET_KEY": "s",
    }  # fmt: skip
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for options in ([], ["--dev"]):
            ended = command.run("gateway", "--port", port, *options, environment={**os.environ, **given})
            assert (ended.returncode, ended.stdout) == (2, "")
            assert ended.stderr.startswith(f"coachvision: The gateway cannot listen on 127.0.0.1, port {port}: ")
            assert "--port" in ended.stderr


# SIGHUP is what the system sends to everything of a terminal that is closed; many shells send it once more.
@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_a_gateway_to_try_out_leaves_nothing_when_its_terminal_is_closed(number: int, tmp_path: Path) -> None:
    with TryOut(tmp_path) as tried:
        assert len(tried.left()) > 4, "the gateway and its doubles"
        for _ in range(2):
            os.killpg(tried.process.pid, number)
        assert tried.process.wait(60) == 128 + signal.SIGTERM
    until = time.monotonic() + 60
    while left := tried.left():
        assert time.monotonic() < until, left
        threading.Event().wait(0.1)
    assert list(tried.folder.iterdir()) == []
    assert "Traceback" not in tried.log.read_text("utf-8")
