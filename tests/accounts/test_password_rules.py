"""Which new passwords are refused, and why. The browser's rules have the same examples."""

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

from tests.documentation import ROOT
from ting.accounts.password_rules import MAX_PASSWORD_CHARS, MESSAGES, PasswordFault, PasswordRules
from ting.accounts.passwords import Passwords
from ting.core.errors import BadPassword

EXAMPLES: Any = json.loads((ROOT / "tests" / "passwords.json").read_text())


@pytest.fixture(scope="module")
def rules() -> PasswordRules:
    return PasswordRules(EXAMPLES["host"])


@pytest.mark.parametrize(("password", "fault"), EXAMPLES["examples"])
def test_a_password_is_refused_for_the_rule_that_it_breaks(
    rules: PasswordRules, password: str, fault: str | None
) -> None:
    assert rules.fault(password, EXAMPLES["name"], EXAMPLES["email"]) == fault


def test_every_rule_has_a_message_and_an_example() -> None:
    assert set(MESSAGES) == set(PasswordFault)
    assert {fault for _, fault in EXAMPLES["examples"]} == {*PasswordFault, None} - {PasswordFault.LONG}


def test_a_refusal_says_which_rule_it_is() -> None:
    passwords = Passwords()

    with pytest.raises(BadPassword) as refused:
        passwords.check("Summer2026", "ada")

    assert (refused.value.reason, refused.value.message) == ("common", MESSAGES[PasswordFault.COMMON])
    with pytest.raises(BadPassword) as refused:
        passwords.check("x" * (MAX_PASSWORD_CHARS + 1), "ada")
    assert refused.value.reason == "long"
    passwords.close()


@pytest.mark.parametrize("step", [10, pytest.param(1, marks=pytest.mark.slow)])
def test_at_least_ten_thousand_common_passwords_are_refused(rules: PasswordRules, step: int) -> None:
    common = (ROOT / "static" / "passwords" / "common.txt").read_text().split()
    long_enough = [entry for entry in common if len(entry) >= 8]

    assert len(long_enough) >= 10_000
    assert not [entry for entry in long_enough[::step] if rules.fault(entry, "ada") is None]
    decorated = [f"{entry.capitalize()}2026!" for entry in common if entry.isalpha()]
    assert len(decorated) >= 10_000
    assert not [entry for entry in decorated[::step] if rules.fault(entry, "ada") is None]


def test_the_list_is_that_of_its_source() -> None:
    tool = runpy.run_path(str(ROOT / "tools" / "make-common-passwords.py"))

    target: Path = tool["TARGET"]
    assert target.read_text().split() == tool["common_passwords"](), "run tools/make-common-passwords.py"
