// Makes the system call whose number it is given, and fails as the call fails.
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

int main(int count, char **words) {
	char place[256] = {0};
	return count > 1 && syscall(atol(words[1]), 1, place, 0, 0, 0) < 0 ? errno : 0;
}
