"""The nursery: what it forks is a process of its own, with its own environment, errors and end."""

from __future__ import annotations

import os
import signal
import sys

import httpx
import pytest

from tests.support.nursery import ForkedServer
from tests.support.process import announce

ECHO = "tests.doubles.echo_child:main"


def tell() -> None:
    """Work that is over at once."""
    announce(pid=os.getpid(), given=os.environ.get("GIVEN"))


def fail() -> None:
    announce()
    raise ZeroDivisionError(os.environ["GIVEN"])


def leave() -> None:
    announce()
    sys.exit(int(os.environ["GIVEN"]))


def test_two_at_once_are_two_and_end_each_by_itself() -> None:
    with ForkedServer(ECHO) as one, ForkedServer(ECHO) as other:
        assert len({one.pid, other.pid, os.getpid()}) == 3
        for server, count in ((one, 3), (other, 1)):
            told = [httpx.get(f"{server.ready['url']}/2", trust_env=False).text for _ in range(count)]
            assert told == ["0123456789" * 2] * count
            assert httpx.get(f"{server.ready['url']}/served", trust_env=False).text == str(count)
        one.stop()
        assert one.returncode == 0
        assert other.returncode is None
        other.kill()
        assert (other.returncode, other.wait()) == (-signal.SIGKILL, -signal.SIGKILL)
    for server in (one, other):
        with pytest.raises(ProcessLookupError):
            os.kill(server.pid, 0)


def test_each_has_its_own_environment() -> None:
    for given in ("one", "other"):
        with ForkedServer(f"{__name__}:tell", {"GIVEN": given}) as server:
            assert (server.ready["pid"], server.ready["given"]) == (server.pid, given)
            assert server.wait() == 0
    with ForkedServer(f"{__name__}:tell") as server:
        assert server.ready["given"] is None


def test_one_that_fails_says_why_and_is_not_the_nurserys_end() -> None:
    for given in ("first", "second"):
        with ForkedServer(f"{__name__}:fail", {"GIVEN": given}) as server:
            assert server.wait() == 1
            assert f"ZeroDivisionError: {given}" in server.errors()


def test_one_that_leaves_with_a_code_has_that_code_and_no_traceback() -> None:
    for code in (0, 3):
        with ForkedServer(f"{__name__}:leave", {"GIVEN": str(code)}) as server:
            assert (server.wait(), server.errors()) == (code, "")
