"""The demo's shell: a throw-away home on an embedded AWS, and its end."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from awsactivate.demo.aws import EmbeddedAws, NoCodeLeft
from awsactivate.demo.sign_on_state import START_URL, Assignment
from awsactivate.errors import UsageError
from awsactivate.running import core_files
from awsactivate.sessions.environment import of_helper
from awsactivate.shells import shell_files

ACCOUNT = "111122223333"
REGION = "eu-west-1"

_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "sts:AssumeRole",
            "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
        }
    ],
}
_ASSUME = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": f"arn:aws:iam::{ACCOUNT}:role/terraform"},
        {"Effect": "Allow", "Action": "signin:*", "Resource": "*"},
    ],
}
_EVERYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}

# where each shell looks for the start-up file of ours
_STARTUP_FILES = {"bash": ".bashrc", "zsh": ".zshrc", "fish": ".config/fish/config.fish"}


def run_demo(shell: str, *, program: str, environ: Mapping[str, str], script: Path | None) -> int:
    """Run `shell` (or FILE's lines in it, where `script` is given) on a fresh AWS; return its exit status.

    `program` is the absolute path of the `awsactivate` that the shell is to use.
    """
    executable = shutil.which(shell)
    if executable is None:
        raise UsageError(f"{shell} is not installed", hint="awsactivate demo --shell bash")
    home = Path(tempfile.mkdtemp(prefix="awsactivate-demo-"))
    with _Janitor(home, environ) as janitor, EmbeddedAws() as aws:
        code_url = _furnish(home, shell, aws)
        own_environ = {**_environment(environ, home, aws, program, code_url), "SHELL": executable}
        if script is not None:
            return _run(_script_command(executable, shell, home, script), own_environ, janitor)
        return _run([executable, "-i"], own_environ, janitor, folder=home)


def _furnish(home: Path, shell: str, aws: EmbeddedAws) -> str:
    """Make the account and the user's files; return the URL at which codes are given out."""
    user = aws.user("alice", policies={"assume": _ASSUME}, account=ACCOUNT)
    device = aws.mfa_device(user)
    role = aws.role("terraform", trust=_TRUST, policies={"everything": _EVERYTHING}, account=ACCOUNT)
    # one phone serves both ways
    aws.person("alice", [Assignment(ACCOUNT, "Demo", "Admin", role.arn)], seed=device.seed)
    folder = home / ".aws"
    folder.mkdir(mode=0o700)
    _write(
        folder / "config",
        f"[profile alice]\nregion = {REGION}\n\n"
        f"[profile demo]\nrole_arn = {role.arn}\nsource_profile = alice\n"
        f"mfa_serial = {device.serial}\nregion = {REGION}\n\n"
        f"[profile sso]\nsso_session = demo\nsso_account_id = {ACCOUNT}\nsso_role_name = Admin\n"
        f"region = {REGION}\n\n[profile me]\nlogin_session = {user.arn}\nregion = {REGION}\n\n"
        f"[sso-session demo]\nsso_start_url = {START_URL}\nsso_region = {REGION}\n",
    )
    _write(
        folder / "credentials",
        f"[alice]\naws_access_key_id = {user.credentials.access_key_id}\n"
        f"aws_secret_access_key = {user.credentials.secret_access_key}\n",
    )
    startup = home / _STARTUP_FILES[shell]
    startup.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(shell_files.path("demo", f"rc.{shell}"), startup)
    if shell == "fish":
        # without it fish's first start reads all manual pages in the background, and writes after the end
        (home / ".local/share/fish/generated_completions").mkdir(parents=True)
    return _give_out_codes(device.code)


def _environment(
    environ: Mapping[str, str], home: Path, aws: EmbeddedAws, program: str, code_url: str
) -> dict[str, str]:
    foreign = ("AWS_", "AWSACTIVATE_", "XDG_", "TF_VAR_")
    kept = {
        name: value
        for name, value in environ.items()
        if not name.startswith(foreign) and name not in ("BASH_ENV", "ENV", "ZDOTDIR", "PROMPT_COMMAND")
    }
    own_commands = shell_files.path("demo")
    path = os.pathsep.join([own_commands, str(Path(program).parent), environ.get("PATH", os.defpath)])
    return kept | {
        "HOME": str(home),
        "PATH": path,
        "AWS_ENDPOINT_URL": aws.endpoint_url,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWSACTIVATE_DEMO_PROGRAM": program,
        "AWSACTIVATE_DEMO_GUIDE": shell_files.path("demo", "guide.txt"),
        "AWSACTIVATE_DEMO_CODE_URL": code_url,
    }


def _script_command(executable: str, shell: str, home: Path, script: Path) -> list[str]:
    startup = str(home / _STARTUP_FILES[shell])
    options = {"bash": ["--norc", "--noprofile"], "zsh": ["-f"], "fish": ["--no-config"]}[shell]
    both = 'source "$1"; source "$2"' if shell != "fish" else "source $argv[1]; source $argv[2]"
    words = [] if shell == "fish" else [shell]
    return [executable, *options, "-c", both, *words, startup, str(script.resolve())]


def _run(
    command: list[str], environ: Mapping[str, str], janitor: _Janitor, *, folder: Path | None = None
) -> int:
    """Run the shell to its end; a signal that would end us ends it, and so us, in order."""
    core_files.allow_for_command()
    process = subprocess.Popen(command, env=dict(environ), cwd=folder)
    core_files.allow_none_again()
    janitor.watch(process.pid)
    ending: list[int] = []
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _frame: ending.append(received))
    # Ctrl-C and Ctrl-\ are the shell's own business
    for number in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)
    status = None
    while status is None:
        if ending:  # again and again: a shell that is about to read may not notice the first
            process.send_signal(_ending(ending[0]))
        try:
            status = process.wait(timeout=0.2)
        except subprocess.TimeoutExpired:
            continue
    return status if status >= 0 else 128 - status


def _ending(received: int) -> int:
    # interactive shells ignore SIGTERM, and none ignores the loss of its terminal
    return signal.SIGHUP if received == signal.SIGTERM else received


class _Janitor:
    """A process that removes `folder` when this one is gone, in whatever way it goes."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        script = shell_files.path("demo", "janitor.sh")
        self._process = subprocess.Popen(
            ["/bin/sh", script, str(folder)],
            stdin=subprocess.PIPE,
            env=of_helper(environ),
            start_new_session=True,
        )

    def __enter__(self) -> _Janitor:
        return self

    def watch(self, shell: int) -> None:
        """Name the shell that must not outlive us."""
        self._tell(f"{shell}\n")

    def __exit__(self, *_exception: object) -> None:
        self._tell("ended\n")
        self._process.communicate()

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None  # noqa: S101  (a pipe was asked for)
        self._process.stdin.write(line.encode())
        self._process.stdin.flush()


def _give_out_codes(code: Callable[[], str]) -> str:
    class Phone(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                body, status = code().encode(), 200
            except NoCodeLeft:
                body, status = b"", 429
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass  # the terminal is the shell's

    server = ThreadingHTTPServer(("127.0.0.1", 0), Phone)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}/"


def _write(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
