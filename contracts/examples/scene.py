"""The scene of all examples: one broken well in 昂素嘎查, reported by the banner's water department."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from contracts.identity import report_cause, report_id
from contracts.report import Datum
from contracts.territory import BANNER, SHANGHAI, Level, Path, UnitRef

DEPARTMENT = "water"
REFERENCE = "SL-2026-000317"
REPORT_ID = report_id(DEPARTMENT, REFERENCE)
CAUSE = report_cause(DEPARTMENT, REFERENCE, 1)

TOWN = UnitRef(code="150623103", name="昂素镇", level=Level.TOWN)
VILLAGE = UnitRef(code="150623103200", name="昂素嘎查", level=Level.VILLAGE)
SECOND_GRID = UnitRef(code="150623103200002", name="昂素嘎查第2网格", level=Level.GRID)
GRID = UnitRef(code="150623103200003", name="昂素嘎查第3网格", level=Level.GRID)
FOURTH_GRID = UnitRef(code="150623103200004", name="昂素嘎查第4网格", level=Level.GRID)
PATH: Path = (BANNER, TOWN, VILLAGE, GRID)

OCCURRED = datetime(2026, 3, 5, 14, 30, tzinfo=SHANGHAI)
RECEIVED = (OCCURRED + timedelta(seconds=40)).astimezone(UTC)
ACCEPTED = RECEIVED + timedelta(minutes=9)
SOLVED = OCCURRED.replace(hour=16, minute=10)
ACTED = SOLVED.astimezone(UTC)
"""When the grid member acts on the accepted case."""
MIDNIGHT = OCCURRED.replace(day=6, hour=0, minute=0).astimezone(UTC)
"""When the grid's assignment is due."""

TITLE = "机井水泵损坏"
TEXT = "昂素嘎查第3网格的机井水泵损坏、约200只羊饮水困难。"
PLACE = "昂素嘎查第3网格机井"
CATEGORY = "农村饮水"
REPAIRED = "已更换水泵并恢复供水。"
PICTURE = "https://water.example/SL-2026-000317/1.jpg"

MEMBER = "403371"
"""The staff number of the grid member."""

WELL: Mapping[Datum, tuple[float, float]] = {
    Datum.WGS84: (107.407334, 38.458799),
    Datum.CGCS2000: (107.407334, 38.458799),
    Datum.GCJ02: (107.412701, 38.459458),
    Datum.BD09: (107.419111, 38.465712),
}
"""The one well, longitude and latitude in degrees, as maps in each datum show it."""
BORDER = (107.488146, 38.408091)
"""On the border of the second and the fourth grid, WGS-84."""
ABROAD = (109.0, 38.5)
"""Outside the banner, WGS-84."""
