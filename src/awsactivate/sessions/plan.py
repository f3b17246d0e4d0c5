"""The decision which calls to STS turn a profile, or a role's ARN, into a session.

Nothing is called here: a plan is a value, which `show` prints and which `aws.sts` carries out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from awsactivate.errors import ProfileError, UsageError
from awsactivate.frozen import dataclass, field, replace
from awsactivate.keychain.index_entry import IndexEntry
from awsactivate.profiles import chosen
from awsactivate.profiles.model import Profile, Profiles
from awsactivate.sessions import arns, limits, partitions, session_names, settings, values
from awsactivate.sessions.sources import Source, Surroundings, Trail, environment_rest, trail_from
from awsactivate.sessions.steps import (
    Options,
    Step,
    assume_role,
    from_option,
    from_profile,
    get_session_token,
    refuse_what_needs_a_role,
    role_arn_of,
)

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from awsactivate.scopes.scope import Scope

_NO_OPTIONS = Options()


@dataclass(frozen=True)
class Plan:
    """The calls that make a session of `target`, in their order."""

    target: str
    profile: str | None
    """None where the target is a role's ARN."""
    source: Source
    steps: tuple[Step, ...]
    region: str | None = None
    """The session's own; None where it has none."""
    region_from: str | None = None
    """What names the region; None where nothing does."""
    expected_account_id: str | None = None
    """In which account the session must be; None where nothing says so."""
    notes: tuple[str, ...] = ()
    """To be said before the first call."""
    prompt: str = ""
    """The profile's style of prompt."""
    mfa_process: str | None = None
    """The command that prints an MFA code."""
    confirm: bool = False
    """The profile's name is typed first."""
    revocable: bool = False
    """Whether the profile says that sessions of its role can be revoked."""
    if_long_term: Step | None = None
    """The call to make, where there are no steps, should a process print a user's own key."""
    nonce: str = ""
    """The last part of the session names that are ours."""
    named_by: str | None = None
    """The `.awsactivate` that the target stands in, where nothing else named it."""
    called_region: str = partitions.home_of(None)
    """The one whose STS is called."""
    settings: tuple[settings.Setting, ...] = ()
    """Further variables of the session."""
    put_aside: Mapping[str, str] = field(default_factory=dict)
    """The user's variables that name a region of another partition."""
    aside_notes: tuple[str, ...] = ()
    """What is said of variables that are put aside."""
    scope: Scope | None = None
    """What the session is narrowed to, by a call behind the steps if `narrows_afterwards`."""
    narrows_afterwards: bool = False
    """Whether the session is narrowed when it is there, since AssumeRole can't."""


@dataclass(frozen=True)
class _Device:
    """An MFA device, and what named it."""

    serial: str
    named_by: str


