"""Whether an account wants its sessions in the cloud, too: asked once at sign-in, remembered for it on this laptop.

`cloud.toml` in the settings folder, an answer an account. Without one nothing is sent by itself. For the fronts.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from coachvision import paths, tomlfile

if TYPE_CHECKING:
    from coachvision.accounts.account import Account

FILE_NAME = "cloud.toml"
_TABLE = "keep_in_cloud"


def answer(user_id: str, folder: Path | None = None) -> bool | None:
    """What that account has answered; None: it was not asked yet. Raises CoachVisionError where it cannot be read."""
    given = _answers(_file(folder)).get(user_id)
    return given if isinstance(given, bool) else None


def remember(user_id: str, wanted: bool | None, folder: Path | None = None) -> None:
    """Keep the answer; None: it will be asked anew. Raises CoachVisionError where it cannot be written."""
    path = _file(folder)
    answers = _answers(path)
    answers.pop(user_id, None)
    if wanted is not None:
        answers[user_id] = wanted
    tomlfile.write(path, {_TABLE: answers})


def must_ask(account: Account) -> bool:
    """Whether somebody is signed in, with a service that has a cloud, who was not asked yet."""
    found, service = account.identity, account.service
    return bool(found and not found.ended and service and service.gateway) and answer(str(account.user_id)) is None


def _answers(path: Path) -> dict[str, object]:
    found = tomlfile.read(path).get(_TABLE)
    return dict(found) if isinstance(found, dict) else {}


def _file(folder: Path | None) -> Path:
    return (folder or paths.config_dir()) / FILE_NAME
