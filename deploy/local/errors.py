"""What an operator can put right, said in one line."""


class OperatorError(Exception):
    """Ends the command with its text as the only line and exit code 2; names what was found and what is right."""
