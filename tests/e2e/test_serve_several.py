"""`exec --serve=A,B,…`: real SDKs see these profiles by their names, and no others, for one code a device."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from e2e.conftest import World, mfa_trust
from e2e.exec_runs import python
from e2e.exec_runs import run_exec as serve
from e2e.stopping import stop_and_go_on
from e2e.watching import Watch
from harness.shells import PROGRAM, Shell

WHO = """
import boto3, json, os, sys
def who(name):
    session = boto3.Session(profile_name=name)
    return session.client("sts").get_caller_identity()["Arn"].split("/")[1], session.region_name
"""
# As `credential_process` does it, without an SDK around it.
FETCH = """
import configparser, json, os, shlex, subprocess
config = configparser.RawConfigParser()
config.read(os.environ["AWS_CONFIG_FILE"])
def fetch(name):
    command = config[f"profile {name}"]["credential_process"]
    return json.loads(subprocess.run(shlex.split(command), capture_output=True, check=True).stdout)
"""


@pytest.fixture
def three(world: World) -> World:
    """Add the profiles `dns` and `logs`, of roles of their own, to what stands in the config."""
    for name, more in (("dns", "region = eu-north-1\ns3 =\n    max_concurrent_requests = 3\n"), ("logs", "")):
        role = world.aws.role(
            name, trust=mfa_trust(world.account), policies={"all": ANYTHING}, account=world.account
        )
        world.add_profile(
            f"[profile {name}]\nrole_arn = {role.arn}\nsource_profile = alice\n"
            f"mfa_serial = {world.device.serial}\n{more}\n"
        )
    world.aws.requests.clear()
    return world


ANYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def codes_sent(world: World) -> int:
    """Count the calls that a user's own key began a session with: each brought a code."""
    by_key = [request for request in world.aws.requests if (request.access_key_id or "").startswith("AKIA")]
    return sum(request.operation in ("AssumeRole", "GetSessionToken") for request in by_key)


def test_boto3_sees_each_by_its_name_and_sts_one_code(three: World) -> None:
    text = f"""{WHO}
print(json.dumps([boto3.Session().available_profiles, *map(who, [None, "prod", "dns", "logs"])]))
print(boto3.Session(profile_name="dns")._session.get_scoped_config()["s3"])
"""
    words = ("--serve=prod,dns,logs", "--mfa-code", three.device.code(), "--", *python(text))
    done = serve(three, *words, AWS_REGION="us-west-2", AWS_PROFILE="alice")
    assert done.returncode == 0, done.stderr
    seen, s3 = done.stdout.splitlines()
    assert json.loads(seen) == [
        ["prod", "dns", "logs"],
        *(["terraform", "eu-west-1"], ["terraform", "eu-west-1"]),
        *(["dns", "eu-north-1"], ["logs", "us-west-2"]),
    ]
    assert s3 == "{'max_concurrent_requests': '3'}"
    assert codes_sent(three) == 1
    assert done.stderr == (
        "awsactivate: renewed for 8 h with this code, while the command runs: prod, dns, logs\n"
    )


@pytest.mark.long
def test_the_aws_command_sees_them_too(three: World) -> None:
    ask = "aws sts get-caller-identity --query Arn --output text"
    words = ("--serve=prod,dns", "--mfa-code", three.device.code(), "--", "sh", "-c")
    done = serve(three, *words, f"{ask}; {ask} --profile dns; {ask} --profile alice")
    assert [line.split("/")[1] for line in done.stdout.splitlines()] == ["terraform", "dns"]
    assert "The config profile (alice) could not be found" in done.stderr


