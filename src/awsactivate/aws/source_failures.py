"""What went wrong where a source's credentials were fetched, told in words that name the source.

botocore's providers read files, run programs and parse what others wrote, and let through whatever that
raises. So each exception at that seam, of whatever class, is the source's failure and no bug of ours. Of an
exception's own text only what can't hold a secret is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004  (botocore's own name)
    CredentialRetrievalError,
    HTTPClientError,
    ParamValidationError,
)

from awsactivate.aws import process_failures
from awsactivate.aws.refusals import code_of, message_of, translated
from awsactivate.errors import AwsactivateError, AwsError, ProfileError, UnreachableError
from awsactivate.frozen import dataclass, field

_TOKEN_FILES = {
    "web-identity": "web_identity_token_file",
    "EcsContainer": "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
}
_MOST_SAID = 300  # characters of what a service answered


@dataclass(frozen=True)
class Fetching:
    """What was tried: the kind of source, whose it is, and what is configured for it."""

    kind: str
    """That of a `Source`, or the name of a `credential_source`."""
    whose: str
    command: str = field(default="", repr=False)
    """The credential_process."""
    returncode: int = 0
    """How that ended, where it ran."""
    token_file: str = ""
    """What the profile or the environment names."""
    address: str = ""
    """Where a container's credentials service is to be found, if the environment names the whole of it."""


def explained(error: Exception, fetching: Fetching) -> AwsactivateError:
    """Return the error of ours that tells what `error`, raised while fetching, means."""
    if isinstance(error, AwsactivateError):
        return error
    if isinstance(error, ClientError):
        return _refused(error, fetching)
    if has_bad_address(fetching):
        return ProfileError(
            f"{fetching.whose}: AWS_CONTAINER_CREDENTIALS_FULL_URI is no address such as http://127.0.0.1/path"
        )
    if is_of_the_network(error):
        cause = next(c for c in _causes(error) if isinstance(c, (ConnectionError, HTTPClientError)))
        said = translated(cause)
        return UnreachableError(f"{fetching.whose}: {said.message}", said.hint)
    tell = {
        "process": _of_process,
        "web-identity": _of_token_file,
        "EcsContainer": _of_container,
        "Ec2InstanceMetadata": _of_instance,
    }.get(fetching.kind, _of_any)
    message, hint = tell(error, fetching)
    return ProfileError(f"{fetching.whose}: {message}", hint)


def has_bad_address(fetching: Fetching) -> bool:
    """Tell whether the environment names a place that can be none."""
    return bool(fetching.address) and not _is_web_address(fetching.address)


def is_of_the_network(error: Exception) -> bool:
    """Tell whether nothing was reached, or nothing came back."""
    return any(isinstance(cause, (ConnectionError, HTTPClientError)) for cause in _causes(error))


def nothing_there(fetching: Fetching) -> ProfileError:
    """Return the error for a source that is not there at all, which botocore does not call a failure."""
    message, hint = {
        "EcsContainer": (
            "neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor AWS_CONTAINER_CREDENTIALS_FULL_URI is set",
            "this is for containers, where the service sets one of them",
        ),
        "Ec2InstanceMetadata": (
            "the instance metadata service gives no credentials",
            "this is for EC2 instances that have a role; AWS_EC2_METADATA_DISABLED must not be true",
        ),
    }.get(fetching.kind, (f"{fetching.kind} gave no credentials", None))
    return ProfileError(f"{fetching.whose}: {message}", hint)


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__


def _refused(error: ClientError, fetching: Fetching) -> AwsError:
    code, message = code_of(error), message_of(error)
    operation = str(getattr(error, "operation_name", "") or "")
    doing = f"{operation}: " if operation else ""
    said = message or f"refused with status {_status(error)}"
    return AwsError(f"{fetching.whose}: {doing}{said}{f' ({code})' if code else ''}", code=code)


def _status(error: ClientError) -> object:
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", "?")


def _of_process(error: Exception, fetching: Fetching) -> tuple[str, str | None]:
    return process_failures.told(error, fetching.command, fetching.returncode)


def _of_token_file(error: Exception, fetching: Fetching) -> tuple[str, str | None]:
    named = f"{_TOKEN_FILES[fetching.kind]} {fetching.token_file or '?'}"
    if isinstance(error, FileNotFoundError):
        if fetching.token_file.startswith("~"):
            return f"{named} is not there: no shell expands ~ in it", "write the whole path"
        if not fetching.token_file.startswith("/"):
            return f"{named} is not there: it is looked for from the present folder", "write the whole path"
        return f"{named} is not there", None
    if isinstance(error, IsADirectoryError):
        return f"{named} is a folder, not a file", None
    if isinstance(error, OSError):
        return f"{named} can't be read: {error.strerror or type(error).__name__}", None
    if isinstance(error, UnicodeDecodeError):
        return f"{named} holds no text", None
    if isinstance(error, ParamValidationError):
        return f"{named} holds no token: it is empty or too short", None
    return _of_any(error, fetching)


def _of_container(error: Exception, fetching: Fetching) -> tuple[str, str | None]:
    if isinstance(error, (OSError, UnicodeDecodeError)) and fetching.token_file:
        return _of_token_file(error, fetching)
    if isinstance(error, UnicodeEncodeError):
        return "the authorization token holds characters that no header may have", None
    if isinstance(error, CredentialRetrievalError):
        said = " ".join(str(error.kwargs.get("error_msg", "")).split())[:_MOST_SAID]
        return f"the container's credentials service failed: {said}", None
    if isinstance(error, ValueError) and str(error).startswith("Auth token"):
        return (
            "the authorization token has a line break in it",
            "write its file without one (printf, not echo)",
        )
    if isinstance(error, ValueError) and str(error).startswith("Unsupported host"):
        return (
            "AWS_CONTAINER_CREDENTIALS_FULL_URI names a host that SDKs refuse without https",
            "a loopback address, 169.254.170.2, 169.254.170.23 or [fd00:ec2::23], or an https address",
        )
    if isinstance(error, RuntimeError) and "still expired" in str(error):
        return "the container's credentials have expired", None
    if isinstance(error, (KeyError, TypeError, AttributeError, ValueError)):
        return "the container's credentials service answered with no document of credentials", None
    return _of_any(error, fetching)


def _of_instance(error: Exception, fetching: Fetching) -> tuple[str, str | None]:
    if isinstance(error, (KeyError, TypeError, AttributeError, ValueError)):
        return "the instance metadata service answered with no document of credentials", None
    return _of_any(error, fetching)


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def _of_any(error: Exception, fetching: Fetching) -> tuple[str, str | None]:
    if isinstance(error, BotoCoreError):
        said = translated(error)
        return said.message, said.hint
    if isinstance(error, RuntimeError) and "still expired" in str(error):
        return "its credentials have expired", None
    return f"no credentials from {fetching.kind}: {_said(error)}", None


def _said(error: Exception) -> str:
    """Tell an exception by its class, and the operating system's words where there are some."""
    reason = getattr(error, "strerror", None)
    return f"{type(error).__name__}{f', {reason}' if reason else ''}"


def of_container(environ: Mapping[str, str], kind: str, whose: str) -> Fetching:
    """Tell what is tried where the environment may name a container's credentials service."""
    has_path_alone = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI" in environ
    return Fetching(
        kind,
        whose,
        token_file=environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", ""),
        address="" if has_path_alone else environ.get("AWS_CONTAINER_CREDENTIALS_FULL_URI", ""),
    )
