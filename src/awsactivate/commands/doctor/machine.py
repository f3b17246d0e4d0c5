"""This machine: the integration in its shells, its keyring, its way to AWS, its programs."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit

from awsactivate.background import Background
from awsactivate.commandline import Context
from awsactivate.diagnosis import network as judging
from awsactivate.diagnosis import sign_ins as judging_sign_ins
from awsactivate.diagnosis.finding import Finding
from awsactivate.diagnosis.variables import of_hook
from awsactivate.errors import AwsactivateError, KeyringError, ProfileError, UnreachableError
from awsactivate.files.user_folders import data_folder, home
from awsactivate.keychain import index
from awsactivate.keychain.system_keyring import Vault
from awsactivate.profiles.model import Profiles
from awsactivate.profiles.read import read_profiles
from awsactivate.sessions import partitions
from awsactivate.sessions.environment import HOOK, WRAPPER_MARK, of_helper
from awsactivate.shells import startup_files, table
from awsactivate.shells.stamp import read_stamp
from awsactivate.signin import cli_cache, key
from awsactivate.version import version

_SECONDS = 5.0  # for what may never answer
_OLDEST = {"bash": (3, 2), "zsh": (5, 0), "fish": (3, 1)}


def check_integration(context: Context) -> Iterator[Finding]:
    """Tell whether this shell has loaded the integration, and what `install` wrote."""
    mark = context.environ.get(WRAPPER_MARK)
    shell = Path(context.environ.get("SHELL", "")).name
    if mark == version():
        yield Finding("integration", "ok", f"loaded, version {mark}")
        yield from of_hook(context.environ.get(HOOK, ""))
    elif mark is not None:
        message = f"this shell has loaded version {mark or 'unknown'}, and this is {version()}"
        yield Finding("integration", "error", message, "open a new shell, or: exec $SHELL")
    elif any(_loads(file) for file in _startup_files(context.environ)):
        message = "installed, but not in the shell or script that started this"
        yield Finding("integration", "warning", message, "open a new shell, and run awsactivate doctor there")
    else:
        row = table.ALL.get(shell)
        hint = "awsactivate install bash" if row is None else f"awsactivate install {shell}"
        if row is not None and not row.is_installed:
            hint = row.line
        yield Finding("integration", "error", "no start-up file of a shell loads it", hint)
    for name in table.INSTALLED:
        yield from _static_file(name, context)


def _static_file(shell: str, context: Context) -> Iterator[Finding]:
    path = data_folder(context.environ) / f"awsactivate.{shell}"
    content = _read(path)
    stamp = read_stamp(content) if content else None
    if content and stamp is None:
        message = "this file is none that `install` has written"
        yield Finding("integration", "warning", message, f"awsactivate install {shell}", str(path))
    elif content and stamp and stamp.version != version():
        message = f"this file is of version {stamp.version}, and this is {version()}"
        hint = f"awsactivate install {shell}{stamp.options}, then open a new shell"
        yield Finding("integration", "error", message, hint, str(path))
    elif content and stamp:
        core = table.ALL[shell].assignments({"_awsactivate_core": context.program}).encode()
        if core not in content:
            message = f"this file starts another awsactivate than {context.program}"
            hint = f"awsactivate install {shell}{stamp.options}"
            yield Finding("integration", "warning", message, hint, str(path))


def _startup_files(environ: Mapping[str, str]) -> Iterator[Path]:
    for shell in table.INSTALLED:
        yield from startup_files.candidates(shell, environ, home(environ), sys.platform)


def _loads(path: Path) -> bool:
    content = _read(path) or b""
    own_line = re.search(rb"^[^#\n]*\bawsactivate['\"]? init\b", content, re.MULTILINE)
    return startup_files.without_line(content) != content or own_line is not None


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:  # a file that can't be read loads nothing
        return None


def check_keyring(context: Context) -> Iterator[Finding]:
    """Tell which keyring is there and whether it is locked, without having it ask anybody."""
    try:
        entries = index.read(context.environ).values()
        tokens = index.read_sign_ins(context.environ).values()
        is_needed = any(entry.has_keys or entry.has_seed for entry in entries)
        is_needed = is_needed or any(token.place == "keyring" for token in tokens)
    except ProfileError:  # told where the files are looked at
        is_needed = False
    vault = Vault(context.environ, seconds=_SECONDS)
    try:
        name, locked = vault.name, vault.is_locked()
    except KeyringError as error:
        message = error.message if is_needed else f"{error.message} (nothing is kept in one yet)"
        yield Finding("keyring", "error" if is_needed else "warning", message, error.hint)
        return
    if locked:
        message = f"{name} is locked: it will ask for its password"
        yield Finding("keyring", "warning", message, "sign in to the desktop, or answer its dialogue")
    elif locked is None:
        yield Finding("keyring", "ok", f"{name}; whether it is locked shows when it is used")
    else:
        yield Finding("keyring", "ok", f"{name}, unlocked")


def sign_ins(context: Context) -> Iterator[Finding]:
    """Tell until when one is signed in, by the index and the AWS CLI's cache: no keyring is opened."""
    now = datetime.fromtimestamp(context.clock(), UTC)
    try:
        entries = index.read_sign_ins(context.environ)
        profiles = read_profiles(context.environ)
    except ProfileError:  # told where the files are looked at
        return
    names = _sign_in_names(profiles)
    for text, entry in entries.items():
        named = key.read(text)
        if named is None:
            continue
        name = names.pop(named, None)
        # where ours has ended, what the AWS CLI has is used
        is_over = name is not None and judging_sign_ins.is_over(entry, now)
        of_cli = _find_cli_s_sign_in(named, name, now, context.environ) if is_over and name else None
        yield of_cli or judging_sign_ins.of_entry(named, entry, name, now)
    for named, name in names.items():
        if found := _find_cli_s_sign_in(named, name, now, context.environ):
            yield found


