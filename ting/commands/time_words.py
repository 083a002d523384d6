"""The words of durations and times, in English and Greek. They are compared without case and accents."""

import re

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400

UNITS: dict[str, int] = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "δ", "δευτ", "δευτερολεπτο", "δευτερολεπτα"), 1),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "λ", "λεπτο", "λεπτα"), MINUTE_S),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "ω", "ωρα", "ωρες"), HOUR_S),
    **dict.fromkeys(("d", "day", "days", "η", "μερα", "μερες", "ημερα", "ημερες"), DAY_S),
    **dict.fromkeys(("w", "week", "weeks", "ε", "εβδομαδα", "εβδομαδες"), 7 * DAY_S),
}
NUMBERS: dict[str, float] = {
    **dict.fromkeys(("a", "an", "one", "ενα", "μια", "μιας"), 1),
    **dict.fromkeys(("two", "δυο"), 2),
    **dict.fromkeys(("three", "τρια", "τρεις"), 3),
    **dict.fromkeys(("four", "τεσσερα", "τεσσερις"), 4),
    **dict.fromkeys(("five", "πεντε"), 5),
    **dict.fromkeys(("six", "εξι"), 6),
    **dict.fromkeys(("seven", "εφτα", "επτα"), 7),
    **dict.fromkeys(("eight", "οχτω", "οκτω"), 8),
    **dict.fromkeys(("nine", "εννια", "εννεα"), 9),
    **dict.fromkeys(("ten", "δεκα"), 10),
    **dict.fromkeys(("twelve", "δωδεκα"), 12),
    **dict.fromkeys(("fifteen", "δεκαπεντε"), 15),
    **dict.fromkeys(("twenty", "εικοσι"), 20),
    **dict.fromkeys(("thirty", "τριαντα"), 30),
    **dict.fromkeys(("forty", "σαραντα"), 40),
    **dict.fromkeys(("half", "μιση", "μισο"), 0.5),
    **dict.fromkeys(("μιαμιση", "εναμιση", "εναμισι"), 1.5),
}
# Spans that are written without a number and a unit of the table.
SPANS: dict[str, float] = {
    "half hour": HOUR_S / 2,
    "half an hour": HOUR_S / 2,
    "half a minute": MINUTE_S / 2,
    "half a day": DAY_S / 2,
    "quarter of an hour": HOUR_S / 4,
    "a quarter of an hour": HOUR_S / 4,
    "ενα τεταρτο": HOUR_S / 4,
    "τεταρτο": HOUR_S / 4,
}
HALF_MORE = ("and a half", "και μιση", "και μισο")  # "an hour and a half"
AND = frozenset({"and", "και"})
AFTER = ("in", "after", "σε", "μετα απο", "μετα")
FROM_NOW = ("from now", "απο τωρα")

