"""With whose credentials a call to AWS is signed, and the one way by which they are had."""

from __future__ import annotations

from collections.abc import Mapping

from awsactivate.commandline import Context
from awsactivate.errors import ProfileError
from awsactivate.frozen import dataclass, field
from awsactivate.keychain import index
from awsactivate.opening import process_rings
from awsactivate.opening.keyring_items import KeyringItems
from awsactivate.profiles.model import Profiles
from awsactivate.sessions import usable
from awsactivate.sessions.credentials import Credentials
from awsactivate.sessions.environment import without_session
from awsactivate.sessions.sources import Source

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Any

    from awsactivate.aws.sts import CallerIdentity


@dataclass(frozen=True)
class Signer:
    """Credentials to sign with, and the profile whose botocore settings go with them."""

    credentials: Credentials = field(repr=False)
    """What signs."""
    profile: str | None
    """Whose settings (endpoint, CA bundle, FIPS …) the calls take; None for the environment's alone."""
    region: str | None = None
    """Where regional services are called; None leaves it to the profile."""
    known: CallerIdentity | None = None
    """What STS said of the credentials, where it was asked already."""
    words: str = ""
    """Who this is, said to a person."""

    @property
    def identity(self) -> CallerIdentity:
        """Whose the credentials are; STS is asked where that is not known yet."""
        if self.known is not None:
            return self.known
        from awsactivate.aws.sts import Sts

        return Sts(self.credentials, self.profile, region=self.region).get_caller_identity()

    def client(self, service: str, region: str | None = None, *, partition: str | None = None) -> Any:
        """Make a boto3 client of `service`, in `region` or the signer's own."""
        from awsactivate.aws.clients import client

        return client(
            service,
            self.credentials,
            profile=self.profile,
            region=region or self.region,
            partition=partition,
        )

    def iam(self, partition: str) -> Any:
        """Make a client of IAM, which is one a partition."""
        return self.client("iam", partition=partition)

    def now(self, context: Context) -> float:
        """Tell the seconds since the epoch by AWS's clock: AWS compares them with what it wrote down."""
        return context.clock() - (self.identity.skew_seconds or 0)


def load_credentials(
    source: Source,
    profiles: Profiles,
    context: Context,
    *,
    target_profile: str | None,
    items: KeyringItems | None = None,
) -> Credentials:
    """Return the credentials of `source`: the keyring's, a file's, the environment's or a provider's.

    ProfileError where they can be none.

    `target_profile` is whose `credential_source` it is; `items` are the keyring's that were opened already.
    What a session of ours put into the environment is never a source.
    """
    environ = without_session(context.environ)
    if source.kind == "keyring":
        loaded = (items or KeyringItems(environ, index.read(environ))).credentials(source.name)
    else:
        from awsactivate.aws import given_keys

        keys = given_keys.given(source, profiles, environ)
        if keys is None and source.kind == "sso":
            from awsactivate.opening import sso_source

            keys = sso_source.fetch_credentials(source, profiles, environ, context.clock)
        elif keys is None and source.kind == "login":
            from awsactivate.opening import login_source

            keys = login_source.fetch_credentials(source, profiles, environ, context.clock)
        elif keys is None and source.kind == "process":
            with process_rings.running(f"credential_process of {source.name!r}", environ):
                keys = _run_process(source, profiles, environ, context)
        if keys is None:
            from awsactivate.aws import credentials  # for which botocore is loaded

            keys = credentials.load(source, profiles, environ, target_profile)
        loaded = keys
    if fault := usable.fault(loaded):
        name = f"{source.kind} {source.name}"
        raise ProfileError(f"{name} gives no usable credentials: {fault}", "awsactivate doctor")
    return loaded


def _run_process(
    source: Source, profiles: Profiles, environ: Mapping[str, str], context: Context
) -> Credentials:
    """Run a credential_process once, and have botocore judge what it has printed, where that is unusual."""
    from awsactivate.aws import process_credentials

    ran = process_credentials.run(profiles[source.name].credential_process or "")
    keys = process_credentials.usual(ran, context.clock()) if ran else None
    if keys is None:
        from awsactivate.aws import credentials

        keys = credentials.load(source, profiles, environ, None, ran)
    return keys
