"""What is wrong with an input, said so that a department can mend it: the path, what was found, what is right."""

from collections.abc import Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from contracts.wire import Value

FOUND_LIMIT = 80
PERSONAL = frozenset({"reporter"})
"""Fields whose values are not repeated in an error; nor is a whole record, which may hold them."""


class Problem(Value):
    """One fault, in English and Chinese; ``path`` is dotted, ``$`` for the whole."""

    path: str
    found: str
    expected: str
    expected_zh: str

    def __str__(self) -> str:
        """One line in English."""
        return f"{self.path}: found {self.found}; expected {self.expected}"


TABLE: Mapping[str, tuple[str, str]] = {
    "missing": ("a value: this field is required", "必填字段，请补充"),
    "json_invalid": ("well-formed JSON in UTF-8 ({error})", "合法的 UTF-8 JSON 文本（{error}）"),
    "model_type": ("a JSON object", "JSON 对象"),
    "model_attributes_type": ("a JSON object", "JSON 对象"),
    "string_type": ("text", "文本（字符串）"),
    "string_too_short": ("at least {min_length} character(s)", "至少 {min_length} 个字符"),
    "string_too_long": ("at most {max_length} characters", "最多 {max_length} 个字符"),
    "string_pattern_mismatch": ("text of the form {pattern}", "符合格式 {pattern} 的文本"),
    "string_unicode": ("valid Unicode text", "合法的 Unicode 文本"),
    "enum": ("one of {expected}", "以下之一：{expected}"),
    "literal_error": ("one of {expected}", "以下之一：{expected}"),
    "float_type": ("a number", "数字"),
    "float_parsing": ("a number", "数字"),
    "finite_number": ("a finite number", "有限的数字"),
    "int_type": ("a whole number", "整数"),
    "int_parsing": ("a whole number", "整数"),
    "int_parsing_size": ("a smaller whole number", "较小的整数"),
    "int_from_float": ("a whole number", "整数"),
    "greater_than_equal": ("a number of at least {ge}", "不小于 {ge} 的数"),
    "less_than_equal": ("a number of at most {le}", "不大于 {le} 的数"),
    "tuple_type": ("a list", "列表"),
    "too_long": ("at most {max_length} entries", "最多 {max_length} 项"),
    "uuid_type": ("a UUID", "UUID"),
    "uuid_parsing": ("a UUID", "UUID"),
    "datetime_type": ("a date and time in ISO 8601", "ISO 8601 格式的日期时间"),
    "datetime_parsing": ("a date and time in ISO 8601", "ISO 8601 格式的日期时间"),
    "datetime_from_date_parsing": ("a date and time in ISO 8601", "ISO 8601 格式的日期时间"),
    "timezone_aware": ("a time with its zone", "带时区的时间"),
}


def problems(error: ValidationError) -> tuple[Problem, ...]:
    """Each fault that pydantic found, in the source's terms."""
    return tuple(_problem(detail) for detail in error.errors(include_url=False))


def _problem(detail: ErrorDetails) -> Problem:
    english, chinese = TABLE.get(detail["type"], (detail["msg"], "符合该字段的要求"))
    context = detail.get("ctx", {})
    return Problem(
        path=".".join(str(part) for part in detail["loc"]) or "$",
        found=_found(detail),
        expected=english.format_map(context) if detail["type"] in TABLE else english,
        expected_zh=chinese.format_map({**context, "expected": _listed(context.get("expected", ""))}),
    )


def _listed(words: str) -> str:
    """The allowed words, which pydantic joins with an English "or"."""
    return words.replace(" or ", "、").replace(", ", "、")


def _found(detail: ErrorDetails) -> str:
    if detail["type"] == "missing":
        return "nothing"
    value, location = detail["input"], detail["loc"]
    personal = not location or location[0] in PERSONAL
    return type(value).__name__ if personal else shorten(value)


def shorten(found: object) -> str:
    """What was found, short enough to read and safe to print."""
    text = ascii(found) if isinstance(found, bytes) else repr(found)
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= FOUND_LIMIT else f"{text[:FOUND_LIMIT]}…"
