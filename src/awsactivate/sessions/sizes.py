"""How much an environment may hold for a command to be started with it.

https://man7.org/linux/man-pages/man2/execve.2.html: "Limits on size of arguments and environment".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from awsactivate.errors import ProfileError

# Linux allows one string 32 pages; what is more fails as if the whole were too long.
LONGEST_STRING = 32 * 4096
_POINTER = 8
_FOR_WORDS = 32 * 1024  # of a command that is not known yet
_MOST_NAMED = 3


def refuse_too_much(
    environ: Mapping[str, str], whole: int, *, longest: int = LONGEST_STRING, words: Sequence[str] = ()
) -> None:
    """Fail, with sizes and names, where no command could be started with `environ`.

    `whole` is how many bytes the system allows for a command's words and environment together. ProfileError
    names the largest variables, and never their values.
    """
    sizes = {name: _bytes(f"{name}={value}") for name, value in environ.items()}
    largest = sorted(sizes, key=lambda name: -sizes[name])
    if largest and sizes[largest[0]] > longest:
        raise ProfileError(
            f"{largest[0]} would hold {_shown(sizes[largest[0]])}, and no command can be started with more"
            f" than {_shown(longest)} in a variable",
            "keep long values in files",
        )
    total = sum(size + _POINTER for size in sizes.values()) + sum(_bytes(word) + _POINTER for word in words)
    room = whole - (0 if words else _FOR_WORDS)
    if total > room:
        named = ", ".join(f"{name} {_shown(sizes[name])}" for name in largest[:_MOST_NAMED])
        raise ProfileError(
            f"the environment would hold {_shown(total)}, and no command can be started with more than"
            f" {_shown(room)}: {named}",
            "take fewer services, or keep long values in files",
        )


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogateescape")) + 1


def _shown(size: int) -> str:
    return f"{size / 1024:.0f} kB" if size < 1024 * 1024 else f"{size / 1024 / 1024:.1f} MB"
