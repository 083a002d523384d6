"""What is said in the pictures: the same walk in two languages, and a picture to go with it."""

import io
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageDraw

CODE = "```python\ndef steps(metres: float) -> int:\n    return round(metres / 0.72)\n```"


@dataclass(frozen=True)
class Talk:
    """What is said in one language."""

    channel: str
    topic: str
    people: tuple[str, ...]
    lines: tuple[tuple[str, str], ...]
    correction: tuple[str, str]
    typing: tuple[str, str]
    others: tuple[tuple[str, str, str], ...]
    private: tuple[str, ...]
    search: str
    workshop: str
    shaped: tuple[tuple[str, str], ...]
    answer: str
    view: str
    half_a_name: str
    half_an_emoji: str
    files: tuple[str, ...]


ENGLISH = Talk(
    channel="/ting",
    topic="Saturday's walk: Hymettus, and something to eat afterwards",
    people=("Maria", "Jonas", "Ελένη", "dim.k", "Thanos", "Wren"),
    lines=(
        ("Jonas", "Morning! Are we still on for Saturday?"),
        ("Maria", "Yes! The forecast says sun from nine o'clock on."),
        ("Ελένη", "Καλημέρα σε όλους! Θα έρθω κι εγώ, μαζί με τον αδελφό μου."),
        ("Maria", "Τέλεια, Ελένη! Πόσα άτομα είμαστε τώρα;"),
        ("dim.k", "Seven, with Eleni's brother. I reserved a table for two o'clock, right under the big plane tree."),
        ("Wren", "This path has shade nearly all the way up:"),
        ("Wren", "https://www.openstreetmap.org/#map=14/37.9601/23.8021"),
        ("Maria", "Looks lovely. Meet at the monastery at half past nine?"),
        ("Thanos", "/me brings the koulouria"),
    ),
    correction=("half past nine", "Looks lovely. Meet at the monastery at a quarter to ten?"),
    typing=("Ελένη", "Και μετά μπάνιο στη θά"),
    others=(
        ("/music", "What we listen to", "@Maria, the choir sings on Friday at eight"),
        ("/kitchen", "Recipes, and what became of them", "The lemons are ripe again."),
        ("/books", "", "Page 120, and I still trust nobody."),
    ),
    private=("Can you bring the map?", "And the thermos!"),
    search="choir",
    workshop="/workshop",
    shaped=(
        ("Jonas", "How do you count the steps of a walk?"),
        (
            "Wren",
            f"*Two* lines are enough:\n{CODE}",
        ),
        ("dim.k", "> Two lines are enough\nAnd what it says of Saturday:\n- up: 8,100\n- down: ~9,000~ 8,100 :wink:"),
    ),
    answer="So I will be _tired_, whatever `steps` says",
    view="The view from up there, last year",
    half_a_name="Thanks, @jo",
    half_an_emoji="That was :sunf",
    files=("sunrise.png", "summit.png", "route.gpx"),
)

GREEK = Talk(
    channel="/parea",
    topic="Σάββατο στον Υμηττό, και μετά φαγητό",
    people=("Μαρία", "Γιάννης", "Ελένη", "Νίκος_Π", "Sofia", "άλκης"),
    lines=(
        ("Γιάννης", "Καλημέρα! Ισχύει το Σάββατο;"),
        ("Μαρία", "Ναι! Από τις εννιά και μετά βγάζει ήλιο."),
        ("Sofia", "Good morning everybody! May I bring my cousin? She is here from Porto until Sunday."),
        ("Μαρία", "Και βέβαια! Όσο περισσότεροι, τόσο το καλύτερο."),
        ("Νίκος_Π", "Με την ξαδέλφη γινόμαστε επτά. Έκλεισα τραπέζι για τις δύο, κάτω από τον πλάτανο."),
        ("Ελένη", "Αυτό το μονοπάτι έχει σκιά σχεδόν ως πάνω:"),
        ("Ελένη", "https://www.openstreetmap.org/#map=14/37.9601/23.8021"),
        ("Μαρία", "Ωραίο φαίνεται. Εννιά και μισή στο μοναστήρι;"),
        ("άλκης", "/me φέρνει τα κουλούρια"),
    ),
    correction=("Εννιά και μισή", "Ωραίο φαίνεται. Δέκα παρά τέταρτο στο μοναστήρι;"),
    typing=("Sofia", "And afterwards a swim in the s"),
    others=(
        ("/mousiki", "Τι ακούμε", "@Μαρία, η χορωδία τραγουδάει την Παρασκευή στις οκτώ"),
        ("/kouzina", "Συνταγές, και τι απέγιναν", "Ωρίμασαν πάλι τα λεμόνια."),
        ("/vivlia", "", "Σελίδα 120, και ακόμη δεν εμπιστεύομαι κανέναν."),
    ),
    private=("Θα φέρεις τον χάρτη;", "Και το θερμός!"),
    search="χορωδια",
    workshop="/ergastiri",
    shaped=(
        ("Γιάννης", "Πώς μετράτε τα βήματα μιας διαδρομής;"),
        (
            "Ελένη",
            f"*Δύο* γραμμές φτάνουν:\n{CODE}",
        ),
        (
            "Νίκος_Π",
            "> Δύο γραμμές φτάνουν\nΚαι για το Σάββατο βγάζει:\n- ανάβαση: 8.100\n- κατάβαση: ~9.000~ 8.100 :wink:",
        ),
    ),
    answer="Θα _κουραστώ_ λοιπόν, ό,τι και να λέει το `steps`",
    view="Η θέα από εκεί πάνω, πέρσι",
    half_a_name="Ευχαριστώ, @γιά",
    half_an_emoji="Ήταν :sunf",
    files=("ανατολή.png", "κορυφή.png", "διαδρομή.gpx"),
)


TALKS = {"en": ENGLISH, "el": GREEK}


def landscape(width: int = 1200, height: int = 700, *, dawn: bool = False) -> bytes:
    """A PNG of hills under a sky."""
    top, low = ((250, 190, 120), (255, 235, 200)) if dawn else ((70, 140, 215), (215, 235, 250))
    picture = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(picture)
    for y in range(height):
        share = y / height
        draw.line((0, y, width, y), tuple(round(a + (b - a) * share) for a, b in zip(top, low, strict=True)))
    draw.ellipse((width * 0.68, height * 0.14, width * 0.68 + 110, height * 0.14 + 110), (255, 236, 150))
    for base, peak, colour in ((0.75, 0.42, (120, 150, 150)), (0.85, 0.6, (80, 125, 95)), (0.97, 0.74, (45, 90, 60))):
        ridge = [(width * x / 8, height * (base if x % 2 else peak + 0.03 * (x % 3))) for x in range(9)]
        draw.polygon([(0, height), *ridge, (width, height)], colour)
    content = io.BytesIO()
    picture.save(content, "PNG")
    return content.getvalue()


def files(talk: Talk) -> list[dict[str, Any]]:
    """What is dropped into the field, for `test_files.bring`."""
    pictures = [landscape(dawn=True), landscape()]
    *named, route = talk.files
    return [
        *(
            {"name": name, "type": "image/png", "bytes": list(content)}
            for name, content in zip(named, pictures, strict=True)
        ),
        {"name": route, "type": "application/gpx+xml", "bytes": list(b"<gpx/>" * 700)},
    ]