def _find_cli_s_sign_in(
    named: key.Key, name: str, now: datetime, environ: Mapping[str, str]
) -> Finding | None:
    try:
        document = cli_cache.read(named, environ)
    except cli_cache.UnreadableTokenError as error:
        return judging_sign_ins.of_unreadable(named, str(error.path), error.reason, name)
    if document is None:
        return None
    return judging_sign_ins.of_cli(named, document, str(cli_cache.path(named, environ)), name, now)


def _sign_in_names(profiles: Profiles) -> dict[key.Key, str]:
    """Tell what `login` takes for each sign-in that the configuration names."""
    found = {key.Key("sso", name): name for name in profiles.sso_sessions}
    for name, profile in profiles.items():
        if profile.sso_start_url and profile.sso_session is None:
            found.setdefault(key.Key("sso", profile.sso_start_url), name)
        if profile.login_session:
            found.setdefault(key.Key("login", profile.login_session.strip()), name)
    return found


def begin_clock(context: Context) -> Background[Finding]:
    """Begin to ask AWS for the time."""
    return Background(lambda: _check_clock(context))


def end_clock(begun: Background[Finding]) -> Finding:
    """Return what came of it; whoever does not answer in five seconds is not waited for."""
    found = begun.result_within(_SECONDS)
    if found is None:
        return _offline(f"AWS did not answer in {_SECONDS:g} s")
    return found


def _check_clock(context: Context) -> Finding:
    from awsactivate.aws import clock

    environ = context.environ
    try:
        url = clock.endpoint(partitions.named_in(environ))
        seconds = clock.measure_skew(url, environ, context.clock, _SECONDS)
    except UnreachableError as error:
        return _offline(error.message, error.hint)
    except AwsactivateError as error:
        return Finding("clock", "warning", f"not compared: {error.message}", error.hint)
    return judging.of_clock(seconds, urlsplit(url).hostname or url, sys.platform)


def _offline(message: str, hint: str | None = None) -> Finding:
    hint = hint or "check the network, the proxy and the CA bundle"
    return Finding("clock", "warning", f"not compared with AWS's: {message}", hint)


def check_network(context: Context) -> Iterator[Finding]:
    """Look at proxies, and at the certificates that servers are known by."""
    yield from judging.of_proxies(context.environ)
    try:
        profiles = read_profiles(context.environ)
    except ProfileError:  # told where the files are looked at
        profiles = None
    for named_by, path in judging.bundles(context.environ, profiles).items():
        text, problem = None, ""
        try:
            text = Path(path).expanduser().read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            problem = error.strerror or type(error).__name__
        yield judging.of_bundle(named_by, path, text, problem)


def find_copies(context: Context) -> Iterator[Finding]:
    """Find the programs that were started in a session and keep its credentials: a tmux server, a job.

    Only Linux tells; the shells and programs that this one was started by are left out.
    """
    kept: list[str] = []
    ours = _find_ancestors()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if int(folder.name) in ours or folder.stat().st_uid != os.getuid():
                continue
            environ = dict(
                entry.partition("=")[::2]
                for entry in (folder / "environ").read_bytes().decode(errors="replace").split("\0")
            )
            name = (folder / "comm").read_text(errors="replace").strip()
        except OSError:  # it has ended, or is not ours to look at
            continue
        if environ.get("AWSACTIVATE_VARS") and environ.get("AWS_SECRET_ACCESS_KEY"):
            expires = environ.get("AWSACTIVATE_EXPIRATION", "")
            is_over = expires.isascii() and expires.isdigit() and int(expires) <= context.clock()
            if not is_over:
                kept.append(f"{name} ({folder.name}, {environ.get('AWSACTIVATE_PROFILE', '?')})")
    if kept:
        message = (
            f"started in a session, and keep its credentials to their own end: {', '.join(sorted(kept))}"
        )
        yield Finding("copies", "warning", message, "end them, or: awsactivate revoke --mine")


def _find_ancestors() -> set[int]:
    found, pid = set[int](), os.getpid()
    while pid > 0 and pid not in found:
        found.add(pid)
        try:
            status = Path(f"/proc/{pid}/status").read_text()
        except OSError:
            break
        match = re.search(r"^PPid:\s+(\d+)", status, re.MULTILINE)
        pid = int(match[1]) if match else 0
    return found


def read_versions(context: Context) -> Iterator[Finding]:
    """Tell the versions of all that takes part."""
    parts = [f"awsactivate {version()}", f"Python {platform.python_version()}"]
    parts += [f"{name} {metadata.version(name)}" for name in ("boto3", "botocore", "keyring")]
    yield Finding("versions", "ok", ", ".join(parts))
    for shell, oldest in _OLDEST.items():
        path = shutil.which(shell, path=context.environ.get("PATH", os.defpath))
        found = _ask_version(path, context.environ) if path else None
        if path is None or found is None:
            continue
        if tuple(int(number) for number in found.split(".")[:2]) < oldest:
            message = f"{shell} {found} is older than {'.'.join(map(str, oldest))}"
            yield Finding("versions", "warning", message, f"install a newer {shell}", path)
        else:
            yield Finding("versions", "ok", f"{shell} {found}", file=path)


def _ask_version(path: str, environ: Mapping[str, str]) -> str | None:
    try:
        done = subprocess.run(
            [path, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=of_helper(environ),
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):  # a shell that does not start tells no version
        return None
    match = re.search(r"\d+(?:\.\d+)+", done.stdout)
    return match[0] if match else None
