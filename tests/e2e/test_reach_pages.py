"""docs/containers.md and docs/remote.md, word by word: a container, and another machine by a real sshd."""

from __future__ import annotations

import getpass
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.conftest import ANYTHING, World, mfa_trust
from harness.shells import PROGRAM
from needs import needs_program

pytestmark = pytest.mark.long

DOCS = Path(__file__).parents[2] / "docs"
CONTAINERS, REMOTE = (DOCS / f"{name}.md" for name in ("containers", "remote"))
SECONDS = 60
# In place of an engine: the mounts, the user and the environment of a container, in namespaces of their own.
NAMESPACES = r"""#!/bin/sh
set -eu
[ "$1" = run ] && shift
mounts='mount -t tmpfs none /run' variables='' user=''
while :; do
  case $1 in
    (--rm) shift ;;
    (-v) mounts="$mounts
      from='${2%%:*}' to=$(echo "$2" | cut -d : -f 2)
      if [ -d \"\$from\" ]; then mkdir -p \"\$to\"; else touch \"\$to\"; fi
      mount --bind \"\$from\" \"\$to\""
      shift 2 ;;
    (-e) variables="$variables $2"; shift 2 ;;
    (--user) user="setpriv --reuid=${2%:*} --regid=${2#*:} --clear-groups"; shift 2 ;;
    (*) break ;;
  esac
done
[ "$1" = amazon/aws-cli ] && shift
[ "$(id -u)" = 0 ] && own='' || own='--user --map-root-user' user=''
exec unshare --mount $own sh -euc "$mounts
  exec env -i PATH='$PATH' HOME=/nowhere AWS_ENDPOINT_URL='$AWS_ENDPOINT_URL' $variables \
    $user aws \"\$@\"" sh "$@"
"""
# With an engine: the AWS of the tests is on this machine's own loopback.
ENGINE = """#!/bin/sh
shift
exec {docker} run --network host -e AWS_ENDPOINT_URL="$AWS_ENDPOINT_URL" "$@"
"""


def blocks(page: Path, language: str) -> list[str]:
    """Return the text of each block whose first line says just that."""
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def lines(page: Path, beginning: str, language: str = "sh") -> list[str]:
    """Return the commands of the page that begin so."""
    found = [line for block in blocks(page, language) for line in block.splitlines()]
    return [line for line in found if line.startswith(beginning)]


@pytest.fixture
def there(world: World, short_folder: Path) -> World:
    """Add the profile `dns`, a runtime folder, and a folder for programs that stand before others on PATH."""
    role = world.aws.role(
        "dns", trust=mfa_trust(world.account), policies={"all": ANYTHING}, account=world.account
    )
    world.add_profile(
        f"[profile dns]\nrole_arn = {role.arn}\nsource_profile = alice\nmfa_serial = {world.device.serial}\n"
    )
    for name in ("bin", "infra"):
        (world.home / name).mkdir(mode=0o700)
    world.environ["XDG_RUNTIME_DIR"] = str(short_folder)
    own = (world.home / "bin", PROGRAM.parent, Path(sys.executable).parent)
    world.environ["PATH"] = ":".join([*map(str, own), world.environ["PATH"]])
    return world


def program(world: World, name: str, text: str) -> None:
    """Put a program before all others of its name."""
    path = world.home / "bin" / name
    path.write_text(text)
    path.chmod(0o755)


def served(world: World, line: str, script: str) -> subprocess.CompletedProcess[str]:
    """Run a line of a page; the shell that it opens at its end gets the script."""
    world.aws.clock.advance(30)  # each run has a code of its own
    return subprocess.run(
        ["bash", "-c", line],
        cwd=world.home / "infra",
        env={**world.environ, "AWSACTIVATE_MFA_CODE": world.device.code()},
        input=script,
        capture_output=True,
        text=True,
        timeout=SECONDS * 2,
    )


