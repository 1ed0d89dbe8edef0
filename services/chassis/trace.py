"""Trace context carried per event: W3C traceparent in a CloudEvents extension, the same again on a redelivery."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from uuid import UUID

from opentelemetry.trace import SpanContext, TraceFlags, get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_NAMES = frozenset({"ce_traceparent", "traceparent"})
KNOWN = 1024
"""Parents that are remembered: what one record brings about has the same one."""
_W3C = TraceContextTextMapPropagator()


def child(headers: Iterable[tuple[str, bytes | None]], seed: Callable[[], UUID], event: UUID) -> str:
    """The traceparent of ``event``: in its cause's trace, or in a new one that follows from the ``seed``.

    The span's id follows from the event's, so that an event that is told again is the same span again.
    """
    parent = _parent(headers)
    trace = parent.trace_id if parent else seed().int
    flags = parent.trace_flags if parent else TraceFlags.DEFAULT
    return f"00-{trace:032x}-{event.hex[:16]}-{flags:02x}"


def _parent(headers: Iterable[tuple[str, bytes | None]]) -> SpanContext | None:
    raw = next((raw for name, raw in headers if raw and name in _NAMES), None)
    return None if raw is None else _context(raw)


@lru_cache(maxsize=KNOWN)
def _context(raw: bytes) -> SpanContext | None:
    found = get_current_span(_W3C.extract({"traceparent": raw.decode("ascii", "replace")})).get_span_context()
    return found if found.is_valid else None
