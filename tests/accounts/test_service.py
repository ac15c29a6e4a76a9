"""Which service is used: none, and the app is a complete guest app; else the one the coach was given."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from coachvision import settings
from coachvision.accounts import identity, service
from coachvision.accounts.identity import Identity
from coachvision.accounts.service import Service
from coachvision.errors import AccountError

FILE = """
[service]
name = "Blue  Club"
supabase_url = "https://blue.example/"
supabase_publishable_key = "sb_publishable_abc"
gateway = "https://gateway.example"
providers = ["google"]
"""
BLUE = Service("https://blue.example", "sb_publishable_abc", "https://gateway.example", "Blue Club", ("google",))


def jwt(role: str) -> str:
    body = base64.urlsafe_b64encode(json.dumps({"role": role}).encode()).rstrip(b"=").decode()
    return f"eyJhbGciOiJIUzI1NiJ9.{body}.c2ln"


def test_without_any_there_is_no_service(tmp_path: Path) -> None:
    assert service.find(tmp_path, {}) is None


def test_an_opened_file_is_used_until_the_settings_and_the_environment_say_otherwise(tmp_path: Path) -> None:
    service.keep(service.parse(FILE, "mail"), tmp_path)
    assert service.find(tmp_path, {}) == BLUE
    assert service.find(tmp_path, {}).title == "Blue Club"  # type: ignore[union-attr]
    settings.save("cloud.supabase_url", "https://red.example", tmp_path)
    settings.save("cloud.supabase_publishable_key", "sb_publishable_red", tmp_path)
    found = service.find(tmp_path, {})
    # Taken whole from one source: the blue gateway never meets a red token.
    assert found == Service("https://red.example", "sb_publishable_red")
    assert found.title == "red.example"
    told = {"SUPABASE_URL": "http://127.0.0.1:9999", "SUPABASE_PUBLISHABLE_KEY": "k", "COACHVISION_GATEWAY": ""}
    assert service.find(tmp_path, told) == Service("http://127.0.0.1:9999", "k")


def test_the_gateway_of_the_environment_goes_with_any_service(tmp_path: Path) -> None:
    service.keep(BLUE, tmp_path)
    found = service.find(tmp_path, {"COACHVISION_GATEWAY": "http://127.0.0.1:8000"})
    assert found is not None
    assert (found.url, found.gateway) == (BLUE.url, "http://127.0.0.1:8000")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("not toml at all", "not a service file"),
        ("[other]\na = 1", "not a service file"),
        (FILE.replace("https://blue.example/", "http://blue.example"), "address is not right"),
        (FILE.replace("https://blue.example/", "https://user:pw@blue.example"), "address is not right"),
        (FILE.replace("https://blue.example/", "file:///etc/passwd"), "address is not right"),
        (FILE.replace("https://blue.example/", "https://blue.example/?a=b"), "address is not right"),
        (FILE.replace("https://blue.example/", "https://blue.example:99999"), "address is not right"),
        (FILE.replace("https://gateway.example", "ftp://gateway.example"), "address is not right"),
        (FILE.replace("sb_publishable_abc", ""), "key is missing"),
        (FILE.replace("sb_publishable_abc", "sb_secret_abc"), "must stay secret"),
        (FILE.replace("sb_publishable_abc", jwt("service_role")), "must stay secret"),
        (FILE.replace('["google"]', '"google"'), "not right"),
        (FILE.replace('["google"]', '["a b"]'), "not right"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused_in_words(text: str, told: str) -> None:
    with pytest.raises(AccountError) as refused:
        service.parse(text, "service.toml")
    assert told in refused.value.title
    assert "service.toml" in refused.value.message


def test_an_older_public_key_is_taken() -> None:
    assert service.parse(FILE.replace("sb_publishable_abc", jwt("anon")), "mail").key == jwt("anon")


def test_who_is_signed_in_is_kept_with_the_service_and_without_a_secret(tmp_path: Path) -> None:
    found = Identity("7b0a4c0e-6a4e-4dbd-9a50-0a2a51a5c111", "anna@example.org", BLUE)
    assert identity.read(tmp_path) is None
    identity.write(found, tmp_path)
    assert identity.read(tmp_path) == found
    identity.remove(tmp_path)
    assert identity.read(tmp_path) is None


@pytest.mark.parametrize("text", ["[account]\nuser_id = 7", "[account]\nuser_id = 'no uuid'", "[account]", "\0broken"])
@pytest.mark.logs_expected
def test_a_damaged_account_file_is_the_guest_which_is_told_once_and_nothing_is_lost(
    tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "account.toml").write_text(text)
    assert identity.read(tmp_path) is None
    assert "account.toml was damaged" in caplog.text
    assert (tmp_path / "account.toml.damaged-1").read_text() == text
    caplog.clear()
    assert identity.read(tmp_path) is None
    assert caplog.text == ""
