"""`exec --guard`: real programs work on AWS, ask the person, and never hold a key."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from e2e.conftest import ANYTHING, World
from e2e.exec_runs import python
from e2e.exec_runs import run_exec as run
from harness.shells import PROGRAM, Shell
from harness.terminals import SECONDS, Terminal, terminal

IN_REGION = ("--create-bucket-configuration", "LocationConstraint=eu-west-1")
FAILED = 255  # of an AWS CLI whose call was refused
CHOICES = "[o]nce, [5] minutes, [a]lways this action, [n]o"
AWS = str(Path(sys.executable).with_name("aws"))


@pytest.fixture
def guarded(world: World) -> Iterator[World]:
    """Add the profile `open`, which needs no code, and whose role may do anything."""
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{world.account}:root"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    role = world.aws.role("open", trust=trust, policies={"all": ANYTHING}, account=world.account)
    world.aws.requests.clear()
    world.add_profile(f"[profile open]\nrole_arn = {role.arn}\nsource_profile = alice\nregion = eu-west-1\n")
    # a test's home may have a longer path than a socket's may be
    with tempfile.TemporaryDirectory() as folder:
        state = world.home / ".local/state"
        state.mkdir(parents=True, exist_ok=True)
        (Path(folder) / "state").symlink_to(state)
        world.environ["XDG_STATE_HOME"] = f"{folder}/state"
        yield world


@contextmanager
def on_terminal(world: World, *words: str) -> Iterator[Terminal]:
    """Run `awsactivate exec --guard open …` on a terminal."""
    with terminal([PROGRAM, "exec", "--guard", "open", "--", *words], world.environ) as opened:
        yield opened


def buckets(world: World) -> list[str]:
    """Name the account's buckets."""
    found = world.aws.client("s3", world.user.credentials).list_buckets()["Buckets"]
    return [bucket["Name"] for bucket in found]


def question(world: World, what: str) -> str:
    return f"awsactivate: aws wants {what} in open ({world.account}): {CHOICES}? "


@pytest.mark.long
def test_a_read_passes_and_the_session_has_signed_it(guarded: World) -> None:
    done = run(guarded, "--guard", "open", "--", AWS, "sts", "get-caller-identity")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["Arn"].startswith(f"arn:aws:sts::{guarded.account}:assumed-role/open/")


@pytest.mark.long
def test_without_a_terminal_a_write_is_refused_as_aws_refuses(guarded: World) -> None:
    done = run(guarded, "--guard", "open", "--", AWS, "iam", "create-user", "--user-name", "eve")
    assert done.returncode == FAILED
    assert "An error occurred (AccessDenied) when calling the CreateUser operation: User: " in done.stderr
    assert "because there is no terminal on which the person could be asked" in done.stderr


LONG = pytest.mark.long


@pytest.mark.parametrize(
    ("typed", "is_made"),
    [
        ("o", True),
        pytest.param("5", True, marks=LONG),
        pytest.param("a", True, marks=LONG),
        pytest.param("n", False, marks=LONG),
    ],
)
def test_each_answer_on_the_terminal(guarded: World, typed: str, is_made: bool) -> None:
    name = f"logs-{guarded.account}"
    with on_terminal(guarded, AWS, "s3api", "create-bucket", "--bucket", name, *IN_REGION) as opened:
        opened.expect(question(guarded, f"s3:CreateBucket on {name}"))
        opened.answer(f"{typed}\n")
        assert opened.wait() == (0 if is_made else FAILED), opened.rest()
        assert opened.modes() == opened.modes_before
    assert (name in buckets(guarded)) is is_made


@pytest.mark.long
def test_ctrl_c_at_the_question_is_a_no_and_not_for_command(guarded: World) -> None:
    program = """
import boto3, botocore.exceptions
try:
    boto3.client("iam").create_user(UserName="eve")
except botocore.exceptions.ClientError as error:
    print("<refused>", error.response["Error"]["Code"], flush=True)
print("<goes on>", flush=True)
"""
    with on_terminal(guarded, *python(program)) as opened:
        opened.expect(f"{CHOICES}? ")
        opened.interrupt()
        opened.expect("<refused> AccessDenied")
        opened.expect("<goes on>")
        assert opened.wait() == 0


