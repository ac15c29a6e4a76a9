"""The account on the command line, as a coach types it: separate processes, one keyring, the real client."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from coachvision.library import Library
from coachvision.services import keep_in_cloud
from tests.support import command, sessions
from tests.support.auth_server import AuthServer

ANNA, BEN, PASSWORD = "anna@example.org", "ben@example.org", "correct horse battery"


class Laptop:
    """One coach's machine: its folders, its keyring."""

    def __init__(self, folder: Path, **service: str) -> None:
        self.folder = folder
        self.library = folder / "library"
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("SUPABASE")},
            "COACHVISION_LIBRARY": str(self.library),
            "COACHVISION_CONFIG": str(folder / "config"),
            "PYTHON_KEYRING_BACKEND": "tests.support.keyrings.FileRing",
            "COACHVISION_TEST_KEYRING": str(folder / "ring.json"),
            **service,
        }

    def run(self, *args: str, typed: str = "", code: int = 0) -> str:
        ended = command.run(*args, environment=self.environment, typed=typed)
        assert ended.returncode == code, ended.stderr
        assert "Traceback" not in ended.stderr
        self.said = ended.stderr
        return ended.stdout

    def whoami(self) -> dict[str, object]:
        return dict(json.loads(self.run("whoami", "--json")))


@pytest.fixture
def laptop(tmp_path: Path, auth_server: AuthServer) -> Laptop:
    return Laptop(tmp_path, SUPABASE_URL=auth_server.url, SUPABASE_PUBLISHABLE_KEY=auth_server.publishable_key)


