"""Spans of time as officials say them."""

from datetime import timedelta

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def span_zh(span: timedelta) -> str:
    """A span in Chinese: 2日3小时, 45分钟; what is less than a minute is left out."""
    parts = ((span // DAY, "日"), (span % DAY // HOUR, "小时"), (span % HOUR // MINUTE, "分钟"))
    return "".join(f"{count}{zh}" for count, zh in parts if count) or "不足1分钟"
