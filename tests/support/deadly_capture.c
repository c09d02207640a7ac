// SPDX-License-Identifier: GPL-2.0-or-later
//
// Preloaded: a reader of captures that goes wrong. A capture with the word DEADLY in its first bytes ends the process
// that opens it.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef void* open_function(const char*, unsigned, int*, char**, int);

void* wtap_open_offline(const char* path, unsigned type, int* error, char** info, int is_random) {
  char bytes[4096];
  const char* const slash = strrchr(path, '/');
  const ssize_t count = pread(slash == NULL ? STDIN_FILENO : atoi(slash + 1), bytes, sizeof(bytes), 0);
  if (count > 0 && memmem(bytes, (size_t)count, "DEADLY", 6) != NULL) *(volatile int*)8 = 1;
  return ((open_function*)dlsym(RTLD_NEXT, "wtap_open_offline"))(path, type, error, info, is_random);
}
