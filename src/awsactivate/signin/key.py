"""Which sign-in is meant, and the names under which it is kept."""

from __future__ import annotations

import hashlib
from typing import Literal

from awsactivate.frozen import dataclass

Kind = Literal["sso", "login"]

# By which the AWS CLI names a file of its cache: no secret is hashed.
_HASHES: dict[Kind, str] = {"sso": "sha1", "login": "sha256"}


@dataclass(frozen=True)
class Key:
    """A sign-in: there is one token of it at a time."""

    kind: Kind
    """`sso` is IAM Identity Center's, `login` is AWS Sign-In's (`aws login`)."""
    name: str
    """The `[sso-session]`'s name, the start URL of a profile without one, or what `login_session` says."""

    @property
    def text(self) -> str:
        """The name of its item in the keyring and of its line in the index."""
        return f"{self.kind}:{self.name}"

    @property
    def file_name(self) -> str:
        """The name of its file in the AWS CLI's cache."""
        digest = hashlib.new(_HASHES[self.kind], self.name.encode(), usedforsecurity=False)
        return f"{digest.hexdigest()}.json"


def read(text: str) -> Key | None:
    """Read what `Key.text` wrote; None where it is nothing of that form."""
    kind, colon, name = text.partition(":")
    if kind == "sso" and colon and name:
        return Key("sso", name)
    if kind == "login" and colon and name:
        return Key("login", name)
    return None
