"""What is wrong with an input, said so that a department can mend it: the path, what was found, what is right."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from contracts.masking import masked
from contracts.wire import Value

FOUND_LIMIT = 80
MASKED = 10 * FOUND_LIMIT
"""Characters that are masked before they are cut: a number cut in half at their end is far behind what is shown."""
SHOWN = frozenset(
    {
        # of a report; its words may be personal, and every department reads the outcomes
        *("reference", "occurred_at", "coordinates", "place_code", "category", "urgency", "revision", "attachments"),
        *("people", "money", "group", "staff", "about_unit", "about_staff", "same_as"),
        # of an action
        *("version", "case_id", "action", "sender", "action_id", "actor", "assignment", "other"),
        # of a search
        *("unit", "level", "status", "due_before", "limit", "cursor", "light", "from", "to"),
        # of an order
        *("application", "table"),
    }
)
"""Fields whose values an error repeats; of all others, and of lists and objects, it names the type alone."""


class Problem(Value):
    """One fault, in English and Chinese; ``path`` is dotted, ``$`` for the whole."""

    path: str
    found: str
    expected: str
    expected_zh: str

    def __str__(self) -> str:
        """One line in English."""
        return f"{self.path}: found {self.found}; expected {self.expected}"


# what pydantic calls it        what is right, after "expected"          the same as a phrase, after "path："
TABLE: Mapping[str, tuple[str, str]] = {
    "missing":                    ("a value: this field is required",       "缺少该项，请补充"),
    "extra_forbidden":            ("no such parameter",                     "没有此参数，请删除"),
    "json_invalid":               ("well-formed JSON in UTF-8 ({error})",   "应为合法的 UTF-8 JSON 文本（{error}）"),
    "model_type":                 ("a JSON object",                         "应为 JSON 对象"),
    "model_attributes_type":      ("a JSON object",                         "应为 JSON 对象"),
    "string_type":                ("text",                                  "应为文本（加引号）"),
    "string_too_short":           ("at least {min_length} character(s)",    "不得少于{min_length}个字符"),
    "string_too_long":            ("at most {max_length} characters",       "不得超过{max_length}个字符"),
    "string_pattern_mismatch":    ("text of the form {pattern}",            "应符合格式 {pattern}"),
    "string_unicode":             ("valid Unicode text",                    "应为合法的 Unicode 文本"),
    "enum":                       ("one of {expected}",                     "应为以下之一：{expected}"),
    "literal_error":              ("one of {expected}",                     "应为以下之一：{expected}"),
    "float_type":                 ("a number",                              "应为数字"),
    "float_parsing":              ("a number",                              "应为数字"),
    "finite_number":              ("a finite number",                       "应为有限的数字"),
    "int_type":                   ("a whole number",                        "应为整数"),
    "int_parsing":                ("a whole number",                        "应为整数"),
    "int_parsing_size":           ("a smaller whole number",                "数值过大，应为较小的整数"),
    "int_from_float":             ("a whole number",                        "应为整数"),
    "greater_than_equal":         ("a number of at least {ge}",             "不得小于{ge}"),
    "less_than_equal":            ("a number of at most {le}",              "不得大于{le}"),
    "less_than":                  ("a number below {lt}",                   "应小于{lt}"),
    "tuple_type":                 ("a list",                                "应为列表"),
    "too_long":                   ("at most {max_length} entries",          "不得超过{max_length}项"),
    "uuid_type":                  ("a UUID",                                "应为 UUID"),
    "uuid_parsing":               ("a UUID",                                "应为 UUID"),
    "datetime_type":              ("a date and time in ISO 8601",           "应为 ISO 8601 格式的日期时间"),
    "datetime_parsing":           ("a date and time in ISO 8601",           "应为 ISO 8601 格式的日期时间"),
    "datetime_from_date_parsing": ("a date and time in ISO 8601",           "应为 ISO 8601 格式的日期时间"),
    "timezone_aware":             ("a time with its zone",                  "应带时区，如 +08:00"),
    "date_from_datetime_parsing": ("a day, such as 2026-03-05",             "应为日期，如 2026-03-05"),
    "date_from_datetime_inexact": ("a day, such as 2026-03-05",             "应为日期，如 2026-03-05"),
    "period":                     ("at most {days} days, from first to last", "应为不超过{days}天，止日不早于起日"),
    "cursor":                     ("the `next` of an earlier answer",       "应为上一页答复中的 next"),
}  # fmt: skip

# a bound that is a moment, not a number
MOMENTS: Mapping[str, tuple[str, str]] = {
    "greater_than_equal": ("a moment not before {ge}", "不得早于 {ge}"),
    "less_than":          ("a moment before {lt}",     "应早于 {lt}"),
}  # fmt: skip

# pattern                         what it asks for, in words
PATTERNS: Mapping[str, tuple[str, str]] = {
    r"^\d{6}(\d{3}){0,3}$":           ("a code of 6, 9, 12 or 15 digits", "应为6、9、12或15位数字"),
    r"^[0-9]{6}([0-9]{3}){0,3}$":     ("a code of 6, 9, 12 or 15 digits", "应为6、9、12或15位数字"),
    r"^[A-Za-z][A-Za-z0-9+.-]*:\S+$": ("an address such as https://…", "应为网址，如 https://…"),
    r"^\d{4,18}$":                    ("a staff number of 4 to 18 digits", "应为4至18位数字的工号"),
    r"^[a-z0-9][a-z0-9.-]{0,62}$":    ("a staff number or account", "应为工号或账号"),
    r"^[a-z0-9][a-z0-9-]{0,62}$":     ("a name of at most 63 a-z, 0-9 and -", "应为不超过63个小写字母、数字或连字符"),
}  # fmt: skip

MOST = 20
"""Faults of one record that are told one by one."""


def problems(error: ValidationError) -> tuple[Problem, ...]:
    """Each fault that pydantic found, in the source's terms; of very many the first, and how many more there are."""
    found = tuple(_problem(detail) for detail in error.errors(include_url=False)[:MOST])
    more = error.error_count() - len(found)
    return (*found, _more(more)) if more else found


