"""Phones, accounts and named persons in a text that is kept in clear: found where staff type them into other columns.

What is looked for is what a customer's contact is known by: a mobile or landline number however its digits are set apart
or written (１３８…, 一三八…), an e-mail address or messenger account, an identity number, and a person named with a title
(刘主任, 王晓明经理) or after a word like 联系人. A bare name is told from nothing else and is not found. Service numbers
(12345, 95588, 400…), names of companies, schools and places, models and job titles are no personal data.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from enum import StrEnum
from functools import lru_cache

import pandas as pd

from workbench.core import places
from workbench.core.names import PLACEHOLDERS


class Kind(StrEnum):
    """What of a person stands in a text; the words of the catalogue."""

    PHONE = "phone"
    ACCOUNT = "account"
    IDENTITY = "identity"
    NAME = "name"


_HAN_DIGITS = str.maketrans("〇零一二三四五六七八九幺两", "0012345678912")
_HAN_RUN = re.compile(r"[〇零一二三四五六七八九幺两0-9](?:[\s\-.·]{0,2}[〇零一二三四五六七八九幺两0-9]){6,}")
# digits of other scripts and kinds, those of amounts in words, and what takes no room between two letters
_ODD = re.compile(
    r"[\u00ad\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u200b-\u200f\u2060\ufeff\u24ea\U0001d7ce-\U0001d7ff壹贰貳叁參肆伍陆陸柒捌玖]"
)
_NO_ROOM = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")
_OF_AMOUNTS = dict(zip("壹贰貳叁參肆伍陆陸柒捌玖", "122334566789", strict=True))
_APART = r"[\s\-‐-―−.·/()]"
_DIGITS = re.compile(rf"(?<![\dA-Za-z])\+?\(?\d(?:{_APART}{{0,3}}\d){{6,}}(?![\dA-Za-z])")
_MOBILE = re.compile(r"(?:\+?(?:0086|86)|0)?1[3-9]\d{9}")
_GROUPED = re.compile(rf"(?<![\dA-Za-z])1[3-9]\d(?:\d{{8}}|{_APART}{{1,3}}\d{{4}}{_APART}{{1,3}}\d{{4}})(?![\dA-Za-z])")
_LANDLINE = re.compile(  # eight digits behind a short area code, seven or eight behind a long one
    rf"(?<![\dA-Za-z])\(?(?:\+?86[\s-]?)?0(?:(?:10|2\d)\)?{_APART}{{0,3}}[2-9]\d{{3}}|[3-9]\d{{2}}\)?{_APART}{{0,3}}[2-9]\d{{2,3}})"
    rf"{_APART}?\d{{4}}(?![\d号])"
)
_LABELLED = re.compile(
    r"(?:电话|手机|座机|固话|传真|tel|phone|mobile|号码)[:：\s]*(1[3-9]\d{9}|[2-9](?:[\s\-]?\d){6,7})(?![\s\-]?\d)",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?:19|20)\d{2}([-/.])\d{1,2}\1\d{1,2}(?!\d)|(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)"
)
_IDENTITY = re.compile(
    r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![\dA-Za-z])"
)
_ACCOUNT = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"
    r"|\bwxid_\w+"
    r"|(?:微信|企业微信|weixin|wechat|wx|vx|钉钉|飞书)(?:账号|帐号|号码|号|id)?[:：\s]*(?=[\w.-]*[\d_])[a-z][-\w.]{4,}"
    r"|(?:微信|企业微信|wx|vx)(?:账号|帐号|号码|号)?[:：\s]*1[3-9]\d{9}"
    r"|(?:qq|企鹅)(?:账号|帐号|号码|号)?[:：\s]*[1-9]\d{4,11}(?!\d)",
    re.IGNORECASE | re.ASCII,
)

_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭"
    "陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施牛樊葛邢安齐"
    "易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳"
    "管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵"
    "苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
)
_COMMON = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱郭何罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭汪"
)
_COMPOUND = (
    "欧阳",
    "司马",
    "上官",
    "诸葛",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "令狐",
    "司徒",
    "夏侯",
    "端木",
    "轩辕",
    "南宫",
)
# before a title they are mostly no family names: 车队长, 项目经理, 党主任, 单位主任
_HARDLY = frozenset("车水管项商路房农党单全应关")
# nor these at the end of a longer word: 甲方经理, 浙江经理, 西安经理
_DOUBTFUL = _HARDLY | frozenset(
    "方向成时常万江金和华安水车管项商路房农全党师米明应关单连查解阳尚包沙游席宗古司季成边童石史高章麻全"
)
_TITLE = (
    r"(?:先生|女士|小姐|老师|师傅|副?总经理|副?总监|经理|主任|科长|处长|局长|部长|队长|站长|厂长|校长|院长|所长|店长|组长"
    r"|股长|镇长|乡长|区长|县长|书记|主席|秘书长|秘书|会计|出纳|工程师|司机|教练|董事长|董事|老板|助理|总|董|工|哥|姐|叔)"
)
_SHORT_TITLES = ("总", "董", "工", "哥", "姐", "叔")  # only behind a family name
_VICE = "副"
# what may stand before and behind a named person in a token
_BEFORE = r"(?:第三方|客户方?|甲方|对方|经办?|由|找|请|询|问|联系|联络|通过|经过|老客户|朋友|熟人|同学|亲戚)?"
_BEHIND = (
    r"(?:介绍|推荐|转介绍|提供|告知|来电|来访|来函|电话|手机|微信|转告|反映|反馈|透露|处|那里|那边|办公室|本人|亲戚|朋友|负责"
    r"|联系|接洽|对接|同意|签字|说|等)*"
)
_PERSON = re.compile(rf"{_BEFORE}(?P<name>[\u4e00-\u9fff]{{1,4}}?)(?P<title>{_VICE}?{_TITLE}){_BEHIND}")
_ENDING = re.compile(rf"(?P<rest>.*?)(?P<title>{_VICE}?{_TITLE}){_BEHIND}")
_MARKED = re.compile(
    r"(?:联系人|联络人|经办人|接洽人|对接人|采购人员?|负责人|收件人|姓名)(?:为|是|叫)?[:：\s（(]*(?P<name>[\u4e00-\u9fff]{2,4})"
    r"(?![\u4e00-\u9fff])"
)
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_UNITS = frozenset("站处科部局队组区厂校院所店室办会行馆场园")  # 华东区经理, 农机站站长
_RUN = re.compile(
    r"[0-9０-９\u2460-\u2473〇零一二三四五六七八九幺两]"
    r"(?:[\s\-‐-―−－.·_/()（）]{0,3}[0-9０-９\u2460-\u2473〇零一二三四五六七八九幺两]){6}"
)
_OF_ACCOUNTS = frozenset("@＠微钉飞企wWqQvVＷＱｗｑ")
# titles by their last sign, which is rarer than the first: 司机 is no 公司
_OF_NAMES = re.compile(
    "[监师理总董工哥姐叔人]|生(?<=先生)|士(?<=女士)|任(?<=主任)|长(?<=[科处局部队站厂校院所店组股镇乡区县]长)|记(?<=书记)|席(?<=主席)"
    "|书(?<=秘书)|计(?<=会计)|纳(?<=出纳)|机(?<=司机)|练(?<=教练)|板(?<=老板)|名(?<=姓名)"
)
# what holds none of these holds nothing of a person
_HINT = re.compile("|".join([_RUN.pattern, _ODD.pattern, f"[{''.join(sorted(_OF_ACCOUNTS))}]", _OF_NAMES.pattern]))


def personal_among(texts: Collection[str]) -> dict[str, Kind]:
    """What of a person each of many texts holds, of those in which something is found: that most hold nothing shows at once."""
    if not _HINT.search("\0".join(texts)):  # no hint goes over the sign between two texts
        return {}
    return {text: kind for text in texts if (kind := personal_in(text))}


def personal_in(text: str) -> Kind | None:
    """What of a person a text holds; None where nothing is found in it."""
    if not _HINT.search(text):  # nearly always
        return None
    digits = _usual_digits(text)
    number, account, name = _RUN.search(digits), not _OF_ACCOUNTS.isdisjoint(text), _OF_NAMES.search(text)
    plain, written = (unicodedata.normalize("NFKC", each) for each in (text, digits))
    if number and _IDENTITY.search(written):
        return Kind.IDENTITY
    if account and _ACCOUNT.search(plain):
        return Kind.ACCOUNT
    if number and phones_in(written):
        return Kind.PHONE
    return Kind.NAME if name and _names_somebody(plain) else None


def _usual_digits(text: str) -> str:
    """A text with the digits that phones are usually written in; of the same length but for what takes no room."""
    if not _ODD.search(text):
        return text
    kept = (letter for letter in text if letter not in _NO_ROOM)
    return "".join(
        _OF_AMOUNTS.get(letter) or str(unicodedata.digit(letter, letter)) if _ODD.match(letter) else letter
        for letter in kept
    )


def phones_in(plain: str) -> list[tuple[int, int]]:
    """Where phone numbers stand in a text (NFKC): mobiles, landlines with an area code, others behind a word like 电话."""
    found = [match.span(1) for match in _LABELLED.finditer(plain)]
    for source in (plain, _HAN_RUN.sub(lambda run: run[0].translate(_HAN_DIGITS), plain)):
        found += [match.span() for pattern in (_GROUPED, _LANDLINE) for match in pattern.finditer(source)]
        for run in _DIGITS.finditer(source):
            found += _mobiles_of(source, run.start(), run.end())
    return sorted(set(found))


def _mobiles_of(source: str, start: int, end: int) -> list[tuple[int, int]]:
    """The mobiles in a run of digits that are set apart anyhow; a date before or behind is none of it."""
    run = _DATE.sub(lambda day: "|" * len(day[0]), source[start:end])
    found = []
    for piece in re.finditer(r"[^|]+", run):
        for part in (piece, *re.finditer(r"[^/\s]+", piece[0])):
            shift = start + piece.start() + (0 if part is piece else part.start())
            if _MOBILE.fullmatch(re.sub(r"[^\d+]", "", part[0])):
                found.append((shift, shift + len(part[0])))
    return found


def without_phones(text: str) -> str:
    """A text whose phone numbers are hidden but for their first and last digits; senders put them into files' names."""
    digits = _usual_digits(text)
    if not _RUN.search(digits):
        return text
    if len(digits) != len(text):
        text = "".join(letter for letter in text if letter not in _NO_ROOM)
    plain = unicodedata.normalize("NFKC", digits)
    if len(plain) != len(text):  # places would differ
        plain = digits
    for start, end in reversed(phones_in(plain)):
        hidden = [place for place in range(start, end) if plain[place].isalnum()][3:-4]
        text = "".join("*" if place in set(hidden) else letter for place, letter in enumerate(text))
    return text


