"""Whether a case is opened as the routing table decided, so that no row on trial and none that lost has any effect."""

from contracts.case import AssignedBecause, CaseEventKind
from yiwang.check.glances import CaseEventSeen

OPENED = AssignedBecause.OPENED


def otherwise(said: CaseEventSeen) -> str | None:
    """In what an opened case departs from the row that decided; None if in nothing, or if no report opened it.

    A part (拆分) is opened by whoever split its case.
    """
    if said.kind is not CaseEventKind.OPENED or said.case is None or said.case.assignment.because is not OPENED:
        return None
    if said.routed is None:
        return "opens a case and does not say by which row"
    case, row = said.case, said.routed.chosen
    pairs = {
        "unit": (case.assignment.unit.code, row.unit.code),
        "lead": (case.lead, row.lead),
        "cooperating": (case.cooperating, row.cooperating),
        "clock": (case.clock, row.clock),
    }
    differs = [f"{name} {case}, by the row {row}" for name, (case, row) in pairs.items() if case != row]
    return f"is opened otherwise than row {row.rule} decided: {', '.join(differs)}" if differs else None
