"""The program that decodes one image, in a process of its own, which `images.py` runs.

It sets its own limits before it reads a byte, and it imports nothing of Ting. An image that needs more time or memory
ends this process and nothing else. So does one that exploits a fault of a decoder: this process has no files of Ting,
no connections and no secrets.

An image is decoded and encoded again, so that the result has no metadata (such as the place or the camera) and no
hidden data. Pillow decodes only the formats that browsers show safely.
"""

import json
import os
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from typing import Any, BinaryIO

from PIL import Image, ImageOps

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
ANIMATED_FORMATS = ("PNG", "WEBP", "GIF")  # a JPEG with several images (MPO) does not move
PREVIEW_PIXELS = 1280
QUALITY = 80
ORIENTATION = 0x0112  # Exif 2.32, 4.6.5: 5 to 8 are rotated by 90 degrees
START_OF_SCAN = b"\xff\xda"  # ITU-T T.81, B.1.1.3; compressed data has no such bytes
REFUSED, NO_LIMITS = 3, 4  # exit statuses


class NotAccepted(Exception):
    """The image is not accepted, for a reason that its owner can read."""


def main() -> None:
    """Decode the image on standard input as the first argument says, and write the result to standard output."""
    job = json.loads(sys.argv[1])
    try:
        limit_resources(job["cpu_s"], job["memory_bytes"])
    except (OSError, ValueError):
        sys.exit(NO_LIMITS)
    try:
        description, images = render(sys.stdin.buffer.read(), job)
    except NotAccepted as error:
        write(sys.stdout.buffer, {"error": str(error)}, [])
        sys.exit(REFUSED)
    except Exception:  # Pillow raises nearly every exception for damaged and malicious files
        write(sys.stdout.buffer, {}, [])
        sys.exit(REFUSED)
    write(sys.stdout.buffer, description, images)


def limit_resources(cpu_s: int, memory_bytes: int) -> None:
    """Limit this process. Past the time, the kernel kills it; past the memory, allocations fail.

    Raises `OSError` and `ValueError` if the limits cannot be set.
    """
    with suppress(OSError):
        os.nice(10)  # the server has precedence
    for kind, most in (
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (least, least))


def render(data: bytes, job: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    """A description of the image, and the smaller ones that the job asks for.

    `job["squares"]` are the widths of square images, the largest first. Without any, there is one preview.
    Raises `NotAccepted`, and what Pillow raises.
    """
    with Image.open(BytesIO(data), formats=FORMATS) as image:
        check_cost(image, data, job["pixels"], job["scans"])
        width, height = shown_size(image)
        animated = image.format in ANIMATED_FORMATS and bool(getattr(image, "is_animated", False))
        resized = resize(decode(image), job["squares"])
        images = [encode(to_rgb(ImageOps.exif_transpose(each))) for each in resized]
    return {"width": width, "height": height, "animated": animated}, images


def resize(image: Image.Image, squares: list[int]) -> Iterator[Image.Image]:
    """The smaller images, each made of the one before it."""
    if not squares:
        yield contain(image, PREVIEW_PIXELS)
    for pixels in squares:
        image = ImageOps.fit(image, (pixels, pixels))
        yield image


def check_cost(image: Image.Image, data: bytes, pixels: int, scans: int) -> None:
    """Check the size in the header, before decoding. Raises `NotAccepted`.

    A JPEG may have twice as many pixels, since a large one is decoded at half of them or fewer. But each of its scans
    is a pass over the whole image.
    """
    is_jpeg = image.format in ("JPEG", "MPO")
    limit = pixels * (2 if is_jpeg else 1)
    if image.width * image.height > limit:
        raise NotAccepted(f"An image of this format can have at most {limit / 1e6:g} million pixels.")
    if is_jpeg and data.count(START_OF_SCAN) > scans:
        raise NotAccepted(f"A progressive JPEG can have at most {scans} scans. Save the image again.")


def decode(image: Image.Image) -> Image.Image:
    """The first frame, in a mode that can be resized. A large image that has such a mode is not copied."""
    image.draft("RGB", (2 * PREVIEW_PIXELS, 2 * PREVIEW_PIXELS))  # decode a large JPEG at a reduced size
    if image.mode.startswith("I"):  # 16-bit greyscale; Pillow would clip all values above 255
        grey = image.point(lambda value: value * (1 / 256)).convert("L")
        grey.info.pop("transparency", None)  # a 16-bit value
        return grey
    return to_rgb(image) if image.mode in ("1", "P", "PA") else image


def to_rgb(image: Image.Image) -> Image.Image:
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def contain(image: Image.Image, pixels: int) -> Image.Image:
    """The image scaled down to fit a square. A smaller image keeps its size. Each side has at least one pixel."""
    scale = min(1.0, pixels / image.width, pixels / image.height)
    return image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))))


def encode(image: Image.Image) -> bytes:
    output = BytesIO()
    image.info.clear()  # Pillow would write colour profiles and EXIF again
    image.save(output, "WEBP", quality=QUALITY, method=2)
    return output.getvalue()


def shown_size(image: Image.Image) -> tuple[int, int]:
    rotated = image.getexif().get(ORIENTATION, 1) in (5, 6, 7, 8)
    return (image.height, image.width) if rotated else (image.width, image.height)


def write(output: BinaryIO, description: dict[str, Any], images: list[bytes]) -> None:
    """Write a line of JSON, which has the sizes of the images, and then the images."""
    description["bytes"] = [len(image) for image in images]
    output.write(json.dumps(description).encode() + b"\n" + b"".join(images))
    output.flush()


if __name__ == "__main__":
    main()
