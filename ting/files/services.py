"""Builds the services for attachments, images and avatars."""

from dataclasses import dataclass

from ting.core.clock import Clock
from ting.core.settings import Settings
from ting.files.attachments import Attachments, FileLimits
from ting.files.avatars import Avatars
from ting.files.cleanup import OrphanCleanup
from ting.files.images import ImageProcessor
from ting.realtime.services import RealtimeServices
from ting.store.stores import Stores


@dataclass(frozen=True)
class FileServices:
    """Attachments, avatars, the thread that processes images, and the cleanup of unused files."""

    images: ImageProcessor
    attachments: Attachments
    avatars: Avatars
    cleanup: OrphanCleanup

    @classmethod
    def build(cls, stores: Stores, realtime: RealtimeServices, settings: Settings, clock: Clock) -> "FileServices":
        limits = settings.limits
        images = ImageProcessor(pixels_max=limits.picture_pixels)
        file_limits = FileLimits(limits.file_bytes, limits.uploads_at_once, limits.unsent_files)
        attachments = Attachments(stores, images, clock, file_limits)
        return cls(
            images=images,
            attachments=attachments,
            avatars=Avatars(stores, images, realtime.broadcaster),
            cleanup=OrphanCleanup(stores, attachments, realtime.journal.pending_insert, clock),
        )
