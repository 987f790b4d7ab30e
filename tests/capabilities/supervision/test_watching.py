"""Unusual uses are found from the trail, named by a number, and answered by another person (客户信息综合管理制度 四3)."""

from __future__ import annotations

import pytest

from tests.support.office import Office, lead

MONTH = ("watch", "list", "--month", "2026-01")


@pytest.fixture
def watched(become, set_clock) -> Office:
    """A clerk reveals once in the day and once at night; a verifier is refused another section's lead."""
    set_clock("2026-01-05T09:30:00")
    office = become("文员")
    office.receive(office.leads("D001", "甲.xlsx", [lead("江城公交")]), "2026-01-05T09:00:00", code=0)
    number = office.by_customer()["江城公交"]["number"]
    office.run("reveal", number, "--reason", "核对重复")
    set_clock("2026-01-05T22:10:00")
    office.run("reveal", number, "--reason", "核对重复")
    become("政府核实员").run("reveal", number, "--reason", "核实", code=2)
    set_clock("2026-01-06T09:00:00")
    return office


def numbers(office: Office, code: int = 1) -> dict[str, tuple]:
    """Number → how often, and who answered."""
    return {row["number"]: (row["times"], row["answered_by"]) for row in office.ask(*MONTH, code=code)}


def test_each_has_a_number_and_is_open_until_another_person_answers_it(watched, become):
    """The list ends with 1 while one is open, with 0 when all are answered; the answer is an entry of the trail."""
    office = become("审计员")
    assert numbers(office) == {"GZ20260105-时-文员": (1, None), "GZ20260105-越-政府核实员": (1, None)}
    for number in ("GZ20260105-时-文员", "GZ20260105-越-政府核实员"):
        office.run("watch", "answer", number, "--reason", "已问过本人，处理投标急件")
    assert numbers(office, code=0) == {"GZ20260105-时-文员": (1, "审计员"), "GZ20260105-越-政府核实员": (1, "审计员")}
    said = office.ask("audit", "show", "--action", "observation_seen")
    assert [entry["summary"] for entry in said] == ["GZ20260105-时-文员", "GZ20260105-越-政府核实员"]
    assert office.ask("audit", "verify", code=0)["breaches"] == []


def test_wrong_passphrases_count_by_the_day_they_were_entered(watched, become, monkeypatch, set_clock):
    """Five on a day are one observation, although the trail learns of them when somebody opens the register."""
    office = become("文员")
    monkeypatch.setattr("workbench.platform.register.failed_attempts.waiting_time", lambda *given: 0)
    set_clock("2026-01-07T08:00:00")
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", "不是这一句")
    for _ in range(5):
        office.run("leads", code=2)
    set_clock("2026-01-08T08:00:00")
    assert numbers(become("审计员"))["GZ20260107-误-文员"] == (5, None)


def test_nobody_answers_his_own_and_only_what_there_is(watched, become, monkeypatch, set_clock):
    """Whose it is cannot answer it; an unknown number, an empty reason and a role without the right are refused."""
    office = become(None)
    monkeypatch.setattr("workbench.platform.register.failed_attempts.waiting_time", lambda *given: 0)
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", "不是这一句")
    for _ in range(5):
        office.run("audit", "show", code=2)
    office = become(None)
    mine = next(each for each in numbers(office) if each.startswith("GZ20260106-误"))
    office.run("watch", "answer", mine, "--reason", "急件", code=2)
    assert "须由他人说明" in office.said
    for wrong, reason in (("GZ20260105-多-文员", "急件"), ("什么", "急件"), ("GZ20260105-时-文员", " ")):
        office.run("watch", "answer", wrong, "--reason", reason, code=2)
    office.run("watch", "answer", "GZ20260105-时-文员", "--reason", "电话 13900001111 核实", code=2)
    become("文员").run(*MONTH, code=2)
    become("领导").run("watch", "answer", mine, "--reason", "急件", code=2)
    assert all(by is None for _, by in numbers(become("审计员")).values())
    office.run("watch", "answer", mine, "--reason", "新键盘，已当面确认", code=0)


def test_a_quiet_month_says_so(watched, become):
    """Nothing unusual: exit code 0 and a sentence."""
    assert "2026-02 没有异常使用情况" in become("审计员").run("watch", "list", "--month", "2026-02", code=0)
