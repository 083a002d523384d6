"""Typed settings: defaults < TOML file < TING_* environment < command-line flags.

Every option is a field of `Settings`. Its type describes the valid values for error messages. `config/ting.toml` lists
all options. Only the TOML file is read from disk.
"""

import difflib
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec
from msgspec import Meta, Struct

from ting.core.errors import StartupError
from ting.core.networks import Network
from ting.core.origins import HostName, Origin, origin_of
from ting.core.rate_limit import RATE_PATTERN

ENVIRONMENT_PREFIX = "TING_"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # Windows' editors begin a file in UTF-8 with it

Port = Annotated[int, Meta(ge=0, le=65535, description="a whole number from 0 to 65535; 0 picks a free port")]
Bytes = Annotated[int, Meta(ge=1024, le=2**30, description="a whole number of bytes, at least 1024")]
Count = Annotated[int, Meta(ge=1, le=2**30, description="a whole number, at least 1")]
Interval = Annotated[int, Meta(ge=1, le=60_000, description="milliseconds: a whole number from 1 to 60000")]
Seconds = Annotated[float, Meta(ge=0.1, le=3600, description="seconds: a number from 0.1 to 3600")]
Days = Annotated[float, Meta(ge=0.01, le=36500, description="days: a number from 0.01 to 36500")]
RateText = Annotated[
    str,
    Meta(
        pattern=RATE_PATTERN,
        description='a number per time, like "60/15s", in s, m or h; "" for no limit',
    ),
]
StringList = Annotated[list[str], Meta(description="a list of strings")]
Networks = Annotated[
    list[Network], Meta(description='a list of addresses and networks, like ["127.0.0.1", "10.0.0.0/8"]')
]
Origins = Annotated[
    list[Origin],
    Meta(description='a list of sites without a path, like ["https://chat.example.org"]'),
]
HostNames = Annotated[
    list[HostName], Meta(description='a list of host names without a scheme and a port, like ["chat.example.org"]')
]
Level = Annotated[
    Literal["debug", "info", "warning", "error"], Meta(description='one of "debug", "info", "warning", "error"')
]
RegistrationMode = Literal["open", "password", "invite", "closed"]
Audience = Literal["everyone", "moderators"]
HereFor = Annotated[Audience, Meta(description='"everyone" or "moderators"')]
Registration = Annotated[RegistrationMode, Meta(description='one of "open", "password", "invite", "closed"')]
Address = Annotated[
    str,
    Meta(
        pattern=r"^(https?://[^/?#\s]+(/[^?#\s]*)?)?\Z",
        description='the URL of the chat as browsers see it, like "https://chat.example.org"',
    ),
]
NonEmptyString = Annotated[str, Meta(min_length=1, description="a string that is not empty")]
String = Annotated[str, Meta(description="a string")]
RoleTable = Annotated[
    dict[str, Literal["everyone", "member", "moderator", "admin"]],
    Meta(description='a table of roles: "everyone", "member", "moderator" or "admin"'),
]
StringTable = Annotated[dict[str, str], Meta(description="a table of strings")]
TableOfTables = Annotated[dict[str, dict[str, Any]], Meta(description="a table of tables")]


DEFAULT_SESSION_DAYS = 365.0


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    """Upper limits of sizes and counts."""

    frame_bytes: Bytes = 64 * 1024
    body_bytes: Bytes = 64 * 1024
    outbox_bytes: Bytes = 1024 * 1024
    frames_in_work: Count = 512
    waiting_changes: Count = 10_000
    file_bytes: Bytes = 25 * 1024 * 1024
    avatar_bytes: Bytes = 5 * 1024 * 1024
    uploads_at_once: Count = 4
    unsent_files: Count = 100
    picture_pixels: Count = 25_000_000
    header_bytes: Bytes = 32 * 1024
    connections: Count = 50_000
    stranger_connections: Count = 2_000
    connections_per_address: Count = 500
    connections_per_user: Count = 200
    log_line_chars: Count = 8_000
    log_repetitions: Count = 60
    log_refusals: Count = 1_000


