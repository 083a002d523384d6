"""The session, the origin and the address of a request. Forwarding headers count only from trusted proxies."""

from urllib.parse import urlsplit

from tornado.httputil import HTTPServerRequest

from ting.core.models import ClientInfo, Session
from ting.core.networks import in_networks
from ting.web.cookies import DEVICE_COOKIE, SESSION_COOKIE, read_cookie
from ting.web.services import WebServices


def is_from_trusted_proxy(services: WebServices, request: HTTPServerRequest) -> bool:
    """Whether the request came through a trusted proxy."""
    return in_networks(request.remote_ip or "", services.settings.trusted_proxies)


def is_own_origin(services: WebServices, request: HTTPServerRequest) -> bool:
    """Whether the request was made by one of our own pages, or not by a page at all.

    Browsers send `Origin` with every request that changes state and with every websocket. A request with a bearer token
    is always allowed: a page of another site cannot add the token, and cookies are ignored when there is one.
    """
    if bearer_of(request) is not None:
        return True
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site", "none") in ("same-origin", "none")
    return urlsplit(origin).netloc == request.headers.get("Host") or origin in services.settings.origins


def bearer_of(request: HTTPServerRequest) -> str | None:
    """The bearer token (RFC 6750, 2.1), if there is one."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def cookie_of(request: HTTPServerRequest) -> str | None:
    """The session token in the cookie, if there is one. The cookie is ignored if there is a bearer token."""
    return None if bearer_of(request) else read_cookie(request, SESSION_COOKIE) or None


def address_of(services: WebServices, request: HTTPServerRequest) -> str:
    """The client's address: the nearest one that is not a trusted proxy."""
    addresses = [request.remote_ip or ""]
    if is_from_trusted_proxy(services, request):
        forwarded = request.headers.get("X-Forwarded-For", "")
        addresses += [address.strip() for address in reversed(forwarded.split(",")) if address.strip()]
    proxies = services.settings.trusted_proxies
    return next((address for address in addresses if not in_networks(address, proxies)), addresses[-1])


def client_info_of(services: WebServices, request: HTTPServerRequest) -> ClientInfo:
    """The user agent and address of the client, and the cookie by which its device may be known."""
    agent, device = request.headers.get("User-Agent", ""), read_cookie(request, DEVICE_COOKIE)
    return ClientInfo(agent, address_of(services, request), device)


async def session_of(services: WebServices, request: HTTPServerRequest) -> Session | None:
    """The session of the bearer token, or else of the cookie. Raises `Banned` if a ban has ended it."""
    sessions, bearer = services.accounts.sessions, bearer_of(request)
    token = bearer if bearer is not None else cookie_of(request)
    if not token:
        return None
    address = address_of(services, request)
    session = await sessions.find(
        token,
        program=bearer is not None,
        if_ended=lambda user: services.moderation.restrictions.check_user(user, address),
    )
    if session is not None:
        await sessions.record_use(session, client_info_of(services, request))
    return session
