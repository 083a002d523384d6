"""The Chromium that browser tests drive: the system's, else one installed by the system's packages or by Playwright.

python -m tests.browser.chromium     # makes sure that there is one
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

# The first one is Chromium without its windows, which takes a third of the work.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",  # containers and root have no user namespaces for it
)
APT_PACKAGES = ("chromium-headless-shell", "chromium")  # where the first is not to be had, the second
APT_FONTS = "fonts-noto-color-emoji"


def find() -> str | None:
    """Where Chromium is, if there is one."""
    with sync_playwright() as playwright:
        return find_for(playwright)


def find_for(playwright: Playwright) -> str | None:
    """As `find`, while Playwright runs."""
    named = os.environ.get("TING_TEST_CHROMIUM")
    if named:
        return named
    for name in NAMES:
        if path := shutil.which(name):
            return path
    path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def launch(playwright: Playwright) -> Browser:
    """Start it, without a window."""
    path = find_for(playwright)
    assert path, "no Chromium: python -m tests.browser.chromium installs one"
    return playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))


def install() -> None:
    """Get one: by apt where that is allowed, else Playwright's own."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        command = ["apt-get", "install", "-qq", "-y", "--no-install-recommends", APT_FONTS]
        for package in APT_PACKAGES:
            if subprocess.run([*command, package], check=False).returncode == 0:
                return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


if __name__ == "__main__":
    if find() is None:
        install()
    print(f"Chromium: {find()}")
