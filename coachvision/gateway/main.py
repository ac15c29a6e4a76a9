"""Runs the gateway: configured by the environment, or for trying out over doubles. For the command line."""

from __future__ import annotations

import os
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import Any

import tomli_w
import uvicorn

from coachvision.errors import CoachVisionError, UsageError
from coachvision.gateway import auditing, context, settings
from coachvision.gateway.app import DATABASE, factory
from coachvision.gateway.protocol import SERVING
from coachvision.web.problems import Refusal

_FACTORY = f"{factory.__module__}:{factory.__name__}"
_BUCKET = "coachvision"
_SOURCE = Path(__file__).parents[2]


def serve(host: str, port: int, workers: int) -> None:
    """Serve until interrupted. Raises UsageError where the environment does not describe a gateway, or nobody can
    listen there."""
    settings.from_environment(os.environ, database=Path(os.environ.get(DATABASE, "gateway.db")))
    _require_free(host, port)
    uvicorn.run(_FACTORY, factory=True, host=host, port=port, workers=workers, **SERVING)


def serve_dev(host: str, port: int, say: Callable[[str], None]) -> None:
    """Serve over a local Swift and the auth double, which are gone afterwards. say: where lines for people go.

    Raises CoachVisionError outside a source environment.
    """
    swift_server, auth_server = _doubles()
    _require_free(host, port)
    with (
        _tidied_up(),
        tempfile.TemporaryDirectory(prefix="coachvision-gateway-") as folder,
        swift_server.SwiftServer.start() as swift,
        auth_server.AuthServer.start() as auth,
    ):
        swift.make_bucket(_BUCKET)
        url = f"http://{host}:{port}"
        os.environ |= {
            "SUPABASE_URL": auth.url, "DATABASE_URL": f"sqlite:///{folder}/gateway.db",
            "COACHVISION_S3_ENDPOINT": swift.endpoint, "COACHVISION_S3_BUCKET": _BUCKET,
            "COACHVISION_S3_REGION": swift.region, "COACHVISION_S3_ACCESS_KEY": swift.access_key,
            "COACHVISION_S3_SECRET_KEY": swift.secret_key, "COACHVISION_PUBLIC_URL": url,
        }  # fmt: skip
        service = {
            "supabase_url": auth.url, "supabase_publishable_key": auth.publishable_key, "gateway": url,
            "name": "Try-out",
        }  # fmt: skip
        file = Path(folder) / "service.toml"
        file.write_text(tomli_w.dumps({"service": service}), "utf-8")
        for line in _words(service, file):
            say(line)
        serve(host, port, workers=1)


@contextmanager
def _tidied_up() -> Iterator[None]:
    """Within it SIGTERM, and SIGHUP of a terminal that is closed, end the process through every `with` that is open.

    uvicorn stops at a SIGTERM of its own accord, and then raises it anew for whoever listened before.
    """

    def end(number: int, _frame: FrameType | None) -> None:
        # A shell sends SIGHUP as well as the system: the second must not break off the tidying up.
        for each in before:
            signal.signal(each, signal.SIG_IGN)
        raise SystemExit(128 + number)

    def hang_up(_number: int, _frame: FrameType | None) -> None:
        signal.raise_signal(signal.SIGTERM)

    before = {signal.SIGTERM: signal.getsignal(signal.SIGTERM), signal.SIGHUP: signal.getsignal(signal.SIGHUP)}
    signal.signal(signal.SIGTERM, end)
    if before[signal.SIGHUP] != signal.SIG_IGN:
        # Where it is ignored, `nohup` wants it to go on.
        signal.signal(signal.SIGHUP, hang_up)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _require_free(host: str, port: int) -> None:
    """Before anybody is told that the gateway is there: uvicorn says so too late, and in a log."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as held:
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            held.bind(address)
    except OSError as error:
        raise UsageError(
            f"The gateway cannot listen on {host}, port {port}", error.strerror or str(error),
            hint="Choose another with --port, or --host.",
        ) from error  # fmt: skip


def check_audit() -> list[str]:
    """Where the audit is not what was written, a line each; none: all is well. Raises CoachVisionError."""
    file = Path(os.environ.get(DATABASE, "gateway.db")).resolve()
    configured = settings.from_environment(os.environ, database=file)
    if configured.database_url == f"sqlite:///{file}" and not file.is_file():
        raise CoachVisionError("There is no database to check", f"{file} is not there.", path=file)
    try:
        with closing(context.build(configured)) as parts:
            return [f"{found.what} at entry {found.seq} of {found.writer}" for found in auditing.check(parts)]
    except Refusal as refusal:
        raise CoachVisionError("The audit could not be checked", refusal.detail, retryable=True) from refusal
    except ValueError as error:
        raise CoachVisionError("An anchor of the audit cannot be read", "It is not what was written.") from error


def _words(service: Mapping[str, str], file: Path) -> list[str]:
    return [
        f"A gateway to try out, at {service['gateway']}. All it holds is gone when you press Ctrl-C.",
        f"To use it, open {file}",
        "in the window's settings, or in another terminal:",
        f"  export SUPABASE_URL={service['supabase_url']} COACHVISION_GATEWAY={service['gateway']}",
        f"  export SUPABASE_PUBLISHABLE_KEY={service['supabase_publishable_key']}",
        "  coachvision login you@example.org",
        f"The codes it would send by email are at {service['supabase_url']}/control/mails",
    ]


def _doubles() -> tuple[Any, Any]:
    """The modules of the doubles. They are part of the sources, not of the program that is installed."""
    here = (_SOURCE / "tests" / "support" / "swift_server.py").is_file()
    if not here or sys.platform != "linux" or find_spec("swift") is None:
        raise CoachVisionError(
            "There is nothing here to try the gateway out with",
            "--dev needs the sources of CoachVision, on Linux, with what its tests need.",
            hint="Clone the repository and run `make test` once, or configure a bucket: see docs/self-hosting.md.",
        )
    sys.path.insert(0, str(_SOURCE))
    return import_module("tests.support.swift_server"), import_module("tests.support.auth_server")
