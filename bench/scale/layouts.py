"""The same load on one platform or on many, with one namespace or many: what separation costs."""

from dataclasses import dataclass

from bench.scale.sizing import Needs, load, needs
from bench.scale.units import Assumptions, Costs


@dataclass(frozen=True, slots=True)
class Layout:
    """So many equal platforms, each with engines of its own."""

    name: str
    platforms: int
    each: Needs

    @property
    def money(self) -> float:
        """Yuan a month."""
        return self.platforms * self.each.money

    @property
    def held(self) -> float:
        """Reports a second that all services hold together, if bursts are spread as the layout is."""
        return self.platforms * self.each.namespaces * self.each.load.part(self.each.namespaces).design


def layouts(costs: Costs, assumed: Assumptions, banners: int, city: int) -> tuple[Layout, ...]:
    """The ways to carry so many banners, so many of which are a city: by name, how many platforms and namespaces."""
    whole = load(assumed.banner, banners)
    ways = {
        "one platform": (1, 1),
        "one platform, a namespace for each banner": (1, banners),
        "a platform for each city": (banners // city, 1),
        "a platform for each city, a namespace for each banner": (banners // city, city),
        "a platform for each banner": (banners, 1),
    }
    once = {counts: name for name, counts in reversed(ways.items())}
    return tuple(
        Layout(name, platforms, needs(costs, assumed, whole.part(platforms), namespaces))
        for name, (platforms, namespaces) in ways.items()
        if once[platforms, namespaces] == name
    )
