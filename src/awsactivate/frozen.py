"""Values that nobody changes: dataclasses as far as this project has them, made a hundred times faster.

A `dataclasses.dataclass` writes and compiles the text of some methods for each class, and loads `inspect` to
begin with: a third of what a short command took. Here the classes share their methods. To mypy they are the
real ones, and so they are to whoever asks them for their fields.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from dataclasses import FrozenInstanceError, asdict, dataclass, field, replace

    __all__ = ["FrozenInstanceError", "asdict", "dataclass", "field", "replace"]
else:
    _NOTHING = object()

    class FrozenInstanceError(AttributeError):
        """Somebody wanted to change a value."""

    class _Field:
        """What is said of a field beside its name."""

        __slots__ = ("compare", "default", "default_factory", "repr")

        def __init__(self, default, default_factory, repr, compare):  # noqa: A002  (dataclasses' own name)
            self.default = default
            self.default_factory = default_factory
            self.repr = repr
            self.compare = compare

    def field(*, default=_NOTHING, default_factory=_NOTHING, repr=True, compare=True):  # noqa: A002
        """Say more of a field than its name and its default."""
        return _Field(default, default_factory, repr, compare)

    def dataclass(cls=None, *, frozen=False):
        """Make a class of values out of one that names its fields."""
        return _made(cls, frozen) if cls is not None else lambda cls: _made(cls, frozen)

    def replace(value, /, **changes):
        """Return a value like `value` but for `changes`."""
        return type(value)(**{**_shown(value, type(value)._frozen_fields), **changes})

    def asdict(value):
        """Return the fields as a dictionary, and what is nested in them too."""
        return {name: _plain(member) for name, member in _shown(value, type(value)._frozen_fields).items()}

    def _plain(value):
        if hasattr(type(value), "_frozen_fields"):
            return asdict(value)
        if isinstance(value, list | tuple):
            return type(value)(map(_plain, value))
        if isinstance(value, dict):
            return {key: _plain(member) for key, member in value.items()}
        return value

    class _RealFields:
        """What `dataclasses` itself wants to know of a class, found out where it asks."""

        def __get__(self, value, cls):
            import dataclasses

            fields = [
                (
                    name,
                    object,
                    dataclasses.field(
                        repr=said.repr,
                        compare=said.compare,
                        **{
                            kind: getattr(said, kind)
                            for kind in ("default", "default_factory")
                            if getattr(said, kind) is not _NOTHING
                        },
                    ),
                )
                for name, said in cls._frozen_fields.items()
            ]
            return dataclasses.make_dataclass(cls.__name__, fields).__dataclass_fields__

    def _made(cls, frozen):
        fields = {}
        for base in cls.__mro__[:0:-1]:
            fields.update(base.__dict__.get("_frozen_fields", ()))
        for name, annotation in cls.__annotations__.items():
            if annotation.startswith("ClassVar"):
                continue
            said = cls.__dict__.get(name, _NOTHING)
            if not isinstance(said, _Field):
                said = _Field(said, _NOTHING, True, True)
            elif said.default is not _NOTHING:
                setattr(cls, name, said.default)
            else:
                delattr(cls, name)
            fields[name] = said
        own = cls.__dict__
        cls._frozen_fields = fields
        cls._frozen_compared = tuple(name for name, said in fields.items() if said.compare)
        cls.__match_args__ = tuple(fields)
        cls.__dataclass_fields__ = _RealFields()
        cls.__init__ = _initialiser(fields, hasattr(cls, "__post_init__"))
        if "__repr__" not in own:
            cls.__repr__ = _represented
        if "__eq__" not in own:
            cls.__eq__ = _equals
            cls.__hash__ = _hashed if frozen else None
        if frozen:
            cls.__setattr__ = _refuse_to_set
            cls.__delattr__ = _refuse_to_delete
        return cls

    def _initialiser(fields, has_more_to_do):
        names = tuple(fields)
        defaults = {name: said.default for name, said in fields.items() if said.default is not _NOTHING}
        factories = [
            (name, said.default_factory)
            for name, said in fields.items()
            if said.default_factory is not _NOTHING
        ]
        known = frozenset(names)

        def __init__(self, *given, **named):  # noqa: N807
            values = self.__dict__
            values.update(defaults)
            values.update(zip(names, given, strict=False))
            values.update(named)
            for name, factory in factories:
                if name not in values:
                    values[name] = factory()
            if (
                len(values) != len(names)
                or len(given) + len(named) > len(names)
                or not known.issuperset(named)
            ):
                raise _wrong(type(self), names, values, given, named)
            if named and given and not named.keys().isdisjoint(names[: len(given)]):
                raise _wrong(type(self), names, values, given, named)
            if has_more_to_do:
                self.__post_init__()

        return __init__

    def _wrong(cls, names, values, given, named):
        missing = [name for name in names if name not in values]
        unknown = [name for name in named if name not in names]
        twice = [name for name in names[: len(given)] if name in named]
        many = [f"{len(given)} for {len(names)} fields"] if len(given) > len(names) else []
        return TypeError(
            f"{cls.__qualname__}() is told of its fields wrongly:"
            f" missing {missing}, unknown {unknown}, twice {twice}, too many {many}"
        )

    def _shown(value, names):
        values = value.__dict__
        return {name: values[name] for name in names}

    def _represented(self):
        shown = (
            f"{name}={self.__dict__[name]!r}" for name, said in type(self)._frozen_fields.items() if said.repr
        )
        return f"{type(self).__qualname__}({', '.join(shown)})"

    def _compared(value):
        values = value.__dict__
        return tuple([values[name] for name in value._frozen_compared])

    def _equals(self, other):
        if type(other) is not type(self):
            return NotImplemented
        return _compared(self) == _compared(other)

    def _hashed(self):
        return hash(_compared(self))

    def _refuse_to_set(self, name, _value):
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def _refuse_to_delete(self, name):
        raise FrozenInstanceError(f"cannot delete field {name!r}")
