"""What went wrong where a source's credentials were fetched, told in words that name the source.

botocore's providers read files, run programs and parse what others wrote, and let through whatever that
raises. So each exception at that seam, of whatever class, is the source's failure and no bug of ours. Of an
exception's own text only what can't hold a secret is said.
"""

from __future__ import annotations

import errno
import json
import shlex
from collections.abc import Iterator, Mapping

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004  (botocore's own name)
    CredentialRetrievalError,
    HTTPClientError,
    ParamValidationError,
)

from awsactivate.aws.refusals import code_of, message_of, translated
from awsactivate.errors import AwsactivateError, AwsError, ProfileError, UnreachableError
from awsactivate.frozen import dataclass, field

_TOKEN_FILES = {
    "web-identity": "web_identity_token_file",
    "EcsContainer": "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
}
_OURS, _HINT = "awsactivate: error: ", " awsactivate: hint: "
_MOST_SAID = 300  # characters of what a program wrote to stderr


@dataclass(frozen=True)
class Fetching:
    """What was tried: the kind of source, whose it is, and what is configured for it."""

    kind: str
    """That of a `Source`, or the name of a `credential_source`."""
    whose: str
    command: str = field(default="", repr=False)
    """The credential_process."""
    token_file: str = ""
    """What the profile or the environment names."""


def explained(error: Exception, fetching: Fetching) -> AwsactivateError:
    """Return the error of ours that tells what `error`, raised while fetching, means."""
    if isinstance(error, AwsactivateError):
        return error
    if isinstance(error, ClientError):
        return _refused(error, fetching)
    if any(isinstance(cause, (ConnectionError, HTTPClientError)) for cause in _causes(error)):
        cause = next(c for c in _causes(error) if isinstance(c, (ConnectionError, HTTPClientError)))
        said = translated(cause)
        return UnreachableError(f"{fetching.whose}: {said.message}", said.hint)
    tell = {
        "process": _of_process,
        "web-identity": _of_token_file,
        "EcsContainer": _of_container,
    }.get(fetching.kind, _of_any)
    message, hint = tell(error, fetching)
    return ProfileError(f"{fetching.whose}: {message}", hint)


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
    try:
        words = shlex.split(fetching.command)
    except ValueError:
        return "credential_process has a quote or a \\ that is not closed", "check its quotes"
    if not words:
        return "credential_process is empty", "name a command, or take the line out"
    program = f"credential_process {words[0]!r}"
    by_hand = "run it by hand, to see what it prints"
    if isinstance(error, (json.JSONDecodeError, UnicodeDecodeError)):
        return f"{program} {_not_json(error)}", by_hand
    if isinstance(error, OSError):
        return _not_run(error, words[0], program)
    if isinstance(error, CredentialRetrievalError):
        said = " ".join(str(error.kwargs.get("error_msg", "")).split())[:_MOST_SAID]
        if said.startswith(_OURS):
            said, _, hint = said.removeprefix(_OURS).partition(_HINT)
            return f"{program} failed: {said}", hint or by_hand
        if said.startswith(("Missing required key", "Unsupported version")):
            return f"{program} printed another document than it should: {said}", by_hand
        return f"{program} failed{f': {said}' if said else ', and said nothing of why'}", by_hand
    if isinstance(error, RuntimeError) and "still expired" in str(error):
        return f"{program} gives credentials that have expired", "sign in again with what it runs"
    if isinstance(error, (AttributeError, KeyError)):
        return f"{program} printed JSON that is no credential_process document", by_hand
    if isinstance(error, (ValueError, TypeError, OverflowError)):
        return (
            f"{program} printed an Expiration that is no time such as 2026-01-31T12:00:00Z,"
            " or another value that is no text",
            by_hand,
        )
    return f"{program}: {_said(error)}", by_hand


def _not_json(error: json.JSONDecodeError | UnicodeDecodeError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "printed what is not UTF-8 text"
    lines = error.doc.strip().splitlines()
    if not lines:
        return "printed nothing on stdout, where its JSON is expected"
    if not lines[0].lstrip().startswith("{") and any(line.lstrip().startswith("{") for line in lines):
        return "printed something else on stdout before its JSON"
    if "Extra data" in error.msg:
        return "printed something else on stdout after its JSON"
    return f"printed what is not JSON (line {error.lineno}, column {error.colno})"


def _not_run(error: OSError, word: str, program: str) -> tuple[str, str | None]:
    if isinstance(error, FileNotFoundError):
        if word.startswith("~") or "$" in word:
            hint = "write the whole path, or sh -c '…' around the command"
            return f"{program} is not there: no shell expands ~ or $ in it", hint
        return f"{program} is not there", "write the whole path of a program that is installed"
    if isinstance(error, PermissionError):
        return f"{program} may not be run", f"chmod +x {shlex.quote(word)}"
    reason = error.strerror or type(error).__name__
    if error.errno == errno.ENOEXEC:
        return (
            f"{program} can't be run: {reason}",
            "a script's first line must name what runs it, such as #!/bin/sh",
        )
    return f"{program} can't be run: {reason}", None


def _of_token_file(error: Exception, fetching: Fetching) -> tuple[str, str | None]:
    named = f"{_TOKEN_FILES[fetching.kind]} {fetching.token_file or '?'}"
    if isinstance(error, FileNotFoundError):
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
    if isinstance(error, UnicodeError):
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


def container_token_file(environ: Mapping[str, str]) -> str:
    """Return the file that holds a container's authorization token, '' where none is named."""
    return environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "")
