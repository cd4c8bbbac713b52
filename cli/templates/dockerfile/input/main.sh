# Runs on every runner, on the same bytes: what it writes into /output and to stdout is the answer that they must agree on.
set -eu
tr -cs 'A-Za-z' '\n' < /input/text.txt | tr 'A-Z' 'a-z' | sort | uniq -c | sort -k1,1nr -k2 > /output/words.txt
wc -l < /output/words.txt
