"""Generates ting/core/confusables.txt: the characters that look alike.

    python tools/make-confusables.py confusables.txt

The argument is the file of Unicode's security data (UTS #39), of the version in `VERSION`:
https://www.unicode.org/Public/security/13.0.0/confusables.txt. Its licence (Unicode-3.0) is next to the generated file.

The keys of all names are stored in the database, and are computed from this data. So another version of it needs a
new schema version, and new keys for all users.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

VERSION = "13.0.0"
OUTPUT = Path(__file__).parent.parent / "ting" / "core" / "confusables.txt"
HEADER = """\
# Characters that look like others: each line has their prototype, a tab, and the characters.
# From confusables.txt of Unicode {version} (c) Unicode, Inc., by tools/make-confusables.py.
# Licence: confusables.LICENSE
"""


def pairs(text: str) -> Iterator[tuple[str, str]]:
    """The lines of confusables.txt: a character, and the one or several that it looks like."""
    for line in text.splitlines():
        fields = line.partition("#")[0].split(";")
        if len(fields) >= 2:
            source, target = ("".join(chr(int(code, 16)) for code in field.split()) for field in fields[:2])
            yield source, target


def prototypes(text: str) -> Mapping[str, list[str]]:
    """The single characters by their prototype, which is another one.

    A character that is the prototype of several is its own. Of two that only look like each other, it is the lower one.
    """
    alike = defaultdict(list)
    for source, target in pairs(text):
        alike[source].append(target)
        alike[target].append(source)
    found = defaultdict(list)
    for character in sorted(alike):
        if len(alike[character]) != 1 or len(character) != 1:
            continue
        (other,) = alike[character]
        prototype = other if len(alike[other]) > 1 else min(character, other)
        if prototype != character:
            found[prototype].append(character)
    return found


def main(path: Path) -> None:
    text = path.read_text(encoding="utf-8-sig")
    if f"# Version: {VERSION}\n" not in text:
        raise SystemExit(f"{path} is not the confusables.txt of Unicode {VERSION}.")
    lines = [f"{prototype}\t{''.join(found)}\n" for prototype, found in sorted(prototypes(text).items())]
    OUTPUT.write_text(HEADER.format(version=VERSION) + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
