"""Settings: sources, precedence, and one-line errors."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.documentation import ROOT
from ting.core import settings
from ting.core.networks import Network
from ting.core.origins import HostName, Origin
from ting.core.settings import BadSettings, Limits, Pace, Settings

EXAMPLE = ROOT / "config" / "ting.toml"
OPTIONS = dict(settings.option_types())

WriteFile = Callable[[str], Path]


@pytest.fixture
def write_file(tmp_path: Path) -> WriteFile:
    """Writes a settings file."""

    def write(text: str) -> Path:
        file = tmp_path / "ting.toml"
        file.write_text(text)
        return file

    return write


def refusal(file: Path | None = None, environment: Mapping[str, str] | None = None, **flags: Any) -> str:
    """The error for invalid settings."""
    with pytest.raises(BadSettings) as caught:
        settings.load(file, environment, flags)
    return str(caught.value)


def test_without_sources_all_options_have_their_defaults() -> None:
    assert settings.load() == Settings()


def test_the_example_file_lists_every_option_with_its_default() -> None:
    listed = msgspec.toml.decode(EXAMPLE.read_bytes())

    assert listed == msgspec.to_builtins(Settings(), enc_hook=str)


def test_the_example_file_describes_every_option_in_the_line_above() -> None:
    lines = EXAMPLE.read_text().splitlines()
    options = [index for index, line in enumerate(lines) if re.match(r"\w+ = |\[plugins\]", line)]

    assert len(options) == len(OPTIONS)
    assert [lines[index] for index in options if not re.match(r"# [A-Z].*\.$", lines[index - 1])] == []


@pytest.mark.parametrize("key", OPTIONS)
def test_every_option_describes_its_valid_values(key: str) -> None:
    assert msgspec.inspect.type_info(OPTIONS[key])
    assert OPTIONS[key].__metadata__[0].description


def test_each_source_overrides_the_previous_ones(write_file: WriteFile) -> None:
    file = write_file('address = "file"\ndatabase = "file"\nlog_level = "error"\n')
    environment = {"TING_DATABASE": "environment", "TING_LOG_LEVEL": "warning"}

    loaded = settings.load(file, environment, {"log_level": "debug", "port": None})

    assert loaded == Settings(address="file", database="environment", log_level="debug")


def test_tables_numbers_and_lists_are_read_from_a_file(write_file: WriteFile) -> None:
    file = write_file('port = 1\norigins = ["https://a.example"]\n[limits]\nframe_bytes = 2048\n[pace]\ndrain_s = 1\n')

    loaded = settings.load(file)

    assert loaded == Settings(
        port=1, origins=[Origin("https://a.example")], limits=Limits(frame_bytes=2048), pace=Pace(drain_s=1.0)
    )


def test_tables_numbers_and_lists_are_read_from_the_environment() -> None:
    loaded = settings.load(
        None,
        {
            "TING_PORT": "1",
            "TING_ORIGINS": "https://a.example, https://b.example,",
            "TING_TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8",
            "TING_LIMITS_FRAME_BYTES": "2048",
            "TING_PACE_DRAIN_S": "1.5",
            "TING_DATA": "12",
            "PATH": "/bin",
        },
    )

    assert loaded == Settings(
        port=1,
        origins=[Origin("https://a.example"), Origin("https://b.example")],
        trusted_proxies=[Network("127.0.0.1"), Network("10.0.0.0/8")],
        limits=Limits(frame_bytes=2048),
        pace=Pace(drain_s=1.5),
        data="12",
    )


@pytest.mark.parametrize(
    ("toml", "expected"),
    [
        ("prot = 1", 'unknown option "prot". Did you mean "port"?'),
        ("limits.frame_byte = 1", 'unknown option "limits.frame_byte". Did you mean "limits.frame_bytes"?'),
        ("qqqqqq = 1", f'unknown option "qqqqqq". The options are: {", ".join(sorted(OPTIONS))}.'),
        ("limits = 5", 'unknown option "limits". The options are: address, '),
        ("[port]\na = 1", 'unknown option "port.a". Did you mean "port"?'),
        ('port = "8080"', 'port is "8080", but must be a whole number from 0 to 65535'),
        ("port = 8080.5", "port is 8080.5, but must be a whole number"),
        ("port = true", "port is true, but must be a whole number"),
        ("port = 65536", "port is 65536, but must be a whole number from 0 to 65535"),
        ("port = -1", "port is -1, but must be"),
        ("port = 2020-01-01", 'port is "2020-01-01", but must be'),
        ("address = 1", "address is 1, but must be a string that is not empty."),
        ('address = ""', 'address is "", but must be a string that is not empty.'),
        ('trusted_proxies = ["proxy"]', 'trusted_proxies is ["proxy"], but must be a list of addresses and networks'),
        ('metrics_from = ["10.0.0.1/8"]', 'metrics_from is ["10.0.0.1/8"], but must be a list of addresses'),
        ("metrics_from = [1]", "metrics_from is [1], but must be a list of addresses"),
        ('origins = "https://a.example"', 'origins is "https://a.example", but must be a list of sites'),
        ("origins = [1]", "origins is [1], but must be a list of sites without a path, like"),
        ("reserved_names = [1]", "reserved_names is [1], but must be a list of strings."),
        ('log_level = "loud"', 'log_level is "loud", but must be one of "debug", "info", "warning", "error".'),
        ("limits.frame_bytes = 1023", "limits.frame_bytes is 1023, but must be a whole number of bytes"),
        ("limits.waiting_changes = 0", "limits.waiting_changes is 0, but must be a whole number, at least 1."),
        ("pace.presence_ms = 0", "pace.presence_ms is 0, but must be milliseconds: a whole number from 1 to 60000."),
        ("pace.drain_s = 0.01", "pace.drain_s is 0.01, but must be seconds: a number from 0.1 to 3600."),
        ("pace.drain_s = nan", "pace.drain_s is "),
        ("port = ", "not valid TOML: "),
        ("port = 1\nport = 2", "not valid TOML: "),
    ],
)
def test_an_error_names_the_file_the_option_its_value_and_the_valid_values(
    write_file: WriteFile, toml: str, expected: str
) -> None:
    file = write_file(toml)

    line = refusal(file)

    assert line.startswith(f"{file}: {expected}")
    assert "\n" not in line


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("TING_PORT", "http", 'port is "http", but must be a whole number from 0 to 65535'),
        ("TING_PORT", "", 'port is "", but must be'),
        ("TING_PORT", "70000", "port is 70000, but must be"),
        ("TING_PACE_DRAIN_S", "soon", 'pace.drain_s is "soon", but must be seconds'),
        ("TING_PACE_DRAIN_S", "inf", "pace.drain_s is "),
        ("TING_PRT", "1", 'unknown option "TING_PRT". Did you mean "TING_PORT"?'),
        ("TING_QQQQQQQQQQ", "1", 'unknown option "TING_QQQQQQQQQQ". The options are: TING_ADDRESS, '),
    ],
)
def test_an_error_names_the_environment_variable(variable: str, value: str, expected: str) -> None:
    line = refusal(environment={variable: value})

    assert line.startswith(f"environment {variable}: {expected}")
    assert "\n" not in line


def test_an_error_names_the_flag() -> None:
    assert refusal(port="many").startswith('--port: port is "many", but must be a whole number from 0 to 65535')


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "none.toml"

    assert refusal(file) == f"{file}: cannot read the file: No such file or directory."


def test_a_directory_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path) == f"{tmp_path}: cannot read the file: Is a directory."


def test_a_file_with_another_encoding_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "ting.toml"
    file.write_bytes(b'address = "\xff"\n')

    assert refusal(file).startswith(f"{file}: not valid TOML: ")


def test_the_data_directory_is_in_the_xdg_data_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    assert Settings().data_directory == tmp_path / "home" / ".local" / "share" / "ting"

    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    assert Settings().data_directory == tmp_path / "xdg" / "ting"

    assert Settings(data="~/here").data_directory == tmp_path / "home" / "here"


def test_the_tables_of_plugins_are_not_flattened(write_file: WriteFile) -> None:
    file = write_file('[commands]\nnames = { roll = "dice" }\n[plugins.dice]\nsides = 6\n[plugins.dice.deep]\nx = 1\n')

    loaded = settings.load(file, {"TING_COMMANDS_PERMISSIONS": "kick=admin, dice:roll=member"})

    assert loaded.commands.names == {"roll": "dice"}
    assert loaded.commands.permissions == {"kick": "admin", "dice:roll": "member"}
    assert loaded.plugins == {"dice": {"sides": 6, "deep": {"x": 1}}}
    wrong = refusal(write_file('[commands]\npermissions = { kick = "king" }'))
    assert 'must be a table of roles: "everyone", "member", "moderator" or "admin".' in wrong
    assert "must be a table of tables" in refusal(write_file("plugins = { dice = 6 }"))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://a.example/", "https://a.example"),
        ("HTTPS://A.Example", "https://a.example"),
        ("https://a.example:443", "https://a.example"),
        ("http://a.example:80/", "http://a.example"),
        ("https://a.example.:8443", "https://a.example:8443"),
        ("http://[2001:DB8::1]:8080", "http://[2001:db8::1]:8080"),
        ("https://χατ.example", "https://xn--mxa2bh.example"),
    ],
)
def test_origins_are_normalised(write_file: WriteFile, written: str, meant: str) -> None:
    loaded = settings.load(write_file(f'origins = ["{written}"]'))

    assert [str(origin) for origin in loaded.origins] == [meant]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://a.example/chat", "https://a.example"),
        ("a.example", "https://a.example"),
        ("https://user@a.example", "https://a.example"),
        ("https://a.example?x", "https://a.example"),
        ("ftp://a.example", ""),
        ("https://", ""),
        ("*", ""),
        ("null", "https://null"),
    ],
)
def test_an_origin_that_never_matches_is_refused_with_the_right_value(
    write_file: WriteFile, written: str, meant: str
) -> None:
    line = refusal(write_file(f'origins = ["https://right.example", "{written}"]'))

    assert "origins is" in line
    assert line.endswith(f' Did you mean "{meant}"?') == bool(meant)


def test_hosts_are_normalised_and_hosts_with_a_scheme_or_a_port_are_refused(write_file: WriteFile) -> None:
    loaded = settings.load(write_file('hosts = ["Chat.Example.org.", "χατ.example"]'))

    assert loaded.hosts == [HostName("chat.example.org"), HostName("xn--mxa2bh.example")]
    for wrong in ("https://a.example", "a.example:8080", "a b", "", "*.example"):
        assert "must be a list of host names" in refusal(write_file(f'hosts = ["{wrong}"]'))


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    file = tmp_path / "ting.toml"
    file.write_bytes(b"\xef\xbb\xbfport = 1\r\n")

    assert settings.load(file) == Settings(port=1)


@pytest.mark.parametrize("url", ["https://[", "https://a..b:port/", "https://a:99999", "https://a_\\b", "https://-"])
def test_a_public_url_without_a_valid_host_is_refused(url: str) -> None:
    assert "public_url is" in refusal(None, {"TING_PUBLIC_URL": url})


@pytest.mark.parametrize("url", ["https://Chat.example.org", "http://[::1]:8080/", "https://χατ.example/ting", ""])
def test_a_public_url_with_a_host_is_accepted(url: str) -> None:
    assert settings.load(None, {"TING_PUBLIC_URL": url}).public_url == url
