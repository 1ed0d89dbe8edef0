"""Escalation's composition: the tables that an operator names, and the figure of its own."""

from datetime import datetime
from pathlib import Path

import pytest

from services.chassis.tables import BrokenTableError
from services.escalation.app import compose
from services.escalation.settings import EscalationSettings
from tests.unit.escalation.timebook import row, written


def settings(**more: Path) -> EscalationSettings:
    return EscalationSettings.model_validate({"kafka": "nowhere:0", "mongo": "mongodb://nowhere", **more})


def test_the_published_days_that_are_left_are_a_figure() -> None:
    [figure] = compose(settings()).figures
    assert figure.name == "calendar_days"
    assert figure.value(datetime.fromisoformat("2026-11-16T23:59:59+08:00")) == 46
    assert figure.value(datetime.fromisoformat("2026-11-16T16:00:00+00:00")) == 45


def test_a_table_that_is_not_proven_starts_nothing(tmp_path: Path) -> None:
    gaps = written(tmp_path, row("wells", "2 hours", 'category = ["0201"]'))
    with pytest.raises(BrokenTableError, match="the rows: found none that fits clock standard"):
        compose(settings(terms=gaps))
    with pytest.raises(BrokenTableError, match=r"none.toml, as a whole"):
        compose(settings(calendar=tmp_path / "none.toml"))
