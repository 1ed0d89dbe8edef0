"""What the parking service's own reader says of a record, before anybody sends it there."""

from typing import Final

from contracts.problem import Problem
from services.chassis.fold import read
from services.chassis.letters import defect, misplaced
from services.chassis.values import Invalid, Record
from yiwang.services import ROOTS

NOWHERE: Final = "mongodb://nowhere.invalid"
"""Where the composed service would keep its documents if it ran; only its readers are asked."""


def opinion(service: str, kafka: str, record: Record) -> tuple[Problem, ...]:
    """Compose the service, which touches no server, and let its reader read: what is wrong, or nothing."""
    root = ROOTS[service]
    composed = root.compose(root.settings(kafka=kafka, mongo=NOWHERE)).service
    reader = next((one for one in composed.readers if one.topic.name == record.topic), None)
    if reader is None:
        return (misplaced(record.topic),)
    try:
        read(reader, record)
    except Invalid as fault:
        return fault.problems
    except Exception as fault:  # noqa: BLE001 - whatever the reader raises would park the record
        return (defect(fault),)
    return ()
