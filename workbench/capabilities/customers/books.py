"""The books of customers: the card of one customer, and the week of an account manager."""

from __future__ import annotations

from workbench.platform.forms.books import FormBook
from workbench.platform.intake.prepared_books import Prefill

HERE = "workbench.capabilities.customers.prefilled"
BOOKS = (
    FormBook(
        key="customer_card",
        title="大客户卡片",
        order=10,
        forms=("customer_profile", "archive_index", "customer_sales", "service_flow"),
        asks=("customer",),
        action="prepare_customer_forms",
        called=f"{HERE}:of_customer",
        about="一个大客户的档案、档案目录、销售额和服务流程。已知的内容已经填好，只填有变动的和新的。",
        notes={
            "customer_profile": "核对无误的，填写填报日期即可",
            "archive_index": "应归档而未归档的合同已列出，补填编号和名称",
            "customer_sales": "只报本客户，其他客户不变",
            "service_flow": "已完成的步骤已列出，只填新完成的一步",
        },
    ),
    FormBook(
        key="weekly_book",
        title="每周信息",
        order=20,
        forms=("weekly_report", "service_record"),
        asks=("unit", "manager"),
        action="prepare_customer_forms",
        called=f"{HERE}:of_manager",
        about="客户经理一周的信息，和未办结的事项。",
        notes={
            "weekly_report": "没有信息的，填写填报日期即可",
            "service_record": "未办结的事项已列出，只填有进展的",
        },
    ),
)
PREFILLS = (
    Prefill("customer_profile", f"{HERE}:profile"),
    Prefill("customer_sales", f"{HERE}:sales_of_customer"),
    Prefill("weekly_report", f"{HERE}:week"),
    Prefill("service_record", f"{HERE}:open_matters"),
)
