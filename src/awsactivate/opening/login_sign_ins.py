"""Sign-ins as `aws login` has them, begun and ended by a profile's name."""

from __future__ import annotations

from awsactivate.commandline import Context
from awsactivate.errors import ProfileError
from awsactivate.keychain import index
from awsactivate.opening import login_source
from awsactivate.person import terminal
from awsactivate.profiles import chosen
from awsactivate.profiles.model import Profile
from awsactivate.profiles.read import read_profiles
from awsactivate.sessions import limits
from awsactivate.sessions.environment import without_session
from awsactivate.sessions.sources import Surroundings, trail_from
from awsactivate.signin.login_tokens import LoginTokens


def find_profile(name: str | None, context: Context) -> Profile | None:
    """Return the profile whose sign-in is meant, by itself or by its source; None: it is another kind's.

    Without a name it is this shell's profile, or $AWS_PROFILE.
    """
    environ = without_session(context.environ)
    profiles = read_profiles(environ)
    around = Surroundings(profiles, environ, index.read(environ))
    names = [name] if name else [context.environ.get("AWSACTIVATE_PROFILE"), chosen.profile_in(environ)]
    for one in names:
        if not one or one not in profiles:
            continue
        try:
            source = trail_from(profiles[one], around).rest.source
        except ProfileError:
            continue  # which is told where it is asked for
        if source.kind == "login":
            return profiles[source.name]
    return None


def sign_in(profile: Profile, context: Context, *, device_code: bool, share: bool) -> None:
    """Have a person sign in, and keep the token."""
    _tokens(profile, context).sign_in(device_code=device_code, share=share, must_keep=True)
    hours = limits.LONGEST_LOGIN // 3600
    terminal.say(
        f"signed in as {profile.login_session}, for at most {hours} hours: renewed by itself until then"
    )


def _tokens(profile: Profile, context: Context) -> LoginTokens:
    return login_source.tokens(profile, without_session(context.environ), context.clock)
