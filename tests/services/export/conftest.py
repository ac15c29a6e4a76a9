"""A library beside the folder that is exported into."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from coachvision.library import Library


@pytest.fixture
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library.open(tmp_path_factory.mktemp("library")) as opened:
        yield opened
