"""Writes the name of a unit as people do: in full, shortened, with another word for its kind, with a landmark."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import Final, Self

from contracts.territory import Level, Path, UnitRef
from simulation.chance import happens

DIGITS: Final = "零一二三四五六七八九十"
ENDINGS: Final = ("经济开发区", "嘎查", "社区", "苏木", "镇", "村")
COMMITTEES: Final = {"嘎查": "嘎查委员会", "社区": "社区居委会", "村": "村委会"}
SWAPPED: Final = {"嘎查": "村", "村": "嘎查", "镇": "苏木"}
"""What a unit's kind is often called by mistake or by habit."""

BEFORE: Final = ("", "", "", "", "鄂前旗", "鄂托克前旗", "内蒙古鄂托克前旗", "鄂尔多斯市鄂托克前旗")
BEHIND: Final = ("", "", "", "", "路口", "卫生室旁", "机井旁", "东侧", "党群服务中心附近", "砂石路边")
BARE_SHARE, SWAPPED_SHARE, COMMITTEE_SHARE = 0.08, 0.08, 0.1
"""Of units with names of their own, the shares called by the stem and by another ending; of all, by the committee."""
TELLING: Final = 3
"""Characters of a stem that says enough by itself."""
GRIDS: Final = ("第{n}网格", "第{zh}网格", "{n}网格", "{zh}网格", "{n}号网格", "第{n:02}网格", " 第{n}网格")
DEEPEST: Final = (Level.GRID, Level.GRID, Level.GRID, Level.VILLAGE, Level.VILLAGE, Level.VILLAGE, Level.TOWN)


@dataclass(frozen=True, slots=True)
class Said:
    """A place in words, and the code of the deepest unit that they name."""

    words: str
    tells: str


@dataclass(frozen=True, slots=True)
class Names:
    """How units may be called without being taken for others: what stands here once is nobody else's."""

    stems: Counter[str]
    names: Counter[str]

    @classmethod
    def of(cls, towns: Iterable[UnitRef], villages: Iterable[UnitRef]) -> Self:
        """Count the names and the stems of the units."""
        both = (*towns, *villages)
        return cls(Counter(stem(unit.name) for unit in both), Counter(unit.name for unit in both))

    def say(self, random: Random, path: Path, deepest: Level | None = None) -> Said:
        """The place of a grid (its path) in words, down to the grid or only to its village or town."""
        level = deepest or random.choice(DEEPEST)
        if len(path) == 1:
            return Said(path[0].name, path[0].code)
        town, village, grid = path[1:]
        before, behind = random.choice(BEFORE), random.choice(BEHIND)
        if level is Level.TOWN:
            return Said(f"{before}{self._called(random, town)}{behind}", town.code)
        above = "" if self._enough(random, town, village) else self._town(random, town)
        if level is Level.VILLAGE:
            return Said(f"{before}{above}{self._called(random, village, committee=True)}{behind}", village.code)
        return Said(f"{before}{above}{self._called(random, village)}{_grid(random, village, grid)}{behind}", grid.code)

    def _enough(self, random: Random, town: UnitRef, village: UnitRef) -> bool:
        """Whether the village's name goes without its town's."""
        known = self.names[village.name] == 1
        return known and (village.name.startswith(town.name) or happens(random, 0.35))

    def _town(self, random: Random, town: UnitRef) -> str:
        return swapped(town.name) if happens(random, 0.12) else town.name

    def _called(self, random: Random, unit: UnitRef, *, committee: bool = False) -> str:
        bare, draw = stem(unit.name), random.random()
        if self.stems[bare] == 1 and draw < BARE_SHARE + SWAPPED_SHARE:
            return bare if draw < BARE_SHARE and len(bare) >= TELLING else swapped(unit.name)
        ending = unit.name.removeprefix(bare)
        return f"{bare}{COMMITTEES.get(ending, ending)}" if committee and draw > 1 - COMMITTEE_SHARE else unit.name


def stem(name: str) -> str:
    """The name without the word for the unit's kind: 昂素镇 and 昂素嘎查 are both 昂素."""
    ending = next((ending for ending in ENDINGS if name.endswith(ending)), "")
    return name.removesuffix(ending) or name


def swapped(name: str) -> str:
    """The name with the word that people often use for the unit's kind instead: 昂素苏木 for 昂素镇."""
    bare = stem(name)
    ending = name.removeprefix(bare)
    return f"{bare}{SWAPPED.get(ending, ending)}"


def numeral(number: int) -> str:
    """A number from 0 to 99 in Chinese, as it is counted: 十二, 二十三."""
    tens, ones = divmod(number, 10)
    if not tens:
        return DIGITS[ones]
    return f"{DIGITS[tens] if tens > 1 else ''}十{DIGITS[ones] if ones else ''}"


def _grid(random: Random, village: UnitRef, grid: UnitRef) -> str:
    number = int("".join(filter(str.isdigit, grid.name.removeprefix(village.name))) or 1)
    return random.choice(GRIDS).format(n=number, zh=numeral(number))
