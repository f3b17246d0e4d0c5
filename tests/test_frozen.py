"""Our dataclasses are to whoever uses them what the standard library's are."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsactivate import frozen


def classes(made_by: ModuleType) -> tuple[Any, Any, Any, Any]:
    """Make the same four classes by each."""
    dataclass, field = made_by.dataclass, made_by.field

    @dataclass(frozen=True)
    class Plain:
        """Has a default, one that is made, one that is not shown, and one that does not count."""

        name: str
        number: int = 7
        values: Mapping[str, int] = field(default_factory=dict)
        secret: str = field(default="hidden", repr=False)
        place: str = field(default="", compare=False)

        @property
        def twice(self) -> int:
            return 2 * self.number

    @dataclass(frozen=True)
    class Checked:
        key: str
        token: str | None = field(default=None, repr=False)

        def __post_init__(self) -> None:
            if not self.key:
                raise ValueError("no key")

    @dataclass
    class Open:
        text: str = ""
        children: list[Any] = field(default_factory=list)

    @dataclass(frozen=True)
    class Longer(Checked):
        more: tuple[int, ...] = ()

        def __repr__(self) -> str:
            return "its own"

    return Plain, Checked, Open, Longer


OURS, THEIRS = classes(frozen), classes(dataclasses)


def outcome(make: Any) -> Any:
    """Tell what came of it, by its text."""
    try:
        return repr(make())
    except Exception as error:
        return type(error).__name__


ARGUMENTS = st.lists(st.sampled_from(["", "x", 1, None]), max_size=4)
NAMED = st.dictionaries(
    st.sampled_from(["name", "number", "values", "secret", "place", "key", "token", "text", "more", "other"]),
    st.sampled_from(["y", 2]),
    max_size=3,
)


@given(st.integers(0, 3), ARGUMENTS, NAMED, ARGUMENTS, NAMED)
def test_values_are_made_compared_and_shown_alike(
    which: int, first: list[Any], named: dict[str, Any], second: list[Any], changes: dict[str, Any]
) -> None:
    def all_of(made_by: ModuleType, cls: Any) -> list[Any]:
        def one() -> Any:
            return cls(*first, **named)

        def other() -> Any:
            return cls(*second)

        return [
            outcome(one),
            outcome(lambda: one() == other()),
            outcome(lambda: one() == one()),
            outcome(lambda: one() != 7),
            outcome(lambda: hash(one()) == hash(one())),
            outcome(lambda: made_by.replace(one(), **changes)),
            outcome(lambda: made_by.asdict(one())),
            outcome(lambda: setattr(one(), "name", 1)),
            outcome(lambda: delattr(one(), "key")),
            outcome(lambda: copy.deepcopy(one()) == one()),
        ]

    assert all_of(frozen, OURS[which]) == all_of(dataclasses, THEIRS[which])


def test_a_nested_value_becomes_a_nested_dictionary() -> None:
    ours, theirs = (cls[2]("a", [cls[2]("b"), {"c": (cls[2]("d"),)}]) for cls in (OURS, THEIRS))
    assert frozen.asdict(ours) == dataclasses.asdict(theirs)


def test_dataclasses_itself_takes_ours_for_its_own() -> None:
    """Tests, and whoever inspects a value, ask it for the fields."""
    plain = OURS[0]("a", values={"b": 1})
    assert dataclasses.asdict(plain) == frozen.asdict(plain)
    assert dataclasses.replace(plain, number=8) == frozen.replace(plain, number=8)
    theirs = dataclasses.fields(THEIRS[0])
    assert [(one.name, one.repr, one.compare, one.default) for one in dataclasses.fields(OURS[0])] == [
        (one.name, one.repr, one.compare, one.default) for one in theirs
    ]


def test_a_value_is_matched_by_its_fields_in_their_order() -> None:
    assert [cls.__match_args__ for cls in OURS] == [cls.__match_args__ for cls in THEIRS]


def test_a_value_of_a_module_can_be_pickled() -> None:
    from awsactivate.sessions.credentials import Credentials

    credentials = Credentials("AKIA", "secret")
    assert pickle.loads(pickle.dumps(credentials)) == credentials


@pytest.mark.parametrize("cls", [OURS[0], OURS[1]], ids=["with defaults", "checked"])
def test_a_value_stays_what_it_is(cls: Any) -> None:
    value = cls("a")
    with pytest.raises(frozen.FrozenInstanceError):
        value.more = 1
