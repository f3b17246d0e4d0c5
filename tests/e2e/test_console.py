"""`awsactivate console`: the real core, a sign-in endpoint that checks the session, and a browser of ours."""

from __future__ import annotations

import json
import sys
import time
import urllib.request
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from e2e.conftest import ANYTHING, World
from e2e.test_sources import Result, run
from harness.shells import SHELLS, Shell

# Writes down what it was started with, then goes to the page as a browser does.
BROWSER = """\
#!{python}
import json, os, pathlib, sys, urllib.request
here = pathlib.Path({folder!r})
(here / "argv").write_text(json.dumps(sys.argv[1:]))
(here / "environ").write_text(json.dumps(dict(os.environ)))
with urllib.request.urlopen(sys.argv[1]) as page:
    (here / "url").write_text(page.url)
    (here / "page").write_text(page.read().decode())
try:
    urllib.request.urlopen(sys.argv[1])
except OSError as error:
    (here / "again").write_text(type(error).__name__)
(here / "done").write_text("")
"""


@pytest.fixture
def browsing(world: World, tmp_path: Path) -> World:
    """A world in which `$BROWSER` is a program of ours."""
    browser = tmp_path / "browser"
    browser.write_text(BROWSER.format(python=sys.executable, folder=str(tmp_path)))
    browser.chmod(0o700)
    return replace(world, environ={**world.environ, "BROWSER": f"{browser} %s &"})


def session_of(world: World, *words: str) -> dict[str, str]:
    """Open a session, and return what `activate` would set."""
    program = "import os, json; print(json.dumps(dict(os.environ)))"
    code = ("--mfa-code", world.device.code())
    done = run(world, "exec", *(words or ("prod",)), *code, "--", sys.executable, "-c", program)
    assert done.returncode == 0, done.stderr
    held = json.loads(done.stdout)
    return {name: value for name, value in held.items() if name.startswith("AWS")}


def until(path: Path) -> str:
    """Wait for a file that the browser writes, and return its text."""
    for _ in range(600):
        if path.exists():
            return path.read_text()
        time.sleep(0.05)
    raise AssertionError(f"{path.name} was not written")


def error_of(result: Result) -> tuple[int, str, str]:
    """Return the exit status, stdout, and the line of the error."""
    return result.returncode, result.stdout, result.stderr.splitlines()[0]


def test_the_url_printed_signs_in_as_the_session_of_the_shell(world: World) -> None:
    held = session_of(world)
    result = run(world, "console", "--print", "--service", "s3", **held)
    assert (result.returncode, result.stderr) == (0, "")
    url = urlsplit(result.stdout.strip())
    query = parse_qs(url.query)
    assert f"{url.scheme}://{url.netloc}{url.path}" == f"{world.aws.endpoint_url}/federation"
    assert (query["Action"], query["Destination"]) == (
        ["login"],
        ["https://console.aws.amazon.com/s3/home?region=eu-west-1"],
    )
    with urllib.request.urlopen(result.stdout.strip()) as page:
        assert f"arn:aws:sts::{world.account}:assumed-role/terraform/alice=" in page.read().decode()
    for name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        assert held[name] not in result.stdout


def test_a_target_is_opened_as_exec_does_and_nothing_but_the_url_comes_out(world: World) -> None:
    code = world.device.code()
    result = run(world, "console", "prod", "--print", "--region", "us-west-2", "--mfa-code", code)
    assert (result.returncode, result.stderr) == (0, "")
    query = parse_qs(urlsplit(result.stdout).query)
    assert query["Destination"] == ["https://console.aws.amazon.com/console/home?region=us-west-2"]
    with urllib.request.urlopen(result.stdout.strip()) as page:
        assert f"assumed-role/terraform/{world.user.name}=" in page.read().decode()


