"""The words of the situations a policy owner reads (``capabilities/*/cases/*.yaml``), and what the rules call them."""

from __future__ import annotations

ANSWER = {
    "时间": "at",
    "结论": "verdict",
    "到期日期": "expires",
    "责任人": "person",
    "科室": "section",
    "核实标的量": "verified",
}
AGAIN = {"时间": "at", "科室": "section"}
CONTRACT = {
    "登记月份": "month",
    "合同编号": "contract",
    "签订": "signed",
    "提车": "picked",
    "合同数量": "quantity",
    "车型": "model",
    "执行情况": "progress",
    "金额": "amount",
    "收到": "at",
    "撤回": "withdrawn",
}
CHANGE = {"事项": "matter", "新值": "value", "申请": "at", "决定": "decided", "结论": "verdict"}
LEAD = {
    "接收": "at",
    "文件接收": "filed",
    "排序时间": "ranked",
    "首次退回": "returned",
    "因形式退回": "illegible",
    "提报单位": "by",
    "提报日期": "reported",
    "文件": "file",
    "行号": "row",
    "客户": "customer",
    "类别": "category",
    "城市": "city",
    "区县": "county",
    "简称": "short_name",
    "行政级别": "level",
    "标的量": "quantity",
    "更正": "corrected",
    "转交": "dispatched",
    "转交批次": "batch",
    "再转交": "again",
    "反馈": "answers",
    "申报": "applied",
    "合同": "contracts",
    "变更": "changes",
}
CORRECTED = {"收到": "filed_at", "客户": "customer", "类别": "category"}
ROW = {
    "单位类型": "reporter_kind",
    "类别": "category",
    "行政级别": "level",
    "标的量": "quantity",
    "联系人": "contact",
    "联系方式": "phone",
}
UNIT = {
    "代码": "code",
    "类型": "kind",
    "职能": "function",
    "责任人": "person",
    "负责类别": "categories",
    "状态": "state",
    "承继单位": "successor",
    "自": "since",
}
HEADER = {"年度": "year", "类型": "kind", "调整说明": "reason", "批准人": "approver"}
BREAKDOWN = {"单位": "unit", "全年目标": "year", "每月目标": "months"}
DISCLOSURE = {"依据": "ground", "已登记同意": "consented", "依据文件": "document", "日期": "day"}
KEPT = {"类别": "kept_as", "最后登记": "last_on", "约定至": "agreed", "撤回同意": "withdrawn_on"}
USE = {"人员": "user", "时间": "at", "事项": "what", "次数": "times"}
OBSERVED = {"规则": "rule", "人员": "user", "次数": "times"}
TERM = {"日期": "day", "至": "end"}
TRAINED = {"类型": "kind", "登记册首次登记": "first_kept", "成为用户": "member_since", "办理": "terms"}
PARTNER = {"登记册有协议": "kept", "协议": "terms"}
MEMBER = {"角色": "role", "已到期": "lapsed"}
EDITION = {"制度": "document", "版次": "edition", "自": "from", "参数": "parameters"}
APPEAL = {
    "条款": "clause",
    "类型": "kind",
    "主张金额": "claimed",
    "核算金额": "settled",
    "季度批准": "approved",
    "收到": "received",
}
# lists of facts that the rules take in this order
LINK = {"信息": "b", "近似于": "a", "信息的版本": "b_version", "另一条的版本": "a_version"}
REVIEW = {"信息": "lead", "另一条": "other", "结论": "verdict", "时间": "at"}
TARGET = {"单位": "unit", "月份": "month", "目标": "amount", "类型": "kind", "下达": "at", "调整原因": "reason"}
INCIDENT = {"编号": "number", "人员": "person", "发生": "day", "内部人员": "inside", "收到": "at", "单位": "unit"}
PERSON = {"姓名": "name", "单位": "unit", "自": "starts", "登记": "at", "至": "ends"}
RULING = {"季度": "quarter", "条款": "clause", "对象": "party", "编号": "ref", "应核金额": "amount", "裁定": "at"}
SALE = {"客户": "customer", "月份": "month", "销售额": "amount"}
NAMING = {"客户": "customer", "理由": "ground", "自": "since", "至": "until", "撤销": "ended"}
FILE_FIELDS = {
    "统一社会信用代码": "code",
    "行业": "industry",
    "规模": "scale",
    "地址": "address",
    "客户经理": "manager",
    "联系人": "contact",
    "联系方式": "phone",
    "购买历史": "purchases",
    "需求特点": "needs",
    "合作意愿": "willingness",
    "信用等级": "credit",
    "结算方式": "settlement",
    "收集依据": "basis",
    "收集目的": "purpose",
}
SERVED = {"级别": "grade", "起算": "since", "走访": "走访", "需求梳理": "需求梳理", "客户活动": "客户活动"}
LOAN = {"借出": "lent_on", "约定": "agreed"}
FLOW = {"级别": "grade", "起算": "since", "已办": "passed"}
PASSED = {"步骤": "step", "日期": "on", "版本": "version", "结论": "verdict", "下次": "next_on"}
MATTERS = {"周报": "weekly", "服务": "duties", "投诉": "complaints", "档案": "profiles"}
SHARE = {"单位": "unit", "人员": "person", "金额": "amount"}

