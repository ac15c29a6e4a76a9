"""A network camera for tests: H.264 over RTSP on loopback (RFC 2326, RFC 6184), as most cameras on a wall speak.

Everything goes through the one TCP connection (interleaved, 10.12). It can be unplugged and come back.
"""

from __future__ import annotations

import base64
import socket
import socketserver
import struct
from collections.abc import Callable, Iterator
from fractions import Fraction

import av
import numpy as np

from tests.support.camera_server import CameraServer

_CLOCK = 90_000
_REASONS = {200: "OK", 401: "Unauthorized", 404: "Not Found"}


class RtspServer(CameraServer):
    """As a camera that has one stream, `court`."""

    def __init__(self, interval_s: float = 0.02, *, size: tuple[int, int] = (160, 120)) -> None:
        super().__init__(interval_s, size)

    @property
    def address(self) -> str:
        return f"rtsp://127.0.0.1:{self.port}/court"

    def make(self, port: int, seen: Callable[[socket.socket], None]) -> socketserver.ThreadingTCPServer:
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                seen(self.connection)
                try:
                    outer._converse(self)
                except OSError:
                    # Whoever looked has gone.
                    return

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        return Server(("127.0.0.1", port), Handler)

    def _converse(self, handler: socketserver.StreamRequestHandler) -> None:
        """Answer one request after the other; after PLAY the pictures follow."""
        camera = _Encoder(self.size)
        while line := handler.rfile.readline():
            method = line.decode().split(" ", 1)[0]
            headers = dict(_headers(handler))
            more, body = "", b""
            if method == "OPTIONS":
                more = "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n"
            elif method == "DESCRIBE" and self.status == 200:
                body = camera.description().encode()
                more = f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n"
            elif method == "SETUP":
                more = "Session: 1\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"
            elif method == "PLAY":
                more = "Session: 1\r\nRange: npt=0.000-\r\n"
            status = self.status if method == "DESCRIBE" else 200
            head = f"RTSP/1.0 {status} {_REASONS[status]}\r\nCSeq: {headers.get('cseq', '0')}\r\n{more}\r\n"
            handler.wfile.write(head.encode() + body)
            if method == "TEARDOWN":
                return
            if method == "PLAY":
                self._play(handler, camera)
                return

    def _play(self, handler: socketserver.StreamRequestHandler, camera: _Encoder) -> None:
        # Of this plugging: a connection that was not cut goes on with no later one.
        sequence, stopped = 0, self.stopped
        while not stopped.wait(self.interval_s):
            ticks = int(self.sent * self.interval_s * _CLOCK)
            units = list(camera.units(self.sent % 32 * 8))
            self.sent += 1
            for at, unit in enumerate(units):
                # Version 2, payload type 96; the marker stands at a picture's last unit (RFC 3550, 5.1).
                marker = 0x80 if at == len(units) - 1 else 0
                head = struct.pack(">BBHII", 0x80, marker | 96, sequence & 0xFFFF, ticks & 0xFFFFFFFF, 1)
                sequence += 1
                packet = head + unit
                handler.wfile.write(b"$\x00" + struct.pack(">H", len(packet)) + packet)
            handler.wfile.flush()


class _Encoder:
    """Grey pictures as H.264, each a unit that stands alone."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._size = size
        self._count = 0
        self._codec = av.CodecContext.create("libx264", "w")
        assert isinstance(self._codec, av.VideoCodecContext)
        self._codec.width, self._codec.height = size
        self._codec.pix_fmt = "yuv420p"
        self._codec.time_base = Fraction(1, 1000)
        self._codec.options = {"tune": "zerolatency", "preset": "ultrafast", "x264-params": "keyint=8:repeat-headers=1"}
        first = list(self.units(0))
        self._parameters = [unit for unit in first if unit[0] & 31 in (7, 8)]

    def units(self, grey: int) -> Iterator[bytes]:
        """The NAL units of the next picture."""
        width, height = self._size
        planes = np.full((height * 3 // 2, width), 128, np.uint8)
        # Brightness goes from 16 to 235 (ITU-R BT.601); 128 is no colour.
        planes[:height] = round(16 + grey * 219 / 255)
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.pts, self._count = self._count, self._count + 1
        for packet in self._codec.encode(frame):
            data = bytes(packet).replace(b"\x00\x00\x00\x01", b"\x00\x00\x01")
            yield from (unit for unit in data.split(b"\x00\x00\x01") if unit)

    def description(self) -> str:
        """What is sent, as SDP (RFC 4566)."""
        sets = ",".join(base64.b64encode(unit).decode() for unit in self._parameters)
        return (
            "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=court\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            f"m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/{_CLOCK}\r\n"
            f"a=fmtp:96 packetization-mode=1;sprop-parameter-sets={sets}\r\na=control:track0\r\n"
        )


def _headers(handler: socketserver.StreamRequestHandler) -> Iterator[tuple[str, str]]:
    while (line := handler.rfile.readline().decode().strip()) != "":
        name, _, value = line.partition(":")
        yield name.strip().casefold(), value.strip()
