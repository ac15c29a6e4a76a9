"""OpenStack Swift as the S3 storage of the tests: four plain processes on loopback, without memcached. Linux only.

Unlike a mock it verifies: presigned lengths, MD5 sums, expiry and signatures. `SwiftServer.start()` gives a handle;
`python -m tests.support.swift_server FOLDER` runs one in the foreground until its standard input closes.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

ACCESS_KEY = "test:tester"
SECRET_KEY = "testing"  # noqa: S105 - of a server on loopback
REGION = "us-east-1"

_KINDS = ("account", "container", "object")
# copy stands before slo, so that what is copied is the object and not the list of its parts.
_PIPELINE = "catch_errors proxy-logging cache s3api tempauth bulk copy slo dlo proxy-logging proxy-server"


class SwiftServer:
    """A running Swift. endpoint: its S3 address. Keys and region: the module's constants."""

    access_key, secret_key, region = ACCESS_KEY, SECRET_KEY, REGION

    def __init__(self, folder: Path, *, remove: bool) -> None:
        self._folder, self._remove = folder, remove
        ports = _free_ports(4)
        self.endpoint = f"http://127.0.0.1:{ports[-1]}"
        if not (folder / "swift.conf").exists():
            (folder / "devices" / "d1").mkdir(parents=True)
            (folder / "swift.conf").write_text("[swift-hash]\nswift_hash_path_suffix = coachvision\n")
        for kind, port in zip(_KINDS, ports[:3], strict=True):
            _write_ring(folder, kind, port)
            _write_conf(folder, kind, port)
        _write_proxy_conf(folder, ports[-1])
        self._process = self._spawn()
        try:
            self._await_ready()
        except BaseException:
            self.stop()
            raise

    @classmethod
    def start(cls, folder: Path | None = None) -> SwiftServer:
        """folder: keeps its data and may be started in again; None: a temporary one, removed at the end."""
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        return cls(folder or Path(tempfile.mkdtemp(prefix="swift-")), remove=folder is None)

    def _spawn(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-W", "ignore", "-m", "tests.support.swift_node", str(self._folder)]
        with (self._folder / "servers.log").open("ab") as log:
            # A session of its own: what a terminal sends to all it has started must not end it before its folder goes.
            return subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=log, stderr=log, cwd=Path(__file__).parents[2],
                start_new_session=True,
            )  # fmt: skip

    def _await_ready(self) -> None:
        """Until an object was stored, which takes all four."""
        until = time.monotonic() + 60
        client = self.client()
        try:
            while time.monotonic() < until:
                if self._process.poll() is not None:
                    raise RuntimeError(
                        f"Swift ended with {self._process.returncode} before it was ready:\n{self.errors()}"
                    )
                try:
                    client.create_bucket(Bucket="ready")
                    client.put_object(Bucket="ready", Key="ready")
                except (BotoCoreError, ClientError):
                    threading.Event().wait(0.05)
                else:
                    return
        finally:
            client.close()
        raise RuntimeError(f"Swift was not ready within 60 s:\n{self.errors()}")

    def errors(self) -> str:
        """What the four processes printed."""
        return (self._folder / "servers.log").read_text("utf-8", "replace")

    def client(self, endpoint: str | None = None) -> Any:
        """A boto3 client as the product configures its own. endpoint: a proxy in front of Swift."""
        config = Config(
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            # Without it boto3 signs addresses in the old way, which covers no length.
            signature_version="s3v4",
            retries={"total_max_attempts": 1},
            s3={"addressing_style": "path"},
        )
        return boto3.client(
            "s3",
            endpoint_url=endpoint or self.endpoint,
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
            region_name=REGION,
            config=config,
        )

    def make_bucket(self, name: str) -> str:
        """Create a bucket, or empty the one there is, pending multipart uploads included. Returns the name."""
        client = self.client()
        try:
            if name not in {bucket["Name"] for bucket in client.list_buckets()["Buckets"]}:
                client.create_bucket(Bucket=name)
                return name
            for upload in client.list_multipart_uploads(Bucket=name).get("Uploads", []):
                client.abort_multipart_upload(Bucket=name, Key=upload["Key"], UploadId=upload["UploadId"])
            for key in self.keys(name):
                client.delete_object(Bucket=name, Key=key)
        finally:
            client.close()
        return name

    def keys(self, bucket: str) -> list[str]:
        """Every key in a bucket, sorted."""
        client = self.client()
        try:
            pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
            return sorted(entry["Key"] for page in pages for entry in page.get("Contents", []))
        finally:
            client.close()

    def uploads(self, bucket: str) -> list[str]:
        """The keys of multipart uploads that are under way."""
        client = self.client()
        try:
            return [upload["Key"] for upload in client.list_multipart_uploads(Bucket=bucket).get("Uploads", [])]
        finally:
            client.close()

    def stop(self) -> None:
        """End the four processes; remove a temporary folder."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._remove:
            shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> SwiftServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _free_ports(count: int) -> list[int]:
    """Ports that were free just now, all different."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]
    finally:
        for each in sockets:
            each.close()


def _write_ring(folder: Path, kind: str, port: int) -> None:
    """A ring of one device and one replica: every partition on it."""
    from swift.common.ring import RingBuilder

    builder = RingBuilder(4, 1, 0)
    builder.add_dev({"region": 1, "zone": 1, "ip": "127.0.0.1", "port": port, "device": "d1", "weight": 1})
    builder.rebalance(seed=1)
    builder.get_ring().save(str(folder / f"{kind}.ring.gz"))


def _common(folder: Path, port: int) -> str:
    return (
        f"[DEFAULT]\nbind_ip = 127.0.0.1\nbind_port = {port}\nworkers = 0\nswift_dir = {folder}\n"
        f"devices = {folder}/devices\nmount_check = false\nlog_level = ERROR\nlog_address = {folder}/no-syslog\n"
        "fallocate_reserve = 0\ndisable_fallocate = true\n"
    )


def _write_conf(folder: Path, kind: str, port: int) -> None:
    (folder / f"{kind}.conf").write_text(
        _common(folder, port)
        + f"[pipeline:main]\npipeline = {kind}-server\n[app:{kind}-server]\nuse = egg:swift#{kind}\n"
    )


def _write_proxy_conf(folder: Path, port: int) -> None:
    filters = "".join(
        f"[filter:{name}]\nuse = egg:swift#{egg}\n{more}"
        for name, egg, more in (
            ("catch_errors", "catch_errors", ""),
            ("proxy-logging", "proxy_logging", "access_log_headers = false\naccess_log_level = CRITICAL\n"),
            ("cache", "memcache", "memcache_servers = \n"),
            ("s3api", "s3api", f"s3_acl = false\nlocation = {REGION}\nmin_segment_size = 5242880\n"),
            ("tempauth", "tempauth", f"user_{ACCESS_KEY.replace(':', '_')} = {SECRET_KEY} .admin\n"),
            ("bulk", "bulk", ""),
            ("slo", "slo", "yield_frequency = 5\n"),
            ("dlo", "dlo", ""),
            ("copy", "copy", ""),
        )
    )
    (folder / "proxy.conf").write_text(
        _common(folder, port)
        + f"[pipeline:main]\npipeline = {_PIPELINE}\n"
        + "[app:proxy-server]\nuse = egg:swift#proxy\naccount_autocreate = true\n"
        + filters
    )


def main() -> None:
    with SwiftServer.start(Path(sys.argv[1]) if len(sys.argv) > 1 else None) as swift:
        print(json.dumps({"endpoint": swift.endpoint}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
