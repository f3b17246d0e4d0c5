"""`exec --scope`: a command gets a part of a session and no other credentials, or it does not run at all."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from awsactivate.sessions.credentials import Credentials
from demo.test_scoped_credentials import may as is_allowed
from e2e.conftest import World
from e2e.secured import Secured
from e2e.test_sources import Result, run
from harness.shells import Shell

PRINT = "import json, os; print(json.dumps(dict(os.environ)))"
# what an SDK's whole chain finds, and who AWS says it is
CHAIN = """
import json, boto3, botocore.session
found = botocore.session.get_session().get_credentials()
session = boto3.Session()
print(json.dumps({"key": found.access_key, "method": found.method, "profiles": session.available_profiles,
                  "region": session.region_name}))
"""

WITHOUT_KEYS = """
import os, botocore.session
for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN"):
    del os.environ["AWS_" + name]
print(botocore.session.get_session().get_credentials())
"""


def scoped(world: World, *words: str, program: str = PRINT, **environ: str) -> Result:
    return run(world, "exec", *words, "--", sys.executable, "-c", program, **environ)


def opened(world: World, *words: str) -> dict[str, str]:
    """What a command of `exec` sees of a session that is whole, as a shell that holds it would."""
    done = run(
        world, "exec", "prod", *words, "--mfa-code", world.device.code(), "--", sys.executable, "-c", PRINT
    )
    assert done.returncode == 0, done.stderr
    return {name: value for name, value in json.loads(done.stdout).items() if name.startswith("AWS")}


def credentials(environ: dict[str, str]) -> Credentials:
    return Credentials(
        *(environ[f"AWS_{name}"] for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN"))
    )


def may(world: World, environ: dict[str, str]) -> dict[str, bool]:
    """What AWS lets the session of `environ` do."""
    held = credentials(environ)
    iam, ssm = world.aws.client("iam", held), world.aws.client("ssm", held)
    asked: dict[str, Any] = {
        "read": lambda: iam.list_roles(),
        "write": lambda: iam.create_group(GroupName="g"),
        "secret": lambda: ssm.get_parameters_by_path(Path="/"),
    }
    answers = {name: is_allowed(call) for name, call in asked.items()}
    iam_of_all = world.aws.client("iam", world.user.credentials)
    if answers["write"]:
        iam_of_all.delete_group(GroupName="g")
    return answers


def test_a_command_gets_a_part_of_the_session_for_one_call_more(world: World) -> None:
    whole = opened(world)
    calls = len(world.aws.requests)
    assert may(world, whole) == {"read": True, "write": True, "secret": True}
    world.aws.requests.clear()
    done = scoped(world, "--scope", "read-only", "--for", "15m", "--why", "the nightly report", **whole)
    assert done.returncode == 0, done.stderr
    assert world.operations() == ["GetScopedCredentials"]
    seen = json.loads(done.stdout)
    assert may(world, seen) == {"read": True, "write": False, "secret": False}
    assert world.aws.levers.session_descriptions[-1] == "the nightly report"
    assert seen["AWSACTIVATE_SCOPE"] == "read-only"
    assert seen["AWSACTIVATE_PROFILE"] == "prod"
    left = int(seen["AWSACTIVATE_EXPIRATION"]) - world.aws.clock.now()
    assert 800 < left <= 900
    assert seen["AWS_REGION"] == "eu-west-1"
    world.aws.clock.advance(30)
    world.aws.requests.clear()
    done = scoped(world, "prod", "--mfa-code", world.device.code(), "--scope", "read-only:secrets")
    assert done.returncode == 0, done.stderr
    assert len(world.aws.requests) <= calls + 1
    assert world.operations()[-1] == "GetScopedCredentials"
    assert may(world, json.loads(done.stdout)) == {"read": True, "write": False, "secret": True}


def test_a_program_that_goes_through_the_whole_chain_finds_no_more(world: World) -> None:
    world.add_profile("[default]\nregion = sa-east-1\ncredential_process = echo no\n")
    (world.home / ".boto").write_text("[Credentials]\naws_access_key_id = A\naws_secret_access_key = B\n")
    whole = opened(world)
    del whole["AWS_REGION"], whole["AWS_DEFAULT_REGION"]
    done = scoped(
        world,
        *("--scope", "read-only"),
        program=CHAIN,
        **whole,
        AWS_PROFILE="alice",
        AWS_CREDENTIAL_FILE=str(world.home / ".aws/credentials"),
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["method"] == "env"
    assert found["key"] != whole["AWS_ACCESS_KEY_ID"]
    assert found["profiles"] == []
    assert found["region"] == "sa-east-1"
    done = scoped(
        world,
        *("--scope", "read-only"),
        program=WITHOUT_KEYS,
        **whole,
    )
    assert done.stdout == "None\n", done.stderr


def test_it_nests_three_deep_and_each_child_may_do_no_more(world: World) -> None:
    environ = opened(world)
    said = ""
    for scope in ("read-only:secrets", "read-only", "read-only:iam"):
        done = scoped(world, "--scope", scope, **environ)
        assert done.returncode == 0, done.stderr
        environ = {name: value for name, value in json.loads(done.stdout).items() if name.startswith("AWS")}
        assert may(world, environ)["write"] is False
        said = done.stderr
    assert may(world, environ) == {"read": True, "write": False, "secret": False}
    assert "narrowed three times, and AWS narrows none further" in said
    done = scoped(world, "--scope", "read-only", **environ)
    assert (done.returncode, done.stdout) == (6, "")
    assert "at most 3 scope-down policies" in done.stderr


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("--scope", "read-only"), 3, "no session is active in this shell"),
        (("prod", "--scope", "read-only:s4"), 2, "--scope names no service that IAM knows: 's4'"),
        (("prod", "--scope", "nowhere.json"), 2, "--scope: nowhere.json can't be read: No such file"),
        (("prod", "--scope", "-"), 2, "--scope: the policy on stdin: it is no JSON"),
        (("prod", "--scope", "-", "--mfa-code", "-"), 2, "can't both read stdin"),
        (("prod", "--why", "x"), 2, "--why goes with --scope"),
        (("prod", "--for", "15m"), 2, "--for goes with --scope"),
        (("prod", "--scope", "read-only", "--why", "x"), 2, "--why must be 2 to 256 characters"),
        (("prod", "--scope", "read-only", "--why", "for “you”"), 2, "--why must be 2 to 256 characters"),
        (("prod", "--scope", "read-only", "--for", "0"), 2, "--for must be longer than nothing"),
        (("--scope", "read-only", "--serve"), 3, "no session is active in this shell"),
        ((), 2, "there is no TARGET"),
    ],
)
def test_what_can_not_be_is_said_before_any_call_or_code(
    world: World, words: tuple[str, ...], status: int, said: str
) -> None:
    world.aws.requests.clear()
    done = scoped(world, *words)
    assert (done.returncode, done.stdout) == (status, "")
    assert said in done.stderr
    assert world.operations() == []


def test_where_narrowing_fails_nothing_runs(world: World) -> None:
    limited = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iam:*", "Resource": "*"}}
    file = world.home / "iam.json"
    file.write_text(json.dumps(limited))
    whole = opened(world)
    done = scoped(world, "--scope", str(file), **whole)
    assert done.returncode == 0, done.stderr
    narrow = {name: value for name, value in json.loads(done.stdout).items() if name.startswith("AWS")}
    assert narrow["AWSACTIVATE_SCOPE"] == "policy"
    done = scoped(world, "--scope", "read-only", **narrow)
    assert (done.returncode, done.stdout) == (6, "")
    assert "its policies must allow sts:GetScopedCredentials" in done.stderr
    done = scoped(world, "--scope", "read-only", **{**whole, "AWSACTIVATE_EXPIRATION": "1000000000"})
    assert (done.returncode, done.stdout) == (3, "")


def test_a_shell_hands_its_session_over_and_keeps_it(world: World, shell: Shell) -> None:
    shell.begin("activate prod", world.prompt)
    shell.type(world.device.code() + "\r")
    shell.prompt()
    key = shell.value("$AWS_ACCESS_KEY_ID")
    world.aws.requests.clear()
    script = world.home / "seen.py"
    script.write_text(
        "import os; print(*(os.environ.get(n) for n in ('AWSACTIVATE_SCOPE', 'AWS_ACCESS_KEY_ID')))\n"
    )
    for words in (f"--scope read-only -- {sys.executable}", f"--for=20m --scope=read-only {sys.executable}"):
        told = shell.run(f"awsactivate exec {words} {script}")
        assert "read-only ASIA" in told
        assert key not in told
    assert world.operations() == ["GetScopedCredentials"] * 2
    assert shell.value("$AWS_ACCESS_KEY_ID") == key
    assert shell.value("$AWSACTIVATE_SCOPE") == ""


def test_a_target_behind_the_options_begins_with_what_was_before_the_session(
    world: World, shell: Shell
) -> None:
    """The person's own keys, which the session of the shell hides."""
    world.add_environment(shell)
    shell.run(f"activate prod --mfa-code {world.device.code()}")
    world.aws.clock.advance(30)
    told = shell.run(
        f"awsactivate exec --scope read-only --mfa-code {world.device.code()} env --"
        " sh -c 'echo $AWSACTIVATE_PROFILE $AWSACTIVATE_SCOPE; env | grep -c _AWSACTIVATE_'"
    )
    assert "env read-only\n0\n" in told


