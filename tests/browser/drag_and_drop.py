"""Dispatches events with files: dragged, dropped, pasted."""

import io
from typing import Any

from PIL import Image
from playwright.sync_api import Page

DROP = """([name, files, onto, text]) => {
    const transfer = new DataTransfer();
    if (text) transfer.items.add(text, "text/plain");
    for (const { name, type, bytes } of files) transfer.items.add(new File([new Uint8Array(bytes)], name, { type }));
    const target = document.querySelector(onto);
    const events = name === "paste"
        ? [new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: transfer })]
        : [name].map((type) => new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: transfer }));
    for (const event of events) target.dispatchEvent(event);
}"""


def png_file(name: str, colour: str, size: tuple[int, int] = (640, 400)) -> dict[str, Any]:
    """A PNG file of one colour."""
    content = io.BytesIO()
    Image.new("RGB", size, colour).save(content, "PNG")
    return {"name": name, "type": "image/png", "bytes": list(content.getvalue())}


def animation_file(name: str) -> dict[str, Any]:
    """A GIF file of two frames."""
    content = io.BytesIO()
    first, second = (Image.new("RGB", (60, 40), colour) for colour in ("red", "blue"))
    first.save(content, "GIF", save_all=True, append_images=[second], duration=100, loop=0)
    return {"name": name, "type": "image/gif", "bytes": list(content.getvalue())}


def dispatch_files(
    page: Page, event: str, *files: dict[str, Any], target: str = "#composer-text", text: str = ""
) -> None:
    """Dispatch `dragenter`, `drop` or `paste` with files, and optionally a text, on an element."""
    page.evaluate(DROP, [event, files, target, text])
