"""Moments: every form in the table is read, and nothing else becomes a wrong time."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.times import FORMS, SHANGHAI, UnreadableTimeError, parse_when

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

REFUSED = (
    # as written           why, in English               and in Chinese
    ("",                   "not a known form",           "无法识别"),
    ("昨天下午",             "not a known form",           "无法识别"),
    ("28/2/2019",          "not a known form",           "无法识别"),
    ("02-28 11:25",        "not a known form",           "无法识别"),
    ("2019-02/28",         "not a known form",           "无法识别"),
    ("2019-2-2811:25",     "not a known form",           "无法识别"),
    ("1551324305",         "not a known form",           "无法识别"),
    ("1551324305000",      "not a known form",           "无法识别"),
    ("2019-02-28 11:25:05 CST", "not a known form",      "无法识别"),
    ("٢٠١٩-٠٢-٢٨",         "not a known form",           "无法识别"),
    ("2019-02-29",         "no such moment (day",        "不存在"),
    ("2019-13-01",         "no such moment (month",      "不存在"),
    ("2019-00-10",         "no such moment (month",      "不存在"),
    ("2019-02-28 24:00",   "no such moment (hour",       "不存在"),
    ("2019-02-28 11:60",   "no such moment (minute",     "不存在"),
    ("2019-02-28T11:25:60Z", "no such moment (second",   "不存在"),
    ("2019-02-28T11:25+15:00", "no such moment (zone",   "不存在"),
    ("2019-02-28T11:25+08:60", "no such moment (zone",   "不存在"),
    ("1999-12-31",         "year outside 2000 to 2100",  "年份不在2000至2100年之间"),
    ("2101-01-01",         "year outside 2000 to 2100",  "年份不在2000至2100年之间"),
    ("0000-01-01",         "year outside 2000 to 2100",  "年份不在2000至2100年之间"),
)  # fmt: skip


@pytest.mark.parametrize(("written", "meant"), READ)
def test_a_moment_is_read_as_meant(written: str, meant: str) -> None:
    when = parse_when(written)
    assert when == datetime.fromisoformat(meant)
    assert when.utcoffset() == datetime.fromisoformat(meant).utcoffset()


@pytest.mark.parametrize(("written", "why", "why_zh"), REFUSED)
def test_what_is_no_moment_is_refused_in_both_languages(written: str, why: str, why_zh: str) -> None:
    with pytest.raises(UnreadableTimeError) as caught:
        parse_when(written)
    message = str(caught.value)
    assert why in message
    assert why_zh in message
    assert message.count(written) >= 2
    assert "right is e.g. 2019-02-28 11:25:05" in message
    assert "正确写法如" in message


@pytest.mark.parametrize(("form", "written"), FORMS)
def test_every_example_of_the_table_is_read_by_its_own_form(form: str, written: str) -> None:
    when = parse_when(written)
    assert when.date() in {datetime(2019, 2, 28, tzinfo=SHANGHAI).date(), datetime(2020, 1, 6, tzinfo=SHANGHAI).date()}
    assert (when.hour != 0) == ("h" in form)
    assert (when.second != 0) == ("s" in form)


def test_no_zone_means_shanghai_by_name() -> None:
    assert parse_when("2019-02-28").tzinfo is SHANGHAI


def test_a_long_text_is_shortened_in_the_message() -> None:
    with pytest.raises(UnreadableTimeError) as caught:
        parse_when("9" * 10_000)
    assert len(str(caught.value)) < 400


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
