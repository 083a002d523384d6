"""Decoding pictures in a process of its own: what a picture made to harm costs, and whom."""

import asyncio
import io
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image

from ting.core.errors import BadPicture, Busy
from ting.files import images
from ting.files.images import ImageProcessor, PictureLimits, Rendered

ATTACKS = 2
NOISE = Image.effect_noise((64, 48), 50)
SPY = """
import json, os, sys
sys.stdin.read()
print(json.dumps({"error": " ".join(os.environ)}))
sys.exit(3)
"""
FRAMES = {"save_all": True, "append_images": [Image.new("L", (64, 48), 90)], "duration": 100}


def encode(image: Image.Image, format: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def with_scans(repeated: int, size: tuple[int, int] = (3000, 3000)) -> bytes:
    """A progressive JPEG whose last scan is repeated: few bytes, and much work."""
    picture = encode(Image.new("L", size, 128), "JPEG", progressive=True)
    scan = picture[picture.rindex(b"\xff\xda") : -2]
    return picture[:-2] + scan * repeated + picture[-2:]


async def pieces(picture: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(picture), 100_000):
        yield picture[start : start + 100_000]


async def preview(processor: ImageProcessor, picture: bytes, user: str = "eve") -> Rendered:
    return await processor.preview(user, pieces(picture))


@pytest.mark.gen_test
async def test_a_jpeg_with_thousands_of_scans_is_refused_before_it_is_decoded() -> None:
    processor, picture = ImageProcessor(PictureLimits()), with_scans(5_000)
    assert len(picture) < 1_000_000

    with pytest.raises(BadPicture, match="100 scans"):
        await preview(processor, picture)


@pytest.mark.gen_test
async def test_a_picture_that_takes_too_long_is_killed_and_delays_only_its_owner(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(images, "WAIT_FACTOR", 1_000)  # only the limit of processor time ends a picture
    processor = ImageProcessor(PictureLimits(scans=100_000, cpu_s=1))
    ended: list[str] = []
    most = 0

    async def attack() -> None:
        with pytest.raises(BadPicture, match="too much time or memory"):
            await preview(processor, with_scans(5_000))
        ended.append("eve")

    async def show() -> None:
        nonlocal most
        for _ in range(3):
            assert (await preview(processor, encode(NOISE, "PNG"), "ada")).width == 64
            most = max(most, len(processor._running))
        ended.append("ada")

    attacks = [asyncio.ensure_future(attack()) for _ in range(ATTACKS)]
    await asyncio.sleep(0)  # the attacks are first in the queue
    await asyncio.gather(show(), *attacks)

    assert ended.index("ada") < len(attacks), "ada waited for all pictures of eve"
    assert ended.count("eve") == ATTACKS
    assert most <= images.AT_ONCE
    assert not processor._running


@pytest.mark.gen_test
async def test_a_decoder_that_waits_for_ever_is_killed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    waiting = tmp_path / "waiting.py"
    waiting.write_text("import time\ntime.sleep(600)\n")
    monkeypatch.setattr(images, "DECODER", waiting)
    monkeypatch.setattr(images, "WAIT_FACTOR", 0.3)
    processor = ImageProcessor(PictureLimits(cpu_s=1))

    with pytest.raises(BadPicture, match="too much time or memory"):
        await preview(processor, encode(NOISE, "PNG"))
    assert not processor._running


@pytest.mark.gen_test
@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "GIF"])
async def test_a_picture_that_needs_too_much_memory_is_refused(format: str) -> None:
    large = encode(Image.new("RGB", (4000, 4000)), format, **({"progressive": True} if format == "JPEG" else {}))

    assert (await preview(ImageProcessor(PictureLimits()), large)).width == 4000
    with pytest.raises(BadPicture):
        await preview(ImageProcessor(PictureLimits(memory_bytes=60 * 2**20)), large)


@pytest.mark.gen_test
async def test_the_pictures_of_one_user_are_decoded_one_after_the_other() -> None:
    processor, running = ImageProcessor(PictureLimits()), []

    async def watched(picture: bytes) -> AsyncIterator[bytes]:
        running.append(len(processor._running))
        yield picture

    await asyncio.gather(*(processor.preview("ada", watched(encode(NOISE, "PNG"))) for _ in range(4)))

    assert running == [1, 1, 1, 1]


@pytest.mark.gen_test
@pytest.mark.parametrize("size", [(65_000, 10), (10, 65_000), (1, 40_000), (1281, 1)])
async def test_a_very_narrow_picture_has_a_bounded_preview(size: tuple[int, int]) -> None:
    rendered = await preview(ImageProcessor(PictureLimits()), encode(Image.new("RGB", size), "PNG"))

    shown = Image.open(io.BytesIO(rendered.images[0])).size
    assert (rendered.width, rendered.height) == size
    assert max(shown) == 1280
    assert min(shown) >= 1


@pytest.mark.gen_test
async def test_animations_are_recognized_and_have_a_still_preview() -> None:
    processor = ImageProcessor(PictureLimits())

    for format in ("PNG", "GIF", "WEBP", "JPEG", "MPO"):
        moves = format in ("PNG", "GIF", "WEBP")
        options = FRAMES if format != "JPEG" else {}
        assert (await preview(processor, encode(NOISE, format))).animated is False, format
        rendered = await preview(processor, encode(NOISE, format, **options))
        assert rendered.animated is moves, format
        assert not getattr(Image.open(io.BytesIO(rendered.images[0])), "is_animated", False)


@pytest.mark.gen_test
async def test_the_decoder_gets_no_secrets_of_the_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    spy = tmp_path / "spy.py"
    spy.write_text(SPY)
    monkeypatch.setattr(images, "DECODER", spy)
    monkeypatch.setenv("TING_MONGODB", "mongodb://ting:secret@db")

    with pytest.raises(BadPicture) as refused:
        await preview(ImageProcessor(PictureLimits()), b"x")

    assert "PATH" in refused.value.message
    assert "TING" not in refused.value.message


@pytest.mark.gen_test
async def test_closing_ends_the_decoders() -> None:
    processor = ImageProcessor(PictureLimits(scans=100_000))
    work = asyncio.ensure_future(preview(processor, with_scans(5_000)))
    while not processor._running:
        await asyncio.sleep(0)

    processor.close()

    with pytest.raises(Busy):
        await work
    assert not processor._running
    with pytest.raises(Busy):
        await preview(processor, encode(NOISE, "PNG"))


@pytest.mark.gen_test
async def test_without_a_process_the_server_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")

    with pytest.raises(Busy):
        await preview(ImageProcessor(PictureLimits()), encode(NOISE, "PNG"))
