"""(j) Scrolling: a real Chromium scrolls through a long history, up to its beginning and down again."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import quantiles

from playwright.sync_api import Browser, CDPSession, Page, ViewportSize, sync_playwright

from benchmarks.bench import Bench
from benchmarks.children import Ting
from benchmarks.database import Document, document, message_collection
from benchmarks.machine import running_on
from benchmarks.people import Person, message_ids
from benchmarks.report import Figure, Floor, Target
from tests.browser import chromium

ROOM = "scrolled"
MESSAGES = 20_000
QUICK_MESSAGES = 2_000
BATCH = 5_000
AUTHORS = 5
SPEED_PX_S = 15_000  # some 280 messages a second
STROKE_PX = 30_000  # between two checks of the position
MAX_STROKES = 200
FLOOR_STROKES = 8
SCREEN: ViewportSize = {"width": 1280, "height": 800}
FRAME_MS = 1000 / 60
MIB = 2**20

# Records the time of each frame, and the largest number of lines.
WATCH = """() => {
    window.seen = { frames: [], lines: 0 };
    let last = 0;
    const look = (now) => {
        if (last) seen.frames.push(now - last);
        last = now;
        seen.lines = Math.max(seen.lines, document.querySelectorAll("article").length);
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
}"""
AT_BEGINNING = """() => document.querySelector("#timeline").scrollTop === 0
    && document.querySelector("#timeline article").dataset.seq === "1" """
AT_END = """() => [...document.querySelectorAll("#newer")].every((button) => button.hidden)"""
# The plainest possible page: all lines with the same texts, without scripts.
PLAIN = "<style>body { margin: 0 } #timeline { height: 800px; overflow: auto } article { padding: 8px }</style>"


@dataclass(frozen=True)
class ScrollRun:
    """What was measured while scrolling through a history.

    `heap` is the size of the JavaScript heap at the end, in bytes. `busy_s` is the CPU time of the page's main thread.
    """

    frames_ms: Sequence[float]
    seconds: float
    lines: int
    heap: float
    busy_s: float

    @property
    def rate(self) -> float:
        return 1000 * len(self.frames_ms) / sum(self.frames_ms)

    @property
    def work_ms(self) -> float:
        return 1000 * self.busy_s / len(self.frames_ms)

    @property
    def p99_ms(self) -> float:
        return quantiles(self.frames_ms, n=100)[-1]


class Reader:
    """A page that is scrolled with the mouse wheel."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._browser: CDPSession = page.context.new_cdp_session(page)
        self._browser.send("Performance.enable", {"timeDomain": "threadTicks"})  # CPU time of the thread
        page.evaluate(WATCH)

    def scroll(self, down: bool, arrived: Callable[[int], bool]) -> ScrollRun:
        """Scroll until `arrived`, which gets the number of strokes, is true. Raises `TimeoutError` if it never is."""
        self._page.evaluate("() => { seen.frames.length = seen.lines = 0; }")
        start, before = time.perf_counter(), self._metric("TaskDuration")
        for stroke in range(MAX_STROKES):
            if arrived(stroke):
                break
            self._stroke(-STROKE_PX if down else STROKE_PX)
        else:
            raise TimeoutError(f"not at the end after {MAX_STROKES * STROKE_PX} pixels")
        seconds = time.perf_counter() - start
        seen = self._page.evaluate("seen")
        busy = self._metric("TaskDuration") - before
        self._browser.send("HeapProfiler.collectGarbage")
        return ScrollRun(seen["frames"], seconds, seen["lines"], self._metric("JSHeapUsedSize"), busy)

    def _stroke(self, pixels: int) -> None:
        gesture = {"yDistance": pixels, "speed": SPEED_PX_S, "gestureSourceType": "mouse", "preventFling": True}
        self._browser.send("Input.synthesizeScrollGesture", {"x": 700, "y": 400, **gesture})

    def _metric(self, name: str) -> float:
        metrics = self._browser.send("Performance.getMetrics")["metrics"]
        return float(next(metric["value"] for metric in metrics if metric["name"] == name))


def measure(bench: Bench) -> list[Figure]:
    """Frame rate, slowest frames, lines and memory, compared with a plain page of the same texts."""
    size = QUICK_MESSAGES if bench.options.quick else MESSAGES
    # Chromium has many threads, so like the database it may use both cores.
    with bench.serving() as ting, running_on(bench.cores.database), sync_playwright() as playwright:
        _fill(ting, size, bench.people[:AUTHORS])
        browser = chromium.launch(playwright)
        plain = _plain(browser, size)
        up, down = _ting(browser, ting, bench.people[0])
        browser.close()
    return [*_figures("up", up, plain), *_figures("down", down, plain), *_bounds((up, down), plain)]


def _figures(direction: str, run: ScrollRun, plain: ScrollRun) -> list[Figure]:
    share = 100 * sum(ms > 1.5 * FRAME_MS for ms in run.frames_ms) / len(run.frames_ms)
    details: dict[str, float | list[float]] = {"seconds": run.seconds, "late_percent": share}
    rate = Floor("a plain page", plain.rate)
    return [
        Figure("j", f"scrolling {direction}", run.rate, "frames/s", rate, Target(">=", 0.95, "ratio"), details),
        Figure("j", f"frame time p99, {direction}", run.p99_ms, "ms", Floor("a plain page", plain.p99_ms)),
        Figure("j", f"CPU of a frame, {direction}", run.work_ms, "ms", target=Target("<", FRAME_MS)),
    ]


def _bounds(runs: Sequence[ScrollRun], plain: ScrollRun) -> list[Figure]:
    lines, heap = max(run.lines for run in runs), max(run.heap for run in runs) / MIB
    return [
        Figure("j", "lines in the page", lines, "at most", Floor("a plain page", plain.lines), Target("<", 800)),
        Figure("j", "JavaScript heap", heap, "MiB", Floor("a plain page", plain.heap / MIB), Target("<", 32)),
    ]


def _ting(browser: Browser, ting: Ting, person: Person) -> tuple[ScrollRun, ScrollRun]:
    """Scroll up to the first message, and down to the last."""
    name, _, value = person.cookie.partition("=")
    url = f"http://127.0.0.1:{ting.port}"
    with browser.new_context(base_url=url, viewport=SCREEN) as context:
        context.add_cookies([{"name": name, "value": value, "url": url}])
        page = context.new_page()
        page.goto(f"/{ROOM}")
        page.wait_for_selector("article[data-seq]")
        reader = Reader(page)
        up = reader.scroll(False, lambda _: bool(page.evaluate(AT_BEGINNING)))
        return up, reader.scroll(True, lambda _: bool(page.evaluate(AT_END)))


def _plain(browser: Browser, size: int) -> ScrollRun:
    with browser.new_context(viewport=SCREEN) as context:
        page = context.new_page()
        lines = "".join(f"<article>{_text(number)}</article>" for number in range(1, size + 1))
        page.set_content(f"{PLAIN}<div id=timeline>{lines}</div>")
        return Reader(page).scroll(True, lambda stroke: stroke == FLOOR_STROKES)


def _fill(ting: Ting, size: int, authors: Sequence[Person]) -> None:
    """Write a conversation of `size` messages directly into the database."""
    ids, messages = message_ids(), message_collection(ting)
    for begin in range(1, size + 1, BATCH):
        numbers = range(begin, min(begin + BATCH, size + 1))
        documents = [_message(next(ids), number, authors[number // 3 % len(authors)]) for number in numbers]
        messages.insert_many(documents, ordered=False, bypass_document_validation=True)


def _message(message_id: str, number: int, author: Person) -> Document:
    return document(message_id, number, f"#{ROOM}", author.id) | {"text": _text(number)}


def _text(number: int) -> str:
    """A text of one of seven lengths, all equally frequent."""
    return f"Page {number} of the *archive*" + " and more of it" * (number % 7 * 4)
