"""The commands that come with Ting, as users see them: each is run through the chat of `ting.testing`."""

import asyncio
import re
import time

import pytest

from ting.core.errors import Muted
from ting.core.message_ids import new_id
from ting.core.models import Message
from ting.testing import Chat, Visitor


def test_help_lists_the_commands_that_the_caller_may_run(chat: Chat) -> None:
    (help_for_user,) = chat.as_("ada").run("/help").replies
    (help_for_admin,) = chat.as_("bob", permission="admin").run("/help").replies

    assert "/roll [dice]: Roll dice: d20, 2d6, 3d8+2." in help_for_user
    assert "/kick" not in help_for_user
    assert "/kick <user> [reason…]" in help_for_admin
    assert chat.as_("ada").run("/help /roll").replies == ["/roll [dice]\nRoll dice: d20, 2d6, 3d8+2."]
    assert chat.as_("ada").run("/help kick").error.startswith("There is no command /kick that you can use.")


def test_help_shows_admins_the_problems_of_plugins(chat: Chat) -> None:
    chat.wait(chat.engine.switch("roll", False))

    assert "! roll is disabled" in chat.as_("bob", permission="admin").run("/help").replies[0]
    assert "disabled" not in chat.as_("ada").run("/help").replies[0]
    assert chat.as_("ada").run("/roll").error == "The command /roll is disabled."
    chat.restart()
    assert chat.as_("ada").run("/roll").refusal is not None
    chat.wait(chat.engine.switch("roll", True))
    assert chat.as_("ada").run("/roll").refusal is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("/me waves", "waves"),
        ("/shrug", r"¯\_(ツ)_/¯"),
        ("/shrug who knows", r"who knows ¯\_(ツ)_/¯"),
        ("/roll d1000", r"rolls d1000: \d{1,4}"),
        ("/roll 2D6", r"rolls 2d6: (\d+) \(\d \+ \d\)"),
        ("/roll 1d2+3", r"rolls 1d2\+3: [45] \([12] \+ 3\)"),
        ("/roll 1d2-3", r"rolls 1d2-3: -[12] \([12] - 3\)"),
        ("/roll 1d2−3", r"rolls 1d2-3: -[12] \([12] - 3\)"),
    ],
)
def test_commands_that_post_a_message(chat: Chat, typed: str, said: str) -> None:
    outcome = chat.as_("ada").run(typed)

    assert len(outcome.said) == 1
    assert outcome.said[0] == said or re.fullmatch(said, outcome.said[0])
    assert outcome.posted[0].author.name == "ada"
    assert outcome.posted[0].via == typed[1:].partition(" ")[0]


@pytest.mark.parametrize("typed", ["/roll 0d6", "/roll 101d6", "/roll d1", "/roll six", "/me", "/msg bob", "/vote 1"])
def test_wrong_arguments_are_refused_with_the_usage(chat: Chat, typed: str) -> None:
    chat.as_("bob")
    outcome = chat.as_("ada").run(typed)

    assert outcome.refusal is not None and outcome.refusal.code == "bad_arguments"
    assert "Usage: /" in outcome.error


def test_rolling_too_often_is_refused(chat: Chat) -> None:
    ada = chat.as_("ada")
    outcomes = [ada.run("/roll").refusal for _ in range(6)]

    assert [refusal.code for refusal in outcomes if refusal] == ["too_many"]
    chat.advance("3s")
    assert ada.run("/roll").refusal is None


def test_topics_people_and_names(chat: Chat) -> None:
    ada = chat.as_("ada")
    chat.as_("Bob")

    assert ada.run("/topic").replies == ["This channel has no topic."]
    assert ada.run("/topic tea & cake").replies == []
    assert ada.run("/topic").replies == ["tea & cake"]
    ada.run("/topic --clear")
    assert ada.run("/topic").replies == ["This channel has no topic."]
    assert ada.run("/who").replies == ["2 here: ada, Bob"]
    assert ada.run("/nick anna").replies == ["Your nickname is now anna."]
    assert ada.run("/nick BOB").refusal is not None
    assert ada.run("/who").replies == ["2 here: anna, Bob"]


def test_msg_posts_in_the_direct_conversation(chat: Chat) -> None:
    chat.as_("bob")
    outcome = chat.as_("ada").run("/msg @bob hello there")

    assert outcome.replies == ["Direct message to bob: hello there"]
    assert [(message.conversation, message.text) for message in outcome.posted] == [("@ada-id~bob-id", "hello there")]
    assert "You cannot send direct messages to yourself." in chat.as_("ada").run("/msg ada hello").error


