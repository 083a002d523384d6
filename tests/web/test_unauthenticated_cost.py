"""The table of what strangers can hold: its settings exist with these defaults, and its tests exist."""

import re

import msgspec
import pytest

from tests.documentation import ROOT, table
from ting.core.settings import Limits, Settings
from ting.web import listener

ROWS = table("reliability.md", "Unauthenticated cost")
DEFAULTS = msgspec.to_builtins(Settings(), enc_hook=str)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_each_bound_has_its_setting_with_its_default_and_a_test(row: list[str]) -> None:
    for section, name, value in re.findall(r"`(\w+)\.(\w+)` = ([\w./]+)", row[3]):
        assert str(DEFAULTS[section][name]) == value
    file, _, name = row[5].strip("`").partition("::")
    source = (ROOT / "tests" / file).read_text()
    assert f"def {name}(" in source


def test_every_limit_of_strangers_is_in_the_table() -> None:
    settings = {name for row in ROWS for name in re.findall(r"`([a-z]+\.\w+)`", row[3])}

    added = ("header_bytes", "connections", "stranger_connections", "connections_per_address", "log_line_chars")
    assert {f"limits.{name}" for name in added} | {f"rates.{name}" for name in ("page", "unknown_session")} <= settings


def test_the_unit_has_a_file_descriptor_for_each_connection() -> None:
    unit = (ROOT / "ting.service").read_text()
    descriptors = re.search(r"^LimitNOFILE=(\d+)$", unit, re.MULTILINE)

    assert descriptors
    assert Limits().connections + listener.RESERVED_DESCRIPTORS <= int(descriptors[1])


def test_the_example_for_nginx_has_the_same_limits() -> None:
    nginx = (ROOT / "config" / "nginx.conf").read_text()

    assert f"limit_conn        ting_address {Limits().connections_per_address};" in nginx
    assert f"large_client_header_buffers 4 {Limits().header_bytes // 1024}k;" in nginx
    assert f"client_body_timeout   {Settings().pace.body_s:.0f}s;" in nginx
