"""Sums of money and sizes of groups are read as people write them, and what only looks like one is none."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake import amounts
from services.intake.text import normalise

SUMS: tuple[tuple[str, int | None], ...] = (
    # said                                                  yuan
    ("包工头拖欠工资3万元，至今未付。",                       30_000),
    ("欠我们两千余元",                                       2_000),
    ("共计欠薪三万五千元",                                   35_000),
    ("材料款1万5千元没有结清",                               15_000),
    ("借了一万五千多元",                                     15_000),
    ("欠款一万五",                                           15_000),
    ("前后被骗近七千元",                                     7_000),
    ("押金3000元不退",                                       3_000),
    ("要求补缴12,500元",                                     12_500),
    ("退费17915.5元",                                        17_915),
    ("货款￥3，000 未付",                                    3_000),
    ("借给亲戚5万块，人躲着",                                 50_000),
    ("要赔二百块钱",                                         200),
    ("欠我18.5万的饲料款",                                   185_000),
    ("超生罚款31万，交不起",                                 310_000),
    ("欠20多万货款",                                         200_000),
    ("工程款3千多万元",                                      30_000_000),
    ("十余万元不知去向",                                     100_000),
    ("涉及资金一百二十万元",                                 1_200_000),
    ("标的总价1.25亿元",                                     125_000_000),
    ("被骗少则几万元，多则上百万元",                          1_000_000),
    ("已付5000元，还欠2.4万元",                              24_000),
    ("工资400元/月，十二个月共4800元",                       4_800),
    # prices of each
    ("每人每月补贴1500元",                                   None),
    ("羊肉涨到38元/斤，水费3元每吨",                          None),
    ("一年到头工资三千元一个月",                              None),
    ("停车费300元/月",                                       None),
    # no sums
    ("2020年元月5日报过",                                    None),
    ("围栏占了3.5万亩草场",                                  None),
    ("丢了20只羊，第3网格",                                  None),
    ("损失几十万元，也许数十万元",                            None),
    ("损失几万元、数百元不等",                                None),
    ("路面坑洼一块一块的",                                   None),
    ("到旗里有30公里",                                       None),
)  # fmt: skip
SECONDS = 1.0
"""Of this process's time; a text is at most 20,000 characters."""

GROUPS: tuple[tuple[str, int | None], ...] = (
    # said                                                  people
    ("30余名工人集体到旗政府讨薪",                            30),
    ("12名群众联名反映村务不公开",                            12),
    ("围堵项目部大门，现场约五十人",                          50),
    ("十几名业主联名要求换物业",                              10),
    ("我们二十多人上访过三次",                                20),
    ("聚集300人，其中5人情绪激动",                            300),
    ("拖欠30名工人工资",                                     None),
    ("集体经济组织成员30人",                                  None),
    ("几十人聚集在门口",                                     None),
    ("5户牧民联名",                                          None),
    ("居民聚集区有30人患病",                                  30),
)  # fmt: skip


@pytest.mark.parametrize(("said", "yuan"), SUMS)
def test_the_largest_sum_that_is_said_is_the_money_involved(said: str, yuan: int | None) -> None:
    assert amounts.money(normalise(said)) == yuan


@pytest.mark.parametrize(("said", "people"), GROUPS)
def test_a_group_is_who_is_said_to_act_together(said: str, people: int | None) -> None:
    assert amounts.group(normalise(said)) == people


@given(st.text(alphabet="1,.0两百千万亿元块多余几每月/欠款工资人名集体聚联上访。，\n ", max_size=200))
def test_no_words_break_the_reading(said: str) -> None:
    yuan, people = amounts.money(normalise(said)), amounts.group(normalise(said))
    assert yuan is None or 0 <= yuan <= amounts.SUM_MOST
    assert people is None or 0 <= people <= amounts.GROUP_MOST


@pytest.mark.parametrize("sign", ["9", "一", "百", "万", "1,", "¥1", "人", "聚集", "每", "欠一"])
def test_the_longest_text_of_one_sign_is_read_at_once(sign: str) -> None:
    began = time.process_time()
    assert amounts.money(sign * 20_000 + "元") in {None, 1}
    assert amounts.group(sign * 20_000 + "人聚集") in {None, 1}
    assert time.process_time() - began < SECONDS
