"""Finds or installs the Chromium for browser tests, from the system's packages or from Playwright.

python -m tests.browser.chromium     # install it if there is none
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

# The first one has no user interface and needs a third of the resources.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",  # the sandbox needs user namespaces, which containers and root do not have
)
APT_PACKAGES = ("chromium-headless-shell", "chromium")  # in this order of preference
APT_FONTS = "fonts-noto-color-emoji"


def find() -> str | None:
    """The path of Chromium, if it is installed."""
    with sync_playwright() as playwright:
        return find_for(playwright)


def find_for(playwright: Playwright) -> str | None:
    """Like `find`, when Playwright is already running."""
    named = os.environ.get("TING_TEST_CHROMIUM")
    if named:
        return named
    for name in NAMES:
        if path := shutil.which(name):
            return path
    path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def launch(playwright: Playwright) -> Browser:
    """Start Chromium in headless mode."""
    path = find_for(playwright)
    assert path, "no Chromium: python -m tests.browser.chromium installs one"
    return playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))


def install() -> None:
    """Install Chromium with apt as root, else with Playwright."""
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
