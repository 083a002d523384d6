"""The table of all URLs."""

import logging
import re
from collections.abc import Sequence
from itertools import count
from typing import Any

from tornado.httputil import HTTPServerRequest
from tornado.routing import URLSpec
from tornado.web import Application, RequestHandler

from ting.core.errors import StartupError
from ting.core.names import RESERVED_CHANNELS
from ting.web.api.commands import CommandsHandler, CompletionHandler, PluginHandler, PluginsHandler
from ting.web.api.conversations import ChannelHandler, ChannelsHandler, ConversationHandler, ConversationsHandler
from ting.web.api.files import FileHandler, FilesHandler, PreviewHandler
from ting.web.api.invitations import InvitationHandler, InvitationsHandler, MyInvitationHandler, RegistrationHandler
from ting.web.api.me import (
    ExportHandler,
    IgnoredHandler,
    IgnoredUserHandler,
    MeHandler,
    MySessionHandler,
    NameHandler,
    PasswordHandler,
    SessionsHandler,
    TokenHandler,
    TokensHandler,
)
from ting.web.api.messages import ChangesHandler, MessageHandler, MessagesHandler
from ting.web.api.moderation import AuditHandler, BanHandler, BansHandler, KickHandler, MuteHandler
from ting.web.api.search import SearchHandler
from ting.web.api.session import SessionHandler
from ting.web.api.status import HealthHandler, MetricsHandler, ReadyHandler
from ting.web.api.users import AvatarHandler, MyAvatarHandler, PersonsHandler, UserHandler, UsersHandler
from ting.web.assets import ClientBundle
from ting.web.handler import Handler
from ting.web.pages import AssetHandler, NoSuchPage, PageHandler
from ting.web.services import WebServices
from ting.web.websocket import WebSocket

logger = logging.getLogger(__name__)

SEGMENT = "([^/]+)"
RESERVED = "|".join(sorted(map(re.escape, RESERVED_CHANNELS)))


def routes(services: WebServices, client: ClientBundle) -> list[URLSpec]:
    """Every URL and its handler. The first match is used."""
    shared: dict[str, Any] = {"services": services}
    return [
        URLSpec("/api/socket", WebSocket, {**shared, "numbers": count(1)}),
        *_account_routes(shared),
        *_user_routes(shared),
        *_conversation_routes(shared),
        *_status_routes(shared),
        *_page_routes({**shared, "client": client}, client.prefix),
        URLSpec(".*", NoSuchPage, {**shared, "client": client}),
    ]


def _account_routes(shared: dict[str, Any]) -> list[URLSpec]:
    """The current user, sign-in and registration."""
    return [
        URLSpec("/api/session", SessionHandler, shared),
        URLSpec("/api/me", MeHandler, shared),
        URLSpec("/api/me/avatar", MyAvatarHandler, shared),
        URLSpec("/api/me/export", ExportHandler, shared),
        URLSpec("/api/me/name", NameHandler, shared),
        URLSpec("/api/me/password", PasswordHandler, shared),
        URLSpec("/api/me/sessions", SessionsHandler, shared),
        URLSpec(f"/api/me/sessions/{SEGMENT}", MySessionHandler, shared),
        URLSpec("/api/me/invitation", MyInvitationHandler, shared),
        URLSpec("/api/me/ignored", IgnoredHandler, shared),
        URLSpec(f"/api/me/ignored/{SEGMENT}", IgnoredUserHandler, shared),
        URLSpec("/api/registration", RegistrationHandler, shared),
        URLSpec("/api/invitations", InvitationsHandler, shared),
        URLSpec(f"/api/invitations/{SEGMENT}", InvitationHandler, shared),
        URLSpec("/api/me/tokens", TokensHandler, shared),
        URLSpec(f"/api/me/tokens/{SEGMENT}", TokenHandler, shared),
    ]


def _user_routes(shared: dict[str, Any]) -> list[URLSpec]:
    """Other users, and moderation."""
    return [
        URLSpec("/api/persons", PersonsHandler, shared),
        URLSpec("/api/users", UsersHandler, shared),
        URLSpec(f"/api/users/{SEGMENT}", UserHandler, shared),
        URLSpec(f"/api/users/{SEGMENT}/mute", MuteHandler, shared),
        URLSpec(f"/api/users/{SEGMENT}/kick", KickHandler, shared),
        URLSpec(f"/api/users/{SEGMENT}/ban", BanHandler, shared),
        URLSpec("/api/bans", BansHandler, shared),
        URLSpec("/api/audit", AuditHandler, shared),
        URLSpec(f"/api/users/{SEGMENT}/avatar", AvatarHandler, shared),
    ]


