"""Measures of what a page looks like, taken in the page: contrast, names, sizes, focus."""

from typing import Literal

from playwright.sync_api import Page

LIGHTS: list[Literal["light", "dark"]] = ["light", "dark"]
MIN_CONTRAST = 4.5
MIN_LARGE_CONTRAST = 3.0
MIN_TARGET_PX = 44
MOST_STOPS = 40

# A canvas turns every way of writing a colour into numbers, and lays one over the other as the screen does.
CONTRAST = """([least, leastLarge]) => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 1;
    const paint = canvas.getContext("2d", { willReadFrequently: true });
    const lay = (colour, alpha = 1) => {
        paint.globalAlpha = alpha;
        paint.fillStyle = colour;
        paint.fillRect(0, 0, 1, 1);
        return [...paint.getImageData(0, 0, 1, 1).data];
    };
    const luminance = (rgb) => {
        const [r, g, b] = rgb.map((value) => value / 255)
            .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ratio = (seen, colour) => {
        const around = [];
        for (let each = seen; each; each = each.parentElement) around.unshift(getComputedStyle(each));
        let opacity = 1;
        let ground = lay("canvas");
        for (const style of around) {
            opacity *= Number(style.opacity);
            ground = lay(style.backgroundColor, Number(style.opacity));
        }
        const [light, dark] = [luminance(ground), luminance(lay(colour, opacity))].sort((a, b) => b - a);
        return (light + 0.05) / (dark + 0.05);
    };
    const isShown = (seen) => {
        const { width, height } = seen.getBoundingClientRect();
        return width > 2 && height > 2 && !seen.closest(":disabled") &&
            seen.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    };
    const found = [];
    const check = (seen, style, text, needed) => {
        const measured = ratio(seen, style.color);
        if (measured < needed) found.push(`${text}: ${measured.toFixed(2)} (${seen.className || seen.tagName})`);
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    let checked = 0;
    while (texts.nextNode()) {
        const text = texts.currentNode.data.trim();
        const seen = texts.currentNode.parentElement;
        if (!text || !isShown(seen)) continue;
        const style = getComputedStyle(seen);
        const size = parseFloat(style.fontSize);
        const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
        check(seen, style, text.slice(0, 40), isLarge ? leastLarge : least);
        checked += 1;
    }
    for (const field of document.querySelectorAll("input, textarea"))
        if (isShown(field)) check(field, getComputedStyle(field, "::placeholder"), "placeholder", least);
    for (const icon of document.querySelectorAll(".icon"))
        if (isShown(icon)) check(icon, getComputedStyle(icon), `icon ${icon.classList}`, leastLarge);
    return { found, checked };
}"""

NAMELESS = """() => [...document.querySelectorAll("button, a, input, textarea, select, [role=menuitem]")]
    .filter((seen) => seen.checkVisibility({ visibilityProperty: true }))
    .filter((seen) => !(seen.ariaLabel || seen.textContent.trim() || seen.labels?.[0]?.textContent.trim()))
    .map((seen) => seen.outerHTML.slice(0, 200))"""

# What is smaller than a finger may reach further than it shows: feel from its middle how far.
SMALL_TARGETS = """(least) => {
    const reach = (seen, middle, [x, y]) => {
        let far = 0;
        const hits = () => seen.contains(document.elementFromPoint(middle.x + x * (far + 1), middle.y + y * (far + 1)));
        while (far < least && hits()) far += 1;
        return far;
    };
    const measure = (seen) => {
        const { x, y, width, height } = seen.getBoundingClientRect();
        const middle = { x: x + width / 2, y: y + height / 2 };
        const span = (there, back) => reach(seen, middle, there) + reach(seen, middle, back) + 1;
        const isCovered = !seen.contains(document.elementFromPoint(middle.x, middle.y));
        return {
            name: seen.id || seen.className || seen.outerHTML.slice(0, 80), isCovered,
            wide: Math.max(width, isCovered ? 0 : span([1, 0], [-1, 0])),
            high: Math.max(height, isCovered ? 0 : span([0, 1], [0, -1])),
        };
    };
    // What lies on top of the page may cover parts of it.
    const top = [...document.querySelectorAll(":popover-open, :modal")].at(-1) ?? document;
    return [...top.querySelectorAll("button, input:not([type=checkbox], [type=radio]), textarea, .option")]
        .filter((seen) => seen.checkVisibility({ visibilityProperty: true }))
        .map(measure)
        .filter(({ isCovered, wide, high }) => !isCovered && (wide < least || high < least));
}"""

# How the focused element and what surrounds it are outlined, now and without the focus.
FOCUS = """() => {
    const seen = document.activeElement;
    const around = [seen, seen.parentElement, seen.parentElement?.parentElement].filter(Boolean);
    const outlines = () => JSON.stringify(around.map((each) => {
        const { outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor } = getComputedStyle(each);
        return [outlineStyle === "none" ? "" : outlineStyle + outlineWidth + outlineColor, boxShadow, borderColor];
    }));
    const focused = outlines();
    seen.blur();
    const blurred = outlines();
    seen.focus({ focusVisible: true, preventScroll: true });
    const name = seen.id || seen.ariaLabel || seen.textContent || seen.tagName;
    return { name, isVisible: focused !== blurred };
}"""


def assert_contrast(page: Page) -> None:
    """Every text in sight can be read (WCAG 2.2, 1.4.3), every picture made out (1.4.11), by day and by night."""
    for light in LIGHTS:
        page.emulate_media(color_scheme=light)
        seen = page.evaluate(CONTRAST, [MIN_CONTRAST, MIN_LARGE_CONTRAST])
        assert seen["checked"] > 3
        assert seen["found"] == [], light


def assert_named(page: Page) -> None:
    """Everything that can be used says what it is."""
    assert page.evaluate(NAMELESS) == []


def assert_touchable(page: Page) -> None:
    """Everything that can be touched is as large as a finger."""
    assert page.evaluate(SMALL_TARGETS, MIN_TARGET_PX) == []


def focus_stops(page: Page, last: str) -> list[str]:
    """Go on by the Tab key up to some stop, and see at each one where one is; the names of the stops."""
    stops: list[str] = []
    while last not in stops:
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        assert stop["isVisible"], stop
        stops.append(stop["name"])
        assert len(stops) < MOST_STOPS, stops
    return stops
