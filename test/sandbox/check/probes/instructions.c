// Asks the processor itself, which no level can trap: with "random" for a random number, else for what it is.
#include <stdint.h>
#include <stdio.h>
#include <string.h>

int main(int count, char **words) {
	uint64_t value = 0;
	unsigned a = 0, b, c, d;
	__asm__ volatile("cpuid" : "+a"(a), "=b"(b), "=c"(c), "=d"(d));
	if (count > 1 && !strcmp(words[1], "random")) __asm__ volatile("rdrand %0" : "=r"(value));
	printf("%llx\n", (unsigned long long)value);
}
