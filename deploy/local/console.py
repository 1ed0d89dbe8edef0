"""What a run tells the person who started it."""

import sys


def say(text: str) -> None:
    """Print at once, also when the output is a file that someone waits on."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
