"""Sample conversations for screenshots: the same weekend in two languages, and unusual content of every kind."""

import io
import math
from dataclasses import dataclass

from PIL import Image, ImageDraw


@dataclass(frozen=True)
class Line:
    """A message, optionally a reply to an earlier line, with an image, and with reactions."""

    author: str
    text: str
    to: str = ""
    picture: str = ""
    reactions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Talk:
    """The conversations in one language. The first user is the admin, whose pages are photographed."""

    channel: str
    topic: str
    people: tuple[str, ...]
    lines: tuple[Line, ...]
    correction: tuple[str, str]
    typing: tuple[tuple[str, str], ...]
    others: tuple[tuple[str, str, str], ...]
    direct: tuple[Line, ...]
    search: str
    emoji: str
    caption: str
    place: str
    reasons: tuple[str, str]
    troublemakers: tuple[str, str]

    @property
    def me(self) -> str:
        return self.people[0]


ENGLISH = Talk(
    channel="/ting",
    topic="Saturday's walk: Hymettus, and something to eat afterwards",
    people=("Maria", "Jonas", "Ελένη", "dim.k", "Wren", "Thanos"),
    lines=(
        Line("Jonas", "Morning! Are we still on for Saturday?"),
        Line(
            "Maria",
            "Yes! The forecast says sun from nine o'clock on.",
            reactions=(("Jonas", "🎉"), ("Wren", "🎉"), ("dim.k", "☀️")),
        ),
        Line("Ελένη", "Καλημέρα σε όλους! Θα έρθω κι εγώ, μαζί με τον αδελφό μου."),
        Line("Maria", "Τέλεια, Ελένη! Πόσα άτομα είμαστε τώρα;", to="Θα έρθω κι εγώ"),
        Line(
            "dim.k",
            "Seven:\n```python\nwalkers = {'Maria', 'Jonas', 'Eleni', 'her brother'}\n"
            "walkers |= {'Wren', 'Thanos', 'me'}\nprint(len(walkers))\n```",
        ),
        Line("dim.k", "I reserved a table for *two o'clock*, right under the big plane tree."),
        Line(
            "Wren",
            "This path has shade nearly all the way up",
            picture="the-path.png",
            reactions=(("Maria", "😍"), ("Ελένη", "😍")),
        ),
        Line("Maria", "Looks lovely. Meet at the monastery at half past nine?"),
        Line("Thanos", "/me brings the koulouria", reactions=(("Maria", "🥨"), ("Jonas", "🥨"))),
    ),
    correction=("half past nine", "Looks lovely. Meet at the monastery at a quarter to ten?"),
    typing=(("Ελένη", "Και μετά μπάνιο στη θά"), ("Jonas", "I can take three in the car, if somebo")),
    others=(
        ("/music", "What we listen to", "@Maria, the choir sings on Friday at eight"),
        ("/kitchen", "Recipes, and what became of them", "The lemons are ripe again."),
        ("/books", "", "Page 120, and I still trust nobody."),
    ),
    direct=(
        Line("Maria", "Jonas, do you still have the big map?"),
        Line("Jonas", "It hangs over my desk, but it comes along."),
        Line("Maria", "And the thermos?", reactions=(("Jonas", "👍"),)),
        Line("Jonas", "Two of them. One with mountain tea."),
    ),
    search="choir",
    emoji="sun",
    caption="From last year, at the same place",
    place="Athens",
    reasons=("Advertising, for the third time", "Shouting in capitals all evening"),
    troublemakers=("BestPrices", "loudmouth"),
)

