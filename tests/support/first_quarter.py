"""January to March 2026 played through by commands: the quarter of the main job."""

from __future__ import annotations

from datetime import datetime

from tests.support.office import contract, lead

VALID = {"甄别结论": "有效", "到期日期": datetime(2026, 12, 31), "项目责任人": "何项目"}


def play_quarter(office) -> None:
    """January 2026: two reporters, one dispatch, answers late and on time, a contract, publications."""
    office.receive(
        office.file(
            "目标信息量分解调整表",
            "目标.xlsx",
            {"年度": 2026, "类型": "分解", "编制人": "郑策", "批准人": "赵副总"},
            [
                {
                    "单位代码": "B001",
                    "单位名称": "区域一部",
                    "责任人": "周正",
                    "全年目标": 12,
                    **{f"{month}月": 1 for month in range(1, 13)},
                }
            ],
        ),
        "2026-01-02T10:00:00",
        code=0,
    )
    dealer = [
        lead("江城客运公司"),
        lead("江城第一驾校", 客户类别="驾校", 联系方式="13900001112"),
        lead("江城纺织厂", **{"标的量(台)": 2, "联系方式": "13900001113"}),
        lead("无联系人公司", 第三方联系人=None),
    ]
    office.receive(office.leads("D001", "D001.xlsx", dealer), "2026-01-05T09:00:00", code=1)
    department = [
        lead(f"区域客户{name}局", 客户类别="政府采购", 城市="合肥市", 联系方式=f"1390000200{i}")
        for i, name in enumerate(["水利", "林业", "教育", "税务"])
    ]
    department.append(lead("江城客运有限公司", 联系方式="13900001119"))
    department.append(
        lead("合肥出租公司", 客户类别="出租", 行政级别="地市级及以上", 城市="合肥市", 联系方式="13900001120")
    )
    office.receive(office.leads("B001", "B001.xlsx", department), "2026-01-05T10:00:00", code=1)
    office.run("dispatch", "--at", "2026-01-06T09:00:00", "--out", office.folder / "转交")
    verdicts = {"江城客运公司": VALID, "江城第一驾校": {**VALID, "到期日期": None}}
    verdicts |= {f"区域客户{name}局": VALID for name in ["水利", "林业", "教育", "税务"]}
    for path in office.answer(office.folder / "转交", verdicts):
        # due on Thursday 8 January; the industry section is a day late
        office.receive(path, "2026-01-09T09:00:00" if "S002" in path.name else "2026-01-08T18:00:00", code=None)
    customers = office.by_customer(as_of="2026-01-31")
    number = customers["江城客运公司"]["number"]
    office.receive(
        office.file(
            "大客户项目申报表",
            "申报.xlsx",
            {
                "单位代码": "D001",
                "单位名称": "芜湖江南销售服务店",
                "申报人": "李提报",
                "申报日期": datetime(2026, 1, 12),
            },
            [{"信息编号": number, "客户名称": "江城客运公司", "车型": "轿车", "申报数量(台)": 12}],
        ),
        "2026-01-12T09:00:00",
        code=0,
    )
    office.receive(
        office.file(
            "合同登记汇总表",
            "合同1月.xlsx",
            {"月份": "2026-01", "编制人": "陈持", "编制日期": datetime(2026, 2, 2)},
            [contract(number, "江城客运公司", datetime(2026, 1, 20), 5)],
        ),
        "2026-02-02T16:00:00",
        code=0,
    )
    for day in ("2026-01-10", "2026-01-20", "2026-01-30", "2026-02-10", "2026-02-20", "2026-02-28", "2026-03-10"):
        office.published(day, f"{day}T17:00:00")
    office.published("2026-03-20", "2026-03-21T08:00:00")
    office.run("publish", "2026-03-30", "--at", "2026-03-30T08:00:00", "--out", office.folder / "通报")