def has_engine() -> bool:
    docker = shutil.which("docker")
    return docker is not None and subprocess.run([docker, "info"], capture_output=True).returncode == 0


def needs_namespaces() -> None:
    """Skip, or fail under CI, where neither an engine nor namespaces are to be had."""
    needs_program("unshare")
    own = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    tried = subprocess.run(["unshare", "--mount", *own, "true"], capture_output=True, text=True)
    if tried.returncode:
        reason = f"no container engine, and no namespaces of one's own: {tried.stderr.strip()}"
        if os.environ.get("CI") == "true" and sys.platform.startswith("linux"):
            pytest.fail(reason)
        pytest.skip(reason)


def roles(told: str) -> list[str]:
    """Return the roles whose ARNs the AWS CLI has printed."""
    return re.findall(r"assumed-role/(\w+)/alice=", told)


def test_every_command_of_the_page_of_containers(there: World) -> None:
    if has_engine():
        program(there, "docker", ENGINE.format(docker=shutil.which("docker")))
    else:
        needs_namespaces()
        program(there, "docker", NAMESPACES)
    [config] = blocks(CONTAINERS, r"ini file=aws\.config")
    (there.home / "infra/aws.config").write_text(config)
    [make] = lines(CONTAINERS, "mkdir")
    both, alone = lines(CONTAINERS, "awsactivate exec")
    [curl] = lines(CONTAINERS, "curl")
    as_root, as_oneself = lines(CONTAINERS, "docker run")
    subprocess.run(["bash", "-c", make], env=there.environ, check=True)
    done = served(there, both, f"set -e\n{curl}\necho\n{as_root}\n{as_oneself}\n")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout.splitlines()[0])
    assert (document["Version"], document["AccessKeyId"][:4]) == (1, "ASIA")
    assert roles(done.stdout) == ["terraform", "dns"]
    assert list(Path(there.environ["XDG_RUNTIME_DIR"], "aws").iterdir()) == []

    done = served(there, alone, f"set -e\n{curl}\necho\naws sts get-caller-identity\n")
    assert roles(done.stdout) == ["terraform"], done.stderr
    assert json.loads(done.stdout.splitlines()[0])["Version"] == 1
    assert len(lines(CONTAINERS, "")) == 6, "a command of the page that is not tried"


def test_a_socket_reaches_where_the_network_is_another(there: World) -> None:
    needs_namespaces()
    own = "" if os.geteuid() == 0 else "--user --map-root-user"
    line = f'{PROGRAM} exec --serve=prod --socket "$XDG_RUNTIME_DIR/s" -- bash'
    ask = 'curl -fsS --unix-socket "$XDG_RUNTIME_DIR/s" http://localhost/prod'
    script = f'unshare --net {own} {ask}\necho\nunshare --net {own} curl -sS "$AWSACTIVATE_SERVE_URI"\n'
    done = served(there, line, script)
    assert json.loads(done.stdout)["Version"] == 1, done.stderr
    assert "curl: (7)" in done.stderr


def test_the_dev_container_mounts_what_the_page_serves() -> None:
    [text] = blocks(CONTAINERS, r"json file=devcontainer\.json")
    asked = json.loads(text)
    mounted = dict(part.split("=") for part in asked["mounts"][0].split(","))
    assert mounted == {"source": "${localEnv:XDG_RUNTIME_DIR}/aws", "target": "/run/aws", "type": "bind"}
    assert asked["containerEnv"]["AWS_CONFIG_FILE"].endswith("/aws.config")


