"""Where tokens live: what came from the AWS CLI's cache stays there, what is ours is in the keyring alone."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from awsactivate.errors import AwsactivateError, ProfileError
from awsactivate.keychain import index
from awsactivate.keychain.index_entry import IndexEntry, SignInEntry
from awsactivate.signin import cli_cache, key
from awsactivate.signin.key import Key
from awsactivate.signin.store import Kept, Store
from harness.keyrings import MemoryKeyring, memory_keyring

CORP = Key("sso", "corp")
UNTIL = "2026-11-28T20:00:00Z"
TOKEN = {"accessToken": "secret-token", "expiresAt": UNTIL}


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Give a home with nothing in it."""
    return {"HOME": str(tmp_path)}


def test_the_names_are_the_aws_clis() -> None:
    arn = "arn:aws:iam::111122223333:user/alice"
    assert CORP.file_name == f"{hashlib.sha1(b'corp').hexdigest()}.json"
    assert Key("login", arn).file_name == f"{hashlib.sha256(arn.encode()).hexdigest()}.json"
    for one in (CORP, Key("login", "arn:aws:iam::111122223333:user/a:b")):
        assert key.read(one.text) == one
    assert key.read("other:x") is None
    assert key.read("sso:") is None


def test_our_token_is_in_the_keyring_and_the_index_tells_no_secret(environ: dict[str, str]) -> None:
    with memory_keyring() as keyring:
        store = Store({**environ, **keyring})
        store.keep(Kept(CORP, "keyring", TOKEN), until=UNTIL, renews=True)
        assert store.read_entry(CORP) == SignInEntry(UNTIL, "keyring", renews=True)
        found = store.read_keyring(CORP)
        assert found is not None
        assert found.document == TOKEN
        assert "secret-token" not in repr(found)
        assert store.read_cli_cache(CORP) is None
        texts = [path.read_text() for path in Path(environ["HOME"]).rglob("*") if path.is_file()]
        assert not any("secret-token" in text for text in texts)
        store.forget(CORP, "keyring")
        assert (store.read_entry(CORP), store.read_keyring(CORP)) == (None, None)


def test_the_aws_clis_token_is_written_back_under_its_mode_and_told_by_no_index(
    environ: dict[str, str],
) -> None:
    store = Store({**environ, "AWSACTIVATE_KEYRING_BACKEND": "none.at.all"})
    file = cli_cache.path(CORP, environ)
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(TOKEN))
    file.chmod(0o640)
    found = store.read_cli_cache(CORP)
    assert found is not None
    store.keep(Kept(CORP, "cli", {**TOKEN, "accessToken": "new"}), until=UNTIL, renews=True)
    assert json.loads(file.read_text())["accessToken"] == "new"
    assert file.stat().st_mode & 0o777 == 0o640
    assert store.read_entry(CORP) is None
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_shared_token_is_a_private_file_of_the_aws_clis(environ: dict[str, str]) -> None:
    store = Store(environ)
    store.share(Kept(CORP, "cli", TOKEN), until=UNTIL, renews=False, tell=pytest.fail)
    assert cli_cache.path(CORP, environ).stat().st_mode & 0o777 == 0o600
    assert store.read_entry(CORP) == SignInEntry(UNTIL, "cli")
    store.forget(CORP, "cli")
    assert store.read_entry(CORP) is None
    assert not cli_cache.path(CORP, environ).exists()


