"""The generated profile picture with the initials of a name."""

import re
from xml.etree import ElementTree

import pytest

from ting.files import initials

NAMES = ["ada", "Ελένη", "Οδυσσέας.Κ", "jean-luc", "x", "José", "?!", "_a_b_c_", "A&B", "it's\"", "straße", "42", "ᾳ"]
LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("ada", "A"),
        ("ada.lovelace", "AL"),
        ("ada-b-c", "AB"),
        ("Ελένη", "Ε"),
        ("έλενα_ώτα", "ΕΩ"),
        ("ςigma", "Σ"),
        ("ßx", "S"),
        ("José", "J"),
        ("_x", "X"),
        ("42", "4"),
        ("?!", "?"),
        ("&", "&"),
    ],
)
def test_initials_are_one_or_two_capitals_without_accents(name: str, letters: str) -> None:
    assert initials.initials(name) == letters


@pytest.mark.parametrize("name", NAMES)
def test_the_picture_is_an_svg_with_the_name_as_label_and_nothing_active(name: str) -> None:
    svg = ElementTree.fromstring(initials.initials_svg(name))

    assert (svg.get("role"), svg.get("aria-label")) == ("img", name)
    assert svg.findtext("{http://www.w3.org/2000/svg}title") == name
    assert svg.findtext("{http://www.w3.org/2000/svg}text") == initials.initials(name)
    assert {element.tag.partition("}")[2] for element in svg.iter()} == {"svg", "title", "rect", "g", "circle", "text"}
    assert not [key for element in svg.iter() for key in element.attrib if key.startswith("on") or "href" in key]


def test_every_name_has_its_own_picture_and_always_the_same() -> None:
    names = [f"{letter}{number}" for letter in "abγδ" for number in range(100)]

    assert len({initials.initials_svg(name) for name in names}) == len(names)
    assert initials.initials_svg("ada") == initials.initials_svg("ada")
    assert len({initials.hue_of(name) for name in names}) == initials.HUES


@pytest.mark.parametrize("colour", [initials.BACKGROUND, initials.SHAPES])
def test_the_letters_can_be_read_on_every_colour(colour: tuple[float, float]) -> None:
    shown = [initials._rgb(*colour, hue) for hue in range(0, 360, 5)]

    assert min(1.05 / (luminance(rgb) + 0.05) for rgb in shown) >= LEAST_CONTRAST


def luminance(rgb: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    values = [int(part, 16) / 255 for part in re.findall("[0-9a-f]{2}", rgb)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