# --- narrowed from the beginning


def exported(world: World, *words: str, **environ: str) -> dict[str, str]:
    done = run(world, "export", *words, "--format", "json", "--mfa-code", world.device.code(), **environ)
    assert done.returncode == 0, done.stderr
    world.aws.clock.advance(30)
    values: dict[str, str] = json.loads(done.stdout)
    return values


def test_a_session_begins_narrow_by_whichever_call_can_make_it_so(world: World) -> None:
    file = world.home / "iam.json"
    file.write_text('{"Statement": {"Effect": "Allow", "Action": "iam:List*", "Resource": "*"}}')
    reads = {"read": True, "write": False, "secret": False}
    assert may(world, exported(world, "prod", "--read-only")) == reads
    assert world.operations()[-5:].count("GetScopedCredentials") == 0, "AssumeRole does it"
    assert may(world, exported(world, "prod", f"--policy={file}")) == reads
    # without a role there is no AssumeRole, and a chain narrows its last session only
    world.add_profile(f"[profile keys]\nsource_profile = alice\nmfa_serial = {world.device.serial}\n")
    assert may(world, exported(world, "keys", "--read-only")) == reads
    world.add_profile(
        f"[profile said]\nrole_arn = {world.role.arn}\nsource_profile = alice\n"
        f"mfa_serial = {world.device.serial}\nsession_policy = read-only\n"
        f"[profile beside]\nrole_arn = {world.role.arn}\nsource_profile = alice\n"
        f"mfa_serial = {world.device.serial}\nsession_policy = ../iam.json\n"
    )
    assert may(world, exported(world, "said")) == reads
    assert may(world, exported(world, "beside")) == reads, "the path is from the config's folder"


