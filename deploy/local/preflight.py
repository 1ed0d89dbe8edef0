"""What must hold before a run starts anything: free ports, and servers from outside that answer."""

import asyncio
import time

from deploy.local import ports
from deploy.local.documents import documents_answer
from deploy.local.errors import OperatorError
from deploy.local.kafka import kafka_answers
from deploy.local.place import Place

PORT_S = 3.0  # what a run that was killed a moment ago may take to let go of its ports


async def refuse_busy_ports(place: Place) -> None:
    """Raises OperatorError naming the port that another program holds, and the variable that changes it."""
    limit = time.monotonic() + PORT_S
    while busy := [name for name, port in place.used_ports().items() if not ports.is_free(port)]:
        if time.monotonic() > limit:
            name = busy[0]
            raise OperatorError(
                f"port {place.ports[name]} is busy: free it, or set {name} to another; nothing was started"
            )
        await asyncio.sleep(0.1)


async def require_outside(place: Place) -> None:
    """Raises OperatorError if a server named by YIWANG_KAFKA or YIWANG_MONGO does not answer."""
    if place.outside_kafka and not await kafka_answers(place.kafka.split(",")):
        raise OperatorError(f"YIWANG_KAFKA={place.kafka} does not answer: start it, or unset it to run one here")
    if place.outside_mongo and not await documents_answer(place.mongo):
        raise OperatorError("the server in YIWANG_MONGO does not answer: start it, or unset it to run one here")
