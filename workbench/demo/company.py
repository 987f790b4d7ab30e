"""The demo's company: its units, its customers, its people. Everything is invented from a fixed seed."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from workbench.core import places

REGIONS = [
    ("安徽省", "合肥市"),
    ("安徽省", "芜湖市"),
    ("江苏省", "南京市"),
    ("江苏省", "徐州市"),
    ("浙江省", "杭州市"),
    ("浙江省", "宁波市"),
    ("山东省", "济南市"),
    ("山东省", "潍坊市"),
    ("河南省", "郑州市"),
    ("河南省", "洛阳市"),
    ("湖北省", "武汉市"),
    ("湖北省", "宜昌市"),
    ("湖南省", "长沙市"),
    ("江西省", "南昌市"),
    ("广东省", "广州市"),
    ("广东省", "佛山市"),
    ("四川省", "成都市"),
    ("四川省", "绵阳市"),
    ("陕西省", "西安市"),
    ("河北省", "石家庄市"),
]
BRANDS = ("江南", "鸿运", "北城", "恒通", "远大", "金桥")
STAFF, OUTSIDE = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨", "朱秦许何吕施张孔曹严魏陶姜"  # nobody is on both sides
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英文辉力建国玉兰志新海波晓东"
MARKS = "安邦昌达恩丰广和恒吉佳凯康乐力隆茂宁鹏启庆荣瑞盛顺泰腾万兴祥鑫信雅益永裕源远悦云泽振中众卓"
SECTIONS = [
    ("S000", "市场策略科", "市场策略", None),
    ("S001", "业务开发一科", "业务开发", "政府采购、公检法司及军警装备采购"),
    ("S002", "业务开发二科", "业务开发", "出租、租赁、驾校"),
    ("S003", "业务开发三科", "业务开发", "企事业单位、其他"),
    ("S009", "销售支持科", "销售支持", None),
]
DEPARTMENTS = (
    "华东一部",
    "华东二部",
    "华中一部",
    "华中二部",
    "华南一部",
    "华南二部",
    "西南部",
    "西北部",
    "华北部",
    "行业客户部",
    "出租租赁部",
    "军警采购部",
)
BUREAUS = (
    "教育局",
    "水利局",
    "林业局",
    "交通运输局",
    "卫生健康委员会",
    "财政局",
    "城市管理局",
    "自然资源局",
    "民政局",
    "税务局",
)
FORCES = ("公安局", "人民检察院", "人民法院", "司法局", "消防救援大队", "交警大队")
WORKS = (
    "建设集团有限公司",
    "物流有限公司",
    "电力工程有限公司",
    "医药有限公司",
    "机械制造有限公司",
    "燃气有限公司",
    "中学",
    "医院",
)
MODELS = ("A5 1.6L", "A5 1.8L", "V5 2.0L", "东方之子", "瑞虎 1.6L", "开瑞商务")
CATEGORIES = {"政府采购": 24, "公检法司及军警装备采购": 14, "出租": 12, "租赁": 12, "驾校": 13, "企事业单位": 25}


@dataclass(frozen=True)
class Customer:
    """A possible buyer, and what a report of it says: columns of T1 by key."""

    customer: str
    category: str
    province: str
    city: str
    county: str
    level: str | None
    contact: str
    phone: str
    quantity: int


def person(random: Random, surnames: str = STAFF) -> str:
    """An invented name."""
    return random.choice(surnames) + "".join(random.sample(GIVEN, 2))


def phone(random: Random) -> str:
    """An invented mobile number."""
    return f"1{random.choice('3589')}9{random.randrange(10**8):08d}"


def units(random: Random, dealers: int, departments: int) -> list[dict]:
    """Rows of T6 by key: dealers over all regions, departments with their deputy GM, five sections."""
    rows: list[dict[str, str | None]] = []
    for number in range(dealers):
        province, city = REGIONS[number % len(REGIONS)]
        name = f"{city.removesuffix('市')}{BRANDS[number // len(REGIONS) % len(BRANDS)]}汽车销售服务有限公司"
        rows.append({"code": f"D{number + 1:03d}", "name": name, "kind": "经销商", "province": province, "city": city})
    for number, name in enumerate(DEPARTMENTS[:departments]):
        rows.append(
            {
                "code": f"B{number + 1:03d}",
                "name": name,
                "kind": "部门",
                "person": person(random),
                "leader": person(random),
            }
        )
    for code, name, function, categories in SECTIONS:
        rows.append(
            {
                "code": code,
                "name": name,
                "kind": "科室",
                "person": person(random),
                "function": function,
                "categories": categories,
            }
        )
    return [{**row, "state": "在用"} for row in rows]


def customer(random: Random, province: str, city: str) -> Customer:
    """A new customer somewhere in a city."""
    category = random.choices(list(CATEGORIES), list(CATEGORIES.values()))[0]
    county = random.choice(places.counties(province, city))
    town = city.removesuffix("市")
    mark = "".join(random.sample(MARKS, 2))
    name, level = {
        "政府采购": (f"{county}{random.choice(BUREAUS)}", None),
        "公检法司及军警装备采购": (f"{county}{random.choice(FORCES)}", None),
        "出租": (f"{county}{mark}出租汽车有限公司", "县级及以下"),
        "租赁": (f"{town}{mark}汽车租赁有限公司", None),
        "驾校": (f"{town}{mark}驾驶员培训学校", None),
        "企事业单位": (f"{town}{mark}{random.choice(WORKS)}", None),
    }[category]
    quantity = random.choices((3, 5, 8, 10, 12, 15, 20, 30, 50), (10, 14, 12, 20, 14, 12, 10, 6, 2))[0]
    return Customer(name, category, province, city, county, level, person(random, OUTSIDE), phone(random), quantity)


def target_rows(random: Random, rows: list[dict]) -> list[dict]:
    """Rows of T4 by key: a year's target per department, by month."""
    made = []
    for row in rows:
        if row["kind"] == "部门":
            months = [random.choice((2, 3, 3, 4, 4, 5)) for _ in range(12)]
            months[1] = max(1, months[1] - 2)  # the month of the Spring Festival
            made.append(
                {
                    "code": row["code"],
                    "name": row["name"],
                    "person": row["person"],
                    "year_target": sum(months),
                    **{f"m{month}": amount for month, amount in enumerate(months, 1)},
                }
            )
    return made
