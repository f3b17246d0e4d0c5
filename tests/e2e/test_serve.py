"""`exec --serve`: real SDKs fetch the session from the endpoint, and nobody else gets it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from e2e.conftest import World
from e2e.exec_runs import run_exec
from e2e.stopping import stop_and_go_on
from harness.shells import PROGRAM, Shell
from needs import needs_program

ROLE_SESSION = "assumed-role/terraform/alice="
ASK = """
import json, os, urllib.error, urllib.request
def ask(**changes):
    uri = changes.pop("uri", os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"])
    headers = {"Authorization": os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN"], **changes.pop("headers", {})}
    headers = {name: value for name, value in headers.items() if value is not None}
    request = urllib.request.Request(uri, headers=headers, **changes)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)
"""


def serve(world: World, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run `awsactivate exec --serve …` to its end, with no terminal."""
    return run_exec(world, "--serve", *words, **{"AWS_DEFAULT_REGION": "us-west-2", **settings})


def with_code(world: World, *command: str) -> subprocess.CompletedProcess[str]:
    """Run `command` with the session of `prod`."""
    return serve(world, "prod", "--mfa-code", world.device.code(), "--", *command)


def python(text: str) -> tuple[str, ...]:
    """Return the command that runs `text`, which may call `ask`."""
    return sys.executable, "-c", ASK + text


def begun(world: World, text: str) -> subprocess.Popen[str]:
    """Begin a command with the session of `process`, and wait until it is ready."""
    child = subprocess.Popen(
        [PROGRAM, "exec", "--serve", "process", "--", *python(text)],
        env={**world.environ, "AWS_DEFAULT_REGION": "us-west-2"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    return child


Lasting = Callable[[float], None]


@pytest.fixture
def lasting(world: World) -> Lasting:
    """Make the profile `process`, whose credentials last as long as one says; each run of it is noted."""
    document, count = world.home / "document.json", world.home / "count"
    world.add_profile(f"[profile process]\ncredential_process = sh -c 'echo x >>{count}; cat {document}'\n")
    (world.home / ".aws/cli").mkdir()

    def lasts(seconds: float) -> None:
        session = world.aws.client("sts", world.user.credentials).get_session_token()["Credentials"]
        ends = datetime.fromtimestamp(time.time() + seconds, UTC).isoformat()
        new = document.with_suffix(".new")
        new.write_text(json.dumps({"Version": 1, **session, "Expiration": ends}))
        new.replace(document)

    return lasts


def test_boto3_and_the_aws_command_fetch_the_session(world: World) -> None:
    text = 'import boto3; print(boto3.client("sts").get_caller_identity()["Arn"])'
    assert ROLE_SESSION in with_code(world, *python(text)).stdout
    world.aws.clock.advance(30)
    assert ROLE_SESSION in with_code(world, "aws", "sts", "get-caller-identity").stdout


def test_the_command_has_no_credentials_in_its_environment(world: World) -> None:
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE")
    settings = dict.fromkeys(names, "before")
    words = ("prod", "--mfa-code", world.device.code(), "--", *python("print(json.dumps(dict(os.environ)))"))
    done = serve(world, *words, **settings, AWSACTIVATE_MFA_CODE="000000")
    environ: dict[str, str] = json.loads(done.stdout)
    assert not {*names, "AWS_CREDENTIAL_EXPIRATION", "AWSACTIVATE_MFA_CODE"} & set(environ)
    assert environ["AWSACTIVATE_PROFILE"] == "prod"
    assert environ["AWS_REGION"] == "eu-west-1"
    assert environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"].startswith("http://127.0.0.1:")
    assert world.user.credentials.secret_access_key not in done.stdout
    assert "ASIA" not in done.stdout


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, 200),
        ({"headers": {"Authorization": "wrong"}}, 403),
        ({"headers": {"Authorization": None}}, 403),
        ({"headers": {"Host": "localhost"}}, 403),
        ({"headers": {"Host": "evil.example:80"}}, 403),
        ({"headers": {"Origin": "https://evil.example"}}, 403),
        ({"headers": {"Origin": "null"}}, 403),
        ({"headers": {"Referer": "http://127.0.0.1/"}}, 403),
        ({"headers": {"Sec-Fetch-Site": "cross-site"}}, 403),
        ({"method": "POST", "data": b"{}"}, 403),
        ({"method": "OPTIONS"}, 403),
    ],
)
def test_only_the_token_itself_from_no_page_gets_the_session(
    world: World, changes: dict[str, Any], status: int
) -> None:
    done = with_code(world, *python(f"print(json.dumps(ask(**{changes!r})))"))
    found, document = json.loads(done.stdout)
    assert found == status
    assert ("SecretAccessKey" in document) is (status == 200)


