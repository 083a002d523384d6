"""Actions of users and operators that fill a database with all kinds of documents and fields.

All actions use the network or the command line. `test_old_database.py` reads the result with this version and with
later ones. Add to the scenario when Ting stores something new.
"""

import asyncio
from datetime import date
from urllib.parse import quote

from tests.client import message_id
from tests.store.old_database.program import found_in
from tests.store.old_database.users import Users, animation, eventually, path_of, picture

BANNED_ADDRESS = "198.51.100.7"
UNSENT = "unsent.txt"
WITHOUT_PASSWORD = ("mia", "Ζωή", "eve", "pia", "sue", "sid", "ned", "gus", "kim", "lou", "lee", "rob", "tim", "ivy")
BORN = date(1990, 1, 31)


async def run(users: Users) -> None:
    """Run all steps that need a running server."""
    try:
        for step in (register, invite, operate, choose, chat, direct, files, commands, lists, moderate, leave, indexed):
            await step(users)
    finally:
        await users.people.close()


async def run_when_stopped(users: Users) -> None:
    """Start a deletion that the server completes after its next start."""
    await users.program.run(["user", "delete", "lou", "--messages", "remove", "--yes"])


async def register(users: Users) -> None:
    """Users with and without passwords, a second session, tokens of programs."""
    first = users.record["invitations"]["first"] = await users.program.read_first_invitation()
    await users.enter_with_password("ann", invitation=first)
    await users.enter_with_password("bob")
    await asyncio.gather(*map(users.enter, WITHOUT_PASSWORD))
    await users.enter("mal", BANNED_ADDRESS)
    password = users.record["persons"]["pia"]["password"] = "correct horse of pia"
    await users.ask("pia", "PUT", "/api/me/password", {"password": password})
    users.record["persons"]["bob"]["second"] = await users.sign_in("bob")
    for label, days in (("endless", None), ("ending", 3650), ("revoked", 1)):
        body = {"name": f"{label} bot", "days": days, "password": users.record["persons"]["bob"]["password"]}
        created = (await users.ask("bob", "POST", "/api/me/tokens", body)).json
        users.record["tokens"][label] = created
    used = f"Bearer {users.record['tokens']['ending']['secret']}"
    assert (await users.people.stranger().get("/api/me", Authorization=used)).status == 200


async def invite(users: Users) -> None:
    """Invitations: used, unused, for a role, revoked."""
    bodies = {"used": {"role": "moderator"}, "unused": {"uses": 3, "days": 300}, "admin": {"role": "admin"}}
    created = {
        label: (await users.ask("ann", "POST", "/api/invitations", body)).json
        for label, body in (bodies | {"revoked": {}}).items()
    }
    users.record["invitations"] |= {label: invitation["token"] for label, invitation in created.items()}
    await users.enter("max", invitation=created["used"]["token"])
    await users.ask("ann", "DELETE", f"/api/invitations/{created['revoked']['id']}")


async def operate(users: Users) -> None:
    """Commands of operators while the server runs."""
    password = users.record["persons"]["sue"]["password"] = "correct horse of sue"
    _, invited, token, *_ = await users.program.run(
        ["user", "role", "mia", "moderator"],
        ["invite", "--uses", "2", "--days", "300", "--role", "moderator"],
        ["token", "create", "bob", "operator's bot", "--days", "3000"],
        ["token", "revoke", "bob", users.record["tokens"]["revoked"]["token"]["id"]],
        ["user", "reset-password", "sue", "--stdin"],
        ["user", "sign-out", "sid"],
        ["user", "delete", "lee", "--yes"],
        entered=f"{password}\n",
    )
    accepted = users.record["invitations"]["command line"] = found_in(invited, r"#invitation=(\S+)")
    users.record["tokens"]["command line"] = {"secret": token[0]}
    await eventually(users.persons["mia"], "/api/bans", lambda answer: answer.status == 200)
    await users.ask("ivy", "PUT", "/api/me/invitation", {"invitation": accepted})


