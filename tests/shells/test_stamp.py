"""The stamp of an installed integration file."""

from __future__ import annotations

import itertools

import pytest

from awsactivate.shells.stamp import Stamp, read_stamp, stamped

STAMPS = [
    Stamp("1.2.3", shell, short_names, source_activate)
    for shell, short_names, source_activate in itertools.product(
        ("bash", "zsh", "fish"), (True, False), (True, False)
    )
]


@pytest.mark.parametrize("stamp", STAMPS)
def test_a_stamp_is_read_as_it_was_written(stamp: Stamp) -> None:
    assert read_stamp(stamped("x=1\n", stamp)) == stamp


def test_the_stamp_is_a_comment_that_says_what_the_file_is() -> None:
    assert stamped("x=1\n", Stamp("1.2.3", "zsh", short_names=False)) == (
        b"# awsactivate 1.2.3: written by `awsactivate install zsh --no-short-names`, "
        b"anew after every upgrade\nx=1\n"
    )


@pytest.mark.parametrize(
    "content", [b"", b"x=1\n", b"\n" + stamped("", STAMPS[0]), stamped("", STAMPS[0])[:-1]]
)
def test_a_file_of_another_making_has_no_stamp(content: bytes) -> None:
    assert read_stamp(content) is None


def test_a_shell_that_this_version_does_not_know_is_no_stamp() -> None:
    assert read_stamp(stamped("", Stamp("9.0.0", "nushell"))) is None
