"""The same as `sender.c`, for machines without a C compiler.

Run as a program: python -m benchmarks.floors.sender CONNECTIONS FRAME_BYTES
"""

import socket
import sys
import time


def main(count: int, size: int) -> None:
    listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
    print(listener.getsockname()[1], flush=True)
    frame = sys.stdin.buffer.read(size)
    connections = [listener.accept()[0] for _ in range(count)]
    for connection in connections:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for line in sys.stdin.buffer:
        print(send_for(int(line) / 1000, connections, frame), flush=True)


def send_for(seconds: float, connections: list[socket.socket], frame: bytes) -> int:
    """Send for a time. Returns how many messages were sent to each connection."""
    sends = [connection.sendall for connection in connections]
    messages, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        for send in sends:
            send(frame)
        messages += 1
    return messages


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