def _more(count: int) -> Problem:
    return Problem(
        path="$",
        found=f"{count} more problems",
        expected="none: mend those above first",
        expected_zh=f"另有{count}处问题，请先更正以上各处",
    )


def _problem(detail: ErrorDetails) -> Problem:
    context = detail.get("ctx", {})
    english, chinese = _right(detail, context)
    return Problem(
        path=".".join(str(part) for part in detail["loc"]) or "$",
        found=_found(detail),
        expected=english.format_map(context),
        expected_zh=chinese.format_map({**context, "expected": _listed(context.get("expected", ""))}),
    )


def _right(detail: ErrorDetails, context: Mapping[str, Any]) -> tuple[str, str]:
    """What is right, as templates in both languages."""
    kind = detail["type"]
    if context.get("pattern") in PATTERNS:
        return PATTERNS[context["pattern"]]
    if kind in MOMENTS and isinstance(context.get("ge", context.get("lt")), str):
        return MOMENTS[kind]
    plain = detail["msg"].replace("{", "{{").replace("}", "}}")
    return TABLE.get(kind, (plain, "不符合该项的要求，请核对"))


def _listed(words: str) -> str:
    """The allowed words, which pydantic joins with an English "or"."""
    return words.replace(" or ", "、").replace(", ", "、")


def _found(detail: ErrorDetails) -> str:
    if detail["type"] == "missing":
        return "nothing"
    value, location = detail["input"], detail["loc"]
    shown = location and location[0] in SHOWN and isinstance(value, str | int | float | None)
    return shorten(value) if shown else type(value).__name__


def shorten(found: object) -> str:
    """What was found, short enough to read and safe to print."""
    text = ascii(found) if isinstance(found, bytes) else repr(found)
    begin = masked(text[:MASKED].encode("utf-8", "backslashreplace").decode())
    return begin if len(begin) <= FOUND_LIMIT and len(text) <= MASKED else f"{begin[:FOUND_LIMIT]}…"
