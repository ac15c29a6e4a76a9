"""The gateway does what its OpenAPI document says, whatever it is sent: schemathesis, all checks, a fixed seed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.auth_server import AuthServer
from tests.support.gateway_process import GatewayProcess

SEED = "20261123"


def attack(gateway: GatewayProcess, folder: Path, token: str, *options: str) -> str:
    """Run schemathesis, which leaves its notes in the folder; its last words."""
    command = [
        sys.executable, "-m", "schemathesis.cli", "--config-file", str(Path(__file__).with_name("schemathesis.toml")),
        "run", f"{gateway.url}/v1/openapi.json", "--header", f"Authorization: Bearer {token}", "--checks", "all",
        "--seed", SEED, "--generation-database", "none", "--no-color", "--warnings", "off", *options,
    ]  # fmt: skip
    ended = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, cwd=folder)
    assert ended.returncode == 0, ended.stdout[-20_000:] + ended.stderr
    assert "internal_error" not in gateway.log()
    assert '"level": "error"' not in gateway.log()
    return ended.stdout


@pytest.fixture
def target(start_gateway: Callable[..., GatewayProcess]) -> GatewayProcess:
    return start_gateway(environment={"COACHVISION_METRICS_TOKEN": "of the operator"})


def test_every_operation_keeps_its_word(
    target: GatewayProcess, tmp_path: Path, auth_server: AuthServer, capsys: pytest.CaptureFixture[str]
) -> None:
    token = auth_server.sign_in("fuzz@example.org")["access_token"]
    told = attack(target, tmp_path, token, "--max-examples", "3", "--phases", "fuzzing")
    with capsys.disabled():
        print("\n" + told[told.rindex("Test cases:") :].strip())


@pytest.mark.soak
def test_every_operation_keeps_its_word_200_times(
    target: GatewayProcess, tmp_path: Path, auth_server: AuthServer, capsys: pytest.CaptureFixture[str]
) -> None:
    auth_server.configure(access_s=86_400)
    token = auth_server.sign_in("fuzz@example.org")["access_token"]
    told = attack(target, tmp_path, token, "--max-examples", "200")
    with capsys.disabled():
        print("\n" + told[told.rindex("Test cases:") :].strip())
