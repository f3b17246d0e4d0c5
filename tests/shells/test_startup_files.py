"""Where our line goes, and that it comes out without a trace."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsactivate.shells.startup_files import candidates, choose, line, with_line, without_line

HOME = Path("/home/alice")
LINE = line("bash", HOME / ".local/share/awsactivate/awsactivate.bash", HOME / ".bashrc")
FISH_LINE = line("fish", HOME / ".local/share/awsactivate/awsactivate.fish", HOME / "config.fish")
OLDER = b"[ -r '/old place/it'\\''s/awsactivate.bash' ] && . '/old place/it'\\''s/awsactivate.bash'"


@pytest.mark.parametrize(
    ("shell", "environ", "platform", "expected"),
    [
        ("bash", {}, "linux", "/home/alice/.bashrc"),
        ("bash", {}, "darwin", "/home/alice/.bash_profile"),
        ("zsh", {}, "darwin", "/home/alice/.zshrc"),
        ("zsh", {"ZDOTDIR": "/home/alice/z"}, "linux", "/home/alice/z/.zshrc"),
        ("zsh", {"ZDOTDIR": ""}, "linux", "/home/alice/.zshrc"),
        ("fish", {}, "linux", "/home/alice/.config/fish/config.fish"),
        ("fish", {"XDG_CONFIG_HOME": "/c"}, "linux", "/c/fish/config.fish"),
        ("fish", {"XDG_CONFIG_HOME": "relative"}, "linux", "/home/alice/.config/fish/config.fish"),
    ],
)
def test_each_shell_has_its_start_up_file(
    shell: str, environ: dict[str, str], platform: str, expected: str
) -> None:
    files = candidates(shell, environ, HOME, platform)
    assert choose(files, lambda path: False) == Path(expected)


def test_on_macos_no_new_file_hides_the_one_that_a_login_bash_reads_already() -> None:
    files = candidates("bash", {}, HOME, "darwin")
    assert choose(files, lambda path: path.name in (".profile", ".bashrc")) == HOME / ".profile"
    assert choose(files, lambda path: path.name in (".profile", ".bash_profile")) == HOME / ".bash_profile"


def test_the_lines_are_guarded_and_quoted() -> None:
    static_file = Path("/it's/a.x")
    assert line("bash", static_file, HOME / ".bashrc") == rb"[ -r '/it'\''s/a.x' ] && . '/it'\''s/a.x'"
    assert line("zsh", static_file, HOME / ".zshrc") == rb"[ -r '/it'\''s/a.x' ] && . '/it'\''s/a.x'"
    assert line("fish", static_file, HOME / "c") == rb"test -r '/it\'s/a.x'; and source '/it\'s/a.x'"


def test_in_a_profile_that_every_shell_reads_only_bash_follows_the_line() -> None:
    assert (
        line("bash", Path("/f"), HOME / ".profile")
        == b"""[ -n "${BASH_VERSION-}" ] && [ -r '/f' ] && . '/f'"""
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, LINE + b"  # awsactivate (which made this file)\n"),
        (b"", LINE + b"  # awsactivate\n"),
        (b"a\n", b"a\n" + LINE + b"  # awsactivate\n"),
        (b"a\r\nb\r\n", b"a\r\nb\r\n" + LINE + b"  # awsactivate\r\n"),
        (b"a", b"a\n" + LINE + b"  # awsactivate (which ended the line before)\n"),
        (b"a\r\nb", b"a\r\nb\r\n" + LINE + b"  # awsactivate (which ended the line before)\r\n"),
        # without the empty line between them, ours would be one more argument
        (b"a \\\n", b"a \\\n\n" + LINE + b"  # awsactivate (which ended the line before)\n"),
        (b"caf\xe9=1\n", b"caf\xe9=1\n" + LINE + b"  # awsactivate\n"),
    ],
)
def test_the_line_goes_to_the_end_and_out_again(before: bytes | None, after: bytes) -> None:
    assert with_line(before, LINE) == after
    assert without_line(after) == before


def test_an_older_line_is_replaced_where_it_stands_and_a_second_one_goes() -> None:
    older = b"a\n" + OLDER + b"  # awsactivate\nb\n" + OLDER + b"  # awsactivate\nc\n"
    assert with_line(older, LINE) == b"a\n" + LINE + b"  # awsactivate\nb\nc\n"


@pytest.mark.parametrize("note", [b" (which made this file)", b" (which ended the line before)"])
def test_a_line_that_is_replaced_keeps_what_it_knows(note: bytes) -> None:
    assert with_line(OLDER + b"  # awsactivate" + note, LINE) == LINE + b"  # awsactivate" + note


def test_lines_that_came_after_ours_stay_lines_of_their_own() -> None:
    unended = with_line(b"a", LINE) + b"b\n"
    assert without_line(unended) == b"a\nb\n"
    assert without_line(with_line(None, LINE) + b"b\n") == b"b\n"


@pytest.mark.parametrize(
    "own",
    [
        b'eval "$(awsactivate init bash)"  # awsactivate\n',
        b"  " + LINE + b"  # awsactivate\n",
        b"# " + LINE + b"  # awsactivate\n",
        b"[ -r ~/my.bash ] && . ~/my.bash  # awsactivate\n",
        LINE + b"\n",
    ],
)
def test_what_its_user_wrote_is_no_line_of_ours(own: bytes) -> None:
    assert without_line(own) == own
    assert with_line(own, LINE) == own + LINE + b"  # awsactivate\n"


_TEXT = st.lists(
    st.sampled_from([b"\n", b"\r", b"\\", b"#", b"'", b" ", b"a", b"\xe9", b"\0", b"# awsactivate", LINE[:9]])
).map(b"".join)


@pytest.mark.parametrize("ours", [LINE, FISH_LINE])
@given(before=_TEXT, later=_TEXT)
def test_whatever_a_file_holds_comes_back_byte_for_byte(ours: bytes, before: bytes, later: bytes) -> None:
    after = with_line(before, ours)
    assert after.startswith(before)
    assert with_line(after, ours) == after
    assert without_line(after) == before
    assert b"\n".join(after.splitlines()).count(ours) == 1
    kept = without_line(after + later)
    assert kept is not None
    assert kept.endswith(later)
