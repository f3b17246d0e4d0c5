"""What a session is narrowed to, and the words by which a person says it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping

from awsactivate.frozen import dataclass, field
from awsactivate.scopes import documents, grammar
from awsactivate.scopes.reads import Reading
from awsactivate.sessions.limits import LONGEST_SESSION_POLICY

READ_ONLY, PLAN, POLICY = "read-only", "terraform-plan", "policy"
# name → what it leaves of a session: for `scope list`
NAMES = {
    READ_ONLY: "what reads in the forty services that terraform's users use most, but no secret's value",
    f"{READ_ONLY}:secrets": "the same, and secrets' values too",
    f"{READ_ONLY}:SERVICE,...": "what reads in these services, such as read-only:s3,ec2",
    PLAN: "what `terraform plan` needs: reads, and the lock of any state",
    f"{PLAN}:BUCKET/KEY": "the same, and the lock of this state only",
    "FILE.json": "what the policy in the file allows",
    "-": "what the policy on stdin allows",
}
_SECRETS = "secrets"  # a word among the services, and no service's name
_PLACE = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/.+")


@dataclass(frozen=True)
class Scope:
    """What is left of a session: no more than its policy allows."""

    name: str
    """How it is shown: `read-only` and the like, or `policy`"""
    policy: str = field(repr=False)
    """The document, in few characters"""
    role_policy: str = field(default="", repr=False)
    """The document that goes with `managed`, where AssumeRole can take both"""
    managed: str = ""
    """AWS's own policy that does it better with AssumeRole, by its name; '' where there is none"""

    @property
    def hides_secrets(self) -> bool:
        """Whether it is there to keep secrets' values from whoever gets it."""
        return self.name.startswith(READ_ONLY) and _SECRETS not in self.name.partition(":")[2].split(",")


def of_policy(text: str) -> Scope:
    """Return the scope that a policy of the person's is; ValueError says what IAM would refuse of it."""
    if found := grammar.faults(text):
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        raise ValueError(f"{found[0]}{more}")
    return Scope(POLICY, grammar.compact(text))


def is_named(text: str) -> bool:
    """Tell whether `text` is of the form of a scope that has a name, right or wrong."""
    return text.partition(":")[0] in (READ_ONLY, PLAN)


def named(text: str, table: Mapping[str, Reading]) -> Scope:
    """Return the scope of the name `text`, which `is_named`; ValueError where it makes no sense."""
    name, colon, rest = text.partition(":")
    if name == PLAN:
        if colon and not _PLACE.fullmatch(rest):
            raise ValueError(f"must be {PLAN}:BUCKET/KEY, not {text!r}")
        document = documents.terraform_plan(table, rest)
    else:
        words = rest.split(",") if colon else []
        services = [word for word in words if word != _SECRETS]
        for word in services:
            _check_service(word, table)
        secrets = _SECRETS in words
        if not services:
            managed = documents.beside_managed(table, secrets=secrets)
            return Scope(text, documents.usual(table, secrets=secrets), managed, documents.MANAGED)
        document = documents.read_only(table, services, secrets=secrets)
    if len(document) > LONGEST_SESSION_POLICY:
        raise ValueError(
            f"is a policy of {len(document)} characters, and AWS takes {LONGEST_SESSION_POLICY}:"
            " name fewer services"
        )
    if grammar.faults(document):
        raise ValueError(f"can't be written as a policy: {grammar.faults(document)[0]}")
    return Scope(text, document)


def _check_service(word: str, table: Mapping[str, Reading]) -> None:
    if word in table and table[word].patterns:
        return
    near = difflib.get_close_matches(word.lower(), table, n=2)
    meant = f" (did you mean {' or '.join(near)}?)" if near else ""
    raise ValueError(f"names no service that IAM knows: {word!r}{meant}")
