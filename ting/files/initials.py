"""The default avatar: the user's initials on a pattern, both derived from the name alone.

White letters on colours of medium lightness, so that it looks the same and is legible on light and dark pages.
"""

import math
import re
import unicodedata
from hashlib import sha256
from xml.sax.saxutils import escape, quoteattr

from ting.core.normalization import normalized

HUES = 24
LETTER_COLOUR = "#ffffff"
BACKGROUND = (0.52, 0.11)  # lightness and chroma in OKLCH; every hue has a contrast of at least 4.5 with white
SHAPES = (0.45, 0.11)
SHAPES_COUNT = 3
HUE_OFFSETS = (-45, -25, 25, 45)  # degrees between the hue of the shapes and that of the background
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"


def initials_svg(name: str) -> bytes:
    """A square SVG. The same name always gives the same image."""
    hue, random = hue_of(name), sha256(name.encode()).digest()
    shape_hue = hue + HUE_OFFSETS[random[0] % len(HUE_OFFSETS)]
    shapes = "".join(_circle(*random[1 + 3 * number : 4 + 3 * number]) for number in range(SHAPES_COUNT))
    letters = initials(name)
    size = 30 if len(letters) == 1 else 26
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="256" height="256" role="img"'
        f" aria-label={quoteattr(name)}>"
        f"<title>{escape(name)}</title>"
        f'<rect width="64" height="64" fill="{_rgb(*BACKGROUND, hue)}"/>'
        f'<g fill="{_rgb(*SHAPES, shape_hue)}">{shapes}</g>'
        f'<text x="32" y="32" dy=".36em" text-anchor="middle" font-family="{FONT}" font-size="{size}"'
        f' font-weight="600" fill="{LETTER_COLOUR}">{escape(letters)}</text>'
        f"</svg>"
    ).encode()


def hue_of(name: str) -> int:
    """The hue of a name, in degrees. The client colours the name with the same hue."""
    units = 7
    for character in name.lower():
        units = (units * 31 + ord(character)) % 2**32
    return units % HUES * (360 // HUES)


def initials(name: str) -> str:
    """One or two uppercase letters of a name, without accents. A symbol if the name has no letters."""
    words = re.findall(r"[^\W_]+", name) or [name]
    firsts = "".join(word[0] for word in words[:2])
    plain = "".join(letter for letter in normalized("NFD", firsts) if not unicodedata.combining(letter))
    return "".join(letter.upper()[0] for letter in plain)


def _circle(x: int, y: int, radius: int) -> str:
    """A circle whose place and radius follow from three random bytes."""
    return f'<circle cx="{x * 64 // 255}" cy="{y * 64 // 255}" r="{10 + radius * 16 // 255}"/>'


def _rgb(lightness: float, chroma: float, hue: float) -> str:
    """An OKLCH colour in sRGB, clipped to the gamut (CSS Color 4, 10 and 17)."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    return "#" + "".join(f"{round(255 * _gamma(min(max(value, 0.0), 1.0))):02x}" for value in linear)


def _gamma(linear: float) -> float:
    return 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055
