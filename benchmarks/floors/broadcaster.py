"""A chat as in Tornado's documentation: each message of a client is written to all clients. No database.

Run as a program: it prints its port.
"""

import asyncio

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application
from tornado.websocket import WebSocketHandler


class Broadcaster(WebSocketHandler):
    """The websocket of a client."""

    def initialize(self, clients: set["Broadcaster"]) -> None:
        self._clients = clients

    def check_origin(self, origin: str) -> bool:
        return True

    def select_subprotocol(self, subprotocols: list[str]) -> str:
        return subprotocols[0]

    def open(self) -> None:
        self.set_nodelay(True)
        self._clients.add(self)

    def on_close(self) -> None:
        self._clients.discard(self)

    def on_message(self, message: str | bytes) -> None:
        for client in self._clients:
            client.write_message(message)


async def main() -> None:
    server = HTTPServer(Application([("/", Broadcaster, {"clients": set()})]))
    sockets = bind_sockets(0, "127.0.0.1")
    server.add_sockets(sockets)
    print(sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
