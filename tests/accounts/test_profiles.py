"""What the fields of a profile accept."""

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
def test_an_email_address_is_stored_without_surrounding_spaces(address: str) -> None:
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
def test_an_invalid_email_address_is_refused(address: str) -> None:
    with pytest.raises(BadEmail) as refused:
        profiles.clean_email(address)

    assert (refused.value.code, refused.value.field) == ("bad_email", "email")


@pytest.mark.parametrize("day", ["1915-12-10", "2024-02-29", "2026-02-28", "1876-03-02"])
def test_a_date_in_the_past_is_accepted_as_date_of_birth(day: str) -> None:
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


def test_a_user_born_on_leap_day_turns_a_year_older_on_1_march() -> None:
    assert profiles.age_on("2000-02-29", date(2025, 2, 28)) == 24
    assert profiles.age_on("2000-02-29", date(2025, 3, 1)) == 25


def test_gender_and_place_are_single_lines_of_text() -> None:
    assert profiles.clean_gender("  non  binary ") == "non binary"
    assert profiles.clean_place("Αθήνα, Ελλάδα 🏛") == "Αθήνα, Ελλάδα 🏛"
    assert profiles.clean_place("x" * 80) == "x" * 80
    assert [check("  ") for check in (profiles.clean_email, profiles.clean_gender, profiles.clean_place)] == [None] * 3
    assert profiles.clean_birth_date("", TODAY) is None


@pytest.mark.parametrize("entered", ["x" * 81, "\ud800"])
def test_a_text_that_is_not_a_single_line_is_refused(entered: str) -> None:
    with pytest.raises(BadPlace):
        profiles.clean_place(entered)
    with pytest.raises(BadGender):
        profiles.clean_gender(entered[:41])


@given(st.text(max_size=150))
def test_any_text_is_either_stored_or_refused(entered: str) -> None:
    for check, max_chars in ((profiles.clean_email, 128), (profiles.clean_gender, 40), (profiles.clean_place, 80)):
        try:
            kept = check(entered)
        except Malformed:
            continue
        assert kept is None or 1 <= len(kept) <= max_chars
        assert kept is None or check(kept) == kept
