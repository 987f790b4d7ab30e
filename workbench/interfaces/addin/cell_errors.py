"""What a cell shows instead of a result: one short Chinese text for each cause. The table in the docs is made from it."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.core.errors import WorkbenchError

LONGEST = 255  # Excel turns longer texts of an array result into #VALUE!
UNDEFINED = "—"


@dataclass(frozen=True)
class CellError:
    """``shown`` in the cell (may hold ``{…}``), and ``when``: what it means and what to do."""

    shown: str
    when: str


CELL_ERRORS: dict[str, CellError] = {
    "locked": CellError("#未解锁", "需要登记册的函数，登记册尚未解锁：在“大客户”选项卡点“解锁”，各单元格随即重算"),
    "received": CellError(
        "#外来工作簿",
        "官方表格和从网上收到的文件里，需要登记册的函数不给结果，以免随文件带出：请在自己新建的工作簿里使用",
    ),
    "idle": CellError("#已自动锁定", "闲置超过时限，密钥已清除：重新解锁"),
    "no_register": CellError(
        "#找不到登记册", "未指定登记册，或文件已不在原处：核对路径（WORKBENCH_REGISTER）后重新解锁"
    ),
    "revoked": CellError("#用户已停用", "该用户已被信息管理员撤销：联系信息管理员"),
    "keys_changed": CellError("#密钥已更新", "用户、口令或密钥有变动，或密钥文件不可读：重新解锁"),
    "not_allowed": CellError("#无权查看", "当前角色不能看这项内容（见 roles.md）：请有权限的用户查看"),
    "busy": CellError("#登记册忙", "他人正在写入，或按钮的工作正在使用登记册：稍后重算；本机按钮的工作完成后自动重算"),
    "register_unreadable": CellError(
        "#登记册无法读取", "登记册打不开、已损坏或与密钥不配套：用 workbench audit verify 核查"
    ),
    "error_cell": CellError("#参数含错误值", "引用的单元格是 #N/A、#DIV/0! 等错误值：先改正该单元格"),
    "missing_value": CellError("#缺少参数", "必填的参数是空的"),
    "not_a_value": CellError("#应为单个值", "这个参数只能引用一个单元格"),
    "bad_shape": CellError("#行数不一致", "同时引用几列时，行数要相同（或只引用一个单元格）"),
    "too_many_rows": CellError("#请勿选整列", "引用超过 200,000 行：只选有数据的区域"),
    "not_a_number": CellError("#应为数字", "参数应为数字"),
    "not_whole": CellError("#应为非负整数", "参数应为不小于 0 的整数"),
    "not_a_date": CellError("#应为日期", "参数应为日期，如 2026-03-05"),
    "bad_quarter": CellError("#应为季度", "季度应写成 2026Q1"),
    "bad_period": CellError("#应为年、季度或月份", "期间应写成 2026、2026Q1 或 2026-03"),
    "not_a_flag": CellError("#应为是或否", "参数应为 TRUE/FALSE、是/否 或 1/0"),
    "not_a_kind": CellError("#应为经销商或部门", "提报单位类型只有“经销商”“部门”两种"),
    "quarter_not_over": CellError("#季度未结束", "奖惩在季度结束后才有结果；要看截至目前的试算，把“试算”参数设为 TRUE"),
    "not_begun": CellError("#尚未开始", "该期间还没有开始"),
    "unknown_unit": CellError("#无此单位", "单位名录中没有这个单位代码"),
    "unknown_lead": CellError("#无此信息", "登记册中没有这个信息编号，或不在本人可看的范围内"),
    "unknown_ref": CellError("#无此信息或单位", "既不是登记册中的信息编号，也不是单位代码"),
    "unknown_party": CellError("#无此单位或人员", "既不是名录中的单位代码，也没有这个人的处罚记录"),
    "unknown_item": CellError("#无此项目", "没有这个项目名：可用的名称见函数说明"),
    "unknown_clause": CellError("#无此条款", "制度中没有这一条：写成 5.4、7.1.1、7.3.2a 等"),
    "unknown_parameter": CellError("#无此参数", "制度中没有这个参数：名称见 rulebook.md"),
    "unknown_reading": CellError("#无此口径", "没有这个口径编号：写成 D1 至 D45"),
    "before_policy": CellError("#早于制度生效日", "该日期早于制度第一版的生效日期"),
    "no_calendar": CellError("#超出日历范围", "工作日历只覆盖 2004 至 2099 年"),
    "unknown_category": CellError("#无此客户类别", "客户类别须为《大客户信息记录表》中的一种"),
    "bad_limits": CellError("#界线有误", "A、B 两级界线要同时给出，且 A 不低于 B"),
    "no_total": CellError("#销售总额须大于零", "各客户销售额不能为负，公司总额须大于零且不小于各客户之和"),
    "no_titles": CellError("#首行须为列标题", "检查的区域应包括《大客户信息记录表》的列标题行"),
    "column_missing": CellError("#缺少必填列", "检查的区域缺少必填的列，或列标题被改动"),
    "fault": CellError("#内部错误 {place}", "程序出错；把这段文字告知维护人员"),
}


def text_of(error: WorkbenchError) -> str:
    """The text for a refusal: its own, or that of a register which cannot be read."""
    if error.code in CELL_ERRORS:
        return CELL_ERRORS[error.code].shown
    return CELL_ERRORS["register_unreadable"].shown


def clipped(text: str) -> str:
    """A text no longer than Excel takes in an array."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
