"""The profiles of all that a person may use by single sign-on: their names, and what of them changes.

Pure: the config's text comes in, and goes out changed between the two marks that carry the session's name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

from awsactivate.errors import ProfileError, UsageError
from awsactivate.frozen import dataclass
from awsactivate.profiles import ini, ini_edits
from awsactivate.profiles.model import name_in, parse

TEMPLATE = "{account_name}-{role}"
FIELDS = ("account_name", "account_id", "role")

_FIELD = re.compile(r"\{([^{}]*)\}")
# What the prompt shows as it is, and no shell need quote.
_PLAIN = re.compile(r"[A-Za-z0-9_.@:/=+,-]+")
_ODD = re.compile(r"[^A-Za-z0-9_.@:/=+,-]+")
_MARK = re.compile(r"# (>>>|<<<) awsactivate profiles sync .* \1")


@dataclass(frozen=True)
class Access:
    """A role of an account that the person may have."""

    account_id: str
    account_name: str
    role: str

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from others."""
        return self.account_id, self.role

    def __str__(self) -> str:
        return f"{self.role} in {self.account_id} ({self.account_name})"


@dataclass(frozen=True)
class Wish:
    """What is to be synchronised, and how."""

    session: str
    template: str = TEMPLATE
    accounts: tuple[str, ...] = ()
    """Patterns of ids or names; none of them means all."""
    roles: tuple[str, ...] = ()
    region: str | None = None
    prunes: bool = False

    @property
    def shows_all(self) -> str:
        """The command that shows what there is."""
        return f"awsactivate profiles sync {self.session} --dry-run"


@dataclass(frozen=True)
class Sync:
    """What comes of it: the names of profiles, and the config's new text."""

    profiles: Mapping[str, Access]
    """Those that the person may use, of what was wished."""
    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    gone: tuple[str, ...]
    """Those in the config that nothing stands behind any more."""
    renamed: Mapping[str, str]
    """Those in the config that are called otherwise now, by the name of another template, and how."""
    before: tuple[str, ...]
    """All that stood between the marks."""
    after: tuple[str, ...]
    """All that is to stand there."""
    text: str


@dataclass(frozen=True)
class _Entry:
    """A profile between the marks, with its lines as they stand."""

    name: str
    key: tuple[str, str]
    text: str


@dataclass(frozen=True)
class _Block:
    """A config's text in parts."""

    before: str
    head: str
    """What stands between the first mark and the first profile."""
    entries: tuple[_Entry, ...]
    after: str
    is_there: bool


def marks(session: str) -> tuple[str, str]:
    """Return the two lines between which the profiles of a session stand."""
    said = f"awsactivate profiles sync {session}"
    return f"# >>> {said} >>>", f"# <<< {said} <<<"


def check_template(template: str) -> None:
    """Refuse a template of names that can't be one."""
    allowed = ", ".join(f"{{{name}}}" for name in FIELDS)
    unknown = [name for name in _FIELD.findall(template) if name not in FIELDS]
    if unknown:
        raise UsageError(f"--name: there is no field {{{unknown[0]}}}", f"the fields are {allowed}")
    rest = _FIELD.sub("", template)
    if "{" in rest or "}" in rest:
        raise UsageError("--name: a brace is not closed, or not opened", f"the fields are {allowed}")
    if _ODD.search(rest):
        raise UsageError(
            f"--name: {_ODD.findall(rest)[0]!r} can't be part of a profile's name",
            "letters, digits and _.@:/=+,- can",
        )


def wished(wish: Wish, accesses: Iterable[Access]) -> list[Access]:
    """Choose, of all that the person may have, what is wished; ProfileError where a pattern fits none."""
    found = list(accesses)
    for pattern in wish.accounts:
        if not any(_fits_account(one, pattern) for one in found):
            raise ProfileError(f"--account {pattern!r}: you may use no such account", wish.shows_all)
    for pattern in wish.roles:
        if not any(fnmatchcase(one.role, pattern) for one in found):
            raise ProfileError(f"--role {pattern!r}: you may use no such role", wish.shows_all)
    return [one for one in found if _is_wished(wish, one)]


def named(wish: Wish, accesses: Iterable[Access]) -> dict[str, Access]:
    """Call each by the template's name, in the names' order; ProfileError where two become one."""
    names: dict[str, Access] = {}
    for access in accesses:
        name = _name(wish.template, access)
        if not _PLAIN.fullmatch(name) or name == "default" or name.startswith(("-", "arn:")):
            raise ProfileError(
                f"the profile of {access} would be called {name!r}, which no profile can be",
                "--name '{account_id}-{role}'",
            )
        other = names.setdefault(name, access)
        if other.key != access.key:
            raise ProfileError(
                f"{other} and {access} would both be the profile {name!r}",
                "--name '{account_name}-{account_id}-{role}'",
            )
    return dict(sorted(names.items()))


