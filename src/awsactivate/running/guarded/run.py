"""`exec --guard`: COMMAND works on AWS, and each of its calls is judged, signed and sent from here."""

from __future__ import annotations

import argparse
import os
import signal
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import PurePath

from awsactivate.commandline import Context
from awsactivate.errors import AwsactivateError, ProfileError
from awsactivate.frozen import dataclass
from awsactivate.guard import greeting, identity, rules, stand_ins, surroundings
from awsactivate.guard.hosts import SUFFIXES
from awsactivate.guard.stand_ins import StandIns
from awsactivate.guard.surroundings import Entrance
from awsactivate.opening import held_session, noting
from awsactivate.opening.confirmation import confirm
from awsactivate.opening.narrowing import Narrowing
from awsactivate.opening.plan_for import plan_for
from awsactivate.person import terminal
from awsactivate.profiles.model import Profiles
from awsactivate.profiles.read import read_profiles
from awsactivate.running import child, private_folder, scoped, serve
from awsactivate.running.child import Ended
from awsactivate.running.guarded import (
    ancestry,
    entrances,
    learning,
    notifying,
    orphans,
    own_terminal,
    settings,
)
from awsactivate.running.guarded.connections import Connections
from awsactivate.running.guarded.judge import Judge
from awsactivate.running.guarded.knowing import knowledge
from awsactivate.running.guarded.notifying import Notifier
from awsactivate.running.guarded.onward import Onward
from awsactivate.running.guarded.own_terminal import OwnTerminal
from awsactivate.running.guarded.places import Places
from awsactivate.running.guarded.questions import Questions
from awsactivate.running.guarded.second_terminal import SecondTerminal
from awsactivate.running.guarded.settings import Settings
from awsactivate.running.guarded.upstream import Upstreams
from awsactivate.running.renewed import Renewed
from awsactivate.running.serving import Served
from awsactivate.sessions import arn_parts, environment, sizes
from awsactivate.sessions.credentials import Credentials, Session
from awsactivate.sessions.plan import Plan
from awsactivate.sessions.regions import region_of


@dataclass(frozen=True)
class _Begun:
    """The session that signs, and the environment without it."""

    served: Served
    profiles: Profiles
    environ: Mapping[str, str]


def run(
    program: str,
    arguments: argparse.Namespace,
    settings: Settings,
    wanted: Narrowing | None,
    context: Context,
) -> Ended:
    """Open the session, or take this shell's, then run COMMAND behind the guard until it ends."""
    begun = _begun(arguments, wanted, context)
    with ExitStack() as ending:
        return _Run(program, arguments.command, settings, begun, context, ending).to_its_end()


def _begun(arguments: argparse.Namespace, wanted: Narrowing | None, context: Context) -> _Begun:
    if arguments.target is not None:
        plan, profiles = _planned(arguments, context)
        notifying.check(profiles.get(plan.target), context)  # before any code is typed
        confirm(plan, arguments, context)
        served = serve.begun(arguments, plan, profiles, context, wanted)
        return _Begun(served, profiles, environment.without_session(context.environ))
    profiles = read_profiles(context.environ)
    notifying.check(profiles.get(context.environ.get("AWSACTIVATE_PROFILE", "")), context)
    if wanted:
        served = serve.begun_part(arguments, wanted, context, settings.USAGE_OF_PART)
    else:
        served = _this_shells(arguments, context)
    secrets = {} if wanted and wanted.scope.hides_secrets else scoped.held_secrets(context.environ)
    return _Begun(served, profiles, {**environment.without_session(context.environ), **secrets})


def _planned(arguments: argparse.Namespace, context: Context) -> tuple[Plan, Profiles]:
    try:
        return plan_for(arguments, context)
    except ProfileError as error:
        if arguments.target in rules.PRESETS:  # where `--guard learn` was typed
            raise ProfileError(error.message, f"a preset is written --guard={arguments.target}") from error
        raise


def _this_shells(arguments: argparse.Namespace, context: Context) -> Served:
    """Take the session of this shell as it is: whoever activated it renews it, if it is served at all."""
    session, _ = scoped.take_this_shells(arguments, context, settings.USAGE)
    noting.note_served(session, session, None, context, arguments.command)

    def again() -> Session:
        newer = held_session.take_held(context, otherwise="activate TARGET")
        if newer.credentials.access_key_id == session.credentials.access_key_id:
            raise AwsactivateError("it ends with the session of the shell that it was taken from")
        return newer

    return Served(session.profile, session, again)


def _notify(begun: _Begun) -> str | None:
    profile = begun.profiles.get(begun.served.session.profile)
    return profile.guard_notify if profile else None


