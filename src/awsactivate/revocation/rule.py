"""What a tag does to a session, by the very statement of the role's policy that AWS judges by.

The tag's grammar is what awsactivate writes. A value may say anything, and the policy reads it by
its wildcards.
"""

from __future__ import annotations

import re

from awsactivate.account import policies
from awsactivate.account.conditions import holds
from awsactivate.frozen import dataclass

ALL = "ALL/"
_IDS = re.compile(r"(?=[-+]([A-Z0-9]+:[\w+=,.@-]+)$)", re.ASCII)


@dataclass(frozen=True)
class Effect:
    """What a value does to the sessions of its user."""

    denied: tuple[str, ...] = ()
    """Which of those that it names it denies."""
    exempt: tuple[str, ...] = ()
    """Which of them it exempts."""
    idle: tuple[str, ...] = ()
    """Those that it names to no effect."""
    all_denied: bool = False
    """Whether every session of the user is denied that is not exempt."""


def denies(value: str, assumed_role_id: str, user: str, *, plain_session_names: bool = False) -> bool:
    """Tell whether the role's policy denies a session, with `value` in the tag of `user`."""
    statement = policies.revoked_statement(0, user, plain_session_names=plain_session_names)
    context = {
        "aws:userid": assumed_role_id,
        f"aws:principaltag/{policies.revoked_tag(user)}".lower(): value,
    }
    return holds(statement["Condition"], context)


def effect(value: str, user: str) -> Effect:
    """Judge each session that a value names, as a session of `user`."""
    named = dict.fromkeys(id_ for piece in value.split("/")[:-1] for id_ in _IDS.findall(piece))
    judged = {id_: denies(value, id_, user, plain_session_names=True) for id_ in named}
    everybody = f"AROA:{user}={'0' * 10}"
    all_denied = denies(value, everybody, user)
    spared = [id_ for id_, is_denied in judged.items() if not is_denied]
    exempt = [id_ for id_ in spared if all_denied and f"+{id_}/" in value]
    return Effect(
        tuple(id_ for id_, is_denied in judged.items() if is_denied),
        tuple(exempt),
        tuple(id_ for id_ in spared if id_ not in exempt),
        all_denied,
    )