@pytest.mark.parametrize(
    ("request_line", "header"),
    [
        ("GET /credentials HTTP/1.1", "Authorization: \u00e9"),
        ("HEAD /credentials HTTP/1.1", "Authorization: x"),
        ("GET /credentials HTTP/1.1", "Host: 127.0.0.1:1"),
        ("GET http://evil.example/ HTTP/1.1", "Authorization: x"),
        ("\x16\x03\x01 tls", "x"),
    ],
)
def test_what_no_client_of_ours_sends_is_refused_too(world: World, request_line: str, header: str) -> None:
    text = f"""
import socket
host, port = os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"].split("/")[2].split(":")
with socket.create_connection((host, int(port))) as link:
    head = [{request_line!r}, f"Host: {{host}}:{{port}}", {header!r}, "", ""]
    link.sendall("\\r\\n".join(head).encode())
    answer = link.makefile("rb").read().decode()
print("Secret" in answer, "Forbidden" in answer or " 403 " in answer)
"""
    assert with_code(world, *python(text)).stdout == "False True\n"


def test_another_path_and_another_name_of_this_machine_are_refused(world: World) -> None:
    text = """
uri = os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"]
print(ask(uri=uri + "/x")[0], ask(uri=uri + "?x")[0], ask(uri=uri.replace("127.0.0.1", "localhost"))[0])
"""
    assert with_code(world, *python(text)).stdout == "404 404 403\n"


def test_two_commands_have_two_ports_and_two_tokens_that_end_with_them(world: World) -> None:
    names = ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN")
    text = f"print(*map(os.environ.get, {names!r}))"
    first = with_code(world, *python(text)).stdout.split()
    world.aws.clock.advance(30)
    second = with_code(world, *python(text)).stdout.split()
    assert first[0] != second[0]
    assert first[1] != second[1]
    assert len(first[1]) >= 40
    asked = subprocess.run(
        [sys.executable, "-c", f"import urllib.request as u; u.urlopen({first[0]!r})"],
        check=False,
        capture_output=True,
    )
    assert b"Connection refused" in asked.stderr


def test_a_session_is_renewed_behind_the_command(world: World, lasting: Lasting) -> None:
    lasting(4)
    text = """
import sys, time
def who(): return ask()[1]["AccessKeyId"]
first = who()
print("ready", flush=True)
sys.stdin.readline()
while who() == first: time.sleep(0.2)
import boto3
boto3.client("sts").get_caller_identity()
print(len({first, who()}))
"""
    child = begun(world, text)
    lasting(3600)
    output, errors = child.communicate("\n", timeout=60)
    assert (output, errors, child.returncode) == ("2\n", "", 0)


def test_fifty_at_once_get_it_while_it_is_renewed_once(world: World, lasting: Lasting) -> None:
    lasting(3)
    text = """
import concurrent.futures, sys, time
print("ready", flush=True)
sys.stdin.readline()
time.sleep(2)
with concurrent.futures.ThreadPoolExecutor(50) as pool:
    answers = list(pool.map(lambda _: ask(), range(500)))
keys = {answer["AccessKeyId"] for _, answer in answers}
print(len(answers), {status for status, _ in answers}, len(keys) <= 2)
"""
    child = begun(world, text)
    lasting(3600)
    before = (world.home / "count").read_text()
    output, errors = child.communicate("\n", timeout=60)
    assert (output, errors) == ("500 {200} True\n", "")
    assert (world.home / "count").read_text() == before + "x\n"


