"""A run without a terminal: start it and return when it is ready, stop it, tell how it is."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from deploy.local.console import say
from deploy.local.errors import OperatorError
from deploy.local.lock import holder, runs_already
from deploy.local.place import ROOT, Place
from deploy.local.processes import tail

UP_S, DOWN_S, POLL_S = 300.0, 60.0, 0.1


def up(place: Place) -> int:
    """Start a run in the background; 0 when all serves, else its last lines and its exit code."""
    pid = holder(place.folder)
    if pid is not None:
        raise runs_already(pid)
    process = _detach(place)
    limit = time.monotonic() + UP_S
    while not _is_ready(place, process.pid):
        if process.poll() is not None:
            raise OperatorError(tail(_log(place), 20))
        if time.monotonic() > limit:
            process.terminate()
            raise OperatorError(f"not ready within {UP_S:g} s; {_log(place)} ends with:\n{tail(_log(place))}")
        time.sleep(POLL_S)
    say(tail(_log(place), 20))
    return 0


def down(place: Place) -> int:
    """Stop the run of this folder and return when it has ended."""
    pid = holder(place.folder)
    if not pid:
        say("Yiwang does not run here")
        return 0
    os.kill(pid, signal.SIGTERM)
    limit = time.monotonic() + DOWN_S
    while holder(place.folder) == pid:
        if time.monotonic() > limit:
            raise OperatorError(f"process {pid} has not ended within {DOWN_S:g} s; see {place.logs}")
        time.sleep(POLL_S)
    say("stopped")
    return 0


def status(place: Place) -> int:
    """A line per program; 0 if all serve, 1 if not."""
    pid = holder(place.folder)
    if pid is None:
        say("Yiwang does not run here")
        return 1
    state = _state(place)
    say(f"process {pid}, {'ready' if state.get('ready') else 'starting or stopping'}")
    for name, program in state.get("programs", {}).items():
        say(f"{name:<14}{program['pid'] or 'down':>8}   deaths {program['deaths']}")
    return 0 if _is_ready(place, pid) else 1


def _detach(place: Place) -> subprocess.Popen[bytes]:
    log = _log(place)
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "deploy.local.supervisor", "serve"],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def _is_ready(place: Place, pid: int) -> bool:
    state = _state(place)
    return bool(state.get("pid") == pid and state.get("ready"))


def _state(place: Place) -> dict[str, Any]:
    try:
        return dict(json.loads((place.folder / "state.json").read_text()))
    except FileNotFoundError:
        return {}


def _log(place: Place) -> Path:
    return place.logs / "supervisor.log"
