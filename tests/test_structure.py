"""The map of the modules in `docs/structure.md`."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_every_module_has_one_room_on_the_map() -> None:
    rooms = (ROOT / "docs" / "structure.md").read_text().partition("## The rooms")[2].partition("And the folders")[0]
    named = Counter(re.findall(r"`(\w+\.py)`", rooms))
    modules = {path.name for path in (ROOT / "ting").glob("*.py")} - {"__init__.py"}

    assert set(named) == modules
    assert not {name for name, times in named.items() if times > 1}


def test_the_map_names_only_what_there_is() -> None:
    page = (ROOT / "docs" / "structure.md").read_text()

    for name in set(re.findall(r"`((?:ting/)?[\w/]+(?:\.py|/))`", page)):
        assert (ROOT / name).exists() or (ROOT / "ting" / name).exists(), name


def test_every_module_says_what_it_owns() -> None:
    for path in (ROOT / "ting").rglob("*.py"):
        text = path.read_text()
        assert not text or text.startswith('"""'), path
