"""Keys of secrets as the variables that terraform, or any program, looks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from awsactivate.errors import AwsactivateError
from awsactivate.frozen import dataclass, field

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PREFIX = "TF_VAR_"


def input_variable(key: str) -> str:
    """Return the terraform variable that `key` stands for.

    A `tf_var_` that chamber's users put before the name, to get it through, is no part of it.
    """
    return re.sub(r"[-.]", "_", key.lower()).removeprefix("tf_var_")


def terraform_variable(key: str) -> str:
    """Return the environment variable from which terraform takes the variable of `key`.

    Terraform compares the names with their case, and its variables are lower case by custom.
    """
    return _PREFIX + input_variable(key)


def environment_variable(key: str) -> str:
    """Return the environment variable of `key` as chamber names it."""
    return re.sub(r"[-.]", "_", key.upper())


@dataclass(frozen=True)
class Collision:
    """A name that two services have, and the later of them gave its value to."""

    name: str
    earlier: str
    later: str

    def __str__(self) -> str:
        """Say it to a person."""
        return f"{self.name} is in {self.earlier} too; the value is that of {self.later}"


@dataclass(frozen=True)
class Merged:
    """The values of several services under their variables' names, and what happened on the way."""

    values: Mapping[str, str] = field(repr=False)
    collisions: tuple[Collision, ...]


def merge(services: Sequence[tuple[str, Mapping[str, str]]], variable: Callable[[str], str] | None) -> Merged:
    """Merge `services` (name, values by key) in their order under the names that `variable` makes of keys.

    None keeps the keys as they are. AwsactivateError names a key that becomes no variable's name, and two
    keys of one service that become the same.
    """
    values: dict[str, str] = {}
    owners: dict[str, str] = {}
    collisions = []
    for service, secrets in services:
        named: dict[str, str] = {}
        for key, value in secrets.items():
            name = variable(key) if variable else key
            if variable:
                _check(service, key, name, value)
            if name in named:
                raise AwsactivateError(f"{service}: the keys {named[name]} and {key} both become {name}")
            named[name] = key
            if name in owners:
                collisions.append(Collision(name, owners[name], service))
            owners[name], values[name] = service, value
    return Merged(values, tuple(collisions))


def _check(service: str, key: str, name: str, value: str) -> None:
    # what follows TF_VAR_ must be a name by itself, or no variable of terraform's could have it
    if not _VARIABLE.fullmatch(name.removeprefix(_PREFIX)):
        raise AwsactivateError(f"{service}: the key {key} becomes {name}, which is no variable's name")
    if "\0" in value:
        raise AwsactivateError(f"{service}: the value of {key} holds a NUL byte, which no environment can")
