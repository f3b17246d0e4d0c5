"""An AWS on this machine: a server on the loopback, with the accounts, users and roles one makes in it."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import boto3.session
import botocore.session
import pyotp
from botocore.config import Config
from moto.core.base_backend import BackendDict
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from awsactivate.demo import aws_login, backends, dpop, patches
from awsactivate.demo.aws_login import Given
from awsactivate.demo.clock import Clock
from awsactivate.demo.devices import WINDOW, code_at
from awsactivate.demo.documents import Document, trusting
from awsactivate.demo.gate import Gate
from awsactivate.demo.levers import Levers
from awsactivate.demo.server import Server
from awsactivate.demo.sign_on_state import START_URL, Assignment, PortalAccess, SsoPerson
from awsactivate.demo.state import SeenRequest, State, WebIdentity
from awsactivate.demo.sts import portal_session
from awsactivate.sessions import dpop as proofs
from awsactivate.sessions.credentials import Credentials

DEFAULT_ACCOUNT = "111122223333"

_ADMINISTRATOR_ACCESS = "arn:aws:iam::aws:policy/AdministratorAccess"
_PORTAL_SECONDS = 8 * 3600
_CLIENTS_KEPT = 64  # each holds a connection, and a process may have 256 on some systems

# moto's backends belong to the whole process
_one_at_a_time = threading.Lock()


class NoCodeLeft(Exception):  # noqa: N818  (a moment's wait mends it)
    """Every code that AWS would take from the device now has been used."""


@dataclass(frozen=True)
class User:
    """An IAM user with an access key."""

    name: str
    arn: str
    account_id: str
    credentials: Credentials


@dataclass(frozen=True)
class Role:
    """An IAM role."""

    name: str
    arn: str
    id: str


@dataclass(frozen=True)
class MfaDevice:
    """A virtual MFA device that is enabled for a user."""

    serial: str
    seed: str = field(repr=False)
    _state: State = field(repr=False)

    def code(self, *, at: float | None = None) -> str:
        """Compute the code of a time, or one that AWS takes now and has not taken yet."""
        if at is not None:
            return code_at(self.seed, int(at // WINDOW))
        code = self._state.devices.unused_code(self.seed)
        if code is None:
            raise NoCodeLeft(f"every code of {self.serial} for this time has been used")
        return code


class EmbeddedAws:
    """An AWS that listens on 127.0.0.1 from `start` to `stop`; there is at most one in a process.

    It has partition `aws` with IAM, STS, S3, SSM, KMS, DynamoDB and single sign-on: its portal, its tokens,
    and pages on which a browser signs in.
    """

    def __init__(self, port: int = 0) -> None:
        self._port = port
        self._state = State()
        self._server: Server | None = None
        self._resources = ExitStack()
        self._boto3 = _session()
        self._admins: dict[str, Credentials] = {}
        self._clients: dict[tuple[str, Credentials, str, bool], Any] = {}

    def __enter__(self) -> EmbeddedAws:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def start(self) -> None:
        """Begin to listen, as an AWS without accounts."""
        if not _one_at_a_time.acquire(blocking=False):
            raise RuntimeError("an embedded AWS runs in this process already")
        self._resources.callback(_one_at_a_time.release)
        self._resources.callback(BackendDict.reset)
        try:
            BackendDict.reset()
            self._state = State()
            self._admins.clear()
            self._clients.clear()
            self._resources.enter_context(patches.applied())
            gate = Gate(DomainDispatcherApplication(create_backend_app), self._state)
            self._server = Server(self._port, gate, self._state.clock.now)
            self._resources.callback(self._server.server_close)
            thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
            thread.start()
            self._resources.callback(thread.join)
            self._resources.callback(self._server.shutdown)
        except BaseException:
            self._resources.close()
            raise

    def stop(self) -> None:
        """End, and forget everything."""
        self._resources.close()
        self._server = None

    @property
    def endpoint_url(self) -> str:
        """Where it listens."""
        if self._server is None:
            raise RuntimeError("the embedded AWS does not run")
        return f"http://127.0.0.1:{self._server.port}"

    @property
    def clock(self) -> Clock:
        """Its time, which may be moved."""
        return self._state.clock

    @property
    def requests(self) -> list[SeenRequest]:
        """The requests that have come in, in order; the list may be cleared."""
        return self._state.requests

    @property
    def levers(self) -> Levers:
        """What only tests move: faults, delays, plain transport."""
        return Levers(self._state)

    def account(self, account_id: str = DEFAULT_ACCOUNT) -> Credentials:
        """Return the keys of an account's administrator; the account is made by the first call."""
        if account_id not in self._admins:
            iam = backends.open_account(account_id)
            iam.create_user("us-east-1", "administrator")
            backends.provide_managed_policy(account_id, _ADMINISTRATOR_ACCESS)
            iam.attach_user_policy(_ADMINISTRATOR_ACCESS, "administrator")
            key = iam.create_access_key("administrator")
            self._admins[account_id] = Credentials(key.access_key_id, key.secret_access_key)
        return self._admins[account_id]

    def client(
        self, service: str, credentials: Credentials, region: str = "us-east-1", *, validate: bool = True
    ) -> Any:
        """Make a boto3 client that tries once, and knows nothing of this machine's AWS configuration.

        Without `validate`, what is wrong with a parameter is left to AWS to say.
        """
        key = (service, credentials, region, validate)
        if key not in self._clients:
            if len(self._clients) >= _CLIENTS_KEPT:
                self._clients.pop(next(iter(self._clients))).close()
            # S3's presigned URLs would otherwise be of version 2, which AWS has given up
            version = "s3v4" if service == "s3" else None
            self._clients[key] = self._boto3.client(
                service,
                region_name=region,
                endpoint_url=self.endpoint_url,
                aws_access_key_id=credentials.access_key_id,
                aws_secret_access_key=credentials.secret_access_key,
                aws_session_token=credentials.session_token,
                config=Config(
                    retries={"total_max_attempts": 1},
                    proxies={},
                    signature_version=version,
                    parameter_validation=validate,
                ),
            )
        return self._clients[key]

    def user(
        self, name: str, policies: Mapping[str, Document] | None = None, account: str = DEFAULT_ACCOUNT
    ) -> User:
        """Make an IAM user with an access key and inline policies."""
        iam = self.client("iam", self.account(account))
        arn = iam.create_user(UserName=name)["User"]["Arn"]
        for policy, document in (policies or {}).items():
            iam.put_user_policy(UserName=name, PolicyName=policy, PolicyDocument=json.dumps(document))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return User(name, arn, account, Credentials(key["AccessKeyId"], key["SecretAccessKey"]))

    def mfa_device(self, user: User, name: str | None = None) -> MfaDevice:
        """Make a virtual MFA device and enable it for a user, leaving the present codes unused."""
        iam = self.client("iam", self.account(user.account_id))
        made = iam.create_virtual_mfa_device(VirtualMFADeviceName=name or user.name)["VirtualMFADevice"]
        device = MfaDevice(made["SerialNumber"], made["Base32StringSeed"].decode(), self._state)
        window = self._state.devices.current_window()
        first, second = (code_at(device.seed, window - back) for back in (2, 1))
        iam.enable_mfa_device(
            UserName=user.name,
            SerialNumber=device.serial,
            AuthenticationCode1=first,
            AuthenticationCode2=second,
        )
        return device

    def role(
        self,
        name: str,
        trust: Document | None = None,
        policies: Mapping[str, Document] | None = None,
        max_session_duration: int = 3600,
        account: str = DEFAULT_ACCOUNT,
        path: str = "/",
    ) -> Role:
        """Make a role with inline policies, which trusts its own account unless told otherwise."""
        iam = self.client("iam", self.account(account))
        made = iam.create_role(
            RoleName=name,
            Path=path,
            AssumeRolePolicyDocument=json.dumps(trust or trusting(account)),
            MaxSessionDuration=max_session_duration,
        )["Role"]
        for policy, document in (policies or {}).items():
            iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(document))
        return Role(name, made["Arn"], made["RoleId"])

    def web_identity_token(
        self, provider: str, subject: str, audience: str = "sts.amazonaws.com", seconds: float = 3600
    ) -> str:
        """Mint a token that says who its bearer is; trust policies name `oidc-provider/PROVIDER`."""
        token = f"demo.{secrets.token_urlsafe(32)}.token"
        expires_at = self.clock.now() + seconds
        self._state.web_identities[token] = WebIdentity(provider, subject, audience, expires_at)
        return token

    def portal_token(
        self,
        role_name: str,
        role: Role,
        account: str = DEFAULT_ACCOUNT,
        session_name: str = "someone@example.com",
    ) -> str:
        """Mint a single sign-on token, whose bearer may have `role` as the permission set `role_name`."""
        token = secrets.token_urlsafe(32)
        expires_at = self.clock.now() + _PORTAL_SECONDS
        may_have = (Assignment(account, account, role_name, role.arn),)
        self._state.portal[token] = PortalAccess(session_name, may_have, expires_at)
        return token

    def aws_login(self, user: User | None = None, role: Role | None = None, name: str = "someone") -> Given:
        """Sign a user in, or a role's session called `name`, as `aws login` does.

        What is given is the document that the AWS CLI would write into its cache.
        """
        if role is not None:
            principal = portal_session(backends.role_at(role.arn), name, self.clock.now())
        elif user is not None:
            principal = backends.user_session(user.account_id, user.name, self.clock.now())
        else:
            raise ValueError("whom?")
        key = proofs.new_key()
        signin = aws_login.begin(principal, dpop.thumbprint_of(key), self._state)
        return aws_login.given(signin, key, self._state)

    def person(
        self,
        name: str = "alice@example.com",
        assignments: Iterable[Assignment] = (),
        start_url: str = START_URL,
        seed: str | None = None,
    ) -> MfaDevice:
        """Let somebody sign in to IAM Identity Center, with the codes of the device that is returned."""
        seed = seed or pyotp.random_base32()
        self._state.sign_on.people[name] = SsoPerson(name, seed, start_url, tuple(assignments))
        return MfaDevice(name, seed, self._state)


def _session() -> boto3.session.Session:
    """Make a boto3 session that reads neither the environment nor files."""
    nowhere: dict[str, tuple[None, None, Any, None]] = {
        "profile": (None, None, None, None),
        "config_file": (None, None, "/dev/null", None),
        "credentials_file": (None, None, "/dev/null", None),
    }
    return boto3.session.Session(botocore_session=botocore.session.Session(session_vars=nowhere))
