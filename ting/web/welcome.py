"""The first frame of a websocket: what the client has to know of its user and of the server."""

from ting import __version__
from ting.core.models import MAX_TEXT_CHARS, MAX_TOPIC_CHARS, User
from ting.files.images import IMAGE_TYPES
from ting.protocol import ClientLimits, Welcome
from ting.web.services import WebServices


def welcome_for(user: User, services: WebServices) -> Welcome:
    """The frame `welcome` for a user."""
    limits = services.settings.limits
    return Welcome(
        me=user.me,
        version=__version__,
        limits=ClientLimits(
            text=MAX_TEXT_CHARS,
            topic=MAX_TOPIC_CHARS,
            frame=limits.frame_bytes,
            file=limits.file_bytes,
            avatar=limits.avatar_bytes,
            pictures=IMAGE_TYPES,
        ),
        commands=services.commands.usages(user),
    )