def test_a_renewal_that_fails_is_told_once_and_the_endpoint_says_why(world: World, lasting: Lasting) -> None:
    lasting(3)
    text = f"""
import sys, time
os.unlink({str(world.home / "document.json")!r})
while (answer := ask())[0] == 200: time.sleep(0.1)
print(answer[0], answer[1]["code"], "SecretAccessKey" in answer[1], ask()[0])
"""
    done = serve(world, "process", "--", *python(text))
    assert done.stdout == "503 NotRenewed False 503\n"
    assert done.stderr.count("awsactivate: the session of the command can't be renewed: ") == 1


def test_one_code_is_good_for_every_renewal(world: World) -> None:
    # a margin longer than any session: each request begins another
    script = (
        "from awsactivate.running.renewed import Renewed; Renewed._margin_of = lambda *_: 1e9; "
        "from awsactivate.cli import main; main()"
    )
    text = """
import time
seen = {ask()[1]["AccessKeyId"]}
for _ in range(3):
    # what lasts is given out, and the next one begun beside it
    while (key := ask()[1]["AccessKeyId"]) in seen: time.sleep(0.1)
    seen.add(key)
    time.sleep(0.5)
print(len(seen))
"""
    world.aws.requests.clear()
    words = ("exec", "--serve", "prod", "--mfa-code", world.device.code(), "--")
    done = subprocess.run(
        [sys.executable, "-c", script, *words, *python(text)],
        env=world.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.returncode) == ("4\n", 0)
    assert done.stderr == (
        "awsactivate: the session is renewed for 8 h with this code, while the command runs\n"
    )
    assert world.operations().count("GetSessionToken") == 1
    assert world.operations().count("AssumeRole") >= 4


def test_a_users_own_session_is_served_but_not_renewed(world: World) -> None:
    world.add_profile(f"[profile alice2]\nsource_profile = alice\nmfa_serial = {world.device.serial}\n")
    done = serve(world, "alice2", "--mfa-code", world.device.code(), "--", *python("print(ask()[0])"))
    assert (done.stdout, done.returncode) == ("200\n", 0)
    assert done.stderr == (
        "awsactivate: note: a session without a role needs a code each time: this one is not renewed\n"
    )


def test_a_device_that_no_profile_names_is_told_before_it_is_missed(world: World) -> None:
    world.add_profile(f"[profile silent]\nrole_arn = {world.role.arn}\nsource_profile = alice\n")
    done = serve(world, "silent", "--mfa-code", world.device.code(), "--", "true")
    assert (done.returncode, done.stderr) == (
        0,
        "awsactivate: note: this session is not renewed, for silent names no device:"
        f" mfa_serial = {world.device.serial}\n",
    )


def test_a_default_profile_does_not_win_over_the_session(world: World) -> None:
    bob = world.aws.user("bob", account=world.account)
    with (world.home / ".aws/credentials").open("a") as file:
        file.write(
            f"[default]\naws_access_key_id = {bob.credentials.access_key_id}\n"
            f"aws_secret_access_key = {bob.credentials.secret_access_key}\n"
        )
    world.add_profile("[default]\nregion = eu-north-1\n")
    done = with_code(world, "aws", "sts", "get-caller-identity", "--query", "Arn")
    assert ROLE_SESSION in done.stdout
    assert "note: the command sees no default profile" in done.stderr


