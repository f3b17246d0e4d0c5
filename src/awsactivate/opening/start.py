"""What a session begins with: who signs its first call, and what is asked while a person types the code."""

from __future__ import annotations

from awsactivate.background import Background
from awsactivate.commandline import Context
from awsactivate.frozen import dataclass, replace
from awsactivate.opening import known_callers
from awsactivate.opening.keyring_items import KeyringItems
from awsactivate.opening.signer import Signer, load_credentials
from awsactivate.profiles.model import Profiles
from awsactivate.revoking import exemption
from awsactivate.sessions import arns, limits
from awsactivate.sessions.credentials import Credentials
from awsactivate.sessions.plan import Plan

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from awsactivate.aws.sts import Answer, CallerIdentity, Sts
    from awsactivate.sessions.mfa_session import MfaSession


@dataclass(frozen=True)
class Start:
    """Who signs the first call, ready to make it, and what AWS has told of him and of the role."""

    signer: Signer
    """The source's credentials, or what a code made of them, and whose they are."""
    sts: Sts
    """STS as the signer sees it, by a connection that is open already."""
    maximum: int | None = None
    """The role's MaxSessionDuration in seconds, where it was worth asking and the caller may know."""
    lookup: exemption.Lookup | None = None
    """Asks whether all sessions of the caller are denied."""
    has_mfa: bool = False
    """Whether the signer is a session that was made with a code."""
    remembered: str | None = None
    """The id of a key that STS was not asked about now."""

    @property
    def credentials(self) -> Credentials:
        """What signs."""
        return self.signer.credentials

    @property
    def identity(self) -> CallerIdentity:
        """Whose that is; of a role's session nothing is known, nor asked."""
        return self.signer.identity

    def with_skew(self, seconds: int | None) -> Start:
        """Return the same, with how far this machine's clock was ahead at the first call."""
        known = replace(self.identity, skew_seconds=seconds)
        return replace(self, signer=replace(self.signer, known=known))

    def as_answer(self) -> Answer:
        """Return the credentials as they are, as the answer of no call."""
        from awsactivate.aws.sts import Answer

        return Answer(self.credentials)


def begin(
    plan: Plan, profiles: Profiles, context: Context, loading: Background[Credentials], *, has_mfa: bool
) -> Start:
    """Wait until the source's credentials are loaded, and ask AWS what the first call wants to know."""
    from awsactivate.aws.sts import Sts

    loaded = loading.result()
    first = plan.steps[0] if plan.steps else None
    profile = first.profile if first else plan.profile
    sts = Sts(loaded, profile, region=plan.called_region)
    if first is None:
        signer = Signer(loaded, profile, plan.called_region, known=sts.get_caller_identity())
        return Start(signer, sts, has_mfa=has_mfa)
    lookup, identity, is_known = None, known_callers.no_user(), False
    if not plan.source.is_no_user:
        # IAM may be far away, so it is asked first, beside all else
        is_marked = exemption.is_marked(first.role_arn, profiles)
        lookup = exemption.look_up(first, loaded, context, is_marked=is_marked)
        identity, is_known = known_callers.ask_whose(sts, loaded.access_key_id, context)
    maximum = None
    if first.role_arn and first.duration_seconds > limits.SHORTEST_MAXIMUM:
        # asked for beforehand: a call refused for its duration may have used up the MFA code
        from awsactivate.aws import iam

        partition = arns.partition_of(first.role_arn)
        maximum = iam.read_max_session_duration(loaded, profile, partition, first.role_arn)
    remembered = loaded.access_key_id if is_known else None
    signer = Signer(loaded, profile, plan.called_region, known=identity)
    return Start(signer, sts, maximum, lookup, has_mfa, remembered)


def load_source(plan: Plan, profiles: Profiles, context: Context, items: KeyringItems) -> Credentials:
    """Return the credentials that `plan` begins with."""
    return load_credentials(plan.source, profiles, context, target_profile=plan.profile, items=items)


def kept_mfa_session(plan: Plan, context: Context) -> MfaSession | None:
    """Return the MFA session that the shell keeps, where `plan` can begin with it."""
    if not context.mfa_session:
        return None
    from awsactivate.sessions import mfa_session

    held = mfa_session.parsed(context.mfa_session)
    return held if held and held.serves(plan, context.clock()) else None
