"""Generates static/passwords/common.txt: common passwords, and the words that common passwords are made of.

    pip install zxcvbn
    python tools/make-common-passwords.py

Sources: the 30,000 most common passwords of zxcvbn (MIT; its licence is next to the generated file), and those in
own-common-passwords.txt, many of them Greek, which that list does not have. The server and the browser compare folded
texts (`fold` in ting/core/names.py), so the file has folded ones.
"""

from pathlib import Path

from zxcvbn.frequency_lists import FREQUENCY_LISTS

from ting.core.names import fold

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "static" / "passwords" / "common.txt"
MIN_CHARS = 3


def common_passwords() -> list[str]:
    """All entries of the file, sorted."""
    own = (Path(__file__).parent / "own-common-passwords.txt").read_text().split()
    folded = {fold(entry) for entry in (*FREQUENCY_LISTS["passwords"], *own)}
    return sorted(entry for entry in folded if len(entry) >= MIN_CHARS)


if __name__ == "__main__":
    TARGET.write_text("\n".join(common_passwords()) + "\n")
