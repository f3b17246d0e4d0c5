"""What a profile says of endpoints and regions goes on holding in the shell, and ends with the session."""

from __future__ import annotations

import json
import subprocess
import sys
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from aws.test_unreachable import answering, server, wants_password
from e2e.conftest import World
from e2e.test_sources import run
from harness.shells import Shell

PRINT = "import json, os; print(json.dumps(dict(os.environ)))"
SETTINGS = (
    "use_dualstack_endpoint = false\nca_bundle = /no/such/bundle.pem\nservices = local\n"
    "[services local]\ns3 =\n  endpoint_url = http://me:pass@s3.local\n"
)
CARRIED = {
    "AWS_CA_BUNDLE": "/no/such/bundle.pem",
    "AWS_ENDPOINT_URL_S3": "http://me:pass@s3.local",
    "AWS_USE_DUALSTACK_ENDPOINT": "false",
}


@pytest.fixture
def special(world: World) -> World:
    """A profile `special`, which says for itself where AWS is."""
    world.environ["AWS_ENDPOINT_URL_STS"] = world.environ.pop("AWS_ENDPOINT_URL")
    world.environ["AWS_ENDPOINT_URL_IAM"] = world.environ["AWS_ENDPOINT_URL_STS"]
    world.add_profile(
        f"[profile special]\nrole_arn = {world.role.arn}\nsource_profile = alice\n"
        f"mfa_serial = {world.device.serial}\nregion = eu-west-1\n{SETTINGS}"
    )
    return world


def command_sees(world: World, *words: str, **environ: str) -> dict[str, str]:
    """Return the environment of a command that `exec` runs."""
    done = run(world, "exec", *words, "--", sys.executable, "-c", PRINT, **environ)
    assert done.returncode == 0, done.stderr
    seen: dict[str, str] = json.loads(done.stdout)
    return seen


def code(world: World) -> tuple[str, str]:
    return "--mfa-code", world.device.code()


def test_a_shell_has_the_settings_while_the_session_lasts_and_its_own_afterwards(
    special: World, shell: Shell
) -> None:
    shell.run("export AWS_CA_BUNDLE=/mine" if shell.name != "fish" else "set -gx AWS_CA_BUNDLE /mine")
    shell.begin("activate special", special.prompt)
    shell.type(special.device.code() + "\r")
    shell.prompt()
    shown = shell.run("awsactivate status")
    assert "setting       AWS_ENDPOINT_URL_S3=http://s3.local" in shown
    assert "setting       AWS_USE_DUALSTACK_ENDPOINT=false" in shown
    assert "AWS_CA_BUNDLE" not in shown
    assert "pass" not in shown
    shell.run("deactivate")
    assert "AWS_ENDPOINT_URL_S3" not in shell.run("env")


def test_a_command_has_them_too_and_what_it_inherits_of_another_session_ends(special: World) -> None:
    seen = command_sees(special, "special", *code(special))
    assert {name: seen.get(name) for name in CARRIED} == CARRIED
    # a script in that session begins another: nothing of the first one's endpoints is called, or stays
    special.aws.clock.advance(30)
    inherited = {name: value for name, value in seen.items() if name.startswith("AWS")}
    inherited["AWS_ENDPOINT_URL_STS"] = special.environ["AWS_ENDPOINT_URL_STS"]
    other = command_sees(special, "dev", *code(special), **inherited)
    assert not {"AWS_ENDPOINT_URL_S3", "AWS_CA_BUNDLE", "AWS_REGION"} & set(other)


def test_a_served_command_has_them_too(special: World) -> None:
    seen = command_sees(special, "--serve", "special", *code(special))
    assert {name: seen.get(name) for name in CARRIED} == CARRIED


def test_show_tells_them_without_a_password(special: World) -> None:
    done = run(special, "show", "special")
    assert "called: STS in eu-west-1\n" in done.stdout
    assert "setting: AWS_ENDPOINT_URL_S3=http://s3.local from services local\n" in done.stdout
    assert "setting: AWS_CA_BUNDLE=/no/such/bundle.pem from profile special\n" in done.stdout
    document = json.loads(run(special, "show", "special", "--json").stdout)
    assert {one["name"]: one["from"] for one in document["settings"]} == {
        "AWS_ENDPOINT_URL_S3": "services local",
        "AWS_CA_BUNDLE": "profile special",
        "AWS_USE_DUALSTACK_ENDPOINT": "profile special",
    }
    assert "pass" not in done.stdout + json.dumps(document)


def test_a_real_sdk_goes_where_the_profile_says(world: World) -> None:
    """The settings are those that botocore takes for a client of a plain session."""
    del world.environ["AWS_ENDPOINT_URL"]
    world.add_profile(
        f"[profile own]\nrole_arn = {world.role.arn}\nsource_profile = alice\nregion = eu-west-1\n"
        f"mfa_serial = {world.device.serial}\nendpoint_url = {world.aws.endpoint_url}\nservices = s\n"
        "[services s]\ns3 =\n  endpoint_url = http://s3.local\n"
    )
    text = (
        "import boto3; print(boto3.client('sts').get_caller_identity()['Arn']);"
        "print(boto3.client('s3').meta.endpoint_url)"
    )
    done = run(world, "exec", "own", *code(world), "--", sys.executable, "-c", text)
    arn, s3 = done.stdout.splitlines()
    assert "assumed-role/terraform/alice=" in arn
    assert s3 == "http://s3.local"


