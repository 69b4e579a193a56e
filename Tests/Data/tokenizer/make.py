# SPDX-License-Identifier: Apache-2.0
"""Makes the tokenizer fixtures. Needs: pip install tokenizers==0.23.3

    make.py                       tiny.json: 600 merges trained on the text below, with Qwen2.5's normaliser, split
                                  and special tokens; tiny-cases.json: texts with the words and ids that Hugging
                                  Face's tokenizers makes of them
    make.py VOCAB_JSON MERGES_TXT qwen-part.json as well: of Qwen2.5's own vocabulary the tokens and merges, under
                                  their own ids, that the texts of QWEN_TEXTS can touch. Refused unless the part gives
                                  the same ids as the whole.
"""
import json
import random
import sys
import unicodedata
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

HERE = Path(__file__).parent
SPLIT = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
         r"|\s*[\r\n]+|\s+(?!\S)|\s+")
SPECIALS = ['<|endoftext|>', '<|im_start|>', '<|im_end|>', '<|object_ref_start|>', '<|object_ref_end|>',
            '<|box_start|>', '<|box_end|>', '<|quad_start|>', '<|quad_end|>', '<|vision_start|>', '<|vision_end|>',
            '<|vision_pad|>', '<|image_pad|>']
QWEN_TEXTS = [
    ' Transform the text provided by various speakers into speech output, utilizing the distinct voice of each '
    'respective speaker.\n',
    ' Voice input:\n', ' Speaker 0:', ' Speaker 3:', '\n', ' Text input:\n', ' Speaker 0: Hello, world!\n',
    " Speaker 1: It's 2025 — 你好，世界。\n", ' Speech output:\n']

TRAINING = """
It's the first reading of the play, and nobody has learnt a line yet. They're sitting around a long table; we've put
water, pencils and the scripts on it. "Shall we?" said the director. I'd say we shall, she'd say we won't, he'll wait.
The speaker reads the text aloud, the other speakers listen, and the voice of each speaker is distinct. Speaker 1: hello.
Speaker 2: hello to you! What's the time? It is 10:30, no, 11:45 on the 24th of November 2026. That's 3,200 samples.
Don't stop there, can't you see that I'm reading? You're reading it too fast. That isn't so. Let's begin again, then.
Die Straße ist naß, die Bäume grünen, und der Müller hört zu. Où est l'été? Le garçon a mangé une pêche à la fenêtre.
El niño pequeño soñó con un pingüino. Η θάλασσα είναι ήρεμη. Привет, как дела? Сегодня хорошая погода.
你好，世界。我们开始吧！今天天气很好。日本語のテキストを読みます。カタカナもひらがなも。안녕하세요, 반갑습니다.
नमस्ते दुनिया। สวัสดีชาวโลก. שלום עולם. مرحبا بالعالم.
if (x == 0) { return x[1] != y->z; } // http://example.org/a?b=c&d=e#f
:-) :-) ;-) ... --- *** === !!! ??? ... 😀 😀 🎭 🎭

    an indented line
\tand one with a tab
"""

HAND = [
    '', ' ', '  ', '   x', 'x   ', 'x   y', '\n', '\n\n', ' \n', '\n ', ' \n \n ', '\r\n', '\r', 'a\r\nb', 'a\n\n\nb',
    'a \n b', 'a  \n  b', '\t', '\t\tx', 'a\tb', 'a \tb', '\x0b', '\x0c', 'a\x0bb', 'a\u0085b', 'a\u2028b', 'a\u2029b',
    '\u00a0', 'a\u00a0b', 'a \u00a0 b', '\u3000\u3000x', '\u2003x', 'x\u2003', '\u1680\u202f\u205f', '\u180e', '\u200bx',
    '\ufeffx', '\u00ad', "it's", "IT'S", "It'S", "we'll", "we'LL", "we'Ll", "they're", "I'd", "I've", "I'm", "can't",
    "'s", "'S", "'ſ", " 's", "''s", "'sx", "'tis", "'do", "'mx", "'rex", "'vex", "'LLx", "'ſx", "'ll'll",
    "'re've", "'r", "'l", "'x", "o'clock", "rock'n'roll",
    'it’s', 'can’t', '‘quoted’', '“quoted”', "d'être", "'", "''", "' '", '0', '10', '2025', '3,200', '10:30', '1a', 'a1',
    '²½', '٣٤', 'Ⅷ', '①', '1\u0301', 'e\u0301', 'é', 'o\u0302\u0327', 'o\u0327\u0302', '\u1100\u1161\u11a8', '각', 'ﬁ',
    'Å', '\u212b', 'Ω', '\u2126', 'K', '\u0301', ' \u0301', 'a\u0301\u0301\u0301', 'ńẁ', 'ä̈', '你好，世界。', '你 好',
    '日本語のテキスト', 'カ\u3099', 'ガ', '안녕하세요', 'नमस्ते', 'สวัสดี', 'שלום', 'مرحبا', 'Привет', 'Straße', 'STRASSE', 'İi', '😀',
    '😀😀 😀', '👩‍👩‍👧', '👍🏽', '🇩🇪', '❤️', 'a😀b', ' 😀', '😀\n', '!!!', ' !!!', '!!!\n\n', ' !\r\nx', '...x', '#hash', ' #hash',
    '-dash', '--dash', '$5', '_x_', 'a_b', '<|vision_end', '<|vision_end|>', 'a<|endoftext|>b',
    ' <|vision_start|>', '<|x|>', '\x00', 'a\x00b', '\x01\x02', '\x7f', '\x1b[0m',
    '\ufffd', '\U0002a6d6', '\U000e0041', 'http://example.org/a?b=c#d', 'x' * 70, 'ab' * 60, 'speaker' * 20, '一' * 40,
    '! ' * 20, '\n ' * 20, ' ' * 50 + 'x', "a'" * 20, 'Speaker 1: Hello, world!\n', ' Speaker 0: It is so.\n']

