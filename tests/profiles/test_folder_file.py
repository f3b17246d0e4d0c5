"""Which `.awsactivate` decides what a plain `activate` opens, and which is passed by."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from awsactivate.errors import ProfileError
from awsactivate.profiles.folder_file import FolderFile, find_nearest, trusted_users
from needs import give_to_another_user

OURS = frozenset({0, os.geteuid()})


class Tree:
    """A home with one folder below another, in all of which nobody else has a hand."""

    def __init__(self, root: Path) -> None:
        self.home = root / "home"
        self.above = self.home / "above"
        self.here = self.above / "here"
        self.here.mkdir(parents=True)
        self.said: list[str] = []

    def put(self, folder: Path, text: str = "prod\n", mode: int = 0o644) -> Path:
        path = folder / ".awsactivate"
        path.write_text(text)
        path.chmod(mode)
        return path

    def find(self, trusted: frozenset[int] = OURS) -> FolderFile | None:
        return find_nearest(self.here, self.home, trusted, self.said.append)


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def test_the_nearest_file_is_found_and_its_path_told(tree: Tree) -> None:
    path = tree.put(tree.above, "a\n")
    tree.put(tree.home, "b\n")
    assert tree.find() == FolderFile(str(path), "a\n")
    assert tree.said == []


def test_nothing_above_home_is_looked_at(tree: Tree, tmp_path: Path) -> None:
    tree.put(tmp_path)
    assert tree.find() is None


def test_a_file_that_everybody_may_write_is_passed_by_for_the_next_above(tree: Tree) -> None:
    loose = tree.put(tree.here, "evil\n", mode=0o666)
    path = tree.put(tree.above)
    assert tree.find() == FolderFile(str(path), "prod\n")
    assert tree.said == [f"note: {loose} is not read: it can be written by everybody"]


@pytest.mark.parametrize("folder", ["here", "above"])
def test_a_folder_on_the_way_that_everybody_may_write_spoils_all_from_it_on(tree: Tree, folder: str) -> None:
    """The reviewer's own: another user put a file into a parent with mode 0777."""
    loose = getattr(tree, folder)
    loose.chmod(0o777)
    path = tree.put(tree.above)
    home = tree.put(tree.home)
    assert tree.find() is None
    assert tree.said == [
        f"note: {file} is not read: {loose} can be written by everybody" for file in (path, home)
    ]


def test_a_folder_like_tmp_in_which_nobody_can_replace_anybodys_file_is_no_danger(tree: Tree) -> None:
    tree.above.chmod(0o1777)
    path = tree.put(tree.above)
    assert tree.find() == FolderFile(str(path), "prod\n")


@pytest.mark.parametrize(
    ("place", "words"), [("file", "it belongs"), ("here", "{here} belongs"), ("above", "{above} belongs")]
)
def test_what_belongs_to_another_user_is_passed_by(tree: Tree, place: str, words: str) -> None:
    path = tree.put(tree.above)
    give_to_another_user({"file": path, "here": tree.here, "above": tree.above}[place], 4321)
    assert tree.find() is None
    reason = words.format(here=tree.here, above=tree.above)
    assert tree.said == [f"note: {path} is not read: {reason} to another user (4321)"]


def test_a_link_of_ones_own_to_anothers_file_is_passed_by(tree: Tree, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("prod\n")
    give_to_another_user(secret, 4321)
    (tree.here / ".awsactivate").symlink_to(secret)
    assert tree.find() is None
    assert tree.said == [
        f"note: {tree.here}/.awsactivate is not read:"
        " the file that it links to belongs to another user (4321)"
    ]


def test_a_link_of_anothers_is_passed_by(tree: Tree, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("prod\n")
    link = tree.here / ".awsactivate"
    link.symlink_to(tmp_path / "mine")
    give_to_another_user(link, 4321)
    assert tree.find() is None
    assert tree.said == [f"note: {link} is not read: it belongs to another user (4321)"]


@pytest.mark.parametrize(
    "make",
    [
        lambda path: path.mkdir(),
        lambda path: os.mkfifo(path),
        lambda path: path.symlink_to("nowhere"),
        lambda path: path.symlink_to("/dev/zero"),
    ],
    ids=["a folder", "a pipe that nobody writes to", "a link to nowhere", "a link to a device"],
)
def test_what_is_no_file_is_as_if_it_were_not_there(tree: Tree, make: object) -> None:
    make(tree.here / ".awsactivate")  # type: ignore[operator]
    path = tree.put(tree.above)
    assert tree.find() == FolderFile(str(path), "prod\n")
    assert tree.said == []


def test_a_huge_file_is_refused_after_its_first_bytes(tree: Tree) -> None:
    path = tree.put(tree.here, "")
    with path.open("r+b") as file:
        file.truncate(400_000_000_000)  # which no machine could read into memory
    with pytest.raises(ProfileError) as caught:
        tree.find()
    assert caught.value.message == f"{path} holds more than a profile's name"


def test_a_link_in_a_circle_is_an_error_with_its_path(tree: Tree) -> None:
    path = tree.here / ".awsactivate"
    path.symlink_to(path)
    with pytest.raises(ProfileError) as caught:
        tree.find()
    assert caught.value.message.startswith(f"{path} can't be read: ")


def test_only_root_trusts_who_became_it_by_sudo() -> None:
    by_sudo = {1000} if os.geteuid() == 0 else set[int]()
    assert trusted_users({"SUDO_UID": "1000"}) == OURS | by_sudo
    for odd in ("", "-1", "x", "1000 ", "१०"):
        assert trusted_users({"SUDO_UID": odd}) == OURS
