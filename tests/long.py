"""How a long run from the command line goes: a folder of its own, kept where something failed; Ctrl-C is one line."""

import logging
import os
import platform
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from bench.machine import calibration
from deploy.local.documents import PROGRAM
from deploy.local.place import ROOT


def kept(name: str, run: Callable[[Path], bool]) -> int:
    """Run in a new folder under ``.run``, which goes if all was as promised; answers the exit code."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # outages are what is asked for
    folder = ROOT / ".run" / name / time.strftime("%Y%m%d-%H%M%S")
    folder.mkdir(parents=True)
    say(f"data in {folder}, documents served by {os.environ.get(PROGRAM) or 'the usual server'}")
    say(f"Python {platform.python_version()} takes {pace():.0f} ms for a fixed job")
    held = run(folder)
    say(f"the fixed job takes {pace():.0f} ms now")
    if not held:
        print(f"kept: {folder}", file=sys.stderr)
        return 1
    shutil.rmtree(folder)
    return 0


def pace() -> float:
    """Milliseconds of processor time that this interpreter takes for the measurements' fixed job now.

    By this do builds of Python differ, and one machine from hour to hour: figures of two runs are compared with it.
    """
    return calibration() / 1000


def say(line: str) -> None:
    """One line, at once."""
    print(line, flush=True)


def end(main: Callable[[], int]) -> NoReturn:
    """Exit with what ``main`` answers."""
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("stopped; nothing was judged")
