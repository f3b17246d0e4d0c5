"""Where tokens live: in the keyring, or in the AWS CLI's cache, and nowhere else.

What came from the AWS CLI's cache is written back there and never copied; the index tells, without a secret,
until when each sign-in lasts that was begun here.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from awsactivate.errors import AwsactivateError, KeyringError
from awsactivate.frozen import dataclass, field
from awsactivate.keychain import index
from awsactivate.keychain.index_entry import Place, SignInEntry
from awsactivate.signin import cli_cache
from awsactivate.signin.key import Key
from awsactivate.signin.keyring_place import KeyringPlace
from awsactivate.signin.undisturbed import undisturbed


@dataclass(frozen=True)
class Kept:
    """A token as it is kept."""

    key: Key
    place: Place | None
    """None stands for a token that is used once and dropped."""
    document: Mapping[str, Any] = field(repr=False)
    """The token in the form of the AWS CLI's cache."""


Look = Callable[[Key], Kept | None]
Keep = Callable[[Kept, str, bool], None]
"""Keeps a token, of which it is told until when it lasts, and whether it renews."""


class CantBeKeptError(AwsactivateError):
    """What would follow a token can't be kept, so that AWS is not asked for it."""


class Store:
    """The tokens of the user whose environment `environ` is.

    `fault` is what the keyring has said already to this command, which does not ask it again.
    """

    def __init__(self, environ: Mapping[str, str], fault: KeyringError | None = None) -> None:
        self._environ = environ
        self._keyring = KeyringPlace(environ, fault)

    @property
    def fault(self) -> KeyringError | None:
        """What the keyring has said that did not give a token, or take one."""
        return self._keyring.fault

    def read_entry(self, key: Key) -> SignInEntry | None:
        """Return what the index tells of a sign-in that was begun here; no keyring is opened."""
        return index.read_sign_ins(self._environ).get(key.text)

    def looks(self, key: Key, now: str) -> tuple[Look, Look]:
        """Return the two ways to look for a token, the one first that has one by what the index tells.

        `now` is in RFC 3339. No keyring is opened to know that.
        """
        entry = self.read_entry(key)
        is_own_first = entry is not None and entry.until > now
        places = (self.read_cli_cache, self.read_keyring)
        return (places[1], places[0]) if is_own_first else places

    def place(self, key: Key, kept: Kept | None) -> str:
        """Name the place in which `kept` was found, for a person; None is what a file held."""
        return (
            str(cli_cache.path(key, self._environ)) if kept is None or kept.place == "cli" else "the keyring"
        )

    def read_cli_cache(self, key: Key) -> Kept | None:
        """Return the AWS CLI's token; UnreadableTokenError where its file holds none."""
        document = cli_cache.read(key, self._environ)
        return None if document is None else Kept(key, "cli", document)

    def read_keyring(self, key: Key) -> Kept | None:
        """Return our token, where the index tells of one; KeyringError where the keyring does not give it."""
        entry = self.read_entry(key)
        return self._read_whole_item(key) if entry is not None and entry.place == "keyring" else None

    def all_places(self, key: Key) -> Iterator[tuple[Place, Look]]:
        """Give each place where a token may be, with the way to look there.

        A damaged item of the keyring is a token without a word, which can be forgotten.
        """
        entry = self.read_entry(key)
        is_told = entry is not None and entry.place == "keyring"
        yield "keyring", self._read_item if is_told else self._read_left
        yield "cli", self.read_cli_cache

    def _read_left(self, key: Key) -> Kept | None:
        """Return one from before, of which the index tells nothing: it may have been lost."""
        document = self._keyring.read_left(key)
        return None if document is None else Kept(key, "keyring", document)

    def _read_whole_item(self, key: Key) -> Kept | None:
        kept = self._read_item(key)
        # one that is damaged is as good as none: to sign in anew mends it
        return kept if kept is not None and kept.document else None

    def _read_item(self, key: Key) -> Kept | None:
        document = self._keyring.read(key)
        return None if document is None else Kept(key, "keyring", document)

    def refuse_without_place(self, key: Key, *, share: bool) -> None:
        """Raise what `keep`, or `share`, would raise, before anybody is asked anything.

        KeyringError where there is no keyring to keep a token in.
        """
        if share:
            cli_cache.try_out(key, {}, self._environ)
        else:
            self._keyring.require()
        with index.locked(self._environ):
            index.try_out(self._environ)

    def keep(self, kept: Kept, *, until: str, renews: bool) -> None:
        """Keep a token in its place, and tell the index until when it lasts (RFC 3339)."""
        if kept.place is None:
            return
        with index.locked(self._environ):
            self._keep(kept, until, renews)

    def _keep(self, kept: Kept, until: str, renews: bool) -> None:
        place = kept.place or "keyring"
        if place == "cli":
            own = self.read_entry(kept.key)
            cli_cache.write(kept.key, kept.document, self._environ)
            if own is None or own.place != "cli":
                return  # the AWS CLI's own, of which the index tells nothing
        else:
            index.try_out(self._environ)  # without which nobody would find it in the keyring
            self._keyring.write(kept.key, kept.document)
        index.write_sign_in(kept.key.text, SignInEntry(until, place, renews), self._environ)

    @contextmanager
    def renewing(self, kept: Kept, *, to_end: bool = False) -> Iterator[Keep]:
        """Give what keeps the token that follows `kept`; it is asked for within.

        What is traded in may be good once: so Ctrl-C waits until the next is kept, and CantBeKeptError says
        before that it can't be, unless it is had `to_end` it. One that was forgotten stays so.
        """
        with ExitStack() as stack:
            try:
                stack.enter_context(index.locked(self._environ))
            except AwsactivateError as error:
                raise CantBeKeptError(error.message, error.hint) from error
            if not to_end:
                self._refuse_unwritable(kept)
            with undisturbed():
                yield self._keep

    def _refuse_unwritable(self, kept: Kept) -> None:
        hint = None
        try:
            if kept.place == "cli":
                hint = f"ls -l {shlex.quote(str(cli_cache.path(kept.key, self._environ)))}"
                cli_cache.try_out(kept.key, kept.document, self._environ)
            own = self.read_entry(kept.key)
            if kept.place == "keyring" or (own is not None and own.place == "cli"):
                index.try_out(self._environ)
        except AwsactivateError as error:
            raise CantBeKeptError(error.message, hint) from error
        if kept.place == "keyring" and self._keyring.read(kept.key) is None:
            raise CantBeKeptError("it has been ended meanwhile")
        if kept.place == "cli" and not cli_cache.path(kept.key, self._environ).exists():
            raise CantBeKeptError("it has been ended meanwhile")

    def share(self, kept: Kept, *, until: str, renews: bool, tell: Callable[[str], None]) -> None:
        """Keep a token of ours in the AWS CLI's cache, and tell the index so.

        What the keyring held goes: one sign-in has one token of ours. `tell` is told where that can't be.
        """
        with index.locked(self._environ):
            before = self.read_entry(kept.key)
            cli_cache.write(kept.key, kept.document, self._environ)
            index.write_sign_in(kept.key.text, SignInEntry(until, "cli", renews), self._environ)
            if before is not None and before.place == "keyring":
                try:
                    self._keyring.remove(kept.key)
                except KeyringError as error:
                    tell(f"an earlier sign-in to {kept.key.name} is in the keyring still: {error.message}")

    def forget(self, key: Key, place: Place) -> None:
        """Take a token away where it is kept, and what the index tells of it.

        KeyringError where the keyring does not give it up, and then the index tells of it still.
        """
        with index.locked(self._environ):
            entry = self.read_entry(key)
            if place == "cli":
                cli_cache.remove(key, self._environ)
            else:
                self._keyring.remove(key)
            if entry is not None and entry.place == place:
                index.write_sign_in(key.text, None, self._environ)

    def note_gone(self, key: Key, place: Place) -> None:
        """Have the index tell no more of a token that is not where it told."""
        entry = self.read_entry(key)
        if entry is None or entry.place != place:
            return
        with index.locked(self._environ):
            index.write_sign_in(key.text, None, self._environ)

    def forget_refused(self, key: Key, is_refused: Callable[[Mapping[str, Any]], bool]) -> None:
        """Take away what we keep or tell of a token that AWS takes no longer; the AWS CLI's file stays.

        Another process may have put a new one in its place since: that one is kept.
        """
        if self.read_entry(key) is None:
            return  # nothing is ours
        with index.locked(self._environ):
            entry = self.read_entry(key)
            if entry is None:
                return
            kept = self.read_keyring(key) if entry.place == "keyring" else self.read_cli_cache(key)
            if kept is None or not is_refused(kept.document):
                return
            if entry.place == "keyring":
                self._keyring.remove(key)
            index.write_sign_in(key.text, None, self._environ)
