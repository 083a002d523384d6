"""Pictures that people bring: how large they are, and smaller ones made of them. In a thread, one after the other.

A picture is decoded and encoded anew, so that nothing of what came is in what goes out: no metadata (where it was
taken, by which camera), and nothing hidden behind it. Pillow is only asked for the kinds that browsers show safely.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from typing import TypeVar

from PIL import Image, ImageOps

from ting.core.errors import BadPicture

PICTURE_TYPES = ("image/png", "image/jpeg", "image/webp", "image/gif")
PREVIEW_TYPE = "image/webp"
PREVIEW_PIXELS = 1280
QUALITY = 80
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
ORIENTATION = 0x0112  # Exif 2.32, 4.6.5: 5 to 8 are turned by a quarter
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Rendered:
    """A picture of `PREVIEW_TYPE`, and the size in pixels of the one it was made of, as it is shown."""

    data: bytes
    width: int
    height: int


class ImageProcessor:
    """One thread that works on pictures of at most so many pixels."""

    def __init__(self, *, pixels_max: int) -> None:
        self._pixels_max = pixels_max
        self._thread = ThreadPoolExecutor(1, "pictures")
        # Whoever loads a picture to have it rendered does so in here: however many wait, one is in memory.
        self.slot = asyncio.Semaphore(1)

    async def preview(self, picture: bytes) -> Rendered:
        """The picture within 1280 by 1280 pixels; a smaller one keeps its size. Raises `BadPicture`."""
        return await self._run(lambda image: ImageOps.contain(image, _within(image, PREVIEW_PIXELS)), picture)

    async def square(self, picture: bytes, pixels: int) -> Rendered:
        """The middle of the picture, `pixels` wide and high. Raises `BadPicture`."""
        return await self._run(lambda image: ImageOps.fit(image, (pixels, pixels)), picture)

    def close(self) -> None:
        """Work on nothing more."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _run(self, shaped: Callable[[Image.Image], Image.Image], picture: bytes) -> Rendered:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._rendered, shaped, picture)

    def _check_size(self, image: Image.Image) -> None:
        """Told by the header: nothing is decoded yet. Of a large JPEG no more than half as much ever is."""
        most = self._pixels_max * (2 if image.format in ("JPEG", "MPO") else 1)
        if image.width * image.height > most:
            raise BadPicture(f"An image of this format can have at most {most / 1e6:g} million pixels.")

    def _rendered(self, shaped: Callable[[Image.Image], Image.Image], picture: bytes) -> Rendered:
        try:
            with Image.open(BytesIO(picture), formats=FORMATS) as image:
                self._check_size(image)
                width, height = _shown_size(image)
                return Rendered(_encoded(_plain(ImageOps.exif_transpose(shaped(_decoded(image))))), width, height)
        except BadPicture:
            raise
        except Exception:  # Pillow raises nearly everything for files that are damaged, or made to harm
            raise BadPicture from None


def _decoded(image: Image.Image) -> Image.Image:
    """The first frame, in a form that can be made smaller. No copy is made of a large one that has that form."""
    image.draft("RGB", (2 * PREVIEW_PIXELS, 2 * PREVIEW_PIXELS))  # a large JPEG is not unpacked as a whole
    if image.mode.startswith("I"):  # 16 bits of grey; Pillow would cut off all above the lowest 8
        grey = image.point(lambda value: value * (1 / 256)).convert("L")
        grey.info.pop("transparency", None)  # a shade of 16 bits
        return grey
    return _plain(image) if image.mode in ("1", "P", "PA") else image


def _plain(image: Image.Image) -> Image.Image:
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _encoded(image: Image.Image) -> bytes:
    into = BytesIO()
    image.info.clear()  # Pillow would write colour profiles and EXIF again
    image.save(into, "WEBP", quality=QUALITY, method=2)
    return into.getvalue()


def _shown_size(image: Image.Image) -> tuple[int, int]:
    turned = image.getexif().get(ORIENTATION, 1) in (5, 6, 7, 8)
    return (image.height, image.width) if turned else (image.width, image.height)


def _within(image: Image.Image, pixels: int) -> tuple[int, int]:
    """A box that the picture fits into, and that makes no small one larger."""
    return min(pixels, image.width), min(pixels, image.height)
