"""Trace context carried per event: W3C traceparent in a CloudEvents extension, the same again on a redelivery."""

import re
from collections.abc import Iterable
from uuid import UUID

_FORM = re.compile(rb"^00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})$")
_NAMES = frozenset({"ce_traceparent", "traceparent"})


def child(headers: Iterable[tuple[str, bytes | None]], seed: UUID, event: UUID) -> str:
    """The traceparent of ``event``: in its cause's trace, or in a new one that follows from ``seed``."""
    for name, raw in headers:
        found = _FORM.match(raw) if raw and name in _NAMES else None
        if found:
            return f"00-{found[1].decode()}-{event.hex[:16]}-{found[2].decode()}"
    return f"00-{seed.hex}-{event.hex[:16]}-00"
