"""Files that are no safe workbook: each is refused with its own code and a sentence that says what to do."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib

import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from tests.support.workbooks import DATA, accepted, refused, rewrite
from workbench.core.errors import FileRefused
from workbench.platform.forms import editing, extent
from workbench.platform.forms.guard import Refused
from workbench.platform.forms.read import Form, read, read_many

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FILLER = b"<!--" + b" " * 9000 + b"-->"
DTD = b'<!DOCTYPE sst [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


def png(width=1, height=1):
    """A small picture."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 4)) + chunk(b"IEND", b"")


def archive(**parts):
    """A zip archive with these parts."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as target:
        for name, body in parts.items():
            target.writestr(name.replace("__", "/"), body)
    return raw.getvalue()


@pytest.mark.parametrize(
    ("name", "raw", "code", "advice"),
    [
        ("说明.xlsx", "客户名称：江城公交\n".encode(), "not_a_workbook", "请用官方模板"),
        ("导出.csv", "客户名称,联系方式\n江城公交,无\n".encode("gb18030"), "not_a_workbook", "请用官方模板"),
        ("截图.xlsx", png(), "not_a_workbook", "请用官方模板"),
        ("网页.xlsx", b"<html><table><tr><td>1</td></tr></table></html>", "not_a_workbook", "请用官方模板"),
        ("旧表.xls", OLE + b"\0" * 4096, "old_excel", "另存为 .xlsx"),
        ("旧表.xlsx", OLE + b"\0" * 4096, "old_excel", "另存为 .xlsx"),
        ("空.xlsx", b"", "empty_file", "请重新发送"),
        ("文档.xlsx", archive(word__document=b"<a/>"), "not_a_workbook", "不是 Excel 文件"),
        ("残.xlsx", b"PK\x03\x04" + archive()[4:], "damaged_workbook", "请重新保存"),
        ("头.xlsx", b"PK\x03\x04", "damaged_workbook", "请重新保存"),
    ],
)
def test_other_kinds_of_files_are_told_apart(tmp_path, name, raw, code, advice):
    """Text, CSV, pictures, web pages, old Excel, other archives: the content decides, not the file's name."""
    (tmp_path / name).write_bytes(raw)
    no = refused(tmp_path / name)
    assert (no.code, no.sheet, no.cell) == (code, None, None)
    assert advice in no.zh


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9, 0.999])
def test_a_workbook_cut_off_on_its_way_is_damaged(lead_record, kept):
    """Whatever part of it arrived, it is not read in part."""
    path = lead_record()
    raw = path.read_bytes()
    path.write_bytes(raw[: int(len(raw) * kept)])
    assert refused(path).code == "damaged_workbook"


def test_a_workbook_with_a_password_is_asked_for_without_it(lead_record, tmp_path):
    """Encrypted workbooks look like old Excel from outside; the sentence is about the password."""
    with open(tmp_path / "加密.xlsx", "wb") as target:
        OOXMLFile(io.BytesIO(lead_record().read_bytes())).encrypt("口令2026", target)
    no = refused(tmp_path / "加密.xlsx")
    assert no.code == "password"
    assert "去掉密码" in no.zh


@pytest.mark.parametrize("part", [DATA, "xl/styles.xml", "xl/media/image1.png"])
def test_a_zip_bomb_is_not_unpacked(lead_record, part):
    """A part that unpacks to hundreds of times its size is refused before it is unpacked."""
    path = rewrite(lead_record(), part, lambda raw: raw + b" " * (24 << 20))
    assert path.stat().st_size < 100_000
    assert refused(path).code == "bomb"


def test_a_zip_bomb_that_lies_about_its_size_is_damaged(lead_record):
    """A directory that names a small size does not get more than that unpacked."""
    path = rewrite(lead_record(), DATA, lambda raw: raw + b" " * (24 << 20))
    raw = bytearray(path.read_bytes())
    entry = raw.index(b"PK\x01\x02")
    while raw[entry + 46 : entry + 46 + len(DATA)] != DATA.encode():
        entry = raw.index(b"PK\x01\x02", entry + 4)
    raw[entry + 24 : entry + 28] = struct.pack("<I", 20_000)
    path.write_bytes(raw)
    assert refused(path).code == "damaged_workbook"


def test_an_archive_of_thousands_of_parts_is_not_opened(lead_record):
    """No official workbook has two thousand parts."""
    path = lead_record()
    with zipfile.ZipFile(path, "a") as target:
        for number in range(2001):
            target.writestr(f"xl/extra/{number}.xml", b"")
    assert refused(path).code == "bomb"


