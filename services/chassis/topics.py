"""Topics on a cluster: creates what is missing with the registry's settings, and names what a service would lack."""

from collections.abc import Sequence

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from contracts.wire import Topic, settings
from services.chassis.values import Unavailable


async def create_topics(servers: list[str], namespace: str, topics: Sequence[Topic], replication: int) -> list[str]:
    """Create the topics that are missing, with the registry's settings; answer their names. Raises Unavailable."""
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    try:
        await admin.start()
        there = set(await admin.list_topics())
        missing = [topic for topic in topics if namespace + topic.name not in there]
        answer = await admin.create_topics([_new_topic(namespace, topic, replication) for topic in missing])
    except (KafkaError, OSError) as fault:
        raise Unavailable(f"broker: {type(fault).__name__}: {fault}") from fault
    finally:
        await admin.close()
    for name, code, *_ in answer.topic_errors:
        if code and for_code(code) is not TopicAlreadyExistsError:
            raise Unavailable(f"topic {name}: {for_code(code).__name__}")
    return [namespace + topic.name for topic in missing]


async def missing_topics(servers: list[str], namespace: str, topics: Sequence[Topic]) -> list[str]:
    """The names of these topics that the cluster lacks. Raises Unavailable."""
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    try:
        await admin.start()
        there = set(await admin.list_topics())
    except (KafkaError, OSError) as fault:
        raise Unavailable(f"broker: {type(fault).__name__}: {fault}") from fault
    finally:
        await admin.close()
    return sorted(namespace + topic.name for topic in topics if namespace + topic.name not in there)


def _new_topic(namespace: str, topic: Topic, replication: int) -> NewTopic:
    durable = {
        "min.insync.replicas": str(max(1, replication - 1)),
        "unclean.leader.election.enable": "false",
    }
    configs = {**settings(topic), **durable}
    return NewTopic(namespace + topic.name, topic.partitions, replication, topic_configs=configs)
