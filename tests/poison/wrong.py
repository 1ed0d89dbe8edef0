"""Poison in the form of its topic whose fields are wrong: types, numbers, times, words, names and identities."""

from collections.abc import Mapping
from random import Random
from typing import Any, Final

from tests.poison.sample import Sample
from tests.poison.surgery import Fields, Raw, anywhere, body, places, put, with_body

TYPES: Final[Mapping[str, Any]] = {
    "null for a value": None,
    "true for a value": True,
    "number for a value": -1,
    "fraction for a value": 1.5,
    "empty text for a value": "",
    "blanks for a value": " \t\u3000",
    "list for a value": [],
    "list of null for a value": [None],
    "object for a value": {},
    "object in a list for a value": [{"a": [{}]}],
    "number as text for a value": "12",
    "unknown word for a value": "unbekannt",
}

NUMBERS: Final[Mapping[str, str]] = {
    "NaN": "NaN",
    "infinity": "Infinity",
    "minus infinity": "-Infinity",
    "1e400": "1e400",
    "-1e400": "-1e400",
    "1e308": "1e308",
    "1e-400": "1e-400",
    "minus zero": "-0",
    "minus zero point zero": "-0.0",
    "number below zero": "-1",
    "2^31": "2147483648",
    "2^53 + 1": "9007199254740993",
    "2^63 - 1": "9223372036854775807",
    "2^63": "9223372036854775808",
    "2^64": "18446744073709551616",
    "-2^63 - 1": "-9223372036854775809",
    "1e18 as whole number": "1000000000000000000",
    "hundred digits": "1" + "0" * 100,
    "whole number with fraction": "1.0",
    "hexadecimal": "0x10",
    "leading zero": "01",
    "leading plus": "+1",
    "other digits": "\u0661\u0662",
    "180.0000001": "180.0000001",
    "-90.5": "-90.5",
    "number as text": '"107.4"',
    "NaN as text": '"NaN"',
}

TIMES: Final[Mapping[str, Any]] = {
    "last moment of 9999": "9999-12-31T23:59:59.999999Z",
    "9999 in a zone beyond its end": "9999-12-31T23:59:59-14:00",
    "9999 in the banner's zone": "9999-12-31T23:59:59+08:00",
    "year 1": "0001-01-01T00:00:00Z",
    "year 1 in a zone before its start": "0001-01-01T00:00:00+14:00",
    "year 0": "0000-01-01T00:00:00Z",
    "year 10000": "10000-01-01T00:00:00Z",
    "24:00": "2026-03-05T24:00:00+08:00",
    "leap second": "2016-12-31T23:59:60Z",
    "30th of February": "2026-02-30T00:00:00Z",
    "29th of February": "2027-02-29T00:00:00Z",
    "no zone": "2026-03-05T14:30:00",
    "zone of a day": "2026-03-05T14:30:00+23:59",
    "zone of 99 hours": "2026-03-05T14:30:00+99:99",
    "zone in seconds": "2026-03-05T14:30:00+08:00:01",
    "nanoseconds": "2026-03-05T14:30:00.123456789123+08:00",
    "day alone": "2026-03-05",
    "week": "2026-W10-4",
    "clock alone": "14:30",
    "zero seconds": 0,
    "seconds below zero": -1,
    "seconds of 9999": 253402300799,
    "seconds beyond 9999": 253402300800,
    "seconds of 1e18": 10**18,
    "fraction of a second": 1772692200.5,
    "year 9999 in Chinese": "9999年12月31日 23时59分",
    "year 1 in Chinese": "1年1月1日",
    "9999 weeks ago": "9999周前",
    "99999 minutes ago": "99999分钟前",
    "last night at 24": "昨晚24点",
    "other digits in a time": "\uff12\uff10\uff12\uff16-03-05 14:30",
    "arabic digits in a time": "\u0662\u0660\u0662\u0666-03-05",
    "a long time": "2" * 64,
    "moment before yesterday's": "2026-03-05T14:30:00+08:00\u0000",
    "slow to read": "昨天" * 15 + "点" * 30,
}