def _conversation_routes(shared: dict[str, Any]) -> list[URLSpec]:
    """Conversations, messages, files, search and commands."""
    return [
        URLSpec("/api/channels", ChannelsHandler, shared),
        URLSpec(f"/api/channels/{SEGMENT}", ChannelHandler, shared),
        URLSpec("/api/conversations", ConversationsHandler, shared),
        URLSpec(f"/api/conversations/{SEGMENT}", ConversationHandler, shared),
        URLSpec(f"/api/conversations/{SEGMENT}/messages", MessagesHandler, shared),
        URLSpec(f"/api/conversations/{SEGMENT}/changes", ChangesHandler, shared),
        URLSpec(f"/api/messages/{SEGMENT}", MessageHandler, shared),
        URLSpec("/api/commands", CommandsHandler, shared),
        URLSpec("/api/commands/complete", CompletionHandler, shared),
        URLSpec("/api/search", SearchHandler, shared),
        URLSpec("/api/plugins", PluginsHandler, shared),
        URLSpec(f"/api/plugins/{SEGMENT}", PluginHandler, shared),
        URLSpec("/api/files", FilesHandler, shared),
        URLSpec(f"/files/{SEGMENT}/preview", PreviewHandler, shared),
        URLSpec(f"/files/{SEGMENT}/{SEGMENT}", FileHandler, shared),
    ]


def _status_routes(shared: dict[str, Any]) -> list[URLSpec]:
    """Monitoring."""
    return [
        URLSpec("/healthz", HealthHandler, shared),
        URLSpec("/readyz", ReadyHandler, shared),
        URLSpec("/metrics", MetricsHandler, shared),
    ]


def _page_routes(page: dict[str, Any], prefix: str) -> list[URLSpec]:
    """The browser client: its page, at every URL of a channel or user, and its files."""
    return [
        URLSpec(f"{prefix}(.*)", AssetHandler, page),
        URLSpec("/", PageHandler, page),
        URLSpec("/search", PageHandler, page),
        URLSpec("/channels", PageHandler, page),
        URLSpec("/settings", PageHandler, page),
        URLSpec(f"/u/{SEGMENT}", PageHandler, page),
        URLSpec(f"/(?!(?:{RESERVED})$){SEGMENT}", PageHandler, page),
    ]


def check(table: Sequence[URLSpec]) -> None:
    """Raises `StartupError` if a handler does not declare its access."""
    for route in table:
        handler = route.handler_class
        if not issubclass(handler, Handler) or handler.access is None:
            raise StartupError(f"{handler.__name__} ({route.regex.pattern}) does not declare its access.")


def application(services: WebServices) -> Application:
    """The Tornado application. Raises `StartupError` if a handler does not declare its access."""
    table = routes(services, ClientBundle())
    check(table)
    heartbeat_s = services.settings.pace.heartbeat_s
    return Application(
        list(table),
        websocket_max_message_size=services.settings.limits.frame_bytes,
        websocket_ping_interval=heartbeat_s,
        websocket_ping_timeout=heartbeat_s,
        log_function=_log_request,
    )


def _log_request(handler: RequestHandler) -> None:
    request, status = handler.request, handler.get_status()
    name = type(handler).__name__.removesuffix("Handler")
    if isinstance(handler, Handler):
        handler.services.metrics.request_answered(name, _method(request), status, request.request_time())
    if status >= 500:
        # By handler: a client chooses the path, and it can contain a name.
        logger.warning("%s %s: %d in %.1f ms", _method(request), name, status, 1000 * request.request_time())
    else:
        logger.debug("%s %s: %d in %.1f ms", request.method, request.path, status, 1000 * request.request_time())


def _method(request: HTTPServerRequest) -> str:
    """The method as a metric label. Clients can send any method, so unknown ones count as "other"."""
    return request.method if request.method in RequestHandler.SUPPORTED_METHODS else "other"
