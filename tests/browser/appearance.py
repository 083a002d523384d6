"""Accessibility checks that run in the page: contrast, names, target sizes, visible focus."""

from typing import Literal

from playwright.sync_api import Page

COLOR_SCHEMES: list[Literal["light", "dark"]] = ["light", "dark"]
MIN_CONTRAST = 4.5
MIN_LARGE_CONTRAST = 3.0
MIN_TARGET_PX = 44
MAX_STOPS = 40

# A canvas converts all colour formats to RGB, and blends transparent colours like the screen.
CONTRAST = """([least, leastLarge]) => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 1;
    const paint = canvas.getContext("2d", { willReadFrequently: true });
    const blend = (colour, alpha = 1) => {
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
    const ratio = (element, colour) => {
        const parents = [];
        for (let each = element; each; each = each.parentElement) parents.unshift(getComputedStyle(each));
        let opacity = 1;
        let ground = blend("canvas");
        for (const style of parents) {
            opacity *= Number(style.opacity);
            ground = blend(style.backgroundColor, Number(style.opacity));
        }
        const [light, dark] = [luminance(ground), luminance(blend(colour, opacity))].sort((a, b) => b - a);
        return (light + 0.05) / (dark + 0.05);
    };
    const isShown = (element) => {
        const { width, height } = element.getBoundingClientRect();
        return width > 2 && height > 2 && !element.closest(":disabled") &&
            element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    };
    const found = [];
    const check = (element, style, text, needed) => {
        const measured = ratio(element, style.color);
        if (measured < needed) found.push(`${text}: ${measured.toFixed(2)} (${element.className || element.tagName})`);
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    let checked = 0;
    while (texts.nextNode()) {
        const text = texts.currentNode.data.trim();
        const element = texts.currentNode.parentElement;
        if (!text || !isShown(element)) continue;
        const style = getComputedStyle(element);
        const size = parseFloat(style.fontSize);
        const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
        check(element, style, text.slice(0, 40), isLarge ? leastLarge : least);
        checked += 1;
    }
    for (const field of document.querySelectorAll("input, textarea"))
        if (isShown(field)) check(field, getComputedStyle(field, "::placeholder"), "placeholder", least);
    for (const icon of document.querySelectorAll(".icon"))
        if (isShown(icon)) check(icon, getComputedStyle(icon), `icon ${icon.classList}`, leastLarge);
    return { found, checked };
}"""

NAMELESS = """() => [...document.querySelectorAll("button, a, input, textarea, select, [role=menuitem]")]
    .filter((element) => element.checkVisibility({ visibilityProperty: true }))
    .filter((element) => !(element.ariaLabel || element.textContent.trim() || element.labels?.[0]?.textContent.trim()))
    .map((element) => element.outerHTML.slice(0, 200))"""

# The touch area of a small element can be larger than its box: measure it from the centre with hit tests.
SMALL_TARGETS = """(least) => {
    const reach = (element, middle, [x, y]) => {
        let far = 0;
        const at = () => document.elementFromPoint(middle.x + x * (far + 1), middle.y + y * (far + 1));
        const hits = () => element.contains(at());
        while (far < least && hits()) far += 1;
        return far;
    };
    const measure = (element) => {
        const { x, y, width, height } = element.getBoundingClientRect();
        const middle = { x: x + width / 2, y: y + height / 2 };
        const span = (there, back) => reach(element, middle, there) + reach(element, middle, back) + 1;
        const isCovered = !element.contains(document.elementFromPoint(middle.x, middle.y));
        return {
            name: element.id || element.className || element.outerHTML.slice(0, 80), isCovered,
            wide: Math.max(width, isCovered ? 0 : span([1, 0], [-1, 0])),
            high: Math.max(height, isCovered ? 0 : span([0, 1], [0, -1])),
        };
    };
    // Popovers and dialogs can cover parts of the page.
    const top = [...document.querySelectorAll(":popover-open, :modal")].at(-1) ?? document;
    return [...top.querySelectorAll("button, input:not([type=checkbox], [type=radio]), textarea, .option")]
        .filter((element) => element.checkVisibility({ visibilityProperty: true }))
        .map(measure)
        .filter(({ isCovered, wide, high }) => !isCovered && (wide < least || high < least));
}"""

# Compares the outlines of the focused element and its parents with and without the focus.
FOCUS = """() => {
    const element = document.activeElement;
    const parents = [element, element.parentElement, element.parentElement?.parentElement].filter(Boolean);
    const outlines = () => JSON.stringify(parents.map((each) => {
        const { outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor } = getComputedStyle(each);
        return [outlineStyle === "none" ? "" : outlineStyle + outlineWidth + outlineColor, boxShadow, borderColor];
    }));
    const focused = outlines();
    element.blur();
    const blurred = outlines();
    element.focus({ focusVisible: true, preventScroll: true });
    const name = element.id || element.ariaLabel || element.textContent || element.tagName;
    return { name, isVisible: focused !== blurred };
}"""


def assert_contrast(page: Page) -> None:
    """Check the contrast of visible text (WCAG 2.2, 1.4.3) and icons (1.4.11), in the light and the dark theme."""
    for scheme in COLOR_SCHEMES:
        page.emulate_media(color_scheme=scheme)
        result = page.evaluate(CONTRAST, [MIN_CONTRAST, MIN_LARGE_CONTRAST])
        assert result["checked"] > 3
        assert result["found"] == [], scheme


def assert_named(page: Page) -> None:
    """Check that all controls have an accessible name."""
    assert page.evaluate(NAMELESS) == []


def assert_touchable(page: Page) -> None:
    """Check that all touch targets are large enough."""
    assert page.evaluate(SMALL_TARGETS, MIN_TARGET_PX) == []


def focus_stops(page: Page, last: str) -> list[str]:
    """Press Tab until the focus is at `last`. Check that it is always visible, and return the names of all stops."""
    stops: list[str] = []
    while last not in stops:
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        assert stop["isVisible"], stop
        stops.append(stop["name"])
        assert len(stops) < MAX_STOPS, stops
    return stops
