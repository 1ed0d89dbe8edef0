"""Moments: every form in the table is read, and nothing else becomes a wrong time."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.territory import SHANGHAI
from services.intake.times import FORMS, UnreadableTimeError, parse_when

READ = (
    # as written                        as meant (local time, zone Asia/Shanghai if none stands there)
    ("2019-02-28T11:25:05",             "2019-02-28T11:25:05+08:00"),
    ("2019-02-28 11:25:05",             "2019-02-28T11:25:05+08:00"),
    ("2019-02-28T11:25",                "2019-02-28T11:25:00+08:00"),
    ("2019-02-28T11:25:05Z",            "2019-02-28T11:25:05+00:00"),
    ("2019-02-28T11:25:05.123456789Z",  "2019-02-28T11:25:05.123456+00:00"),
    ("2019-02-28T11:25:05,5+0800",      "2019-02-28T11:25:05.500000+08:00"),
    ("2019-02-28 11:25:05 -03:30",      "2019-02-28T11:25:05-03:30"),
    ("2019-02-28T11:25+08",             "2019-02-28T11:25:00+08:00"),
    ("2019/2/28 11:25:05",              "2019-02-28T11:25:05+08:00"),
    ("2019-2-28 11:25",                 "2019-02-28T11:25:00+08:00"),
    ("2019-2-28  9:05",                 "2019-02-28T09:05:00+08:00"),
    ("2019.2.28",                       "2019-02-28T00:00:00+08:00"),
    ("2020年1月6日 12:09",               "2020-01-06T12:09:00+08:00"),
    ("2020年1月6日12:09",                "2020-01-06T12:09:00+08:00"),
    ("2020年1月6日12时09分",              "2020-01-06T12:09:00+08:00"),
    ("2020年1月6日 12时9分30秒",           "2020-01-06T12:09:30+08:00"),
    ("2020年1月6日",                     "2020-01-06T00:00:00+08:00"),
    ("2026年3月5日14点30分",              "2026-03-05T14:30:00+08:00"),
    ("2026年3月5日14点",                 "2026-03-05T14:00:00+08:00"),
    ("2026年3月5日上午9点",               "2026-03-05T09:00:00+08:00"),
    ("2026年3月5日上午12点",              "2026-03-05T12:00:00+08:00"),
    ("2026年3月5日 下午 2点30分",          "2026-03-05T14:30:00+08:00"),
    ("2026年3月5日下午2点半",              "2026-03-05T14:30:00+08:00"),
    ("2026年3月5日下午2时30分",            "2026-03-05T14:30:00+08:00"),
    ("2026年3月5日下午2:30",              "2026-03-05T14:30:00+08:00"),
    ("2026年3月5日下午14点30分",           "2026-03-05T14:30:00+08:00"),
    ("2026年3月5日下午12点10分",           "2026-03-05T12:10:00+08:00"),
    ("2026年3月5日晚上8点5分30秒",         "2026-03-05T20:05:30+08:00"),
    ("2026年3月5日凌晨0点半",              "2026-03-05T00:30:00+08:00"),
    ("2026年3月5日早上7点",               "2026-03-05T07:00:00+08:00"),
    ("2026年3月5日中午1点",               "2026-03-05T13:00:00+08:00"),
    ("2026年3月5日傍晚6点",               "2026-03-05T18:00:00+08:00"),
    ("20190228112505",                  "2019-02-28T11:25:05+08:00"),
    ("20190228T112505Z",                "2019-02-28T11:25:05+00:00"),
    ("20190228",                        "2019-02-28T00:00:00+08:00"),
    ("２０１９-０２-２８　１１：２５：０５",   "2019-02-28T11:25:05+08:00"),
    ("２０２０年１月６日１２时０９分",         "2020-01-06T12:09:00+08:00"),
    ("２０１９／２／２８",                  "2019-02-28T00:00:00+08:00"),
    (" 2019-02-28\t11:25 ",             "2019-02-28T11:25:00+08:00"),
    ("2000-01-01",                      "2000-01-01T00:00:00+08:00"),
    ("2100-12-31 23:59:59",             "2100-12-31T23:59:59+08:00"),
    ("2024-02-29",                      "2024-02-29T00:00:00+08:00"),
)  # fmt: skip

UNKNOWN = "has no known form", "无法识别"
NONE, YEARS = "不存在", "不在2000至2100年之间"
REFUSED = (
    # as written              why, in English                 and in Chinese
    ("",                      *UNKNOWN),
    ("昨天下午",                *UNKNOWN),
    ("28/2/2019",             *UNKNOWN),
    ("02-28 11:25",           *UNKNOWN),
    ("2019-02/28",            *UNKNOWN),
    ("2019-2-2811:25",        *UNKNOWN),
    ("1551324305",            *UNKNOWN),
    ("1551324305000",         *UNKNOWN),
    ("2019-02-28 11:25:05 CST", *UNKNOWN),
    ("٢٠١٩-٠٢-٢٨",            *UNKNOWN),
    ("2026年3月5日下午",         *UNKNOWN),
    ("2026年3月5日半夜2点",       *UNKNOWN),
    ("2026年3月5日2点半30分",     *UNKNOWN),
    ("2019-02-29",            "does not exist (day",          NONE),
    ("2019-13-01",            "does not exist (month",        NONE),
    ("2019-00-10",            "does not exist (month",        NONE),
    ("2019-02-28 24:00",      "does not exist (hour",         NONE),
    ("2019-02-28 11:60",      "does not exist (minute",       NONE),
    ("2019-02-28T11:25:60Z",  "does not exist (second",       NONE),
    ("2019-02-28T11:25+15:00", "does not exist (zone",        NONE),
    ("2019-02-28T11:25+08:60", "does not exist (zone",        NONE),
    ("2026年3月5日上午14点",     "(上午 has no hour 14)",          NONE),
    ("2026年3月5日晚上12点",     "(晚上 has no hour 12)",          NONE),
    ("2026年3月5日凌晨12点",     "(凌晨 has no hour 12)",          NONE),
    ("1999-12-31",            "not in the years 2000 to 2100", YEARS),
    ("2101-01-01",            "not in the years 2000 to 2100", YEARS),
    ("0000-01-01",            "not in the years 2000 to 2100", YEARS),
)  # fmt: skip


@pytest.mark.parametrize(("written", "meant"), READ)
def test_a_moment_is_read_as_meant(written: str, meant: str) -> None:
    when = parse_when(written)
    assert when == datetime.fromisoformat(meant)
    assert when.utcoffset() == datetime.fromisoformat(meant).utcoffset()


@pytest.mark.parametrize(("written", "why", "why_zh"), REFUSED)
def test_what_is_no_moment_is_refused_with_what_is_right_in_both_languages(written: str, why: str, why_zh: str) -> None:
    with pytest.raises(UnreadableTimeError) as caught:
        parse_when(written)
    assert why in caught.value.expected
    assert caught.value.expected.startswith("a moment such as 2026-03-05T14:30:00+08:00 or ")
    assert caught.value.expected_zh.startswith(f"该时间{why_zh}，应写成如 ")


@pytest.mark.parametrize(("form", "written"), FORMS)
def test_every_example_of_the_table_is_read_by_its_own_form(form: str, written: str) -> None:
    when = parse_when(written)
    assert when.date() in {datetime(2019, 2, 28, tzinfo=SHANGHAI).date(), datetime(2020, 1, 6, tzinfo=SHANGHAI).date()}
    assert (when.hour != 0) == ("h" in form)
    assert (when.second != 0) == ("s" in form)


def test_no_zone_means_shanghai_by_name() -> None:
    assert parse_when("2019-02-28").tzinfo is SHANGHAI


MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 12, 31))  # noqa: DTZ001 - the zone is added
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(MOMENTS, ZONES)
def test_every_iso_moment_is_read_back(moment: datetime, zone: timezone) -> None:
    aware = moment.replace(tzinfo=zone)
    assert parse_when(aware.isoformat()) == aware
    assert parse_when(aware.isoformat(" ")) == aware


@given(MOMENTS)
def test_every_moment_survives_each_customary_way_to_write_it(moment: datetime) -> None:
    local = moment.replace(tzinfo=SHANGHAI, microsecond=0)
    y, mo, d, h, mi, s = local.timetuple()[:6]
    for written in (
        f"{y}/{mo}/{d} {h}:{mi:02}:{s:02}",
        f"{y}年{mo}月{d}日{h}时{mi}分{s}秒",
        f"{y}年{mo}月{d}日{'上午' if h < 12 else '下午' if h < 18 else '晚上'}{h % 12 or h}点{mi}分{s}秒",
        f"{y}{mo:02}{d:02}{h:02}{mi:02}{s:02}",
    ):
        assert parse_when(written) == local


@given(st.text())
def test_any_text_is_a_moment_of_this_century_or_refused(text: str) -> None:
    try:
        when = parse_when(text)
    except UnreadableTimeError:
        return
    assert 2000 <= when.year <= 2100
    assert when.astimezone(UTC).tzinfo is UTC
