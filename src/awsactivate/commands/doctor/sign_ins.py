"""Sign-ins by the browser: until when each lasts, as the index and the AWS CLI's cache tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from awsactivate.commandline import Context
from awsactivate.diagnosis import sign_ins as judging
from awsactivate.diagnosis.finding import Finding
from awsactivate.errors import ProfileError
from awsactivate.keychain import index
from awsactivate.profiles.model import Profiles
from awsactivate.profiles.read import read_profiles
from awsactivate.signin import cli_cache, key


def check_sign_ins(context: Context) -> Iterator[Finding]:
    """Tell until when one is signed in, by the index and the AWS CLI's cache: no keyring is opened."""
    now = datetime.fromtimestamp(context.clock(), UTC)
    try:
        entries = index.read_sign_ins(context.environ)
        profiles = read_profiles(context.environ)
    except ProfileError:  # told where the files are looked at
        return
    names = _sign_in_names(profiles)
    for text, entry in entries.items():
        named = key.read(text)
        if named is None:
            continue
        name = names.pop(named, None)
        # where ours has ended, what the AWS CLI has is used
        is_over = name is not None and judging.is_over(entry, now)
        of_cli = _find_cli_s_sign_in(named, name, now, context.environ) if is_over and name else None
        yield of_cli or judging.of_entry(named, entry, name, now)
    for named, name in names.items():
        if found := _find_cli_s_sign_in(named, name, now, context.environ):
            yield found


def _find_cli_s_sign_in(
    named: key.Key, name: str, now: datetime, environ: Mapping[str, str]
) -> Finding | None:
    try:
        document = cli_cache.read(named, environ)
    except cli_cache.UnreadableTokenError as error:
        return judging.of_unreadable(named, str(error.path), error.reason, name)
    if document is None:
        return None
    return judging.of_cli(named, document, str(cli_cache.path(named, environ)), name, now)


def _sign_in_names(profiles: Profiles) -> dict[key.Key, str]:
    """Tell what `login` takes for each sign-in that the configuration names."""
    found = {key.Key("sso", name): name for name in profiles.sso_sessions}
    for name, profile in profiles.items():
        if profile.sso_start_url and profile.sso_session is None:
            found.setdefault(key.Key("sso", profile.sso_start_url), name)
        if profile.login_session:
            found.setdefault(key.Key("login", profile.login_session.strip()), name)
    return found
