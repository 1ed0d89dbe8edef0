"""The roster is drawn: what is committed is what the program draws, the largest grids have two members."""

from services.gis.boundaries import Boundaries
from services.notification.reading import load
from services.notification.roster import Post
from simulation.roster import MEMBERS, draw, largest, neighbours, square_measure

BOUNDARIES = Boundaries.load()
DRAWN = draw(BOUNDARIES)
LAND = square_measure(BOUNDARIES)


def test_the_committed_files_are_what_the_program_draws() -> None:
    for file, text in DRAWN.items():
        assert file.read_text(encoding="utf-8") == text, file.name


def test_grids_with_two_members_and_villages_with_a_centre_are_the_largest() -> None:
    roster = load()
    doubles = {grid.code for grid in BOUNDARIES.grids if len(roster.units[grid.code]) == 2}
    assert min(LAND[code] for code in doubles) > max(LAND[g.code] for g in BOUNDARIES.grids if g.code not in doubles)
    centres = {village.code for village in BOUNDARIES.villages if roster.units[village.code][0].post is Post.CENTRE}
    assert centres == largest(BOUNDARIES.villages, LAND, 18)


def test_gis_knows_the_unit_of_everybody_who_has_one() -> None:
    (text,) = (text for file, text in DRAWN.items() if file.name == MEMBERS)
    known = dict(line.split(",") for line in text.splitlines()[1:])
    people = load().people.values()
    assert known == {one.staff: one.unit for one in people if one.post is not Post.LIAISON}


def test_a_neighbour_is_another_grid_of_the_same_village() -> None:
    near = neighbours(BOUNDARIES)
    assert all(code != other and code[:12] == other[:12] for code, other in near.items())
    alone = {grid.code for grid in BOUNDARIES.grids} - set(near)
    assert all(sum(g.code[:12] == code[:12] for g in BOUNDARIES.grids) == 1 for code in alone)
