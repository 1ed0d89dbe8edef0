"""``yiwang init``: creates what is missing of topics and indexes, and changes nothing that is there."""

import asyncio
from collections.abc import Mapping

from contracts.topics import TOPICS
from services.chassis.mongo import MongoStore, client
from services.chassis.settings import Settings
from services.chassis.topics import create_topics
from services.chassis.values import Service


async def init(settings: Settings, services: Mapping[str, Service], replication: int) -> list[str]:
    """Create topics with ``replication`` copies, and every service's indexes; answers the new topics' names."""
    motor = client(settings.mongo)
    stores = [
        MongoStore(motor, settings.database(name), service) for name, service in services.items() if service.state
    ]
    _, created = await asyncio.gather(
        asyncio.gather(*(store.prepare() for store in stores)),
        create_topics(settings.brokers, settings.namespace, TOPICS, replication),
    )
    return created
