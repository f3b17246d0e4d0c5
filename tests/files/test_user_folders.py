"""Where a user's folders are."""

from __future__ import annotations

import pwd
from pathlib import Path

import pytest

from awsactivate.errors import ProfileError
from awsactivate.files.user_folders import data_folder, home, state_folder


def test_a_user_id_without_an_account_and_without_home_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container that runs under a number: nothing says where its home is."""

    def unknown(uid: int) -> None:
        raise KeyError(uid)

    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    for folder in (home, data_folder, state_folder):
        with pytest.raises(ProfileError) as raised:
            folder({})
        assert raised.value.message.startswith("this user has no home folder: HOME is not set")
        assert raised.value.hint == "set HOME, such as to an empty folder"
    assert home({"HOME": "/somewhere"}) == Path("/somewhere")
    assert data_folder({"XDG_DATA_HOME": "/data"}) == Path("/data/awsactivate")
