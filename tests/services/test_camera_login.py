"""A camera's password goes to the keyring and comes back with its address; nobody else's keyring is opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from coachvision import settings
from coachvision.accounts.account import Account
from coachvision.errors import AccountError
from coachvision.services import camera_login

pytestmark = pytest.mark.usefixtures("ring")


def account() -> Account:
    return Account()


def never() -> Account:
    raise AssertionError("nobody asked for a secret")


def known() -> str:
    return settings.load().text("capture.source")


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("rtsp://coach:a@b:c@192.168.0.20:554/one@two", "rtsp://coach@192.168.0.20:554/one@two"),
        ("rtsp://coach:wint%40r@cam/s", "rtsp://coach@cam/s"),
        ("https://:secret@cam/video", "https://@cam/video"),
        ("RTSP://coach:[1]@cam/s", "RTSP://coach@cam/s"),
        ("http://cam/video.cgi?user=a&pwd=secret&rate=0", "http://cam/video.cgi?user=a&pwd=&rate=0"),
        ("http://a:b@cam/v?Password=secret", "http://a@cam/v?Password="),
    ],
)
def test_a_password_is_kept_apart_and_comes_back(address: str, kept: str) -> None:
    camera_login.remember(address, account)
    assert known() == kept
    assert camera_login.last(account) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "/dev/video0",
        "rtsp://cam/s",
        "rtsp://coach@cam/s",
        "rtsp://coach:@cam/s",
        "http://cam/v?a=b:c@d",
        "rtsp://[x/s",
    ],
)
def test_without_a_password_nothing_is_kept_apart(address: str) -> None:
    camera_login.remember(address, never)
    assert known() == address
    assert camera_login.last(account) == address


def test_only_an_address_that_can_have_a_password_asks_the_keyring() -> None:
    for address in ("/dev/video0", "rtsp://cam/s", "http://cam/v?user=a&compass=1#pwd="):
        camera_login.remember(address, never)
        assert camera_login.last(never) == address


def test_a_password_is_given_to_no_other_camera_and_not_under_another_name() -> None:
    camera_login.remember("rtsp://coach:winter@cam/s", account)
    for address in ("rtsp://coach@other/s", "rtsp://guest@cam/s", "rtsp://coach@cam/t"):
        settings.save("capture.source", address)
        assert camera_login.last(account) == address


def test_a_password_typed_into_the_settings_works_until_it_is_kept_apart() -> None:
    settings.save("capture.source", "rtsp://coach:winter@cam/s")
    address = camera_login.last(account)
    assert address == "rtsp://coach:winter@cam/s"
    camera_login.remember(address, account)
    assert known() == "rtsp://coach@cam/s"


def test_a_keyring_that_refuses_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    camera_login.remember("/dev/video0", never)
    monkeypatch.setenv("COACHVISION_TOKEN_FILE", str(tmp_path))
    with pytest.raises(AccountError):
        camera_login.remember("rtsp://coach:winter@cam/s", account)
    assert known() == "/dev/video0"


@pytest.mark.parametrize("strange", ["no JSON", "[1]"])
def test_what_was_not_written_by_us_is_no_password(strange: str) -> None:
    settings.save("capture.source", "rtsp://coach@cam/s")
    Account().secrets.keep(camera_login.SECRET, strange)
    assert camera_login.last(account) == "rtsp://coach@cam/s"
