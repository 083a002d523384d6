"""Files that come over the page: dragged, dropped, pasted."""

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


def picture(name: str, colour: str, size: tuple[int, int] = (640, 400)) -> dict[str, Any]:
    """A PNG of one colour."""
    content = io.BytesIO()
    Image.new("RGB", size, colour).save(content, "PNG")
    return {"name": name, "type": "image/png", "bytes": list(content.getvalue())}


def bring(page: Page, how: str, *files: dict[str, Any], onto: str = "#composer-text", text: str = "") -> None:
    """Let files come over the field, or over something else: `dragenter`, `drop` or `paste`; perhaps beside a text."""
    page.evaluate(DROP, [how, files, onto, text])
