for group in 1 2 3 4 5; do (for step in 1 2 3; do echo "$group.$step $RANDOM $$ $BASHPID"; done) & done
wait
ls /usr | sort | head -5 | while read -r name; do echo "<$name>"; done
seq 1 20000 | tr 0-9 a-j | sha256sum
(sleep 5; echo second) & (sleep 3; echo first) & wait
echo "$(date +%s%N) $SECONDS"
head -c 8 /dev/urandom | od -An -tx1
cat /proc/self/stat /proc/self/status /proc/uptime
ls -l /proc/self/fd
cd "$(mktemp -d)" || exit 1
touch b a c
mkdir d
ls -lai --time-style=full-iso
tar cf - . | sha256sum
find . | sort | cpio -o -H newc 2>/dev/null | sha256sum
perl -e 'print time, " ", rand, " $$\n"; print join(",", keys %{{map {$_ => 1} "a".."h"}}), "\n"'
openssl rand -hex 8
printf 'out: a b\n\tcat a b > out\na:\n\techo made > a\n' > Makefile
make -s out && make -s -q out && echo "up to date"
mkfifo pipe && { cat pipe & echo through > pipe; wait; }
cd / && rm -r "$OLDPWD"
