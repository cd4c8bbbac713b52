# Runs on every runner, on the same bytes: what it writes into /output and to stdout is the answer that they must agree on.
import json
import re
from collections import Counter

with open("/input/text.txt", encoding="utf-8") as file:
    words = re.findall("[a-z]+", file.read().lower())
counts = Counter(words)
rows = sorted(counts.items(), key=lambda row: (-row[1], row[0]))

with open("/output/words.json", "w", encoding="utf-8") as file:
    json.dump(dict(rows), file, indent=2)
print(f"{len(words)} words, {len(rows)} different")
