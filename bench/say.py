"""What a measurement says while it is under way."""


def say(line: str) -> None:
    """One line, at once."""
    print(line, flush=True)
