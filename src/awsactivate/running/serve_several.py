"""`exec --serve=A,B,…`: a command that sees several profiles, and fetches each one's credentials by name."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from awsactivate.commandline import Context
from awsactivate.errors import UsageError
from awsactivate.files import private_files
from awsactivate.keychain import index
from awsactivate.opening import noting, options
from awsactivate.opening.confirmation import confirm
from awsactivate.opening.in_turn import InTurn
from awsactivate.opening.narrowing import Narrowing, narrow_of_plan
from awsactivate.opening.plan_for import as_narrow_as_said, plan_of
from awsactivate.person import terminal
from awsactivate.profiles import encodings
from awsactivate.profiles.model import Profiles
from awsactivate.profiles.read import read_profiles
from awsactivate.profiles.served_config import ServedProfile, command_line, config_text, urls_with_user
from awsactivate.running import fetch, private_folder
from awsactivate.running.child import Ended
from awsactivate.running.serving import Served, Serving, by_name, past_proxies
from awsactivate.running.socket_door import SocketDoor
from awsactivate.sessions import environment
from awsactivate.sessions.credentials import Session
from awsactivate.sessions.plan import Plan
from awsactivate.sessions.regions import region_of, without_regions

_USAGE = "awsactivate exec --serve=A,B -- COMMAND"


def run(
    program: str,
    arguments: argparse.Namespace,
    context: Context,
    wanted: Narrowing | None = None,
    door: SocketDoor | None = None,
) -> Ended:
    """Open a session of each profile, then run COMMAND, which sees these and no others, until it ends."""
    profiles = read_profiles(context.environ)
    plans = _plan_all(names_in(arguments.serve), arguments, profiles, context)
    for plan in plans:
        confirm(plan, arguments, context)
    opening = InTurn(plans, profiles, context, mfa_code=arguments.mfa_code, no_mfa=arguments.no_mfa)
    served = [_serve(plan, opening, wanted, arguments, context) for plan in plans]
    if hidden := urls_with_user([plan.target for plan in plans], profiles):
        terminal.say(f"note: the command does not see {', '.join(hidden)}: there is a user in the URL")
    before = environment.without_session(context.environ)
    with private_folder.make(before) as folder:
        config = folder / "config"
        private_files.write(config, config_text(_as_seen(plans, before), profiles))
        leftovers = [(str(path), path.lstat().st_ino) for path in (config, folder)]
        serving = Serving(served, by_name, context, door, path="/", leftovers=leftovers)
        environ = _environ(plans, serving, config, before)
        return serving.run(program, arguments.command, environ, context)


def names_in(text: str) -> list[str]:
    """Return the profiles' names in the value of `--serve`, each once; UsageError where one is empty."""
    names = text.split(",")
    if not all(names):
        raise UsageError("--serve= takes names with a comma between them", _USAGE)
    return [encodings.as_typed(name, sys.getfilesystemencoding()) for name in dict.fromkeys(names)]


def _plan_all(
    names: Sequence[str], arguments: argparse.Namespace, profiles: Profiles, context: Context
) -> list[Plan]:
    """Plan a session of each profile; ProfileError names the first that does not exist."""
    kept = [name for name, entry in index.read(context.environ).items() if entry.has_keys]
    for name in names:
        if name not in profiles and name not in kept:
            raise profiles.absent(name, f"there is no profile {name!r}", kept)
    asked = options.read_options(arguments)
    return [as_narrow_as_said(plan_of(name, profiles, context, asked), asked, profiles) for name in names]


def _serve(
    plan: Plan,
    opening: InTurn,
    wanted: Narrowing | None,
    arguments: argparse.Namespace,
    context: Context,
) -> Served:
    later, whole = opening.open(plan)

    def hand_out(whole: Session) -> Session:
        session = narrow_of_plan(whole, wanted, later, context) if wanted else whole
        noting.note_served(session, whole, wanted, context, arguments.command)
        return session

    def begin() -> Session:
        return hand_out(opening.open_again(later, terminal.wait_unheard))

    return Served(plan.target, hand_out(whole), begin, f"the session of {plan.target}")


def _as_seen(plans: Sequence[Plan], environ: Mapping[str, str]) -> Iterator[ServedProfile]:
    """Say how each profile is to look: the region in the environment would win over those of all of them."""
    hides = _hides_regions(plans, environ)
    for plan in plans:
        left = {name: value for name, value in environ.items() if name not in plan.put_aside}
        region = plan.region or (region_of(left) if hides else None)
        # isolated, and without site: nothing of the person's is looked for in the present folder
        words = (sys.executable, "-I", "-S", fetch.__file__, quote(plan.target, safe=""))
        yield ServedProfile(plan.target, region, command_line(words))


def _hides_regions(plans: Sequence[Plan], environ: Mapping[str, str]) -> bool:
    return any(plan.region or plan.put_aside for plan in plans) and region_of(environ) is not None


def _environ(
    plans: Sequence[Plan], serving: Serving, config: Path, environ: Mapping[str, str]
) -> dict[str, str]:
    if _hides_regions(plans, environ):
        environ = without_regions(environ)
    change = environment.serving_profiles(plans[0].target, serving.uri, serving.token)
    alone = environment.alone(environment.of_command(change, environ), {})
    return {**alone, **past_proxies(alone), "AWS_CONFIG_FILE": str(config)}