def make_plan(
    target: str,
    profiles: Profiles,
    options: Options,
    *,
    environ: Mapping[str, str],
    login_name: str,
    nonce: str,
    index: Mapping[str, IndexEntry] | None = None,
) -> Plan:
    """Plan a session of `target`: a profile's name, or a role's ARN.

    `login_name` names the session where no MFA device tells the user's name, `nonce` makes that name its own
    (see `session_names`), and `index` tells what the keyring holds.
    """
    around = Surroundings(profiles, environ, index or {})
    asked_for: Profile | None = None
    if target.startswith("arn:") and target not in profiles:  # whose profiles are called so has them
        trail = _trail_to_role(target, around, options)
    else:
        asked_for = around.profile(target, f"there is no profile {target!r}")
        trail = trail_from(asked_for, around, source_profile=options.source_profile)
    device = _device(trail, options, around)
    usable = None if trail.rest.nature == "role" or options.no_mfa else device
    notes = [*trail.rest.notes, *_notes_on_mfa(device, trail, options)]

    user = arns.mfa_user(device.serial) if device and trail.rest.nature != "role" else None
    name = session_names.session_name(user or login_name, nonce)
    steps = _role_steps(target, asked_for, trail, options, name)
    if_long_term = None
    if not steps:
        refuse_what_needs_a_role(asked_for, options)
        if trail.rest.nature == "long-term":
            steps = [get_session_token(asked_for, options)]
        elif trail.rest.source.kind == "process":
            if_long_term = get_session_token(asked_for, options)
        else:
            notes += _notes_on_no_effect(target, trail, options)
    steps, notes_on_chain = _within_chain(steps, begins_chained=trail.rest.nature == "role")

    set_by = _settings_profile(asked_for, trail, profiles)
    if if_long_term:
        if_long_term = _with_device(if_long_term, usable, profile=set_by)
    if steps:
        first, *others = steps
        first = _with_device(first, usable, profile=set_by)
        steps = [first, *(replace(step, profile=set_by) for step in others)]
    role_arns = _role_arns(trail, steps)
    _refuse_two_partitions(role_arns)
    region, region_from = partitions.chosen(asked_for, options)
    partition = partitions.partition_known(role_arns, device.serial if device else "", trail, profiles)
    partitions.refuse_another_partition(region, asked_for, options, partition)
    put_aside = partitions.aside(region, environ, partition)
    return Plan(
        target=target,
        profile=asked_for.name if asked_for else None,
        source=trail.rest.source,
        steps=tuple(steps),
        region=region,
        region_from=region_from,
        expected_account_id=_expected_account_id(asked_for, role_arns),
        notes=(*notes, *notes_on_chain),
        prompt=(asked_for.awsactivate_prompt or "") if asked_for else "",
        mfa_process=next((found for profile in trail.profiles if (found := profile.mfa_process)), None),
        confirm=from_profile(asked_for, "confirm", values.truth) or False,
        revocable=from_profile(asked_for, "revocable", values.truth) or False,
        if_long_term=if_long_term,
        nonce=nonce,
        called_region=partitions.called(region, environ, partition),
        settings=settings.of_profile(profiles[set_by] if set_by else None, profiles, environ),
        put_aside=put_aside,
        aside_notes=tuple(partitions.aside_note(*one, partition or "") for one in put_aside.items()),
    )


def with_user(plan: Plan, user_name: str) -> Plan:
    """Name the sessions whose names are ours after the caller, now that STS has told who it is."""
    name = session_names.session_name(user_name, plan.nonce)
    return replace(
        plan,
        steps=tuple(
            replace(step, role_session_name=name) if step.has_generated_name else step for step in plan.steps
        ),
    )


def narrowing_call(plan: Plan) -> str:
    """Name the operation that narrows the session of a plan that has a scope."""
    return "GetScopedCredentials" if plan.narrows_afterwards else "AssumeRole"


def _trail_to_role(target: str, around: Surroundings, options: Options) -> Trail:
    try:
        arns.role_arn(target)
    except ValueError as error:
        raise ProfileError(f"TARGET {error}") from error
    name, otherwise = options.source_profile, f"--source-profile {options.source_profile!r} does not exist"
    if name is None:
        if rest := environment_rest(around):
            return Trail((), (), rest)
        name = chosen.profile_in(around.environ) or "default"
        otherwise = f"${chosen.variable_in(around.environ)} names the profile {name!r}, which does not exist"
        if name == "default" and name not in around.profiles and not around.keeps_key(name):
            raise ProfileError(
                f"{target} has no source: there are no keys in the environment, and no default profile",
                f"activate {target} --source-profile PROFILE",
            )
    trail = trail_from(around.profile(name, otherwise), around, is_source=True)
    note = None if options.source_profile else chosen.note_in(around.environ)
    return replace(trail, rest=replace(trail.rest, notes=(*trail.rest.notes, note))) if note else trail


def _role_steps(
    target: str, asked_for: Profile | None, trail: Trail, options: Options, name: str
) -> list[Step]:
    calls: list[tuple[str, Profile | None]] = [
        (role_arn_of(profile).text, profile) for profile in reversed(trail.roles)
    ]
    first = len(calls) - 1 if asked_for in trail.roles else len(calls)
    if asked_for is None:
        calls.append((target, None))
    for arn in options.chain:
        from_option("--chain", arn, arns.role_arn)
        calls.append((arn, None))
    # A profile without a role may rest on one that has one: then that is the session that is asked for.
    first = min(first, len(calls) - 1)
    last = len(calls) - 1
    return [
        assume_role(
            arn,
            profile,
            named=options if at >= first else _NO_OPTIONS,
            first=options if at == first else _NO_OPTIONS,
            last=options if at == last else _NO_OPTIONS,
            generated_name=name,
        )
        for at, (arn, profile) in enumerate(calls)
    ]