def _account(begun: _Begun) -> str:
    """Ask STS in which account a session is that has no role: rules and questions name it."""
    from awsactivate.aws.sts import Sts

    session = begun.served.session
    profile = session.profile if session.profile in begun.profiles else None
    return Sts(session.credentials, profile, region=session.region).get_caller_identity().account_id


class _Run:
    """One run of COMMAND; what was begun for it is ended in the reverse order by `ending`."""

    def __init__(
        self,
        program: str,
        command: list[str],
        settings: Settings,
        begun: _Begun,
        context: Context,
        ending: ExitStack,
    ) -> None:
        self._program = program
        self._command = command
        self._settings = settings
        self._begun = begun
        self._context = context
        self._ending = ending
        session = begun.served.session
        self._user = {**session.settings, **begun.environ}
        carried = scoped.carried(begun.environ, begun.profiles)
        self._region = (
            session.region or region_of(session.settings) or region_of({**carried, **begun.environ})
        )
        account = session.account_id or arn_parts.account_of(session.role_arn) or _account(begun)
        self._identity = identity.of_session(session, PurePath(command[0]).name, account, self._region)

    def to_its_end(self) -> Ended:
        """Open the door, run COMMAND, and write what was learned."""
        second = SecondTerminal(self._context.environ)
        self._ending.callback(second.end)
        own = OwnTerminal(self._begun.environ)
        self._ending.callback(own.end)
        if self._settings.law.preset == rules.ASK:
            own.start()
        notifier = Notifier(_notify(self._begun), second.number, self._begun.environ)
        asking = Questions(
            self._identity.command,
            Places(own, second, notifier),
            clock=time.monotonic,
        )
        self._ending.callback(asking.end)
        keys = StandIns(stand_ins.made(os.urandom(stand_ins.RANDOMNESS)), self._renewal())
        connections = Connections(self._user, self._user.get("AWS_CA_BUNDLE"))
        self._ending.callback(connections.close)
        known = knowledge()
        judge = Judge(
            self._identity,
            keys,
            self._settings.law,
            known,
            asking,
            Onward(Upstreams(connections), keys, self._user, known.handing_out),
            clock=self._context.clock,
            note=partial(noting.note_asked, self._begun.served.session, self._context, self._command),
        )
        folder = self._ending.enter_context(private_folder.made(self._user))
        way = entrances.opened(self._settings.way, judge.handle, connections, folder, self._user)
        entrance = self._ending.enter_context(way)
        own.wait()
        self._say_how(second.number)
        try:
            return self._run(self._environ(entrance, keys, second.number), own)
        finally:
            if path := self._settings.policy_out:
                learning.write(path, self._identity.command, judge.wanted, judge.refused)

    def _renewal(self) -> Callable[[], Credentials]:
        served = self._begun.served
        renewed = Renewed(
            served.session.credentials,
            lambda: served.begin().credentials,
            clock=self._context.clock,
            say=terminal.say,
            whose=served.whose,
        )
        threading.Thread(target=renewed.keep, daemon=True).start()
        self._ending.callback(renewed.end)
        return renewed.current

    def _environ(self, entrance: Entrance, keys: StandIns, number: int) -> dict[str, str]:
        return environment.of_command(
            (),
            surroundings.of_command(
                self._begun.environ,
                entrance=entrance,
                keys=keys.own,
                region=self._region,
                settings=self._begun.served.session.settings,
                number=number,
                aws=SUFFIXES,
            ),
        )

    def _say_how(self, number: int) -> None:
        for line in greeting.lines(
            self._identity.command,
            self._identity.where,
            self._settings.law,
            number,
            has_terminal=own_terminal.is_there(),
            policy_out=self._settings.policy_out,
        ):
            terminal.say(line)

    def _run(self, environ: Mapping[str, str], own: OwnTerminal) -> Ended:
        # by default, reading or writing on a terminal that a question has would stop this process
        for number in (signal.SIGTTIN, signal.SIGTTOU):
            signal.signal(number, lambda *_: None)
        orphans.adopt()
        sizes.refuse_too_much(environ, os.sysconf("SC_ARG_MAX"), words=self._command)
        self._context.release_stdout()
        # else what reads the terminal while a question stands would get an error
        is_led = own_terminal.is_there() and ancestry.is_alone_and_orphaned()
        leads = own_terminal.put_in_front if is_led else None
        try:
            return child.run(self._program, self._command, environ, goes_on=own.sees_to, leads=leads)
        finally:
            if is_led:
                own_terminal.put_in_front(os.getpgrp())
