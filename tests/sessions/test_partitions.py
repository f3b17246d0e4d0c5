"""The region that is called is the plan's, and never one of another partition."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest

from awsactivate.commands.show import text
from awsactivate.errors import AwsactivateError, ProfileError, UsageError
from awsactivate.profiles.model import parse
from awsactivate.sessions import partitions
from awsactivate.sessions.names import REGIONS
from awsactivate.sessions.plan import Plan, make_plan
from awsactivate.sessions.plan_document import plan_document
from awsactivate.sessions.steps import Options

KEYS = "[base]\naws_access_key_id = AKIA\naws_secret_access_key = s\n"


def plan(partition: str = "aws", text: str = "", region: str | None = None, **environ: str) -> Plan:
    """Plan the profile `prod`, whose role is in `partition`."""
    role = f"role_arn = arn:{partition}:iam::111122223333:role/r\n" if partition else ""
    profiles = parse(f"[profile prod]\n{role}source_profile = base\n{text}", KEYS)
    return make_plan(
        "prod", profiles, Options(region=region), environ=environ, login_name="me", nonce="k3v9q2m7xd"
    )


@pytest.mark.parametrize(
    ("partition", "text", "environ", "called"),
    [
        ("aws-us-gov", "region = us-gov-east-1\n", {"AWS_DEFAULT_REGION": "eu-west-1"}, "us-gov-east-1"),
        ("aws-us-gov", "", {"AWS_DEFAULT_REGION": "eu-west-1"}, "us-gov-west-1"),
        ("aws-us-gov", "", {"AWS_REGION": "us-gov-east-1"}, "us-gov-east-1"),
        ("aws-cn", "", {"AWS_REGION": "us-gov-east-1", "AWS_DEFAULT_REGION": "eu-west-1"}, "cn-north-1"),
        ("aws-iso-b", "", {"AWS_REGION": "us-iso-east-1"}, "us-isob-east-1"),
        ("aws-eusc", "", {}, "eusc-de-east-1"),
        ("aws", "", {"AWS_REGION": "cn-north-1"}, "us-east-1"),
        ("aws", "region = eu-west-1\n", {"AWS_REGION": "ap-south-1"}, "eu-west-1"),
        ("aws", "", {"AWS_REGION": "ap-south-1", "AWS_DEFAULT_REGION": "eu-west-1"}, "ap-south-1"),
        ("", "", {"AWS_REGION": "cn-north-1"}, "cn-north-1"),
        ("", "mfa_serial = arn:aws-cn:iam::111122223333:mfa/me\n", {"AWS_REGION": "eu-west-1"}, "cn-north-1"),
    ],
)
def test_sts_is_called_in_a_region_of_the_roles_partition(
    partition: str, text: str, environ: dict[str, str], called: str
) -> None:
    assert plan(partition, text, **environ).called_region == called


def test_a_variable_of_another_partition_is_put_aside_and_named() -> None:
    made = plan("aws-us-gov", AWS_REGION="eu-west-1", AWS_DEFAULT_REGION="us-gov-east-1")
    assert made.put_aside == {"AWS_REGION": "eu-west-1"}
    assert made.aside_notes[-1] == (
        "AWS_REGION=eu-west-1 is of the partition aws, and the session of aws-us-gov:"
        " put aside while it lasts"
    )
    shown = [line.removeprefix("note: ") for line in text(made).splitlines() if line.startswith("note: ")]
    assert plan_document(made)["notes"] == shown
    assert plan("aws-us-gov", "region = us-gov-east-1\n", AWS_REGION="eu-west-1").put_aside == {}
    assert plan("aws", AWS_REGION="eu-west-1").put_aside == {}


@pytest.mark.parametrize(
    ("made", "kind", "said"),
    [
        ({"partition": "aws-us-gov", "text": "region = eu-west-1\n"}, ProfileError, "profile 'prod': region"),
        ({"partition": "aws", "text": "region = cn-north-1\n"}, ProfileError, "profile 'prod': region"),
        ({"partition": "aws-cn", "region": "eu-west-1"}, UsageError, "--region: the region eu-west-1 is in"),
    ],
)
def test_a_region_of_another_partition_is_refused_with_the_partitions(
    made: dict[str, Any], kind: type[AwsactivateError], said: str
) -> None:
    with pytest.raises(kind) as caught:
        plan(**made)
    assert caught.value.message.startswith(said)
    assert caught.value.hint is not None
    assert caught.value.hint.startswith(f"name a region of {made['partition']}, such as ")


@pytest.mark.parametrize(
    "value", ["eu-west-1\r", " eu-west-1", '"eu-west-1"', "eu-west-1 # home", "EU-WEST-1"]
)
def test_a_stray_character_is_named_with_the_variable_that_holds_it(value: str) -> None:
    for name in REGIONS:
        with pytest.raises(ProfileError) as caught:
            plan(**{name: value})
        assert caught.value.message == f"{name} must be a region's name such as eu-west-1, not {value!r}"
        assert plan(text="region = eu-west-1\n", **{name: value}).called_region == "eu-west-1"


@pytest.mark.parametrize("value", ['"eu-west-1"', "eu-west-1,", "eu west"])
def test_a_stray_character_is_named_with_the_line_that_holds_it(value: str) -> None:
    with pytest.raises(ProfileError) as caught:
        plan(text=f"\n# a remark\nregion = {value}\n")
    assert (
        caught.value.message
        == f"profile 'prod': region must be a region's name such as eu-west-1, not {value!r}"
    )
    assert caught.value.hint == "${EDITOR:-vi} +6 '~/.aws/config'"


def test_a_file_of_windows_lines_names_the_region_that_it_means() -> None:
    assert plan(text="region = eu-west-1\r\n").called_region == "eu-west-1"


def test_botocore_puts_every_region_that_it_knows_into_the_same_partition() -> None:
    session = botocore.session.Session()
    known = {
        region: partition
        for partition in session.get_available_partitions()
        for region in session.get_available_regions("ec2", partition)
    }
    assert {region: partitions.partition_of(region) for region in known} == known
    assert {
        session.get_partition_for_region(partitions.home_of(partition)) for partition in known.values()
    } == {*known.values()}
