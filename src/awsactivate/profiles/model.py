"""AWS's two configuration files as `Profile` values, read exactly as botocore reads them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from types import MappingProxyType

from awsactivate.errors import NoneNamedError, ProfileError
from awsactivate.frozen import dataclass, field
from awsactivate.profiles import ini
from awsactivate.profiles.ini import Values
from awsactivate.sessions import usable
from awsactivate.sessions.credentials import Credentials

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from types import ModuleType

    from awsactivate.profiles.unread import Kind, Unread

_NOTHING: Values = MappingProxyType({})
_MOST_LISTED = 20
_HEADS_OF_CONFIG = ("pro", "sso", "ser")  # how headers of the config begin
# A header that needs no shell's rules, which is nearly every one: shlex would take 20 µs for each.
_PLAIN_HEADER = re.compile(r"[^\s'\"\\]+[ \t]+([^\s'\"\\]+)")


class Key:
    """A key of AWS's, or ours, read from a profile's values under its own name.

    The body of `Profile` is the one table of them: what is declared there is read, and known to doctor; what
    `needs_role`, since only AssumeRole could send it, is refused for a profile without a role.
    """

    def __init__(self, *, needs_role: bool = False) -> None:
        self.needs_role = needs_role

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, profile: Profile | None, owner: type) -> str | None:
        if profile is None:
            return None
        return profile.text(self._name) if self._name in profile.values else None


@dataclass(frozen=True)
class Profile:
    """One profile: the values of the config file, over which those of the credentials file are laid.

    `values` may hold secrets, so `repr` shows none of it. `path` is the file that its section stands in.
    """

    name: str
    values: Values = field(default_factory=dict, repr=False)
    config_values: Values = field(default_factory=dict, repr=False)
    credentials_values: Values = field(default_factory=dict, repr=False)
    path: str = ""
    credentials_path: str = field(default="", repr=False, compare=False)

    role_arn = Key()
    source_profile = Key()
    credential_source = Key()
    mfa_serial = Key()
    external_id = Key()
    duration_seconds = Key()
    role_session_name = Key()
    region = Key()
    web_identity_token_file = Key()
    credential_process = Key()
    login_session = Key()
    sso_session = Key()
    sso_account_id = Key()
    sso_role_name = Key()
    sso_start_url = Key()
    sso_region = Key()
    sts_regional_endpoints = Key()
    endpoint_url = Key()
    use_fips_endpoint = Key()
    use_dualstack_endpoint = Key()
    ca_bundle = Key()
    services = Key()
    ignore_configured_endpoint_urls = Key()
    # Ours, in the same file:
    source_identity = Key(needs_role=True)
    session_tags = Key(needs_role=True)
    transitive_session_tags = Key(needs_role=True)
    policy_arns = Key(needs_role=True)
    mfa_process = Key()
    expected_account_id = Key()
    awsactivate_prompt = Key()
    confirm = Key()
    revocable = Key(needs_role=True)
    session_policy = Key()
    guard_notify = Key()

    def text(self, key: str) -> str | None:
        """Return the value of `key`, which must not be a nested one."""
        value = self.values.get(key)
        if value is None or isinstance(value, str):  # to ask for Mapping takes ten times as long
            return value
        raise ProfileError(f"profile {self.name!r}: {key} must be one value, not a nested one")

    def place(self, key: str) -> tuple[str, int] | None:
        """Return the file and the line on which the value of `key` begins; None where that is not known."""
        for values, path in (
            (self.credentials_values, self.credentials_path),
            (self.config_values, self.path),
        ):
            if isinstance(values, ini.Section) and key in values.lines:
                return path, values.lines[key]
        return None

    @property
    def credentials_file_keys(self) -> Credentials | None:
        """The access key that stands in the credentials file."""
        return self._keys(self.credentials_values)

    @property
    def config_file_keys(self) -> Credentials | None:
        """The access key that stands in the config file."""
        return self._keys(self.config_values)

    @property
    def has_key_settings(self) -> bool:
        """Whether either half of an access key is there, in either file."""
        return "aws_access_key_id" in self.values or "aws_secret_access_key" in self.values

    def _keys(self, values: Values) -> Credentials | None:
        # The two files' halves are never put together: botocore signs with what one file says.
        if "aws_access_key_id" not in values:
            return None
        if "aws_secret_access_key" not in values:
            raise ProfileError(
                f"profile {self.name!r} has aws_access_key_id but no aws_secret_access_key beside it"
            )
        token = values.get("aws_security_token", values.get("aws_session_token"))
        texts = (values["aws_access_key_id"], values["aws_secret_access_key"], token or "")
        if not all(isinstance(text, str) for text in texts):
            raise ProfileError(f"profile {self.name!r}: an access key must be plain values, not nested ones")
        key_id, secret, session_token = map(str, texts)
        keys = Credentials(key_id, secret, session_token or None)
        if found := usable.part_at_fault(keys):
            part, fault = found
            key = f"aws_{part.replace(' ', '_')}"
            raise ProfileError(f"profile {self.name!r}: {key} {fault}", self._editing(key))
        return keys

    def _editing(self, key: str) -> str | None:
        """Return the command that opens the line of `key`; None where it is not known."""
        import shlex

        place = self.place(key)
        return f"${{EDITOR:-vi}} +{place[1]} {shlex.quote(place[0])}" if place else None


KEYS = {name: key for name, key in vars(Profile).items() if isinstance(key, Key)}


@dataclass(frozen=True)
class Profiles(Mapping[str, Profile]):
    """All profiles by name, in the files' order, with the other sections that they refer to."""

    by_name: Mapping[str, Profile] = field(default_factory=dict, repr=False)
    sso_sessions: Mapping[str, Values] = field(default_factory=dict, repr=False)
    config_path: str = "~/.aws/config"
    credentials_path: str = "~/.aws/credentials"
    services: Mapping[str, Values] = field(default_factory=dict, repr=False)
    unread: tuple[Unread, ...] = ()

    def absent(self, name: str, otherwise: str, more: Iterable[str] = ()) -> ProfileError:
        """Return the error for a profile that is not there: `otherwise`, or why what is there is not read."""
        section = self.unread_as("profile", name)
        if section is not None:
            return ProfileError(f"{otherwise}: {section.words}", section.hint)
        return ProfileError(otherwise, near_hint(name, {*self, *more}))

    def unread_as(self, kind: Kind, name: str) -> Unread | None:
        """Return the section that may have been meant as what is asked for, and is not read."""
        found = [section.as_asked(kind, name) for section in self.unread]
        exact = (one for one, section in zip(found, self.unread, strict=True) if one is section)
        return next(exact, None) or next(filter(None, found), None)

    @property
    def names(self) -> tuple[str, ...]:
        """The profiles' names, in the files' order."""
        return tuple(self.by_name)

    def __getitem__(self, name: str) -> Profile:
        return self.by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_name)

    def __len__(self) -> int:
        return len(self.by_name)


