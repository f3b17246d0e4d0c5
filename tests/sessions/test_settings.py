"""What a profile says of endpoints and certificates goes on holding in its session."""

from __future__ import annotations

import pytest

from awsactivate.errors import ProfileError
from awsactivate.profiles.model import parse
from awsactivate.sessions import settings

SERVICES = (
    "[services local]\ns3 =\n  endpoint_url = http://s3.local\nelastic_beanstalk =\n"
    "  endpoint_url = http://eb.local\nec2 =\n  other = x\n"
)


def carried(text: str, **environ: str) -> dict[str, str]:
    """Return the variables that the profile `prod` of `text` brings into its session."""
    profiles = parse(f"[profile prod]\n{text}{SERVICES}", "")
    return {one.name: one.value for one in settings.of_profile(profiles["prod"], profiles, environ)}


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("region = eu-west-1\n", {}),
        ("use_fips_endpoint = true\n", {"AWS_USE_FIPS_ENDPOINT": "true"}),
        ("use_fips_endpoint = False\n", {"AWS_USE_FIPS_ENDPOINT": "false"}),
        ("use_dualstack_endpoint = TRUE\n", {"AWS_USE_DUALSTACK_ENDPOINT": "true"}),
        ("ca_bundle = /etc/corp ca.pem\n", {"AWS_CA_BUNDLE": "/etc/corp ca.pem"}),
        ("endpoint_url = https://all.local\n", {"AWS_ENDPOINT_URL": "https://all.local"}),
        (
            "services = local\n",
            {
                "AWS_ENDPOINT_URL_S3": "http://s3.local",
                "AWS_ENDPOINT_URL_ELASTIC_BEANSTALK": "http://eb.local",
            },
        ),
        ("services = local\nignore_configured_endpoint_urls = true\nendpoint_url = http://x\n", {}),
    ],
)
def test_each_setting_becomes_the_variable_that_sdks_read(text: str, variables: dict[str, str]) -> None:
    assert carried(text) == variables


def test_what_the_users_environment_says_stays() -> None:
    text = "ca_bundle = /theirs\nendpoint_url = http://theirs\nservices = local\nuse_fips_endpoint = true\n"
    mine = {"AWS_CA_BUNDLE": "/mine", "AWS_ENDPOINT_URL_S3": "http://mine"}
    assert carried(text, **mine) == {
        "AWS_ENDPOINT_URL": "http://theirs",
        "AWS_ENDPOINT_URL_ELASTIC_BEANSTALK": "http://eb.local",
        "AWS_USE_FIPS_ENDPOINT": "true",
    }
    # one endpoint for all services stands before what a file says of one of them, as for every SDK
    assert carried(text, AWS_ENDPOINT_URL="http://mine") == {
        "AWS_CA_BUNDLE": "/theirs",
        "AWS_USE_FIPS_ENDPOINT": "true",
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("services = lokal\n", "profile 'prod': services 'lokal' does not exist"),
        ("use_fips_endpoint = yes\n", "profile 'prod': use_fips_endpoint must be true or false, not 'yes'"),
        (
            "use_dualstack_endpoint =\n",
            "profile 'prod': use_dualstack_endpoint must be true or false, not ''",
        ),
    ],
)
def test_what_can_not_be_meant_is_named(text: str, said: str) -> None:
    with pytest.raises(ProfileError) as caught:
        carried(text)
    assert caught.value.message == said