# A program that looks wherever SDKs look for credentials and endpoints, and tells what it finds.
CHAIN = """
import json, os
import botocore.session, botocore.credentials, botocore.utils
session = botocore.session.Session()
found = {}
for provider in session.get_component("credential_provider").providers:
    try:
        credentials = provider.load()
    except Exception as error:
        found[provider.METHOD] = type(error).__name__
        continue
    if credentials is not None:
        frozen = credentials.get_frozen_credentials()
        found[provider.METHOD] = [frozen.access_key, frozen.token]
words = os.environ.pop("LOOK_FOR").split()
secrets = [word for word in words if any(word in value for value in os.environ.values())]
print(json.dumps({"found": found, "profiles": session.available_profiles, "secrets": secrets,
    "endpoints": [name for name in os.environ if name.startswith("AWS_ENDPOINT_URL")]}))
"""


def test_the_whole_credential_chain_finds_nothing_but_the_stand_in(guarded: World) -> None:
    credentials = guarded.user.credentials
    done = run(
        guarded,
        *("--guard", "open", "--", *python(CHAIN)),
        LOOK_FOR=f"{credentials.access_key_id} {credentials.secret_access_key}",
        AWS_PROFILE="alice",
        AWS_CONTAINER_CREDENTIALS_FULL_URI="http://127.0.0.1:9/credentials",
        AWS_WEB_IDENTITY_TOKEN_FILE="/nowhere",
        AWS_ROLE_ARN=guarded.role.arn,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    (method, (key_id, token)), *others = told["found"].items()
    assert (method, token, others) == ("env", None, [])
    assert key_id.startswith("AKIA")
    assert (told["profiles"], told["secrets"], told["endpoints"]) == ([], [], [])


@pytest.mark.long
def test_another_runs_key_is_worth_nothing(guarded: World) -> None:
    keys = "import os; print(os.environ['AWS_ACCESS_KEY_ID'], os.environ['AWS_SECRET_ACCESS_KEY'])"
    key_id, secret = run(guarded, "--guard", "open", "--", *python(keys)).stdout.split()
    done = run(
        guarded,
        *("--guard", "open", "--", "env", f"AWS_ACCESS_KEY_ID={key_id}", f"AWS_SECRET_ACCESS_KEY={secret}"),
        *(AWS, "sts", "get-caller-identity"),
    )
    assert done.returncode == FAILED
    assert "InvalidClientTokenId: the key is none of those that this guard gave out" in done.stderr


@pytest.mark.long
def test_a_write_that_is_sent_twice_a_forged_one_and_an_old_one_do_not_arrive(guarded: World) -> None:
    program = """
import boto3, botocore.auth, datetime
iam = boto3.client("iam", region_name="us-east-1")
sent = []
iam.meta.events.register("before-send.iam", lambda request, **_: sent.append(request))
iam.create_user(UserName="eve")
def again():
    answer = iam._endpoint.http_session.send(sent[0])
    print(answer.status_code, answer.text)
again()
said = sent[0].headers["Authorization"]
said = said if isinstance(said, str) else said.decode()
sent[0].headers["Authorization"] = said[:-1] + ("0" if said[-1] != "0" else "1")
again()
now = botocore.auth.get_current_datetime
botocore.auth.get_current_datetime = lambda *_: now() - datetime.timedelta(minutes=16)
try:
    iam.create_user(UserName="mallory")
except iam.exceptions.ClientError as error:
    print(error)
"""
    learned = str(guarded.home / "learned.json")
    done = run(guarded, "--guard=learn", "--policy-out", learned, "open", "--", *python(program))
    assert done.returncode == 0, done.stderr
    for words in (
        "because a signature counts once, and this one has counted",
        "SignatureDoesNotMatch: the signature is not that of the key",
        "RequestTimeTooSkewed: the signature is too old",
    ):
        assert words in done.stdout
    made = [request for request in guarded.aws.requests if request.operation == "CreateUser"]
    assert len(made) == 1


@pytest.mark.long
def test_our_own_commands_below_a_guard_open_no_session(guarded: World) -> None:
    for way in ((), ("env", "-u", "AWSACTIVATE_GUARD")):
        done = run(guarded, "--guard", "open", "--", *way, PROGRAM, "export", "alice", "--format", "json")
        assert (done.returncode, done.stdout) == (1, "")
        assert "awsactivate: error: a guarded command opens no session and reads no key" in done.stderr
    done = run(guarded, "--guard", "open", "--", PROGRAM, "list", "--json")
    assert done.returncode == 0


@pytest.mark.long
def test_the_journal_has_the_answer_to_each_write_that_was_asked(guarded: World) -> None:
    with on_terminal(guarded, AWS, "iam", "create-user", "--user-name", "eve") as opened:
        opened.expect(f"{CHOICES}? ")
        opened.type("n\n")
        assert opened.wait() == FAILED
    told = subprocess.run([PROGRAM, "log", "--json"], env=guarded.environ, capture_output=True, check=True)
    asked = [entry for entry in json.loads(told.stdout) if entry["event"] == "asked"]
    assert [(entry["action"], entry["resource"], entry["answer"], entry["command"]) for entry in asked] == [
        ("iam:CreateUser", "user/eve", "no", "aws")
    ]


def test_what_does_not_go_together_is_told_before_anything_is_opened(guarded: World) -> None:
    done = run(guarded, "--guard", "--serve", "open", "--", "true")
    assert done.returncode == 2
    assert done.stderr.startswith("awsactivate: error: --guard and --serve exclude each other")
    assert guarded.operations() == []


@pytest.mark.long
def test_commands_status_is_ours_and_the_signal_too(guarded: World) -> None:
    assert run(guarded, "--guard", "open", "--", "sh", "-c", "exit 7").returncode == 7
    assert run(guarded, "--guard", "open", "--", "sh", "-c", "kill -TERM $$").returncode == -15


@pytest.mark.long
def test_nothing_is_left_behind(guarded: World, tmp_path: Path) -> None:
    (runtime := tmp_path / "runtime").mkdir(mode=0o700)
    done = run(guarded, "--guard", "open", "--", "true", XDG_RUNTIME_DIR=str(runtime))
    assert done.returncode == 0, done.stderr
    assert list(runtime.iterdir()) == []
    assert list((guarded.home / ".local/state/awsactivate/guards").iterdir()) == []


@pytest.mark.long
def test_the_session_of_the_shell_is_guarded_without_target(guarded: World, shell: Shell) -> None:
    shell.run("activate open")
    told = shell.run(f"awsactivate exec --guard -- {AWS} sts get-caller-identity --query Arn 2>/dev/null")
    assert f"arn:aws:sts::{guarded.account}:assumed-role/open/" in told
    held = "echo [$AWS_SESSION_TOKEN$AWSACTIVATE_PROFILE$AWS_CONFIG_FILE]"
    assert "[/dev/null]" in shell.run(f"awsactivate exec --guard -- sh -c '{held}' 2>/dev/null")
    told = shell.run(f"awsactivate exec --guard --scope read-only:s3 -- {AWS} iam list-users")
    assert "because no session policy allows the iam:ListUsers action" in told  # as AWS says, not the guard


@pytest.mark.long
def test_a_session_without_a_role_says_its_account_too(guarded: World) -> None:
    code = guarded.device.code()
    done = run(
        guarded,
        *("--guard", "alice", "--mfa-serial", guarded.device.serial, "--mfa-code", code, "--"),
        *(AWS, "iam", "create-user", "--user-name", "eve"),
    )
    assert done.returncode == FAILED
    assert f"on resource: arn:aws:iam::{guarded.account}:user/eve because" in done.stderr


@pytest.mark.parametrize("door", ["proxy", "endpoint"])
@pytest.mark.long
def test_learned_is_what_a_run_needs_and_one_call_more_fails(guarded: World, door: str) -> None:
    make = (
        f"bucket = 'logs-{guarded.account}'"
        + """
import boto3
s3, iam, ssm = (boto3.client(name) for name in ("s3", "iam", "ssm"))
s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
s3.put_object(Bucket=bucket, Key="a/b c", Body=b"x" * 100_000)
assert s3.get_object(Bucket=bucket, Key="a/b c")["Body"].read() == b"x" * 100_000
s3.delete_object(Bucket=bucket, Key="a/b c")
s3.delete_bucket(Bucket=bucket)
iam.create_user(UserName="eve")
iam.delete_user(UserName="eve")
ssm.put_parameter(Name="/x", Value="1", Type="String")
ssm.delete_parameter(Name="/x")
"""
    )
    policy = guarded.home / "policy.json"
    way = ("--door", door)
    done = run(guarded, "--guard=learn", *way, "--policy-out", str(policy), "open", "--", *python(make))
    assert done.returncode == 0, done.stderr
    allowed = ("--guard=ask", *way, "--allow", str(policy), "open", "--")
    again = run(guarded, *allowed, *python(make))
    assert again.returncode == 0, again.stderr
    more = run(guarded, *allowed, *python(make + "iam.create_user(UserName='mallory')\n"))
    assert more.returncode == 1
    assert "not authorized to perform: iam:CreateUser on resource: arn:aws:iam::" in more.stderr
    users = guarded.aws.client("iam", guarded.user.credentials).list_users()["Users"]
    assert "mallory" not in [user["UserName"] for user in users]


@pytest.mark.long
def test_a_role_that_command_assumes_works_and_its_real_keys_stay_here(guarded: World) -> None:
    policy = guarded.home / "policy.json"
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
    policy.write_text(json.dumps({"Version": "2012-10-17", "Statement": statement}))
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    other = guarded.aws.role(
        "other",
        trust={"Version": "2012-10-17", "Statement": [trust]},
        policies={"all": ANYTHING},
        account=guarded.account,
    )
    program = f"""
import boto3
session = boto3.client("sts").assume_role(RoleArn={other.arn!r}, RoleSessionName="child")["Credentials"]
keys = dict(aws_access_key_id=session["AccessKeyId"], aws_secret_access_key=session["SecretAccessKey"])
sts = boto3.client("sts", **keys, aws_session_token=session["SessionToken"])
print(session["AccessKeyId"], sts.get_caller_identity()["Arn"])
"""
    done = run(guarded, "--guard", "--allow", str(policy), "open", "--", *python(program))
    assert done.returncode == 0, done.stderr
    key_id, arn = done.stdout.split()
    assert arn == f"arn:aws:sts::{guarded.account}:assumed-role/other/child"
    real = [
        request.access_key_id for request in guarded.aws.requests if request.operation == "GetCallerIdentity"
    ]
    assert real
    assert key_id not in real


@pytest.mark.long
def test_what_hands_out_credentials_is_refused_unless_it_is_allowed_by_its_name(guarded: World) -> None:
    policy = guarded.home / "policy.json"
    for action, status in (("*", FAILED), ("iam:*", FAILED), ("iam:CreateAccessKey", 0)):
        statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
        policy.write_text(json.dumps({"Version": "2012-10-17", "Statement": statement}))
        done = run(
            guarded,
            *("--guard", "--allow", str(policy), "open", "--"),
            *(AWS, "iam", "create-access-key", "--user-name", "alice"),
        )
        assert done.returncode == status, done.stderr


@pytest.mark.long
def test_a_deny_wins_wherever_it_stands(guarded: World) -> None:
    for name, effect, action in (("allow", "Allow", "*"), ("deny", "Deny", "iam:List*")):
        statement = {"Effect": effect, "Action": action, "Resource": "*"}
        file = guarded.home / f"{name}.json"
        file.write_text(json.dumps({"Version": "2012-10-17", "Statement": statement}))
    rules = ("--deny", str(guarded.home / "deny.json"), "--allow", str(guarded.home / "allow.json"))
    done = run(guarded, "--guard", *rules, "open", "--", AWS, "iam", "list-users")
    assert done.returncode == FAILED
    assert f"with an explicit deny in {guarded.home}/deny.json" in done.stderr
    done = run(guarded, "--guard", "--allow", str(guarded.home / "deny.json"), "open", "--", "true")
    assert done.returncode == 2


@pytest.mark.long
def test_what_reads_the_terminal_meanwhile_waits_and_goes_on(guarded: World) -> None:
    program = """
import boto3, pathlib, sys, threading, time
def make():
    boto3.client("iam").create_user(UserName="eve")
    print("<made>", flush=True)
thread = threading.Thread(target=make)
thread.start()
while not pathlib.Path(sys.argv[1]).exists(): time.sleep(0.05)
print("<read " + sys.stdin.readline().strip() + ">", flush=True)
thread.join()
"""
    asked = guarded.home / "asked"
    with on_terminal(guarded, *python(program), str(asked)) as opened:
        opened.expect(f"{CHOICES}? ")
        asked.touch()
        time.sleep(1)  # until it reads, and is stopped
        opened.answer("o\n")
        opened.expect("<made>")
        opened.type("line\n")
        opened.expect("<read line>")
        assert opened.wait() == 0
        assert opened.modes() == opened.modes_before


@pytest.mark.long
def test_where_the_guard_is_killed_the_terminal_is_as_it_was(guarded: World) -> None:
    words = f"{PROGRAM} exec --guard open -- {AWS} iam create-user --user-name eve"
    with terminal(["sh", "-c", f"{words}; sleep 60"], guarded.environ) as opened:
        guard = opened.search("awsactivate guard attach ([0-9]+)")[1]
        opened.expect(f"{CHOICES}? ")
        assert opened.modes() != opened.modes_before
        os.kill(int(guard), signal.SIGKILL)
        until = time.monotonic() + SECONDS
        while opened.modes() != opened.modes_before:
            assert time.monotonic() < until
            time.sleep(0.05)