def parse(
    config_text: str,
    credentials_text: str,
    *,
    config_path: str = "~/.aws/config",
    credentials_path: str = "~/.aws/credentials",
) -> Profiles:
    """Read the texts of the two files; the paths are only for what is said of them."""
    config: dict[str, Values] = {}
    sso_sessions: dict[str, Values] = {}
    services: dict[str, Values] = {}
    headers: dict[str, tuple[str, int]] = {}
    unread: list[Unread] = []
    found = ini.read(config_text, config_path)
    for header, values in found.items():
        # A header that merely begins like one counts too, as `[profiles x]` does for botocore.
        name = header if header == "default" else name_in(header)
        if name is not None and (header == "default" or header.startswith("profile")):
            place = (header, _line_of(values))
            if name in config:  # of two, botocore reads the later one
                unread.append(_judging().twice(name, *headers[name], place, config_path))
            config[name], headers[name] = values, place
        elif name is not None and header.startswith("sso-session"):
            sso_sessions[name] = values
        elif name is not None and header.startswith("services"):
            services[name] = values
        elif section := _judging().in_config(header, values.keys(), config_path, _line_of(values)):
            unread.append(section)
    within = (_judging().within(*one, config_path) for one in found.within)
    unread += [section for section in within if section]
    credentials = ini.read(credentials_text, credentials_path, names_alone=True)
    within = (_judging().within(*one, credentials_path, names_alone=True) for one in credentials.within)
    unread += [section for section in within if section]

    by_name: dict[str, Profile] = {}
    for name, values in config.items():
        over = credentials.get(name, _NOTHING)
        merged = MappingProxyType({**values, **over}) if over else values
        by_name[name] = Profile(name, merged, values, over, config_path, credentials_path)
    for name, values in credentials.items():
        if name[:3].lower() in _HEADS_OF_CONFIG and (
            section := _judging().in_credentials(name, credentials_path, _line_of(values), config_path)
        ):
            unread.append(section)
        if name not in by_name:
            by_name[name] = Profile(name, values, _NOTHING, values, credentials_path, credentials_path)
    sections = (MappingProxyType(sso_sessions), config_path, credentials_path, MappingProxyType(services))
    return Profiles(MappingProxyType(by_name), *sections, tuple(unread))


