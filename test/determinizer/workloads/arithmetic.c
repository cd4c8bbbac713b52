// The transcendental functions of the C library, to the last bit.
#include <math.h>
#include <stdint.h>
#include <stdio.h>

int main(void) {
	double sum = 0;
	float single = 0;
	uint64_t bits = 1469598103934665603ULL;
	for (int step = 1; step < 4000; step++) {
		double x = step * 0.0137;
		double values[] = {sin(x), cos(x), tan(x), exp(x / 7), log(x), pow(x, 1.37), atan(x), exp2(x / 5), sinh(x / 9), atan2(x, 3)};
		for (int index = 0; index < 10; index++) {
			union {
				double value;
				uint64_t bits;
			} all = {values[index]};
			bits = (bits ^ all.bits) * 1099511628211ULL;
			sum += values[index];
		}
		single += sinf((float)x) * expf((float)x / 30);
	}
	printf("%016llx %a %a\n", (unsigned long long)bits, sum, single);
	return 0;
}
