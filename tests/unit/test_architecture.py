"""Rules of the layout beyond imports: a closed chassis without a domain noun, no topic by its name."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.topics import TOPICS

ROOT = Path(__file__).parents[2]
CHASSIS = ROOT / "services" / "chassis"

MODULES = {
    "__init__", "breaker", "effects", "fold", "horizon", "http", "kafka", "lenient", "letters", "logs", "loop",
    "metrics", "mongo", "pace", "pages", "ports", "progress", "publisher", "quota", "readers", "recent", "rows", "run",
    "sent", "settings", "settlement", "tables", "timeline", "tokens", "topics", "trace", "values",
}  # fmt: skip
"""The chassis is closed: a new module is a decision for DESIGN.md, not a place for what fits nowhere."""

NOUNS = (
    "report|case|grid|village|town|banner|gacha|department|resident|citizen|petition|dispute|territory|unit|roster|"
    "alert|deadline|escalation|staff|centre|intake|gis|routing|notification|calendar"
)
DOMAIN = re.compile(rf"(?<![a-z])({NOUNS})s?(?![a-z])", re.IGNORECASE)


@pytest.mark.parametrize("file", sorted(CHASSIS.glob("*.py")), ids=lambda file: file.stem)
def test_the_chassis_has_no_domain_noun_in_it(file: Path) -> None:
    text = file.read_text(encoding="utf-8").replace("starlette.routing", "")
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", text)
    found = [words[max(0, match.start() - 30) : match.end() + 20] for match in DOMAIN.finditer(words)]
    assert found == []


def test_the_chassis_is_closed() -> None:
    assert {file.stem for file in CHASSIS.glob("*.py")} == MODULES


@pytest.mark.parametrize("folder", ["services", "yiwang", "simulation", "deploy"])
def test_no_topic_is_named_outside_the_registry(folder: str) -> None:
    names = re.compile("|".join(re.escape(topic.name) for topic in TOPICS))
    found = {str(file): hit.group() for file in (ROOT / folder).rglob("*.py") if (hit := _quoted(names, file))}
    assert found == {}


def _quoted(names: re.Pattern[str], file: Path) -> re.Match[str] | None:
    return re.search(rf"[\"']({names.pattern})[\"']", file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("service", ["intake", "gis", "routing", "escalation", "notification"])
def test_importing_a_service_touches_nothing(service: str) -> None:
    watched = (
        "import sys\n"
        "touched = []\n"
        "sys.addaudithook(lambda event, args: touched.append((event, args)) if event.startswith('socket.') and "
        "event not in ('socket.__new__', 'socket.gethostname') else None)\n"
        f"import services.{service}.app\n"
        "sys.exit(str(touched) if touched else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", watched], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
