"""The local run's supervisor: `python -m deploy.local.supervisor run | serve | up | down | status`."""

import asyncio
import os
import sys
from collections.abc import Callable, Mapping

from deploy.local import detached
from deploy.local.errors import OperatorError
from deploy.local.lock import sole_run
from deploy.local.place import Place, from_environment
from deploy.local.run import serve


def run(place: Place) -> int:
    """In the foreground: start, feed some hundred reports, stay up until Ctrl-C."""
    with sole_run(place.folder):
        return asyncio.run(serve(place, feed=True))


def stay(place: Place) -> int:
    """In the foreground, without feeding: what `up` detaches."""
    with sole_run(place.folder):
        return asyncio.run(serve(place, feed=False))


COMMANDS: Mapping[str, Callable[[Place], int]] = {
    "run": run,
    "serve": stay,
    "up": detached.up,
    "down": detached.down,
    "status": detached.status,
}


def main(arguments: list[str]) -> int:
    """The exit code: 0, or 2 with one line for what the operator can put right."""
    try:
        if len(arguments) != 1 or arguments[0] not in COMMANDS:
            raise OperatorError(f"usage: python -m deploy.local.supervisor {' | '.join(COMMANDS)}")
        return COMMANDS[arguments[0]](from_environment(os.environ))
    except OperatorError as error:
        sys.stderr.write(f"{error}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
