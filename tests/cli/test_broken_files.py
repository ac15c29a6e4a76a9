"""Settings, service and account files that are broken: told in words, exit code 1 or a warning, and nothing is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from coachvision import paths
from tests.cli.conftest import Run

FILES = ("settings.toml", "service.toml", "account.toml", "plugins.toml")
COMMANDS = {"settings.toml": "whoami", "service.toml": "whoami", "account.toml": "sessions", "plugins.toml": "plugins"}
DAMAGE = {
    "no text": b"\x00\xff\xfe", "no TOML": b"this is = = not", "too deep": b"x = " + b"[" * 50_000,
    "a key without end": b"a" + b".a" * 40_000 + b" = 1",
}  # fmt: skip


@pytest.fixture
def config() -> Path:
    paths.config_dir().mkdir(parents=True, exist_ok=True)
    return paths.config_dir()


@pytest.mark.logs_expected
@pytest.mark.parametrize("data", DAMAGE.values(), ids=DAMAGE)
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_told_and_kept(
    run: Run, kept: str, config: Path, caplog: pytest.LogCaptureFixture, name: str, data: bytes
) -> None:
    (config / name).write_bytes(data)
    result = run(COMMANDS[name])
    assert result.exit_code == 0, result.stderr
    assert f"{name} was damaged" in caplog.text
    assert f"it was moved to {name}.damaged-1" in caplog.text
    assert (config / f"{name}.damaged-1").read_bytes() == data
    assert kept[:8] in run("sessions").stdout


@pytest.mark.parametrize("name", FILES)
def test_a_folder_in_its_place_is_told_in_words(run: Run, config: Path, name: str) -> None:
    (config / name / "mine").mkdir(parents=True)
    result = run(COMMANDS[name])
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"{name} cannot be read" in result.stderr
    assert (config / name / "mine").is_dir()


@pytest.mark.parametrize(
    ("text", "told"),
    [("name = 'Club'", "has no [service] in it"), ("service = 3", "has no [service] in it"),
     ("[service]\nsupabase_url = 3", "supabase_url is no text"),
     ("[service]\nsupabase_url = 'http://evil.example'\nsupabase_publishable_key = 'k'", "must be an https address"),
     ("[service]\nsupabase_url = 'https://[::1'\nsupabase_publishable_key = 'k'", "must be an https address"),
     ("[service]\nsupabase_url = 'https://a.example'\nsupabase_publishable_key = 'sb_secret_x'", "secret key")],
)  # fmt: skip
def test_a_service_file_that_cannot_be_meant_is_told_in_words(run: Run, config: Path, text: str, told: str) -> None:
    (config / "service.toml").write_text(text)
    result = run("whoami")
    assert (result.exit_code, result.stdout) == (1, "")
    assert told in result.stderr
    assert (config / "service.toml").read_text() == text


@pytest.mark.parametrize("data", [b"\xff\xfe[coachvision.analyzers]\nodd = odd\n", b"[coachvision.analyzers]\nodd\n"])
def test_a_package_on_this_machine_that_is_damaged_does_not_keep_the_program_from_its_work(
    tmp_path: Path, data: bytes
) -> None:
    info = tmp_path / "site" / "odd-1.0.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: odd\nVersion: 1.0.0\n")
    (info / "entry_points.txt").write_bytes(data)
    found = os.pathsep.join((str(info.parent), *filter(None, [os.environ.get("PYTHONPATH")])))
    result = subprocess.run(
        [sys.executable, "-m", "coachvision", "plugins"],
        env={**os.environ, "PYTHONPATH": found}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert "pose" in result.stdout
    assert f"a package in {info.parent} is left out" in result.stderr
