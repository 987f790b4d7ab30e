"""How soon somebody guesses a passphrase who knows its user, the company and how people here choose one.

zxcvbn knows English; this knows pinyin, Chinese names and lines, the words of this work, dates and telephone numbers. The
cheapest way to put a passphrase together from such pieces is what it costs, in bits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

ENOUGH = 36  # bits: eight letters at random
WORD, SYLLABLE, YEAR, DATE, PHONE, DIGIT, HAN, LETTER, JOINT, AGAIN = 6.0, 5.0, 5.0, 12.0, 16.0, 3.3, 7.0, 4.7, 2.0, 1.0
LOOKED_AT = 128  # letters; more add nothing

# the company's and the program's words, and what people type because they have to type something
WORDS = """
    dakehu kehu dkhw dkhw080004 080004 workbench register dengjice dengji tibao xinxi jiangli jiangcheng guize zhidu
    xiaoshou yingxiao shichang caiwu gongsi bumen zonghe zhichi fenxi hetong zhuanhua mubiao jingxiaoshang qiche keche
    huoche chuzuche company sales market leads lead report office admin administrator root user guest test demo system
    custodian clerk analyst approver auditor verifier support payer manager password passphrase passwd pass secret login
    welcome excel windows jupyter python mima kouling koling wodemima woaini woaini1314 iloveyou love nihao hello baobao
    laopo laogong wangluo zhongguo china beijing shanghai hefei anhui wuhu fuck qwerty qwert qwer asdf asdfgh zxcvbn zxcvbnm
    qazwsx 1qaz 2wsx 3edc 1qaz2wsx abc abcd aini 520 521 1314 5201314 7758521 7758258 666 888 168 518 000 111 123 1234 12345
    123456 1234567 12345678 123456789 1234567890 654321 321 147258 159357 a123456 qq123456 woaini520 admin123 abc123
    大客户 大客户管理 客户 工作台 登记册 登记 信息 提报 信息提报 奖励 奖惩 规则 制度 管理 管理员 保管员 信息管理员 文员 分析员
    审批 审计 审计员 核实员 支持员 出纳 领导 经理 主任 总监 科长 部长 销售 销售公司 营销 市场 市场部 财务 财务计划部 综合 部门
    公司 集团 有限公司 经销商 汽车 客车 货车 合同 转化率 目标 报告 口令 密码 我的口令 我的密码 默认 测试 演示 办公室 中国 北京 上海
    安徽 合肥 芜湖 我爱你 你好 宝贝 老婆 老公 客运 货运 公交 物流 出租 租赁 驾校 学校 医院 公安局 教育局 政府 采购 科室 单位 项目
    com cn net org www http mail email gmail qq wx vip 163 126 chery byd toyota honda nissan geely audi bmw benz ford
"""
LINES = """
    床前明月光 疑是地上霜 举头望明月 低头思故乡 白日依山尽 黄河入海流 欲穷千里目 更上一层楼 春眠不觉晓 处处闻啼鸟 夜来风雨声
    花落知多少 锄禾日当午 汗滴禾下土 谁知盘中餐 粒粒皆辛苦 红豆生南国 春来发几枝 愿君多采撷 此物最相思 千山鸟飞绝 万径人踪灭
    孤舟蓑笠翁 独钓寒江雪 离离原上草 一岁一枯荣 野火烧不尽 春风吹又生 鹅鹅鹅曲项向天歌 两个黄鹂鸣翠柳 一行白鹭上青天
    飞流直下三千尺 疑是银河落九天 故人西辞黄鹤楼 烟花三月下扬州 朝辞白帝彩云间 千里江陵一日还 两岸猿声啼不住 轻舟已过万重山
    清明时节雨纷纷 路上行人欲断魂 借问酒家何处有 牧童遥指杏花村 停车坐爱枫林晚 霜叶红于二月花 海内存知己 天涯若比邻
    会当凌绝顶 一览众山小 独在异乡为异客 每逢佳节倍思亲 劝君更尽一杯酒 西出阳关无故人 海上生明月 天涯共此时 落霞与孤鹜齐飞
    秋水共长天一色 先天下之忧而忧 后天下之乐而乐 但愿人长久 千里共婵娟 明月几时有 把酒问青天 大江东去浪淘尽 千古风流人物
    人生自古谁无死 留取丹心照汗青 山重水复疑无路 柳暗花明又一村 问君能有几多愁 恰似一江春水向东流 长风破浪会有时 直挂云帆济沧海
    天生我材必有用 千金散尽还复来 人之初性本善 性相近习相远 天地玄黄 宇宙洪荒 赵钱孙李 周吴郑王 学而时习之 不亦说乎
    有朋自远方来 三人行必有我师 天行健君子以自强不息 地势坤君子以厚德载物 路漫漫其修远兮 吾将上下而求索 道可道非常道 名可名非常名
    好好学习天天向上 为人民服务 全心全意为人民服务 实事求是 不忘初心 牢记使命 不忘初心牢记使命 起来不愿做奴隶的人们 一切皆有可能
    李白乘舟将欲行 忽闻岸上踏歌声 桃花潭水深千尺 不及汪伦送我情 千里莺啼绿映红 水村山郭酒旗风 少小离家老大回 乡音无改鬓毛衰
    葡萄美酒夜光杯 欲饮琵琶马上催 秦时明月汉时关 万里长征人未还 黄河远上白云间 一片孤城万仞山 羌笛何须怨杨柳 春风不度玉门关
    好雨知时节 当春乃发生 随风潜入夜 润物细无声 国破山河在 城春草木深 横看成岭侧成峰 远近高低各不同 欲把西湖比西子 淡妆浓抹总相宜
    洛阳亲友如相问 一片冰心在玉壶 月落乌啼霜满天 江枫渔火对愁眠 咬定青山不放松 粉骨碎身浑不怕 要留清白在人间 青青园中葵 慈母手中线
    天王盖地虎 宝塔镇河妖 芝麻开门 恭喜发财 万事如意 心想事成 一帆风顺 马到成功 大吉大利 客户第一 客户至上 质量第一
