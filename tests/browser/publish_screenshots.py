"""Reduces the size of screenshots and copies them to the documentation.

python -m tests.browser.take_screenshots DIRECTORY
python -m tests.browser.publish_screenshots DIRECTORY
"""

import sys
from pathlib import Path

from PIL import Image

DOCS = Path(__file__).parents[2] / "docs"
COLOURS = 255
PHONE_WIDTH = 390
PUBLISHED = {
    "screenshot.png": "desktop-en-conversation-light",
    "pictures/night.png": "desktop-el-conversation-dark",
    "pictures/phone-conversation.png": "phone-en-conversation-light",
    "pictures/phone-list.png": "phone-en-list-dark",
    "pictures/phone-card.png": "phone-el-card-light",
    "pictures/enter.png": "desktop-en-enter-light",
    "pictures/private.png": "desktop-en-private-light",
    "pictures/switcher.png": "desktop-en-switcher-light",
    "pictures/menu.png": "desktop-en-menu-light",
    "pictures/commands.png": "desktop-en-commands-light",
    "pictures/files.png": "desktop-en-files-light",
    "pictures/search.png": "desktop-en-search-filters-light",
    "pictures/settings.png": "desktop-en-settings-notifications-light",
    "pictures/offline.png": "desktop-en-offline-light",
    **{f"live-typing/{step}.png": f"step-{step}" for step in range(1, 6)},
}


def publish(source_directory: Path) -> None:
    """Copy the screenshots of the documentation to `docs/`."""
    (DOCS / "pictures").mkdir(exist_ok=True)
    for target, source in PUBLISHED.items():
        with Image.open(source_directory / f"{source}.png") as picture:
            plain = picture.convert("RGB")
        if source.startswith("phone"):
            plain.thumbnail((PHONE_WIDTH * 3 // 2, plain.height))
        small = plain.quantize(COLOURS, dither=Image.Dither.NONE)
        small.save(DOCS / target, optimize=True)


if __name__ == "__main__":
    publish(Path(sys.argv[1]))