TEXTS: Final[Mapping[str, str]] = {
    "control characters": '"' + "".join(f"\\u{code:04x}" for code in range(32)) + '"',
    "zero character": '"a\\u0000b"',
    "control characters in the raw": '"a\x01\x02\x1f\x7f"',
    "line break in the raw": '"a\nb"',
    "high surrogate alone": '"\\ud83d"',
    "low surrogate alone": '"\\udc00"',
    "surrogates the wrong way": '"\\udc00\\ud83d"',
    "surrogate before text": '"\\ud83dabc"',
    "surrogate as bytes": '"\ud83d"',
    "zero-width text": '"\\u200b\\u200d\\u2060\\ufeff"',
    "direction marks": '"\\u202e\\u2066abc\\u2069"',
    "soft hyphens": '"\\u00ad\\u00ad"',
    "no characters": '"\\ufffe\\uffff"',
    "private use": '"\\ue000\\uf8ff"',
    "last plane": '"\\udbff\\udfff"',
    "combining marks": '"a' + "\\u0301" * 3000 + '"',
    "ligatures": '"' + "\\ufdfa" * 300 + '"',
    "unknown escape": '"\\x41"',
    "short escape": '"\\u12"',
    "a log line": '"x\\n{\\"event\\": \\"stopped\\", \\"level\\": \\"info\\"}"',
    "terminal codes": '"\\u001b[2J\\u001b]0;x\\u0007"',
    "operators": '"$where"',
    "braces": '"{0.__class__} {said} %s %(x)s ${x}"',
    "path": '"../../../../etc/passwd"',
    "markup": '"<script>alert(1)</script>"',
    "slashes": '"a/b/c/../d"',
    "20,001 characters": '"' + "字" * 20_001 + '"',
    "201 characters": '"' + "字" * 201 + '"',
    "numbers of people": '"15000000001 150623190001010011"',
    "blanks of all kinds": '"\\u00a0\\u2003\\u3000\\u2028\\u2029\\u0085"',
}

NAMES: Final[Mapping[str, str]] = {
    "zero character in a name": '"a\\u0000b"',
    "surrogate in a name": '"\\ud83d"',
    "dots and dollars in a name": '"$set.a.b"',
    "no name": '""',
    "prototype": '"__proto__"',
    "class": '"__class__"',
    "long name": '"' + "n" * 70_000 + '"',
    "name of a setting": '"model_config"',
}

IDENTITIES: Final[Mapping[str, str]] = {
    "no UUID": "12",
    "empty id": "",
    "nil id": "00000000-0000-0000-0000-000000000000",
    "last id": "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "id in braces": "{3d813cbb-47fb-52ba-91df-831e1593ac29}",
    "id as urn": "urn:uuid:3d813cbb-47fb-52ba-91df-831e1593ac30",
    "id without dashes": "3d813cbb47fb52ba91df831e1593ac31",
    "id in capitals": "3D813CBB-47FB-52BA-91DF-831E1593AC32",
    "id with a line break": "3d813cbb-47fb-52ba-91df-831e1593ac33\n",
    "id of 37 characters": "3d813cbb-47fb-52ba-91df-831e1593ac34a",
    "id of somebody else": "3d813cbb-47fb-52ba-91df-831e1593ac35",
}

COUNTS: Final = ("version", "revision", "number", "n", "assignment")
"""Fields that count."""
CODES: Final = ("code", "place_code", "about_unit", "about_staff", "staff", "actor", "department", "sender", "channels")


def dropped(chance: Random, sample: Sample) -> Sample:
    """One field is missing."""
    value = body(sample)
    place = chance.choice(list(places(value, anywhere)))
    inner = value
    for step in place[:-1]:
        inner = inner[step]
    del inner[place[-1]]
    return with_body(sample, value)


def all_null(_chance: Random, sample: Sample) -> Sample:
    return with_body(sample, dict.fromkeys(body(sample)))


def twice(chance: Random, sample: Sample) -> Sample:
    """One field comes twice, the second time with another value."""
    value = body(sample)
    name = chance.choice(list(value))
    return with_body(sample, Fields([*value.items(), (name, chance.choice((None, -1, "x", value[name])))]))


def unknown_name(raw: str) -> Any:
    """A field of another name."""
    return lambda _chance, sample: with_body(sample, Fields([*body(sample).items(), (Raw(raw), "x")]))


def emptied(chance: Random, sample: Sample) -> Sample:
    return put([], lambda _place, value: isinstance(value, list | dict))(chance, sample)


def repeated(chance: Random, sample: Sample) -> Sample:
    """A list with what it has a thousand times."""
    value = body(sample)
    lists = list(places(value, lambda _place, each: isinstance(each, list) and bool(each)))
    if not lists:
        return with_body(sample, {**value, "unknown": [1] * 1000})
    place = chance.choice(lists)
    inner = value
    for step in place:
        inner = inner[step]
    inner.extend(inner * (1000 // len(inner)))
    return with_body(sample, value)
