"""Where the benchmarks run: ours as a wheel, the peers, the embedded AWS, and homes with configurations."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / ".venv-bench"
USERS = 40  # a code goes to AWS once in its half minute, so each run with a code is another user's
ROUND_TRIP = 0.030  # seconds to AWS and back, where it is far
# awsume 4 still imports pkg_resources, which setuptools has given up
PEERS = {"awscli": ["awscli"], "awsume": ["awsume", "setuptools<81"]}


@dataclass(frozen=True)
class World:
    """All that a row needs to know."""

    home: Path
    endpoint: str
    role: str
    users: tuple[tuple[str, str, str, str], ...]
    environ: dict[str, str]
    far: dict[str, str]
    """An environment in which AWS is a round trip away, behind a proxy that any program takes."""
    parameter_store: dict[str, str]
    """An environment in which Parameter Store answers after 50 ms, and throttles as AWS does."""

    @property
    def awsactivate(self) -> str:
        """Our console script."""
        return str(PLACE / "ours/bin/awsactivate")

    @property
    def python(self) -> str:
        """The interpreter that runs ours."""
        return str(PLACE / "ours/bin/python")

    @property
    def aws(self) -> str:
        """The AWS CLI."""
        return str(PLACE / "awscli/bin/aws")

    def peer(self, name: str) -> str | None:
        """Return another's program, from the folder that $AWSACTIVATE_BENCH_PEERS names.

        granted's is there by its other name too, `assumego`, as its installer links it.
        """
        folder = os.environ.get("AWSACTIVATE_BENCH_PEERS")
        path = Path(folder) / name if folder else None
        return str(path) if path and path.exists() else None

    def connections(self, host: str) -> int:
        """Count those that the front has taken to hosts whose names begin so."""
        lines = (self.home / "front/hosts").read_text().splitlines()
        return sum(1 for line in lines if line.startswith(host))

    def assume_role(self) -> list[str]:
        """Return the AWS CLI's command that does what `activate` does."""
        role = ["--role-arn", self.role, "--role-session-name", "benchmark"]
        return [self.aws, "sts", "assume-role", "--profile", "base", *role]

    def big(self, count: int) -> dict[str, str]:
        """Return an environment whose config has `count` profiles."""
        config = self.home / f"config-{count}"
        if not config.exists():
            config.write_text(
                "[profile base]\nregion = eu-west-1\n\n"
                + "".join(
                    f"[profile team{number % 50:02}-service{number:04}]\n"
                    f"role_arn = arn:aws:iam::{100_000_000_000 + number}:role/administrator\n"
                    "source_profile = base\nmfa_serial = arn:aws:iam::111122223333:mfa/user0\n"
                    "region = eu-west-1\n\n"
                    for number in range(count)
                )
            )
        return {**self.environ, "AWS_CONFIG_FILE": str(config)}

    def line(self, shell: str) -> str:
        """Return the line by which `install` has the shell load the integration."""
        files = {"bash": ".bashrc", "zsh": ".zshrc", "fish": ".config/fish/config.fish"}
        return (self.home / files[shell]).read_text().strip().splitlines()[-1]

    def session(self) -> dict[str, str]:
        """Return an environment that holds a session already, as a shell inherits one."""
        return {
            **self.environ,
            "AWS_ACCESS_KEY_ID": "ASIAEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "example",
            "AWS_SESSION_TOKEN": "example",
            "AWS_CREDENTIAL_EXPIRATION": "2100-01-01T00:00:00Z",
            "AWSACTIVATE_PROFILE": "plain",
            "AWSACTIVATE_ROLE_ARN": self.role,
            "AWSACTIVATE_EXPIRATION": "4102444800",
            "AWSACTIVATE_VARS": "AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN",
        }