def test_fips_is_not_lost(world: World) -> None:
    """The sample: the person's own commands went to public endpoints without a word."""
    process = {"Version": 1, "AccessKeyId": "ASIAX", "SecretAccessKey": "s", "SessionToken": "t"}
    world.add_profile(
        f"[profile fips]\ncredential_process = echo '{json.dumps(process)}'\nuse_fips_endpoint = true\n"
    )
    script = (
        "from awsactivate.aws import sts; from awsactivate.aws.sts import CallerIdentity\n"
        "sts.Sts.get_caller_identity = lambda self: CallerIdentity('arn:aws:iam::1:user/a', '1', 'A', None)\n"
        "from awsactivate.cli import main; main()"
    )
    text = "import boto3; print(boto3.client('sts', 'us-east-1').meta.endpoint_url)"
    environ = {name: value for name, value in world.environ.items() if name != "AWS_ENDPOINT_URL"}
    done = subprocess.run(
        [sys.executable, "-c", script, "exec", "fips", "--", sys.executable, "-c", text],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "https://sts-fips.us-east-1.amazonaws.com\n", done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "prod2"), "AWS_REGION must be a region's name such as eu-west-1, not 'eu-west-1\\r'"),
        (
            ("secrets", "list", "s"),
            "AWS_REGION must be a region's name such as eu-west-1, not 'eu-west-1\\r'",
        ),
        (("console", "--print"), "AWS_REGION must be a region's name such as eu-west-1, not 'eu-west-1\\r'"),
    ],
)
def test_a_variable_with_a_carriage_return_is_named(world: World, words: tuple[str, ...], said: str) -> None:
    world.add_profile(f"[profile prod2]\nrole_arn = {world.role.arn}\nsource_profile = alice\n")
    keys: dict[str, Any] = {
        "AWS_ACCESS_KEY_ID": "ASIAX",
        "AWS_SECRET_ACCESS_KEY": "s",
        "AWS_SESSION_TOKEN": "t",
    }
    done = run(world, *words, AWS_REGION="eu-west-1\r", **keys)
    assert (done.returncode, done.stdout) == (3, "")
    assert f"awsactivate: error: {said}\n" in done.stderr
    assert "awsactivate: hint: unset AWS_REGION, or set it anew\n" in done.stderr


def test_doctor_names_the_variable_with_a_blank(world: World) -> None:
    done = run(world, "doctor", "--json", AWS_DEFAULT_REGION=" eu-west-1")
    found = [one for one in json.loads(done.stdout) if one["message"].startswith("AWS_DEFAULT_")]
    assert [(one["check"], one["status"], one["file"]) for one in found] == [("variables", "error", None)]


@pytest.mark.parametrize(
    ("partition", "text", "host"),
    [
        ("aws-us-gov", "region = us-gov-east-1\n", "sts.us-gov-east-1.amazonaws.com"),
        ("aws-us-gov", "", "sts.us-gov-west-1.amazonaws.com"),
        ("aws-cn", "", "sts.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_a_role_of_another_partition_is_never_asked_for_at_the_environments_region(
    world: World, partition: str, text: str, host: str
) -> None:
    """The sample: a region of Ireland in the environment, and a role of GovCloud; a proxy hears the host."""
    del world.environ["AWS_ENDPOINT_URL"]
    world.add_profile(
        f"[profile gov]\nrole_arn = arn:{partition}:iam::111122223333:role/r\nsource_profile = alice\n{text}"
    )
    heard: list[str] = []

    def refuse(request: BaseHTTPRequestHandler) -> None:
        heard.append(request.path)
        answering(403)(request)

    with server(refuse) as port:
        proxy = f"http://127.0.0.1:{port}"
        done = run(world, "export", "gov", AWS_DEFAULT_REGION="eu-west-1", HTTPS_PROXY=proxy)
    assert done.returncode == 7
    assert {*heard} == {f"{host}:443"}


@pytest.mark.parametrize(
    ("user", "said"),
    [
        ("", "wants another name and password than it was given (407)"),
        ("me:p%40ss@", "wants another name and password than it was given (407)"),
        ("me:right@", "refuses the way to AWS (403)"),
    ],
)
def test_doctor_finds_by_trying_what_a_proxy_says(world: World, user: str, said: str) -> None:
    del world.environ["AWS_ENDPOINT_URL"]
    with server(wants_password) as port:
        done = run(world, "doctor", "--json", HTTPS_PROXY=f"http://{user}127.0.0.1:{port}")
    found = next(one for one in json.loads(done.stdout) if one["check"] == "clock")
    assert found["message"].endswith(f"the proxy http://127.0.0.1:{port} of HTTPS_PROXY {said}")
    assert "HTTPS_PROXY" in found["hint"]
    assert "p%40ss" not in done.stdout + done.stderr
