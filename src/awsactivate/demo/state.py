"""What the embedded AWS remembers that moto does not: time, temporary keys, codes used, tokens, faults."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import NamedTuple

from awsactivate.demo import backends
from awsactivate.demo.authorize import Circumstances
from awsactivate.demo.clock import Clock
from awsactivate.demo.devices import Devices
from awsactivate.demo.principals import Key, Principal, new_key
from awsactivate.demo.refusals import Refusal
from awsactivate.demo.sign_on_state import PortalAccess, SignOn


class SeenRequest(NamedTuple):
    """One request that came in; the access key id is None where nobody signed it."""

    service: str
    operation: str
    access_key_id: str | None


@dataclass(frozen=True)
class WebIdentity:
    """Who a web identity provider says that the bearer of a token is."""

    provider: str
    subject: str
    audience: str
    expires_at: float


@dataclass(frozen=True)
class SigninToken:
    """Whom the bearer of a token signs in to the console as."""

    arn: str
    expires_at: float


@dataclass(frozen=True)
class CodeGrant:
    """Whom a browser signed in, for whoever proves to have begun it."""

    principal: Principal
    client_id: str
    challenge: str
    redirect_uri: str
    expires_at: float


@dataclass
class SignIn:
    """A sign-in by `aws login`: it lives until it ends or is revoked, whoever holds its refresh token."""

    arn: str
    principal: Principal
    client_id: str
    key: str
    """The thumbprint of the key that its proofs are made with."""
    issued_at: float
    expires_at: float
    refresh_token: str = field(default="", repr=False)
    """The one that is good now; '' before the first was given."""
    is_revoked: bool = False


@dataclass
class Fault:
    """What happens instead of, or before, the next calls of an operation."""

    operation: str
    refusal: Refusal | None
    """None only delays the call."""
    delay: float
    """Seconds."""
    times: int
    """How many calls it is still for."""


@dataclass
class State:
    """The memory of one embedded AWS."""

    clock: Clock = field(default_factory=Clock)
    secure_transport: bool = True
    """What a request that came in says of TLS: a test may have it say that there was none."""
    keys: dict[str, Key] = field(default_factory=dict, repr=False)
    """By access key id."""
    web_identities: dict[str, WebIdentity] = field(default_factory=dict, repr=False)
    """By token."""
    portal: dict[str, PortalAccess] = field(default_factory=dict, repr=False)
    """By the token of a single sign-on."""
    sign_on: SignOn = field(default_factory=SignOn, repr=False)
    signin_tokens: dict[str, SigninToken] = field(default_factory=dict, repr=False)
    """By token."""
    signins: list[SignIn] = field(default_factory=list, repr=False)
    """By `aws login`, the latest last."""
    code_grants: dict[str, CodeGrant] = field(default_factory=dict, repr=False)
    """By code."""
    proofs: set[str] = field(default_factory=set, repr=False)
    """What proves a key's possession, and was used."""
    requests: list[SeenRequest] = field(default_factory=list)
    """What came in, the latest last."""
    descriptions: list[str | None] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    devices: Devices = field(init=False, repr=False)
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def __post_init__(self) -> None:
        self.devices = Devices(self.clock)

    @property
    def circumstances(self) -> Circumstances:
        """What decisions depend on at this moment."""
        return Circumstances(self.clock.now(), self.secure_transport)

    def issue(self, principal: Principal, seconds: int, least_size: int = 0) -> Key:
        """Make temporary credentials for `principal`, which are known from now on."""
        # AWS's expirations are whole seconds
        return self.issue_until(principal, int(self.clock.now()) + seconds, least_size)

    def issue_until(self, principal: Principal, expires_at: float, least_size: int = 0) -> Key:
        """Make temporary credentials that end at a given time."""
        key = new_key(principal, expires_at, least_size)
        self.keys[key.access_key_id] = key
        return key

    def find_key(self, access_key_id: str) -> Key | None:
        """Find an access key that is in force, or has been; None where its owner is gone."""
        key = self.keys.get(access_key_id)
        if key is None:
            return backends.users_key(access_key_id)
        return key if backends.exists(key.principal) else None

    def take_fault(self, operation: str) -> Fault | None:
        """Use up one of the faults that wait for an operation."""
        with self.lock:
            for fault in self.faults:
                if fault.operation == operation and fault.times > 0:
                    fault.times -= 1
                    return fault
        return None