def test_a_name_may_begin_with_the_sign_of_a_mention(chat: Chat) -> None:
    ada, mod = chat.as_("ada"), chat.as_("eve", permission="moderator")
    for name in ("bob", "@bob"):
        chat.as_(name)

    assert ada.run("/msg @bob secret").replies == ["Direct message to @bob: secret"]
    assert ada.run("/msg bob secret").replies == ["Direct message to bob: secret"]
    assert chat.complete(ada, "/msg @b") == ["bob", "@@bob"]
    assert chat.complete(ada, "/msg @a") == ["@ada"]
    assert ada.run("/msg @@bob secret").replies == ["Direct message to @bob: secret"]
    assert mod.run("/kick @bob").replies == ["@bob was removed from this channel."]
    assert mod.run("/unban @bob").replies == ["@bob is no longer banned."]


def test_only_moderators_can_use_the_moderation_commands(chat: Chat) -> None:
    eve = chat.as_("eve")
    mod = chat.as_("ada", permission="moderator")

    assert eve.run("/kick ada").error == "Only moderators can use /kick."
    assert mod.run("/mute eve 1h too loud").replies == ["eve is muted for 60 minutes."]
    assert mod.run("/mute eve --off").replies == ["eve is no longer muted."]
    assert mod.run("/kick eve be nice").replies == ["eve was removed from this channel."]
    assert mod.run("/ban eve --days 3 spam spam").replies == ["eve is banned for 3 days."]
    assert mod.run("/unban eve").replies == ["eve is no longer banned."]
    link = "This invitation link can be used 5 times within 7 days: http"
    assert mod.run("/invite --uses 5").replies[0].startswith(link)
    assert eve.run("/ignore ada").replies == ["You now ignore ada."]
    assert chat.memory.actions.done == [
        ("mute", "eve", "60", "too loud"),
        ("unmute", "eve"),
        ("kick", "eve", "#ting", "be nice"),
        ("ban", "eve", "3", "spam spam"),
        ("unban", "eve"),
        ("invite", "5", "7"),
        ("ignore", "ada"),
    ]


def test_a_poll_is_updated_with_every_vote(chat: Chat) -> None:
    ada, bob = chat.as_("ada"), chat.as_("bob")
    ada.run('/poll "Lunch?" pizza "fish and chips" --ends 1h')

    assert bob.run("/vote 2").replies == ["You voted for fish and chips."]
    ada.run("/vote 2")
    ada.run("/vote 1")
    (shown,) = chat.messages
    assert shown.splitlines() == [
        "📊 Lunch?",
        "1. pizza  ▰▰▰▰▰▱▱▱▱▱ 1",
        "2. fish and chips  ▰▰▰▰▰▱▱▱▱▱ 1",
        "2 votes. Vote with /vote and the number.",
    ]
    assert "This poll has only 2 options." in ada.run("/vote 3").error
    chat.restart()
    chat.advance("1h")
    assert chat.messages[0].endswith("The poll is closed, with 2 votes.")
    assert "There is no open poll here." in ada.run("/vote 1").error


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ('/poll "" x y', "The question and each option must have a text."),
        ("/poll Lunch? x ' '", "The question and each option must have a text."),
        ("/poll Lunch? x \u200b\u3164", "The question and each option must have a text."),
        ("/poll Lunch? x y x", "The option x is there twice."),
        ("/poll Lunch? pizza “ PIZZA ”", "The option PIZZA is there twice."),
        ("/poll Lunch? tea te\u00ada", "is there twice."),
        ("/poll Lunch? x", "A poll must have 2 to 10 options."),
    ],
)
def test_a_poll_whose_options_cannot_be_told_apart_is_refused(chat: Chat, typed: str, reason: str) -> None:
    outcome = chat.as_("ada").run(typed)

    assert reason in outcome.error and "Usage: /poll" in outcome.error
    assert chat.messages == []


def test_a_poll_may_have_quotes_of_any_kind(chat: Chat) -> None:
    chat.as_("ada").run("/poll 'Lunch today?' pizza ‘fish and chips’ —ends 1h")
    chat.as_("ada").run("/vote 1")

    assert chat.messages[0].splitlines() == [
        "📊 Lunch today?",
        "1. pizza  ▰▰▰▰▰▰▰▰▰▰ 1",
        "2. fish and chips  ▱▱▱▱▱▱▱▱▱▱ 0",
        "1 vote. Vote with /vote and the number.",
    ]