async def choose(users: Users) -> None:
    """Profiles, settings, a profile picture, an ignored user."""
    profile = {"email": "ann@example.org", "birth_date": BORN.isoformat(), "gender": "woman", "place": "Athens"}
    quiet = {"sound": False, "desktop": True, "quiet_from": "22:00", "quiet_to": "07:30", "preview": False}
    shown = ["age", "gender", "place", "last_seen"]
    looks = {"language": "el", "theme": "dark", "share_typing": "letters", "see_typing": "indicator"}
    looks |= {"list_order": "activity"}
    await users.ask("ann", "PATCH", "/api/me", {**profile, **looks, "shown": shown, "notifications": quiet})
    other = {"language": "en", "theme": "light", "share_typing": "nothing", "see_typing": "nothing", "shown": []}
    await users.ask("bob", "PATCH", "/api/me", other)
    await users.ask("Ζωή", "PATCH", "/api/me", {"share_typing": "indicator", "notifications": {"sound": False}})
    await users.ask("ann", "PUT", "/api/me/avatar", picture("PNG", (9, 7)))
    await users.ask("bob", "PUT", "/api/me/ignored/eve")


async def chat(users: Users) -> None:
    """Messages of all kinds in a channel."""
    for name in ("ann", "bob", "Ζωή"):
        await users.connect(name, "#ting")
    plain = await users.say("ann", "plain", "Good morning!\nΚαλημέρα σε όλους.")
    await users.say("bob", "reply", "Good morning, ann.", reply_to=plain)
    typed = users.record["messages"]["typed"] = message_id()
    await users.sockets["bob"].begin("draft", conversation="#ting", id=typed, text="Typed li")
    await users.say("Ζωή", "meanwhile", "Sent while bob types.")
    await users.frame("bob", "send", conversation="#ting", id=typed, text="Typed live.")
    edited = await users.say("ann", "edited", "With an eror.")
    for text in ("Corrected once.", "Corrected twice."):
        await users.ask("ann", "PATCH", f"/api/messages/{edited}", {"text": text})
    deleted = await users.say("Ζωή", "deleted", "A mistake of platypuses.")
    await users.ask("Ζωή", "DELETE", f"/api/messages/{deleted}")
    await users.say("bob", "reply to deleted", "What was it?", reply_to=deleted)
    await users.say("ann", "mention", "@bob and @Ζωή: lunch?")
    await users.say("ann", "here", "@here The soup is ready.")
    for user, emoji in (("bob", "👍"), ("Ζωή", "👍"), ("Ζωή", "🎉")):
        await users.frame(user, "react", id=plain, emoji=emoji, on=True)
    await users.say("eve", "spam", "Buy my watches.")
    await users.say("bob", "slash", "//etc is a directory")
    await users.say("mia", "music", "Something by Theodorakis?", "#music")
    await users.say("tim", "later", "I am off.", "#later")
    await users.say("lou", "attic", "It is quiet here.", "#attic")
    await users.say("kim", "removed", "Kim was here.", "#music")
    await users.say("gus", "kept", "Gus was here.", "#music")
    await users.say("rob", "former", "Rob was here.", "#music")
    await users.ask("mia", "PATCH", "/api/channels/music", {"topic": "What we listen to"})


async def direct(users: Users) -> None:
    """Direct messages, read and unread."""
    for label, user, other in (("ann bob", "ann", "bob"), ("bob zoe", "bob", "Ζωή"), ("bob gus", "gus", "bob")):
        opened = (await users.ask(user, "POST", "/api/conversations", {"user": other})).json
        users.record["direct"][label] = opened["conversation"]
    for label, conversation in users.record["direct"].items():
        author = "gus" if label == "bob gus" else "bob"
        await users.say(author, f"direct {label}", f"A secret of {author}, about marmalade.", conversation)
    conversation = users.record["direct"]["ann bob"]
    await users.say("ann", "direct answer", "I keep it.", conversation)
    await users.frame("ann", "read", conversation=conversation, seq=2)


