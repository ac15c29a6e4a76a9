"""A club's own bucket as a remote, without a gateway: boto3 with the club's key. Services make it.

Objects lie under `<prefix>objects/<id>`. Each revision of a record is an object of its own under
`<prefix>records/<id>/<rev>`, made only if it is not there yet: that every S3 can promise, and of two laptops in the
same moment one succeeds. It holds what the gateway would answer. Nobody in between checks quotas or accounts: whoever
has the key has everything below the prefix.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, cast, get_args

from pydantic import ValidationError

from coachvision.clock import Clock, iso
from coachvision.sync.faults import Busy, Conflict, Gone, Mismatch, Refused
from coachvision.sync.records import Item, Root
from coachvision.sync.remotes.base import Address, Page, Registered, RevConflict, Standing
from coachvision.sync.remotes.bucket_client import make_client
from coachvision.sync.remotes.bucket_faults import told
from coachvision.sync.remotes.line import STALL_S
from coachvision.sync.remotes.storage import Storage
from coachvision.sync.states import Reason
from coachvision.wire.gateway import RootKind, SessionManifest, SessionState

_MIB = 1 << 20
PART_BYTES = 16 * _MIB
MOST_PARTS = 10_000
_URL_S = 3_600
# Records may appear in the list a little later than their time says.
_OVERLAP = timedelta(minutes=2)
_CHECK = b"CoachVision was here to see whether this bucket can be used."


class Keys(Protocol):
    """The bucket's key pair, out of the system's keyring. Raises errors.SignedOut where there is none."""

    def pair(self) -> tuple[str, str]:
        """(key id, secret)."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """Which bucket. prefix: "" or ending in a slash. region: "auto" for R2."""

    endpoint: str
    bucket: str
    region: str = "auto"
    prefix: str = ""


class BucketRemote:
    """Any thread. owner: whose library goes there; "" is the guest's, who has no account but the bucket's key.

    place: which bucket.
    """

    def __init__(
        self, place: Place, keys: Keys, owner: str, clock: Clock, *, part_bytes: int = PART_BYTES,
        stall_s: float = STALL_S,
    ) -> None:  # fmt: skip
        """Raises errors.SignedOut where the keyring holds no key."""
        self.place = place
        self._owner = owner
        self._clock = clock
        self._part_bytes = part_bytes
        self._storage = Storage(stall_s)
        self._s3 = make_client(self._storage.line, place.endpoint, place.region, keys.pair())

    @property
    def owner(self) -> str | None:
        return self._owner

    def break_off(self) -> None:
        self._storage.line.break_off()

    def close(self) -> None:
        self._storage.line.close()
        self._s3.close()

    def check(self) -> None:
        """Put a small object, find it, read it, delete it: what sync does with the bucket. Raises a Fault."""
        key = f"{self.place.prefix}check/{uuid.uuid4()}"
        at = {"Bucket": self.place.bucket, "Key": key}
        with told():
            self._s3.put_object(**at, Body=_CHECK)
        try:
            with told():
                back = self._s3.get_object(**at)["Body"].read()
            found = [name for name, _ in self._listed(key)]
        finally:
            # Also where the key may write and not read: nothing of ours stays.
            with told():
                self._s3.delete_object(**at)
        if back != _CHECK or found != [key]:
            raise Mismatch("The bucket does not give back what was put there.")

    # Uploads: the item's own key is the object's id, so that announcing twice is one upload.

    def register(self, item: Item) -> Registered:
        size = max(self._part_bytes, -(-item.size // MOST_PARTS // _MIB) * _MIB)
        if self._stored(item.key, item.size):
            return Registered(item.key, size, stored=True, fresh=False)
        if self._upload(item.key) is not None:
            return Registered(item.key, size, stored=False, fresh=False)
        with told():
            self._s3.create_multipart_upload(**self._at(item.key), ContentType="application/octet-stream")
        return Registered(item.key, size, stored=False, fresh=True)

    def sign(self, item: Item, parts: Sequence[tuple[int, str, int]]) -> dict[int, Address]:
        upload = self._require(item)
        addresses = {}
        for n, md5, size in parts:
            headers = {"Content-MD5": base64.b64encode(bytes.fromhex(md5)).decode()}
            with told():
                url = self._s3.generate_presigned_url(
                    "upload_part",
                    {
                        **self._at(str(item.upload_id)), "UploadId": upload, "PartNumber": n, "ContentLength": size,
                        "ContentMD5": headers["Content-MD5"],
                    },
                    ExpiresIn=_URL_S,
                )  # fmt: skip
            addresses[n] = Address(url, headers)
        return addresses

    def send(self, address: Address, body: Iterator[bytes], size: int, md5: str) -> None:
        self._storage.send(address, body, size, md5)

    def standing(self, item: Item) -> Standing:
        assert item.part_size is not None  # noqa: S101 - registered; for the type checker
        if self._stored(str(item.upload_id), item.size):
            return Standing(item.part_size, stored=True, completed={})
        upload = self._require(item)
        held: dict[int, tuple[str, int]] = {}
        with told():
            for page in self._s3.get_paginator("list_parts").paginate(**self._at(str(item.upload_id)), UploadId=upload):
                for part in page.get("Parts", ()):
                    held[int(part["PartNumber"])] = (part["ETag"].strip('"').lower(), int(part["Size"]))
        return Standing(item.part_size, stored=False, completed=held)

    def complete(self, item: Item, md5s: Mapping[int, str]) -> None:
        object_id = str(item.upload_id)
        ordered = [md5s[n] for n in sorted(md5s)]
        if not self._stored(object_id, item.size):
            parts = [{"PartNumber": n, "ETag": f'"{md5}"'} for n, md5 in enumerate(ordered, 1)]
            upload = self._require(item)
            with told():
                self._s3.complete_multipart_upload(
                    **self._at(object_id), UploadId=upload, MultipartUpload={"Parts": parts}
                )
        with told():
            head = self._s3.head_object(**self._at(object_id))
        joined = hashlib.md5(b"".join(bytes.fromhex(md5) for md5 in ordered), usedforsecurity=False).hexdigest()
        if (head["ContentLength"], head["ETag"].strip('"').lower()) != (item.size, f"{joined}-{len(ordered)}"):
            self.abort(object_id)
            raise Mismatch("What arrived was not what was sent.")

    def abort(self, upload_id: str) -> None:
        upload = self._upload(upload_id)
        try:
            with told():
                if upload is not None:
                    self._s3.abort_multipart_upload(**self._at(upload_id), UploadId=upload)
                self._s3.delete_object(**self._at(upload_id))
        except Gone:
            return

    def fetch(self, object_id: str, offset: int) -> Iterator[bytes]:
        with told():
            url = self._s3.generate_presigned_url("get_object", self._at(object_id), ExpiresIn=_URL_S)
        yield from self._storage.fetch(url, offset)

    def _at(self, object_id: str) -> dict[str, str]:
        return {"Bucket": self.place.bucket, "Key": f"{self.place.prefix}objects/{object_id}"}

    def _require(self, item: Item) -> str:
        upload = self._upload(str(item.upload_id))
        if upload is None:
            raise Gone("The bucket does not know this upload any more.")
        return upload

    def _upload(self, object_id: str) -> str | None:
        """The bucket's own name for the upload under way, if any."""
        at = self._at(object_id)
        with told():
            found = self._s3.list_multipart_uploads(Bucket=at["Bucket"], Prefix=at["Key"]).get("Uploads", ())
        return next((str(one["UploadId"]) for one in found if one["Key"] == at["Key"]), None)

    def _stored(self, object_id: str, size: int) -> bool:
        try:
            with told():
                return bool(self._s3.head_object(**self._at(object_id))["ContentLength"] == size)
        except Gone:
            return False

    # Records

    def put(self, root: Root, manifest: SessionManifest) -> int:
        return self._change(root, manifest.device_id, manifest)

    def delete(self, root: Root) -> int:
        return self._change(root, "", None)

    def _change(self, root: Root, device_id: str, manifest: SessionManifest | None) -> int:
        held = self._newest(root.id)
        if held is None and root.remote_rev:
            raise Gone("The bucket has no such record any more.")
        if held is not None and held.rev != root.remote_rev:
            raise RevConflict(held)
        state = SessionState(
            id=root.id, kind=_root_kind(root.entity), rev=root.remote_rev + 1, deleted=manifest is None,
            device_id=device_id, changed=iso(self._clock.now()), manifest=manifest,
        )  # fmt: skip
        body = state.model_dump_json().encode()
        try:
            with told():
                self._s3.put_object(
                    **self._record_at(root.id, state.rev), Body=body, ContentType="application/json", IfNoneMatch="*"
                )
        except Conflict:
            self._refuse(root.id)
        self._tidy(root.id, state.rev)
        return state.rev

    def _tidy(self, root_id: str, rev: int) -> None:
        """Older revisions go. Where others were quicker by more than one, ours counts for nothing: theirs is newer."""
        for other in self._revs(root_id):
            if other > rev:
                self._refuse(root_id)
            if other < rev:
                with told():
                    self._s3.delete_object(**self._record_at(root_id, other))

    def _refuse(self, root_id: str) -> None:
        now = self._newest(root_id)
        raise Busy("Another laptop changes the same.") if now is None else RevConflict(now)

    def changes(self, cursor: str) -> Page:
        """Everything changed since a little before the newest that was seen; what is known already is harmless."""
        since = datetime.fromisoformat(cursor) - _OVERLAP if cursor else None
        newest = cursor
        found: dict[str, None] = {}
        prefix = f"{self.place.prefix}records/"
        for key, moment in self._listed(prefix):
            if since is None or moment >= since:
                found[key.removeprefix(prefix).partition("/")[0]] = None
                newest = max(newest, moment.isoformat())
        states = [state for state in map(self._newest, found) if state is not None]
        return Page(states, newest, more=False)

    def _listed(self, prefix: str) -> Iterator[tuple[str, datetime]]:
        with told():
            for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=self.place.bucket, Prefix=prefix):
                for entry in page.get("Contents", ()):
                    yield entry["Key"], entry["LastModified"]

    def _revs(self, root_id: str) -> list[int]:
        names = (key.rpartition("/")[2] for key, _ in self._listed(f"{self.place.prefix}records/{root_id}/"))
        return sorted(int(name) for name in names if name.isdigit())

    def _newest(self, root_id: str) -> SessionState | None:
        revs = self._revs(root_id)
        if not revs:
            return None
        with told():
            body = self._s3.get_object(**self._record_at(root_id, revs[-1]))["Body"].read()
        try:
            return SessionState.model_validate_json(body)
        except ValidationError as error:
            raise Refused(f"The record {root_id} in the bucket cannot be read.", Reason.REFUSED) from error

    def _record_at(self, root_id: str, rev: int) -> dict[str, str]:
        return {"Bucket": self.place.bucket, "Key": f"{self.place.prefix}records/{root_id}/{rev:012d}"}


def _root_kind(entity: str) -> RootKind:
    if entity not in get_args(RootKind):
        raise Refused("The cloud does not know records of this kind.", Reason.REFUSED)
    return cast("RootKind", entity)