def test_what_the_keyring_held_goes_when_a_token_is_shared_or_is_found_when_it_can_t(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    with memory_keyring() as keyring:
        store = Store({**environ, **keyring})
        for fails in (False, True):
            store.keep(Kept(CORP, "keyring", TOKEN), until=UNTIL, renews=True)
            with monkeypatch.context() as patched:
                if fails:
                    patched.setattr(MemoryKeyring, "delete_password", lambda *_: None)
                store.share(Kept(CORP, "cli", TOKEN), until=UNTIL, renews=True, tell=told.append)
            assert bool(MemoryKeyring.items) is fails
        assert "an earlier sign-in to corp is in the keyring still" in told[0]
        assert len(told) == 1
        assert store.read_keyring(CORP) is None
        assert [place for place, look in store.all_places(CORP) if look(CORP)] == ["keyring", "cli"]
        store.forget(CORP, "keyring")
        assert MemoryKeyring.items == {}
        assert store.read_entry(CORP) == SignInEntry(UNTIL, "cli", renews=True)


def test_what_the_index_could_not_tell_of_is_not_put_into_the_keyring(environ: dict[str, str]) -> None:
    path = index.index_path(environ)
    path.parent.mkdir(parents=True)
    path.write_text('{"version": 1, "identities": {}}')
    path.chmod(0o400)
    with memory_keyring() as keyring:
        store = Store({**environ, **keyring})
        with pytest.raises(AwsactivateError, match=r"identities\.json can't be changed: it is read-only"):
            store.keep(Kept(CORP, "keyring", TOKEN), until=UNTIL, renews=True)
        assert MemoryKeyring.items == {}
        for share in (False, True):
            with pytest.raises(AwsactivateError, match="it is read-only"):
                store.refuse_without_place(CORP, share=share)
    assert not cli_cache.path(CORP, environ).exists()


def test_a_token_that_is_kept_nowhere_leaves_nothing(environ: dict[str, str]) -> None:
    Store(environ).keep(Kept(CORP, None, TOKEN), until=UNTIL, renews=True)
    assert list(Path(environ["HOME"]).iterdir()) == []


@pytest.mark.parametrize("text", ["", "{", "[]", '"text"', "\x00", "[" * 100_000])
def test_a_file_that_holds_no_token_is_named_and_not_quoted(text: str, environ: dict[str, str]) -> None:
    file = cli_cache.path(CORP, environ)
    file.parent.mkdir(parents=True)
    file.write_text(text)
    with pytest.raises(cli_cache.UnreadableTokenError) as raised:
        Store(environ).read_cli_cache(CORP)
    assert raised.value.path == file
    assert raised.value.__cause__ is None


def test_the_login_cache_may_lie_elsewhere(environ: dict[str, str]) -> None:
    login = Key("login", "arn:aws:iam::111122223333:user/alice")
    assert cli_cache.path(login, environ).parent == Path(environ["HOME"]) / ".aws/login/cache"
    elsewhere = {**environ, "AWS_LOGIN_CACHE_DIRECTORY": "/somewhere"}
    assert cli_cache.path(login, elsewhere).parent == Path("/somewhere")


def test_an_index_keeps_its_sign_ins_beside_its_keys(environ: dict[str, str]) -> None:
    entry = IndexEntry(has_keys=True, key_id="AKIAEXAMPLE")
    with index.locked(environ):
        index.write_sign_in("sso:corp", SignInEntry(UNTIL, "cli"), environ)
        index.write_entry("alice", entry, environ)
    assert index.read(environ) == {"alice": entry}
    assert index.read_sign_ins(environ) == {"sso:corp": SignInEntry(UNTIL, "cli")}
    with index.locked(environ):
        index.write_sign_in("sso:corp", None, environ)
    assert "sign_ins" not in json.loads(index.index_path(environ).read_text())


@pytest.mark.parametrize(
    "entry",
    ['{"until": 1, "place": "cli", "renews": true}', '{"until": "x", "place": "y", "renews": true}', "3"],
)
def test_a_damaged_sign_in_of_the_index_is_told(entry: str, environ: dict[str, str]) -> None:
    path = index.index_path(environ)
    path.parent.mkdir(parents=True)
    path.write_text(f'{{"version": 1, "identities": {{}}, "sign_ins": {{"sso:corp": {entry}}}}}')
    with pytest.raises(ProfileError, match="damaged"):
        index.read_sign_ins(environ)
