"""What the websocket answers: the first frame, and acknowledgements."""

from ting import __version__
from ting.core.models import MAX_TEXT_CHARS, MAX_TOPIC_CHARS, Message, User
from ting.files.images import IMAGE_TYPES
from ting.protocol import Ack, AnyRequest, ClientLimits, DraftUpdate, Send, Welcome
from ting.web.services import WebServices


def welcome(services: WebServices, user: User) -> Welcome:
    """The first frame of a connection."""
    limits = services.settings.limits
    return Welcome(
        me=user.me,
        version=__version__,
        epoch=services.conversations.history.epoch,
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


def reference(request: AnyRequest) -> tuple[int | None, str | None]:
    """What an error refers to: the ref of the request, or the id of the draft."""
    return (None, request.id) if isinstance(request, DraftUpdate) else (request.ref, None)


def send_ack(send: Send, message: Message | None) -> Ack:
    """The answer to a text that became a message, or a slash command."""
    return ack(send.ref, message) if message else Ack(ref=send.ref, id=send.id)


def ack(ref: int, message: Message) -> Ack:
    """The answer to a request that changed a message."""
    return Ack(ref=ref, id=message.id, seq=message.seq, position=message.position)
