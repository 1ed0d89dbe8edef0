"""Intake, composed: it reads every department's topic, keeps what was sent, and opens the door for HTTP."""

from contracts.topics import DEAD
from services.chassis.run import Composition, run
from services.chassis.settings import Settings
from services.chassis.values import Service
from services.intake.domain import Intake, decide
from services.intake.http import routes
from services.intake.reading import READERS
from services.intake.told import rejected


def compose(_settings: Settings) -> Composition:
    """The service and its routes."""
    service = Service(
        name="intake",
        readers=READERS,
        decide=decide,
        dead=DEAD["intake"],
        state=Intake,
        rejected=rejected,
    )
    return Composition(service=service, routes=routes)


if __name__ == "__main__":
    run(compose, Settings)