def test_the_browser_gets_neither_the_session_nor_the_token_in_its_arguments(
    browsing: World, tmp_path: Path
) -> None:
    held = session_of(browsing)
    files = set(browsing.home.rglob("*"))
    result = run(browsing, "console", "--service", "ec2", **held)
    destination = "https://console.aws.amazon.com/ec2/home?region=eu-west-1"
    assert (result.returncode, result.stdout) == (0, "")
    assert result.stderr == f"awsactivate: opened {destination}\n"
    until(tmp_path / "done")
    (address,) = json.loads((tmp_path / "argv").read_text())
    reached = (tmp_path / "url").read_text()
    token = parse_qs(urlsplit(reached).query)["SigninToken"][0]
    assert urlsplit(address).hostname == "127.0.0.1"
    assert token not in address
    assert "assumed-role/terraform/alice=" in (tmp_path / "page").read_text()
    # the page answers once
    assert (tmp_path / "again").read_text() in ("HTTPError", "URLError", "ConnectionResetError")
    environ = json.loads((tmp_path / "environ").read_text())
    assert [name for name in held if name in environ and name not in browsing.environ] == []
    assert not {held["AWS_SECRET_ACCESS_KEY"], held["AWS_SESSION_TOKEN"]} & set(environ.values())
    assert set(browsing.home.rglob("*")) == files


@pytest.mark.parametrize("name", SHELLS)
def test_the_console_opens_from_an_activated_shell(name: str, browsing: World, tmp_path: Path) -> None:
    shell = Shell(name, browsing.environ, browsing.home)
    try:
        shell.begin("activate prod", browsing.prompt)
        shell.type(browsing.device.code() + "\r")
        shell.prompt()
        assert "awsactivate: opened https://console.aws.amazon.com/console/home" in shell.run(
            "awsactivate console"
        )
        until(tmp_path / "done")
        assert "assumed-role/terraform/alice=" in (tmp_path / "page").read_text()
        shell.run("deactivate")
        assert "no session is active in this shell" in shell.run("awsactivate console")
        assert shell.status() == 3
    finally:
        shell.close()


def test_without_a_session_there_is_nothing_to_sign_in_with(world: World) -> None:
    assert error_of(run(world, "console", "--print")) == (
        3,
        "",
        "awsactivate: error: no session is active in this shell",
    )


def test_an_expired_session_is_told_without_a_request(world: World) -> None:
    held = {**session_of(world), "AWSACTIVATE_EXPIRATION": "1700000000"}
    world.aws.requests.clear()
    assert error_of(run(world, "console", "--print", **held)) == (
        3,
        "",
        "awsactivate: error: the session of this shell has expired",
    )
    assert world.operations() == []


def test_the_endpoints_refusal_is_one_line_and_status_6(world: World) -> None:
    held = session_of(world)
    world.aws.clock.advance(2 * 3600)
    result = run(world, "console", "--print", **held)
    assert error_of(result) == (
        6,
        "",
        "awsactivate: error: the sign-in endpoint refuses this session (HTTP 400): "
        "The credentials are wrong or have expired",
    )
    assert len(result.stderr.splitlines()) == 2


def test_a_refusal_that_quotes_the_session_is_not_repeated(world: World) -> None:
    held = session_of(world)
    world.aws.levers.fail_next("GetSigninToken", "Bad", f"bad session {held['AWS_SESSION_TOKEN'][9:60]}")
    world.aws.levers.fail_next("GetSigninToken", "Bad", f"bad secret {held['AWS_SECRET_ACCESS_KEY']}")
    world.aws.levers.fail_next("GetSigninToken", "Bad", "out of order", 503)
    first, second, third = (run(world, "console", "--print", **held) for _ in range(3))
    assert (first.returncode, second.returncode, third.returncode) == (6, 6, 7)
    refused = "awsactivate: error: the sign-in endpoint refuses this session (HTTP 400)"
    assert (first.stderr.splitlines()[0], second.stderr.splitlines()[0]) == (refused, refused)
    assert third.stderr.splitlines()[0].endswith("the sign-in endpoint is out of order (HTTP 503)")


def test_an_endpoint_that_does_not_answer_is_status_7(world: World) -> None:
    held = session_of(world)
    result = run(world, "console", "--print", **{**held, "AWS_ENDPOINT_URL_SIGNIN": "http://127.0.0.1:1"})
    assert (result.returncode, result.stdout) == (7, "")
    assert result.stderr.startswith("awsactivate: error: AWS could not be reached: ")


def test_the_request_goes_through_the_users_proxy(world: World) -> None:
    held = session_of(world)
    result = run(world, "console", "--print", **{**held, "HTTP_PROXY": "http://127.0.0.1:1"})
    assert (result.returncode, result.stdout) == (7, "")
    assert "proxy" in result.stderr.splitlines()[0]
    direct = {**held, "HTTP_PROXY": "http://127.0.0.1:1", "NO_PROXY": "127.0.0.1"}
    assert run(world, "console", "--print", **direct).returncode == 0


