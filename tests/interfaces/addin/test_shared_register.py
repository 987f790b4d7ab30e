"""Excel at a register on a server: unlocked by its address or by the file that stands for it, asked, written into, looked at."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from tests.support.desktop import excel
from tests.support.excel import call
from tests.support.fixtures.postgres import PostgresServer
from tests.support.office import PASSPHRASE, Office, lead
from tests.support.person import press
from workbench.app import settings, unlock
from workbench.app.options import common, take_common
from workbench.interfaces.addin import sheets
from workbench.interfaces.addin.buttons_doctor import HEADS
from workbench.platform.register.key_file import people, read

pytestmark = [pytest.mark.slow, pytest.mark.process, pytest.mark.usefixtures("addin_process")]


@pytest.fixture
def url(staffed: Office, postgres: PostgresServer, monkeypatch) -> str:
    """The address of the office's register, which has one lead and was moved to a server, on a working morning."""
    staffed.receive(staffed.leads("D001", "一.xlsx", [lead("江城客运公司")]), "2026-01-05T09:00:00", code=0)
    user = people(read(staffed.folder / "登记册.db"))[0]
    address = postgres.url(postgres.database())
    staffed.run("move", address)
    take_common([])
    monkeypatch.setattr(common, "register", None)
    monkeypatch.delenv("WORKBENCH_REGISTER")
    settings.keep(user=user)
    monkeypatch.setattr("workbench.app.clock.now", lambda: datetime(2026, 1, 12, 9))
    return address


@pytest.mark.parametrize("named", ["by its address", "by a file"])
def test_a_day_at_a_shared_register(staffed: Office, url: str, named: str, tmp_path):
    """Unlock, a cell, an import of the open workbook, the look at the installation, lock; the address is remembered, no secret."""
    place = url
    if named == "by a file":
        place = str(tmp_path / "登记册.server")
        (tmp_path / "登记册.server").write_text(url + "\n", encoding="utf-8")
    settings.keep(register=place)
    app = excel()
    book = app.books.open(str(staffed.leads("D001", "二.xlsx", [lead("滨江物流公司", 联系方式="13900007777")])))
    assert "口令" in press("unlock", book, "", "wrong words here")[0] and unlock.status() is None
    assert "已解锁" in press("unlock", book, "", PASSPHRASE)[0]
    assert call("DK_STATUS", "DK202601-00001") == "已接收"
    assert "1 行" in press("import", book)[0]
    assert call("DK_STATUS", "DK202601-00002") == "已接收"
    press("doctor", book)
    lines = sheets.list_rows(list(app.books)[-1].sheets[0], len(HEADS))
    assert any("登记册完整" in line[2] and line[1] == "正常" for line in lines), lines
    assert press("lock", book) == ["登记册已锁定。"]
    assert call("DK_STATUS", "DK202601-00001") == "#未解锁"
    kept = json.loads(settings.place().read_text(encoding="utf-8"))
    assert kept["register"] == place and PASSPHRASE not in str(kept)


def test_a_server_that_is_gone_is_a_sentence_and_the_register_is_unlocked_anew(staffed: Office, url: str, postgres):
    """In the cell and at the button; back again, unlocking goes on where it was."""
    settings.keep(register=url)
    book = excel().books.add()
    press("unlock", book, "", PASSPHRASE)
    postgres.control("stop", "-m", "immediate")
    try:
        assert str(call("DK_STATUS", "DK202601-00001")).startswith("#")
        told = press("unlock", book, "", PASSPHRASE)
        assert "服务器" in told[0] and unlock.status() is None
    finally:
        postgres.control("start")
    assert "已解锁" in press("unlock", book, "", PASSPHRASE)[0]
    assert call("DK_STATUS", "DK202601-00001") == "已接收"
