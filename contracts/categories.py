"""The banner's matters as a tree of three levels: stable codes of 2, 4 and 6 digits, each with its Chinese name.

A code is never given another meaning and never used again; what is no longer wanted stays, so that old cases keep
their names. Who cannot decide on a leaf names the deepest level that is sure.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

VERSION: Final = "2026.1"
"""Of the tree; it grows with every code that is added."""

UNDECIDED: Final = "未定类别"
"""What stands for the name where no category could be decided on."""

_TREE: Final = """
01 畜牧草原
  0101 草原保护      010101 破坏草原 010102 偷牧超载 010103 征占用草原 010104 鼠虫毒草
  0102 草场承包      010201 承包流转 010202 草原补奖
  0103 牲畜          010301 牲畜走失 010302 牲畜疫病 010303 牲畜死亡理赔 010304 牲畜毁坏庄稼
  0104 农牧生产      010401 种子农资 010402 农牧补贴 010403 饲草料短缺
02 水利用水
  0201 人畜饮水      020101 机井水泵损坏 020102 水质异常 020103 停水缺水 020104 管道漏水
  0202 灌溉          020201 灌溉用水分配 020202 灌溉设施损坏 020203 违规打井取水
  0203 防汛河道      020301 淤地坝河道隐患 020302 内涝积水
03 道路交通
  0301 道路养护      030101 路面路基损坏 030102 积雪积沙阻路 030103 路灯标志缺损
  0302 交通秩序      030201 超载超速 030202 交通事故 030203 占道停车
  0303 客货运输      030301 班车公交 030302 出租网约车 030303 快递物流
04 安全隐患
  0401 消防安全      040101 草料堆垛火险 040102 用火用电隐患 040103 消防设施缺损 040104 草原森林防火
  0402 生产安全      040201 工地安全 040202 煤矿化工安全 040203 危险化学品 040204 燃气安全
  0403 公共设施安全  040301 危房危墙 040302 电线杆塔倾斜 040303 井盖坑洞
05 社会治安
  0501 侵财          050101 盗窃 050102 电信诈骗 050103 损毁财物
  0502 侵害人身      050201 打架斗殴 050202 家庭暴力 050203 威胁恐吓
  0503 治安管理      050301 赌博涉毒 050302 噪声扰民 050303 流动人口 050304 犬只扰民
06 劳动保障
  0601 工资          060101 拖欠农民工工资 060102 拖欠企业工资
  0602 劳动关系      060201 合同与辞退 060202 工伤待遇 060203 工时与休假
  0603 社会保险      060301 养老保险 060302 医疗保险 060303 失业与生育保险
  0604 就业          060401 就业援助与培训
07 民政救助
  0701 社会救助      070101 低保特困 070102 临时救助 070103 残疾人补贴 070104 医疗救助
  0702 养老儿童      070201 独居老人照料 070202 留守困境儿童 070203 养老机构
  0703 社会事务      070301 婚姻登记 070302 殡葬 070303 退役军人优抚 070304 地名区划
08 生态环境
  0801 污染          080101 污水排放 080102 大气扬尘 080103 噪声污染 080104 固废倾倒
  0802 养殖污染      080201 畜禽粪污 080202 病死畜禽处置
  0803 自然保护      080301 野生动物 080302 林木湿地破坏
09 卫生健康
  0901 医疗服务      090101 就医不便 090102 医疗质量与收费 090103 乡村医生
  0902 公共卫生      090201 传染病疫情 090202 鼠疫布病 090203 疫苗接种
  0903 生育服务      090301 生育登记与补助
10 教育文体
  1001 入学与学校    100101 招生入学 100102 校车与食宿 100103 校园安全 100104 教学与师德
  1002 教育收费      100201 收费与资助 100202 校外培训
  1003 教师          100301 教师待遇
  1004 文化体育      100401 文体设施与活动 100402 文物保护
11 市场商贸旅游
  1101 消费维权      110101 商品质量 110102 价格欺诈 110103 预付卡退费
  1102 食品药品      110201 食品安全 110202 药品与保健品
  1103 市场秩序      110301 证照办理 110302 无证经营 110303 传销与虚假宣传
  1104 旅游          110401 景区与旅游服务
12 土地矿产
  1201 土地管理      120101 违法占地 120102 征地补偿 120103 宅基地审批 120104 土地确权
  1202 矿产          120201 采矿影响 120202 非法采砂采矿
13 住房城建
  1301 住房          130101 危旧房改造 130102 保障房 130103 房产证办理 130104 商品房质量与交付
  1302 物业小区      130201 物业服务 130202 小区设施 130203 停车与充电
  1303 市政公用      130301 供暖 130302 供电 130303 燃气供应 130304 通信网络
  1304 市容环卫      130401 垃圾清运 130402 公厕 130403 违章建筑 130404 占道经营
14 矛盾纠纷
  1401 婚姻家庭纠纷  140101 离婚与财产 140102 赡养抚养 140103 继承
  1402 邻里纠纷      140201 相邻排水通行 140202 口角与噪声
  1403 草场纠纷      140301 草场界线 140302 草场租赁 140303 越界放牧
  1404 土地纠纷      140401 耕地权属 140402 土地租赁 140403 宅基地边界
  1405 债务纠纷      140501 民间借贷 140502 买卖欠款
  1406 劳动争议      140601 报酬争议 140602 工伤赔偿争议
  1407 合同纠纷      140701 合作与承揽 140702 牲畜买卖
  1408 损害赔偿纠纷  140801 交通事故赔偿 140802 牲畜致害 140803 人身损害
  1409 医疗纠纷      140901 医患争议
  1410 物业纠纷      141001 物业费与服务 141002 业主权益
15 应急险情
  1501 危及生命      150101 人员被困 150102 人员失联 150103 突发重病 150104 自伤轻生
  1502 灾害          150201 火灾 150202 洪水 150203 雪灾寒潮 150204 沙尘大风 150205 地震地质
  1503 事故          150301 生产事故 150302 爆炸泄漏 150303 中毒
16 党务政务
  1601 干部作风      160101 不作为慢作为 160102 吃拿卡要 160103 网格员履职 160104 侵占挪用
  1602 村务          160201 村务财务公开 160202 集体资产处置 160203 选举
  1603 政务服务      160301 办事难 160302 政策咨询 160303 户籍证件
"""


def _read(tree: str) -> Mapping[str, str]:
    names: dict[str, str] = {}
    for line in tree.strip().splitlines():
        words = line.split()
        names.update(zip(words[::2], words[1::2], strict=True))
    return MappingProxyType(dict(sorted(names.items())))


CATEGORIES: Final[Mapping[str, str]] = _read(_TREE)
"""The Chinese name of each code, of all three levels, in order."""

DIGITS: Final = 6
"""Of a code of the third level, the deepest."""

LEAVES: Final[tuple[str, ...]] = tuple(code for code in CATEGORIES if len(code) == DIGITS)
"""The codes of the third level."""


def lineage(code: str) -> tuple[str, ...]:
    """The codes from the first level down to this one: 010101 gives 01, 0101, 010101; there is none below."""
    return tuple(code[:digits] for digits in range(2, min(len(code), DIGITS) + 1, 2))


def within(code: str | None, above: str) -> bool:
    """Whether the code is this one or one below it."""
    return code is not None and code.startswith(above)


def named(code: str | None) -> str:
    """The names from the first level down, 畜牧草原/草原保护/破坏草原; for None that it is undecided.

    Raises KeyError for a code that is not in the tree.
    """
    return "/".join(CATEGORIES[each] for each in lineage(code)) if code else UNDECIDED
