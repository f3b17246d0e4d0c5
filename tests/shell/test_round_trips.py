"""What is emitted is what the shell holds, byte for byte: random values through each real shell."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from awsactivate.sessions import environment
from awsactivate.sessions.credentials import Credentials, Session
from awsactivate.shells.dialects import activation_text
from harness.lab import Lab
from needs import needs_shell

# Full: 22 settings × 10 sessions × 60 values, which are 13,200 cases.
SESSIONS = 10 if os.environ.get("HYPOTHESIS_PROFILE") == "full" else 1
VALUES = 60

SETTINGS = {
    "bash": [
        (),
        ("-e", "-u"),
        ("-x", "-v"),
        ("-T",),
        ("-k", "-a"),
        ("--posix",),
        ("-o", "noclobber", "-f"),
        ("-H", "-B"),
    ],
    "zsh": [
        (),
        ("-o", "ksh_arrays"),
        ("-o", "sh_word_split", "-o", "glob_subst"),
        ("-o", "err_exit", "-o", "no_unset"),
        ("-o", "csh_junkie_quotes"),
        ("-o", "ignore_braces"),
        ("-o", "all_export", "-o", "xtrace"),
        ("-o", "rc_quotes", "-o", "extended_glob", "-o", "bang_hist"),
        ("--emulate", "sh", "-f"),
        ("--emulate", "ksh", "-f"),
        ("--emulate", "csh", "-f"),
    ],
    "fish": [(), ("--features", "all"), ("-d", "never")],
}
CASES = [(shell, options) for shell, settings in SETTINGS.items() for options in settings]

PIECES = [  # each a thing that some shell takes for more than a text
    "'", '"', "\\", "`", "$", "$(", ")", "${", "}", "!", "!!", "%", "%{", "#", "~", "*", "?", "[", "]", ";",
    "&", "|", "<", ">", "(", "\n", "\r", "\t", " ", "=", "-", "--", "''", "\\'", "\\n", "é", "😀", "\u2028",
    "\x7f", "\x01", "\x1b[31m", "$(touch pwned)", "`touch pwned`", "; touch pwned #", "'; touch pwned; '",
    "&& : x", " && \\builtin : awsactivate-end", "true awsactivate-end", "end\n", "AWS_PROFILE=x",
]  # fmt: skip


def any_value(rng: random.Random) -> str:
    """Make a value that a shell may choke on: of nasty pieces, or of any bytes that a variable can hold."""
    if rng.random() < 0.5:
        return "".join(rng.choice(PIECES) for _ in range(rng.randrange(0, 12)))
    data = bytes(rng.randrange(1, 256) for _ in range(rng.randrange(0, 40)))
    return data.decode("utf-8", "surrogateescape")


@pytest.mark.parametrize(("shell", "options"), CASES, ids=[f"{s}{' '.join(['', *o])}" for s, o in CASES])
def test_every_value_is_held_byte_for_byte_and_none_runs(
    shell: str, options: tuple[str, ...], tmp_path: Path
) -> None:
    needs_shell(shell)
    rng = random.Random(f"{shell} {options}")
    answers = tmp_path / "answers"
    answers.mkdir()
    wanted: list[bytes] = []
    for number in range(SESSIONS):
        values = {f"TF_VAR_v{index}": any_value(rng) for index in range(VALUES)}
        session = Session(
            any_value(rng), Credentials("ASIAKEY", any_value(rng), any_value(rng)), region="x y'z"
        )
        text = activation_text(environment.activation(session, values), shell, message=any_value(rng))
        (answers / str(number)).write_bytes(text.encode("utf-8", "surrogateescape"))
        wanted += [value.encode("utf-8", "surrogateescape") for value in values.values()]
    core = tmp_path / "core"
    # The third word is what the person typed: here the number of the answer.
    core.write_text(f'#!/bin/sh\nexec cat "{answers}/$3"\n')
    core.chmod(0o755)
    lab = Lab(tmp_path, core=str(core))
    held = tmp_path / "held"
    script = ""
    for number in range(SESSIONS):
        # env prints what children get, unquoted by anybody; the names are sorted as they were made
        script += f"activate {number}\nenv -0 >>{held}\n"
    result = lab.script(shell, script + "deactivate\n", *options, plain="--emulate" not in options)
    assert result.status == 0, result.errors[-2000:]
    pairs = [pair.partition(b"=") for pair in held.read_bytes().split(b"\0")]
    found = {}
    got: list[bytes] = []
    for name, _, value in [*pairs, (b"PATH", b"", b"")]:
        if name.startswith(b"TF_VAR_v"):
            found[name] = value
        if len(found) == VALUES:
            got += [found[f"TF_VAR_v{index}".encode()] for index in range(VALUES)]
            found = {}
    assert got == wanted
    assert not list(tmp_path.rglob("pwned"))
