"""Chinese, Japanese and Korean names, which have no blanks between words: a general ending is told by its characters."""

import re

_CJK = re.compile(r"[぀-ヿ㐀-鿿豈-﫿가-힣]")
# What a name may have at its end and mean the same: day, number, name, code.
_GENERAL = ("日付", "年月日", "番号", "日時", "コード", "コート", "日", "名", "数")


def is_cjk(text: str) -> bool:
    """Whether it is written in one of these scripts."""
    return bool(_CJK.search(text))


def without_general(text: str) -> frozenset[str]:
    """The text, and the text without a general ending."""
    shorter = {
        text.removesuffix(ending) for ending in _GENERAL if text.endswith(ending) and len(text) > len(ending) + 1
    }
    return frozenset({text, *shorter})
