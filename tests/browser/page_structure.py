"""Checks of the structure of a page: references between elements, landmarks, the main heading."""

from playwright.sync_api import Page

# References by id that lead nowhere.
DANGLING = """() => {
    const names = ["aria-describedby", "aria-labelledby", "aria-controls", "aria-owns", "aria-activedescendant",
        "aria-errormessage", "aria-details", "aria-flowto", "for", "list", "form", "headers", "popovertarget"];
    return [...document.querySelectorAll("*")].flatMap((element) => names.flatMap((name) =>
        (element.getAttribute(name) ?? "").split(/\\s+/).filter((id) => id && !document.getElementById(id))
            .map((id) => `${element.tagName}#${element.id} ${name}=${id}`)));
}"""

REPEATED = """() => {
    const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
    return ids.filter((id, index) => ids.indexOf(id) !== index);
}"""

# Visible texts and controls outside of all landmarks. Dialogs and live regions are announced by themselves, and a link
# that skips the first landmarks comes before them.
OUTSIDE = """() => {
    const regions = "main, nav, aside, footer, dialog, header, [role=dialog], [role=alert], [role=status], [role=log], "
        + "[aria-live], .skip-link";
    const isShown = (element) => element.checkVisibility({ visibilityProperty: true });
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (texts.nextNode()) {
        const element = texts.currentNode.parentElement;
        const isText = texts.currentNode.data.trim() && !element.closest("noscript");
        if (isText && isShown(element) && !element.closest(regions)) found.push(element.outerHTML.slice(0, 120));
    }
    for (const element of document.querySelectorAll("button, a, input, select, textarea, [role=menu]"))
        if (isShown(element) && !element.closest(regions)) found.push(element.outerHTML.slice(0, 120));
    return found;
}"""

# Headings of the first level that screen readers find.
HEADINGS = """() => [...document.querySelectorAll("h1")]
    .filter((element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest("[inert]"))
    .map((element) => element.textContent)"""


def assert_structure(page: Page) -> None:
    """Check that references lead somewhere, that everything is in a landmark, and that there is one main heading."""
    assert page.evaluate(DANGLING) == []
    assert page.evaluate(REPEATED) == []
    assert page.evaluate(OUTSIDE) == []
    headings = page.evaluate(HEADINGS)
    assert len(headings) == 1 and headings[0], headings


def assert_no_zoom(page: Page) -> None:
    """Check that a phone does not zoom into any field: all have a text of 16 px or more."""
    fields = page.locator("input, textarea, select")
    sizes = fields.evaluate_all("(all) => all.map((each) => [each.id, parseFloat(getComputedStyle(each).fontSize)])")
    assert [field for field in sizes if field[1] < 16] == []
