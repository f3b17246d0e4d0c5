"""`awsactivate doctor` as a process, on a machine that is well and then broken in one way after the other."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from awsactivate.keychain import index
from awsactivate.keychain.index_entry import entry_of
from awsactivate.keychain.item import AccessKey, KeyringItem, Seed, to_text
from awsactivate.version import version
from e2e.conftest import World
from e2e.test_sources import run
from harness.keyrings import secret_service
from harness.shells import PROGRAM, SHELLS, Shell
from harness.terminals import terminal

TESTS = Path(__file__).parents[1]


@pytest.fixture
def well(world: World) -> World:
    """A machine on which nothing must be mended: installed, keys in a keyring, a clock that is right."""
    keyring = {
        "AWSACTIVATE_KEYRING_BACKEND": "harness.file_keyring.FileKeyring",
        "TEST_KEYRING_FILE": str(world.home / "keyring.json"),
        "PYTHONPATH": str(TESTS),
        "SHELL": "/bin/bash",
        "AWS_REGION": "eu-west-1",
    }
    here = replace(world, environ={**world.environ, **keyring})
    key = world.user.credentials
    identity = KeyringItem(AccessKey(key.access_key_id, key.secret_access_key))
    (world.home / "keyring.json").write_text(json.dumps({"awsactivate/alice": to_text(identity)}))
    index.write_entry("alice", entry_of(identity), here.environ)
    (world.home / ".aws/credentials").unlink()
    assert run(here, "install", "bash").returncode == 0
    here.environ["_AWSACTIVATE_WRAPPER"] = version()
    return here


def doctor(world: World, **environ: str) -> list[dict[str, Any]]:
    """Run it for its JSON; the exit status must be what the findings say."""
    result = run(world, "doctor", "--json", **environ)
    assert result.stderr == ""
    found: list[dict[str, Any]] = json.loads(result.stdout)
    assert result.returncode == any(one["status"] == "error" for one in found)
    return found


def told(world: World, **environ: str) -> list[tuple[str, str, str]]:
    """Tell the check, status and message of all that is not well."""
    # other tests have sessions on this machine too, and programs in them
    found = [one for one in doctor(world, **environ) if one["check"] != "copies"]
    assert all(one["hint"] for one in found if one["status"] != "ok")
    return [(one["check"], one["status"], one["message"]) for one in found if one["status"] != "ok"]


def test_a_machine_that_is_well_is_told_so_line_by_line(well: World) -> None:
    result = run(well, "doctor")
    assert (result.returncode, result.stderr) == (0, "")
    text = re.sub(r"(?m)^warning  copies: .*\n.*\n", "", result.stdout)  # those of other tests
    lines = text.splitlines()
    assert [line for line in lines if not line.startswith("ok       ")] == []
    checks = [line.split()[1].rstrip(":") for line in lines]
    expected = ["integration", "config", "keys", "variables", "keyring", "network", "versions", "clock"]
    assert list(dict.fromkeys(checks)) == expected
    assert re.search(r"^ok       clock: \d+ s (ahead of|behind) AWS's \(127\.0\.0\.1\)$", result.stdout, re.M)
    assert f"awsactivate {version()}, Python {sys.version.split()[0]}, boto3 " in result.stdout


def test_json_is_an_array_of_findings(well: World) -> None:
    found = doctor(well)
    assert {tuple(one) for one in found} == {("check", "status", "message", "hint", "file", "line")}
    assert found[0] == {
        "check": "integration",
        "status": "ok",
        "message": f"loaded, version {version()}",
        "hint": None,
        "file": None,
        "line": None,
    }


Break = Callable[[World], dict[str, str]]


def config(text: str) -> Break:
    """Add to the config."""

    def apply(world: World) -> dict[str, str]:
        world.add_profile(text)
        return {}

    return apply


def clock(seconds: float) -> Break:
    """Put AWS's clock apart from ours."""

    def apply(world: World) -> dict[str, str]:
        world.aws.clock.set_skew(seconds)
        return {}

    return apply


def environ(**values: str) -> Break:
    """Set variables."""
    return lambda world: {name: value.format(home=world.home) for name, value in values.items()}


