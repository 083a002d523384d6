"""/poll and /vote: a question to the channel. The result is updated with every vote."""

import unicodedata
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any

from ting.commands import ArgumentError, Context, Duration, Plugin, Range

MAX_OPTIONS = 10
BAR = 10  # blocks
KEPT = timedelta(days=90)
INVISIBLE = ("Cc", "Cf", "Cs", "Zs", "Zl", "Zp")  # Unicode categories
BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufe0e\ufe0f")  # letters and marks without ink

plugin = Plugin("poll")


@plugin.command("poll", cooldown="3/1m")
async def poll(
    ctx: Context,
    question: str,
    *options: str,
    ends: Annotated[Duration, Range(timedelta(seconds=10), timedelta(days=30))] | None = None,
) -> None:
    """Start a poll: /poll "Lunch?" pizza "fish and chips" --ends 1h. Others vote with /vote 1."""
    question, *choices = (" ".join(text.split()) for text in (question, *options))
    check(question, choices)
    record = {"question": question, "options": choices, "open": True}
    said = await ctx.say(shown(record, {}))
    await ctx.store.set(f"poll {said.id}", record, expires=KEPT)
    await ctx.store.set(f"latest {ctx.conversation}", said.id, expires=KEPT)
    if ends is not None:
        await ctx.later(ends, "end", said.id)


def check(question: str, options: Sequence[str]) -> None:
    """Raises `ArgumentError` if voters could not tell the options apart."""
    if not 2 <= len(options) <= MAX_OPTIONS:
        raise ArgumentError(f"A poll must have 2 to {MAX_OPTIONS} options. Put quotes around options of several words.")
    if not all(map(visible, (question, *options))):
        raise ArgumentError("The question and each option must have a text.")
    seen: set[str] = set()
    for option in options:
        if visible(option) in seen:
            raise ArgumentError(f"The option {option} is there twice. Write each option once.")
        seen.add(visible(option))


def visible(text: str) -> str:
    """Return the text as readers compare it: without case, width and invisible characters."""
    folded = unicodedata.normalize("NFKC", text).casefold()  # noqa: TID251 - a command is short
    return "".join(each for each in folded if each not in BLANKS and unicodedata.category(each) not in INVISIBLE)


@plugin.command("vote")
async def vote(ctx: Context, option: Annotated[int, Range(1, MAX_OPTIONS)]) -> str:
    """Vote in the latest poll here, by the number of an option; vote again to change your vote."""
    message_id = await ctx.store.get(f"latest {ctx.conversation}")
    record = await ctx.store.get(f"poll {message_id}") if message_id else None
    if record is None or not record["open"]:
        raise ArgumentError("There is no open poll here.")
    if option > len(record["options"]):
        raise ArgumentError(f"This poll has only {len(record['options'])} options.")
    await ctx.store.set(f"vote {message_id} {ctx.caller.id}", option, expires=KEPT)
    await show(ctx, message_id)
    return f"You voted for {record['options'][option - 1]}."


@plugin.task("end")
async def end(ctx: Context, message_id: str) -> None:
    """Close a poll and show the result."""
    record = await ctx.store.get(f"poll {message_id}")
    if record is not None:
        record["open"] = False
        await ctx.store.set(f"poll {message_id}", record, expires=KEPT)
        await show(ctx, message_id)


async def show(ctx: Context, message_id: str) -> None:
    """Update the message of a poll.

    Other calls may do so at the same time, and an older text may be stored last. So each call checks, after it stored
    a text, whether that is still the newest.
    """
    said = await ctx.said(message_id)
    text = None
    while said is not None and (newest := await current_text(ctx, message_id)) not in (None, text):
        text = newest
        await said.edit(text)


async def current_text(ctx: Context, message_id: str) -> str | None:
    """Return the text of a poll with the votes so far; None if the poll is no longer stored."""
    record = await ctx.store.get(f"poll {message_id}")
    votes: dict[int, int] = {}
    async for _, option in ctx.store.scan(f"vote {message_id} "):
        votes[option] = votes.get(option, 0) + 1
    return None if record is None else shown(record, votes)


def shown(record: dict[str, Any], votes: dict[int, int]) -> str:
    """Return the question, and the number of votes for each option."""
    total = sum(votes.values())
    lines = [f"📊 {record['question']}"]
    for number, option in enumerate(record["options"], 1):
        count = votes.get(number, 0)
        filled = round(BAR * count / total) if total else 0
        lines.append(f"{number}. {option}  {'▰' * filled}{'▱' * (BAR - filled)} {count}")
    in_all = f"{total} vote{'' if total == 1 else 's'}"
    lines.append(
        f"{in_all}. Vote with /vote and the number." if record["open"] else f"The poll is closed, with {in_all}."
    )
    return "\n".join(lines)
