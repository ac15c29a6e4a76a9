"""A sample of the soak tests, for those who have not hours: `--soak-sample N --seed S` with `-m soak`."""

from __future__ import annotations

import random

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak-sample", type=int, default=0, metavar="N", help="only N of the soak tests, by --seed")
    parser.addoption("--seed", default="", help="which N; the same seed chooses the same")


def pytest_report_header(config: pytest.Config) -> str | None:
    """The seed is printed, so that whoever meets a failure can choose the same tests again."""
    count, seed = config.getoption("--soak-sample"), config.getoption("--seed")
    return f"soak sample: {count} tests by seed {seed!r}" if count else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With --soak-sample: leave N soak tests, drawn function by function, a matrix as one."""
    count = config.getoption("--soak-sample")
    if not count:
        return
    functions = sorted({_function(item) for item in items if item.get_closest_marker("soak")})
    drawn = set(random.Random(config.getoption("--seed")).sample(functions, min(count, len(functions))))  # noqa: S311 - a draw, no secret
    left = [item for item in items if _function(item) not in drawn or not item.get_closest_marker("soak")]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in left]


def _function(item: pytest.Item) -> str:
    return item.nodeid.partition("[")[0]