def _names_somebody(plain: str) -> bool:
    if any(_is_name(match["name"]) for match in _MARKED.finditer(plain)):
        return True
    return any(_is_named(token[0]) for token in _HAN.finditer(plain))


def _is_named(token: str) -> bool:
    """Whether a word of Chinese characters is, or ends in, a named person."""
    whole, ending = _PERSON.fullmatch(token), _ENDING.fullmatch(token)
    if whole is not None and _is_titled(whole["name"], whole["title"]):
        return True
    if ending is None:
        return False
    rest, title = ending["rest"], ending["title"]
    return any(_is_titled(rest[-letters:], title, within=rest) for letters in (1, 2, 3) if letters < len(rest))


def _is_titled(name: str, title: str, within: str | None = None) -> bool:
    """Whether a family name, or one with a given name, stands before a title; ``within``: at the end of what."""
    given = _given(name)
    if given is None or (given and title in _SHORT_TITLES):
        return False
    if name in _words() or name + title in _words() or _is_place(name) or given[-1:] in _UNITS:
        return False
    if within is None:
        return bool(given) or name not in _HARDLY or title in ("先生", "女士", "小姐", "师傅", "老师", *_SHORT_TITLES)
    # at the end of a longer word only common family names are told from a department or a trade
    before = within[: -len(name)]
    if (given and name[0] not in _COMMON) or name in _DOUBTFUL or title in _SHORT_TITLES[2:]:
        return False
    tail = within[-2:]
    return tail not in _words() and not _is_place(tail) and not _is_place(within[-3:]) and len(before) >= 2


def _is_name(name: str) -> bool:
    if name in PLACEHOLDERS or name in _words() or _is_place(name):
        return False
    given = _given(name)
    return given is not None and 1 <= len(given) <= 2


def _given(name: str) -> str | None:
    """The given name behind a family name, None where there is no family name."""
    if name[:2] in _COMPOUND:
        return name[2:] if len(name) <= 4 else None
    return name[1:] if name[:1] in _SURNAMES and len(name) <= 3 else None


@lru_cache(maxsize=1)
def _words() -> frozenset[str]:
    """Words that look like a family name with a given name before a title, or like a name behind 联系人."""
    return frozenset(pd.read_csv(places.DATA / "no_persons.csv", dtype=str)["word"])


@lru_cache(maxsize=1)
def _place_names() -> frozenset[str]:
    known = places.table()
    full = [*known.cities, *(city for cities in known.cities.values() for city in cities)]
    full += [county for counties in known.counties.values() for county in counties]
    short = [re.sub(r"(?:自治[区州县旗]|特别行政区|省|市|地区|盟|区|县|旗|新区)$", "", name) for name in full]
    return frozenset(name for name in (*full, *short) if len(name) >= 2)


def _is_place(name: str) -> bool:
    return name in _place_names()
