"""Finding pictures in a stream, keeping the last minute, telling addresses from nonsense."""

from __future__ import annotations

import pytest

from coachvision.capture.delay import Delay
from coachvision.capture.mjpeg import MOST_BYTES, pictures
from coachvision.capture.reading import Lost, _mjpeg
from coachvision.capture.sources import is_stream, stream
from coachvision.errors import UsageError
from tests.support.mjpeg_server import picture

HEAD = b"--x\r\nContent-Type: image/jpeg\r\n\r\n"


@pytest.mark.parametrize("size", [1, 7, 100, 1 << 20])
def test_pictures_are_found_however_the_stream_is_cut(size: int) -> None:
    wanted = [picture(number) for number in range(4)]
    data = b"".join(HEAD + one + b"\r\n" for one in wanted) + b"--x--"
    assert list(pictures(data[at : at + size] for at in range(0, len(data), size))) == wanted


def test_pictures_follow_one_another_without_borders() -> None:
    wanted = [picture(1), picture(2)]
    assert list(pictures([b"".join(wanted)])) == wanted


def test_thumbnail_in_a_head_does_not_end_the_picture() -> None:
    whole = picture(5)
    thumbnail = picture(1, 16, 16)
    # An application segment right after the start holds the thumbnail, as cameras write it (T.81, B.2.4.6).
    segment = b"\xff\xe1" + (len(thumbnail) + 2 + 4).to_bytes(2, "big") + b"Exif" + thumbnail
    with_thumbnail = whole[:2] + segment + whole[2:]
    assert list(pictures([HEAD + with_thumbnail + b"\r\n--x"])) == [with_thumbnail]


def test_endless_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="does not end"):
        list(pictures(b"\xff\xd8\xff" + b"\0" * (1 << 20) for _ in range((MOST_BYTES >> 20) + 2)))


def test_noise_between_pictures_takes_no_memory() -> None:
    assert list(pictures([b"noise" * 1000, HEAD + picture(3) + b"\r\n", b"more noise"])) == [picture(3)]


def test_delay_gives_the_picture_of_that_time() -> None:
    kept = Delay()
    for number in range(100):
        kept.put(number / 10, bytes([number]))
    assert kept.at(5.04) == (5.0, bytes([50]))
    assert kept.at(-1.0) is None
    assert kept.fills_in(-2.5) == pytest.approx(2.5)
    assert kept.fills_in(4.0) == 0.0


def test_delay_keeps_a_minute_and_no_more_than_its_room() -> None:
    kept = Delay(most_bytes=1000)
    for number in range(700):
        kept.put(number / 10, b"x")
    assert kept.at(8.0) is None
    assert kept.at(10.0) is not None
    for number in range(20):
        kept.put(100 + number, b"y" * 100)
    assert kept.at(109.0) is None
    assert kept.at(119.0) is not None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "camera",
        "rtmp://1.2.3.4/x",
        "file:///etc/passwd",
        "http://",
        "rtsp://",
        "rtsp://a/b\r\nc: d",
        "rtsp://a/b c",
        "http://[fe80/video",
        "rtsp://camera:99999/x",
        "http:camera",
    ],
)
def test_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(UsageError):
        stream(address)


def test_address_is_taken_as_given() -> None:
    assert stream(" http://camera.local:8080/video ").address == "http://camera.local:8080/video"
    kept = stream("rtsp://coach:secret@192.168.0.20/stream1")
    # The name that is shown tells no password.
    assert (kept.address, kept.title) == ("rtsp://coach:secret@192.168.0.20/stream1", "192.168.0.20")


def test_a_host_that_cannot_be_is_told_and_ends_no_thread() -> None:
    with pytest.raises(Lost, match="such an address"):
        next(_mjpeg(stream("http://a..b\u00e9/video").address))


def test_what_was_remembered_is_a_stream_or_a_camera_whatever_it_holds() -> None:
    kinds = [is_stream(last) for last in ("RTSP://camera/x", "http://[", "/dev/video0", "0", "")]
    assert kinds == [True, True, False, False, False]
