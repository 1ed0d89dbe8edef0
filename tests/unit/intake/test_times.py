"""Moments: every row of each table is read, relative words count from the sending, nothing becomes a wrong time."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.territory import SHANGHAI
from services.intake import notations
from services.intake.notations import AGO, CLOCKS, DAYS, STAMPS, WEEKDAYS
from services.intake.times import AHEAD, SKEW, UnreadableTimeError, _in_figures, parse_when
from tests.builders import DAY, MORNING

LATE = datetime(2100, 12, 31, 23, 59, 59, tzinfo=SHANGHAI)

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
    ("1551324305",                      "2019-02-28T03:25:05+00:00"),
    ("1551324305250",                   "2019-02-28T03:25:05.250+00:00"),
    ("１５５１３２４３０５",                "2019-02-28T03:25:05+00:00"),
    ("2026 年 3 月 5 日 14 时 30 分",      "2026-03-05T14:30:00+08:00"),
    ("二〇二六年三月五日十四时三十分",        "2026-03-05T14:30:00+08:00"),
    ("二零二六年三月五日下午两点零五",        "2026-03-05T14:05:00+08:00"),
    ("2026年3月5日（星期四）下午三点一刻",     "2026-03-05T15:15:00+08:00"),
    ("2026-03-05(周四) 15:45",           "2026-03-05T15:45:00+08:00"),
    ("2026/3/5 下午三点三刻",              "2026-03-05T15:45:00+08:00"),
    ("2026年3月5号下午大约三点半左右",        "2026-03-05T15:30:00+08:00"),
    ("2026年3月5日15时许",                "2026-03-05T15:00:00+08:00"),
    ("2026年3月5日下午3点多钟",             "2026-03-05T15:00:00+08:00"),
    ("2026年3月5日晚八点整",               "2026-03-05T20:00:00+08:00"),
    ("2026年3月5日夜里十一点",             "2026-03-05T23:00:00+08:00"),
    ("2026年3月5日夜里一点",              "2026-03-06T01:00:00+08:00"),
    ("2026年3月5日半夜2点",              "2026-03-06T02:00:00+08:00"),
    ("2026年3月5日半夜",                "2026-03-06T00:00:00+08:00"),
    ("2026年3月5日晚上12点",             "2026-03-06T00:00:00+08:00"),
    ("2026年3月5日夜里十二点半",           "2026-03-06T00:30:00+08:00"),
    ("2026年3月5日凌晨12点",             "2026-03-05T00:00:00+08:00"),
    ("2019-02-28 24:00",                "2019-03-01T00:00:00+08:00"),
    ("2026年3月5日24时",                "2026-03-06T00:00:00+08:00"),
    ("2026年3月5日零点",                 "2026-03-05T00:00:00+08:00"),
    ("2026年3月5日下午",                 "2026-03-05T14:00:00+08:00"),
    ("２０１９-０２-２８　１１：２５：０５",   "2019-02-28T11:25:05+08:00"),
    ("２０２０年１月６日１２时０９分",         "2020-01-06T12:09:00+08:00"),
    ("２０１９／２／２８",                  "2019-02-28T00:00:00+08:00"),
    (" 2019-02-28\t11:25 ",             "2019-02-28T11:25:00+08:00"),
    ("2000-01-01",                      "2000-01-01T00:00:00+08:00"),
    ("2100-12-31 23:59:59",             "2100-12-31T23:59:59+08:00"),
    ("2024-02-29",                      "2024-02-29T00:00:00+08:00"),
)  # fmt: skip

# What is relative, as meant when it is sent on Thursday, 5 March 2026, at 09:00 in Shanghai.
RELATIVE = (
    # as written              as meant
    ("今天",                    "2026-03-05T00:00"),
    ("今日8时",                 "2026-03-05T08:00"),
    ("今早七点半",               "2026-03-05T07:30"),
    ("今晨",                    "2026-03-05T05:00"),
    ("今天上午",                 "2026-03-05T08:00"),
    ("今天下午3点",              "2026-03-05T15:00"),
    ("昨天",                    "2026-03-04T00:00"),
    ("昨日 14:30",              "2026-03-04T14:30"),
    ("昨天下午三点",              "2026-03-04T15:00"),
    ("昨天的下午三点钟左右",        "2026-03-04T15:00"),
    ("昨天下午",                 "2026-03-04T14:00"),
    ("昨晚",                    "2026-03-04T20:00"),
    ("昨晚8点多",                "2026-03-04T20:00"),
    ("昨晚上八点",               "2026-03-04T20:00"),
    ("昨夜十一点一刻",             "2026-03-04T23:15"),
    ("昨晚12点",                "2026-03-05T00:00"),
    ("昨晚一点半",               "2026-03-05T01:30"),
    ("昨天夜里1点",              "2026-03-05T01:00"),
    ("夜里1点",                 "2026-03-05T01:00"),
    ("2026年3月5日夜里1点",        "2026-03-05T01:00"),
    ("昨天24:00",              "2026-03-05T00:00"),
    ("前天",                    "2026-03-03T00:00"),
    ("前晚八点",                 "2026-03-03T20:00"),
    ("大前天中午十二点",           "2026-03-02T12:00"),
    ("周四",                    "2026-03-05T00:00"),
    ("周四9:10",                "2026-03-05T09:10"),
    ("周四9:11",                "2026-02-26T09:11"),
    ("周三三点",                 "2026-03-04T03:00"),
    ("星期一十点十分",             "2026-03-02T10:10"),
    ("星期天",                   "2026-03-01T00:00"),
    ("礼拜日 晚上8点",            "2026-03-01T20:00"),
    ("周五",                    "2026-02-27T00:00"),
    ("本周一上午",               "2026-03-02T08:00"),
    ("这个星期五0点",             "2026-03-06T00:00"),
    ("上周五",                   "2026-02-27T00:00"),
    ("上周四",                   "2026-02-26T00:00"),
    ("上个星期日下午3点",          "2026-03-01T15:00"),
    ("上上周一",                 "2026-02-16T00:00"),
    ("3月5日下午三点",            "2026-03-05T15:00"),
    ("三月六日八点",              "2026-03-06T08:00"),
    ("3月6日10时",              "2025-03-06T10:00"),
    ("十二月三十一日23时59分",     "2025-12-31T23:59"),
    ("2月29日",                 "2024-02-29T00:00"),
    ("5号8点",                  "2026-03-05T08:00"),
    ("31日",                   "2026-01-31T00:00"),
    ("下午三点",                 "2026-03-04T15:00"),
    ("14:30",                  "2026-03-04T14:30"),
    ("09:10",                  "2026-03-05T09:10"),
    ("09:11",                  "2026-03-04T09:11"),
    ("八点半",                   "2026-03-05T08:30"),
    ("早上",                    "2026-03-05T06:00"),
    ("下午",                    "2026-03-04T14:00"),
    ("刚才",                    "2026-03-05T09:00"),
    ("刚刚",                    "2026-03-05T09:00"),
    ("40秒前",                  "2026-03-05T08:59:20"),
    ("20分钟前",                 "2026-03-05T08:40"),
    ("二十多分钟以前",             "2026-03-05T08:40"),
    ("半小时前",                 "2026-03-05T08:30"),
    ("半个小时之前",              "2026-03-05T08:30"),
    ("三小时前",                 "2026-03-05T06:00"),
    ("大约三个钟头前",             "2026-03-05T06:00"),
    ("一个半小时前",              "2026-03-05T07:30"),
    ("1小时20分钟前",            "2026-03-05T07:40"),
    ("两天前",                   "2026-03-03T09:00"),
    ("一天半前",                 "2026-03-03T21:00"),
    ("半天前",                   "2026-03-04T21:00"),
    ("两天前下午三点",             "2026-03-03T15:00"),
    ("一周前",                   "2026-02-26T09:00"),
    ("两个星期前",               "2026-02-19T09:00"),
)  # fmt: skip

UNKNOWN = "has no known form", "无法识别"
NONE, YEARS, FUTURE = "不存在", "不在2000至2100年之间", "晚于报送时间一天以上"
REFUSED = (
    # as written              why, in English                 and in Chinese
    ("",                      *UNKNOWN),
    ("28/2/2019",             *UNKNOWN),
    ("02-28 11:25",           *UNKNOWN),
    ("2019-02/28",            *UNKNOWN),
    ("2019-2-2811:25",        *UNKNOWN),
    ("2019-02-28 11:25:05 CST", *UNKNOWN),
    ("٢٠١٩-٠٢-٢٨",            *UNKNOWN),
    ("2026年3月5日2点半30分",     *UNKNOWN),
    ("明天",                   *UNKNOWN),
    ("去年",                   *UNKNOWN),
    ("不详",                   *UNKNOWN),
    ("几分钟前",                *UNKNOWN),
    ("三点五",                 *UNKNOWN),
    ("十十点",                 *UNKNOWN),
    ("周八",                   *UNKNOWN),
    ("昨天 今天",               *UNKNOWN),
    ("155132430",             *UNKNOWN),
    ("15513243050",           *UNKNOWN),
    ("2月30日",                "does not exist (day",          NONE),
    ("13月1日",                "does not exist (month",        NONE),
    ("32号",                   "does not exist (day",          NONE),
    ("昨天25点",                "does not exist (hour",         NONE),
    ("昨晚六点六十分",            "does not exist (minute",       NONE),
    ("昨晚3点",                 "(晚 has no hour 3)",            NONE),
    ("9999周前",                "not in the years 2000 to 2100", YEARS),
    ("9999999999",            "not in the years 2000 to 2100", YEARS),
    ("2026-03-06 09:00:01",   "lies in the future",           FUTURE),
    ("1772758801",            "lies in the future",           FUTURE),
    ("这周六",                  "lies in the future",           FUTURE),
    ("2019-02-29",            "does not exist (day",          NONE),
    ("2019-13-01",            "does not exist (month",        NONE),
    ("2019-00-10",            "does not exist (month",        NONE),
    ("2019-02-28 24:01",      "does not exist (24:00 is the", NONE),
    ("2019-02-28 25:00",      "does not exist (hour 25",      NONE),
    ("2019-02-28 11:60",      "does not exist (minute",       NONE),
    ("2019-02-28T11:25:60Z",  "does not exist (second",       NONE),
    ("2019-02-28T11:25+15:00", "does not exist (zone",        NONE),
    ("2019-02-28T11:25+08:60", "does not exist (zone",        NONE),
    ("2026年3月5日上午14点",     "(上午 has no hour 14)",          NONE),
    ("2026年3月5日晚上4点",      "(晚上 has no hour 4)",           NONE),
    ("1999-12-31",            "not in the years 2000 to 2100", YEARS),
    ("2101-01-01",            "not in the years 2000 to 2100", YEARS),
    ("0000-01-01",            "not in the years 2000 to 2100", YEARS),
)  # fmt: skip


@pytest.mark.parametrize(("written", "meant"), READ)
def test_a_moment_is_read_as_meant(written: str, meant: str) -> None:
    when = parse_when(written, LATE)
    assert when == datetime.fromisoformat(meant)
    assert when.utcoffset() == datetime.fromisoformat(meant).utcoffset()


@pytest.mark.parametrize(("written", "meant"), RELATIVE)
def test_what_is_relative_counts_from_the_sending_in_shanghai(written: str, meant: str) -> None:
    for sent_at in (MORNING, MORNING.astimezone(UTC)):
        when = parse_when(written, sent_at)
        assert when == datetime.fromisoformat(meant).replace(tzinfo=SHANGHAI)
        assert when.tzinfo is SHANGHAI


@pytest.mark.parametrize(("written", "why", "why_zh"), REFUSED)
def test_what_is_no_moment_is_refused_with_what_is_right_in_both_languages(written: str, why: str, why_zh: str) -> None:
    with pytest.raises(UnreadableTimeError) as caught:
        parse_when(written, MORNING)
    assert why in caught.value.expected
    assert caught.value.expected.startswith("a moment such as 2026-03-05T14:30:00+08:00 or ")
    assert caught.value.expected_zh.startswith(f"该时间{why_zh}，应写成如 ")


@pytest.mark.parametrize("table", ["STAMP", "DAY", "CLOCK", "AGO"])
def test_every_example_of_a_table_is_read_by_its_own_row_and_by_no_earlier_one(table: str) -> None:
    rows = {"STAMP": STAMPS, "DAY": DAYS, "CLOCK": CLOCKS, "AGO": AGO}[table]
    patterns = getattr(notations, f"{table}_PATTERNS")
    for number, (_, written) in enumerate(rows):
        matches = [pattern.fullmatch(_in_figures(written)) is not None for pattern in patterns]
        assert matches.index(True) == number, written
        assert parse_when(written, MORNING) <= MORNING + SKEW


def test_no_zone_means_shanghai_by_name() -> None:
    assert parse_when("2019-02-28", MORNING).tzinfo is SHANGHAI


def test_a_part_of_the_day_that_has_begun_is_not_later_than_its_sending() -> None:
    early = MORNING.replace(hour=12, minute=20)
    assert [parse_when(written, early) for written in ("下午", "今天下午")] == [early, early]


def test_the_29th_of_february_is_that_of_the_newest_leap_year() -> None:
    assert parse_when("2月29日", LATE).year == 2096
    assert parse_when("2月29日", MORNING.replace(year=2024)).year == 2024


def test_clocks_that_go_a_day_ahead_are_borne_and_no_more() -> None:
    assert parse_when((MORNING + AHEAD).isoformat(), MORNING) == MORNING + AHEAD
    with pytest.raises(UnreadableTimeError):
        parse_when((MORNING + AHEAD + timedelta(seconds=1)).isoformat(), MORNING)


MOMENTS = st.datetimes(datetime(2001, 9, 10), datetime(2099, 12, 1))  # noqa: DTZ001 - the zone is added
SECONDS = MOMENTS.map(lambda moment: moment.replace(tzinfo=SHANGHAI, microsecond=0))
MINUTES = SECONDS.map(lambda moment: moment.replace(second=0))
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
DIGITS = "零一二三四五六七八九"


def numeral(number: int, *, two: str = "二") -> str:
    """A number to 99 as people say it."""
    tens, ones = divmod(number, 10)
    said = ("" if tens < 2 else DIGITS[tens]) + ("十" if tens else "") + (DIGITS[ones] if ones or not tens else "")
    return two if said == "二" else said


def spelt(number: int) -> str:
    """A number digit by digit, as years are said."""
    return "".join(DIGITS[int(digit)] for digit in str(number))


def in_twelve_hours(hour: int) -> str:
    """The hour with its part of the day: 下午三点 for 15."""
    part = "凌晨" if hour < 6 else "上午" if hour < 12 else "下午" if hour < 18 else "晚上"
    return f"{part}{numeral(hour if hour < 13 else hour - 12, two='两')}点"


def lately(first: timedelta, last: timedelta) -> st.SearchStrategy[timedelta]:
    """How long after a moment its report is sent, in whole seconds."""
    return st.integers(int(first.total_seconds()), int(last.total_seconds())).map(
        lambda after: timedelta(seconds=after)
    )


@given(MOMENTS, ZONES)
def test_every_iso_moment_is_read_back(moment: datetime, zone: timezone) -> None:
    aware = moment.replace(tzinfo=zone)
    assert parse_when(aware.isoformat(), LATE) == aware
    assert parse_when(aware.isoformat(" "), LATE) == aware


@given(SECONDS)
def test_every_moment_survives_each_customary_way_to_write_it(local: datetime) -> None:
    y, mo, d, h, mi, s = local.timetuple()[:6]
    for written in (
        f"{y}/{mo}/{d} {h}:{mi:02}:{s:02}",
        f"{y}年{mo}月{d}日{h}时{mi}分{s}秒",
        f"{y}年{mo}月{d}日{'上午' if h < 12 else '下午' if h < 18 else '晚上'}{h % 12 or h}点{mi}分{s}秒",
        f"{y}{mo:02}{d:02}{h:02}{mi:02}{s:02}",
        f"{spelt(y)}年{numeral(mo)}月{numeral(d)}日{numeral(h)}时{numeral(mi)}分{numeral(s)}秒",
        f"{local.timestamp():.0f}",
        f"{local.timestamp():.0f}000",
    ):
        assert parse_when(written, LATE) == local


@given(MINUTES, lately(-DAY, timedelta(days=363)))
def test_without_a_year_it_is_the_newest_such_day_not_more_than_a_day_ahead(moment: datetime, after: timedelta) -> None:
    day, clock = f"{moment.month}月{moment.day}日", f"{moment:%H:%M}"
    assert parse_when(f"{day} {clock}", moment + after) == moment
    assert parse_when(f"{numeral(moment.month)}月{numeral(moment.day)}号{clock}", moment + after) == moment


@given(MINUTES, lately(-SKEW, DAY - SKEW - timedelta(seconds=1)))
def test_a_clock_alone_is_the_newest_such_time(moment: datetime, after: timedelta) -> None:
    said = f"{in_twelve_hours(moment.hour)}{numeral(moment.minute)}分"
    assert parse_when(f"{moment:%H:%M}", moment + after) == moment
    assert parse_when(said, moment + after) == moment


@given(MINUTES, lately(-SKEW, 7 * DAY - SKEW - timedelta(seconds=1)), st.sampled_from(["周", "星期", "礼拜"]))
def test_a_weekday_is_the_newest_such_day(moment: datetime, after: timedelta, week: str) -> None:
    written = f"{week}{WEEKDAYS[moment.weekday()]}{in_twelve_hours(moment.hour)}{numeral(moment.minute)}分"
    assert parse_when(written, moment + after) == moment


@given(SECONDS, st.integers(0, 6))
def test_a_weekday_of_last_week_lies_in_the_week_before_that_began_on_a_monday(sent: datetime, weekday: int) -> None:
    when = parse_when(f"上周{WEEKDAYS[weekday]}", sent)
    assert (when.weekday(), when.hour) == (weekday, 0)
    assert when.isocalendar()[:2] == (sent - 7 * DAY).isocalendar()[:2]


@given(
    MINUTES,
    st.sampled_from([(0, "今天"), (0, "今日"), (1, "昨天"), (1, "昨日"), (2, "前天"), (3, "大前天")]),
    st.data(),
)
def test_a_day_word_counts_days_in_shanghai(moment: datetime, word: tuple[int, str], data: st.DataObject) -> None:
    sent = (moment + word[0] * DAY).replace(hour=data.draw(st.integers(0, 23)))
    written = f"{word[1]}{in_twelve_hours(moment.hour)}{numeral(moment.minute)}分"
    assert parse_when(written, sent.astimezone(UTC)) == moment


@given(SECONDS, st.integers(1, 99), st.sampled_from([("分钟", "minutes"), ("个小时", "hours"), ("天", "days")]))
def test_what_was_so_long_ago_is_counted_back(sent: datetime, count: int, unit: tuple[str, str]) -> None:
    meant = sent - timedelta(**{unit[1]: count})
    assert parse_when(f"{count}{unit[0]}前", sent) == meant
    assert parse_when(f"大约{numeral(count, two='两')}{unit[0]}以前", sent) == meant


WORDS_OF_TIME = (
    "今昨前大天日周星期上本这个一二三四五六七八九十两零〇半刻点时分秒月年号后左右许多约早晚夜午下凌晨刚才小钟"
)
CHARACTERS = [*WORDS_OF_TIME, *"0123456789:-/. TZ+"]


@given(st.text() | st.text(st.sampled_from(CHARACTERS), max_size=16), SECONDS)
def test_any_text_is_a_moment_of_this_century_not_in_the_future_or_refused(text: str, sent: datetime) -> None:
    try:
        when = parse_when(text, sent)
    except UnreadableTimeError:
        return
    assert 2000 <= when.year <= 2100
    assert when <= sent + AHEAD
    assert when.astimezone(UTC).tzinfo is UTC