def test_the_command_has_a_private_file_without_a_secret_and_nothing_else(three: World) -> None:
    text = f"""{FETCH}
import stat
path = os.environ["AWS_CONFIG_FILE"]
modes = [stat.S_IMODE(os.stat(one).st_mode) for one in (path, os.path.dirname(path))]
print(json.dumps([dict(os.environ), modes, open(path).read(), fetch("dns")]))
"""
    outer = {"AWS_ACCESS_KEY_ID": "AKIABEFORE", "AWS_SECRET_ACCESS_KEY": "before", "AWS_REGION": "us-west-2"}
    words = ("--serve=prod,dns", "--mfa-code", three.device.code(), "--", *python(text))
    done = serve(three, *words, **outer, AWSACTIVATE_MFA_CODE="000000", XDG_RUNTIME_DIR=str(three.home))
    environ, modes, config, fetched = json.loads(done.stdout)
    assert modes == [0o600, 0o700]
    assert environ["AWS_PROFILE"] == "prod"
    assert environ["AWS_SHARED_CREDENTIALS_FILE"] == "/dev/null"
    assert environ.keys().isdisjoint({*outer, "AWSACTIVATE_MFA_CODE", "AWSACTIVATE_VARS"})
    assert fetched["Version"] == 1
    secrets = [
        *(fetched[name] for name in ("SecretAccessKey", "SessionToken")),
        environ["AWSACTIVATE_SERVE_TOKEN"],
    ]
    for secret in (*secrets, three.user.credentials.secret_access_key, three.user.credentials.access_key_id):
        assert secret not in config
    for secret in (*secrets[:2], three.user.credentials.secret_access_key):
        assert secret not in str(environ)
    assert not Path(environ["AWS_CONFIG_FILE"]).parent.exists()


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("--serve=prod", "prod", "--", "true"), 2, "--serve= with names, and TARGET, exclude each other"),
        (
            ("--serve=prod,prdo", "--", "true"),
            3,
            "there is no profile 'prdo'\nawsactivate: hint: did you mean 'prod'?",
        ),
        (("--serve=arn:aws:iam::1:role/x", "--", "true"), 3, "there is no profile 'arn:aws:iam::1:role/x'"),
        (("--serve=prod,", "--", "true"), 2, "--serve= takes names with a comma between them"),
        (("--serve", "--", "true"), 2, "there is no TARGET"),
        (("--serve=prod", "--", "no-such-command"), 2, "there is no command 'no-such-command' on PATH"),
    ],
)
def test_what_can_not_be_meant_costs_no_code(
    world: World, words: tuple[str, ...], status: int, said: str
) -> None:
    world.aws.requests.clear()
    done = serve(world, *words)
    assert (done.returncode, done.stdout, world.operations()) == (status, "", [])
    assert f"awsactivate: error: {said}" in done.stderr


@pytest.mark.long
def test_each_device_asks_for_its_own_code_in_turn(three: World, shell: Shell) -> None:
    bob = three.aws.user("bob", policies={"all": ANYTHING}, account=three.account)
    device = three.aws.mfa_device(bob)
    three.add_profile(
        f"[profile other]\nrole_arn = {three.role.arn}\nsource_profile = bob\nmfa_serial = {device.serial}\n"
    )
    with (three.home / ".aws/credentials").open("a") as file:
        file.write(
            f"[bob]\naws_access_key_id = {bob.credentials.access_key_id}\n"
            f"aws_secret_access_key = {bob.credentials.secret_access_key}\n"
        )
    look = f'{sys.executable} -c \'{FETCH}\nprint(*[fetch(n)["Version"] for n in ("prod", "other", "dns")])\''
    program = three.home / "look.sh"
    program.write_text(f"exec {look}\n")
    shell.begin(f"awsactivate exec --serve=prod,other,dns -- sh {program}", three.prompt)
    shell.type(three.device.code() + "\r")
    shell.expect(f"MFA code for {device.serial}: ")
    shell.type(device.code() + "\r")
    assert "1 1 1" in shell.prompt()
    assert codes_sent(three) == 2


Lasting = Callable[[float], None]


@pytest.fixture
def lasting(world: World) -> Lasting:
    """Make the profiles p0, p1 and p2, whose credentials last as long as one says; each fetch is noted."""
    for name in ("p0", "p1", "p2"):
        count, document = world.home / f"{name}.count", world.home / f"{name}.json"
        world.add_profile(
            f"[profile {name}]\ncredential_process = sh -c 'echo x >>{count}; cat {document}'\n"
        )
    (world.home / ".aws/cli").mkdir()

    def lasts(seconds: float) -> None:
        ends = datetime.fromtimestamp(time.time() + seconds, UTC).isoformat()
        for name in ("p0", "p1", "p2"):
            session = world.aws.client("sts", world.user.credentials).get_session_token()["Credentials"]
            new = world.home / "new"
            new.write_text(json.dumps({"Version": 1, **session, "Expiration": ends}))
            new.replace(world.home / f"{name}.json")

    return lasts


