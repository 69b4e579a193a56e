# SPDX-License-Identifier: Apache-2.0
"""Finds the functions of a C++ or CUDA source: their names, parameters and lines. Reads tokens, not types, and looks at
namespaces and classes only: what is inside a function's body (lambdas, local classes) belongs to that function."""
from dataclasses import dataclass

from cpp_tokens import is_macro, is_word, tokens_of

GROUPS = {'(': ')', '[': ']', '{': '}'}
NOT_A_NAME = {'alignas', 'decltype', 'explicit', 'noexcept', 'requires', 'sizeof', 'static_assert', '__attribute__',
              '__launch_bounds__', '__align__'}


class CannotRead(Exception):
    """A source that cannot be read: its brackets do not pair."""


@dataclass
class Function:
    name: str  # including its classes: Plan::Builder::add
    parameters: int
    first: int  # line of its first word
    last: int  # line of its closing brace, or of the declaration's end
    is_override: bool


class Reader:
    def __init__(self, source):
        self.tokens = tokens_of(source)
        self.at = 0
        self.functions = []

    def text(self, ahead=0):
        place = self.at + ahead
        return self.tokens[place].text if 0 <= place < len(self.tokens) else ''

    def line(self):
        return self.tokens[min(self.at, len(self.tokens) - 1)].line

    def skip_group(self):
        """Goes from an opening bracket past the one that closes it; returns what is between."""
        begin, open_brackets = self.at + 1, []
        while self.text():
            if self.text() in GROUPS:
                open_brackets.append(GROUPS[self.text()])
            elif self.text() in GROUPS.values() and self.text() != open_brackets.pop():
                break
            self.at += 1
            if not open_brackets:
                return self.tokens[begin:self.at - 1]
        raise CannotRead(f'line {self.tokens[begin - 1].line}: this bracket is not closed')

    def skip_angles(self):
        """Goes from < past its >."""
        depth = 0
        while self.text() not in ('', ';', '{'):
            if self.text() in GROUPS:
                self.skip_group()
                continue
            depth += {'<': 1, '>': -1}.get(self.text(), 0)
            self.at += 1
            if depth == 0:
                return

    def skip_statement(self):
        """Goes past the next ; on this level, or up to the } that ends it."""
        while self.text() not in ('', '}'):
            if self.text() == ';':
                self.at += 1
                return
            if self.text() in GROUPS:
                self.skip_group()
            else:
                self.at += 1

    def scope(self, names):
        """All declarations up to the } that closes this scope."""
        while self.text() not in ('', '}'):
            self.declaration(names)

    def body_of_scope(self, names):
        self.at += 1
        self.scope(names)
        if self.text() != '}':
            raise CannotRead(f'line {self.line()}: a closing brace is missing')
        self.at += 1

    def declaration(self, names):
        first = self.at
        while self.text() in ('template', 'inline', 'export'):
            self.at += 1
            if self.text() == '<':
                self.skip_angles()
        start = self.text()
        if start == ';':
            self.at += 1
        elif is_macro(start) and self.text(1) == '(':
            self.at += 1
            self.skip_group()
        elif start in ('public', 'protected', 'private') and self.text(1) == ':':
            self.at += 2
        elif start in ('using', 'typedef', 'static_assert', 'enum', 'concept'):
            self.skip_statement()
        elif start == 'namespace' or (start == 'extern' and self.text(2) == '{'):
            self.namespace(names)
        elif not (start in ('class', 'struct', 'union') and self.class_body(names)):
            self.function_or_variable(names, self.tokens[first].line)

    def namespace(self, names):
        while self.text() not in ('{', ';', ''):
            self.at += 1
        if self.text() == '{':
            self.body_of_scope(names)

    def class_body(self, names):
        """Returns False, with nothing read, if this is not a class with a body."""
        before, name = self.at, ''
        self.at += 1
        while self.text() not in ('', ';', '{', ':', '=', '}'):
            if self.text() == '(' and self.text(-1) not in NOT_A_NAME:
                break
            if self.text() in GROUPS:
                self.skip_group()
            elif self.text() == '<':
                self.skip_angles()
            else:
                name = self.text() if is_word(self.text()) and self.text() != 'final' else name
                self.at += 1
        if self.text() == ':':
            while self.text() not in ('', ';', '{'):
                self.at += 1
        if self.text() != '{':
            self.at = before
            return False
        self.body_of_scope(names + [name])
        self.skip_statement()
        return True

    def function_or_variable(self, names, first):
        while self.text() not in ('', ';', '}'):
            before = self.text(-1)
            if self.text() == 'operator':
                name = self.operator_name()
                self.function(names, name, first)
                return
            if self.text() == '(' and is_word(before) and before not in NOT_A_NAME and not is_macro(before):
                self.function(names, self.qualified_name(), first)
                return
            if self.text() in ('=', '{'):
                break
            if self.text() in GROUPS:
                self.skip_group()
            elif self.text() == '<':
                self.skip_angles()
            else:
                self.at += 1
        self.skip_statement()

    def qualified_name(self):
        """The name before the bracket here: word, ~word, and the A:: or A<…>:: before it."""
        place = self.at - 1
        name = self.tokens[place].text
        if self.tokens[place - 1].text == '~':
            place, name = place - 1, '~' + name
        while place >= 2 and self.tokens[place - 1].text == '::':
            place -= 2
            if self.tokens[place].text == '>':
                while place > 0 and self.tokens[place].text != '<':
                    place -= 1
                place -= 1
            name = self.tokens[place].text + '::' + name
        return name

    def operator_name(self):
        begin = self.at
        self.at += 1
        if self.text() == '(':
            self.skip_group()
        while self.text() not in ('', '(', ';'):
            self.at += 1
        own = ''.join(token.text for token in self.tokens[begin:self.at])
        scope = self.tokens[begin - 2].text + '::' if begin > 1 and self.tokens[begin - 1].text == '::' else ''
        return scope + own

    def function(self, names, name, first):
        """Goes from the bracket of the parameters past the body, or past the end of the declaration."""
        parameters, tail = count_parameters(self.skip_group()), set()
        while self.text() not in ('', ';', '{', '=', ':', '}'):
            tail.add(self.text())
            if self.text() in GROUPS:
                self.skip_group()
            elif self.text() == '<':
                self.skip_angles()
            else:
                self.at += 1
        if self.text() == ':':
            self.initialisers()
        has_body = self.text() == '{'
        if has_body:
            self.skip_group()
        last = self.tokens[min(self.at, len(self.tokens)) - 1].line
        if not has_body:
            self.skip_statement()
        self.functions.append(
            Function('::'.join(names + [name]), parameters, first, last, bool(tail & {'override', 'final'})))

    def initialisers(self):
        """Those of a constructor: name (…) or name {…}, with commas between."""
        while self.text() in (':', ','):
            self.at += 1
            while self.text() not in ('', '(', '{', ';'):
                if self.text() == '<':
                    self.skip_angles()
                else:
                    self.at += 1
            if self.text() in GROUPS:
                self.skip_group()
            if self.text() == '...':
                self.at += 1


def count_parameters(tokens):
    """The commas on the top level plus one; commas between brackets or <> do not count."""
    if not tokens or [token.text for token in tokens] == ['void']:
        return 0
    depth, count = 0, 1
    for place, token in enumerate(tokens):
        if token.text in '([{' or (token.text == '<' and place and is_word(tokens[place - 1].text)):
            depth += 1
        elif token.text in ')]}' or (token.text == '>' and depth):
            depth -= 1
        elif token.text == ',' and depth == 0:
            count += 1
    return count


def functions_of(source):
    reader = Reader(source)
    if reader.tokens:
        reader.scope([])
    if reader.at < len(reader.tokens):
        raise CannotRead(f'line {reader.line()}: a closing brace too many')
    return reader.functions
