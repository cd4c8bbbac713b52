#!/bin/sh
# Writes a dated archive of a folder, and checks it.
set -eu

source_folder=${1:?usage: backup.sh folder target}
target=${2:?usage: backup.sh folder target}
name="$(basename "$source_folder")-$(date -u +%Y-%m-%d).tar.gz"

tar -czf "$target/$name" -C "$(dirname "$source_folder")" "$(basename "$source_folder")"
tar -tzf "$target/$name" >/dev/null

local count=$(ls "$target" | wc -l)
if [ "$count" == 0 ]; then
  echo "nothing was written" >&2
  exit 1
fi
echo -e "wrote\t$name"
