"""Every row of the URL table with an example URL, for tests that cover all URLs."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from tornado.web import RequestHandler

from tests.client import AN_ID
from ting.web.assets import ClientBundle
from ting.web.pages import NoSuchPage
from ting.web.routes import RESERVED, routes

METHODS = ("GET", "HEAD", "POST", "DELETE", "PATCH", "PUT", "OPTIONS")
MUTATING = ("POST", "DELETE", "PATCH", "PUT")
EXAMPLES = {
    "/api/channels/([^/]+)": "/api/channels/music",
    "/api/conversations/([^/]+)": "/api/conversations/%23music",
    "/api/conversations/([^/]+)/messages": "/api/conversations/%23music/messages",
    "/api/conversations/([^/]+)/changes": "/api/conversations/%23music/changes",
    "/api/messages/([^/]+)": f"/api/messages/{AN_ID}",
    "/api/me/sessions/([^/]+)": "/api/me/sessions/0123456789abcdef",
    "/api/persons": "/api/persons?ids=0123456789abcdef0123",
    "/api/users/([^/]+)": "/api/users/nobody",
    "/api/me/ignored/([^/]+)": "/api/me/ignored/bob",
    "/api/users/([^/]+)/mute": "/api/users/bob/mute",
    "/api/users/([^/]+)/kick": "/api/users/bob/kick",
    "/api/users/([^/]+)/ban": "/api/users/bob/ban",
    "/api/invitations/([^/]+)": "/api/invitations/0123456789abcdef",
    "/api/users/([^/]+)/avatar": "/api/users/nobody/avatar",
    "/api/plugins/([^/]+)": "/api/plugins/shrug",
    "/api/me/tokens/([^/]+)": "/api/me/tokens/0123456789abcdef",
    "/u/([^/]+)": "/u/ada",
    "/files/([^/]+)/preview": "/files/0123456789abcdef/preview",
    "/files/([^/]+)/([^/]+)": "/files/0123456789abcdef/cat.png",
    f"/(?!(?:{RESERVED})$)([^/]+)": "/music",
    "/static/VERSION/(.*)": "/static/VERSION/css/main.css",
    ".*": "/there/is/nothing/here",
}


CLIENT = ClientBundle()


@dataclass(frozen=True)
class Endpoint:
    """A row of the URL table."""

    example: str
    handler: type[RequestHandler]

    def __str__(self) -> str:
        return self.example

    @cached_property
    def path(self) -> str:
        return self.example.replace("/static/VERSION/", CLIENT.prefix)

    @property
    def methods(self) -> list[str]:
        """The methods that the handler implements."""
        default = RequestHandler._unimplemented_method
        return [method for method in METHODS if getattr(self.handler, method.lower()) is not default]


def endpoints() -> list[Endpoint]:
    """All rows of the table. A new URL with a variable part needs an example above."""
    table = []
    for route in routes(cast(Any, None), CLIENT):
        pattern = route.regex.pattern.rstrip("$").replace(CLIENT.prefix, "/static/VERSION/")
        example = EXAMPLES.get(pattern, pattern)
        assert not set("()[]*") & set(example), f"an example is missing for {pattern}"
        table.append(Endpoint(example, route.handler_class))
    return table


ENDPOINTS = endpoints()
ROUTES = [endpoint for endpoint in ENDPOINTS if endpoint.handler is not NoSuchPage]
API = [endpoint for endpoint in ROUTES if endpoint.example.startswith("/api")]
