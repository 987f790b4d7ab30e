"""The official templates T1 to T6 as the regulation's owner wrote them down, typed by hand; ``*`` = required."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Official:
    """One template: its title, header labels and column titles, as people see them."""

    order: str
    title: str
    header: tuple[str, ...]
    starred: tuple[str, ...]

    @property
    def columns(self) -> list[str]:
        """The column titles; the star is not part of them."""
        return [title.removesuffix("*") for title in self.starred]

    @property
    def required(self) -> list[str]:
        """The columns that must be filled."""
        return [title.removesuffix("*") for title in self.starred if title.endswith("*")]

    @property
    def file(self) -> str:
        """The name of its blank workbook."""
        return f"{self.order}_{self.title}.xlsx"


T1 = Official(
    "T1",
    "大客户信息记录表",
    ("单位代码", "单位名称", "提报人", "提报人电话", "提报日期"),
    (
        "序号",
        "客户名称*",
        "客户类别*",
        "省份*",
        "城市*",
        "区县",
        "行政级别",
        "第三方联系人*",
        "联系方式*",
        "联系人职务",
        "需求车型*",
        "标的量(台)*",
        "预计采购时间",
        "采购方式",
        "采购预算(万元)",
        "竞争品牌",
        "信息来源",
        "信息内容",
        "客户同意",
        "备注",
    ),
)
T2 = Official(
    "T2",
    "合同登记汇总表",
    ("月份", "编制人", "编制日期", "报送方式"),
    (
        "序号",
        "合同编号*",
        "信息编号*",
        "客户名称*",
        "单位代码*",
        "车型*",
        "合同数量(台)*",
        "合同金额(元)",
        "签订日期*",
        "本月提车量(台)*",
        "累计提车量(台)",
        "执行情况",
        "备注",
    ),
)
T3 = Official(
    "T3",
    "大客户项目申报表",
    ("单位代码", "单位名称", "申报人", "申报日期"),
    ("序号", "信息编号*", "客户名称*", "车型*", "申报数量(台)*", "申请支持", "预计签约日期", "备注"),
)
T4 = Official(
    "T4",
    "各部门全年及各月目标信息量分解调整表",
    ("年度", "类型", "编制人", "批准人", "调整原因"),
    (
        "单位代码*",
        "单位名称",
        "责任人",
        "全年目标*",
        "1月",
        "2月",
        "3月",
        "4月",
        "5月",
        "6月",
        "7月",
        "8月",
        "9月",
        "10月",
        "11月",
        "12月",
        "备注",
    ),
)
T5 = Official(
    "T5",
    "大客户信息甄别反馈表",
    ("科室代码", "反馈人", "反馈日期"),
    (
        "信息编号*",
        "客户名称",
        "单位名称",
        "客户类别",
        "标的量(台)",
        "第三方联系人",
        "联系方式",
        "省份",
        "城市",
        "区县",
        "需求车型",
        "预计采购时间",
        "采购方式",
        "信息内容",
        "转交时间",
        "应反馈日期",
        "甄别结论*",
        "无效原因",
        "到期日期",
        "核实标的量(台)",
        "项目责任人",
        "备注",
    ),
)
T6 = Official(
    "T6",
    "单位名录",
    (),
    (
        "单位代码*",
        "单位名称*",
        "单位类型*",
        "省份",
        "城市",
        "责任人",
        "分管领导",
        "科室职能",
        "负责类别",
        "状态",
        "承继单位代码",
        "生效日期",
    ),
)
OFFICIAL = (T1, T2, T3, T4, T5, T6)

CHOICES = {
    ("T1", "客户类别"): "政府采购,公检法司及军警装备采购,出租,租赁,驾校,企事业单位,其他",
    ("T1", "行政级别"): "地市级及以上,县级及以下",
    ("T1", "采购方式"): "公开招标,邀请招标,竞争性谈判,询价,单一来源,直接采购,其他",
    ("T1", "客户同意"): "是,否",
    ("T2", "报送方式"): "首报,补报,重报",
    ("T2", "执行情况"): "执行中,已完成,已解除",
    ("T4", "类型"): "分解,调整",
    ("T5", "甄别结论"): "有效,无效,非本科室",
    ("T6", "单位类型"): "经销商,部门,科室",
    ("T6", "科室职能"): "市场策略,业务开发,销售支持",
    ("T6", "状态"): "在用,停用",
}
