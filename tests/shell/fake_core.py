"""A core for the wrappers' tests: answers `_activate` for made-up profiles, and misbehaves when told to.

The profile's name says what it does: `fail` exits 3, `half` dies in the middle of its answer, `open` leaves
the sentinel out, `garbage` prints something before the answer, `hang` waits, `ask` asks on the terminal,
`killed` dies while the echo is off, `only-in-a-copy` answers what fails outside a subshell. `soon`, `over`
and `endless` have other expirations. Every other name simply becomes active. With `-` or `--mfa-code=-` as
the last word, it reads a line of stdin and says it.

$FAKE_CORE_LOG, where set, is a file that gets argv, the parent's process id and the environment of the last
run as JSON. $FAKE_CORE_EXTRA is JSON of further variables (a number is a value's length), $FAKE_CORE_STYLE
the style of the prompt. What else the shell is to keep: $FAKE_CORE_ON_EXIT, $FAKE_CORE_SILENT and
$FAKE_CORE_MFA, where set, and $FAKE_CORE_AGAIN. A renewal begins the profile of another name, or ends with
the status $FAKE_CORE_RENEWAL.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import termios
import time
from datetime import UTC, datetime
from pathlib import Path

from awsactivate.sessions import environment
from awsactivate.sessions.credentials import Credentials, Session
from awsactivate.shells import dialects, integration, table

MFA_SECRET = "MFA-SECRET'\"\\$(touch /tmp/pwned)`\n;"
MFA_SHOWN = "arn:aws:iam::111122223333:mfa/alice 4000000000"
LIFETIMES = {"soon": 10 * 60, "over": -60, "endless": None}


def secret(profile: str) -> str:
    """Return the secret key that `profile` gets: every kind of quote, so that quoting is tried as well."""
    return f"SECRET/{profile}+'\"\\$(touch /tmp/pwned)`=!#\n;~*"


def session(profile: str, now: float) -> Session:
    """Return the session that `profile` gets."""
    lifetime = LIFETIMES.get(profile, 60 * 60)
    expiration = None if lifetime is None else datetime.fromtimestamp(int(now) + lifetime, UTC)
    credentials = Credentials(f"ASIA{profile.upper()}", secret(profile), f"TOKEN/{profile}", expiration)
    return Session(
        profile=profile,
        credentials=credentials,
        source_profile="base",
        region=None if profile == "nowhere" else f"{profile}-region-1",
        role_arn=f"arn:aws:iam::111122223333:role/{profile}",
        assumed_role_id=f"AROAEXAMPLE:{profile}",
        arn=f"arn:aws:sts::111122223333:assumed-role/{profile}/session",
    )


def answer(shell: str, profile: str) -> str:
    """Return the text that makes `profile` active in `shell`."""
    extra = json.loads(os.environ.get("FAKE_CORE_EXTRA", "{}"))
    extra = {name: value if isinstance(value, str) else "x" * value for name, value in extra.items()}
    change = environment.activation(session(profile, time.time()), extra)
    style = os.environ.get("FAKE_CORE_STYLE", "")
    later = dialects.Later(
        revoke_on_exit="FAKE_CORE_ON_EXIT" in os.environ,
        again=os.environ.get("FAKE_CORE_AGAIN", f"-- {profile}"),
        is_silent="FAKE_CORE_SILENT" in os.environ,
        mfa_session=(MFA_SECRET, MFA_SHOWN) if "FAKE_CORE_MFA" in os.environ else None,
    )
    if shell not in table.INSTALLED:
        later = dialects.Later()
    message = f"activated {profile}"
    return dialects.activation_text(change, shell, style=style, message=message, later=later)


def main(argv: list[str]) -> int:
    """Do what the profile's name says."""
    log = os.environ.get("FAKE_CORE_LOG")
    if log:
        whole = json.dumps({"argv": argv, "parent": os.getppid(), "environ": dict(os.environ)})
        written = Path(f"{log}.{os.getpid()}")
        written.write_text(whole, encoding="utf-8")
        written.replace(log)  # a test may read it at any moment
    if argv[:1] == ["init"]:
        return write(integration.text(argv[1], sys.argv[0], None, short_names=True))
    if argv[:1] != ["_activate"]:
        sys.stdout.write(f"the core ran {' '.join(argv)}\n")
        return int(os.environ.get("FAKE_CORE_STATUS", "0"))
    shell, profile = argv[1], argv[2] if len(argv) > 2 else os.environ.get("AWSACTIVATE_PROFILE", "default")
    if profile == "--renew":
        if status := int(os.environ.get("FAKE_CORE_RENEWAL", "0")):
            sys.stderr.write("awsactivate: error: no renewal\n")
            return status
        profile = os.environ["AWSACTIVATE_PROFILE"] + os.environ.get("FAKE_CORE_RENEWED", "-renewed")
    if profile == "--help":
        sys.stderr.write("usage: activate\n")
        return write(dialects.nothing_text(shell))
    if profile == "fail":
        sys.stderr.write("awsactivate: error: there is no profile 'fail'\n")
        return 3
    if argv[-1:] in (["-"], ["--mfa-code=-"]):
        sys.stderr.write(f"the code was {sys.stdin.readline()}")
    text = answer(shell, profile)
    if profile == "half":
        write(text[: len(text) // 2])
        os.kill(os.getpid(), signal.SIGKILL)
    if profile == "open":
        return write(text.replace("awsactivate-end", "awsactivate"))
    if profile == "garbage":
        return write("a line of somebody's\n" + text)
    if profile == "hang":
        sys.stderr.write("hanging\n")
        time.sleep(60)
    if profile == "only-in-a-copy":
        test = '[ "${BASH_SUBSHELL:-$ZSH_SUBSHELL}" -gt 0 ]'
        return write(text.replace(" && _awsactivate_begun", f" && {test} && _awsactivate_begun"))
    if profile in ("ask", "killed"):
        return ask(text, dies=profile == "killed")
    return write(text)


def ask(text: str, *, dies: bool) -> int:
    """Ask for a code with the echo off, as the real core does; restore the terminal unless we die."""
    with Path("/dev/tty").open("r+b", buffering=0) as terminal:
        before = termios.tcgetattr(terminal)
        silent = termios.tcgetattr(terminal)
        silent[3] &= ~(termios.ECHO | termios.ICANON)
        # from before the echo is off: on a busy machine Ctrl-C comes right behind the question
        try:
            termios.tcsetattr(terminal, termios.TCSADRAIN, silent)
            terminal.write(b"code? ")
            if dies:
                os.kill(os.getpid(), signal.SIGKILL)
            code = b""
            while not code.endswith((b"\r", b"\n")):
                code += terminal.read(1)
        except KeyboardInterrupt:
            time.sleep(0.3)  # a shell must not go on before the terminal is put back
            return 130
        finally:
            termios.tcsetattr(terminal, termios.TCSADRAIN, before)
    return write(text) if code.strip() == b"123456" else 5


def write(text: str) -> int:
    """Write `text` to stdout, whole."""
    sys.stdout.write(text)
    sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