def _within_chain(steps: Iterable[Step], *, begins_chained: bool) -> tuple[list[Step], list[str]]:
    """Keep the steps that a role's session makes to the hour that AWS allows these, and say so."""
    shortened: list[Step] = []
    notes: list[str] = []
    for at, step in enumerate(steps):
        if (at or begins_chained) and step.duration_seconds > limits.CHAINED_SECONDS:
            notes.append(
                f"the session of {step.role_arn} will last {limits.CHAINED_SECONDS} s, not the "
                f"{step.duration_seconds} s asked for: AWS allows no more from another role's session"
            )
            step = replace(step, duration_seconds=limits.CHAINED_SECONDS)
        shortened.append(step)
    return shortened, notes


def _device(trail: Trail, options: Options, around: Surroundings) -> _Device | None:
    if options.mfa_serial is not None:
        if options.no_mfa:
            raise UsageError("--no-mfa and --mfa-serial exclude each other")
        serial = from_option("--mfa-serial", options.mfa_serial, arns.mfa_serial)
        return _Device(serial, "option") if serial else None
    for profile in trail.profiles:
        if serial := from_profile(profile, "mfa_serial", arns.mfa_serial):
            return _Device(serial, f"profile {profile.name}")
    source = trail.rest.source
    if (
        trail.rest.nature == "long-term"
        and source.kind in ("profile", "keyring")
        and source.name in around.index
    ):
        serial = around.index[source.name].mfa_serial
        return _Device(serial, "index") if serial else None
    return None


def _with_device(step: Step, device: _Device | None, *, profile: str | None) -> Step:
    if device is None:
        return replace(step, profile=profile)
    return replace(step, profile=profile, mfa_serial=device.serial, mfa_serial_from=device.named_by)


def _notes_on_mfa(device: _Device | None, trail: Trail, options: Options) -> list[str]:
    if device is None or options.no_mfa or trail.rest.nature != "role":
        return []
    return [f"the MFA device {device.serial} is not used: AWS takes no MFA code from a role's session"]


def _settings_profile(asked_for: Profile | None, trail: Trail, profiles: Profiles) -> str | None:
    profile = asked_for or next(iter(trail.profiles), None)
    # One that only the keyring knows has no settings, and botocore refuses its name.
    return profile.name if profile and profile.name in profiles else None


def _notes_on_no_effect(target: str, trail: Trail, options: Options) -> list[str]:
    flags = {
        "--duration": options.duration is not None,
        # of a role's session it is said already
        "--mfa-serial": options.mfa_serial is not None and trail.rest.nature != "role",
    }
    return [
        f"{flag} changes nothing: the credentials of {target} are temporary already"
        for flag, is_given in flags.items()
        if is_given
    ]


def _role_arns(trail: Trail, steps: Iterable[Step]) -> list[arns.RoleArn]:
    by_token = [role_arn_of(trail.profiles[-1])] if trail.rest.source.kind == "web-identity" else []
    return [*by_token, *(arns.role_arn(step.role_arn) for step in steps if step.role_arn)]


def _refuse_two_partitions(roles: list[arns.RoleArn]) -> None:
    for role in roles:
        if role.partition != roles[0].partition:
            raise ProfileError(f"a chain of roles must stay in one partition, unlike {roles[0]} and {role}")


def _expected_account_id(asked_for: Profile | None, roles: list[arns.RoleArn]) -> str | None:
    configured = from_profile(asked_for, "expected_account_id", values.account_id)
    if configured is None:
        return roles[-1].account_id if roles else None
    if asked_for and roles and roles[-1].account_id != configured:
        raise ProfileError(
            f"profile {asked_for.name!r}: expected_account_id must be the account of {roles[-1]},"
            f" not {configured}"
        )
    return configured
