#!/bin/sh
# Sums the installed size of Debian packages by section, largest first, and compresses the list of all that are over 10 MiB.
set -eu
export LC_ALL=C
input=/input/packages.tsv

# Nonsense in, an error out: every line has four fields, and the last is a number.
awk -F '\t' 'NF != 4 || $4 !~ /^[0-9]+$/ { print FILENAME ":" FNR ": not name, version, section, KiB" > "/dev/stderr"; exit 1 }' "$input"

# Lines that compare equal keep no order of their own: the last key makes the order whole.
awk -F '\t' '{ kib[$3] += $4; count[$3]++ } END { for (s in kib) printf "%s\t%d\t%d\n", s, count[s], kib[s] }' "$input" |
  sort -t "$(printf '\t')" -k 3,3nr -k 1,1 |
  sed 's/\t/,/g' >/tmp/sections.csv
{ echo 'section,packages,kib'; cat /tmp/sections.csv; } >/output/sections.csv

# gzip writes the time and the name of its input into the file unless it is told -n.
awk -F '\t' '$4 > 10240 { print $4 "\t" $1 "\t" $2 }' "$input" | sort -k 1,1nr -k 2,2 | gzip -n -9 >/output/large.tsv.gz

head -n 4 /output/sections.csv
