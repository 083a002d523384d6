"""What can be said of oneself."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ting.accounts import profiles
from ting.core.errors import BadBirthDate, BadEmail, BadGender, BadPlace, Malformed

TODAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    "address",
    [
        "ada@example.org",
        "a@b.c",
        "ada.l+ting@mail.example.co.uk",
        "αντα@παράδειγμα.ελ",
        "x" * 118 + "@example.c",
    ],
)
def test_an_email_address_is_kept_as_it_is(address: str) -> None:
    assert profiles.clean_email(f" {address} ") == address


@pytest.mark.parametrize(
    "address",
    [
        "ada",
        "@example.org",
        "ada@",
        "ada@example",
        "ada@example.",
        "ada@.org",
        "ada@@example.org",
        "ada@example.org@example.org",
        "ada.example.org",
        "a da@example.org",
        "ada@exa mple.org",
        "ada@example.org\nx",
        "ada\0@example.org",
        "\ud800@example.org",
        "x" * 119 + "@example.c",
    ],
)
def test_what_is_no_email_address_is_refused(address: str) -> None:
    with pytest.raises(BadEmail) as refused:
        profiles.clean_email(address)

    assert (refused.value.code, refused.value.field) == ("bad_email", "email")


@pytest.mark.parametrize("day", ["1915-12-10", "2024-02-29", "2026-02-28", "1876-03-02"])
def test_a_day_in_the_past_is_a_date_of_birth(day: str) -> None:
    assert profiles.clean_birth_date(day, TODAY) == day


@pytest.mark.parametrize(
    "day",
    [
        "2026-03-01",
        "2026-03-02",
        "2025-02-29",
        "2000-13-01",
        "2000-00-10",
        "1870-01-01",
        "0001-01-01",
        "2000-1-1",
        "20000101",
        "2000-W01-1",
        "1.1.2000",
        "٢٠٠٠-٠١-٠١",
        "2000-01-01T00:00",
        "yesterday",
        " 2000-01-01",
    ],
)
def test_any_other_date_of_birth_is_refused(day: str) -> None:
    with pytest.raises(BadBirthDate) as refused:
        profiles.clean_birth_date(day, TODAY)

    assert (refused.value.code, refused.value.field) == ("bad_birth_date", "birth_date")


@pytest.mark.parametrize(
    ("born", "years"),
    [("2000-03-01", 26), ("2000-03-02", 25), ("2000-02-29", 26), ("2026-02-28", 0), ("1999-12-31", 26)],
)
def test_age_counts_whole_years(born: str, years: int) -> None:
    assert profiles.age_on(born, TODAY) == years


def test_who_was_born_on_leap_day_grows_older_on_the_first_of_march() -> None:
    assert profiles.age_on("2000-02-29", date(2025, 2, 28)) == 24
    assert profiles.age_on("2000-02-29", date(2025, 3, 1)) == 25


def test_gender_and_place_are_lines_of_text() -> None:
    assert profiles.clean_gender("  non  binary ") == "non binary"
    assert profiles.clean_place("Αθήνα, Ελλάδα 🏛") == "Αθήνα, Ελλάδα 🏛"
    assert profiles.clean_place("x" * 80) == "x" * 80
    assert [check("  ") for check in (profiles.clean_email, profiles.clean_gender, profiles.clean_place)] == [None] * 3
    assert profiles.clean_birth_date("", TODAY) is None


@pytest.mark.parametrize("said", ["x" * 81, "a\0b", "a\x1bb", "\ud800"])
def test_what_is_no_line_of_text_is_refused(said: str) -> None:
    with pytest.raises(BadPlace):
        profiles.clean_place(said)
    with pytest.raises(BadGender):
        profiles.clean_gender(said[:41])


@given(st.text(max_size=150))
def test_any_text_can_be_kept_or_is_refused(said: str) -> None:
    for check, most in ((profiles.clean_email, 128), (profiles.clean_gender, 40), (profiles.clean_place, 80)):
        try:
            kept = check(said)
        except Malformed:
            continue
        assert kept is None or 1 <= len(kept) <= most
        assert kept is None or check(kept) == kept
