"""The server, the client and the documentation of the protocol use the same names."""

import json
import re
import unicodedata
from importlib.metadata import entry_points
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from tests.documentation import ROOT, javascript, table
from ting import protocol
from ting.core import errors
from ting.core.errors import BadName, CloseCode, Reconnect
from ting.core.models import MAX_TEXT_CHARS, MAX_TOPIC_CHARS, AuditAction, Message
from ting.core.names import user_name
from ting.core.settings import Settings
from ting.files.images import IMAGE_TYPES
from ting.web.websocket import SUBPROTOCOL

ALL_ERRORS = {error.code: error for error in errors.all_errors()}


def fields_by_type(structs: tuple[type[msgspec.Struct], ...]) -> dict[str, list[str]]:
    return {
        protocol.tag(struct): sorted(field.encode_name for field in msgspec.structs.fields(struct))
        for struct in structs
    }


def described(error: type[errors.Refused]) -> list[str]:
    """The row of an error in the documentation."""
    field = f" (field `{error.field}`)" if error.field else ""
    return [f"`{error.code}`", str(int(error.status)), f"{error.message.rstrip('.')}{field}: {error.action}"]


def test_every_error_has_its_own_code() -> None:
    assert len(ALL_ERRORS) == len(errors.all_errors())


@pytest.mark.parametrize("error", ALL_ERRORS.values(), ids=ALL_ERRORS)
def test_every_error_is_documented_with_its_status_and_action(error: type[errors.Refused]) -> None:
    assert described(error) in table("protocol.md", "Error codes")


def test_no_other_errors_are_documented() -> None:
    assert {row[0].strip("`") for row in table("protocol.md", "Error codes")} == set(ALL_ERRORS)


def test_every_close_code_is_documented_with_whether_to_reconnect() -> None:
    rows = {int(row[0]): row for row in table("protocol.md", "Close codes")}

    assert set(rows) == set(CloseCode)
    for code, (_, name, advice) in rows.items():
        assert CloseCode(code).name.lower().replace("_", " ") in (name.replace("_", " "), "too large")
        expected = {Reconnect.NEVER: "do not reconnect", Reconnect.SPREAD: "spread", Reconnect.NOW: "reconnect"}
        assert expected[CloseCode(code).reconnects] in advice
        assert ("do not reconnect" in advice) == (CloseCode(code).reconnects is Reconnect.NEVER)


@pytest.mark.parametrize(
    ("heading", "structs"),
    [
        ("What a client sends", protocol.AnyRequest.__args__),
        ("What the server sends", tuple(event for event in protocol.AnyEvent.__args__ if event is not Message)),
    ],
)
def test_every_frame_is_documented_with_its_fields(heading: str, structs: tuple[type[msgspec.Struct], ...]) -> None:
    rows = {row[0].strip("`"): row[1] for row in table("protocol.md", heading)}
    rows.pop("message", None)  # documented in its own table

    documented = {type: sorted(re.findall(r"\w+", fields)) for type, fields in rows.items()}

    assert documented == fields_by_type(structs)


def test_every_field_of_a_message_is_documented() -> None:
    rows = table("protocol.md", "A message")

    documented = {name for row in rows for name in re.findall(r"`(\w+)`", row[0])}

    assert documented == {"type", *(field.name for field in msgspec.structs.fields(Message))}


def test_the_client_knows_the_same_frames_errors_and_close_codes() -> None:
    requests, events, codes, close_codes, subprotocol = javascript(
        "base/protocol.js", "[module.COMMANDS, module.EVENTS, module.ERRORS, module.CLOSE_CODES, module.SUBPROTOCOL]"
    )

    assert {type: sorted(fields) for type, fields in requests.items()} == fields_by_type(protocol.AnyRequest.__args__)
    assert {type: sorted(fields) for type, fields in events.items()} == fields_by_type(protocol.AnyEvent.__args__)
    assert sorted(codes) == sorted(ALL_ERRORS)
    assert close_codes == {code.name: code.value for code in CloseCode}
    assert subprotocol == SUBPROTOCOL


def test_the_client_and_the_documentation_know_every_action_in_the_audit_log() -> None:
    page = (ROOT / "docs" / "protocol.md").read_text()
    _, found, named = page.partition("The acts are ")

    assert javascript("base/protocol.js", "module.ACTS") == list(get_args(AuditAction))
    assert found
    assert re.findall(r"`([\w-]+)`", named.partition(".")[0]) == list(get_args(AuditAction))


def test_the_client_accepts_every_valid_name() -> None:
    """Names that only the client accepts differ only in letters, which the server knows more exactly."""
    special = ["", ".", "..", "...", "x" * 20, "x" * 21, "a\u0301" * 20, "a\u0301" * 21]
    every = "Array.from({length: 0x20000}, (_, point) => 'a' + String.fromCodePoint(point))"
    accepted = (
        f"[...{json.dumps(special)}, ...{every}].filter((name) => name.isWellFormed() && !module.nicknameFault(name))"
    )
    accepted_by_client = set(javascript("base/names.js", accepted))
    names = special + [f"a{chr(point)}" for point in range(0x20000) if not 0xD800 <= point <= 0xDFFF]

    accepted_by_server = {name for name in names if is_valid_name(name)}

    assert len(accepted_by_server) > 1_000
    assert accepted_by_server - accepted_by_client == set()
    only_by_client = accepted_by_client - accepted_by_server
    assert {unicodedata.category(name[-1]) for name in only_by_client} <= {"Ll", "Lu", "Lt", "Cn"}
    assert len(only_by_client) < 150


def is_valid_name(name: str) -> bool:
    try:
        user_name(name)
    except BadName:
        return False
    return True


def test_the_client_has_the_limits_of_the_server_as_defaults() -> None:
    limits = {
        "text": MAX_TEXT_CHARS,
        "topic": MAX_TOPIC_CHARS,
        "frame": Settings().limits.frame_bytes,
        "file": Settings().limits.file_bytes,
        "avatar": Settings().limits.avatar_bytes,
        "pictures": list(IMAGE_TYPES),
    }

    assert javascript("base/protocol.js", "module.DEFAULT_LIMITS") == limits


def test_the_documentation_lists_every_url_of_the_api() -> None:
    source = Path(ROOT / "ting" / "web" / "routes.py").read_text()
    page = (ROOT / "docs" / "protocol.md").read_text()

    patterns = re.findall(r'URLSpec\(f?"(/(?:api|healthz|readyz)[^"]*)"', source)
    urls = {re.sub(r"\{SEGMENT\}", "{}", pattern) for pattern in patterns}

    documented = {re.sub(r"\{\w+\}", "{}", url) for url in re.findall(r"`?(?:[A-Z]+ )(/[\w/{}]+)", page)}
    assert urls
    assert urls <= documented


def test_the_client_has_the_summaries_of_the_bundled_commands() -> None:
    bundled = [point for point in entry_points(group="ting.commands") if point.module.startswith("ting_plugins.")]
    plugins = [point.load() for point in bundled]
    texts = json.loads((ROOT / "static" / "i18n" / "en.json").read_text())

    assert {key: text for key, text in texts.items() if re.fullmatch(r"command\.\w+\.\w+", key)} == {
        f"command.{plugin.name}.{command.name}": command.summary
        for plugin in plugins
        for command in plugin.commands.values()
    }
