"""A network camera for tests: H.264 over RTSP on loopback (RFC 2326, RFC 6184), as most cameras on a wall speak.

Everything goes through the one TCP connection (interleaved, 10.12). It can be unplugged and come back.
"""

from __future__ import annotations

import base64
import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from fractions import Fraction

import av
import numpy as np

_CLOCK = 90_000
_REASONS = {200: "OK", 401: "Unauthorized", 404: "Not Found"}


class RtspServer:
    """Sends a picture every `interval_s`, the next number each (`mjpeg_server.number_in` reads it). Use as a context.

    status: what a request for the stream is answered with.
    """

    def __init__(self, interval_s: float = 0.02, *, size: tuple[int, int] = (160, 120)) -> None:
        self.interval_s = interval_s
        self.size = size
        self.sent = 0
        self.status = 200
        self.port = 0
        self._server: socketserver.ThreadingTCPServer | None = None
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()
        self._connections: list[socket.socket] = []

    def __enter__(self) -> RtspServer:
        self.plug()
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()

    @property
    def address(self) -> str:
        """Where it is."""
        return f"rtsp://127.0.0.1:{self.port}/court"

    def plug(self) -> None:
        """Begin to answer, at the same address as before."""
        self._stopped = threading.Event()
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                outer._connections.append(self.connection)
                try:
                    outer._converse(self)
                except OSError:
                    # Whoever looked has gone.
                    return

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self._server = Server(("127.0.0.1", self.port), Handler)
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="rtsp", daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        """Be gone at once, in the middle of a picture as it may be."""
        self._stopped.set()
        if self._server is None or self._thread is None:
            return
        for connection in self._connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                # It is gone already.
                continue
        self._connections.clear()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._server = self._thread = None

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
        sequence, stopped = 0, self._stopped
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
