"""Profiles without typing: what they are called, and that nothing outside of their marks changes."""

from __future__ import annotations

import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsactivate.errors import ProfileError, UsageError
from awsactivate.profiles import ini, profile_edits, synced
from awsactivate.profiles.model import parse
from awsactivate.profiles.synced import Access, Sync, Wish

DEV, PROD = "111122223333", "444455556666"
SESSION = "[sso-session corp]\nsso_start_url = https://corp\nsso_region = us-east-1\n"
BEGIN, END = synced.marks("corp")
ALL = [
    Access(DEV, "dev", "Admin"),
    Access(DEV, "dev", "ReadOnly"),
    Access(PROD, "prod", "ReadOnly"),
]
WISH = Wish("corp")

Write = Callable[..., Sync]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Lay accesses into a config of one's own."""
    environ = {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}
    (tmp_path / ".aws").mkdir()

    def done(
        accesses: list[Access] = ALL, wish: Wish = WISH, *, kept: tuple[str, ...] = (), dry: bool = False
    ) -> Sync:
        return profile_edits.sync(wish, accesses, kept, environ, dry=dry)

    return done


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Name the config."""
    return tmp_path / ".aws/config"


def block(*names: tuple[str, str, str], more: str = "") -> str:
    """Write what stands between the marks."""
    sections = "".join(
        f"[profile {name}]\nsso_session = corp\nsso_account_id = {account}\nsso_role_name = {role}\n{more}"
        for name, account, role in names
    )
    return f"{BEGIN}\n# what stands between the marks is awsactivate's\n{sections}{END}\n"


BLOCK = block(
    ("dev-Admin", DEV, "Admin"), ("dev-ReadOnly", DEV, "ReadOnly"), ("prod-ReadOnly", PROD, "ReadOnly")
)


def test_a_profile_is_written_for_each_account_and_role(write: Write, config: Path) -> None:
    config.write_text(SESSION)
    done = write()
    assert config.read_text() == f"{SESSION}\n{BLOCK}"
    assert done.added == ("dev-Admin", "dev-ReadOnly", "prod-ReadOnly")
    found = parse(config.read_text(), "")["prod-ReadOnly"]
    assert (found.sso_session, found.sso_account_id, found.sso_role_name) == ("corp", PROD, "ReadOnly")
    again = write()
    assert (again.added, again.changed, again.unchanged) == ((), (), done.added)
    assert config.read_text() == f"{SESSION}\n{BLOCK}"


@pytest.mark.parametrize("between", ["", "\n \n", "# a note\n", "; a note\n\n# and another\n"])
def test_where_no_profile_is_left_between_the_marks_they_are_filled_again(
    write: Write, config: Path, between: str
) -> None:
    config.write_text(f"{SESSION}\n{BEGIN}\n{between}{END}\n[profile mine]\nregion = us-east-1\n")
    assert write().added == ("dev-Admin", "dev-ReadOnly", "prod-ReadOnly")
    head, _, rest = BLOCK.partition("[")
    head = f"{BEGIN}\n{between}" if between else head
    assert config.read_text() == f"{SESSION}\n{head}[{rest}[profile mine]\nregion = us-east-1\n"


def test_what_is_dry_changes_nothing(write: Write, config: Path) -> None:
    config.write_text(SESSION)
    assert write(dry=True).added == ("dev-Admin", "dev-ReadOnly", "prod-ReadOnly")
    assert config.read_text() == SESSION


def test_what_is_gone_is_named_and_taken_out_only_when_asked(write: Write, config: Path) -> None:
    config.write_text(SESSION)
    write()
    done = write(ALL[:1])
    assert done.gone == ("dev-ReadOnly", "prod-ReadOnly")
    assert config.read_text() == f"{SESSION}\n{BLOCK}"
    assert write(ALL[:1], replace(WISH, prunes=True)).gone == ("dev-ReadOnly", "prod-ReadOnly")
    assert config.read_text() == f"{SESSION}\n{block(('dev-Admin', DEV, 'Admin'))}"
    write([], replace(WISH, prunes=True))
    assert config.read_text() == f"{SESSION}\n"


def test_what_was_not_asked_for_is_not_gone(write: Write, config: Path) -> None:
    config.write_text(SESSION)
    write()
    only = replace(WISH, accounts=("dev",), roles=("Read*",), prunes=True)
    assert write([ALL[0], ALL[2], Access(DEV, "dev", "ReadOnly2")], only).gone == ("dev-ReadOnly",)
    assert list(parse(config.read_text(), "")) == ["dev-Admin", "dev-ReadOnly2", "prod-ReadOnly"]


def test_what_has_another_name_now_is_not_gone(write: Write, config: Path) -> None:
    config.write_text(SESSION)
    write()
    other = replace(WISH, template="{role}.{account_id}")
    done = write(ALL[:2], other)
    assert done.gone == ("prod-ReadOnly",)
    assert done.renamed == {"dev-Admin": f"Admin.{DEV}", "dev-ReadOnly": f"ReadOnly.{DEV}"}
    done = write(ALL[:2], replace(other, prunes=True))
    assert list(done.renamed) == ["dev-Admin", "dev-ReadOnly"]
    assert list(parse(config.read_text(), "")) == [f"Admin.{DEV}", f"ReadOnly.{DEV}"]


def test_what_else_was_written_into_a_profile_stays(write: Write, config: Path) -> None:
    own = BLOCK.replace(
        "ReadOnly\n[profile prod", "ReadOnly\nawsactivate_prompt = red\n# mine\n[profile prod"
    )
    config.write_text(SESSION + own)
    done = write()
    assert (config.read_text(), done.changed) == (SESSION + own, ())
    done = write(wish=replace(WISH, region="eu-west-1"))
    assert done.changed == ("dev-Admin", "dev-ReadOnly", "prod-ReadOnly")
    found = parse(config.read_text(), "")
    assert (found["dev-ReadOnly"].region, found["dev-ReadOnly"].awsactivate_prompt) == ("eu-west-1", "red")


BEFORE = "[profile mine] ; x\nregion = eu-west-1\n# a comment\n\n[default]\noutput=json"
AFTER = "\n\n[profile last]\n  s3 =\n    max_concurrent_requests = 20\n[sso-session other]\nsso_region = x"


@pytest.mark.parametrize(
    "after",
    ["", AFTER, "# only a comment", AFTER.replace("\n", "\r\n")],
    ids=["none", "some", "comment", "dos"],
)
@pytest.mark.parametrize(
    "before", ["", BEFORE, BEFORE + "\n\n\n", "\n", BEFORE.replace("\n", "\r\n") + "\r\n"]
)
def test_no_line_outside_is_touched(write: Write, config: Path, before: str, after: str) -> None:
    newline = "\r\n" if "\r\n" in before + after else "\n"
    text = before if before.endswith("\n") or not before else before + newline
    old = block(("gone-Admin", "777788889999", "Admin"), ("dev-Admin", PROD, "Old")).replace("\n", newline)
    config.write_bytes((text + old + after).encode())
    done = write(wish=replace(WISH, prunes=True))
    assert (done.gone, done.changed) == (("gone-Admin",), ("dev-Admin",))
    found = config.read_bytes().decode()
    assert found.startswith(text)
    assert found.endswith(END + newline + after)
    assert found == text + BLOCK.replace("\n", newline) + after


def test_a_last_line_without_an_end_gets_one(write: Write, config: Path) -> None:
    config.write_text("[default]\nregion = x")
    write()
    assert config.read_text() == f"[default]\nregion = x\n\n{BLOCK}"


def test_there_may_be_no_file_yet(write: Write, config: Path) -> None:
    write()
    assert config.read_text() == BLOCK
    assert stat.S_IMODE(config.stat().st_mode) == 0o600


def test_mode_and_link_stay(write: Write, config: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text(SESSION)
    (tmp_path / "elsewhere").chmod(0o640)
    config.symlink_to(tmp_path / "elsewhere")
    write()
    assert config.is_symlink()
    assert stat.S_IMODE((tmp_path / "elsewhere").stat().st_mode) == 0o640


def test_two_sessions_have_a_part_each(write: Write, config: Path) -> None:
    write()
    first = config.read_text()
    write([Access(DEV, "dev", "Other")], Wish("second"))
    assert config.read_text().startswith(first)
    write([], replace(WISH, prunes=True))
    assert list(parse(config.read_text(), "")) == ["dev-Other"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{BEGIN}\n", "not there once, in order"),
        (f"{END}\n{BEGIN}\n", "not there once, in order"),
        (f"{BEGIN}\n{BEGIN}\n{END}\n", "not there once, in order"),
        (BLOCK + BLOCK.replace("-", "_"), "not there once, in order"),
        (f"{BEGIN}\n{synced.marks('x')[0]}\n{synced.marks('x')[1]}\n{END}\n", "stands another's"),
        (f"{BLOCK}region = mine\n", "would belong to their last profile"),
        (f"{BLOCK}\n  [profile indented]\n", "would belong to their last profile"),
        (BLOCK.replace(END, f"[sso-session x]\n{END}"), r"stands \[sso-session x\], which is no profile"),
        (BLOCK.replace(END, f"[default]\n{END}"), r"stands \[default\], which is no profile"),
        ("[profile x\n", "must end in ]"),
        ("x = 1\n", "must begin with a"),
        ("[default]\nx\n", "must be a"),
    ],
)
def test_a_config_that_can_not_be_changed_safely_is_left(
    write: Write, config: Path, text: str, said: str
) -> None:
    config.write_text(text)
    with pytest.raises(ProfileError, match=said):
        write()
    assert config.read_text() == text


@pytest.mark.parametrize(
    ("config_text", "credentials", "kept"),
    [
        ("[profile dev-Admin]\nregion = x\n", "", ()),
        (f"{BLOCK}[profile other]\n[profile 'dev-Admin2']\n", "", ()),
        ("", "[dev-Admin]\naws_access_key_id = AKIA\n", ()),
        ("", "", ("dev-Admin",)),
    ],
)
def test_a_name_that_is_taken_is_refused_and_nothing_written(
    write: Write, config: Path, config_text: str, credentials: str, kept: tuple[str, ...]
) -> None:
    config.write_text(config_text)
    (config.parent / "credentials").write_text(credentials)
    accesses = [*ALL, Access(DEV, "dev", "Admin2")]
    with pytest.raises(ProfileError, match=r"the profile 'dev-Admin2?', which .* is there") as raised:
        write(accesses, kept=kept)
    assert raised.value.exit_code == 3
    assert config.read_text() == config_text


@pytest.mark.parametrize(
    ("template", "accesses", "said"),
    [
        ("{role}", ALL, "would both be the profile 'ReadOnly'"),
        ("same", ALL, "would both be the profile 'same'"),
        (
            "{account_name}-{role}",
            [Access(DEV, "a b", "Admin"), Access(PROD, "a  b", "Admin")],
            "would both be the profile 'a-b-Admin'",
        ),
        ("default", ALL[:1], "which no profile can be"),
        ("-{role}", ALL[:1], "which no profile can be"),
        ("arn:{role}", ALL[:1], "which no profile can be"),
        ("", ALL[:1], "would be called '', which no profile can be"),
    ],
)
def test_two_that_become_one_name_and_names_that_are_none(
    write: Write, config: Path, template: str, accesses: list[Access], said: str
) -> None:
    with pytest.raises(ProfileError, match=said):
        write(accesses, replace(WISH, template=template))
    assert not config.exists()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("My Company (dev)", "My-Company-dev-Admin"),
        ("x]\n[profile evil", "x-profile-evil-Admin"),
        ("'$(id)'", "id-Admin"),
        ("-x", "x-Admin"),
        ("", f"{DEV}-Admin"),
        ("!!!", f"{DEV}-Admin"),
        ("Ä", f"{DEV}-Admin"),
    ],
)
def test_an_odd_name_of_an_account_becomes_a_plain_one(name: str, expected: str) -> None:
    assert list(synced.named(WISH, [Access(DEV, name, "Admin")])) == [expected]


@pytest.mark.parametrize(
    "template",
    ["{account}", "{role", "role}", "{}", "{{role}}", "a b", "$(id)-{role}", "x\n{role}", "{role!r}"],
)
def test_a_template_that_is_none_is_a_wrong_use(template: str) -> None:
    with pytest.raises(UsageError, match="--name: "):
        synced.check_template(template)


@pytest.mark.parametrize("wish", [Wish("corp", accounts=("nowhere",)), Wish("corp", roles=("Nobody",))])
def test_a_pattern_that_fits_nothing_is_told(write: Write, wish: Wish) -> None:
    with pytest.raises(ProfileError, match="you may use no such"):
        write(wish=wish)


@given(
    before=st.text("[]=# \nab;>", max_size=40),
    after=st.text("[]=# \nab;>", max_size=40),
    names=st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from("RST")), max_size=4),
)
def test_whatever_stands_around_reads_as_before(
    before: str, after: str, names: list[tuple[str, str]]
) -> None:
    """Either the change is refused, or all that is outside stays, to the byte and as it is read."""
    text = f"{before}\n{BLOCK}{after}"
    accesses = [Access(f"{ord(name):012d}", name, role) for name, role in names]
    try:
        ini.read(text, "config")
        done = synced.synced(
            replace(WISH, prunes=True), accesses, text, "config", others=(), quoted=lambda name: name
        )
    except ProfileError:
        return
    assert done.text.startswith(f"{before}\n")
    assert done.text.endswith(after)
    ours = {"profile dev-Admin", "profile dev-ReadOnly", "profile prod-ReadOnly"}
    ours |= {f"profile {name}" for name in done.after}
    outside = {header: values for header, values in ini.read(text, "c").items() if header not in ours}
    now = {header: values for header, values in ini.read(done.text, "c").items() if header not in ours}
    assert now == outside


def test_two_at_once_write_one_after_the_other(write: Write, config: Path) -> None:
    """A lock lets each read what the other wrote."""
    import threading

    config.write_text(SESSION)
    wishes = [Wish(f"s{number}") for number in range(6)]
    threads = [
        threading.Thread(target=write, args=([Access(DEV, wish.session, "Admin")], wish)) for wish in wishes
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(parse(config.read_text(), "")) == [f"s{number}-Admin" for number in range(6)]
    assert list(config.parent.iterdir()) == [config]


def test_what_else_changes_the_config_waits_for_it(
    write: Write, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else one of two that are written at once would be lost."""
    import threading

    from awsactivate.profiles.profile_edits import set_value, write_sso_session

    environ = {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}
    others = [
        threading.Thread(target=write_sso_session, args=("new", {"sso_region": "x"}, environ)),
        threading.Thread(target=set_value, args=("mine", "region", "x", environ)),
    ]
    lay = synced.synced

    def slow(*words: Any, **more: Any) -> Sync:
        for thread in others:
            thread.start()
        others[0].join(0.2)
        return lay(*words, **more)

    monkeypatch.setattr(synced, "synced", slow)
    write()
    for thread in others:
        thread.join()
    assert set(ini.read(config.read_text(), "")) == {
        "sso-session new",
        "profile mine",
        *(f"profile {name}" for name in ("dev-Admin", "dev-ReadOnly", "prod-ReadOnly")),
    }
