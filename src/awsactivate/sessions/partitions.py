"""Regions and the partitions of AWS that they are in: which one is called, and which can't be meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from awsactivate.errors import ProfileError, UsageError
from awsactivate.profiles.model import Profile, Profiles
from awsactivate.sessions import arns, values
from awsactivate.sessions.names import REGIONS
from awsactivate.sessions.sources import Trail
from awsactivate.sessions.steps import Options, from_option, from_profile

# partition → how the names of its regions begin, and the region whose endpoints serve all of it
_PARTITIONS = {
    "aws-cn": ("cn-", "cn-north-1"),
    "aws-us-gov": ("us-gov-", "us-gov-west-1"),
    "aws-eusc": ("eusc-", "eusc-de-east-1"),
    "aws-iso": ("us-iso-", "us-iso-east-1"),
    "aws-iso-b": ("us-isob-", "us-isob-east-1"),
    "aws-iso-e": ("eu-isoe-", "eu-isoe-west-1"),
    "aws-iso-f": ("us-isof-", "us-isof-south-1"),
}
_HOME = "us-east-1"


def partition_of(region: str) -> str:
    """Name the partition that a region belongs to, by how its name begins."""
    begun = (name for name, (beginning, _) in _PARTITIONS.items() if region.startswith(beginning))
    return next(begun, "aws")


def home_of(partition: str | None) -> str:
    """Return the region that serves a partition as a whole; None stands for the one that most are in."""
    return _PARTITIONS[partition][1] if partition in _PARTITIONS else _HOME


def is_of(region: str, partition: str | None) -> bool:
    """Tell whether a region may be of `partition`; None, and one that is not known here, may have any."""
    return (
        partition is None
        or (partition != "aws" and partition not in _PARTITIONS)
        or (partition_of(region) == partition)
    )


def named_in(environ: Mapping[str, str]) -> str | None:
    """Return the region that the environment names, None where it names none.

    ProfileError names the variable whose value can be no region's: a blank, a quote or a carriage return in
    it is not seen where it is printed.
    """
    for name in REGIONS:
        if environ.get(name):
            return checked(name, environ[name])
    return None


def checked(name: str, text: str) -> str:
    """Return the value of the variable `name`, if it can be a region's."""
    try:
        return values.region(text)
    except ValueError as error:
        raise ProfileError(f"{name} {error}", f"unset {name}, or set it anew") from error


def called(chosen: str | None, environ: Mapping[str, str], partition: str | None) -> str:
    """Return the region that STS is called in: the chosen one, or the environment's if of `partition`."""
    if chosen is not None:
        return chosen
    found = named_in(environ)
    return found if found is not None and is_of(found, partition) else home_of(partition)


def aside(chosen: str | None, environ: Mapping[str, str], partition: str | None) -> dict[str, str]:
    """Return the variables that would stay beside a session of `partition`, and are of another one."""
    if chosen is not None or partition is None:
        return {}  # both names are the session's own then
    set_there = {name: environ[name] for name in REGIONS if environ.get(name)}
    return {name: region for name, region in set_there.items() if not is_of(checked(name, region), partition)}


def aside_note(name: str, region: str, partition: str) -> str:
    """Say that a variable is put aside."""
    return (
        f"{name}={region} is of the partition {partition_of(region)}, and the session of {partition}:"
        " put aside while it lasts"
    )


def chosen(asked_for: Profile | None, options: Options) -> tuple[str | None, str | None]:
    """Return the region that the session is to have, and what names it; None where nothing does."""
    if given := from_option("--region", options.region, values.region):
        return given, "option"
    if asked_for and asked_for.region:
        return from_profile(asked_for, "region", values.region), f"profile {asked_for.name}"
    return None, None


def partition_known(
    roles: Iterable[arns.RoleArn], mfa_serial: str, trail: Trail, profiles: Profiles
) -> str | None:
    """Tell the partition of a session, as far as it can be told before AWS has answered."""
    for role in roles:
        return role.partition
    if mfa_serial.startswith("arn:"):
        return arns.partition_of(mfa_serial)
    last = trail.profiles[-1] if trail.profiles else None
    if last and trail.rest.source.kind == "sso":
        session = profiles.sso_sessions.get(last.sso_session or "", {})
        sso_region = last.sso_region or session.get("sso_region")
        return partition_of(sso_region) if isinstance(sso_region, str) else None
    return None


def refuse_another_partition(
    region: str | None, asked_for: Profile | None, options: Options, partition: str | None
) -> None:
    """Fail where the region that was chosen can't be one of the session's."""
    if region is None or is_of(region, partition):
        return
    message = f"region {region} is in the partition {partition_of(region)}, and the session in {partition}"
    hint = f"name a region of {partition}, such as {home_of(partition)}"
    if options.region is not None or asked_for is None:
        raise UsageError(f"--region: the {message}", hint)
    raise ProfileError(f"profile {asked_for.name!r}: {message}", hint)
