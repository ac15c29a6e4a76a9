"""A club's bucket chosen, changed and left, killed anywhere: one bucket or the other, each with its own secret."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from coachvision import paths
from coachvision.accounts.account import Account
from coachvision.errors import SignedOut
from coachvision.services import club_bucket
from coachvision.sync.remotes.bucket import Place
from tests.support.killers import ForkedRuns, tell

OLD = (Place("https://one.example.org", "club", "auto", "u18/"), ("OLD", "the old secret"))
NEW = (Place("https://two.example.org", "team", "eu-west-1", ""), ("NEW", "the new secret"))
# The same key for another folder, with a secret that was typed wrong: the bucket in use must not get it.
SLIPPED = (Place("https://one.example.org", "club", "auto", "u16/"), ("OLD", "the old secrte"))


class Laptop:
    """Its settings, and a file for secrets."""

    def __init__(self, runs: ForkedRuns, tokens: Path) -> None:
        self.runs, self.tokens = runs, tokens
        self.surroundings = {
            "COACHVISION_TOKEN_FILE": str(tokens),
            "COACHVISION_CONFIG": str(paths.config_dir()),
        }

    def told(self, wanted: tuple[Place, tuple[str, str]] | None) -> dict[str, object]:
        place, pair = wanted or (Place("", ""), ())
        return {"surroundings": self.surroundings, "place": asdict(place), "pair": pair}

    def use(self, wanted: tuple[Place, tuple[str, str]] | None) -> None:
        assert self.runs.run(**self.told(wanted)) == 0

    @property
    def used(self) -> tuple[Place, tuple[str, str]] | None:
        """The bucket and key that the next sync uses. Raises SignedOut."""
        chosen = club_bucket._chosen()
        account = Account(environment=self.surroundings)
        return None if chosen is None else (chosen[0], club_bucket._Keys(account, *chosen).pair())

    @property
    def secrets(self) -> str:
        return str(tomllib.loads(self.tokens.read_text()).get(club_bucket.SECRET, ""))


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Laptop]:
    with ForkedRuns("tests.services.club_bucket_child:work") as runs:
        yield Laptop(runs, tmp_path / "tokens.toml")


@pytest.mark.parametrize("wanted", [NEW, SLIPPED], ids=["another bucket", "a slip of the pen"])
def test_killed_while_one_bucket_takes_anothers_place_it_is_one_of_them_whole(
    laptop: Laptop, wanted: tuple[Place, tuple[str, str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    laptop.use(OLD)
    assert laptop.used == OLD
    points = laptop.runs.points(tmp_path / "points", **laptop.told(wanted))
    assert points == ["bucket.key_kept:1", "bucket.chosen:1"]
    found = []
    for point in points:
        laptop.use(OLD)
        laptop.runs.kill_at(point, **laptop.told(wanted))
        found.append(laptop.used)
        # Used by another window meanwhile, or tried again: nothing is left of the other.
        laptop.use(wanted)
        assert laptop.used == wanted
        assert OLD[1][1] not in laptop.secrets
    assert found == [OLD, wanted]
    with capsys.disabled():
        print(tell("bucket, use", points, points))


def test_killed_while_a_bucket_is_left_no_secret_stays(laptop: Laptop, tmp_path: Path) -> None:
    laptop.use(OLD)
    assert laptop.runs.points(tmp_path / "points", **laptop.told(None)) == ["bucket.key_gone:1"]
    assert laptop.used is None
    laptop.use(OLD)
    laptop.runs.kill_at("bucket.key_gone:1", **laptop.told(None))
    assert laptop.secrets == ""
    # Nothing is sent with somebody's guess of a key; it is told.
    with pytest.raises(SignedOut, match="no key"):
        _ = laptop.used
    laptop.use(None)
    assert laptop.used is None
