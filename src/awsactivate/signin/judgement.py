"""Whether a request is the answer of the browser in which a sign-in was begun."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from awsactivate.frozen import dataclass, field

_LONGEST_SAID = 300  # characters of AWS's own sentence


@dataclass(frozen=True)
class Judgement:
    """What a request is answered with, and what follows of it."""

    status: int
    words: str
    """What the person reads in the browser."""
    code: str | None = field(default=None, repr=False)
    """Set where it is the answer, and AWS said yes."""
    refusal: str | None = None
    """Set where it is the answer, and AWS said no: its own sentence."""
    is_suspect: bool = False
    """Whether somebody else may have sent it, which the person at the terminal should know."""

    @property
    def is_answer(self) -> bool:
        """Whether what was waited for is there."""
        return self.code is not None or self.refusal is not None


def judge(
    method: str,
    target: str,
    headers: Mapping[str, str],
    *,
    path: str,
    port: int,
    state: str,
    is_own: bool,
    is_answered: bool,
) -> Judgement:
    """Judge one request; the names of its headers are in lower case.

    `path`, `port` and `state` are what the answer must have. `is_own` tells that a program of this user
    sent it, `is_answered` that the answer has come already.
    """
    asked = urlsplit(target)
    if asked.path != path:
        return Judgement(404, "There is nothing here.")
    if method != "GET":
        return Judgement(405, "This is not the answer of a sign-in.")
    if not is_own:
        return _suspect(
            "This comes from another user, or from outside of this system: through a proxy, from a container"
            " or from around a virtual machine. Sign in with --device-code there."
        )
    if headers.get("host") != f"127.0.0.1:{port}":
        return _suspect("This request names another host.")
    if "origin" in headers or headers.get("sec-fetch-dest", "document") != "document":
        # AWS sends the window itself here; a page of somebody else's would send a form, a script, a picture
        return _suspect("This request comes from a page of somebody else's.")
    try:
        fields = {name: values[0] for name, values in parse_qs(asked.query).items() if len(values) == 1}
    except ValueError:
        return _suspect("This is not the answer of a sign-in.")
    if not hmac.compare_digest(fields.get("state", "").encode(), state.encode()):
        return _suspect("This is the answer of another sign-in: its state is wrong.")
    if is_answered:
        return Judgement(409, "This sign-in has been answered already.")
    if "error" in fields:
        said = fields.get("error_description") or fields["error"]
        return Judgement(200, "AWS has refused. The terminal tells more.", refusal=said[:_LONGEST_SAID])
    if not fields.get("code"):
        return _suspect("This answer holds no code.")
    return Judgement(
        200, "You have signed in. You can close this window and go on in the terminal.", fields["code"]
    )


def _suspect(words: str) -> Judgement:
    return Judgement(403, words, is_suspect=True)
