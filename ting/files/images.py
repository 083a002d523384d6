"""Reads the size of uploaded images and makes smaller ones of them, one at a time in a thread.

An image is decoded and encoded again, so that the result has no metadata (such as the place or the camera) and no
hidden data. Pillow decodes only the formats that browsers show safely.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from typing import TypeVar

from PIL import Image, ImageOps

from ting.core.errors import BadPicture

IMAGE_TYPES = ("image/png", "image/jpeg", "image/webp", "image/gif")
PREVIEW_TYPE = "image/webp"
PREVIEW_PIXELS = 1280
QUALITY = 80
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
ORIENTATION = 0x0112  # Exif 2.32, 4.6.5: 5 to 8 are rotated by 90 degrees
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Rendered:
    """A rendered image of `PREVIEW_TYPE`, and the size in pixels at which the original is shown."""

    data: bytes
    width: int
    height: int


class ImageProcessor:
    """One thread that processes images of at most `pixels_max` pixels."""

    def __init__(self, *, pixels_max: int) -> None:
        self._pixels_max = pixels_max
        self._thread = ThreadPoolExecutor(1, "pictures")
        # Hold this while an image is loaded and rendered, so that only one is in memory.
        self.slot = asyncio.Semaphore(1)

    async def preview(self, data: bytes) -> Rendered:
        """The image scaled down to fit 1280 by 1280 pixels. A smaller image keeps its size. Raises `BadPicture`."""
        return await self._run(lambda image: ImageOps.contain(image, _preview_box(image, PREVIEW_PIXELS)), data)

    async def square(self, data: bytes, pixels: int) -> Rendered:
        """The middle of the image, `pixels` wide and high. Raises `BadPicture`."""
        return await self._run(lambda image: ImageOps.fit(image, (pixels, pixels)), data)

    def close(self) -> None:
        """Cancel the waiting work, and end the thread after the current work."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _run(self, resize: Callable[[Image.Image], Image.Image], data: bytes) -> Rendered:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._render, resize, data)

    def _check_size(self, image: Image.Image) -> None:
        """Check the size in the header, before decoding. Raises `BadPicture`.

        A JPEG may have twice as many pixels, since a large one is decoded at half of them or fewer.
        """
        limit = self._pixels_max * (2 if image.format in ("JPEG", "MPO") else 1)
        if image.width * image.height > limit:
            raise BadPicture(f"An image of this format can have at most {limit / 1e6:g} million pixels.")

    def _render(self, resize: Callable[[Image.Image], Image.Image], data: bytes) -> Rendered:
        try:
            with Image.open(BytesIO(data), formats=FORMATS) as image:
                self._check_size(image)
                width, height = _shown_size(image)
                return Rendered(_encode(_to_rgb(ImageOps.exif_transpose(resize(_decode(image))))), width, height)
        except BadPicture:
            raise
        except Exception:  # Pillow raises nearly every exception for damaged and malicious files
            raise BadPicture from None


def _decode(image: Image.Image) -> Image.Image:
    """The first frame, in a mode that can be resized. A large image that has such a mode is not copied."""
    image.draft("RGB", (2 * PREVIEW_PIXELS, 2 * PREVIEW_PIXELS))  # decode a large JPEG at a reduced size
    if image.mode.startswith("I"):  # 16-bit greyscale; Pillow would clip all values above 255
        grey = image.point(lambda value: value * (1 / 256)).convert("L")
        grey.info.pop("transparency", None)  # a 16-bit value
        return grey
    return _to_rgb(image) if image.mode in ("1", "P", "PA") else image


def _to_rgb(image: Image.Image) -> Image.Image:
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _encode(image: Image.Image) -> bytes:
    output = BytesIO()
    image.info.clear()  # Pillow would write colour profiles and EXIF again
    image.save(output, "WEBP", quality=QUALITY, method=2)
    return output.getvalue()


def _shown_size(image: Image.Image) -> tuple[int, int]:
    rotated = image.getexif().get(ORIENTATION, 1) in (5, 6, 7, 8)
    return (image.height, image.width) if rotated else (image.width, image.height)


def _preview_box(image: Image.Image, pixels: int) -> tuple[int, int]:
    """The box to fit the image into. It is no larger than the image, so that a small image is not enlarged."""
    return min(pixels, image.width), min(pixels, image.height)
