"""The program that decodes one picture, in a process of its own, which `images.py` runs.

It sets its own limits before it reads a byte, and it imports nothing of Ting. A picture that needs more time or memory
ends this process and nothing else. So does one that exploits a fault of a decoder: this process has no files of Ting,
no connections and no secrets.

A picture is decoded and encoded anew, so that nothing of what came is in what goes out: no metadata (where it was
taken, by which camera), and nothing hidden behind it. Pillow is only asked for the kinds that browsers show safely.
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
ANIMATED_FORMATS = ("PNG", "WEBP", "GIF")  # a JPEG with several pictures (MPO) does not move
PREVIEW_PIXELS = 1280
QUALITY = 80
ORIENTATION = 0x0112  # Exif 2.32, 4.6.5: 5 to 8 are turned by a quarter
START_OF_SCAN = b"\xff\xda"  # ITU-T T.81, B.1.1.3; compressed data has no such bytes
REFUSED, NO_LIMITS = 3, 4  # exit statuses


class NotAccepted(Exception):
    """The picture is not accepted, for a reason that its owner can read."""


def main() -> None:
    """Decode the picture on standard input as the first argument says, and write the result to standard output."""
    job = json.loads(sys.argv[1])
    try:
        limit_resources(job["cpu_s"], job["memory_bytes"])
    except (OSError, ValueError):
        sys.exit(NO_LIMITS)
    try:
        described, pictures = render(sys.stdin.buffer.read(), job)
    except NotAccepted as error:
        write(sys.stdout.buffer, {"error": str(error)}, [])
        sys.exit(REFUSED)
    except Exception:  # Pillow raises nearly everything for files that are damaged, or made to harm
        write(sys.stdout.buffer, {}, [])
        sys.exit(REFUSED)
    write(sys.stdout.buffer, described, pictures)


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


def render(picture: bytes, job: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    """What the picture is, and the smaller ones that the job asks for.

    `job["squares"]` are the widths of square pictures, the largest first. Without any, there is one preview.
    Raises `NotAccepted`, and what Pillow raises.
    """
    with Image.open(BytesIO(picture), formats=FORMATS) as image:
        check_cost(image, picture, job["pixels"], job["scans"])
        width, height = shown_size(image)
        animated = image.format in ANIMATED_FORMATS and bool(getattr(image, "is_animated", False))
        pictures = [encoded(plain(ImageOps.exif_transpose(each))) for each in shaped(decoded(image), job["squares"])]
    return {"width": width, "height": height, "animated": animated}, pictures


def shaped(image: Image.Image, squares: list[int]) -> Iterator[Image.Image]:
    """The smaller images, each made of the one before it."""
    if not squares:
        yield contained(image, PREVIEW_PIXELS)
    for pixels in squares:
        image = ImageOps.fit(image, (pixels, pixels))
        yield image


def check_cost(image: Image.Image, picture: bytes, pixels: int, scans: int) -> None:
    """Refuse what the header says is too large: nothing is decoded yet. Raises `NotAccepted`.

    Of a large JPEG no more than half as much ever is decoded. But each of its scans is a pass over all of it.
    """
    is_jpeg = image.format in ("JPEG", "MPO")
    most = pixels * (2 if is_jpeg else 1)
    if image.width * image.height > most:
        raise NotAccepted(f"An image of this format can have at most {most / 1e6:g} million pixels.")
    if is_jpeg and picture.count(START_OF_SCAN) > scans:
        raise NotAccepted(f"A progressive JPEG can have at most {scans} scans. Save the image again.")


def decoded(image: Image.Image) -> Image.Image:
    """The first frame, in a form that can be made smaller. No copy is made of a large one that has that form."""
    image.draft("RGB", (2 * PREVIEW_PIXELS, 2 * PREVIEW_PIXELS))  # a large JPEG is not unpacked as a whole
    if image.mode.startswith("I"):  # 16 bits of grey; Pillow would cut off all above the lowest 8
        grey = image.point(lambda value: value * (1 / 256)).convert("L")
        grey.info.pop("transparency", None)  # a shade of 16 bits
        return grey
    return plain(image) if image.mode in ("1", "P", "PA") else image


def plain(image: Image.Image) -> Image.Image:
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def contained(image: Image.Image, pixels: int) -> Image.Image:
    """The image within a square, never made larger. However narrow it is, each side has at least one pixel."""
    scale = min(1.0, pixels / image.width, pixels / image.height)
    return image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))))


def encoded(image: Image.Image) -> bytes:
    into = BytesIO()
    image.info.clear()  # Pillow would write colour profiles and EXIF again
    image.save(into, "WEBP", quality=QUALITY, method=2)
    return into.getvalue()


def shown_size(image: Image.Image) -> tuple[int, int]:
    turned = image.getexif().get(ORIENTATION, 1) in (5, 6, 7, 8)
    return (image.height, image.width) if turned else (image.width, image.height)


def write(output: BinaryIO, described: dict[str, Any], pictures: list[bytes]) -> None:
    """Write a line of JSON, which has the sizes of the pictures, and then the pictures."""
    described["bytes"] = [len(picture) for picture in pictures]
    output.write(json.dumps(described).encode() + b"\n" + b"".join(pictures))
    output.flush()


if __name__ == "__main__":
    main()