def test_a_console_and_a_command_get_no_more(world: World) -> None:
    done = run(
        world,
        "exec",
        "prod",
        "--read-only",
        "--mfa-code",
        world.device.code(),
        "--",
        sys.executable,
        "-c",
        PRINT,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["AWSACTIVATE_SCOPE"] == "read-only"
    assert may(world, json.loads(done.stdout))["write"] is False


@pytest.mark.parametrize(
    ("words", "typed", "status", "said"),
    [
        (("--read-only", "--policy", "x.json"), "", 2, "--read-only and --policy exclude each other"),
        (
            ("--read-only", "--policy-arn", "arn:aws:iam::aws:policy/A"),
            "",
            2,
            "--read-only and --policy-arn exclude",
        ),
        (("--policy", "nowhere.json"), "", 2, "--policy: nowhere.json can't be read"),
        (("--policy", "-", "--mfa-code", "-"), "{}", 2, "only one option of a line can read stdin"),
        (("--policy", "-"), "{}", 2, "--policy: the policy on stdin: Statement: must be a statement"),
        (
            ("--policy", "-"),
            '{"Statement": {"Effect": "Allow", "Action": "*:Get*", "Resource": "*"}}',
            2,
            "no wildcard",
        ),
    ],
)
def test_a_wrong_policy_costs_no_code(
    world: World, words: tuple[str, ...], typed: str, status: int, said: str
) -> None:
    world.aws.requests.clear()
    done = run(world, "export", "prod", *words, input_text=typed)
    assert (done.returncode, done.stdout) == (status, "")
    assert said in done.stderr
    assert world.operations() == []


@pytest.mark.parametrize("value", ["no/such.json", "../.aws/config", "~nobody-at-all/x.json"])
def test_a_profiles_wrong_policy_is_told_with_its_place(world: World, value: str) -> None:
    world.add_profile(
        f"[profile said]\nrole_arn = {world.role.arn}\nsource_profile = alice\nsession_policy = {value}\n"
    )
    done = run(world, "show", "said")
    assert (done.returncode, done.stdout) == (3, "")
    assert "profile 'said': session_policy" in done.stderr
    assert "hint: ${EDITOR:-vi} +" in done.stderr


def test_show_says_how_it_is_narrowed(world: World) -> None:
    shown = run(world, "show", "prod", "--read-only").stdout
    assert (
        "policies         arn:aws:iam::aws:policy/ReadOnlyAccess\n     narrowed to      read-only\n" in shown
    )
    world.add_profile("[profile keys]\nsource_profile = alice\n")
    shown = run(world, "show", "keys", "--read-only").stdout
    assert "2. GetScopedCredentials\n     narrowed to      read-only\n" in shown


def test_a_shell_says_that_its_session_is_narrow_and_renews_it_so(world: World, shell: Shell) -> None:
    (world.home / "p.json").write_text(
        '{"Statement": {"Effect": "Allow", "Action": "iam:*", "Resource": "*"}}'
    )
    shell.begin("activate prod --read-only", world.prompt)
    shell.type(world.device.code() + "\r")
    told = shell.prompt()
    assert "60 min, narrowed to read-only" in told
    assert "(prod:ro 60m) " in shell.run("true; awsactivate_prompt_info")
    assert "narrowed to   read-only" in shell.run("awsactivate status")
    assert '"scope": "read-only"' in shell.run("awsactivate status --json")
    world.aws.clock.advance(30)
    told = shell.run(f"activate --renew --mfa-code {world.device.code()}")
    assert "renewed prod" in told
    assert "narrowed to read-only" in told
    world.aws.clock.advance(30)
    told = shell.run(f"activate prod --policy p.json --mfa-code {world.device.code()}")
    assert "narrowed by a policy" in told
    assert "(prod:policy 6" in shell.run("awsactivate_prompt_info")
    shell.run("cd /")
    world.aws.clock.advance(30)
    assert "narrowed by a policy" in shell.run(f"activate --renew --mfa-code {world.device.code()}")
    world.aws.clock.advance(30)
    told = shell.run(f"activate prod --policy - --mfa-code {world.device.code()} < {world.home}/p.json")
    assert "can't be renewed: nobody keeps the policy that came from stdin" in told
    assert "its policy came from stdin" in shell.run("activate --renew")
    assert "(prod:policy 6" in shell.run("awsactivate_prompt_info")
    world.aws.clock.advance(30)
    shell.run(f"activate prod --mfa-code {world.device.code()}")
    assert "(prod 6" in shell.run("awsactivate_prompt_info"), "and a whole session shows nothing of it"
    shell.run("deactivate")
    assert shell.value("$AWSACTIVATE_SCOPE") == ""


# --- the family -----------------------------------------------------------------------------------


SERVED = """
import json, os, urllib.request
asked = urllib.request.Request(os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"])
asked.add_header("Authorization", os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN"])
given = json.load(urllib.request.urlopen(asked))
found = {"ACCESS_KEY_ID": "AccessKeyId", "SECRET_ACCESS_KEY": "SecretAccessKey", "SESSION_TOKEN": "Token"}
keys = {"AWS_" + name: given[key] for name, key in found.items()}
print(json.dumps({**keys, "CONFIG": os.environ["AWS_CONFIG_FILE"]}))
"""


def test_a_family_is_shown_and_revoked_as_one_while_a_sibling_goes_on(secured: Secured) -> None:
    shell, sibling = secured.shell("bash"), secured.shell("bash")
    parent, other = secured.activate(shell), secured.activate(sibling)
    home = Path(secured.environ["HOME"])
    (home / "show.py").write_text(PRINT)
    (home / "served.py").write_text(SERVED)

    def child(words: str, script: str) -> dict[str, str]:
        shell.run(f"awsactivate exec --scope {words} {sys.executable} {home}/{script} > {home}/out")
        assert shell.status() == 0
        values: dict[str, str] = json.loads((home / "out").read_text())
        return values

    first = child("read-only --why 'a look around' -- env", "show.py")
    nested = "read-only -- awsactivate exec --scope read-only:iam"
    grandchild = child(nested, "show.py")
    served = child("read-only --for 20m --serve --", "served.py")
    assert served["CONFIG"] == "/dev/null"
    family = [parent, first, grandchild, {**parent, **served}]
    assert [secured.works(one)[0] for one in family] == [True] * 4
    drawn = shell.run("awsactivate status --tree")
    assert "prod: whole, alice=" in drawn
    assert "  read-only, env (has ended), “a look around”, 60 min" in drawn
    assert "    read-only:iam, " in drawn
    tree = json.loads(secured.core("status", "--tree", "--json").stdout)
    mine = next(one for one in tree if one["access_key_id"] == parent["AWS_ACCESS_KEY_ID"])
    assert [one["scope"] for one in mine["children"]] == ["read-only"] * 3
    assert [one["scope"] for one in mine["children"][1]["children"]] == ["read-only:iam"]
    secured.aws.requests.clear()
    told = shell.run("deactivate --revoke")
    assert ", confirmed after " in told
    assert "GetScopedCredentials" in [request.operation for request in secured.aws.requests], (
        "the proof's child"
    )
    assert [secured.works(one)[0] for one in family] == [False] * 4
    assert secured.works(other)[0]
    log = secured.core("log", "--since", "1h").stdout
    for event in ("activated prod", "narrowed prod", "served prod", "revoked prod"):
        assert event in log
    assert f"AttributeKey=AccessKeyId,AttributeValue={first['AWS_ACCESS_KEY_ID']}" in log
    assert "show.py" not in log, "no argument of a command"
    file = home / ".local/state/awsactivate/journal.jsonl"
    secrets = [one[f"AWS_{name}"] for one in family for name in ("SECRET_ACCESS_KEY", "SESSION_TOKEN")]
    assert [secret for secret in secrets if secret in file.read_text()] == []
    assert json.loads(secured.core("log", "--json", "--since", "1h").stdout)[0]["event"] == "activated"
    assert json.loads(secured.core("log", "--json", "--since", "2999-01-01").stdout) == []
    assert secured.core("log", "--since", "yesterday").returncode == 2
