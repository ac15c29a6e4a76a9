"""The hostile floor: stray logs, threads, processes and sockets beyond loopback fail the test that left them."""

from __future__ import annotations

import gc
import logging
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import psutil
import pytest

from tests.support.keyrings import ring, use_ring  # noqa: F401 - fixtures
from tests.support.servers import (  # noqa: F401 - fixtures
    _auth_process,
    auth_server,
    bucket,
    fault_proxy,
    postgres,
    redis_server,
    swift,
)

# Machines are noisy: no test fails for being slow.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")
# Where the machine's habit is to keep nothing compiled, each program that tests start would compile all it imports.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

_LOOPBACK = ("127.", "::1", "localhost")
# What a test is given to end what it began, on a machine that is busy with other things.
_PATIENCE_S = 60


def _data_folder() -> Path:
    named = os.environ.get("COACHVISION_TEST_DATA")
    return Path(named) if named else Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real videos with known answers; a test that needs it skips where it is absent."""
    folder = _data_folder()
    if not (folder / "INDEX.json").is_file():
        pytest.skip("../shared/data is absent")
    return folder


@pytest.fixture(autouse=True)
def _own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test touches the coach's own library, plugins or settings."""
    monkeypatch.setenv("COACHVISION_LIBRARY", str(tmp_path / "library"))
    monkeypatch.setenv("COACHVISION_PLUGINS", str(tmp_path / "plugins"))
    monkeypatch.setenv("COACHVISION_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("COACHVISION_PICTURES", str(tmp_path / "pictures"))


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(host).startswith(_LOOPBACK):
            raise AssertionError(f"a test tried to reach {address}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _nothing_left_behind(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    me = psutil.Process()
    threads = set(threading.enumerate())
    children = {child.pid for child in me.children(recursive=True)}
    yield
    left_threads = [t for t in threading.enumerate() if t not in threads and t.is_alive() and not _is_lasting(t)]
    for thread in left_threads:
        thread.join(timeout=_PATIENCE_S)
    left_threads = [t for t in left_threads if t.is_alive()]
    assert not left_threads, f"threads left behind: {left_threads}"
    left = [child for child in me.children(recursive=True) if child.pid not in children and not _is_helper(child)]
    _, alive = psutil.wait_procs(left, timeout=_PATIENCE_S)
    assert not alive, f"processes left behind: {[_command(child) for child in alive]}"
    stray = [r for when in ("setup", "call") for r in caplog.get_records(when) if r.levelno >= logging.WARNING]
    if request.node.get_closest_marker("logs_expected") is None:
        assert not stray, f"unexpected log records: {[r.getMessage() for r in stray]}"


def _is_lasting(thread: threading.Thread) -> bool:
    """Threads that libraries start once for the life of the process."""
    return thread.name.startswith(("asyncio_", "QueueFeederThread"))


def _is_helper(process: psutil.Process) -> bool:
    """Multiprocessing's resource tracker and our own nursery live as long as their parent, by design."""
    command = _command(process)
    # What the nursery forks looks as itself does, and must not be left behind.
    ours = "tests.support.nursery" in command and process in psutil.Process().children()
    return ours or "multiprocessing.resource_tracker" in command


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return "(gone)"


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: the collector of garbage need not look through it each time."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A skip for anything but absent data is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    odd = [r for r in skipped if "../shared/data is absent" not in str(r.longrepr)]
    if odd and session.exitstatus == pytest.ExitCode.OK:
        reporter.write_line(f"{len(odd)} skipped for another reason than absent data: that is a failure")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