"""
_INITIALS = "b p m f d t n l g k h j q x zh ch sh r z c s y w"
_FINALS = (
    "a o e i u v ai ei ui ao ou iu ie ue ve er an en in un vn ang eng ing ong ia ian iang iong ua uai uan uang uo iao"
)
_LEET = str.maketrans("@$!013457", "asioieast")
_PIECES = (
    (re.compile(r"(?:19|20)\d\d[-./年 ]?(?:1[0-2]|0?[1-9])[-./月 ]?(?:3[01]|[12]\d|0?[1-9])日?"), DATE),
    (re.compile(r"\d\d(?:1[0-2]|0[1-9])(?:3[01]|[12]\d|0[1-9])"), DATE),
    (re.compile(r"(?:1[0-2]|0[1-9])(?:3[01]|[12]\d|0[1-9])(?:19|20)\d\d"), DATE),
    (re.compile(r"(?:1[0-2]|0?[1-9])月(?:3[01]|[12]\d|0?[1-9])日?"), DATE - YEAR),
    (re.compile(r"(?:19|20)\d\d年?"), YEAR),
    (re.compile(r"1[3-9]\d[- ]?\d{4}[- ]?\d{4}"), PHONE),
    (re.compile(r"0\d{2,3}[- ]?\d{7,8}"), PHONE),
    (re.compile(r"\d{17}[\dx]"), PHONE),
)


def is_guessable(passphrase: str, *names: str) -> bool:
    """Whether a passphrase is put together from too few pieces, for somebody who knows these names."""
    return bits(passphrase, names) < ENOUGH


def bits(passphrase: str, names: Iterable[str] = ()) -> float:
    """What a passphrase costs to guess, in bits: the cheapest way to put it together, signs for letters undone too, and
    tones and accents (zhāng) taken off.
    """
    text = unicodedata.normalize("NFKC", passphrase).lower()[:LOOKED_AT]
    marks = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    words = _known() | {word for name in names for word in typed_forms(name)}
    return min(_cheapest(form, words) for form in {text, marks, text.translate(_LEET), text.replace("@", "a")})


def typed_forms(name: str) -> set[str]:
    """How a name or a line is typed: as it stands, in pinyin, by the first letters, family name last."""
    from pypinyin import lazy_pinyin

    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", name).lower())
    syllables = lazy_pinyin(plain)
    typed = {plain, "".join(syllables), "".join(part[:1] for part in syllables)}
    if 2 <= len(syllables) <= 4:
        typed |= {
            "".join(syllables[1:]),
            "".join([*syllables[1:], syllables[0]]),
            syllables[0] + "".join(part[:1] for part in syllables[1:]),
        }
    return {word for word in typed if len(word) > 1}


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset(WORDS.split()) | {typed for line in LINES.split() for typed in typed_forms(line)}


@lru_cache(maxsize=1)
def _syllables() -> frozenset[str]:
    """What may be a syllable of pinyin, of two letters and more."""
    return frozenset(
        first + last for first in ("", *_INITIALS.split()) for last in _FINALS.split() if len(first + last) > 1
    )


def _cheapest(text: str, words: frozenset[str]) -> float:
    cost = [0.0] + [float("inf")] * len(text)
    longest = max(map(len, words))
    for start in range(len(text)):
        for end, price in _steps(text, start, words, longest):
            cost[end] = min(cost[end], cost[start] + price)
    return cost[-1]


def _steps(text: str, start: int, words: frozenset[str], longest: int) -> Iterator[tuple[int, float]]:
    yield start + 1, _letter(text, start)
    for end in range(start + 2, min(len(text), start + longest) + 1):
        piece = text[start:end]
        if piece in words:
            yield end, WORD
        elif piece in _syllables():
            yield end, min(SYLLABLE, LETTER * len(piece))
    for pattern, price in _PIECES:
        if found := pattern.match(text, start):
            yield found.end(), price


def _letter(text: str, at: int) -> float:
    letter = text[at]
    if at and abs(ord(letter) - ord(text[at - 1])) <= 1:  # once more, or the next of a row
        return AGAIN
    if letter.isdecimal():
        return DIGIT
    if letter.isalpha():
        return HAN if ord(letter) > 0x2E7F else LETTER
    return JOINT