def _judging() -> ModuleType:
    """Return the room that judges what is not read, loaded where there is some."""
    from awsactivate.profiles import unread

    return unread


def _line_of(values: Values) -> int:
    return values.lines.get("", 1) if isinstance(values, ini.Section) else 1


def near_names(name: str, names: Iterable[str]) -> tuple[str, ...]:
    """Name the few of `names` that `name` may have been meant to be."""
    import difflib

    folded: dict[str, list[str]] = {}
    for known in names:
        folded.setdefault(known.casefold(), []).append(known)
    near = difflib.get_close_matches(name.casefold(), folded, n=3)
    return tuple(known for match in near for known in folded[match])


def near_hint(name: str, names: Iterable[str]) -> str:
    """Say what may have been meant by a name that does not exist."""
    near = near_names(name, names)
    if near:
        return "did you mean " + " or ".join(map(repr, near)) + "?"
    return "awsactivate list"


def choose(
    target: str | None,
    *,
    dotfile: str | None,
    active: str | None,
    environ_profile: str | None,
    profiles: Profiles,
    kept: Collection[str] = (),
    dotfile_path: str = ".awsactivate",
) -> str:
    """Choose what `activate` takes; a wrong name is an error, never a guess.

    The order is: `target` (what was typed), the text of the nearest `.awsactivate`, the name that this shell
    holds already, $AWS_PROFILE, the only profile with a role. `kept` are names that the keyring has keys for,
    which need no section in a file.
    """
    if target is not None:
        return target
    if dotfile is not None:
        return _name_in_dotfile(dotfile, dotfile_path, {*profiles, *kept})
    if active:
        return active
    if environ_profile:
        return environ_profile
    with_role = [name for name, profile in profiles.items() if "role_arn" in profile.values]
    if len(with_role) == 1:
        return with_role[0]
    names = tuple(dict.fromkeys((*profiles, *kept)))
    if not names:
        raise ProfileError(
            f"there is no profile in {profiles.config_path} or {profiles.credentials_path}",
            "aws configure --profile NAME",
        )
    listed = ", ".join(names[:_MOST_LISTED])
    more = len(names) - _MOST_LISTED
    raise NoneNamedError(
        "no profile is named, and none can be told by itself",
        f"activate one of: {listed}" + (f", and {more} more (awsactivate list)" if more > 0 else ""),
    )


def _name_in_dotfile(text: str, path: str, names: Collection[str]) -> str:
    lines = text.splitlines()
    if len(lines) != 1 or not lines[0].strip():
        raise ProfileError(f"{path} must hold one line: a profile's name, nothing else")
    if lines[0] not in names:
        # What it holds is not shown: it may be a link to a secret, and a log be what this is written to.
        raise ProfileError(f"{path} names a profile that does not exist", "awsactivate list")
    return lines[0]


def name_in(header: str) -> str | None:
    """Return the second word of a section's header, such as `profile prod`; None where it has not two."""
    if match := _PLAIN_HEADER.fullmatch(header):
        return match[1]
    import shlex

    try:
        words = shlex.split(header)
    except ValueError:
        return None
    return words[1] if len(words) == 2 else None
