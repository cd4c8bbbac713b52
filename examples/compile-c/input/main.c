/* Prints the SHA-256 of standard input. */
#include "sha256.h"
#include <stdio.h>

int main(void) {
  struct sha256 hash;
  uint8_t buffer[65536], digest[32];
  size_t count;
  sha256_begin(&hash);
  while ((count = fread(buffer, 1, sizeof buffer, stdin)) > 0) sha256_add(&hash, buffer, count);
  if (ferror(stdin)) return 1;
  sha256_end(&hash, digest);
  for (int i = 0; i < 32; i++) printf("%02x", digest[i]);
  putchar('\n');
  return 0;
}
