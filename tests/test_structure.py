"""The packages of the server, and the documentation that describes them."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TING = ROOT / "ting"
PAGE = ROOT / "docs" / "structure.md"
PAGES = [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
ROOTS = (ROOT, TING, ROOT / "docs", ROOT / "tests", TING / "commands" / "runtime")
FILE = re.compile(r"`([\w./-]+\.(?:py|js|css|toml|cfg|md)|[\w-]+(?:/[\w-]+)*/)`")


def packages() -> set[str]:
    """The packages at the top of `ting/`."""
    return {path.parent.name for path in TING.glob("*/__init__.py")}


def test_every_package_has_a_docstring() -> None:
    for path in TING.rglob("__init__.py"):
        assert ast.get_docstring(ast.parse(path.read_text())), path


def test_every_module_has_a_docstring() -> None:
    for path in TING.rglob("*.py"):
        assert path.read_text().startswith('"""'), path


def test_the_structure_page_describes_exactly_the_existing_packages() -> None:
    described = re.findall(r"^### `ting/(\w+)/`$", PAGE.read_text(), re.MULTILINE)

    assert sorted(described) == sorted(packages())


def test_the_structure_page_names_only_existing_files() -> None:
    for name in set(FILE.findall(PAGE.read_text())):
        assert any((root / name).exists() for root in ROOTS), name


def test_the_diagram_of_the_layers_names_all_of_them() -> None:
    contract = (ROOT / "setup.cfg").read_text().partition("layers =")[2].partition("\n\n")[0]
    diagram = PAGE.read_text().split("```")[1]

    for layer in re.findall(r"\w+", contract):
        assert re.search(rf"\b{layer}\b", diagram), layer


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_documentation_names_only_existing_modules(page: Path) -> None:
    for name in set(re.findall(r"`((?:\w+/)+\w+\.py)`", page.read_text())):
        assert any((root / name).exists() for root in ROOTS), name


def test_the_glossary_names_only_existing_code() -> None:
    code = "\n".join(path.read_text() for path in [*TING.rglob("*.py"), *(ROOT / "static" / "js").rglob("*.js")])
    lines = re.findall(r"^\* Code: (.*(?:\n  .*)*)", (ROOT / "docs" / "glossary.md").read_text(), re.MULTILINE)

    for name in {word for line in lines for group in re.findall(r"`([\w.]+)`", line) for word in group.split(".")}:
        assert re.search(rf"\b{name}\b", code), name