def install() -> None:
    """Make the virtual environments: ours anew from a wheel, the peers where they are missing."""
    # compiled ahead, as pip does by default, on both sides
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    pip = ["-m", "pip", "-qq", "--disable-pip-version-check"]
    for name, packages in PEERS.items():
        place = PLACE / name
        if not (place / "done").exists():
            _say(f"installing {name}")
            subprocess.run([sys.executable, "-m", "venv", "--clear", place], check=True)
            subprocess.run([place / "bin/python", *pip, "install", *packages], check=True, env=environ)
            (place / "done").touch()
    _say("installing awsactivate, from a wheel of its own")
    place = PLACE / "ours"
    if not (place / "bin/python").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", place], check=True)
    with tempfile.TemporaryDirectory() as folder:
        build = [sys.executable, *pip, "wheel", "--no-deps", "--wheel-dir", folder, str(ROOT)]
        subprocess.run(build, check=True, env=environ)
        [wheel] = Path(folder).glob("*.whl")
        subprocess.run([place / "bin/python", *pip, "install", wheel], check=True, env=environ)
        again = ["install", "--force-reinstall", "--no-deps", wheel]
        subprocess.run([place / "bin/python", *pip, *again], check=True, env=environ)


@contextmanager
def opened(*, answers_after: float = 0) -> Iterator[World]:
    """Start the embedded AWS and furnish a home; both are gone afterwards.

    STS and IAM answer after so many seconds, as if they were that far away.
    """
    home = Path(tempfile.mkdtemp(prefix="awsactivate-bench-"))
    (home / "front").mkdir()
    here = Path(__file__)
    with ExitStack() as running:
        running.callback(shutil.rmtree, home)
        told = json.loads(begun(running, here.with_name("server.py"), str(USERS), str(answers_after)))
        distances = [f"{host}={ROUND_TRIP}" for host in ("sts", "iam")]
        front = begun(running, here.with_name("front.py"), told["url"], str(home / "front"), *distances)
        store = begun(running, here.parents[1] / "parameter_store.py", "--serve")
        yield _furnished(home, told, front.strip(), store.strip())


