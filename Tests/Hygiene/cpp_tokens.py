# SPDX-License-Identifier: Apache-2.0
"""The tokens of a C++ or CUDA source: without comments and preprocessor lines, and each string is one token."""
import re
from dataclasses import dataclass

BLANKED = re.compile(
    r'//(?:\\\n|[^\n])*|/\*.*?\*/'  # comments
    r'|R"(?P<mark>[^()\\\s]*)\(.*?\)(?P=mark)"'  # raw strings
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])*'"  # characters, but not the marks in 24'000
    r'|^[ \t]*#(?:\\\n|//[^\n]*|/\*.*?\*/|[^\n])*',  # preprocessor lines
    re.DOTALL | re.MULTILINE)
TOKEN = re.compile(r"""\w[\w']*|::|->\*?|\.\.\.|<=>|<<|[<=!+\-*/%&|^]=|&&|\|\||\+\+|--|\S""")


@dataclass
class Token:
    text: str
    line: int


def blank(match):
    """Keeps the number of lines; a string stays one token."""
    text = match.group()
    return ('0' if text[0] in 'R"' else ' ') + '\n' * text.count('\n')


def tokens_of(source):
    text = BLANKED.sub(blank, source)
    tokens, line, place = [], 1, 0
    for match in TOKEN.finditer(text):
        line += text.count('\n', place, match.start())
        place = match.start()
        tokens.append(Token(match.group(), line))
    return tokens


def is_word(text):
    return text[0].isalpha() or text[0] == '_'


def is_macro(text):
    return len(text) > 1 and text.upper() == text and is_word(text)
