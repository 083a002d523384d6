"""The session, the origin and the address of a request. Forwarding headers count only from trusted proxies."""

import re

from tornado.httputil import HTTPServerRequest

from ting.core.models import ClientInfo, Session
from ting.core.networks import forwarded_address, in_networks
from ting.web.cookies import DEVICE_COOKIE, SESSION_COOKIE, read_cookie
from ting.web.services import WebServices

_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,100}", re.ASCII)  # anything else is no session, without asking the database


def is_from_trusted_proxy(services: WebServices, request: HTTPServerRequest) -> bool:
    """Whether the request came through a trusted proxy."""
    return in_networks(request.remote_ip or "", services.settings.trusted_proxies)


def scheme_of(services: WebServices, request: HTTPServerRequest) -> str:
    """ "http" or "https", as the client uses it. Of several proxies, the first one in the list is the nearest to it."""
    if is_from_trusted_proxy(services, request):
        forwarded = request.headers.get("X-Forwarded-Proto", "").partition(",")[0].strip().lower()
        if forwarded in ("http", "https"):
            return forwarded
    return request.protocol


def is_own_host(services: WebServices, request: HTTPServerRequest) -> bool:
    """Whether the request is for one of the hosts of this server."""
    return services.site.has_host(request.host)


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
    return services.site.is_own_origin(origin, scheme_of(services, request), request.host)


def bearer_of(request: HTTPServerRequest) -> str | None:
    """The bearer token (RFC 6750, 2.1), if there is one."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def cookie_of(request: HTTPServerRequest) -> str | None:
    """The session token in the cookie, if there is one. The cookie is ignored if there is a bearer token."""
    return None if bearer_of(request) else read_cookie(request, SESSION_COOKIE) or None


def address_of(services: WebServices, request: HTTPServerRequest) -> str:
    """The client's address: the nearest one that is not a trusted proxy.

    What a proxy reports is read from the nearest one on, and ends at what is no address: anyone can have written what
    comes before it.
    """
    address, proxies = request.remote_ip or "", services.settings.trusted_proxies
    if not in_networks(address, proxies):
        return address
    for element in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
        if not element.strip():
            continue
        forwarded = forwarded_address(element)
        if forwarded is None:
            services.report_bad_forwarding()
            break
        address = forwarded
        if not in_networks(address, proxies):
            break
    return address


def client_info_of(services: WebServices, request: HTTPServerRequest) -> ClientInfo:
    """The user agent and address of the client, and the cookie by which its device may be known."""
    agent, device = request.headers.get("User-Agent", ""), read_cookie(request, DEVICE_COOKIE)
    return ClientInfo(agent, address_of(services, request), device)


async def session_of(services: WebServices, request: HTTPServerRequest) -> Session | None:
    """The session of the bearer token, or else of the cookie. Raises `Banned` if a ban has ended it."""
    sessions, bearer = services.accounts.sessions, bearer_of(request)
    token = cookie_of(request) if bearer is None else bearer
    if not token or not _TOKEN.fullmatch(token):
        return None
    client, lookups = client_info_of(services, request), services.rate_limits.session_lookups
    lookups.check(token, client.address)
    session = await sessions.find(
        token,
        program=bearer is not None,
        if_ended=lambda user: services.moderation.restrictions.check_user(user, client.address),
    )
    lookups.count(token, client.address, exists=session is not None)
    if session is not None:
        await sessions.record_use(session, client)
    return session
