"""People with roles, for tests of keeping order."""

from tests.client import People, Person
from ting.server import Server


def first_token(server: Server) -> str:
    """The token in the link that makes the first admin."""
    assert server.first_link is not None
    return server.first_link.partition("#invitation=")[2]


async def admin(people: People, server: Server, name: str = "ann", **entry: str) -> Person:
    """The first admin."""
    return await people.enter(name, invitation=first_token(server), **entry)


async def moderator(people: People, by: Person, name: str = "ada", **entry: str) -> Person:
    """Somebody whom an admin made a moderator."""
    person = await people.enter(name, **entry)
    assert (await by.request("PATCH", f"/api/users/{name}", {"role": "moderator"})).status == 200
    return person