def older_file(world: World) -> dict[str, str]:
    """Let the integration's file be of an older version."""
    file = world.home / ".local/share/awsactivate/awsactivate.bash"
    file.write_text(file.read_text().replace(f"# awsactivate {version()}:", "# awsactivate 0.0.1:", 1))
    return {}


def other_core(world: World) -> dict[str, str]:
    """Let the integration's file start a program of another place."""
    file = world.home / ".local/share/awsactivate/awsactivate.bash"
    file.write_text(file.read_text().replace(f"'{PROGRAM}'", "'/opt/awsactivate'"))
    return {}


def not_ours(world: World) -> dict[str, str]:
    """Let the integration's file be anything."""
    (world.home / ".local/share/awsactivate/awsactivate.bash").write_text("echo hello\n")
    return {}


def not_installed(world: World) -> dict[str, str]:
    """Take the integration out."""
    assert run(world, "install", "bash", "--uninstall").returncode == 0
    del world.environ["_AWSACTIVATE_WRAPPER"]
    return {}


def not_loaded(world: World) -> dict[str, str]:
    """Ask from a script."""
    del world.environ["_AWSACTIVATE_WRAPPER"]
    return {}


def plain_key(world: World) -> dict[str, str]:
    """Put a key where everybody reads it."""
    file = world.home / ".aws/credentials"
    file.write_text("[bob]\naws_access_key_id = AKIABOB\naws_secret_access_key = x\n")
    file.chmod(0o644)
    os.utime(file, (time.time() - 100.5 * 86_400,) * 2)
    return {}


def damaged_index(world: World) -> dict[str, str]:
    """Put nonsense where the index is."""
    (world.home / ".local/share/awsactivate/identities.json").write_text("{}")
    (world.home / ".aws/config").write_text("")
    return {}


def empty_bundle(world: World) -> dict[str, str]:
    """Set a CA bundle without a certificate."""
    (world.home / "ca.pem").write_text("")
    return {"SSL_CERT_FILE": str(world.home / "ca.pem")}


BROKEN: dict[str, tuple[Break, list[tuple[str, str, str]]]] = {
    "integration-not-installed": (
        not_installed,
        [("integration", "error", "no start-up file of a shell loads it")],
    ),
    "integration-not-loaded": (
        not_loaded,
        [("integration", "warning", "installed, but not in the shell or script that started this")],
    ),
    "integration-of-another-version": (
        environ(_AWSACTIVATE_WRAPPER="0.0.1"),
        [("integration", "error", f"this shell has loaded version 0.0.1, and this is {version()}")],
    ),
    "integration-file-older": (
        older_file,
        [("integration", "error", f"this file is of version 0.0.1, and this is {version()}")],
    ),
    "integration-of-another-core": (
        other_core,
        [("integration", "warning", f"this file starts another awsactivate than {PROGRAM}")],
    ),
    "integration-file-not-ours": (
        not_ours,
        [("integration", "warning", "this file is none that `install` has written")],
    ),
    "config-unreadable": (
        config("nonsense\n"),
        [
            ("config", "error", "must be a [section] or read 'key = value'"),
            (
                "clock",
                "warning",
                "not compared: the configuration can't be used: "
                "Unable to parse config file: {home}/.aws/config",
            ),
        ],
    ),
    "config-misspelt": (
        config("[profile x]\nsouce_profile = alice\n"),
        [("config", "error", "[profile x] has 'souce_profile', which nothing reads")],
    ),
    "config-ring": (
        config("[profile x]\nsource_profile = y\n[profile y]\nsource_profile = x\n"),
        [("config", "error", "profile 'y': source_profile leads round in a ring: x -> y -> x")],
    ),
    "keys-in-a-file": (
        plain_key,
        [
            (
                "keys",
                "warning",
                "the access key AKIABOB of 'bob' stands in plain text "
                "(its file was last written 100 days ago)",
            ),
            ("keys", "error", "others than you may read this file with access keys (mode 0644)"),
        ],
    ),
    "variables-conflict": (
        environ(AWS_PROFILE="alice", AWS_ACCESS_KEY_ID="AKIA", AWS_SECRET_ACCESS_KEY="x"),
        [
            (
                "variables",
                "warning",
                "a long-term access key (AKIA) is in this environment, and in all that it starts",
            ),
            (
                "variables",
                "error",
                "AWS_PROFILE=alice has no effect: AWS_ACCESS_KEY_ID is set too, and wins",
            ),
        ],
    ),
    "variables-name-a-missing-file": (
        environ(AWS_SHARED_CREDENTIALS_FILE="{home}/missing"),
        [("variables", "error", "AWS_SHARED_CREDENTIALS_FILE names a file that does not exist")],
    ),
    "index-damaged": (
        damaged_index,
        [
            (
                "keyring",
                "error",
                "{home}/.local/share/awsactivate/identities.json is damaged: it is no index "
                "that this version can read",
            ),
        ],
    ),
    "keyring-missing": (
        environ(AWSACTIVATE_KEYRING_BACKEND="keyring.backends.fail.Keyring"),
        [("keyring", "error", "there is no keyring on this machine")],
    ),
    "clock-ahead": (
        clock(-400),
        [
            (
                "clock",
                "error",
                "this machine's clock is 400 s ahead of AWS's (127.0.0.1): AWS refuses signatures",
            )
        ],
    ),
    "proxies-differ": (
        environ(HTTPS_PROXY="http://a:1", https_proxy="http://b:1", NO_PROXY="127.0.0.1"),
        [("network", "error", "HTTPS_PROXY and https_proxy differ: each program takes its own")],
    ),
    "ca-bundle-missing": (
        environ(REQUESTS_CA_BUNDLE="{home}/missing.pem"),
        [("network", "error", "REQUESTS_CA_BUNDLE can't be read: No such file or directory")],
    ),
    "ca-bundle-empty": (
        empty_bundle,
        [
            (
                "network",
                "warning",
                "SSL_CERT_FILE is set and AWS_CA_BUNDLE is not: AWS's SDKs don't read SSL_CERT_FILE",
            ),
            ("network", "error", "SSL_CERT_FILE holds no certificate"),
        ],
    ),
}