PIECES = ['speaker', 'It', "'s", "'LL", ' ', '  ', '\n', '\r\n', '\t', '\u00a0', '\u3000', '’', '“', '—', '…', '!', '?!', '(',
          ')', '12', '٣', '½', 'é', 'e\u0301', '\u0327', '你好', 'の', '각', '\u1161', '😀', '\u200d', '\ufe0f', 'ß', 'Ω', 'я', '\x01',
          '\x85', '\ufeff', 'the ', 'voice', '<|', '|>', '/', "'", '"', '.\n', ' .', 'x']


def pipeline(model):
    made = Tokenizer(model)
    made.normalizer = normalizers.NFC()
    made.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(SPLIT), 'isolated'),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False, trim_offsets=False)])
    made.decoder = decoders.ByteLevel()
    return made


def words_of(tokenizer, text):
    """What the split makes of a text, byte spelling undone."""
    normal = tokenizer.normalizer.normalize_str(text)
    return [decoders.ByteLevel().decode([word]) for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(normal)]


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(',', ':'))


def write(name, text):
    (HERE / name).write_text(text + '\n', encoding='utf-8')


def make_tiny():
    tiny = pipeline(models.BPE())
    tiny.train_from_iterator([TRAINING], trainers.BpeTrainer(
        vocab_size=256 + 600, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    plain = Tokenizer.from_str(tiny.to_str())  # reads no special token out of a text, as ours
    tiny.add_special_tokens([AddedToken(text, normalized=False, special=True) for text in SPECIALS])
    write('tiny.json', compact(json.loads(tiny.to_str())))

    dice = random.Random(5)
    mixed = [''.join(dice.choice(PIECES) for _ in range(dice.randint(2, 16))) for _ in range(80)]
    cases = []
    for text in HAND + mixed:
        words = words_of(plain, text)
        assert ''.join(words) == unicodedata.normalize('NFC', text), text
        cases.append({'text': text, 'words': words, 'ids': plain.encode(text).ids})
    write('tiny-cases.json', '[\n' + ',\n'.join(compact(case) for case in cases) + '\n]')


def make_qwen_part(vocabulary_path, merges_path):
    vocabulary = json.loads(Path(vocabulary_path).read_text(encoding='utf-8'))
    merges = [tuple(line.split(' ')) for line in Path(merges_path).read_text(encoding='utf-8').split('\n')
              if line and not line.startswith('#version')]
    whole = pipeline(models.BPE(vocab=vocabulary, merges=merges))
    words = {word for text in QWEN_TEXTS for word, _ in whole.pre_tokenizer.pre_tokenize_str(text)}
    touched = [(a, b) for a, b in merges if any(a + b in word for word in words)]
    tokens = set(pre_tokenizers.ByteLevel.alphabet()) | {a + b for a, b in touched}
    part = pipeline(models.BPE(vocab={token: vocabulary[token] for token in sorted(tokens, key=vocabulary.get)},
                               merges=touched))
    described = json.loads(part.to_str())
    described['added_tokens'] = [
        {'id': len(vocabulary) + i, 'content': text, 'single_word': False, 'lstrip': False, 'rstrip': False,
         'normalized': False, 'special': True} for i, text in enumerate(SPECIALS)]
    for text in QWEN_TEXTS:
        assert part.encode(text).ids == whole.encode(text).ids, text
    write('qwen-part.json', compact(described))


make_tiny()
if len(sys.argv) == 3:
    make_qwen_part(*sys.argv[1:])