@pytest.mark.parametrize(
    ("meanwhile", "last_line"),
    [("a vote", "2 votes. Vote with /vote and the number."), ("the end", "The poll is closed, with 1 vote.")],
)
def test_a_poll_shows_the_newest_result_even_if_updates_overlap(
    chat: Chat, monkeypatch: pytest.MonkeyPatch, meanwhile: str, last_line: str
) -> None:
    ada, bob = chat.as_("ada"), chat.as_("bob")
    ada.run("/poll Lunch? pizza soup --ends 1m")
    edit, started = chat.memory.messaging.edit, asyncio.Event()

    async def edit_late(message: Message, text: str) -> Message:
        monkeypatch.setattr(chat.memory.messaging, "edit", edit)
        started.set()
        for _ in range(100):
            await asyncio.sleep(0)
        return await edit(message, text)

    async def vote(visitor: Visitor) -> None:
        id = new_id(chat.memory.clock.now())
        await chat.engine.registry.run(visitor.person, "#ting", id, "/vote 1", lambda *_: None)

    async def overtake() -> None:
        await started.wait()
        if meanwhile == "a vote":
            await vote(bob)
        else:
            chat.memory.clock.move(60_000)
            await chat.engine.scheduler.run_due()

    async def both() -> None:
        await asyncio.gather(vote(ada), overtake())

    monkeypatch.setattr(chat.memory.messaging, "edit", edit_late)
    chat.wait(both())

    assert chat.messages[0].splitlines()[-1] == last_line


def test_a_reminder_survives_a_restart_and_waits_for_an_absent_user(chat: Chat) -> None:
    ada, bob = chat.as_("ada"), chat.as_("bob")
    assert ada.run("/remind 20m tea").replies[0].endswith(": tea")
    assert bob.run("/remind in 30 minutes stand --here up").replies[0].endswith(": stand up")
    assert "This time is in the past." in ada.run("/remind 2001-01-01 nothing").error

    chat.restart()
    chat.advance("19m")
    assert ada.notices == []
    chat.advance("1m")
    assert ada.notices == ["⏰ tea"]
    assert bob.notices == []

    ada.run("/remind 1h cake")
    ada.leave()
    assert chat.advance("2h").said == ["⏰ stand up"]
    ada.come()
    assert ada.notices == ["⏰ cake"]


def test_a_reminder_is_set_for_the_clock_of_its_own_date_and_names_the_time_zone(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Europe/Athens")
        time.tzset()
        replies = [
            chat.as_("ada").run(f"/remind {typed} 5 eggs").replies[0]
            for typed in ("1 July at 9", "10 hours", "in 1680h", "μεθαύριο στις 9")
        ]
    time.tzset()

    assert replies == [
        "Reminder set for 2027-07-01 at 09:00 EEST: 5 eggs",
        "Reminder set for 2027-01-15 at 20:00 EET: 5 eggs",
        "Reminder set for 2027-03-26 at 10:00 EET: 5 eggs",
        "Reminder set for 2027-01-17 at 09:00 EET: 5 eggs",
    ]


def test_a_reminder_counts_toward_the_limit_until_it_is_posted(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: object, **__: object) -> Message:
        raise Muted(retry_after=60)

    monkeypatch.setattr("ting_plugins.remind.MAX_PER_USER", 1)
    ada = chat.as_("ada")
    ada.run("/remind --here 1m tea")
    with monkeypatch.context() as patch:
        patch.setattr(chat.memory.messaging, "send", refuse)
        chat.advance("1m59s")

    assert ada.run("/remind 1h cake").error.startswith("You cannot have more than 1 reminders.")
    assert chat.advance("1s").said == ["⏰ tea"]
    assert ada.run("/remind 1h cake").refusal is None
    assert ada.run("/remind 1h pie").refusal is not None


def test_messages_are_counted(chat: Chat) -> None:
    ada, bob = chat.as_("ada"), chat.as_("bob")
    for visitor in (ada, ada, bob):
        visitor.say("hello")
    chat.restart()

    assert bob.run("/stats").replies == ["3 messages by 2 people\n1. ada: 2\n2. bob: 1"]
