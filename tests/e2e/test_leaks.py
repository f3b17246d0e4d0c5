"""Where a secret must never be: command lines, environments that need none of it, files, history."""

from __future__ import annotations

from e2e.conftest import World
from e2e.watching import Watch
from harness.shells import Shell


def test_no_process_shows_a_secret_while_a_session_begins_and_ends(shell: Shell, world: World) -> None:
    code = world.device.code()
    with Watch(shell.pid) as watch:
        shell.begin("activate prod", world.prompt)
        shell.type(code + "\r")
        shell.prompt()
        # the shell's own words, not those of a child, tell what the session's secrets are
        secret, token = shell.value("$AWS_SECRET_ACCESS_KEY"), shell.value("$AWS_SESSION_TOKEN")
        shell.run("deactivate")
    assert any(b"_activate" in line for line in watch.command_lines), "the core was not seen at all"
    secrets = [secret, token, code, world.user.credentials.secret_access_key, world.device.seed]
    for hidden in secrets:
        assert len(hidden) >= 6
        assert not any(hidden.encode() in line for line in watch.command_lines)
        for line, environs in watch.environments.items():
            assert not any(hidden.encode() in environ for environ in environs), line


def test_no_file_below_home_holds_a_secret_of_the_session(shell: Shell, world: World) -> None:
    code = world.device.code()
    shell.begin("activate prod", world.prompt)
    shell.type(code + "\r")
    shell.prompt()
    secret, token = shell.value("$AWS_SECRET_ACCESS_KEY"), shell.value("$AWS_SESSION_TOKEN")
    shell.run("deactivate")
    shell.run("history >/dev/null 2>&1")
    shell.hang_up()
    shell.wait()  # history is written at the end
    for path in world.home.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert not any(hidden.encode() in data for hidden in (secret, token, code)), path


def test_hostile_text_from_the_config_and_the_server_runs_nothing(shell: Shell, world: World) -> None:
    trap = world.home / "pwned"
    for number, text in enumerate(
        (f"$(touch {trap})", f"`touch {trap}`", f"'; touch {trap}; '", f'"; touch {trap} #')
    ):
        world.add_profile(
            f"[profile h{number}]\nrole_arn = {world.role.arn}\nsource_profile = alice\n"
            f"mfa_serial = {world.device.serial}\nawsactivate_prompt = {text}\n"
        )
        world.aws.clock.advance(30)
        shell.run(f"activate h{number} --mfa-code {world.device.code()}")
        shell.run("true")
        world.aws.levers.fail_next("AssumeRole", "AccessDenied", text + "\x1b]0;pwned\x07", 403)
        world.aws.clock.advance(30)
        shown = shell.run(f"activate prod --mfa-code {world.device.code()}")
        assert "awsactivate: error: " in shown
        assert "\x07" not in shown
        shell.run("deactivate")
    assert not trap.exists()