GREEK = Talk(
    channel="/parea",
    topic="Σάββατο στον Υμηττό, και μετά φαγητό",
    people=("Μαρία", "Γιάννης", "Ελένη", "Νίκος_Π", "Sofia", "άλκης"),
    lines=(
        Line("Γιάννης", "Καλημέρα! Ισχύει το Σάββατο;"),
        Line(
            "Μαρία",
            "Ναι! Από τις εννιά και μετά βγάζει ήλιο.",
            reactions=(("Γιάννης", "🎉"), ("Ελένη", "🎉"), ("Νίκος_Π", "☀️")),
        ),
        Line("Sofia", "Good morning everybody! May I bring my cousin? She is here from Porto until Sunday."),
        Line("Μαρία", "Και βέβαια! Όσο περισσότεροι, τόσο το καλύτερο.", to="my cousin"),
        Line(
            "Νίκος_Π",
            "Επτά είμαστε:\n```python\nparea = {'Μαρία', 'Γιάννης', 'Ελένη', 'εγώ'}\n"
            "parea |= {'Sofia', 'η ξαδέλφη', 'άλκης'}\nprint(len(parea))\n```",
        ),
        Line("Νίκος_Π", "Έκλεισα τραπέζι για τις *δύο*, κάτω από τον πλάτανο."),
        Line(
            "Ελένη",
            "Αυτό το μονοπάτι έχει σκιά σχεδόν ως πάνω",
            picture="το-μονοπάτι.png",
            reactions=(("Μαρία", "😍"), ("Sofia", "😍")),
        ),
        Line("Μαρία", "Ωραίο φαίνεται. Εννιά και μισή στο μοναστήρι;"),
        Line("άλκης", "/me φέρνει τα κουλούρια", reactions=(("Μαρία", "🥨"), ("Γιάννης", "🥨"))),
    ),
    correction=("Εννιά και μισή", "Ωραίο φαίνεται. Δέκα παρά τέταρτο στο μοναστήρι;"),
    typing=(("Sofia", "And afterwards a swim in the s"), ("Γιάννης", "Παίρνω τρεις με το αυτοκίνητο, αν κάποιος θέ")),
    others=(
        ("/mousiki", "Τι ακούμε", "@Μαρία, η χορωδία τραγουδάει την Παρασκευή στις οκτώ"),
        ("/kouzina", "Συνταγές, και τι απέγιναν", "Ωρίμασαν πάλι τα λεμόνια."),
        ("/vivlia", "", "Σελίδα 120, και ακόμη δεν εμπιστεύομαι κανέναν."),
    ),
    direct=(
        Line("Μαρία", "Γιάννη, έχεις ακόμη τον μεγάλο χάρτη;"),
        Line("Γιάννης", "Κρέμεται πάνω από το γραφείο μου, αλλά θα έρθει μαζί μας."),
        Line("Μαρία", "Και το θερμός;", reactions=(("Γιάννης", "👍"),)),
        Line("Γιάννης", "Δύο. Το ένα με τσάι του βουνού."),
    ),
    search="χορωδια",
    emoji="ήλιος",
    caption="Από πέρσι, στο ίδιο μέρος",
    place="Αθήνα",
    reasons=("Διαφημίσεις, για τρίτη φορά", "Φώναζε με κεφαλαία όλο το βράδυ"),
    troublemakers=("BestPrices", "φωνακλάς"),
)

TALKS = {"en": ENGLISH, "el": GREEK}

UNUSUAL = (
    Line("Wren", "W" * 90),
    Line("Wren", "https://example.org/" + "a-very-long-address/" * 12 + "?with=many&parts=" + "x" * 60),
    Line("Maria", "مرحبا بالجميع! كيف حالكم اليوم؟"),
    Line("Jonas", "שלום, and then some English, ועוד קצת עברית."),
    Line("Maria", "🎈🎉"),
    Line("Wren", "> as somebody said\n\n1. first\n2. second\n\n"
        "- a point\n- another one, *bold* and _slanted_ and ~gone~ and `code`"),
    Line("Thanos", "```js\nconst line = 'a line of code that is far too long for any phone, "
        "and for many a desktop as well, so it has to scroll';\n```"),
    Line("Maria", "```\nshort\n```"),
    Line("dim.k", "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"),
    Line("Maria", "ok", reactions=tuple(("Jonas", each) for each in "🎉👍😍🥨☀🔥😂🙏💡🎈🍋")),
    Line("Maria", "", picture="tall.png"),
)  # fmt: skip
UNUSUAL_TOPIC = (
    "A topic as long as topics may be, which is two hundred letters, so it has to be cut somewhere, and " + "x" * 90
)


def landscape(width: int = 960, height: int = 600, hills: int = 5) -> bytes:
    """A PNG file with hills in the morning."""
    image = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(image)
    for y in range(height):
        light = y / height
        draw.line((0, y, width, y), fill=(round(120 + 130 * light), round(170 + 50 * light), round(215 - 45 * light)))
    sun, radius = (width * 0.72, height * 0.3), min(width, height) * 0.09
    draw.ellipse((sun[0] - radius, sun[1] - radius, sun[0] + radius, sun[1] + radius), fill=(255, 232, 176))
    for hill in range(hills):
        depth = (hill + 1) / hills
        colour = (round(150 - 105 * depth), round(165 - 70 * depth), round(160 - 100 * depth))
        draw.polygon([(0, height), *_ridge(width, height, hill, depth), (width, height)], fill=colour)
    content = io.BytesIO()
    image.save(content, "PNG")
    return content.getvalue()


def _ridge(width: int, height: int, hill: int, depth: float) -> list[tuple[int, float]]:
    swing = height * 0.09
    return [
        (x, height * (0.3 + 0.5 * depth) + swing * math.sin(x / width * (5 + hill) + hill * 2.3)
            + swing / 3 * math.sin(x / width * 17 + hill))
        for x in range(0, width + 8, 8)
    ]  # fmt: skip