@pytest.fixture
def sshd(there: World, short_folder: Path) -> Iterator[Path]:
    """Run an SSH server for this user alone; give the runtime folder of the machine that it stands for."""
    client = needs_program("ssh")
    server = needs_program(shutil.which("sshd") or "/usr/sbin/sshd")
    folder = there.home / "sshd"
    remote = short_folder / "there"
    folder.mkdir()
    remote.mkdir()
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    [config] = blocks(REMOTE, "ini file=config")
    (folder / "aws.config").write_text(config.replace("/run/user/1000", str(remote)))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    variables = {
        "AWS_CONFIG_FILE": folder / "aws.config",
        "AWS_ENDPOINT_URL": there.aws.endpoint_url,
        "PATH": there.environ["PATH"],
    }
    (folder / "sshd_config").write_text(
        f"ListenAddress 127.0.0.1:{port}\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/user.pub\n"
        "StrictModes no\nPidFile none\nUsePAM no\nPermitRootLogin prohibit-password\n"
        "PasswordAuthentication no\nKbdInteractiveAuthentication no\n"
        f"SetEnv {' '.join(f'{name}={value}' for name, value in variables.items())}\n"
    )
    (folder / "ssh_config").write_text(
        f"Host build.example.com\nHostName 127.0.0.1\nPort {port}\nUser {getpass.getuser()}\n"
        f"IdentityFile {folder}/user\nIdentitiesOnly yes\nIdentityAgent none\nUserKnownHostsFile /dev/null\n"
        "StrictHostKeyChecking no\nLogLevel ERROR\n"
    )
    program(there, "ssh", f'#!/bin/sh\nexec {client} -F {folder}/ssh_config "$@"\n')
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    running = subprocess.Popen(
        [server, "-D", "-e", "-f", folder / "sshd_config"], stderr=subprocess.PIPE, text=True
    )
    try:
        deadline = time.monotonic() + SECONDS
        while True:
            with socket.socket() as asking:
                if asking.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if running.poll() is not None:
                assert running.stderr
                pytest.fail(f"sshd ended: {running.stderr.read()}")
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield remote
    finally:
        running.terminate()
        running.communicate()


def test_every_command_of_the_page_of_another_machine(there: World, sshd: Path) -> None:
    def as_here(line: str) -> str:
        return line.replace("/run/user/1000", shlex.quote(str(sshd)))

    with_shell, alone = lines(REMOTE, "awsactivate exec")
    [clean] = lines(REMOTE, "ssh build")
    over_there = "\n".join(lines(REMOTE, "", "sh there"))
    curl = lines(REMOTE, "curl", "sh there")[0]
    done = served(
        there, as_here(with_shell), as_here(f"set -e\n{over_there}\n").replace("/prod\n", "/prod\necho\n")
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[0])["Version"] == 1
    assert roles(done.stdout) == ["terraform"]

    # sshd has left its socket; nobody is at the other end any more
    assert (sshd / "aws.sock").is_socket()
    asked = subprocess.run(["bash", "-c", as_here(curl)], env=there.environ, capture_output=True)
    assert asked.returncode != 0
    again = served(there, as_here(with_shell), "echo connected\n")
    assert (again.returncode, again.stdout) == (255, "")
    assert "remote port forwarding failed" in again.stderr
    subprocess.run(["bash", "-c", as_here(clean)], env=there.environ, check=True, stdin=subprocess.DEVNULL)

    there.aws.clock.advance(30)
    running = subprocess.Popen(
        ["bash", "-c", f"exec {as_here(alone)}"],
        env={**there.environ, "AWSACTIVATE_MFA_CODE": there.device.code()},
        start_new_session=True,
    )
    deadline = time.monotonic() + SECONDS
    while not (sshd / "aws.sock").is_socket():
        assert running.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    asked = subprocess.run(["bash", "-c", as_here(curl)], env=there.environ, capture_output=True, check=True)
    assert json.loads(asked.stdout)["Version"] == 1
    os.killpg(running.pid, signal.SIGINT)
    assert running.wait(SECONDS) != 0
    assert not Path(there.environ["XDG_RUNTIME_DIR"], "aws.sock").exists()
    assert len([*lines(REMOTE, ""), *lines(REMOTE, "", "sh there")]) == 5, "a command that is not tried"
