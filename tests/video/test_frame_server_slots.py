"""Shared pictures: copied whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from coachvision.video.frame_server_slots import (
    MOST_PIXELS,
    SLOTS,
    Asked,
    Memory,
    Pixels,
    Slots,
    bytes_for,
    largest,
)


@pytest.fixture
def both() -> Iterator[tuple[Slots, Slots]]:
    """The same memory as the server and as the player see it."""
    memory = Memory()
    memory.grow(bytes_for(64, 48))
    writer, reader = Slots(memory, 64, 48), Slots(Memory(memory.handle), 64, 48)
    yield writer, reader
    writer.close()
    reader.close()
    memory.close()


def _filled(value: int) -> object:
    def fill(out: Pixels) -> None:
        out[:] = value

    return fill


def test_a_picture_is_copied_with_what_it_answers(both: tuple[Slots, Slots]) -> None:
    writer, reader = both
    place = writer.write(Asked(7, 123, exact=True), 32, 20, _filled(9))  # type: ignore[arg-type]
    picture = reader.read(*place)
    assert picture is not None
    assert (picture.serial, picture.index, picture.exact, picture.pixels.shape) == (7, 123, True, (20, 32, 4))
    writer.write(Asked(8, 124, exact=True), 32, 20, _filled(1))  # type: ignore[arg-type]
    assert (picture.pixels == 9).all()


def test_a_picture_written_over_is_not_handed_out(both: tuple[Slots, Slots]) -> None:
    writer, reader = both
    place = writer.write(Asked(1, 1, exact=True), 64, 48, _filled(1))  # type: ignore[arg-type]
    for serial in range(2, 2 + SLOTS):
        last = writer.write(Asked(serial, serial, exact=True), 64, 48, _filled(serial))  # type: ignore[arg-type]
    assert reader.read(*place) is None
    found = reader.read(*last)
    assert found is not None
    assert found.serial == 1 + SLOTS


def test_a_picture_is_torn_by_a_write_that_begins_while_it_is_copied(
    both: tuple[Slots, Slots], monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, reader = both
    place = writer.write(Asked(1, 1, exact=True), 64, 48, _filled(1))  # type: ignore[arg-type]
    copy = np.copyto

    def meanwhile(to: Pixels, source: Pixels) -> None:
        copy(to, source)
        for serial in range(2, 2 + SLOTS):
            writer.write(Asked(serial, serial, exact=True), 64, 48, _filled(serial))  # type: ignore[arg-type]

    monkeypatch.setattr("coachvision.video.frame_server_slots.np.copyto", meanwhile)
    assert reader.read(*place) is None


def test_a_server_killed_while_writing_leaves_no_picture(both: tuple[Slots, Slots]) -> None:
    writer, reader = both
    place = writer.write(Asked(1, 1, exact=True), 64, 48, _filled(1))  # type: ignore[arg-type]

    def dying(_out: Pixels) -> None:
        raise KeyboardInterrupt

    for serial in range(2, 1 + SLOTS):
        writer.write(Asked(serial, serial, exact=True), 64, 48, _filled(1))  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        writer.write(Asked(9, 9, exact=True), 64, 48, dying)
    assert reader.read(*place) is None


def test_a_picture_too_large_is_refused(both: tuple[Slots, Slots]) -> None:
    with pytest.raises(ValueError, match="larger than a slot"):
        both[0].write(Asked(1, 1, exact=True), 65, 48, _filled(1))  # type: ignore[arg-type]


def test_enormous_videos_are_handed_over_smaller_in_the_same_shape() -> None:
    assert largest(1920, 1080) == (1920, 1080)
    width, height = largest(7680, 4320)
    assert width * height <= MOST_PIXELS
    # One pixel of rounding.
    assert abs(width / height - 16 / 9) < 0.001
