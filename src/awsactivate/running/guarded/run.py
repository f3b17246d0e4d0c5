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
from awsactivate.guard import command_identity, greeting, rules, stand_ins, surroundings
from awsactivate.guard.hosts import SUFFIXES
from awsactivate.guard.stand_ins import StandIns
from awsactivate.guard.surroundings import Entrance
from awsactivate.opening import noting
from awsactivate.opening.narrowing import Narrowing
from awsactivate.person import terminal
from awsactivate.running import child, private_folder, scoped
from awsactivate.running.child import Ended
from awsactivate.running.guarded import (
    ancestry,
    entrances,
    learning,
    orphans,
    own_terminal,
    signing_session,
)
from awsactivate.running.guarded.connections import Connections
from awsactivate.running.guarded.judge import Judge
from awsactivate.running.guarded.knowing import load_knowledge
from awsactivate.running.guarded.notifying import Notifier
from awsactivate.running.guarded.onward import Onward
from awsactivate.running.guarded.own_terminal import OwnTerminal
from awsactivate.running.guarded.places import Places
from awsactivate.running.guarded.questions import Questions
from awsactivate.running.guarded.second_terminal import SecondTerminal
from awsactivate.running.guarded.settings import Settings
from awsactivate.running.guarded.signing_session import Begun
from awsactivate.running.guarded.upstream import Upstreams
from awsactivate.running.renewed import Renewed
from awsactivate.sessions import environment, sizes
from awsactivate.sessions.credentials import Credentials
from awsactivate.sessions.regions import region_of


def run(
    program: str,
    arguments: argparse.Namespace,
    settings: Settings,
    wanted: Narrowing | None,
    context: Context,
) -> Ended:
    """Open the session, or take this shell's, then run COMMAND behind the guard until it ends."""
    begun = signing_session.begin(arguments, wanted, context)
    with ExitStack() as ending:
        return _Run(program, arguments.command, settings, begun, context, ending).to_its_end()


class _Run:
    """One run of COMMAND; what was begun for it is ended in the reverse order by `ending`."""

    def __init__(
        self,
        program: str,
        command: list[str],
        settings: Settings,
        begun: Begun,
        context: Context,
        ending: ExitStack,
    ) -> None:
        self._program = program
        self._command = command
        self._settings = settings
        self._begun = begun
        self._context = context
        self._ending = ending
        session = begun.session
        self._user = {**session.settings, **begun.environ}
        carried = scoped.carried(begun.environ, begun.profiles)
        self._region = (
            session.region or region_of(session.settings) or region_of({**carried, **begun.environ})
        )
        account = signing_session.find_account(begun)
        self._identity = command_identity.of_session(
            session, PurePath(command[0]).name, account, self._region
        )

    def to_its_end(self) -> Ended:
        """Open the door, run COMMAND, and write what was learned."""
        second = SecondTerminal(self._context.environ)
        self._ending.callback(second.end)
        own = OwnTerminal(self._begun.environ)
        self._ending.callback(own.end)
        if self._settings.law.preset == rules.ASK:
            own.start()
        notifier = Notifier(self._begun.notify, second.number, self._begun.environ)
        asking = Questions(
            self._identity.command,
            Places(own, second, notifier),
            clock=time.monotonic,
        )
        self._ending.callback(asking.end)
        keys = StandIns(stand_ins.made(os.urandom(stand_ins.RANDOMNESS)), self._renewal())
        connections = Connections(self._user, self._user.get("AWS_CA_BUNDLE"))
        self._ending.callback(connections.close)
        known = load_knowledge()
        judge = Judge(
            self._identity,
            keys,
            self._settings.law,
            known,
            asking,
            Onward(Upstreams(connections), keys, self._user, known.handing_out),
            clock=self._context.clock,
            note=partial(noting.note_asked, self._begun.session, self._context, self._command),
        )
        folder = self._ending.enter_context(private_folder.make(self._user))
        opened = entrances.open_entrance(self._settings.door, judge.handle, connections, folder, self._user)
        entrance = self._ending.enter_context(opened)
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
                settings=self._begun.session.settings,
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
