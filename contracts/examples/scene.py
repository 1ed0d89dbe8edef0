"""The scene of all examples: one broken well in 昂素嘎查, reported by the banner's water department."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from contracts.identity import report_cause, report_id
from contracts.report import Datum
from contracts.territory import BANNER, Level, Path, UnitRef

DEPARTMENT = "water"
REFERENCE = "SL-2026-000317"
REPORT_ID = report_id(DEPARTMENT, REFERENCE)
CAUSE = report_cause(DEPARTMENT, REFERENCE, 1)

TOWN = UnitRef(code="150623103", name="昂素镇", level=Level.TOWN)
VILLAGE = UnitRef(code="150623103200", name="昂素嘎查", level=Level.VILLAGE)
GRID = UnitRef(code="150623103200003", name="昂素嘎查第3网格", level=Level.GRID)
NEXT_GRID = UnitRef(code="150623103200004", name="昂素嘎查第4网格", level=Level.GRID)
PATH: Path = (BANNER, TOWN, VILLAGE, GRID)
NEXT_PATH: Path = (BANNER, TOWN, VILLAGE, NEXT_GRID)

OCCURRED = datetime(2026, 3, 5, 14, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
RECEIVED = OCCURRED + timedelta(seconds=40)
OPENED = OCCURRED + timedelta(minutes=1)

TITLE = "机井水泵损坏"
TEXT = "昂素嘎查第3网格的机井水泵损坏、约200只羊饮水困难。"
PLACE = "昂素嘎查第3网格机井"
CATEGORY = "农村饮水"
REPAIRED = "已更换水泵并恢复供水。"
PICTURE = "https://water.example/SL-2026-000317/1.jpg"

MEMBER = "103200003"
"""The staff number of the grid member."""

WELL: Mapping[Datum, tuple[float, float]] = {
    Datum.WGS84: (107.407334, 38.458799),
    Datum.CGCS2000: (107.407334, 38.458799),
    Datum.GCJ02: (107.412701, 38.459458),
    Datum.BD09: (107.419111, 38.465712),
}
"""The one well, longitude and latitude in degrees, as maps in each datum show it."""