@pytest.mark.parametrize("way", BROKEN)
def test_each_way_to_be_broken_is_told_and_nothing_else(way: str, well: World) -> None:
    break_it, expected = BROKEN[way]
    found = told(well, **break_it(well))
    # on a busy machine the answer with AWS's time is some seconds old when it is read
    found = [(*rest, re.sub(r"\b(39[5-9]|40[0-5]) s ahead", "400 s ahead", told)) for *rest, told in found]
    assert found == [
        (check, status, message.replace("{home}", str(well.home))) for check, status, message in expected
    ]


def test_offline_is_one_line_that_comes_soon(well: World) -> None:
    (line,) = told(well, AWS_ENDPOINT_URL="http://127.0.0.1:1")
    assert line[:2] == ("clock", "warning")
    assert line[2].startswith("not compared with AWS's: AWS could not be reached: ")


@pytest.mark.long
def test_an_endpoint_that_is_silent_is_not_waited_for(well: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        (line,) = told(well, AWS_ENDPOINT_URL=url)
    assert line[:2] == ("clock", "warning")
    assert line[2].startswith("not compared with AWS's: AWS ")


def test_a_program_that_keeps_a_sessions_copy_is_named(well: World) -> None:
    session = {
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWSACTIVATE_VARS": "AWS_SECRET_ACCESS_KEY",
        "AWSACTIVATE_PROFILE": "left-behind",
    }
    job = subprocess.Popen(["/bin/sleep", "60"], env={**well.environ, **session})
    over = subprocess.Popen(
        ["/bin/sleep", "60"], env={**well.environ, **session, "AWSACTIVATE_EXPIRATION": "1700000000"}
    )
    try:
        found = [one for one in doctor(well) if one["check"] == "copies"]
        assert len(found) == 1
        assert found[0]["status"] == "warning"
        assert f"sleep ({job.pid}, left-behind)" in found[0]["message"]
        assert f"({over.pid}," not in found[0]["message"]
    finally:
        for process in (job, over):
            process.kill()
            process.wait()


@pytest.fixture
def with_secret_service(well: World, tmp_path: Path) -> Iterator[World]:
    """A real keyring in place of the file."""
    with secret_service(tmp_path / "keyring") as environ:
        mine = {**well.environ, **environ}
        del mine["AWSACTIVATE_KEYRING_BACKEND"]
        yield replace(well, environ={**mine, "AWSACTIVATE_KEYRING_BACKEND": "secret-service"})


def test_a_real_keyring_is_told_to_be_open_or_locked_without_asking(with_secret_service: World) -> None:
    name = "keyring.backends.SecretService.Keyring"
    (found,) = [one for one in doctor(with_secret_service) if one["check"] == "keyring"]
    assert (found["status"], found["message"]) == ("ok", f"{name}, unlocked")
    lock = "import secretstorage as s; b = s.dbus_init(); s.get_collection_by_alias(b, 'default').lock()"
    subprocess.run([sys.executable, "-c", lock], env=with_secret_service.environ, check=True)
    (found,) = [one for one in doctor(with_secret_service) if one["check"] == "keyring"]
    assert (found["status"], found["message"]) == (
        "warning",
        f"{name} is locked: it will ask for its password",
    )


@pytest.mark.parametrize(
    ("more", "start"),
    [
        ({"TERM": "xterm"}, "\x1b[32m✓\x1b[0m integration: "),
        ({"TERM": "xterm", "NO_COLOR": "1"}, "✓ integration: "),
        ({"TERM": "dumb"}, "✓ integration: "),
    ],
)
def test_on_a_terminal_each_line_has_a_mark_and_its_colour(
    more: dict[str, str], start: str, well: World
) -> None:
    plain = {name: value for name, value in well.environ.items() if name != "NO_COLOR"}
    with terminal([str(PROGRAM), "doctor"], {**plain, **more}, inherits=False) as opened:
        shown = opened.read()
        assert (opened.wait(), shown[: len(start)]) == (0, start)


@pytest.mark.parametrize("name", SHELLS)
def test_the_shells_tell_that_they_are_loaded_and_what_was_before_a_session(name: str, well: World) -> None:
    environ = {key: value for key, value in well.environ.items() if key != "_AWSACTIVATE_WRAPPER"}
    shell = Shell(name, {**environ, "AWS_PROFILE": "alice"}, well.home)
    try:
        shell.begin("activate prod", well.prompt)
        shell.type(well.device.code() + "\r")
        shell.prompt()
        assert re.search(rf"✓ integration: loaded, version {version()}", shell.run("awsactivate doctor"))
        assert shell.status() == 0
    finally:
        shell.close()


def test_the_json_that_a_report_asks_for_holds_nothing_secret(well: World) -> None:
    """Whatever is wrong: with keys in files and variables, seeds, passwords in addresses and commands."""
    secrets = [f"S3CRET{number}" + "x" * 26 for number in range(9)]
    key = AccessKey("AKIAABCDEFGHIJKLMNOP", secrets[0])
    identity = KeyringItem(key, Seed("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", well.device.serial))
    (well.home / "keyring.json").write_text(json.dumps({"awsactivate/alice": to_text(identity)}))
    (well.home / ".aws/credentials").write_text(
        f"[old]\naws_access_key_id = AKIAABCDEFGHIJKLMNOP\naws_secret_access_key = {secrets[1]}\n"
        f"aws_session_tokn = {secrets[2]}\naws_secret_acces_key = {secrets[3]}\n{secrets[3]}\n"
    )
    (well.home / ".aws/credentials").chmod(0o644)
    well.add_profile(
        f"[profile vault]\ncredential_process = tool --password {secrets[4]}\nexternal_id = {secrets[5]}\n"
        f"[profile odd]\nrole_arn = nonsense\nsource_profile = gone\nmfa_proces = echo {secrets[5]}\n"
    )
    result = run(
        well,
        "doctor",
        "--json",
        AWS_ACCESS_KEY_ID="AKIAABCDEFGHIJKLMNOQ",
        AWS_SECRET_ACCESS_KEY=secrets[6],
        AWS_SESSION_TOKEN=secrets[7],
        AWSACTIVATE_MFA_CODE="918273",
        HTTPS_PROXY=f"http://user:{secrets[8]}@127.0.0.1:1",
        https_proxy=f"user:{secrets[8]}@nowhere",
        AWS_CA_BUNDLE="/nonexistent",
    )
    assert json.loads(result.stdout)
    told = result.stdout + result.stderr
    assert [one for one in [*secrets, "918273", "JBSWY3DPEHPK3PXP"] if one in told] == []
