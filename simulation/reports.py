"""Reports as the virtual banner's sources send them in one go: the same seed, count and start give the same bytes."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from simulation.chance import chance
from simulation.desk import Desk
from simulation.draft import Draft
from simulation.follow import broken, fitting, follow, opening
from simulation.land import Land, Territory
from simulation.sent import Sent

# How a report comes, and how many of a hundred come so. Solved on the spot is the commonest.
SHAPES: Final[Mapping[str, int]] = {
    "solved":      40,
    "open":        47,
    "repeat":       4,
    "new_text":     2,
    "new_place":    1,
    "new_urgency":  1,
    "conflict":     2,
    "broken":       3,
}  # fmt: skip
FIRST: Final = ("solved", "open", "broken")
"""What needs no earlier report."""


def reports(seed: int, count: int, boundaries: Territory, start: datetime) -> Iterator[Sent]:
    """``count`` reports about the hours before ``start`` (aware), most of them good, from many sources.

    A repeat, correction or conflict refers to an earlier report, each to another one, so that all are told of.
    Nobody withdraws, and nothing comes late: a feed has no people, and is over in a minute.
    """
    desk, earlier = Desk(seed, Land.of(boundaries)), list[Draft]()
    for number in range(1, count + 1):
        random = chance(seed, "feed", number)
        possible = {kind: weight for kind, weight in SHAPES.items() if kind in FIRST or earlier}
        shape = random.choices(tuple(possible), tuple(possible.values()))[0]
        if shape in FIRST:
            draft = _draft(desk, start, number, solved=shape == "solved")
            yield broken(random, draft) if shape == "broken" else opening(draft)
            if shape != "broken":
                earlier.append(draft)
            continue
        before = earlier.pop(random.randrange(len(earlier)))
        yield from follow(shape if shape in fitting(before) else "new_text", random, desk, before)


def _draft(desk: Desk, start: datetime, number: int, *, solved: bool) -> Draft:
    reference = f"{{department}}-{start:%Y%m%d%H%M%S}-{number:05}"
    return desk.draft(desk.any(reference, start, solved=solved))
