"""Emoji as X counts them: each as one sign, whatever it is made of. Pure.

Source: the sequences of Unicode's emoji list, https://unicode.org/Public/emoji/latest/emoji-test.txt
"""

from __future__ import annotations

import regex

_REGIONS = (
    "AC AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ "
    "BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CP CQ CR CU CV CW CX CY CZ DE DG DJ "
    "DK DM DO DZ EA EC EE EG EH ER ES ET EU FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP "
    "GQ GR GS GT GU GW GY HK HM HN HR HT HU IC ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH "
    "KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO "
    "MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL "
    "PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV "
    "SX SY SZ TA TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM UN US UY UZ VA VC VE VG "
    "VI VN VU WF WS XK YE YT ZA ZM ZW"
)
_FLAGS = [
    "".join(chr(ord(letter) - ord("A") + 0x1F1E6) for letter in region)
    for region in _REGIONS.split()
]
_TONE = "[\U0001f3fb-\U0001f3ff]"
_ONCE_TEXT = "⌚⌛◽◾☔☕♈-♓♿⚓⚡⚪⚫⚽⚾⛄⛅⛔⛪⛲⛳⛵⛺⛽❗⬛⬜⭐⭕🀄🈚🈯"
"""Drawn as pictures anyway, but keyboards still write their style behind them: `⚡\ufe0f`."""
_JOIN = "\u200d"
_STYLE = "\ufe0f?"
_GROWN_UP = f"[👨👩🧑]{_TONE}?"
_HEART = f"{_JOIN}❤{_STYLE}{_JOIN}"
_CHILDREN = f"(?:{_JOIN}👧{_JOIN}[👦👧]|{_JOIN}👦{_JOIN}👦|{_JOIN}[👦👧])"
_ROLES = f"(?:[⚕⚖✈]{_STYLE}|[🌾🍳🍼🎄🎓🎤🎨🏫🏭💻💼🔧🔬🚀🚒🦯🦰🦱🦲🦳🦼🦽])"
_ACTIVE = (
    f"(?:[⛹🏋🏌🕴🕵](?:{_STYLE}|{_TONE})"
    f"|[🏃🏄🏊👮👯👰👱👳👷💁💂💆💇🙅🙆🙇🙋🙍🙎🚣🚴🚵🚶🤦🤵🤷🤸🤹🤼🤽🤾🦸🦹🧍🧎🧏🧔🧖-🧟]{_TONE}?)"
)

EMOJI = regex.compile(
    "|".join(
        (
            f"{_GROWN_UP}{_HEART}(?:💋{_JOIN})?{_GROWN_UP}",
            f"{_GROWN_UP}{_JOIN}🤝{_JOIN}{_GROWN_UP}",
            f"(?:👨|👩)(?:{_JOIN}(?:👨|👩))?{_CHILDREN}",
            f"{_GROWN_UP}{_JOIN}{_ROLES}",
            f"{_ACTIVE}{_JOIN}[♀♂]{_STYLE}",
            f"🏳{_STYLE}{_JOIN}(?:🌈|⚧{_STYLE})",
            f"🏴{_JOIN}☠{_STYLE}",
            f"👁{_STYLE}{_JOIN}🗨{_STYLE}",
            f"🐕{_JOIN}🦺|🐈{_JOIN}⬛|🐦{_JOIN}[⬛🔥]|🐻{_JOIN}❄{_STYLE}",
            f"😮{_JOIN}💨|😵{_JOIN}💫|😶{_JOIN}🌫{_STYLE}|🙂{_JOIN}[↔↕]{_STYLE}",
            f"❤{_STYLE}{_JOIN}[🔥🩹]|⛓{_STYLE}{_JOIN}💥|🍄{_JOIN}🟫|🍋{_JOIN}🟩",
            "🏴\U000e0067\U000e0062(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074"
            "|\U000e0077\U000e006c\U000e0073)\U000e007f",
            "|".join(_FLAGS),
            r"[0-9#*]\uFE0F?\u20E3",
            rf"[\p{{Emoji_Modifier_Base}}⛷]{_TONE}",
            r"[\p{Emoji}--\p{Emoji_Presentation}--[0-9#*©®]]\uFE0F?",
            r"[©®]\uFE0F",  # without the style they are letters to twitter-text, which count one
            rf"[{_ONCE_TEXT}]\uFE0F",
            r"\p{Emoji_Presentation}",
        )
    ),
    regex.VERSION1,
)
"""One emoji, the longest that begins here."""