def synced(
    wish: Wish,
    accesses: Sequence[Access],
    text: str,
    path: str,
    *,
    others: Collection[str],
    quoted: Callable[[str], str],
) -> Sync:
    """Lay all that the person may have, of what is wished, into the config's text.

    `others` are the profiles that stand elsewhere: in the credentials file, or the keyring. What is not
    wished stays as it is. ProfileError where a name is taken, or the text can't be changed.
    """
    names = named(wish, wished(wish, accesses))
    block = _block(text, path, wish.session)
    _refuse_taken(names, block, others, path)
    standing = {entry.name: entry for entry in block.entries}
    known = {one.account_id: one.account_name for one in accesses}
    entries = dict(standing)
    new_names = {access.key: name for name, access in names.items()}
    changed, gone, renamed = [], [], {}
    for name, access in names.items():
        entries[name] = _laid_over(standing.get(name), name, access, wish, quoted)
        if name in standing and entries[name].text != standing[name].text:
            changed.append(name)
    for name, entry in standing.items():
        account_id, role = entry.key
        was = Access(account_id, known.get(account_id, ""), role)
        if name not in names and _is_wished(wish, was):
            if entry.key in new_names:
                renamed[name] = new_names[entry.key]
            else:
                gone.append(name)
            if wish.prunes:
                del entries[name]
    added = [name for name in names if name not in standing]
    return Sync(
        names,
        tuple(added),
        tuple(changed),
        tuple(name for name in names if name in standing and name not in changed),
        tuple(gone),
        renamed,
        tuple(standing),
        tuple(sorted(entries)),
        _written(block, [entries[name] for name in sorted(entries)], wish.session, text),
    )


def _name(template: str, access: Access) -> str:
    values = {
        "account_name": _ODD.sub("-", access.account_name).strip("-") or access.account_id,
        "account_id": access.account_id,
        "role": _ODD.sub("-", access.role).strip("-"),
    }
    return _FIELD.sub(lambda found: values[found[1]], template)


def _is_wished(wish: Wish, access: Access) -> bool:
    fits_account = not wish.accounts or any(_fits_account(access, one) for one in wish.accounts)
    return fits_account and (not wish.roles or any(fnmatchcase(access.role, one) for one in wish.roles))


def _fits_account(access: Access, pattern: str) -> bool:
    return fnmatchcase(access.account_id, pattern) or fnmatchcase(access.account_name, pattern)


def _refuse_taken(names: Mapping[str, Access], block: _Block, others: Collection[str], path: str) -> None:
    outside = parse(f"{block.before}\n{block.after}", "")
    for name, access in names.items():
        if name in outside or name in others:
            where = f"in {path}, outside of the marks" if name in outside else "already, elsewhere"
            raise ProfileError(
                f"the profile {name!r}, which {access} would be, is there {where}",
                "--name 'sso-{account_name}-{role}', or rename the other",
            )


def _block(text: str, path: str, session: str) -> _Block:
    ini.read(text, path)  # or it is told what is wrong there
    lines = ini_edits.LINE.findall(text)
    begin, end = (
        [number for number, line in enumerate(lines) if line.strip() == mark] for mark in marks(session)
    )
    if not begin and not end:
        return _Block(text, "", (), "", False)
    if (len(begin), len(end)) != (1, 1) or begin[0] > end[0]:
        raise ProfileError(f"{path}: the two marks of {session} are not there once, in order", f"edit {path}")
    inner, after = lines[begin[0] + 1 : end[0]], lines[end[0] + 1 :]
    if any(_MARK.fullmatch(line.strip()) for line in inner):
        raise ProfileError(f"{path}: between the marks of {session} stands another's", f"edit {path}")
    following = next((line for line in after if line.strip() and line.strip()[0] not in "#;"), "[")
    if following[0] != "[":
        raise ProfileError(
            f"{path}: what follows the marks of {session} would belong to their last profile",
            f"edit {path}: put a [section] above it",
        )
    head, entries = _entries(inner, path, session)
    return _Block("".join(lines[: begin[0]]), head, entries, "".join(after), True)


def _entries(lines: Sequence[str], path: str, session: str) -> tuple[str, tuple[_Entry, ...]]:
    text = "".join(lines)
    sections = ini.read(text, path)
    starts = [
        (number - 1, header)
        for (header, key), number in ini_edits.line_numbers(text).items()
        if not key and header
    ]
    if not starts:
        return text, ()
    ends = [start for start, _ in starts[1:]] + [len(lines)]
    entries = []
    for (start, header), end in zip(starts, ends, strict=True):
        values = sections.get(header, {})
        name = name_in(header)
        if name is None or not header.startswith("profile"):
            raise ProfileError(
                f"{path}: between the marks of {session} stands [{header}], which is no profile of theirs",
                f"edit {path}: put it outside of the marks",
            )
        key = (str(values.get("sso_account_id", "")), str(values.get("sso_role_name", "")))
        entries.append(_Entry(name, key, "".join(lines[start:end])))
    return "".join(lines[: starts[0][0]]), tuple(entries)


def _laid_over(
    entry: _Entry | None, name: str, access: Access, wish: Wish, quoted: Callable[[str], str]
) -> _Entry:
    """Let a profile be this access, and keep what else was written into it."""
    header = f"profile {quoted(name)}"
    text = entry.text if entry else f"[{header}]\n"
    values = {
        "sso_session": wish.session,
        "sso_account_id": access.account_id,
        "sso_role_name": access.role,
        **({"region": wish.region} if wish.region else {}),
    }
    (standing,) = ini.read(text, name).values()
    for key, value in values.items():
        if standing.get(key) != value:
            text = ini_edits.with_value(text, lambda _: True, header, key, value)
    return _Entry(name, access.key, text)


def _written(block: _Block, entries: Sequence[_Entry], session: str, text: str) -> str:
    if not entries:
        return block.before + block.after if block.is_there else text
    newline = "\r\n" if "\r\n" in text else "\n"
    begin, end = marks(session)
    before = block.before
    if before and not before.endswith(("\r", "\n")):
        before += newline
    if before.strip() and not block.is_there and before.splitlines()[-1].strip():
        before += newline
    head = block.head or f"# what stands between the marks is awsactivate's{newline}"
    inner = "".join(re.sub(r"\r?\n", newline, entry.text) for entry in entries)
    return f"{before}{begin}{newline}{head}{inner}{end}{newline}{block.after}"
