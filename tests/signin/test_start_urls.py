"""A start URL of an organisation's own is followed to AWS's, and to nobody else's."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from awsactivate.aws import http
from awsactivate.errors import ProfileError, UnreachableError
from awsactivate.profiles.model import parse
from awsactivate.signin import sso_settings, start_urls
from awsactivate.signin.sso_tokens import SsoTokens
from harness.keyrings import MemoryKeyring

from .conftest import START_URL, Desk

VANITY = "https://aws.example.com"
PORTAL = "https://ssoins-1.portal.eu-west-1.app.aws"

Answers = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("url", "is_aws", "region"),
    [
        (START_URL, True, None),
        ("https://d-1234567890.awsapps.com/start", True, None),
        ("https://start.us-gov-home.awsapps.com/directory/x", True, None),
        ("https://x.awsapps.cn/start", True, None),
        (PORTAL, True, "eu-west-1"),
        ("https://ssoins-1.eu-west-1.portal.amazonaws.com", True, "eu-west-1"),
        ("https://ssoins-1.cn-north-1.portal.amazonaws.com.cn.", True, "cn-north-1"),
        ("https://identitycenter.amazonaws.com/ssoins-1", True, None),
        ("https://identitycenter.us-gov.amazonaws.com/ssoins-1", True, None),
        ("https://identitycenter.amazonaws.eu/ssoins-1", True, None),
        (VANITY, False, None),
        ("https://awsapps.com.example.com/start", False, None),
        ("https://fake-awsapps.com/start", False, None),
        ("https://awsapps.com@example.com/", False, None),
        ("https://evil.example\\.awsapps.com/start", False, None),
        ("https://a b.awsapps.com/start", False, None),
        ("https://[", False, None),
        ("", False, None),
    ],
)
def test_which_are_aws_s_own(url: str, is_aws: bool, region: str | None) -> None:
    assert (start_urls.is_of_aws(url), start_urls.region_of(url)) == (is_aws, region)


@pytest.mark.parametrize(
    ("status", "location", "target"),
    [
        (302, f"{START_URL}/?x=1#/", START_URL),
        (301, PORTAL, PORTAL),
        (200, START_URL, None),
        (302, None, None),
        (404, None, None),
    ],
)
def test_where_it_leads(status: int, location: str | None, target: str | None) -> None:
    assert start_urls.led_to(VANITY, status, location) == target


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.example/start",
        "http://demo.awsapps.com/start",
        "/start",
        "https://a@demo.awsapps.com/",
        "https://[",
    ],
)
def test_it_leads_to_nobody_else(location: str) -> None:
    with pytest.raises(ValueError, match="not AWS's"):
        start_urls.led_to(VANITY, 302, location)


@pytest.fixture
def answers(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Answers:
    """Let the profiles have a start URL of their own, and somebody answer there."""
    text = (desk.home / ".aws/config").read_text().replace(START_URL, VANITY)
    desk.profiles = parse(text, "")
    asked: list[str] = []

    def answering(by_method: Mapping[str, tuple[int, str]]) -> list[str]:
        def request(method: str, url: str, **_options: object) -> http.HttpAnswer:
            asked.append(f"{method} {url}")
            if method not in by_method:
                raise UnreachableError("no such host")
            status, location = by_method[method]
            return http.HttpAnswer(status, {"location": location}, b"")

        monkeypatch.setattr(http, "request", request)
        monkeypatch.setattr(http, "configured_endpoint", lambda *_: None)
        return asked

    return answering


@pytest.mark.parametrize("profile", ["dev", "old"])
def test_a_person_signs_in_there_and_the_token_is_kept_for_the_organisations_own(
    desk: Desk, answers: Answers, profile: str
) -> None:
    asked = answers({"HEAD": (302, START_URL)})
    desk.sign_in(profile)
    assert asked == [f"HEAD {VANITY}"]
    assert f'"startUrl":"{VANITY}"' in next(iter(MemoryKeyring.items.values()))
    desk.credentials(profile)
    assert len(asked) == 1


def test_the_region_that_it_leads_to_is_the_token_s(desk: Desk, answers: Answers) -> None:
    answers({"HEAD": (405, ""), "GET": (302, PORTAL)})
    desk.aws.person("bob", start_url=PORTAL)
    desk.sign_in()
    assert '"region":"eu-west-1"' in next(iter(MemoryKeyring.items.values()))
    tokens = SsoTokens(sso_settings.of_session("corp", desk.profiles), desk.environ, desk.aws.clock.now)
    assert tokens.reach(tokens.get_current()).region == "eu-west-1"
    assert desk.credentials().session_token


def test_what_leads_elsewhere_is_refused_before_anything_is_asked(desk: Desk, answers: Answers) -> None:
    answers({"HEAD": (302, "https://evil.example")})
    with pytest.raises(ProfileError, match=rf"'dev': sso_start_url {VANITY}: it leads to an address"):
        desk.sign_in()
    answers({})
    with pytest.raises(UnreachableError) as raised:
        desk.sign_in()
    assert raised.value.message == f"profile 'dev': sso_start_url {VANITY}: no such host"
    assert (desk.opened, desk.operations()) == ([], [])
