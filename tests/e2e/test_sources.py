"""Each source that a profile can have, and each refusal that AWS can give: the real core as a process."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import stat
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from e2e.conftest import ANYTHING, World, mfa_trust
from harness.shells import PROGRAM

Result = subprocess.CompletedProcess[str]


def run(world: World, *words: str, input_text: str | None = None, **environ: str) -> Result:
    """Run the core without a terminal."""
    return subprocess.run(
        [str(PROGRAM), *words],
        env={**world.environ, **environ},
        input=input_text if input_text is not None else "",
        capture_output=True,
        text=True,
        start_new_session=True,
        check=False,
    )


def who(world: World, *words: str, **environ: str) -> str:
    """Say whom AWS takes the session of `words` for."""
    result = run(world, "export", *words, "--format", "json", **environ)
    assert result.returncode == 0, result.stderr
    values = json.loads(result.stdout)
    from awsactivate.sessions.credentials import Credentials

    credentials = Credentials(
        values["AWS_ACCESS_KEY_ID"], values["AWS_SECRET_ACCESS_KEY"], values["AWS_SESSION_TOKEN"]
    )
    arn: str = world.aws.client("sts", credentials).get_caller_identity()["Arn"]
    return arn


def test_a_chain_of_roles_is_followed_to_its_end(world: World) -> None:
    inner = {"Effect": "Allow", "Principal": {"AWS": world.role.arn}, "Action": "sts:AssumeRole"}
    trust = {"Version": "2012-10-17", "Statement": [inner]}
    inner_role = world.aws.role("inner", trust=trust, policies={"all": ANYTHING}, account=world.account)
    world.add_profile(
        f"[profile inner]\nrole_arn = {inner_role.arn}\nsource_profile = prod\nduration_seconds = 7200\n"
    )
    code = world.device.code()
    arn = who(world, "inner", "--mfa-code", code)
    assert arn.startswith(f"arn:aws:sts::{world.account}:assumed-role/inner/alice=")
    world.aws.clock.advance(30)
    again = who(world, "prod", "--chain", inner_role.arn, "--mfa-code", world.device.code())
    assert again.startswith(f"arn:aws:sts::{world.account}:assumed-role/inner/alice=")


def test_a_chain_says_before_the_call_that_it_lasts_an_hour(world: World) -> None:
    inner_role = world.aws.role("inner", trust=mfa_trust(world.account), account=world.account)
    world.add_profile(
        f"[profile inner]\nrole_arn = {inner_role.arn}\nsource_profile = prod\nduration_seconds = 7200\n"
    )
    result = run(world, "export", "inner", "--mfa-code", "000000")
    note = f"awsactivate: the session of {inner_role.arn} will last 3600 s, not the 7200 s asked for"
    assert result.stderr.startswith(note)


def test_a_bare_role_arn_takes_the_source_profile_it_is_given(world: World) -> None:
    arn = who(
        world,
        world.role.arn,
        "--source-profile",
        "alice",
        "--mfa-serial",
        world.device.serial,
        "--mfa-code",
        world.device.code(),
    )
    assert arn.startswith(f"arn:aws:sts::{world.account}:assumed-role/terraform/alice=")


def test_a_device_that_no_profile_names_is_found_when_the_role_refuses(world: World) -> None:
    world.add_profile(f"[profile silent]\nrole_arn = {world.role.arn}\nsource_profile = alice\n")
    world.aws.requests.clear()
    arn = who(world, "silent", "--mfa-code", world.device.code())
    assert arn.startswith(f"arn:aws:sts::{world.account}:assumed-role/terraform/alice=")
    # whether the role keeps a list of revoked sessions is asked beside these
    asked = [operation for operation in world.operations() if operation != "ListRoleTags"]
    assert asked[:4] == ["GetCallerIdentity", "AssumeRole", "ListMFADevices", "AssumeRole"]


def test_two_devices_that_no_profile_names_are_listed_not_guessed(world: World) -> None:
    second = world.aws.mfa_device(world.user, "alice-phone")
    world.add_profile(f"[profile silent]\nrole_arn = {world.role.arn}\nsource_profile = alice\n")
    result = run(world, "export", "silent", "--mfa-code", world.device.code())
    assert (result.returncode, result.stdout) == (5, "")
    assert world.device.serial in result.stderr
    assert second.serial in result.stderr


def test_the_session_bears_the_users_name_even_where_the_device_has_another(world: World) -> None:
    phone = world.aws.mfa_device(world.user, "alice-phone")
    arn = who(world, "prod", "--mfa-serial", phone.serial, "--mfa-code", phone.code())
    assert "/terraform/alice=" in arn


def test_a_profile_without_a_role_becomes_a_session_of_its_user(world: World) -> None:
    result = run(world, "export", "alice", "--format", "json")
    values = json.loads(result.stdout)
    assert values["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    assert world.user.credentials.access_key_id not in result.stdout
    assert who(world, "alice") == world.user.arn


def test_environment_keys_are_a_source(world: World) -> None:
    keys = world.user.credentials
    world.add_profile(
        f"[profile env]\nrole_arn = {world.role.arn}\ncredential_source = Environment\n"
        f"mfa_serial = {world.device.serial}\n"
    )
    arn = who(
        world,
        "env",
        "--mfa-code",
        world.device.code(),
        AWS_ACCESS_KEY_ID=keys.access_key_id,
        AWS_SECRET_ACCESS_KEY=keys.secret_access_key,
    )
    assert "/terraform/alice=" in arn


def process_profile(world: World, document: dict[str, object]) -> None:
    """Write a profile whose credential_process prints `document`."""
    script = world.home / "process"
    script.write_text(f"#!/bin/sh\ncat <<'EOF'\n{json.dumps(document)}\nEOF\n")
    script.chmod(0o755)
    world.add_profile(f"[profile process]\ncredential_process = {script}\n")


def test_a_process_that_prints_a_session_is_taken_as_it_is(world: World) -> None:
    session = world.aws.client("sts", world.user.credentials).get_session_token()["Credentials"]
    process_profile(
        world,
        {
            "Version": 1,
            "AccessKeyId": session["AccessKeyId"],
            "SecretAccessKey": session["SecretAccessKey"],
            "SessionToken": session["SessionToken"],
            "Expiration": session["Expiration"].isoformat(),
        },
    )
    result = run(world, "export", "process", "--format", "json")
    values = json.loads(result.stdout)
    assert values["AWS_ACCESS_KEY_ID"] == session["AccessKeyId"]
    assert values["AWS_CREDENTIAL_EXPIRATION"] == session["Expiration"].strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_process_that_prints_a_long_term_key_never_puts_it_into_an_environment(world: World) -> None:
    keys = world.user.credentials
    process_profile(
        world,
        {"Version": 1, "AccessKeyId": keys.access_key_id, "SecretAccessKey": keys.secret_access_key},
    )
    result = run(world, "export", "process", "--format", "json")
    assert json.loads(result.stdout)["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    assert keys.access_key_id not in result.stdout


def test_a_process_that_fails_is_status_3_and_its_output_is_no_text_for_the_shell(world: World) -> None:
    world.add_profile("[profile process]\ncredential_process = sh -c 'echo export EVIL=1; exit 4'\n")
    result = run(world, "_activate", "bash", "process")
    assert (result.returncode, result.stdout) == (3, "")


def test_a_cached_single_sign_on_token_is_a_source(world: World) -> None:
    role = world.aws.role(
        "sso", trust=mfa_trust(world.account), policies={"all": ANYTHING}, account=world.account
    )
    start_url = "https://example.awsapps.com/start"
    world.add_profile(
        "[profile sso]\nsso_session = corp\n"
        f"sso_account_id = {world.account}\nsso_role_name = Admin\nregion = eu-west-1\n"
        f"[sso-session corp]\nsso_start_url = {start_url}\nsso_region = us-east-1\n"
    )
    without_token = run(world, "export", "sso")
    assert (without_token.returncode, without_token.stdout) == (3, "")
    assert "awsactivate: hint: awsactivate login sso\n" in without_token.stderr

    cache = world.home / ".aws/sso/cache"
    cache.mkdir(parents=True)
    token = world.aws.portal_token("Admin", role, world.account, "someone@example.com")
    expires = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    (cache / f"{hashlib.sha1(b'corp').hexdigest()}.json").write_text(
        json.dumps({"startUrl": start_url, "region": "us-east-1", "accessToken": token, "expiresAt": expires})
    )
    arn = who(world, "sso")
    assert arn == f"arn:aws:sts::{world.account}:assumed-role/sso/someone@example.com"


def test_a_web_identity_token_is_a_source(world: World) -> None:
    provider = "token.example.com"
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:aws:iam::{world.account}:oidc-provider/{provider}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
    }
    trust = {"Version": "2012-10-17", "Statement": [statement]}
    role = world.aws.role("web", trust=trust, policies={"all": ANYTHING}, account=world.account)
    token = world.home / "token"
    token.write_text(world.aws.web_identity_token(provider, "job"))
    world.add_profile(
        f"[profile web]\nrole_arn = {role.arn}\nweb_identity_token_file = {token}\nrole_session_name = job\n"
    )
    assert who(world, "web") == f"arn:aws:sts::{world.account}:assumed-role/web/job"


def test_a_duration_above_the_roles_maximum_is_retried_at_the_maximum_and_said(world: World) -> None:
    role = world.aws.role(
        "long",
        trust=mfa_trust(world.account),
        policies={"all": ANYTHING},
        account=world.account,
        max_session_duration=7200,
    )
    world.add_profile(
        f"[profile long]\nrole_arn = {role.arn}\nsource_profile = alice\nmfa_serial = {world.device.serial}\n"
    )
    result = run(
        world, "export", "long", "--duration", "12h", "--format", "process", "--mfa-code", world.device.code()
    )
    assert result.returncode == 0, result.stderr
    assert f"awsactivate: {role.arn} allows no session of 720 min: its maximum is 120 min\n" in result.stderr
    expires = datetime.fromisoformat(json.loads(result.stdout)["Expiration"])
    assert abs((expires - datetime.now(UTC)).total_seconds() - 7200) < 60


def test_where_nobody_may_look_the_maximum_up_an_hour_is_asked_for(world: World) -> None:
    only_assume = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}],
    }
    user = world.aws.user("bob", policies={"assume": only_assume}, account=world.account)
    trust = mfa_trust(world.account)
    trust["Statement"] = [{**trust["Statement"][0], "Condition": {}}]  # type: ignore[index]
    role = world.aws.role("short", trust=trust, policies={"all": ANYTHING}, account=world.account)
    with (world.home / ".aws/credentials").open("a") as file:
        file.write(
            f"[bob]\naws_access_key_id = {user.credentials.access_key_id}\n"
            f"aws_secret_access_key = {user.credentials.secret_access_key}\n"
        )
    world.add_profile(f"[profile short]\nrole_arn = {role.arn}\nsource_profile = bob\n")
    result = run(world, "export", "short", "--duration", "2h", "--format", "process")
    assert result.returncode == 0, result.stderr
    assert "allows no session of 120 min: asking for 60 min, which every role allows\n" in result.stderr


def test_another_account_than_the_expected_one_is_refused_and_nothing_printed(world: World) -> None:
    world.add_profile("[profile mine]\nsource_profile = alice\nexpected_account_id = 999999999999\n")
    result = run(world, "export", "mine")
    assert (result.returncode, result.stdout) == (6, "")
    assert result.stderr.startswith(
        f"awsactivate: error: the credentials are of account {world.account}, and mine expects 999999999999\n"
    )


def test_a_clock_that_is_off_is_named_with_its_seconds(world: World) -> None:
    world.aws.clock.set_skew(-900)
    result = run(world, "export", "prod", "--mfa-code", "123456")
    assert (result.returncode, result.stdout) == (6, "")
    assert "this machine's clock is 9" in result.stderr
    assert "s ahead of AWS's, so AWS refuses its signatures" in result.stderr
    assert "awsactivate: hint: set the clock\n" in result.stderr


def test_a_skew_too_small_for_signatures_is_told_with_a_refused_code(world: World) -> None:
    world.aws.clock.set_skew(-100)
    codes = {world.device.code(at=time.time() + shift) for shift in (-130, -100, -70)}
    code = next(f"{n:06d}" for n in range(10) if f"{n:06d}" not in codes)
    result = run(world, "export", "prod", "--mfa-code", code)
    assert result.returncode == 5
    assert "this machine's clock is " in result.stderr


def test_an_inactive_key_is_told_before_a_code_is_sent(world: World) -> None:
    key = world.user.credentials.access_key_id
    admin = world.aws.client("iam", world.aws.account(world.account))
    admin.update_access_key(UserName="alice", AccessKeyId=key, Status="Inactive")
    result = run(world, "export", "prod", "--mfa-code", world.device.code())
    assert (result.returncode, result.stdout) == (6, "")
    assert "AWS does not know this access key, or it is inactive (InvalidClientTokenId)" in result.stderr
    assert "AssumeRole" not in world.operations()


def test_a_throttled_call_is_made_again(world: World) -> None:
    world.aws.levers.fail_next("AssumeRole", "Throttling", "Rate exceeded", 400)
    assert "/terraform/alice=" in who(world, "prod", "--mfa-code", world.device.code())


def test_a_refusal_names_what_of_the_request_the_role_may_not_allow(world: World) -> None:
    result = run(world, "export", "dev", "--no-mfa", "--role-session-name", "fixed", "--external-id", "xy")
    assert (result.returncode, result.stdout) == (6, "")
    assert "(AccessDenied)" in result.stderr
    hint = result.stderr.splitlines()[1]
    assert hint.startswith("awsactivate: hint: the role's trust policy may refuse ")
    assert "no MFA code" in hint
    assert "role_session_name" in hint


@pytest.mark.parametrize("pattern", ["${aws:username}", "alice", "al??e"])
def test_a_trust_that_wants_the_bare_name_is_named_first_and_the_option_helps(
    world: World, pattern: str
) -> None:
    """The sample: nothing said that it was our own name for the session that was refused."""
    trust = mfa_trust(world.account)
    statement = trust["Statement"][0]  # type: ignore[index]
    statement["Condition"]["StringLike"] = {"sts:RoleSessionName": pattern}
    role = world.aws.role("bare", trust=trust, policies={"all": ANYTHING}, account=world.account)
    world.add_profile(
        f"[profile bare]\nrole_arn = {role.arn}\nsource_profile = alice\nmfa_serial = {world.device.serial}\n"
    )
    result = run(world, "export", "bare", "--mfa-code", world.device.code())
    assert result.returncode == 6
    assert result.stderr.splitlines()[1].startswith(
        "awsactivate: hint: the role's trust policy may want the session's name to be alice alone:"
        " --role-session-name alice"
    )
    world.aws.clock.advance(30)
    arn = who(world, "bare", "--role-session-name", "alice", "--mfa-code", world.device.code())
    assert arn.endswith(":assumed-role/bare/alice")


def test_an_mfa_process_gives_the_code(world: World) -> None:
    script = world.home / "code"
    script.write_text(f"#!/bin/sh\necho your code: {world.device.code()}\n")
    script.chmod(0o755)
    world.add_profile(
        f"[profile byprocess]\nrole_arn = {world.role.arn}\nsource_profile = alice\n"
        f"mfa_serial = {world.device.serial}\nmfa_process = {script}\n"
    )
    assert "/terraform/alice=" in who(world, "byprocess")


def test_a_code_may_come_from_stdin_or_the_environment_if_one_says_so(world: World) -> None:
    code = world.device.code()
    result = run(world, "export", "prod", "--mfa-code", "-", input_text=f"{code}\n")
    assert result.returncode == 0, result.stderr
    world.aws.clock.advance(30)
    assert "/terraform/" in who(world, "prod", AWSACTIVATE_MFA_CODE=world.device.code())


def test_without_a_terminal_the_lack_of_a_code_is_said_at_once(world: World) -> None:
    result = run(world, "export", "prod", input_text="123456\n")
    assert (result.returncode, result.stdout) == (5, "")
    assert "no terminal to ask on" in result.stderr


def test_the_process_document_serves_boto3(world: World) -> None:
    command = f"{PROGRAM} export prod --format process --mfa-code {world.device.code()}"
    config = world.home / "other-config"
    config.write_text(
        f"[profile through]\ncredential_process = env AWS_CONFIG_FILE={world.home}/.aws/config {command}\n"
    )
    script = "import boto3; print(boto3.client('sts', region_name='us-east-1').get_caller_identity()['Arn'])"
    result = subprocess.run(
        [sys.executable, "-c", script],
        env={**world.environ, "AWS_CONFIG_FILE": str(config), "AWS_PROFILE": "through"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "assumed-role/terraform/alice=" in result.stdout, result.stderr


def test_export_writes_what_a_shell_and_a_dotenv_reader_read_back(world: World) -> None:
    for number, form in enumerate(("shell", "dotenv")):
        world.aws.clock.advance(30 * number)
        result = run(world, "export", "prod", "--format", form, "--mfa-code", world.device.code())
        reader = "set -a; . /dev/stdin; env -0"
        read = subprocess.run(
            ["sh", "-c", reader],
            input=result.stdout,
            env={"PATH": os.environ["PATH"], "AWS_PROFILE": "x"},
            capture_output=True,
            text=True,
            check=True,
        )
        values = dict(pair.split("=", 1) for pair in read.stdout.split("\0") if pair)
        assert values["AWS_ACCESS_KEY_ID"].startswith("ASIA")
        assert values["AWS_REGION"] == "eu-west-1"
        assert not any(name.startswith("AWSACTIVATE_") for name in values)
        assert ("AWS_PROFILE" in values) == (form == "dotenv")


def test_exec_is_replaced_by_its_command(world: World) -> None:
    script = "import os, sys; print(os.environ['AWSACTIVATE_PROFILE'], *sorted(os.environ)); sys.exit(7)"
    result = run(world, "exec", "prod", "--mfa-code", world.device.code(), "--", sys.executable, "-c", script)
    assert result.returncode == 7
    assert result.stdout.startswith("prod ")
    assert "_AWSACTIVATE" not in result.stdout


def test_exec_dies_of_its_commands_signal(world: World) -> None:
    result = run(world, "exec", "prod", "--mfa-code", world.device.code(), "--", "sh", "-c", "kill -TERM $$")
    assert result.returncode == -signal.SIGTERM


def test_exec_leaves_no_process_between(world: World) -> None:
    with subprocess.Popen(
        [str(PROGRAM), "exec", "prod", "--mfa-code", world.device.code(), "--", "sh", "-c", "echo $$; env"],
        env=world.environ,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        shown = process.communicate()[0]
    assert shown.splitlines()[0] == str(process.pid)
    assert "AWSACTIVATE_MFA_CODE" not in shown
    assert "\nAWS_PROFILE=" not in shown


def test_nothing_secret_is_left_on_disk(world: World) -> None:
    code = world.device.code()
    result = run(world, "export", "prod", "--format", "json", "--mfa-code", code)
    values = json.loads(result.stdout)
    secrets = [values["AWS_SECRET_ACCESS_KEY"], values["AWS_SESSION_TOKEN"], code, world.device.seed]
    for path in Path(world.home).rglob("*"):
        if path.is_file() and path.name != "credentials":
            text = path.read_text(errors="replace")
            assert not any(secret in text for secret in secrets), path
    state = world.home / ".local/state/awsactivate"
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in state.iterdir())


@pytest.mark.parametrize("partition", ["aws-cn", "aws-us-gov"])
def test_other_partitions_have_their_own_endpoints(world: World, partition: str) -> None:
    """What the client would call is looked at, since the embedded AWS stands for one partition only."""
    script = (
        "import sys; from awsactivate.aws.clients import client;"
        "from awsactivate.sessions.credentials import Credentials;"
        "print(client('sts', Credentials('a', 'b'), profile=None, partition=sys.argv[1]).meta.endpoint_url)"
    )
    environ = {name: value for name, value in world.environ.items() if name != "AWS_ENDPOINT_URL"}
    result = subprocess.run(
        [sys.executable, "-c", script, partition], env=environ, capture_output=True, text=True, check=True
    )
    assert (
        result.stdout.strip()
        == {
            "aws-cn": "https://sts.cn-north-1.amazonaws.com.cn",
            "aws-us-gov": "https://sts.us-gov-west-1.amazonaws.com",
        }[partition]
    )


@pytest.mark.parametrize(
    ("settings", "endpoint"),
    [
        ("region = eu-west-1\n", "https://sts.eu-west-1.amazonaws.com"),
        ("region = us-east-1\nuse_fips_endpoint = true\n", "https://sts-fips.us-east-1.amazonaws.com"),
        ("region = eu-west-1\nsts_regional_endpoints = legacy\n", "https://sts.amazonaws.com"),
        ("region = eu-west-1\nuse_dualstack_endpoint = true\n", "https://sts.eu-west-1.api.aws"),
        ("region = eu-west-1\nendpoint_url = https://sts.example.com\n", "https://sts.example.com"),
    ],
)
def test_a_profiles_endpoint_settings_are_botocores(world: World, settings: str, endpoint: str) -> None:
    world.add_profile(f"[profile special]\n{settings}")
    script = (
        "from awsactivate.aws.clients import client\n"
        "from awsactivate.sessions.credentials import Credentials\n"
        "print(client('sts', Credentials('a', 'b'), profile='special').meta.endpoint_url)"
    )
    environ = {name: value for name, value in world.environ.items() if name != "AWS_ENDPOINT_URL"}
    result = subprocess.run(
        [sys.executable, "-c", script], env=environ, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == endpoint


def passkey(world: World) -> str:
    """Enable a passkey for the user, which IAM does from a browser only."""
    from moto.iam.models import iam_backends

    serial = f"arn:aws:iam::{world.account}:u2f/user/alice/phone-ABCDEF"
    iam_backends[world.account]["aws"].enable_mfa_device("alice", serial, "000000", "000000")
    return serial


def test_a_passkey_beside_a_device_is_not_counted_and_asked_for_no_code(world: World) -> None:
    serial = passkey(world)
    world.add_profile(f"[profile silent]\nrole_arn = {world.role.arn}\nsource_profile = alice\n")
    arn = who(world, "silent", "--mfa-code", world.device.code())
    assert arn.startswith(f"arn:aws:sts::{world.account}:assumed-role/terraform/alice=")
    listed = run(world, "mfa", "list", "alice", "--json")
    codes = {row["serial"]: row["gives_codes"] for row in json.loads(listed.stdout)}
    assert codes == {world.device.serial: True, serial: False}


def test_a_passkey_alone_is_told_in_words(world: World) -> None:
    serial = passkey(world)
    admin = world.aws.client("iam", world.aws.account(world.account))
    admin.deactivate_mfa_device(UserName="alice", SerialNumber=world.device.serial)
    world.add_profile(
        f"[profile silent]\nrole_arn = {world.role.arn}\nsource_profile = alice\n"
        f"[profile named]\nrole_arn = {world.role.arn}\nsource_profile = alice\nmfa_serial = {serial}\n"
    )
    alone = run(world, "export", "silent")
    assert alone.returncode == 5, alone.stderr
    assert "the user has only a passkey or security key, which AWS takes in a browser only" in alone.stderr
    assert "awsactivate: hint: add a device that gives codes: awsactivate mfa enroll\n" in alone.stderr
    named = run(world, "export", "named")
    assert (named.returncode, "mfa_serial names a passkey or security key" in named.stderr) == (3, True)
    resynced = run(world, "mfa", "resync", "alice", "--serial", serial)
    assert (resynced.returncode, "it gives no codes" in resynced.stderr) == (5, True), resynced.stderr
