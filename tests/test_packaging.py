"""The package: the content of the wheel, and that the installed package serves the client."""

import configparser
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from packaging.requirements import Requirement

from tests.documentation import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel, built from a copy of the files in git, with bytecode caches as after a run."""
    source = tmp_path_factory.mktemp("source")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, source / name)
    for package in ("static", "static/js", "config", "plugins", "ting"):
        (source / package / "__pycache__").mkdir()
        (source / package / "__pycache__" / "left.cpython-311.pyc").touch()
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", "dist"],
        cwd=source,
        capture_output=True,
        check=True,
    )
    (built,) = (source / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` directory of an environment in which only the wheel and its dependencies can be imported."""
    environment = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    python = environment / "bin" / "python"
    install = ["install", "--quiet", "--no-deps", "--no-index", "--no-warn-script-location", str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", "--python", str(python), *install], check=True, capture_output=True)
    (packages,) = environment.glob("lib/python*/site-packages")
    # A directory in a .pth file is searched, but its own .pth files, like that of an editable install, are not. So the
    # dependencies can be imported, but not this source tree.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return environment / "bin"


@pytest.fixture(scope="module")
def url(installed: Path, mongodb: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of the installed Ting."""
    process = subprocess.Popen(
        [installed / "ting", "serve", "--port", "0", "--mongodb", mongodb],
        cwd=tmp_path_factory.mktemp("elsewhere"),
        env={"PATH": "/usr/bin:/bin", "HOME": "/nowhere"},
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout
        yield process.stdout.readline().strip().rstrip("/")
        process.terminate()
    assert process.returncode == 0


def fetched(url: str) -> tuple[str, str]:
    """The content type and the text at a URL."""
    with urlopen(url, timeout=10) as answer:
        return answer.headers["Content-Type"], answer.read().decode()


def test_the_wheel_has_the_server_the_client_the_settings_and_the_plugins(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    assert {
        "ting/server.py",
        "ting/py.typed",
        "ting/static/index.html",
        "ting/static/js/main.js",
        "ting/static/css/main.css",
        "ting/static/i18n/el.json",
        "ting/config/ting.toml",
        "ting_plugins/me.py",
    } <= set(names)


def test_the_wheel_has_the_data_of_its_packages(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())

    assert {"ting/core/confusables.txt", "ting/core/confusables.LICENSE"} <= names


def locked() -> dict[str, tuple[str, int]]:
    """The version of each package in requirements.lock, and the number of its hashes."""
    entries = re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text())
    found = [(re.match(r"([\w-]+)==([\w.]+)", entry), entry.count("--hash=sha256:")) for entry in entries]
    return {match[1]: (match[2], hashes) for match, hashes in found if match}


def required() -> list[Requirement]:
    """The dependencies of a release."""
    settings = configparser.ConfigParser(inline_comment_prefixes=("#",))
    settings.read(ROOT / "setup.cfg")
    texts = (settings["options"]["install_requires"], settings["options.extras_require"]["embedded"])
    return [Requirement(line) for text in texts for line in text.strip().splitlines()]


def test_the_lock_has_every_dependency_with_hashes_in_the_range_of_setup_cfg() -> None:
    versions = locked()

    for requirement in required():
        version, _ = versions[requirement.name]
        assert version in requirement.specifier, requirement
    assert all(hashes > 0 for _, hashes in versions.values())


def test_the_lock_names_no_index_no_host_and_no_path() -> None:
    lines = (ROOT / "requirements.lock").read_text().splitlines()

    allowed = re.compile(r"[\w-]+==[\w.]+( ; [\w ='!.]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?")
    assert [line for line in lines if not allowed.fullmatch(line)] == []


def test_the_wheel_has_every_file_of_the_client(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    tracked = subprocess.run(
        ["git", "ls-files", "static", "config"], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert {f"ting/{name}" for name in tracked.stdout.split() if (ROOT / name).is_file()} <= names


def test_the_wheel_has_no_other_files(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"ting", "ting_plugins"}
    assert [name for name in names if re.search(r"tests|__pycache__|\.pyc$|node_modules", name)] == []


def test_the_installed_package_is_imported(installed: Path) -> None:
    imported = subprocess.run(
        [installed / "python", "-c", "import ting; print(ting.__file__)"],
        cwd="/",
        env={},
        capture_output=True,
        text=True,
        check=True,
    )

    assert imported.stdout.startswith(str(installed.parent))


def test_the_installed_package_serves_the_client(url: str) -> None:
    type, page = fetched(f"{url}/")
    assert type.startswith("text/html")

    files = re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js|json|svg|webmanifest))"', page)
    assert {Path(file).name for file in files} >= {"main.js", "main.css", "ting.svg"}
    for file in files:
        assert fetched(url + file)[1]


def test_the_installed_package_finds_its_plugins(installed: Path, mongodb: str) -> None:
    done = subprocess.run(
        [installed / "ting", "check", "--mongodb", mongodb], cwd="/", env={}, capture_output=True, text=True, check=True
    )

    assert "ok    plugin me: /me" in done.stdout


@pytest.mark.parametrize("plugin", ["tutorial", "template"])
def test_a_plugin_that_requires_ting_is_installed_without_an_index(
    installed: Path, plugin: str, tmp_path: Path, mongodb: str
) -> None:
    python, source = installed / "python", tmp_path / "ting-dice"
    if plugin == "tutorial":
        shutil.copytree(ROOT / "docs" / "plugin-tutorial", source)
    else:
        subprocess.run(
            [installed / "ting", "plugins", "new", "dice", "--in", tmp_path], check=True, capture_output=True
        )
    build = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(tmp_path), str(source)]
    subprocess.run([sys.executable, "-m", "pip", *build], check=True, capture_output=True)
    (built,) = tmp_path.glob("*.whl")

    install = ["install", "--quiet", "--no-index", str(built)]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(python), *install], check=False, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr
    listed = subprocess.run(
        [installed / "ting", "plugins", "--mongodb", mongodb],
        cwd="/",
        env={},
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"ok    {'tea: /tea' if plugin == 'tutorial' else 'dice: /dice'}" in listed.stdout
    (metadata,) = [name for name in zipfile.ZipFile(built).namelist() if name.endswith(".dist-info/METADATA")]
    assert "Requires-Dist: ting-chat" in zipfile.ZipFile(built).read(metadata).decode()