def test_a_guest_is_a_guest_and_hears_of_no_service(tmp_path: Path) -> None:
    laptop = Laptop(tmp_path)
    assert laptop.run("whoami").startswith("Guest: nobody is signed in, and nothing leaves this laptop.")
    assert laptop.whoami() == {
        "schema": 1, "state": "guest", "signed_in": False, "user_id": None, "email": None, "service": None,
        "gateway": None,
    }  # fmt: skip
    assert laptop.run("logout") == "Nobody is signed in.\n"
    laptop.run("login", code=1)
    assert "There is nothing to sign in to yet" in laptop.said
    assert "coachvision login --service FILE" in laptop.said
    # That comes first, also where there is no keyring.
    laptop.environment["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    laptop.run("login", code=1)
    assert "There is nothing to sign in to yet" in laptop.said


def test_sign_in_by_password_adopt_switch_and_sign_out(laptop: Laptop, auth_server: AuthServer, tmp_path: Path) -> None:
    user_id = auth_server.add_user(ANNA, PASSWORD)
    auth_server.add_user(BEN, PASSWORD)
    with Library.open(laptop.library) as library:
        session = sessions.keep(library, tmp_path / "squat.mp4")
    told = laptop.run("login", ANNA, "--password", typed=f"{PASSWORD}\n")
    assert f"You are signed in as {ANNA}." in told
    assert "1 session (" in told
    assert "coachvision login --adopt" in told
    assert laptop.whoami() == {
        "schema": 1, "state": "signed_in", "signed_in": True, "user_id": user_id, "email": ANNA,
        "service": auth_server.url, "gateway": None,
    }  # fmt: skip
    assert laptop.run("whoami").startswith(f"{ANNA} (127.0.0.1")
    # Hers is an empty library until she takes the guest's sessions in.
    assert laptop.run("sessions") == "The library is empty.\n"
    assert "1 session (" in laptop.run("login", "--adopt")
    (listed,) = json.loads(laptop.run("sessions", "--json"))["sessions"]
    assert (listed["id"], listed["user_id"]) == (session, user_id)
    # Ben, on the same laptop, finds none of it.
    laptop.run("login", BEN, "--password", typed=f"{PASSWORD}\n")
    assert laptop.run("sessions") == "The library is empty.\n"
    assert laptop.run("sessions", "--search", "squat") == "No session matches.\n"
    laptop.run("show", session, code=1)
    laptop.run("delete", session, code=1)
    told = laptop.run("logout")
    assert told == f"{BEN} is signed out. Every session stays on this laptop, and is shown when you sign in again.\n"
    assert laptop.run("sessions") == "The library is empty.\n"
    laptop.run("login", ANNA, "--password", typed=f"{PASSWORD}\n")
    assert session[:8] in laptop.run("sessions")


def test_the_guests_sessions_can_be_left_alone(laptop: Laptop, auth_server: AuthServer, tmp_path: Path) -> None:
    auth_server.add_user(ANNA, PASSWORD)
    with Library.open(laptop.library) as library:
        session = sessions.keep(library, tmp_path / "squat.mp4")
    told = laptop.run("login", ANNA, "--password", "--keep-guest", typed=f"{PASSWORD}\n")
    assert "stay the guest's" in told
    # Asked once.
    assert "--adopt" not in laptop.run("login")
    laptop.run("logout")
    assert session[:8] in laptop.run("sessions")


def test_what_is_kept_in_the_cloud_is_asked_once_an_account(laptop: Laptop, auth_server: AuthServer) -> None:
    user = auth_server.add_user(ANNA, PASSWORD)
    laptop.environment["COACHVISION_GATEWAY"] = "http://127.0.0.1:9"
    # From a pipe nobody can be asked: nothing is sent by itself, and how to have it is said.
    told = laptop.run("login", ANNA, "--password", typed=f"{PASSWORD}\n")
    assert "coachvision login --sync" in told
    assert keep_in_cloud.answer(user, laptop.folder / "config") is None
    assert "kept in the cloud, too" in laptop.run("login", "--sync")
    assert keep_in_cloud.answer(user, laptop.folder / "config") is True
    laptop.run("logout")
    assert "cloud" not in laptop.run("login", ANNA, "--password", typed=f"{PASSWORD}\n")
    assert "stays on this laptop alone" in laptop.run("login", "--no-sync")
    assert keep_in_cloud.answer(user, laptop.folder / "config") is False


def test_a_wrong_password_is_a_sentence_and_signs_nobody_in(laptop: Laptop, auth_server: AuthServer) -> None:
    auth_server.add_user(ANNA, PASSWORD)
    laptop.run("login", ANNA, "--password", typed="wrong\n", code=1)
    assert "The e-mail address or the password is not right" in laptop.said
    laptop.run("login", ANNA, "--password", code=2)
    assert "the input has ended" in laptop.said
    laptop.run("login", "--password", "--browser", code=2)
    assert laptop.whoami()["state"] == "guest"


def test_a_club_is_joined_by_its_file(tmp_path: Path, auth_server: AuthServer) -> None:
    auth_server.add_user(ANNA, PASSWORD)
    laptop = Laptop(tmp_path)
    file = tmp_path / "service.toml"
    file.write_text(
        f'[service]\nname = "Blue Club"\nsupabase_url = "{auth_server.url}"\n'
        f'supabase_publishable_key = "{auth_server.publishable_key}"\n'
    )
    told = laptop.run("login", ANNA, "--password", "--service", str(file), typed=f"{PASSWORD}\n")
    assert "This laptop uses Blue Club from now on." in told
    assert laptop.run("whoami") == f"{ANNA} (Blue Club)\n"
    file.write_text(file.read_text().replace(auth_server.url, "https://elsewhere.example"))
    laptop.run("login", "--service", str(file), code=1)
    assert "Sign out first" in laptop.said
    laptop.run("login", "--service", str(tmp_path / "none.toml"), code=1)
    laptop.run("login", "--service", "http://club.example/service.toml", code=1)
    assert "not https" in laptop.said


def test_without_a_place_for_the_sign_in_it_says_so_before_asking(laptop: Laptop, auth_server: AuthServer) -> None:
    laptop.environment["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    laptop.run("login", ANNA, "--password", typed=f"{PASSWORD}\n", code=1)
    assert "There is nowhere to keep the sign-in" in laptop.said
    assert "COACHVISION_TOKEN_FILE" in laptop.said
    assert auth_server.asked() == []
    laptop.environment["COACHVISION_TOKEN_FILE"] = str(laptop.folder / "tokens")
    auth_server.add_user(ANNA, PASSWORD)
    laptop.run("login", ANNA, "--password", typed=f"{PASSWORD}\n")
    assert laptop.whoami()["signed_in"]


def test_a_sign_in_that_the_service_ended_is_told(laptop: Laptop, auth_server: AuthServer) -> None:
    auth_server.add_user(ANNA, PASSWORD)
    laptop.run("login", ANNA, "--password", typed=f"{PASSWORD}\n")
    auth_server.end_sessions(ANNA)
    # Signing out asks for a token first, and so hears of it; whatever it hears, it signs out.
    assert "is signed out" in laptop.run("logout")
    assert laptop.whoami()["state"] == "guest"
