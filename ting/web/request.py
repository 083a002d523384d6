"""Who is asking, and from where: by the headers of a request, as far as they are to be believed."""

from urllib.parse import urlsplit

from tornado.httputil import HTTPServerRequest, parse_cookie

from ting.core.models import Device, Session
from ting.core.networks import is_among
from ting.web.services import Parts

SESSION_COOKIE = "ting_session"


def trusted(parts: Parts, request: HTTPServerRequest) -> bool:
    """Whether the request came through a proxy whose headers are believed."""
    return is_among(request.remote_ip or "", parts.settings.trusted_proxies)


def is_own_origin(parts: Parts, request: HTTPServerRequest) -> bool:
    """Whether a request was made by one of our own pages, or by no page at all.

    Browsers send `Origin` with everything that changes something and with every websocket. What shows a token was made
    by a program: no page of another site can add one, and no cookie is looked at beside it.
    """
    if bearer_of(request) is not None:
        return True
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site", "none") in ("same-origin", "none")
    return urlsplit(origin).netloc == request.headers.get("Host") or origin in parts.settings.origins


def bearer_of(request: HTTPServerRequest) -> str | None:
    """The token of a program (RFC 6750, 2.1); None where none is shown."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def cookie_of(request: HTTPServerRequest) -> str | None:
    """The token of a browser; None where none is shown, or where it is a program that asks."""
    return None if bearer_of(request) else parse_cookie(request.headers.get("Cookie", "")).get(SESSION_COOKIE)


def address_of(parts: Parts, request: HTTPServerRequest) -> str:
    """Where a request comes from: behind proxies that are trusted, the address that they saw."""
    seen = [request.remote_ip or ""]
    if trusted(parts, request):
        forwarded = request.headers.get("X-Forwarded-For", "")
        seen += [address.strip() for address in reversed(forwarded.split(",")) if address.strip()]
    proxies = parts.settings.trusted_proxies
    return next((address for address in seen if not is_among(address, proxies)), seen[-1])


def device_of(parts: Parts, request: HTTPServerRequest) -> Device:
    """What a request comes from."""
    return Device(request.headers.get("User-Agent", ""), address_of(parts, request))


async def session_of(parts: Parts, request: HTTPServerRequest) -> Session | None:
    """The session of whoever made a request: of the token that is shown, or else of the cookie."""
    bearer = bearer_of(request)
    if bearer is not None:
        return await parts.accounts.session(bearer, device_of(parts, request), program=True)
    token = cookie_of(request)
    return await parts.accounts.session(token, device_of(parts, request)) if token else None
