# SPDX-License-Identifier: Apache-2.0
"""functions.py ROOT FILE …: no function is longer than 80 lines without saying "Long because …" above it, and none has
more than four parameters: more are a struct. Overrides of a library's functions do not count, nor do those that
Tests/Hygiene/ManyParameters.txt lists, five at most, each with its reason."""
import pathlib
import sys

from cpp_functions import CannotRead, functions_of

MAX_LINES = 80
MAX_PARAMETERS = 4
MAX_EXCEPTIONS = 5
LIST = 'Tests/Hygiene/ManyParameters.txt'


def exceptions_of(root):
    """The names in the list; a fault if it is too long or an entry gives no reason."""
    lines = (root / LIST).read_text().splitlines() if (root / LIST).exists() else []
    entries = [line.split(maxsplit=1) for line in lines if line and not line.startswith('#')]
    faults = [f'{LIST}: {entry[0]} is listed without a reason' for entry in entries if len(entry) < 2]
    if len(entries) > MAX_EXCEPTIONS:
        faults.append(f'{LIST}: {len(entries)} entries, {MAX_EXCEPTIONS} are allowed')
    return {entry[0] for entry in entries}, faults


def says_why(lines, first):
    """Whether the comment directly above line `first` (from 1) holds "Long because"."""
    at = first - 2
    while at >= 0 and (lines[at].lstrip().startswith(('//', '/*', '*')) or lines[at].rstrip().endswith('*/')):
        if 'Long because ' in lines[at]:
            return True
        at -= 1
    return False


def read(root, files):
    """Each file with its functions, and a fault for each that cannot be read."""
    found, faults = [], []
    for file in files:
        source = (root / file).read_text(encoding='utf-8')
        try:
            found += [(file, source.splitlines(), function) for function in functions_of(source)]
        except CannotRead as reason:
            faults.append(f'{file}: {reason}')
    return found, faults


def check(root, files):
    exceptions, faults = exceptions_of(root)
    found, unread = read(root, files)
    faults += unread
    overrides = {(function.name, function.parameters) for _, _, function in found if function.is_override}
    unused = set(exceptions)
    for file, lines, function in found:
        where = f'{file}:{function.first}: {function.name}'
        length = function.last - function.first + 1
        if length > MAX_LINES and not says_why(lines, function.first):
            faults.append(f'{where} has {length} lines, {MAX_LINES} are allowed. '
                          'Divide it, or say why above it: Long because …')
        if function.parameters > MAX_PARAMETERS and (function.name, function.parameters) not in overrides:
            unused.discard(function.name)
            if function.name not in exceptions:
                faults.append(f'{where} has {function.parameters} parameters, {MAX_PARAMETERS} are allowed. '
                              'Make them a struct.')
    faults += [f'{LIST}: {name} no longer has more than {MAX_PARAMETERS} parameters' for name in sorted(unused)]
    return len(found), faults


def main():
    count, faults = check(pathlib.Path(sys.argv[1]), sys.argv[2:])
    print(f'{count} functions and declarations', *faults, sep='\n')
    sys.exit(1 if faults else 0)


if __name__ == '__main__':
    main()
