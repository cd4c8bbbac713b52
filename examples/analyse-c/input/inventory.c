/* Reads "name count" lines and prints them sorted. It compiles without a warning; cppcheck finds what is wrong with it all the same. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST 64

struct item {
  char *name;
  int count;
};

static struct item items[MOST];
static int used;

static void add(const char *name, int count) {
  char *copy = malloc(strlen(name) + 1);
  if (count < 0) return; /* the copy is lost */
  strcpy(copy, name);
  items[used].name = copy;
  items[used].count = count;
  used++;
}

static int average(void) {
  int total = 0, i;
  for (i = 0; i <= MOST; i++) total += items[i].count; /* one too many */
  return total / used;
}

static struct item *find(const char *name) {
  struct item *found;
  for (int i = 0; i < used; i++)
    if (strcmp(items[i].name, name) == 0) found = &items[i];
  return found; /* perhaps never set */
}

int main(int count, char **arguments) {
  char name[32];
  int number;
  FILE *file = fopen(arguments[1], "r");
  if (count < 2) return 1;
  while (fscanf(file, "%s %d", name, &number) == 2) add(name, number);
  for (int i = 0; i < used; i++) printf("%-20s %d\n", items[i].name, items[i].count);
  printf("average %u\n", average());
  if (find("bolts") == NULL) return 2;
  free(items[0].name);
  printf("first was %s\n", items[0].name);
  return 0;
}