def test_a_session_is_not_sent_in_the_clear_to_another_machine(world: World) -> None:
    held = session_of(world)
    endpoint = "http://signin.example.com"
    result = run(world, "console", "--print", **{**held, "AWS_ENDPOINT_URL_SIGNIN": endpoint})
    assert error_of(result)[::2] == (
        3,
        f"awsactivate: error: the configured endpoint {endpoint} is not https, "
        "and a session is not sent over it",
    )


def test_a_users_own_session_is_refused_before_a_code_is_asked_for(world: World) -> None:
    world.aws.requests.clear()
    result = run(world, "console", "alice", "--print", "--mfa-code", "123456")
    assert result.returncode == 3
    assert result.stderr.startswith(
        "awsactivate: error: AWS lets no session of GetSessionToken into the console, only a role's or"
    )
    assert world.operations() == []
    held = session_of(world, "alice", "--no-mfa")
    again = run(world, "console", "--print", **held)
    assert (again.returncode, again.stdout) == (3, "")
    assert f"federated user's: this one is of {world.user.arn}" in again.stderr


def test_a_session_of_somebody_elses_making_signs_in_too(world: World) -> None:
    held = {name: value for name, value in session_of(world).items() if not name.startswith("AWSACTIVATE_")}
    result = run(world, "console", "--print", **held)
    assert (result.returncode, result.stderr) == (0, "")
    with urllib.request.urlopen(result.stdout.strip()) as page:
        assert "assumed-role/terraform/alice=" in page.read().decode()


def test_a_region_of_another_partition_counts_only_where_it_is_asked_for(world: World) -> None:
    world.add_profile(f"[profile nowhere]\nrole_arn = {world.role.arn}\nsource_profile = alice\n")
    words = ("console", "nowhere", "--print", "--mfa-code", world.device.code())
    result = run(world, *words, AWS_REGION="cn-north-1")
    assert (result.returncode, result.stderr) == (0, "")
    destination = parse_qs(urlsplit(result.stdout).query)["Destination"]
    assert destination == ["https://console.aws.amazon.com/console/home"]


def test_a_chain_may_not_ask_for_a_duration_and_a_single_role_may(world: World) -> None:
    inner = {"Effect": "Allow", "Principal": {"AWS": world.role.arn}, "Action": "sts:AssumeRole"}
    trust = {"Version": "2012-10-17", "Statement": [inner]}
    role = world.aws.role("inner", trust=trust, policies={"all": ANYTHING}, account=world.account)
    world.add_profile(f"[profile inner]\nrole_arn = {role.arn}\nsource_profile = prod\n")
    world.aws.requests.clear()
    result = run(world, "console", "inner", "--print", "--session-duration", "8h", "--mfa-code", "123456")
    assert error_of(result) == (
        2,
        "",
        "awsactivate: error: inner is a chain of roles, whose console session AWS makes no longer "
        "than the chain's",
    )
    assert world.operations() == []
    single = run(
        world, "console", "prod", "--print", "--session-duration", "8h", "--mfa-code", world.device.code()
    )
    assert (single.returncode, single.stderr) == (0, "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--session-duration", "13h"), "--session-duration must be 900 to 43200 seconds, not 46800"),
        (("--service", "../x"), "--service must be a page of the console such as s3 or ec2, not '../x'"),
        (("--region", "cn-north-1"), "the region cn-north-1 is not in the session's partition aws"),
        (("--duration", "1h"), "options that shape a session need a TARGET"),
    ],
)
def test_a_wrong_option_is_told_before_anything_is_sent(
    words: tuple[str, ...], said: str, world: World
) -> None:
    held = session_of(world)
    world.aws.requests.clear()
    assert error_of(run(world, "console", "--print", *words, **held)) == (
        2,
        "",
        f"awsactivate: error: {said}",
    )
    assert world.operations() == []


def test_no_browser_is_an_error_that_names_the_way_out(world: World, tmp_path: Path) -> None:
    held = {**session_of(world), "BROWSER": "/nonexistent/browser", "PATH": str(tmp_path)}
    result = run(world, "console", **held)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [
        "awsactivate: error: there is no browser to open",
        "awsactivate: hint: awsactivate console --print",
    ]
