"""Scores how hard texts are to read (Flesch reading ease), and names the words that make them so."""

import json
import re
import statistics
import sys
from collections import Counter
from pathlib import Path

LEAST_WORDS = 100


def syllables(word: str) -> int:
    groups = re.findall(r"[aeiouy]+", word)
    silent = word.endswith("e") and not word.endswith("le") and len(groups) > 1
    return max(1, len(groups) - silent)


def score(text: str) -> dict:
    sentences = [part for part in re.split(r"[.!?;:]\s|\n\s*\n", text) if re.search(r"[A-Za-z]{2}", part)]
    words = re.findall(r"[a-z]+(?:'[a-z]+)?", text.lower())
    if len(words) < LEAST_WORDS:
        raise ValueError(f"only {len(words)} words: not a text that can be scored")
    counts = [syllables(word) for word in words]
    ease = 206.835 - 1.015 * len(words) / len(sentences) - 84.6 * sum(counts) / len(words)
    hard = Counter(word for word, count in zip(words, counts) if count >= 4)
    return {
        "words": len(words),
        "sentences": len(sentences),
        "ease": round(ease, 1),
        "medianSyllables": statistics.median(counts),
        # Ties are broken by the word: the order of a set or of equal counts is nobody's promise.
        "hardest": [word for word, _ in sorted(hard.items(), key=lambda pair: (-pair[1], pair[0]))[:5]],
    }


def main() -> int:
    scores = {}
    for path in sorted(Path("/input").glob("*.txt")):
        try:
            scores[path.stem] = score(path.read_text(encoding="utf-8"))
        except ValueError as error:
            print(f"{path.name}: {error}", file=sys.stderr)
            return 1
    Path("/output/scores.json").write_text(json.dumps(scores, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    for name in sorted(scores, key=lambda name: (-scores[name]["ease"], name)):
        print(f"{scores[name]['ease']:6.1f}  {name}")
    return 0


sys.exit(main())
