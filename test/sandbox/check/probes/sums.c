// Adds numbers of very different size in as many parts as there are threads: the last digits depend on where the parts end.
#include <omp.h>
#include <stdio.h>

int main(void) {
	double sum = 0;
#pragma omp parallel for reduction(+ : sum) schedule(static)
	for (int at = 1; at < 200000; at++) sum += at % 3 == 0 ? 1e12 / at : 1e-7 * at;
	printf("%.17g\n", sum);
}
