// SPDX-License-Identifier: GPL-2.0-or-later
//
// Preloaded: a disk on which each sync lasts as long as ESPCAP_TEST_SYNC_MS says.
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <sys/syscall.h>

static void wait_for_the_disk(void) {
  const char* text = getenv("ESPCAP_TEST_SYNC_MS");
  const long milliseconds = text == NULL ? 0 : atol(text);
  struct timespec left = {milliseconds / 1000, milliseconds % 1000 * 1000000};
  while (nanosleep(&left, &left) != 0) {
  }
}

int fsync(int file) {
  wait_for_the_disk();
  return (int)syscall(SYS_fsync, file);
}

int fdatasync(int file) {
  wait_for_the_disk();
  return (int)syscall(SYS_fdatasync, file);
}