class Pace(Struct, frozen=True, forbid_unknown_fields=True):
    """Intervals and timeouts."""

    presence_ms: Interval = 250
    draft_ms: Interval = 100
    activity_ms: Interval = 500
    draft_grace_s: Seconds = 3.0
    heartbeat_s: Seconds = 10.0
    drain_s: Seconds = 10.0
    upload_s: Seconds = 900.0
    body_s: Seconds = 20.0


class Rates(Struct, frozen=True, forbid_unknown_fields=True):
    """Rate limits per user. All users at one address share `people_per_address` times as much."""

    enter: RateText = "60/10m"
    send: RateText = "60/15s"
    upload: RateText = "60/10m"
    request: RateText = "600/1m"
    page: RateText = "1200/1m"
    download: RateText = "1200/1m"
    unknown_session: RateText = "60/1m"
    frame: RateText = "900/15s"
    people_per_address: Count = 10


class CommandOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """Which plugins are required or disabled, which plugin provides a command, and which roles can run it."""

    required: StringList = []
    disabled: StringList = []
    names: StringTable = {}
    permissions: RoleTable = {}


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """All options."""

    address: NonEmptyString = "127.0.0.1"
    port: Port = 8080
    data: String = ""
    mongodb: String = ""
    mongod: String = ""
    database: NonEmptyString = "ting"
    origins: Origins = []
    hosts: HostNames = []
    trusted_proxies: Networks = []
    metrics_from: Networks = msgspec.field(default_factory=lambda: [Network("127.0.0.1"), Network("::1")])
    reserved_names: StringList = []
    name_kept_days: Days = 14.0
    session_days: Days = DEFAULT_SESSION_DAYS
    registration: Registration = "open"
    here_for: HereFor = "everyone"
    public_url: Address = ""
    log_level: Level = "info"
    limits: Limits = Limits()
    pace: Pace = Pace()
    rates: Rates = Rates()
    commands: CommandOptions = CommandOptions()
    plugins: TableOfTables = {}

    @property
    def data_directory(self) -> Path:
        """The directory of the embedded database: as set, else in the XDG data home (XDG Base Directory 0.8)."""
        if self.data:
            return Path(self.data).expanduser().absolute()
        home = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
        return Path(home).expanduser() / "ting"


def url_of(address: str, port: int) -> str:
    """The URL of a server that listens on an address and a port."""
    host = "localhost" if address in ("0.0.0.0", "::") else address  # noqa: S104 - shown, not bound
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


class BadSettings(StartupError):
    """An option is unknown or has an invalid value. The message is one line for the operator."""


def load(
    file: Path | None = None, environment: Mapping[str, str] | None = None, flags: Mapping[str, Any] | None = None
) -> Settings:
    """Load the settings. Flags override the environment, which overrides the file.

    `flags` maps option names to values; None means "not given". Raises `BadSettings`.
    """
    options = dict(option_types())
    chosen: dict[str, Any] = {}
    for source, key, value in _values_by_source(file, environment or {}, flags or {}, options):
        if value == {} and any(option.startswith(f"{key}.") for option in options):
            continue
        if key not in options:
            raise BadSettings(f"{source}: unknown option {_quoted(key)}. {_suggestion(key, options)}")
        chosen[key] = _converted(source, key, value, options[key])
    return msgspec.convert(_nested(chosen), Settings)


