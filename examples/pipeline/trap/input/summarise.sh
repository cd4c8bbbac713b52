#!/bin/sh
# The largest packages, compressed, in a file that is made first and compressed then.
set -eu
sort -k 4,4nr /input/packages.tsv | head -n 5 >/output/large.tsv
gzip /output/large.tsv
