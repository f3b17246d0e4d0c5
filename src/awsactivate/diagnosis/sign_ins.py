"""Until when one is signed in, by what is known without a secret."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from awsactivate.diagnosis.finding import Finding
from awsactivate.keychain.index_entry import SignInEntry
from awsactivate.sessions import login_token
from awsactivate.sessions.credentials import rfc3339
from awsactivate.signin import sso_token
from awsactivate.signin.hints import login_hint
from awsactivate.signin.key import Key

_CHECK = "sign-in"


def of_entry(key: Key, entry: SignInEntry, name: str | None, now: datetime) -> Finding:
    """Tell of a sign-in that was begun here; `name` is what `login` takes for it, where anything names it."""
    where = "the keyring" if entry.place == "keyring" else "the AWS CLI's cache"
    return _found(key, entry.until, where, name, now, renews=entry.renews)


def is_over(entry: SignInEntry, now: datetime) -> bool:
    """Tell whether the sign-in has ended, and is not renewed."""
    return entry.until <= rfc3339(now) and not entry.renews


def of_cli(key: Key, document: Mapping[str, Any], path: str, name: str, now: datetime) -> Finding:
    """Tell of one that the AWS CLI has begun."""
    try:
        if key.kind == "login":
            return _of_aws_login(key, document, path, name, now)
        token = sso_token.read(document)
    except ValueError as error:
        return of_unreadable(key, path, f"can't be used: {error}", name)
    renews = token.can_be_renewed(now)
    return _found(key, rfc3339(token.ends), "the AWS CLI's cache", name, now, renews=renews)


def of_unreadable(key: Key, path: str, reason: str, name: str) -> Finding:
    """Tell of a file that holds no token."""
    return Finding(_CHECK, "warning", f"the token of {key.name} {reason}", login_hint(name), path)


def _of_aws_login(key: Key, document: Mapping[str, Any], path: str, name: str, now: datetime) -> Finding:
    token = login_token.of_document(document)
    if token.identity != key.name:
        who = token.identity or "nobody that it names"
        return of_unreadable(key, path, f"is {who}'s", name)
    ends = token.ends_at(now)
    return _found(key, rfc3339(ends), "the AWS CLI's cache", name, now, renews=False)


def _found(key: Key, until: str, where: str, name: str | None, now: datetime, *, renews: bool) -> Finding:
    if until > rfc3339(now):
        more = ", then renewed by itself" if renews else ""
        return Finding(_CHECK, "ok", f"signed in to {key.name} until {until}{more} ({where})")
    if renews:
        return Finding(_CHECK, "ok", f"the sign-in to {key.name} is renewed when it is used ({where})")
    hint = login_hint(name) if name is not None else None
    return Finding(_CHECK, "ok", f"the sign-in to {key.name} has ended ({where})", hint)
