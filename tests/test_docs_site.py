"""The pages as a site: all of them, and every link leads to a page, a picture or a file of the project."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
SCRIPT: dict[str, Any] = runpy.run_path(str(ROOT / "scripts/docs-site"))
FORGE = SCRIPT["address"]()


@pytest.mark.parametrize(
    ("path", "link", "turned"),
    [
        ("docs/keys.md", "moving.md#from-awsume", "moving.md#from-awsume"),
        ("docs/keys.md", "../SECURITY.md", "security.md"),
        ("README.md", "docs/README.md", "pages.md"),
        ("README.md", "docs/pictures/bash.svg", "pictures/bash.svg"),
        ("docs/evidence.md", "../tests/test_cli.py", f"{FORGE}/blob/HEAD/tests/test_cli.py"),
        ("SECURITY.md", "https://example.com/a#b", "https://example.com/a#b"),
        ("SECURITY.md", "#below", "#below"),
    ],
)
def test_a_link_is_turned_to_where_the_site_has_it(path: str, link: str, turned: str) -> None:
    images: set[str] = set()
    assert (
        SCRIPT["turn_links"](f"[words `code` here]({link})", path, images) == f"[words `code` here]({turned})"
    )
    assert images == ({"docs/pictures/bash.svg"} if link.endswith(".svg") else set())


def test_code_stays_as_it_is_and_a_link_to_nothing_is_told() -> None:
    code = "`[a](b.md)`\n\n```md\n[c](d.md)\n```\n"
    assert SCRIPT["turn_links"](code, "README.md", set()) == code
    with pytest.raises(SCRIPT["SiteError"], match=r"docs/keys.md: none.md leads nowhere"):
        SCRIPT["turn_links"]("[x](none.md)", "docs/keys.md", set())


def test_every_page_of_the_project_and_the_man_page_are_in_it() -> None:
    pages = {str(path.relative_to(ROOT)) for folder in ("", "docs") for path in (ROOT / folder).glob("*.md")}
    assert pages | {"docs/man/awsactivate.1", "benchmarks/results.md"} == set(SCRIPT["PAGES"])
    contents = SCRIPT["contents"]((ROOT / "docs/README.md").read_text("utf-8"))
    listed = [line for line in contents.splitlines() if line.endswith(".md")]
    assert sorted([*listed, "index.md"]) == sorted(SCRIPT["PAGES"].values())


def test_a_link_of_the_site_without_its_page_or_anchor_is_found(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.html").write_text('<a href="sub/b.html#here">x</a><a href="b.html"></a><img src="c.svg">')
    (tmp_path / "sub/b.html").write_text(
        '<p id="here"><a href="../a.html"></a><a href="#there"></a><a href="//h/x"></a>'
    )
    found = sorted(SCRIPT["broken_links"](tmp_path))
    assert found == ["a.html: b.html", "a.html: c.svg", "sub/b.html: #there"]
