"""A department that knows the committed schema and the published map, and nothing else of Yiwang."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from jsonschema import Draft202012Validator
from shapely.geometry import shape

ROOT = Path(__file__).parents[2]
SCHEMA = Draft202012Validator(
    json.loads((ROOT / "contracts/generated/schemas/report.submitted.v1.json").read_text(encoding="utf-8"))
)
GRIDS = json.loads((ROOT / "services/gis/data/grids.geojson").read_text(encoding="utf-8"))["features"]
BANNER = "150623"
FIRST = datetime(2026, 3, 5, 8, 5, tzinfo=timezone(timedelta(hours=8)))
FULL_WIDTH = str.maketrans("0123456789:", "０１２３４５６７８９：")

# One moment as people and systems write it.
NOTATIONS: tuple[Callable[[datetime], str], ...] = (
    datetime.isoformat,
    lambda at: f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
    lambda at: f"{at:%Y-%m-%d %H:%M:%S}",
    lambda at: f"{at.year}-{at.month}-{at.day} {at.hour}:{at.minute:02}",
    lambda at: f"{at.year}/{at.month}/{at.day} {at.hour}:{at.minute:02}",
    lambda at: f"{at.year}.{at.month}.{at.day} {at.hour}:{at.minute:02}",
    lambda at: f"{at.year}年{at.month}月{at.day}日 {at.hour}:{at.minute:02}",
    lambda at: f"{at.year}年{at.month}月{at.day}日{at.hour}时{at.minute:02}分",
    lambda at: f"{at:%Y年%m月%d日%H时%M分}".translate(FULL_WIDTH),
    lambda at: f"{at:%Y%m%d%H%M%S}",
)
SENTENCES = (
    "{place}的引水渠被沙土淤堵约{n}米，下游{m}户的饲草地浇不上水。",
    "{place}蓄水池漏水{m}天，{n}只羊的饮水快供不上了。",
    "{place}第{n}号机井水量变小，{m}户牧民轮流取水仍不够用。",
    "{place}自来水管在路边漏水已经{m}天，路面结冰，{n}名学生每天经过。",
    "{place}河道边新堆了约{n}车渣土，雨季会挡住行洪。",
    "{place}水窖水质发黄，{m}户反映有异味，希望取样化验。",
    "{place}扬水站的水泵坏了{m}天，{n}亩饲草地等着浇水。",
)
TOWN_MATTERS = SENTENCES[4:6]
"""What blocks a flood's way and bad drinking water are the town's, by the routing table; all others are the grid's."""
TOWN_DIGITS = 9
"""So many digits of a unit's code are its town's."""
MASKED = ("X{m}苏木某嘎查", "A{n}区B{m}街附近", "＊＊镇××村", "某某小区{m}号楼")


@dataclass(frozen=True, slots=True)
class Report:
    """A report to publish, and what its case must say."""

    body: dict[str, Any]
    unit: str
    located: str
    moment: datetime

    @property
    def reference(self) -> str:
        return str(self.body["reference"])

    @property
    def text(self) -> str:
        return json.dumps(self.body, ensure_ascii=False)


def reports(prefix: str, seed: int, count: int, first: int = 0) -> list[Report]:
    """Masked places and coordinates in turn, every one valid by the committed schema.

    Each point lies in a grid of its own, from the ``first`` one on: who leaves no grid to two reports has none that are
    told of each other, for no two grids' points are as near as the table of what is near asks for.
    """
    made = list(islice(_reports(prefix, Random(seed), GRIDS[first:]), count))
    for report in made:
        SCHEMA.validate(report.body)
    return made


def _reports(prefix: str, random: Random, grids: Sequence[dict[str, Any]]) -> Iterator[Report]:
    for number, grid in enumerate(grids):
        yield _report(f"{prefix}{2 * number:05}", 2 * number, random, _masked(random))
        yield _report(f"{prefix}{2 * number + 1:05}", 2 * number + 1, random, _inside(grid, random))


def _report(reference: str, number: int, random: Random, place: tuple[str, str, dict[str, Any]]) -> Report:
    moment = FIRST + timedelta(minutes=37 * number)
    unit, name, fields = place
    sentence = random.choice(SENTENCES)
    body = {
        "reference": reference,
        "occurred_at": NOTATIONS[number // 2 % len(NOTATIONS)](moment),
        "text": _said(random, sentence, place=name),
        **fields,
    }
    unit = unit[:TOWN_DIGITS] if sentence in TOWN_MATTERS else unit
    return Report(body, unit, "located" if "coordinates" in fields else "not_located", moment)


def _masked(random: Random) -> tuple[str, str, dict[str, Any]]:
    """A place that nobody can look up: its case belongs to the banner's centre."""
    name = _said(random, random.choice(MASKED))
    return BANNER, name, {"place_name": name}


def _inside(grid: dict[str, Any], random: Random) -> tuple[str, str, dict[str, Any]]:
    """A point inside a grid of the published map: its case belongs to that grid."""
    point = shape(grid["geometry"]).representative_point()
    datum = random.choice(["WGS-84", "CGCS2000"])
    coordinates = {"longitude": point.x, "latitude": point.y, "datum": datum}
    return grid["properties"]["code"], grid["properties"]["name"], {"coordinates": coordinates}


def _said(random: Random, sentence: str, **words: str) -> str:
    return sentence.format(n=random.randint(1, 40), m=random.randint(2, 9), **words)
