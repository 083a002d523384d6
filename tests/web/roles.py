"""Users with roles, for tests of moderation."""

from tests.client import People, Person
from ting.server import Server


def first_token(server: Server) -> str:
    """The invitation token in the link for the first admin."""
    assert server.first_link is not None
    return server.first_link.partition("#invitation=")[2]


async def enter_as_admin(people: People, server: Server, name: str = "ann", **entry: str) -> Person:
    """Register the first admin."""
    return await people.enter(name, invitation=first_token(server), **entry)


async def enter_as_moderator(people: People, by: Person, name: str = "ada", **entry: str) -> Person:
    """Register a user and have an admin make them a moderator."""
    person = await people.enter(name, **entry)
    assert (await by.request("PATCH", f"/api/users/{name}", {"role": "moderator"})).status == 200
    return person