@pytest.mark.parametrize("filler", [b"", FILLER], ids=["at once", "after a long comment"])
@pytest.mark.parametrize(
    "part", [DATA, "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "_rels/.rels", "xl/styles.xml"]
)
def test_xml_with_a_dtd_is_refused_where_it_is_read(lead_record, part, filler):
    """Entities are how XML parsers are made to explode or to read other files; no official workbook has them."""

    def declare(raw):
        end = raw.index(b"?>") + 2 if raw.startswith(b"<?xml") else 0
        return raw[:end] + filler + DTD + raw[end:]

    assert refused(rewrite(lead_record(), part, declare)).code == "doctype"


def test_xml_in_another_encoding_cannot_hide_a_dtd(lead_record):
    """UTF-16 would carry a declaration past a search for its letters."""
    path = rewrite(lead_record(), "xl/styles.xml", lambda raw: raw.decode().encode("utf-16"))
    assert refused(path).code == "doctype"


@pytest.mark.parametrize("cell", ["XFD1048576", "AAA300", "B1048576"])
def test_a_cell_far_outside_is_named(lead_record, cell):
    """A forgotten cell at the end of the sheet would cost gigabytes; its address is in the message."""
    digits = cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    far = f'<row r="{digits}"><c r="{cell}"><v>1</v></c></row></sheetData>'.encode()
    no = refused(rewrite(lead_record(), DATA, lambda raw: raw.replace(b"</sheetData>", far)))
    assert (no.code, no.sheet, no.cell) == ("far_cell", "大客户信息记录表", cell)
    assert f"《大客户信息记录表》{cell}" in no.zh
    assert "请删除" in no.zh
    assert cell in no.en


def test_a_missing_file_and_a_folder_cannot_be_opened(tmp_path):
    """What is not there or is no file is refused like any other, not a crash."""
    (tmp_path / "文件夹.xlsx").mkdir()
    for name in ("没有.xlsx", "文件夹.xlsx"):
        assert refused(tmp_path / name).code == "unreadable"


def test_a_workbook_whose_parts_are_gone_is_damaged(lead_record):
    """A workbook that names a sheet which is no XML is damaged, not empty."""
    path = rewrite(lead_record(), DATA, lambda raw: b"\x00\x01\x02 not xml")
    assert refused(path).code in ("damaged_workbook", "no_table")


def test_the_kind_of_file_is_told_by_its_content_only(lead_record, tmp_path):
    """A real workbook is read under any name."""
    lead_record().rename(tmp_path / "江南店.tmp")
    assert len(accepted(tmp_path / "江南店.tmp").rows) == 1


def test_bad_files_do_not_disturb_their_neighbours(lead_record, tmp_path):
    """In a batch each file has its own outcome, in the order given."""
    good, better = lead_record(name="甲.xlsx"), lead_record(name="丙.xlsx")
    (tmp_path / "乙.xlsx").write_bytes(b"")
    outcomes = list(read_many([good, tmp_path / "乙.xlsx", better], workers=2))
    assert [path.name for path, _ in outcomes] == ["甲.xlsx", "乙.xlsx", "丙.xlsx"]
    assert [type(result) for _, result in outcomes] == [Form, FileRefused, Form]
    with pytest.raises(FileRefused, match="the file is empty"):
        read(tmp_path / "乙.xlsx")
    assert list(read_many([])) == []


def test_sixty_workbooks_with_flipped_bytes_are_read_or_refused(lead_record, tmp_path):
    """Random damage never ends in anything but a form or a refusal with a sentence."""
    dice, raw = random.Random(20080214), lead_record().read_bytes()
    paths = []
    for number in range(60):
        spoiled = bytearray(raw)
        for _ in range(dice.choice((1, 4, 40))):
            spoiled[dice.randrange(len(spoiled))] = dice.randrange(256)
        paths.append(tmp_path / f"损坏{number:02d}.xlsx")
        paths[-1].write_bytes(spoiled)
    outcomes = [result for _, result in read_many(paths, timeout=20)]
    assert all(isinstance(result, Form) or result.zh.startswith(result.file) for result in outcomes)
    assert "damaged_workbook" in {result.code for result in outcomes if isinstance(result, FileRefused)}


@pytest.mark.parametrize("encoding", ["XFD1048576", "utf-7", "base64"])
def test_an_encoding_nobody_reads_is_no_fault(encoding):
    """Of a part to be changed, it is refused; of a list of cells that is only measured, the reader judges it."""
    xml = f'<?xml version="1.0" encoding="{encoding}"?><a/>'.encode()
    with pytest.raises(Refused) as no:
        editing._Count().part(xml)
    assert no.value.key == "not_to_be_changed"
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("content.xml", xml)
    assert extent._ods(zipfile.ZipFile(raw)) is None