@pytest.mark.long
def test_fifty_threads_over_three_profiles_have_each_renewed_once(world: World, lasting: Lasting) -> None:
    lasting(4)
    text = """
import concurrent.futures, json, os, sys, time, urllib.request
base, token = os.environ["AWSACTIVATE_SERVE_URI"], os.environ["AWSACTIVATE_SERVE_TOKEN"]
def ask(number):
    name = f"p{number % 3}"
    request = urllib.request.Request(base + name, headers={"Authorization": token})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return name, json.load(answer)["AccessKeyId"]
first = dict(map(ask, range(3)))
print("ready", flush=True)
sys.stdin.readline()
while time.time() < float(sys.argv[1]): time.sleep(0.01)
with concurrent.futures.ThreadPoolExecutor(50) as pool:
    answers = list(pool.map(ask, range(500)))
later = dict(map(ask, range(3)))
print(len(answers), len(set(first.values())), all(later[n] != first[n] for n in first),
      all(key in (first[name], later[name]) for name, key in answers))
"""
    child = subprocess.Popen(
        [PROGRAM, "exec", "--serve=p0,p1,p2", "--", *python(text), str(time.time() + 6)],
        env=world.environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    lasting(3600)
    before = [(world.home / f"{name}.count").read_text() for name in ("p0", "p1", "p2")]
    output, errors = child.communicate("\n", timeout=60)
    assert (output, errors) == ("500 3 True True\n", "")
    after = [(world.home / f"{name}.count").read_text() for name in ("p0", "p1", "p2")]
    assert after == [text + "x\n" for text in before]


def test_one_code_is_good_for_every_renewal_of_all(three: World) -> None:
    # a margin longer than any session: each request begins another
    script = (
        "from awsactivate.running.renewed import Renewed; Renewed._margin_of = lambda *_: 1e9; "
        "from awsactivate.cli import main; main()"
    )
    text = f"""{FETCH}
import time
for name in ("prod", "dns"):
    first = fetch(name)["AccessKeyId"]
    while fetch(name)["AccessKeyId"] == first: time.sleep(0.1)
print("renewed")
"""
    words = ("exec", "--serve=prod,dns", "--mfa-code", three.device.code(), "--", *python(text))
    done = subprocess.run(
        [sys.executable, "-c", script, *words], env=three.environ, capture_output=True, text=True
    )
    assert (done.stdout, done.returncode) == ("renewed\n", 0), done.stderr
    assert codes_sent(three) == 1
    assert three.operations().count("AssumeRole") >= 4


def test_the_users_own_session_and_a_role_share_a_code(three: World) -> None:
    three.add_profile(
        "[profile own]\nsource_profile = alice\nduration_seconds = 1800\n"
        f"mfa_serial = {three.device.serial}\n"
    )
    text = f"{FETCH}\nprint(*[fetch(name)['Version'] for name in ('prod', 'own')])"
    done = serve(three, "--serve=prod,own", "--mfa-code", three.device.code(), "--", *python(text))
    assert (done.stdout, codes_sent(three)) == ("1 1\n", 1), done.stderr
    assert done.stderr == (
        "awsactivate: renewed for 30 min with this code, while the command runs: prod\n"
        "awsactivate: note: own has no role, and needs a code each time: it is not renewed\n"
    )


def test_two_names_for_keys_of_one_user_share_a_code(three: World) -> None:
    """One device is one user's, whichever of the user's keys a profile names."""
    iam = three.aws.client("iam", three.user.credentials)
    key = iam.create_access_key(UserName=three.user.name)["AccessKey"]
    with (three.home / ".aws/credentials").open("a") as file:
        file.write(
            f"[other]\naws_access_key_id = {key['AccessKeyId']}\n"
            f"aws_secret_access_key = {key['SecretAccessKey']}\n"
        )
    config = three.home / ".aws/config"
    role = f"[profile too]\nrole_arn = {three.role.arn}\nsource_profile = other\n"
    config.write_text(f"{config.read_text()}{role}mfa_serial = {three.device.serial}\n")
    three.aws.requests.clear()
    words = ("--serve=prod,too", "--mfa-code", three.device.code(), "--", *python(f"{FETCH}fetch('too')"))
    done = serve(three, *words)
    assert (done.returncode, codes_sent(three)) == (0, 1), done.stderr


def test_a_device_that_no_profile_names_is_found_and_asked_once(three: World) -> None:
    for name in ("silent", "mute"):
        three.add_profile(f"[profile {name}]\nrole_arn = {three.role.arn}\nsource_profile = alice\n")
    text = f"{FETCH}\nprint(*[fetch(name)['Version'] for name in ('silent', 'mute')])"
    done = serve(three, "--serve=silent,mute", "--mfa-code", three.device.code(), "--", *python(text))
    assert (done.stdout, three.operations().count("GetSessionToken")) == ("1 1\n", 1), done.stderr


def test_a_code_that_nobody_types_is_shared_too(three: World) -> None:
    for name in ("one", "two"):
        three.add_profile(
            f"[profile {name}]\nrole_arn = {three.role.arn}\nsource_profile = alice\n"
            f"mfa_serial = {three.device.serial}\nmfa_process = echo {three.device.code()}\n"
        )
    text = f"{FETCH}\nprint(*[fetch(name)['Version'] for name in ('one', 'two')])"
    done = serve(three, "--serve=one,two", "--", *python(text))
    assert (done.stdout, done.stderr, codes_sent(three)) == ("1 1\n", "", 1)


def test_another_account_than_the_expected_one_runs_nothing(three: World) -> None:
    session = three.aws.client("sts", three.user.credentials).get_session_token()["Credentials"]
    document = three.home / "document.json"
    document.write_text(json.dumps({"Version": 1, **session, "Expiration": "2036-01-01T00:00:00Z"}))
    three.add_profile(
        f"[profile elsewhere]\ncredential_process = cat {document}\nexpected_account_id = 999999999999\n"
    )
    words = ("--serve=prod,elsewhere", "--mfa-code", three.device.code(), "--", "echo", "ran")
    done = serve(three, *words)
    assert (done.returncode, done.stdout) == (6, "")
    assert "elsewhere expects 999999999999" in done.stderr


@pytest.mark.parametrize(("script", "status"), [("exit 7", 7), ("kill -TERM $$", -15)])
def test_it_ends_as_the_command_ends_and_leaves_nothing(
    three: World, short_folder: Path, script: str, status: int
) -> None:
    runtime = short_folder
    code = three.device.code()
    words = ("--serve=prod,dns", "--mfa-code", code, "--socket", str(runtime / "s"), "--", "sh", "-c")
    assert serve(three, *words, script, XDG_RUNTIME_DIR=str(runtime)).returncode == status
    assert list(runtime.iterdir()) == []


def test_nothing_is_left_where_awsactivate_itself_is_killed(three: World, short_folder: Path) -> None:
    runtime = short_folder
    words = ("--serve=prod,dns", "--mfa-code", three.device.code(), "--socket", str(runtime / "s"), "--")
    child = subprocess.Popen(
        [PROGRAM, "exec", *words, "sh", "-c", "echo ready; exec sleep 60"],
        env={**three.environ, "XDG_RUNTIME_DIR": str(runtime)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"ready\n"
    assert len(list(runtime.iterdir())) == 2
    child.kill()
    child.wait()
    deadline = time.monotonic() + 30
    while list(runtime.iterdir()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.killpg(child.pid, signal.SIGKILL)  # the command, which nobody serves any more


def test_no_process_shows_a_secret_but_the_command_its_token(three: World) -> None:
    text = f"""{FETCH}
import sys
import select
print(json.dumps([fetch("prod"), os.environ["AWSACTIVATE_SERVE_TOKEN"]]), flush=True)
while not select.select([sys.stdin], [], [], 0)[0]:
    fetch("dns")
"""
    child = subprocess.Popen(
        [PROGRAM, "exec", "--serve=prod,dns", "--", *python(text)],
        env={**three.environ, "AWSACTIVATE_MFA_CODE": three.device.code()},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    with Watch(child.pid) as watch:
        fetched, token = json.loads(child.stdout.readline())
        deadline = time.monotonic() + 60
        while not any(b"fetch.py" in line for line in set(watch.command_lines)):
            assert time.monotonic() < deadline, "no fetch was seen"
            time.sleep(0.01)
        child.communicate("\n", timeout=60)
    assert any(b"port_keeper.py" in line for line in watch.command_lines)
    hidden = [fetched["SecretAccessKey"], fetched["SessionToken"], three.user.credentials.secret_access_key]
    for line, environs in watch.environments.items():
        assert not any(secret.encode() in line for secret in (*hidden, token))
        assert not any(secret.encode() in environ for environ in environs for secret in hidden)
        if b"port_keeper.py" in line:
            assert not any(token.encode() in environ for environ in environs)


@pytest.mark.long
def test_commands_of_ours_in_it_find_the_profiles(three: World) -> None:
    script = f"{PROGRAM} list --json; {PROGRAM} exec dns -- env"
    words = ("--serve=prod,dns", "--mfa-code", three.device.code(), "--", "sh", "-c", script)
    done = serve(three, *words)
    listed, _, environ = done.stdout.rpartition("]\n")
    assert [one["profile"] for one in json.loads(listed + "]")] == ["prod", "dns"], done.stderr
    assert "AWSACTIVATE_PROFILE=dns\n" in environ, done.stderr
    assert re.search(r"^AWS_SESSION_TOKEN=.", environ, re.MULTILINE)


@pytest.mark.long
def test_the_command_is_at_the_terminal_and_stops_and_goes_on(three: World, shell: Shell) -> None:
    stop_and_go_on(shell, three, "awsactivate exec --serve=prod,dns")
