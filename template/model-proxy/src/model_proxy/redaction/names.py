"""Names of people, by what stands around them and by how they are written.

No list of names and no model: two capitalised words in a row are taken for a name, and a single
one after a title, a greeting, an introduction or a farewell. A lone name without any of these, or
one in small letters, or in a script without capitals, is not found.
"""

import re
from collections.abc import Iterator

Span = tuple[int, int]

_LETTERS = [chr(code) for code in range(0x41, 0x530)]  # Latin, Greek, Cyrillic
_UPPER = "".join(filter(str.isupper, _LETTERS))
_LOWER = "".join(filter(str.islower, _LETTERS))
_WORD = rf"[{_UPPER}](?:[{_UPPER}{_LOWER}]|['\u2019-](?=[{_UPPER}{_LOWER}]))*[{_LOWER}]"
_PARTICLE = r"(?:van|von|der|den|de|da|di|del|la|le|bin|al|zu|y)"
_NEXT = rf"(?:[ \t]+(?:{_PARTICLE}[ \t]+){{0,2}}(?:{_WORD}|[{_UPPER}]\.))"
_NAME = rf"{_WORD}{_NEXT}{{0,3}}"
_TITLE = r"(?:Mr|Mrs|Ms|Mx|Miss|Dr|Prof|Sir|Herrn?|Frau|Mme|Mlle|Monsieur|Madame|Señora?|Sra?)\.?"
_GREETING = r"(?:dear|hi|hello|hey|hallo|liebe[rs]?|bonjour|cher|chère|hola|ciao|thanks|thank you)"
_INTRODUCTION = (
    r"(?:my name is|my name's|i am|i'm|this is|signed|called|named|on behalf of|ich bin|ich heiße"
    r"|mein name ist|je m'appelle|je suis|me llamo|soy|customer|client|kunde|patient|contact)"
)
_FAREWELL = r"(?:regards|sincerely|cheers|thanks|best|wishes|grüße|gruß|cordialement|saludos|yours)"

_AFTER = (
    re.compile(rf"\b{_TITLE}[ \t]+({_NAME})"),
    re.compile(rf"\b(?i:{_GREETING})[ \t,]+({_NAME})"),
    re.compile(rf"\b(?i:{_INTRODUCTION})[ \t:]+({_NAME})"),
    re.compile(rf"\b(?i:{_FAREWELL})[,.!]?[ \t]*\n\s*({_NAME})"),
)
_RUN = re.compile(
    rf"(?<![\w\[])(?:(?:[{_UPPER}]\.[ \t]*)+{_WORD}{_NEXT}{{0,3}}|{_WORD}{_NEXT}{{1,3}})(?!\w)"
)
_START = re.compile(rf"{_WORD}[ \t]+")
# Words that begin sentences; with one capitalised word behind them they are no name.
STARTERS = frozenset(
    """
    a an and are as at be but by can could did do does for from had has have he how i if in is it
    its may more my no not now of on or our please she should so that the their then there these
    they this those to was we were what when where which who why will with would yes you your
    question passages title document documents according answer ask call contact tell write dear hi
    hello hey hallo liebe lieber bonjour cher hola ciao thanks mr mrs ms mx miss dr prof herr frau
    mme mlle monsieur madame der die das ein eine und oder wenn
    wie was wo wer ich wir sie es ist sind bitte le la les un une est et ou que qui el los las una
    """.split()  # noqa: SIM905 - a list of this length can't be read
)


def find_names(text: str) -> Iterator[Span]:
    """Yield where names are."""
    for pattern in _AFTER:
        for match in pattern.finditer(text):
            yield match.span(1)
    for match in _RUN.finditer(text):
        start = _without_starters(match)
        if len(text[start : match.end()].split()) > 1:
            yield start, match.end()


def name_parts(name: str) -> list[str]:
    """Return the words of a name that are told by themselves too."""
    parts = re.findall(_WORD, name)
    return [part for part in parts if part.casefold() not in STARTERS]


def _without_starters(match: re.Match[str]) -> int:
    start = match.start()
    while (word := _START.match(match.string, start, match.end())) and (
        word[0].strip().casefold() in STARTERS
    ):
        start = word.end()
    return start