DAYS: dict[str, int] = {
    **dict.fromkeys(("today", "σημερα"), 0),
    **dict.fromkeys(("tonight", "αποψε"), 0),
    **dict.fromkeys(("tomorrow", "αυριο"), 1),
    **dict.fromkeys(("the day after tomorrow", "day after tomorrow", "overmorrow", "μεθαυριο", "μεθαυριον"), 2),
    **dict.fromkeys(("yesterday", "χθες", "χτες"), -1),
    **dict.fromkeys(("προχθες", "προχτες"), -2),
}
TONIGHT = frozenset({"tonight", "αποψε"})
WEEKDAYS: dict[str, int] = {
    **dict.fromkeys(("monday", "mon", "δευτερα", "δευ"), 0),
    **dict.fromkeys(("tuesday", "tue", "tues", "τριτη", "τρι"), 1),
    **dict.fromkeys(("wednesday", "wed", "τεταρτη", "τετ"), 2),
    **dict.fromkeys(("thursday", "thu", "thur", "thurs", "πεμπτη", "πεμ"), 3),
    **dict.fromkeys(("friday", "fri", "παρασκευη", "παρ"), 4),
    **dict.fromkeys(("saturday", "sat", "σαββατο", "σαβ"), 5),
    **dict.fromkeys(("sunday", "sun", "κυριακη", "κυρ"), 6),
}
MONTHS: dict[str, int] = {
    **dict.fromkeys(("january", "jan", "ιανουαριου", "ιανουαριος", "γεναρη", "ιαν"), 1),
    **dict.fromkeys(("february", "feb", "φεβρουαριου", "φεβρουαριος", "φλεβαρη", "φεβ"), 2),
    **dict.fromkeys(("march", "mar", "μαρτιου", "μαρτιος", "μαρτη", "μαρ"), 3),
    **dict.fromkeys(("april", "apr", "απριλιου", "απριλιος", "απριλη", "απρ"), 4),
    **dict.fromkeys(("may", "μαιου", "μαιος", "μαη", "μαι"), 5),
    **dict.fromkeys(("june", "jun", "ιουνιου", "ιουνιος", "ιουνη", "ιουν"), 6),
    **dict.fromkeys(("july", "jul", "ιουλιου", "ιουλιος", "ιουλη", "ιουλ"), 7),
    **dict.fromkeys(("august", "aug", "αυγουστου", "αυγουστος", "αυγ"), 8),
    **dict.fromkeys(("september", "sep", "sept", "σεπτεμβριου", "σεπτεμβριος", "σεπτεμβρη", "σεπ", "σεπτ"), 9),
    **dict.fromkeys(("october", "oct", "οκτωβριου", "οκτωβριος", "οκτωβρη", "οκτ"), 10),
    **dict.fromkeys(("november", "nov", "νοεμβριου", "νοεμβριος", "νοεμβρη", "νοε"), 11),
    **dict.fromkeys(("december", "dec", "δεκεμβριου", "δεκεμβριος", "δεκεμβρη", "δεκ"), 12),
}
NEXT = frozenset({"next", "επομενη", "επομενο", "αλλη", "αλλο", "ερχομενη", "ερχομενο"})
THIS = frozenset({"this", "αυτη", "αυτο"})
MONTH_UNITS: dict[str, int] = {
    **dict.fromkeys(("month", "months", "μηνα", "μηνας", "μηνες"), 1),
    **dict.fromkeys(("year", "years", "χρονο", "χρονια", "ετος", "ετη"), 12),
}
WEEK = frozenset({"week", "εβδομαδα"})

ARTICLES = ("on the", "on", "the", "την", "τη", "τον", "το", "στις", "στην", "στη", "στον", "στο", "του", "της")
ORDINAL_ARTICLES = frozenset({"on the", "the"})
AT = ("at", "@", "στις", "στη", "στην", "στο", "στα", "κατα τις")
IN_THE = ("in the", "at", "this", "το", "τα", "στις", "στα", "στο")
AM = frozenset({"am", "a.m", "a.m.", "πμ", "π.μ", "π.μ."})
PM = frozenset({"pm", "p.m", "p.m.", "μμ", "μ.μ", "μ.μ."})
OCLOCK = frozenset({"o'clock", "oclock"})
MINUTES_MORE = {"και μιση": 30, "και τεταρτο": 15, "παρα τεταρτο": -15}  # «στις 9 και μισή»
PAST_OR_TO = {"half past": 30, "quarter past": 15, "a quarter past": 15, "quarter to": -15, "a quarter to": -15}
# Parts of a day: the hour that each means alone. Midnight is the end of a day.
PARTS_OF_DAY: dict[str, int] = {
    **dict.fromkeys(("morning", "πρωι"), 9),
    **dict.fromkeys(("noon", "midday", "μεσημερι"), 12),
    "afternoon": 15,
    "απογευμα": 17,
    "evening": 18,
    **dict.fromkeys(("night", "βραδυ"), 21),
    **dict.fromkeys(("midnight", "μεσανυχτα"), 24),
}
MORNINGS = frozenset({"morning", "πρωι"})
TONIGHT_HOUR = 20

NUMBER = re.compile(r"\d{1,9}(?:[.,]\d{1,3})?")
SPAN_PART = re.compile(r"(\d{1,9}(?:[.,]\d{1,3})?)([^\W\d_]+)[.,]*")
HOUR = re.compile(r"\d{1,2}")
YEAR = re.compile(r"20[2-9]\d")
DAY_OF_MONTH = re.compile(r"(\d{1,2})(st|nd|rd|th|η|ης)?")
CLOCK = re.compile(r"(\d{1,2})(?:([:.])(\d{2})(?::\d{2})?)?(am|pm|πμ|μμ|a\.m\.?|p\.m\.?|π\.μ\.?|μ\.μ\.?)?")
ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
NUMERIC_DATE = re.compile(r"(\d{1,2})([/.-])(\d{1,2})(?:\2(\d{4}|\d{2}))?")
ISO_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})t(\d{2}:\d{2}(?::\d{2})?)")
