"""Who is asking, and from where: by the headers of a request, as far as they are to be believed."""

from urllib.parse import urlsplit

from tornado.httputil import HTTPServerRequest, parse_cookie

from ting.core.models import ClientInfo, Session
from ting.core.networks import in_networks
from ting.web.services import WebServices

SESSION_COOKIE = "ting_session"


def is_from_trusted_proxy(services: WebServices, request: HTTPServerRequest) -> bool:
    """Whether the request came through a proxy whose headers are believed."""
    return in_networks(request.remote_ip or "", services.settings.trusted_proxies)


def is_own_origin(services: WebServices, request: HTTPServerRequest) -> bool:
    """Whether a request was made by one of our own pages, or by no page at all.

    Browsers send `Origin` with everything that changes something and with every websocket. What shows a token was made
    by a program: no page of another site can add one, and no cookie is looked at beside it.
    """
    if bearer_of(request) is not None:
        return True
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site", "none") in ("same-origin", "none")
    return urlsplit(origin).netloc == request.headers.get("Host") or origin in services.settings.origins


def bearer_of(request: HTTPServerRequest) -> str | None:
    """The token of a program (RFC 6750, 2.1); None where none is shown."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def cookie_of(request: HTTPServerRequest) -> str | None:
    """The token of a browser; None where none is shown, or where it is a program that asks."""
    return None if bearer_of(request) else parse_cookie(request.headers.get("Cookie", "")).get(SESSION_COOKIE)


def address_of(services: WebServices, request: HTTPServerRequest) -> str:
    """Where a request comes from: behind proxies that are trusted, the address that they saw."""
    seen = [request.remote_ip or ""]
    if is_from_trusted_proxy(services, request):
        forwarded = request.headers.get("X-Forwarded-For", "")
        seen += [address.strip() for address in reversed(forwarded.split(",")) if address.strip()]
    proxies = services.settings.trusted_proxies
    return next((address for address in seen if not in_networks(address, proxies)), seen[-1])


def client_info_of(services: WebServices, request: HTTPServerRequest) -> ClientInfo:
    """What a request comes from."""
    return ClientInfo(request.headers.get("User-Agent", ""), address_of(services, request))


async def session_of(services: WebServices, request: HTTPServerRequest) -> Session | None:
    """The session of whoever made a request: of the token that is shown, or else of the cookie."""
    sessions, bearer, cookie = services.accounts.sessions, bearer_of(request), cookie_of(request)
    if bearer is not None:
        session = await sessions.find(bearer, program=True)
    else:
        session = await sessions.find(cookie) if cookie else None
    if session is not None:
        await sessions.record_use(session, client_info_of(services, request))
    return session