@pytest.mark.parametrize(
    ("script", "status"), [("exit 7", 7), ("kill -TERM $$", -15), ("kill -KILL $$", -9), ("true", 0)]
)
def test_it_ends_as_the_command_ends(world: World, script: str, status: int) -> None:
    assert with_code(world, "sh", "-c", script).returncode == status


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1])
def test_a_signal_reaches_the_command(world: World, number: int) -> None:
    script = f"trap 'echo got; exit 5' {number}; echo ready; while :; do sleep 0.05; done"
    child = subprocess.Popen(
        [PROGRAM, "exec", "--serve", "prod", "--mfa-code", world.device.code(), "--", "sh", "-c", script],
        env=world.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    child.send_signal(number)
    assert child.communicate(timeout=30)[0] == "got\n"
    assert child.returncode == 5


def test_a_command_that_is_not_there_costs_no_code(world: World) -> None:
    world.aws.requests.clear()
    done = serve(world, "prod", "--", "no-such-command")
    assert (done.returncode, world.operations()) == (2, [])


def test_the_command_is_at_the_terminal_and_stops_and_goes_on(shell: Shell, world: World) -> None:
    stop_and_go_on(shell, world, "awsactivate exec --serve prod")


def test_ctrl_c_ends_the_command_and_the_endpoint_with_it(shell: Shell, world: World) -> None:
    # no sh, which can lose a Ctrl-C that comes while it starts a program
    command = f'{sys.executable} -c \'import time; print("be" "gun", flush=True); time.sleep(60)\''
    shell.begin(f"awsactivate exec --serve prod --mfa-code {world.device.code()} -- {command}", "begun")
    shell.interrupt()
    assert "KeyboardInterrupt" in shell.prompt()
    assert shell.status() == 130


def test_a_shell_of_its_own_shows_the_session_without_an_end(world: World, shell: Shell) -> None:
    inner = Path(world.home / "inner")
    inner.write_text(
        f"eval \"$('{PROGRAM}' init bash)\"\nawsactivate status; deactivate; env | grep -c CONTAINER\n"
    )
    shown = shell.run(f"awsactivate exec --serve prod --mfa-code {world.device.code()} -- bash {inner}")
    assert "profile       prod\n" in shown
    assert "0\n" in shown


def test_commands_of_ours_find_the_session_that_is_served(world: World) -> None:
    """The sample: `status` said active, and the others that there is no session, or asked for a region."""
    words = ("exec", "--serve", "prod", "--mfa-code", world.device.code(), "--", "sh", "-c")
    script = f"{PROGRAM} console --print && {PROGRAM} secrets list none; {PROGRAM} doctor --json"
    environ = {**world.environ, "AWS_ENDPOINT_URL_SIGNIN": world.aws.endpoint_url}
    (world.home / ".aws/config").write_text(
        (world.home / ".aws/config").read_text() + "[default]\nregion = x\n"
    )
    done = subprocess.run(
        [PROGRAM, *words, script], env=environ, capture_output=True, text=True, check=False, timeout=120
    )
    url, *rest = done.stdout.splitlines()
    assert "Action=login" in url, done.stderr
    assert "region" not in done.stderr
    assert "no session" not in done.stderr
    assert rest.pop(0) == "the service none has no secrets"
    found = json.loads("\n".join(rest))
    assert [one["message"] for one in found if "are left" in one["message"]] == []


def test_a_session_that_nobody_serves_any_more_is_told(world: World) -> None:
    environ = {
        "AWSACTIVATE_VARS": "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/credentials",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "x",
        "AWS_REGION": "eu-west-1",
    }
    done = subprocess.run(
        [PROGRAM, "secrets", "list", "s"],
        env={**world.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("awsactivate: error: the session of this shell is served no more")


def test_node_fetches_it_with_its_own_fetch(world: World) -> None:
    node = needs_program("node")
    script = (
        "fetch(process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI,"
        "{headers: {Authorization: process.env.AWS_CONTAINER_AUTHORIZATION_TOKEN}})"
        ".then(async a => console.log(a.status, 'SecretAccessKey' in await a.json()))"
    )
    assert with_code(world, node, "-e", script).stdout == "200 true\n"


def test_no_proxy_sees_the_request_and_its_token(world: World) -> None:
    """http_proxy names a port where nobody listens, so that what goes there fails."""
    curl = needs_program("curl")
    header = "Authorization: $AWS_CONTAINER_AUTHORIZATION_TOKEN"
    ask = f'{curl} -s -o /dev/null -w "%{{http_code}}\\n" -H "{header}"'
    script = f'export http_proxy=http://127.0.0.1:9; {ask} "$AWS_CONTAINER_CREDENTIALS_FULL_URI"'
    python_asks = f'{sys.executable} -c "$0"'
    words = ("prod", "--mfa-code", world.device.code(), "--", "sh", "-c", f"{script}; {python_asks}")
    # https_proxy, which our own call to the embedded AWS does not look at, stands for what people have set
    done = serve(world, *words, ASK + "print(ask()[0])", HTTP_PROXY="", all_proxy="http://127.0.0.1:9")
    assert done.stdout.splitlines() == ["200", "200"], done.stderr