def option_types(struct: type[Struct] = Settings, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The dotted name and the type of each option."""
    for field in msgspec.structs.fields(struct):
        if isinstance(field.type, type) and issubclass(field.type, Struct):
            yield from option_types(field.type, f"{prefix}{field.name}.")
        else:
            yield prefix + field.name, field.type


def _values_by_source(
    file: Path | None, environment: Mapping[str, str], flags: Mapping[str, Any], options: Mapping[str, Any]
) -> Iterator[tuple[str, str, Any]]:
    """Yield the source, the option's name and the value of each setting. Later ones override earlier ones."""
    if file is not None:
        yield from ((str(file), key, value) for key, value in _flattened(_read_toml(file), options))
    names = {ENVIRONMENT_PREFIX + key.replace(".", "_").upper(): key for key in options}
    for variable, text in sorted(environment.items()):
        if variable.startswith(ENVIRONMENT_PREFIX):
            key = names.get(variable, variable)
            yield f"environment {variable}", key, _from_text(text, options.get(key))
    for name, value in flags.items():
        if value is not None:
            yield f"--{name}", name, _from_text(value, options.get(name))


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        contents = file.read_bytes().removeprefix(BYTE_ORDER_MARK)
        table: dict[str, Any] = msgspec.toml.decode(contents, type=dict[str, Any])
    except OSError as error:
        raise BadSettings(f"{file}: cannot read the file: {error.strerror}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadSettings(f"{file}: not valid TOML: {error}.") from None
    return table


def _flattened(table: Mapping[str, Any], options: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the options of nested tables by dotted names. An option whose value is a table is not flattened."""
    for key, value in table.items():
        if isinstance(value, dict) and value and not _is_table(options.get(prefix + key)):
            yield from _flattened(value, options, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def _is_table(kind: Any) -> bool:
    return kind is not None and get_origin(get_args(kind)[0]) is dict


def _nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for key, value in flat.items():
        *path, name = key.split(".")
        table = nested
        for step in path:
            table = table.setdefault(step, {})
        table[name] = value
    return nested


def _from_text(text: Any, kind: Any) -> Any:
    """Parse numbers, lists and tables: values from the environment and the command line are all texts."""
    if not isinstance(text, str) or kind is None:
        return text
    bare = get_args(kind)[0]
    if get_origin(bare) is list:
        return [item.strip() for item in text.split(",") if item.strip()]
    if get_origin(bare) is dict:
        pairs = [pair.partition("=") for pair in text.split(",") if pair.strip()]
        return {name.strip(): value.strip() for name, _, value in pairs}
    if bare in (int, float):
        try:
            return bare(text)
        except ValueError:
            return text
    return text


def _converted(source: str, key: str, value: Any, kind: Any) -> Any:
    try:
        converted = msgspec.convert(value, kind, dec_hook=_from_setting)
        if kind == Address and converted:
            origin_of(converted)
    except (msgspec.ValidationError, ValueError):
        meta: Meta = get_args(kind)[1]
        hint = _meant(value) if kind == Origins else ""
        raise BadSettings(f"{source}: {key} is {_quoted(value)}, but must be {meta.description}.{hint}") from None
    return converted


def _from_setting(kind: type[Any], value: Any) -> Any:
    """Convert a text to a type that msgspec does not know. Raises `ValueError`, `TypeError`."""
    if kind in _CONVERSIONS and isinstance(value, str):
        return _CONVERSIONS[kind](value)
    raise TypeError


_CONVERSIONS: Mapping[type[Any], Callable[[str], Any]] = {
    Network: Network,
    Origin: Origin.configured,
    HostName: HostName,
}


def _meant(values: Any) -> str:
    """The origins that the operator probably meant, as a hint."""
    for value in values if isinstance(values, list) else [values]:
        try:
            Origin.configured(str(value))
        except ValueError as error:
            return f" Did you mean {_quoted(str(error))}?" if str(error) else ""
    return ""


def _quoted(value: Any) -> str:
    try:
        return msgspec.json.encode(value).decode()
    except (TypeError, UnicodeError):
        return repr(value)


def _suggestion(key: str, options: Mapping[str, Any]) -> str:
    from_environment = key.startswith(ENVIRONMENT_PREFIX)
    known = {(ENVIRONMENT_PREFIX + name.replace(".", "_").upper() if from_environment else name) for name in options}
    close = difflib.get_close_matches(key, known, n=1)
    return f"Did you mean {_quoted(close[0])}?" if close else f"The options are: {', '.join(sorted(known))}."