STATE = {
    "状态": "status",
    "提报单位": "reporter",
    "最初提报单位": "first_reporter",
    "条款": "clause",
    "重复于": "duplicate_of",
    "待核于": "held_by",
    "次序不由时间定": "tie",
    "接收时间": "received_at",
    "有效": "valid",
    "不计入": "excluded",
    "计入月份": "counts_in",
    "项目": "project",
    "科室": "section",
    "现承办科室": "handler",
    "甄别期限": "due_on",
    "首次反馈": "answered_at",
    "甄别逾期": "late",
    "到期日期": "expires_on",
    "签订日期": "signed_on",
    "合同数量": "contract_quantity",
    "已提车": "picked_up",
}
LINE = {"条款": "clause", "对象": "party", "编号": "ref", "金额": "amount", "调整": "adjusts"}
BASIS = {
    "核算金额": "settled",
    "重算金额": "recomputed",
    "信息": "leads",
    "本次黑点": "mark",
    "累计黑点": "marks",
    "建议辞退的黑点数": "dismissal_marks",
    "标的量": "quantity",
    "提车": "picked_up",
    "转化率": "conversion",
    "转化率下限": "conversion_rate",
    "标的量下限": "minimum_quantity",
    "每个项目奖励": "reward",
    "项目": "project",
    "完成率": "completion",
    "超出档数": "steps",
    "有效信息": "valid",
    "目标": "target",
    "超过上限": "capped",
}
ROW_FINDING = {"行": "row", "条款": "clause", "问题": "code"}
CELL_FINDING = {"问题": "code", "行": "row", "栏目": "column"}
APPEAL_FINDING = {"问题": "code", "栏目": "column"}
COMPLETION = {
    "单位": "unit",
    "月份": "month",
    "原目标": "original",
    "目标": "target",
    "信息": "total",
    "有效信息": "valid",
    "完成率": "rate",
    "累计完成率": "ytd_rate",
}
DUE = {"期限": "due", "暂定": "provisional"}

# findings and notes by their codes
PROBLEMS = {
    "月份未结束": "roll/month_not_over",
    "没有余下的月份": "roll/no_months_left",
    "没有下达目标": "roll/no_targets",
    "缺联系人": "missing_contact",
    "缺联系方式": "missing_phone",
    "联系方式不清": "unclear_phone",
    "标的量不足": "too_few_vehicles",
    "行政级别不符": "taxi_level",
    "转复核": "taxi_review",
    "各月合计不符": "months_do_not_add_up",
    "未知单位": "unknown_unit",
    "不是部门": "not_a_department",
    "单位重复": "unit_twice",
    "缺调整说明": "missing_reason",
    "缺批准人": "missing_approver",
    "没有可调整的目标": "nothing_to_adjust",
    "月份已关账": "closed_month",
    "超过申诉期限": "appeal_too_late",
    "季度未批准": "not_approved",
    "类型不符": "kind_does_not_fit",
    "没有这一笔": "no_such_line",
    "金额没有不同": "nothing_claimed",
    "正负号不符": "wrong_sign",
    "金额不符": "wrong_amount",
    "分配合计不符": "allocation_differs",
    "分配为负": "negative_share",
    "没有客户同意": "no_consent",
    "没有同意披露的文件": "no_document",
    "依据不成立": "no_ground",
    "没有目标": "no_target",
    "部分月份没有目标": "missing_target",
    "已过月份的目标有改动": "target_changed_late",
    "涉及两版": "two_editions",
    "季度未结束": "quarter_not_over",
    "列有调整": "adjustment",
    "建议辞退": "dismissal_recommended",
    "黑点待核实": "marks_unclear",
    "不在名录": "not_on_the_list",
    "没有责任人": "no_person",
    "提车超出合同": "contract_excess",
}
COLUMNS = {
    "单位代码": "unit",
    "全年目标": "year_target",
    "1月": "m1",
    "调整说明": "reason",
    "批准人": "approver",
    "所属季度": "quarter",
    "申诉类型": "kind",
    "编号": "ref",
    "主张金额": "claimed",
}
