"""A year in which people re-send, sort, copy, withdraw, cancel, split, hand over, close and come late."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from typing import Any

from tests.support.office import contract
from tests.support.year import GOOD, Year

D003 = {"单位代码": "D003", "单位名称": "池州新店销售服务店", "单位类型": "经销商", "省份": "安徽省", "城市": "池州市"}


class UntidyYear(Year):
    """``Year`` with one such thing a month, each about customers of its own."""

    def before_dispatch(self, month: int) -> list[str]:
        """What happens before the month's leads are handed out; the customers whose leads the sections then confirm."""
        happens = {
            1: self._sent_again,
            2: self._tied,
            3: self._withdrawn,
            4: self._to_share,
            6: self._for_others,
            7: self._new_dealer,
            9: self._first_report,
            10: self._two_in_line,
            11: self._next_in_line,
        }
        return happens[month]() if month in happens else []

    def after_answers(self, month: int) -> None:
        """What happens after the sections' answers."""
        happens = {
            1: self._copied,
            4: self._split,
            5: self._ended,
            6: self._handed_over,
            8: self._succeeded,
            9: self._late,
            10: self._closed,
        }
        if month in happens:
            happens[month]()

    def number(self, customer: str, unit: str) -> str:
        """The number of a unit's lead of a customer."""
        rows = self.office.ask("leads")
        (found,) = (row["number"] for row in rows if (row["customer"], row["reporter"]) == (customer, unit))
        return str(found)

    def _reported(self, unit: str, at: str, *rows: dict[str, Any], name: str = "") -> None:
        day = date.fromisoformat(at[:10])
        file = self.office.leads(unit, name or f"{unit}_{at[:13]}.xlsx", list(rows), day)
        receipt = self.office.receive(file, at)
        assert receipt["accepted"] + receipt["unchanged"] == len(rows)

    def _changed(self, unit: str, at: str, number: str, customer: str, matter: str, value: Any = None) -> None:
        row = {"信息编号": number, "客户名称": customer, "变更事项": matter, "新值": value, "理由": "试验理由"}
        header = {"申请单位代码": unit, "申请人": "经办人", "申请日期": datetime.fromisoformat(at[:10])}
        file = self.office.file("信息变更申请单", f"变更{at[:13]}.xlsx", header, [row])
        assert self.office.receive(file, at)["accepted"] == 1

    def _signed(self, month: int, customer: str, unit: str, picked: int, **other: Any) -> None:
        """A line for the contract register of a month."""
        number = other.pop("number", None) or self.number(customer, unit)
        row = {"合同编号": f"HT-{customer}", "单位代码": unit, **other}
        self.lines.setdefault(month, []).append(contract(number, customer, datetime(2026, month, 25), picked, **row))

    def _sent_again(self) -> list[str]:
        """January: a file comes again under its name, sorted, with another quantity."""
        mill, works = self._lead("丰源纺织", "蚌埠市", "13700010001"), self._lead("永固建材", "淮南市", "13700010002")
        self._reported("D002", "2026-01-12T10:00:00", mill, works, name="一月.xlsx")
        shutil.copy(self.office.folder / "收件" / "一月.xlsx", self.office.folder / "收件" / "一月副本.xlsx")
        before = [self.number(customer, "D002") for customer in ("丰源纺织", "永固建材")]
        self._reported("D002", "2026-01-12T11:00:00", {**works, "标的量(台)": 15}, mill, name="一月.xlsx")
        assert [self.number(customer, "D002") for customer in ("丰源纺织", "永固建材")] == before
        return ["丰源纺织", "永固建材"]

    def _copied(self) -> None:
        """A copy of the first file had been received before."""
        self.office.receive(self.office.folder / "收件" / "一月副本.xlsx", "2026-01-12T08:00:00")
        self._signed(1, "丰源纺织", "D002", 6)

    def _tied(self) -> list[str]:
        """February: two dealers at one moment; a person says who was first."""
        for unit in ("D001", "D002"):
            self._reported(unit, "2026-02-12T10:00:00", self._lead("双河物流", "安庆市", "13700020001"))
        self._decided(self.number("双河物流", "D002"), "2026-02-12T16:00:00")
        self._signed(2, "双河物流", "D002", 7)
        return ["双河物流"]

    def _decided(self, number: str, at: str) -> None:
        self.now(at)
        self.office.run("decide", number, "受理", "--reason", "先到", "--at", at, code=0)

    def _withdrawn(self) -> list[str]:
        """March: the first reporter takes its lead back, the second moves up."""
        tea = self._lead("皖江茶厂", "黄山市", "13700030001")
        self._reported("D002", "2026-03-12T10:00:00", tea)
        self._reported("D001", "2026-03-12T11:00:00", tea)
        self._changed("D002", "2026-03-12T12:00:00", self.number("皖江茶厂", "D002"), "皖江茶厂", "撤回")
        self._signed(3, "皖江茶厂", "D001", 6)
        return ["皖江茶厂"]

    def _to_share(self) -> list[str]:
        """April: two customers who will buy under one contract."""
        self._reported("D001", "2026-04-12T10:00:00", self._lead("城东小学", "滁州市", "13700040001"))
        self._reported("D002", "2026-04-12T10:30:00", self._lead("西坡医院", "宿州市", "13700040002"))
        return ["城东小学", "西坡医院"]

    def _split(self) -> None:
        second = self.number("西坡医院", "D002")
        self._changed("S009", "2026-04-20T09:00:00", second, "西坡医院", "合同拆分", "HT-城东小学")
        self._agreed("2026-04-20T10:00:00")
        self._signed(4, "城东小学", "D001", 5)
        self._signed(4, "西坡医院", "D002", 6, 合同编号="HT-城东小学")

    def _agreed(self, at: str) -> None:
        self.now(at)
        (request,) = (row for row in self.office.ask("changes", "list") if row["state"] == "待决定")
        self.office.run("changes", "decide", request["number"], "同意", "--reason", "属实", "--at", at, code=0)

    def _ended(self) -> None:
        """May: a contract is cancelled and four of its six vehicles come back."""
        signed = datetime(2026, 1, 25)
        self._signed(5, "丰源纺织", "D002", -4, 签订日期=signed, 执行情况="已解除")

    def _for_others(self) -> list[str]:
        """June: a lead that is another section's."""
        self._reported("D002", "2026-06-12T10:00:00", self._lead("宏达租车", "亳州市", "13700060001"))
        return []

    def _handed_over(self) -> None:
        number = self.number("宏达租车", "D002")
        self._changed("S002", "2026-06-15T10:00:00", number, "宏达租车", "转交其他科室", "S001")
        with self.office.opened() as session:
            batch = session.register.read("dispatch", ["batch"])["batch"].max()
        out = self.office.folder / "改转"
        self.office.run("dispatch", "--batch", batch, "--out", out)
        for path in self.office.answer(out, {"宏达租车": GOOD}):
            self.office.receive(path, "2026-06-17T09:00:00", code=0)
        self._signed(7, "宏达租车", "D002", 6)

    def _new_dealer(self) -> list[str]:
        """July: a dealer that will be taken over."""
        self.office.receive(self.office.file("单位名录", "新店.xlsx", {}, [D003]), "2026-07-02T09:00:00", code=0)
        header = {"单位代码": "D003", "单位名称": D003["单位名称"], "提报人": "新提报", "提报人电话": "13700002223"}
        header["提报日期"] = datetime(2026, 7, 11)
        file = self.office.file(
            "大客户信息记录表", "新店.xlsx", header, [self._lead("清溪中学", "池州市", "13700070001")]
        )
        self.office.receive(file, "2026-07-12T10:00:00", code=0)
        return ["清溪中学"]

    def _succeeded(self) -> None:
        """August: its leads go to D001, which signs."""
        row = {**D003, "状态": "停用", "承继单位代码": "D001", "生效日期": datetime(2026, 8, 20)}
        self.office.receive(self.office.file("单位名录", "承继.xlsx", {}, [row]), "2026-08-19T10:00:00", code=0)
        number = next(row["number"] for row in self.office.ask("leads") if row["customer"] == "清溪中学")
        self._signed(8, "清溪中学", "D001", 6, number=number)

    def _first_report(self) -> list[str]:
        """September: a lead that goes out and is confirmed …"""
        self._reported("D002", "2026-09-12T10:00:00", self._lead("新月印务", "宣城市", "13700090001"))
        return ["新月印务"]

    def _late(self) -> None:
        """… before a file that was received two hours earlier is brought in."""
        self._reported("D001", "2026-09-12T08:00:00", self._lead("新月印务", "宣城市", "13700090001"))
        number = self.number("新月印务", "D001")
        self._decided(number, "2026-09-16T09:00:00")
        out = self.office.folder / "补转"
        self.now("2026-09-16T10:00:00")
        self.office.run("dispatch", "--at", "2026-09-16T10:00:00", "--out", out)
        for path in self.office.answer(out, {"新月印务": GOOD}):
            self.office.receive(path, "2026-09-17T09:00:00", code=0)
        self._signed(9, "新月印务", "D001", 6)

    def _two_in_line(self) -> list[str]:
        """October: two dealers, one after the other …"""
        for unit, hour in (("D002", 10), ("D001", 11)):
            self._reported(unit, f"2026-10-12T{hour}:00:00", self._lead("白鹭酒店", "六安市", "13700100001"))
        return ["白鹭酒店"]

    def _closed(self) -> None:
        """… of which the first closes without a successor."""
        name = "合肥北城销售服务店"
        row = {"单位代码": "D002", "单位名称": name, "单位类型": "经销商", "省份": "安徽省", "城市": "合肥市"}
        row |= {"状态": "停用", "生效日期": datetime(2026, 11, 1)}
        self.office.receive(self.office.file("单位名录", "停用.xlsx", {}, [row]), "2026-10-31T10:00:00", code=0)

    def _next_in_line(self) -> list[str]:
        """November: the second one's lead is handed out and confirmed."""
        self._signed(12, "白鹭酒店", "D001", 6)
        return ["白鹭酒店"]
