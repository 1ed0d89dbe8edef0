"""The words for places: how a name's end varies, which short forms are in use, and which names belong to others."""

from typing import Final

ENDS: Final = (
    # the official name ends in   people also write
    ("虚拟社区",                  ()),
    ("经济开发区",                ("开发区", "经开区")),
    ("社区",                      ("居委会", "居民委员会")),
    ("嘎查",                      ("嘎查村", "村")),
    ("村",                        ("嘎查",)),
    ("镇",                        ("苏木",)),
    ("旗",                        ()),
)  # fmt: skip
"""What follows the stem of a name. A variant that is another unit's official name stays that unit's (克珠日村)."""

ALSO: Final = {
    "鄂托克前旗": ("鄂前旗",),
}
"""Names that do not follow from the official one by its end."""

NOT_ALONE: Final = {
    # stem      what it means without its end
    "鄂托克前": "no word",
    "八一":     "the army's day: schools, streets",
    "大发":     "to make a fortune",
    "大池":     "a big pond",
    "大场子":   "a big yard",
    "水泉子":   "a small spring",
    "新寨子":   "a new stockade",
    "马鞍桥":   "a saddle's bridge",
    "马兰花":   "a flower",
    "长城花园": "a housing estate",
    "春苑":     "housing estates",
    "育才":     "schools",
    "布拉格":   "Prague",
    "乌兰":     "red: 乌兰牧骑, 乌兰察布, names of persons",
    "巴音":     "rich: the beginning of many names",
    "赛罕":     "beautiful: a district of Hohhot",
    "满都拉":   "names of persons, and a border crossing elsewhere",
    "公乌素":   "a town of Wuhai",
    "圐圙":     "a fold for animals",
    "明盖":     "inside 说明盖章",
    "陶利":     "names of persons",
    "希里":     "the end of other names",
    "拜图":     "two syllables that may stand anywhere",
    "乌提":     "two syllables that may stand anywhere",
    "珠和":     "inside 珍珠和",
}  # fmt: skip
"""Stems that are taken for a place only with the name's end or a numbered grid behind them (八一第3网格), or with
their town directly before them (上海庙镇八一)."""

INSTITUTE: Final = "小学|中学|学校|幼儿园|医院|宾馆|酒店|超市|大?[路街](?![口边旁])|广场|公园|牧骑"
"""After such a stem: an institute or a street, which may lie anywhere in the town."""

OTHERS: Final = ("城川菜", "高昂素", "激昂素", "昂素质", "昂素养")
"""Words in which one of our names stands by chance."""

LONGER: Final = "巴彦|巴音|乌兰|呼和|哈日|查干|伊克|伊和|巴嘎|沙日|阿日|敦达|章昂|乌定"
"""Beginnings of Mongolian names: what follows one of them directly is the end of a longer name, not ours."""

UNITS: Final = "镇|苏木|乡(?![村亲镇])|县|旗(?!下)|市(?![场民政监])|区(?![域块间])|嘎查(?!达)|村(?![民里干])|社区"
"""After a short form that is not known with this end: another unit of the same stem."""

VILLAGERS: Final = "村民"
"""Behind a stem it is no part of the name."""

ELSEWHERE: Final = (
    # neighbouring banners, counties and cities, and districts of the cities around
    "鄂托克旗|乌审旗|杭锦旗|伊金霍洛旗|达拉特旗|准格尔旗|东胜区|康巴什区?|盐池县?|定边县?|靖边县?|灵武市?|银川市?|榆林市?|乌海市?"
    "|海南区|海勃湾区|乌达区|榆阳区|横山区|兴庆区|金凤区|西夏区|利通区|红寺堡区|玉泉区|回民区|赛罕区"
    # any other county, town or city, but not 我镇, 本旗, 全市, 城镇, 超市, 前旗, 鄂尔多斯市
    "|(?<![我本该全各此某城乡村集小])[县乡镇]|(?<![我本该全各此某前])旗|(?<![我本该全各此某城超集夜门早股斯])市|苏木"
)
"""Directly before a name: the place lies there, and not with us."""

TOWARDS: Final = (
    "(?<![收接得找遇看听感提达])到|(?<![甚乃])至|往|去|距离?|离|从|自|由|赴"
    "|经过|途[经径]|路过|毗邻|[邻临靠]近|相?邻|紧邻|户籍|籍贯"
)
"""Directly before a name: it says where to, where from or how far, and not where."""

AWAY: Final = (
    "方向|户籍|籍(?!贯)"
    "|[以往向]?[东南西北]{1,2}(?:方向|面|侧|边|部)?约?[0-9.一二三四五六七八九十百几两]+(?:多?公里|千米|里|米)"
    "|[0-9.一二三四五六七八九十百几两]+多?(?:公里|千米)(?:外|远|以外)"
)
"""Directly behind a name: the same."""

VISITED: Final = "走访|巡查|排查|检查|入户|查看|发现|处[理置]|调[解处]|核实|巡逻|值守|宣传|开展|过(?![来去往])"
"""Behind 到昂素嘎查 or 从昂素嘎查: whoever went there was there."""
