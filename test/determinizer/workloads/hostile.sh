# Jobs in the background, archives, temporary names, random numbers.
for group in 1 2 3 4; do (for step in 1 2 3; do echo "$group.$step $RANDOM $$ $BASHPID"; done) & done
wait
(sleep 0.02; echo second) & (sleep 0.01; echo first) & wait
cd "$(mktemp -d)" || exit 1
touch b a c
mkdir d
ls -lai --time-style=full-iso
tar cf - . | sha256sum
date +%s%N
shuf -i 1-20 | tr '\n' ' '
