"""Examples of orders: the clock of the well's case is to go by a newer table of terms."""

from collections.abc import Mapping
from datetime import timedelta

from contracts.examples.scene import ACCEPTED, REPORT_ID
from contracts.identity import application_id
from contracts.order import TermsOrder

TABLE, OFFICIAL, REASON = "2026.2+5f1d0c2a", "900017", "旗综治中心2026年3月5日会议决定"
AT = ACCEPTED + timedelta(minutes=30)

ORDERS: Mapping[str, TermsOrder] = {
    "apply-terms": TermsOrder(
        case_id=REPORT_ID,
        assignment=1,
        application=application_id(TABLE, OFFICIAL, REASON, AT.isoformat()),
        table=TABLE,
        by=OFFICIAL,
        why=REASON,
        at=AT,
    )
}
