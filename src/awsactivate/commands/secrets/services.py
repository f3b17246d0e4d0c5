"""The services that a command names, read from the Parameter Store of whom it calls AWS as."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence

from awsactivate.commandline import Context
from awsactivate.errors import AccessDeniedError
from awsactivate.opening.caller import find_caller
from awsactivate.parameter_store import chamber
from awsactivate.parameter_store.names import Merged, merge, terraform_variable
from awsactivate.person import terminal
from awsactivate.person.progress import Progress

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from awsactivate.aws.parameters import Ssm


def open_store(arguments: argparse.Namespace, context: Context) -> Ssm:
    """Return the caller's Parameter Store; chamber's setting of the region counts unless one is given."""
    from awsactivate.aws import parameters

    who = find_caller(arguments, context)
    region = arguments.region or chamber.region(context.environ) or who.region
    return parameters.Ssm(who.credentials, profile=who.profile, region=region)


def find_parameter(arguments: argparse.Namespace, ssm: Ssm, *, must_know: bool = False) -> str:
    """Return the parameter that SERVICE and KEY name: the key spelt exactly so, else in lower case.

    Who may not ask for the exact one is taken to mean the other; with `must_know` that is an error.
    """
    from awsactivate.aws import parameters

    exact = chamber.exact_name(arguments.service, arguments.key)
    name = chamber.parameter_name(arguments.service, arguments.key)
    if exact == name:
        return name
    try:
        return exact if parameters.is_there(ssm, exact) else name
    except AccessDeniedError:
        if must_know:
            raise
        return name


def read(services: Sequence[str], ssm: Ssm) -> list[tuple[str, Mapping[str, str]]]:
    """Fetch the values of `services` by their keys; the error names the parameter that can't be read."""
    from awsactivate.aws.parameter_values import fetch

    paths = [chamber.service_path(service) for service in services]  # all checked before the first call
    found: list[tuple[str, Mapping[str, str]]] = []
    for service, path in zip(services, paths, strict=True):
        with Progress(f"secrets of {service}:") as progress:
            values = fetch(ssm, path, progress=progress)
        secrets = {chamber.key_of(one.name): one.value for one in values if chamber.is_read(one.name)}
        if not secrets:
            terminal.say(f"the service {service} has no secrets")
        found.append((service, secrets))
    return found


def read_for_terraform(services: Sequence[str], ssm: Ssm) -> dict[str, str]:
    """Return the `TF_VAR_…` variables of `services`, of which a later one wins, and tell where it did."""
    return tell(merge(read(services, ssm), terraform_variable))


def tell(merged: Merged) -> dict[str, str]:
    """Say which names collided, never their values, and return the values."""
    for collision in merged.collisions:
        terminal.say(str(collision))
    return dict(merged.values)
