"""What a row of the table of mutants is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mutant:
    """One way to break a law: in ``file`` the text ``old``, found once, becomes ``new``; then ``test`` must fail."""

    law: int
    broken: str
    file: str
    old: str
    new: str
    test: str

    @property
    def engines(self) -> bool:
        """Whether the test needs Kafka and documents."""
        return self.test.startswith(("tests/integration", "tests/e2e"))
