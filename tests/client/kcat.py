"""Debian's kcat, a client of librdkafka that shares no code with Yiwang: crc32 partitions and no headers."""

import subprocess
from collections.abc import Mapping, Sequence
from shutil import which


def publish(brokers: str, topic: str, bodies: Sequence[str]) -> None:
    """One record for each body, without a key: librdkafka picks a partition for each batch."""
    _run("-P", "-b", brokers, "-t", topic, "-X", "acks=all", given="\n".join(bodies))


def publish_keyed(brokers: str, topic: str, bodies: Mapping[str, str]) -> None:
    """One record for each key and body: the partition is the key's crc32, not Java's murmur2."""
    lines = (f"{key}\t{body}" for key, body in bodies.items())
    _run("-P", "-b", brokers, "-t", topic, "-X", "acks=all", "-K", r"\t", given="\n".join(lines))


def consume(brokers: str, topic: str) -> list[str]:
    """The values of all records so far."""
    return _run("-C", "-b", brokers, "-t", topic, "-o", "beginning", "-e", "-q").splitlines()


def _run(*arguments: str, given: str = "") -> str:
    assert which("kcat"), "kcat is missing: `make client-test` installs it"
    ended = subprocess.run(["kcat", *arguments], input=given, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, f"kcat {' '.join(arguments)} ended with {ended.returncode}: {ended.stderr}"
    return ended.stdout