async def files(users: Users) -> None:
    """An image with a preview, a text file, and a file that was not sent."""
    orange = await users.upload("bob", "orange.png", picture("PNG", (8, 6)))
    await users.say("bob", "picture", "An orange.", file=orange["id"])
    notes = await users.upload("bob", "notes.txt", b"Shopping: bread, milk, honey.\n")
    await users.say("bob", "notes", "", file=notes["id"])
    await users.upload("bob", UNSENT, b"Not sent yet.\n")
    wave = await users.upload("bob", "wave.gif", animation((8, 6)))
    await users.say("bob", "wave", "A wave.", file=wave["id"])


async def commands(users: Users) -> None:
    """Messages, values and tasks of plugins."""
    await users.say("mia", "action", "/me waves")
    await users.say("bob", "shrug", "/shrug Who knows?")
    await users.say("ann", "poll", '/poll "Tea?" green black --ends 1d')
    for user, option in (("bob", 1), ("Ζωή", 2), ("ann", 2)):
        await users.say(user, f"vote of {user}", f"/vote {option}")
    await users.say("bob", "reminder", "/remind 1d water the plants")
    await users.say("tim", "due reminder", "/remind 2m call home", "#later")
    await users.say("tim", "due reminder here", "/remind --here 2m tea is ready", "#later")
    await users.say("bob", "stats", "/stats")
    await users.ask("ann", "POST", "/api/plugins/roll", {"enabled": False})


async def lists(users: Users) -> None:
    """Memberships: listed and not, pinned, with a choice of notifications, with read marks."""
    for user, visited in (("ann", ("#ting", "#music")), ("bob", ("#ting", "#music")), ("Ζωή", ("#ting",))):
        for conversation in visited:
            await users.frame(user, "visit", conversation=conversation)
    await users.ask("ann", "PATCH", path_of("#ting"), {"pinned": True, "notify": "all"})
    await users.ask("bob", "PATCH", path_of("#ting"), {"notify": "nothing"})
    await users.ask("bob", "PATCH", path_of("#music"), {"pinned": True, "notify": "mentions"})
    await users.ask("ann", "DELETE", path_of("#music"))
    await users.frame("bob", "read", conversation="#ting", seq=4)
    await users.frame("Ζωή", "read", conversation="#music", seq=3)
    await users.say("mia", "unread", "@bob this one is unread.")
    await users.say("mia", "unread here", "@here and this one.", "#music")


async def moderate(users: Users) -> None:
    """Roles, mutes, kicks, bans, messages deleted by moderators."""
    requests = [
        ("ann", "PATCH", "pia", "", {"role": "moderator"}),
        ("ann", "PATCH", "pia", "", {"role": "member"}),
        ("mia", "POST", "eve", "/mute", {"minutes": 300_000, "reason": "advertises"}),
        ("mia", "POST", "tim", "/mute", {"minutes": 5}),
        ("mia", "DELETE", "tim", "/mute", None),
        ("mia", "POST", "pia", "/kick", {"conversation": "#music", "reason": "wrong room"}),
        ("mia", "POST", "mal", "/ban", {"days": 30, "reason": "spam", "address": True}),
        ("ann", "POST", "ned", "/ban", {}),
        ("ann", "POST", "ivy", "/ban", {"days": 1}),
        ("ann", "DELETE", "ivy", "/ban", None),
    ]
    for user, method, name, action, body in requests:
        await users.ask(user, method, f"/api/users/{quote(name)}{action}", body)
    await users.ask("mia", "DELETE", f"/api/messages/{users.record['messages']['spam']}")


async def leave(users: Users) -> None:
    """A name that was freed and taken by another user, and deleted accounts."""
    await users.ask("rob", "DELETE", "/api/session")
    users.record["persons"]["former rob"] = users.record["persons"]["rob"]
    await users.enter("rob")
    await users.ask("kim", "DELETE", "/api/me", {"messages": "remove"})
    await users.ask("gus", "DELETE", "/api/me", {"messages": "keep"})


async def indexed(users: Users) -> None:
    """Wait until the search index has the newest message."""
    await eventually(users.persons["bob"], "/api/search?q=unread", lambda answer: answer.json["hits"] != [])
