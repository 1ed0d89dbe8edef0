"""The sources of reports: one row each, and with it one topic ``report.submitted.<code>.v1``."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Department:
    """A department or another source that publishes reports."""

    code: str
    zh: str


DEPARTMENTS = (
    Department("grid-members", "网格员"),
    Department("residents", "居民"),
    Department("hotline-12345", "12345政务服务便民热线"),
    Department("police", "公安"),
    Department("petitions", "信访"),
    Department("political-legal", "政法委"),
    Department("justice", "司法行政"),
    Department("courts", "法院"),
    Department("emergency", "应急管理"),
    Department("fire", "消防救援"),
    Department("water", "水利"),
    Department("agriculture", "农牧"),
    Department("forestry-grassland", "林业和草原"),
    Department("natural-resources", "自然资源"),
    Department("environment", "生态环境"),
    Department("housing", "住房和城乡建设"),
    Department("transport", "交通运输"),
    Department("civil-affairs", "民政"),
    Department("labour", "人力资源和社会保障"),
    Department("health", "卫生健康"),
    Department("education", "教育体育"),
    Department("market", "市场监督管理"),
    Department("culture-tourism", "文化和旅游"),
    Department("veterans", "退役军人事务"),
    Department("disabled", "残疾人联合会"),
    Department("women", "妇女联合会"),
)
