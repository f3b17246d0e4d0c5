"""Keyrings for tests: real ones that a test has to itself, and one in memory."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from keyring.backend import KeyringBackend

from needs import needs_program


class MemoryKeyring(KeyringBackend):
    """A keyring that lasts as long as the process."""

    priority = 1
    items: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.items.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.items[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.items[service, username]


@contextmanager
def memory_keyring() -> Iterator[dict[str, str]]:
    """Give an environment with an empty keyring in memory."""
    MemoryKeyring.items.clear()
    yield {"AWSACTIVATE_KEYRING_BACKEND": "harness.keyrings.MemoryKeyring"}
    MemoryKeyring.items.clear()


@contextmanager
def secret_service(folder: Path, *, unlocked: bool = True) -> Iterator[dict[str, str]]:
    """Run a gnome-keyring on a D-Bus of its own; give the environment that leads to it.

    A locked one has no keyring yet, and nobody who would answer its dialogue.
    """
    needs_program("dbus-run-session")
    needs_program("gnome-keyring-daemon")
    folder.mkdir(parents=True, exist_ok=True)
    runtime = folder / "run"
    runtime.mkdir(mode=0o700)
    start = "gnome-keyring-daemon --components=secrets --foreground"
    if unlocked:
        start = f"printf %s 'a password' | {start} --unlock"
    script = f'{start} >/dev/null 2>&1 & echo "$DBUS_SESSION_BUS_ADDRESS"; read -r _'
    environ = {**os.environ, "HOME": str(folder), "XDG_RUNTIME_DIR": str(runtime)}
    environ = {name: value for name, value in environ.items() if not name.startswith(("DBUS_", "GNOME_"))}
    environ.pop("XDG_DATA_HOME", None)
    bus = subprocess.Popen(
        ["dbus-run-session", "--", "sh", "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environ,
        text=True,
    )
    assert bus.stdin is not None
    assert bus.stdout is not None
    try:
        address = bus.stdout.readline().strip()
        _wait_for_service(address)
        yield {"DBUS_SESSION_BUS_ADDRESS": address, "AWSACTIVATE_KEYRING_BACKEND": "secret-service"}
    finally:
        bus.stdin.close()
        bus.stdout.close()
        bus.wait(20)


@contextmanager
def password_store(folder: Path, passphrase: str = "") -> Iterator[dict[str, str]]:
    """Make a GPG key and a `pass` for it; give the environment that leads to it.

    With a passphrase the agent is cold, and asks for it by pinentry-curses.
    """
    for program in ("pass", "gpg", "gpgconf", *(["pinentry-curses"] if passphrase else [])):
        needs_program(program)
    home = folder / "gnupg"
    home.mkdir(parents=True, mode=0o700)
    environ = {"GNUPGHOME": str(home), "PASSWORD_STORE_DIR": str(folder / "store")}
    whole = {**os.environ, **environ}
    if passphrase:
        (home / "gpg-agent.conf").write_text(f"pinentry-program {shutil.which('pinentry-curses')}\n")
    make = ["gpg", "--batch", "--pinentry-mode", "loopback", "--passphrase", passphrase]
    user = "A Test <test@example.com>"
    try:
        _run([*make, "--quick-generate-key", user, "future-default", "default", "never"], whole)
        _run(["pass", "init", "test@example.com"], whole)
        _run(["gpgconf", "--kill", "all"], whole)
        yield {**environ, "AWSACTIVATE_KEYRING_BACKEND": "pass"}
    finally:
        _run(["gpgconf", "--kill", "all"], whole)


def _run(argv: list[str], environ: Mapping[str, str]) -> None:
    done = subprocess.run(argv, env=environ, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr


def _wait_for_service(address: str) -> None:
    """Wait until the daemon has taken its name on the bus."""
    import time

    from jeepney import DBusAddress, new_method_call
    from jeepney.io.blocking import open_dbus_connection

    owner = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
    until = time.monotonic() + 20
    with open_dbus_connection(address) as connection:
        ask = ("NameHasOwner", "s", ("org.freedesktop.secrets",))
        while not connection.send_and_get_reply(new_method_call(owner, *ask)).body[0]:
            assert time.monotonic() < until, "gnome-keyring-daemon did not start"
            time.sleep(0.02)
