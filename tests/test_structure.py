"""The packages of the server, and the page that describes them."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
TING = ROOT / "ting"
PAGE = ROOT / "docs" / "structure.md"


def packages() -> set[str]:
    """The packages at the top of `ting/`."""
    return {path.parent.name for path in TING.glob("*/__init__.py")}


def test_every_package_says_what_belongs_there() -> None:
    for path in TING.rglob("__init__.py"):
        assert ast.get_docstring(ast.parse(path.read_text())), path


def test_the_page_describes_exactly_the_packages_there_are() -> None:
    described = set(re.findall(r"^\| `ting/(\w+)/` \|", PAGE.read_text(), re.MULTILINE))

    assert described == packages()


def test_the_page_names_only_what_there_is() -> None:
    for name in set(re.findall(r"`((?:ting/)?[\w/]+(?:\.py|/))`", PAGE.read_text())):
        assert (ROOT / name).exists() or (TING / name).exists(), name


def test_every_module_says_what_it_owns() -> None:
    for path in TING.rglob("*.py"):
        assert path.read_text().startswith('"""'), path
