"""Intake, composed: it reads every department's topic, keeps what was sent, and opens the door for HTTP."""

from functools import partial

from contracts.topics import DEAD, REPLAYS, written_by
from services.chassis.run import Composition, run
from services.chassis.values import Quota, Service
from services.intake.categories import Categories, version_of
from services.intake.classify import MODEL, Classifier
from services.intake.domain import Intake, decide
from services.intake.http import routes
from services.intake.reading import readers
from services.intake.settings import IntakeSettings
from services.intake.told import rejected


def compose(settings: IntakeSettings) -> Composition:
    """The service and its routes; raises ValueError if its table of categories or its model is no good."""
    categories = Categories.load(Classifier.load(), version_of(MODEL))
    service = Service(
        name="intake",
        readers=readers(Quota(rate=settings.quota_rate, burst=settings.quota_burst)),
        decide=partial(decide, classify=categories.classify),
        dead=DEAD["intake"],
        replays=REPLAYS["intake"],
        writes=written_by("intake"),
        state=Intake,
        rejected=rejected,
    )
    return Composition(service=service, routes=routes)


if __name__ == "__main__":
    run(compose, IntakeSettings)
