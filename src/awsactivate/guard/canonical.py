"""How a request's path and query are written for its signature: SDKs and services differ."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from urllib.parse import quote, unquote

from awsactivate.frozen import dataclass
from awsactivate.sessions.sigv4 import sorted_query

# S3 and what is built on it take a path as it was sent; all others quote it once more.
_LIKE_S3 = frozenset({"s3", "s3-object-lambda", "s3-outposts", "s3express"})


@dataclass(frozen=True)
class Form:
    """One way to write them."""

    path: Callable[[str], str]
    query: Callable[[str], str]


def forms(service: str) -> tuple[Form, ...]:
    """Name the ways that a signing name's requests may be written in, the likeliest first."""
    paths = (_as_sent, _quoted_anew) if is_like_s3(service) else ()
    others = (_normal, _quoted, _as_sent, _quoted_anew)
    return tuple(Form(*one) for one in product(dict.fromkeys((*paths, *others)), (sorted_query, _query_anew)))


def is_like_s3(service: str) -> bool:
    """Tell whether a path is signed and meant as it was sent, with all its dots and slashes."""
    return service in _LIKE_S3


def _as_sent(path: str) -> str:
    return path or "/"


def _quoted(path: str) -> str:
    return quote(path or "/", safe="/~", encoding="latin-1")


def _normal(path: str) -> str:
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            kept[-1:] = []
        elif segment not in ("", "."):
            kept.append(segment)
    return _quoted(f"/{'/'.join(kept)}{'/' if kept and path.endswith('/') else ''}")


def _quoted_anew(path: str) -> str:
    return _quoted(unquote(path, encoding="latin-1"))


def _query_anew(query: str) -> str:
    pairs = sorted(tuple(map(_word_anew, pair.partition("=")[::2])) for pair in query.split("&") if pair)
    return "&".join(f"{name}={value}" for name, value in pairs)


def _word_anew(text: str) -> str:
    return quote(unquote(text, encoding="latin-1"), safe="~", encoding="latin-1")
