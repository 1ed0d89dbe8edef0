"""A verdict as people read it, and as programs do."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any, Final

from yiwang.check.rules import RULES, Harm
from yiwang.check.values import Verdict

NAMED: Final = 20
"""Offences against one rule that people are shown; programs get all of them."""


def lines(verdict: Verdict) -> Iterator[str]:
    """The figures, the rules that were broken with the first offenders of each, and the verdict in one line."""
    yield "  ".join(f"{name}={count}" for name, count in verdict.figures.items())
    for rule, count in Counter(one.rule for one in verdict.offences).items():
        yield ""
        yield f"{rule}: {count} against “{RULES[rule].compares}” ({RULES[rule].harm})"
        offences = [one for one in verdict.offences if one.rule == rule]
        yield from (f"  {one.subject}: {one.what}" for one in offences[:NAMED])
        if count > NAMED:
            yield f"  … and {count - NAMED} more (--json names all)"
    yield ""
    yield verdict.line()


def document(verdict: Verdict) -> Mapping[str, Any]:
    """Everything, for a program."""
    found = {Harm.LOST: verdict.lost, Harm.DUPLICATED: verdict.duplicated, Harm.UNLAWFUL: verdict.unlawful}
    return {
        "ok": verdict.ok,
        "line": verdict.line(),
        "figures": dict(verdict.figures),
        **{harm.value: [asdict(one) for one in offences] for harm, offences in found.items()},
    }
