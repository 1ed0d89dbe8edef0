"""TCP ports of this machine: which are free."""

import socket
from contextlib import closing

HOST = "127.0.0.1"


def free_ports(count: int) -> list[int]:
    """Ports of this machine that were free a moment ago, all different."""
    sockets = [socket.create_server((HOST, 0)) for _ in range(count)]
    ports = [int(each.getsockname()[1]) for each in sockets]
    for each in sockets:
        each.close()
    return ports


def is_free(port: int) -> bool:
    """Whether a server could listen on this port now."""
    try:
        with closing(socket.create_server((HOST, port))):
            return True
    except OSError:
        return False
