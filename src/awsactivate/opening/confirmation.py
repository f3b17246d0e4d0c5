"""A profile with `confirm = true` is opened only after its name was typed."""

from __future__ import annotations

import argparse

from awsactivate.commandline import Context
from awsactivate.errors import AwsactivateError
from awsactivate.person import terminal
from awsactivate.sessions import environment
from awsactivate.sessions.plan import Plan


def confirm(plan: Plan, arguments: argparse.Namespace, context: Context) -> None:
    """Ask for the name where the profile wants it, unless `--yes` or this shell's session says it already.

    AwsactivateError where another one was typed, UsageError where there is no terminal to type it on.
    """
    if not plan.confirm or arguments.yes or _is_renewal(plan, context):
        return
    typed = terminal.ask_name(f"type {plan.target} to go on: ")
    if typed is None or typed.strip() != plan.target:
        raise AwsactivateError(f"that was not {plan.target}: nothing was changed")


def _is_renewal(plan: Plan, context: Context) -> bool:
    return (
        environment.WRAPPER_MARK in context.environ
        and context.environ.get("AWSACTIVATE_PROFILE") == plan.target
    )
