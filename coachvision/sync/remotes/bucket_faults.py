"""What a club's bucket answers, as sync's faults. For `remotes.bucket`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from coachvision.sync.faults import Busy, Conflict, Fault, Gone, KeyRefused, Offline, Refused, TooFast
from coachvision.sync.states import Reason

_MISSING = {"NoSuchUpload", "NoSuchKey", "404", "NotFound"}
_NO_ENTRY = {
    "AccessDenied",
    "403",
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "Forbidden",
    "AuthorizationHeaderMalformed",
}
_CHANGED = {"PreconditionFailed", "412", "ConditionalRequestConflict", "409"}


@contextmanager
def told() -> Iterator[None]:
    """boto3's errors as faults. Its own words may hold the whole address: they are not told."""
    try:
        yield
    except ClientError as error:
        raise _fault(str(error.response.get("Error", {}).get("Code", "")), _status(error)) from error
    except ParamValidationError as error:
        raise Busy("No bucket can be called that.") from error
    except BotoCoreError as error:
        raise Offline("The connection to the bucket failed.") from error


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _fault(code: str, status: int) -> Fault:
    if code == "NoSuchBucket":
        return Busy("There is no bucket of that name there.")
    if code in _MISSING:
        return Gone("The bucket does not hold that any more.")
    if code in _CHANGED:
        return Conflict("It was changed in the same moment.")
    if code in _NO_ENTRY:
        return KeyRefused(
            "The club's bucket does not accept its key. Give it another, on the account screen or with"
            " `coachvision bucket`."
        )
    if code in ("EntityTooLarge", "QuotaExceeded"):
        return Refused("The bucket is full.", Reason.QUOTA)
    if status == 429 or code == "SlowDown":
        return TooFast("The bucket asks for fewer requests.")
    return Busy("The bucket is busy.")
