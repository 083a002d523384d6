"""Builds the services for attachments, images and avatars."""

from dataclasses import dataclass

from ting.core.clock import Clock
from ting.core.settings import Settings
from ting.files.attachments import Attachments, FileLimits
from ting.files.avatars import Avatars
from ting.files.cleanup import OrphanCleanup
from ting.files.images import ImageProcessor, PictureLimits
from ting.files.space import FileSpace, SpaceLimits, UploadSlots
from ting.realtime.services import RealtimeServices
from ting.store.stores import Stores


@dataclass(frozen=True)
class FileServices:
    """Attachments, avatars, the processes that decode images, and the cleanup of unused files."""

    images: ImageProcessor
    attachments: Attachments
    avatars: Avatars
    cleanup: OrphanCleanup
    space: FileSpace

    @classmethod
    def build(cls, stores: Stores, realtime: RealtimeServices, settings: Settings, clock: Clock) -> "FileServices":
        limits = settings.limits
        images = ImageProcessor(
            PictureLimits(
                limits.picture_pixels, limits.picture_scans, limits.picture_cpu_s, limits.picture_memory_bytes
            )
        )
        uploading = UploadSlots(limits.uploads_at_once)
        space = FileSpace(stores.space, SpaceLimits.of(limits))
        file_limits = FileLimits(limits.file_bytes, limits.unsent_files)
        attachments = Attachments(stores, images, clock, file_limits, uploading, space)
        broadcaster = realtime.broadcaster
        return cls(
            images=images,
            attachments=attachments,
            avatars=Avatars(stores, images, broadcaster, uploading, space, max_bytes=limits.avatar_bytes),
            space=space,
            cleanup=OrphanCleanup(stores, attachments, realtime.journal.pending_insert, clock),
        )