def begun(running: ExitStack, program: Path, *words: str) -> str:
    """Start a server that ends with its stdin, and return the first line that it says."""
    server = subprocess.Popen(
        [sys.executable, program, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    running.callback(server.communicate)
    assert server.stdout is not None
    return server.stdout.readline()


def _furnished(home: Path, told: dict[str, object], front: str, store: str) -> World:
    users = tuple(tuple(map(str, user)) for user in told["users"])  # type: ignore[attr-defined]
    (home / ".aws").mkdir(mode=0o700)
    key_id, secret, *_ = users[0]
    config = "[profile base]\nregion = eu-west-1\n\n"
    config += f"[profile plain]\nrole_arn = {told['plain']}\nsource_profile = base\nregion = eu-west-1\n\n"
    credentials = f"[base]\naws_access_key_id = {key_id}\naws_secret_access_key = {secret}\n\n"
    for number, (key_id, secret, serial, _) in enumerate(users):
        config += (
            f"[profile guarded{number}]\nrole_arn = {told['guarded']}\nsource_profile = user{number}\n"
            f"mfa_serial = {serial}\nregion = eu-west-1\n\n"
            f"[profile known{number}]\nrole_arn = {told['plain']}\nsource_profile = user{number}\n"
            "region = eu-west-1\n\n"
            f"[profile marked{number}]\nrole_arn = {told['marked']}\nsource_profile = user{number}\n"
            f"mfa_serial = {serial}\nregion = eu-west-1\nrevocable = true\n\n"
        )
        credentials += f"[user{number}]\naws_access_key_id = {key_id}\naws_secret_access_key = {secret}\n\n"
    (home / ".aws/config").write_text(config)
    (home / ".aws/credentials").write_text(credentials)
    environ = {
        "HOME": str(home),
        "PATH": f"{PLACE}/awsume/bin:{os.environ['PATH']}",
        "LANG": "C.UTF-8",
        "TERM": "xterm",
        "AWS_ENDPOINT_URL": str(told["url"]),
    }
    for shell in ("bash", "zsh", "fish"):
        subprocess.run(
            [PLACE / "ours/bin/awsactivate", "install", shell], env=environ, check=True, capture_output=True
        )
    # fish's first start would read all manual pages, behind what is measured
    (home / ".local/share/fish/generated_completions").mkdir(parents=True)
    authority = str(home / "front/ca.pem")
    common = {name: value for name, value in environ.items() if name != "AWS_ENDPOINT_URL"}
    far = {
        **common,
        "HTTPS_PROXY": front,
        "AWS_CA_BUNDLE": authority,
        "SSL_CERT_FILE": authority,
        "AWS_VAULT_BACKEND": "file",
        "AWS_VAULT_FILE_DIR": str(home / "vault"),
        "AWS_VAULT_FILE_PASSPHRASE": "of the benchmark",
        "GRANTED_ALIAS_CONFIGURED": "true",  # or it would ask whether to change the start-up files
    }
    key_id, secret, *_ = users[0]
    parameter_store = {
        **common,
        "AWS_ENDPOINT_URL": store,
        "CHAMBER_AWS_SSM_ENDPOINT": store,
        "AWS_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": key_id,
        "AWS_SECRET_ACCESS_KEY": secret,
    }
    world = World(
        home,
        str(told["url"]),
        str(told["plain"]),
        users,
        environ,
        far,
        parameter_store,  # type: ignore[arg-type]
    )
    if vault := world.peer("aws-vault"):
        for name, (key_id, secret, *_) in {"base": users[0], **_by_name(users)}.items():
            keys = {"AWS_ACCESS_KEY_ID": key_id, "AWS_SECRET_ACCESS_KEY": secret}
            subprocess.run(
                [vault, "add", "--env", "--no-add-config", name],
                env={**far, **keys},
                check=True,
                capture_output=True,
            )
    if granted := world.peer("granted"):
        command = [granted, "browser", "set", "--browser=stdout"]  # which it would ask at its first run
        subprocess.run(command, env=far, check=True, capture_output=True)
    return world


def _by_name(users: tuple[tuple[str, ...], ...]) -> dict[str, tuple[str, ...]]:
    return {f"user{number}": user for number, user in enumerate(users)}


def machine() -> str:
    """Name the machine, and what is on it that counts."""
    model = "unknown processor"
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [
            line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line
        ]
        model = names[0] if names else model
    versions = [f"Python {platform.python_version()}"]
    for command in ("bash --version", "zsh --version", "fish --version", "direnv version"):
        words = subprocess.run(command.split(), capture_output=True, text=True, check=True).stdout.split()
        name = command.split()[0]
        version = next(word for word in words if word[:1].isdigit())
        versions.append(f"{name} {version.split('(')[0].rstrip(',')}")
    for name in PEERS:
        done = subprocess.run(
            [PLACE / name / "bin/python", "-m", "pip", "--disable-pip-version-check", "show", name],
            capture_output=True,
            text=True,
            check=True,
        )
        versions.append(f"{name} {done.stdout.splitlines()[1].partition(' ')[2]}")
    versions += [f"{name} {said}" for name, said in _versions_of_peers().items()]
    system = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    return f"{model}, {os.cpu_count()} cores, {system}, {', '.join(versions)}"


def _versions_of_peers() -> dict[str, str]:
    """Ask the programs in $AWSACTIVATE_BENCH_PEERS what they are."""
    folder = os.environ.get("AWSACTIVATE_BENCH_PEERS")
    asking = {**dict.fromkeys(("aws-vault", "granted", "aws-runas"), "--version"), "chamber": "version"}
    found = {}
    for name, word in asking.items() if folder else ():
        path = Path(folder or "") / name
        if path.exists():
            done = subprocess.run([path, word], capture_output=True, text=True, check=False)
            said = (done.stdout + done.stderr).split()
            found[name] = next((one for one in said if any(map(str.isdigit, one))), "of its source")
    return found


def _say(text: str) -> None:
    sys.stderr.write(f"bench: {text}\n")
