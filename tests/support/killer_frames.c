// SPDX-License-Identifier: GPL-2.0-or-later
//
// Preloaded: a dissector that goes wrong. A frame of ethertype 0x88b5 does to the worker that dissects it what its
// first byte says, every time.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <wireshark.h>
#include <wiretap/wtap.h>
#include <ws_version.h>

enum { FRAME_BYTES = 15, TYPE_AT = 12, WHAT_AT = 14 };

unsigned tvb_captured_length(const void* tvb);
void* tvb_memcpy(void* tvb, void* target, int offset, size_t length);

static int is_called(const char* wanted) {
  char name[16] = "";
  const int file = open("/proc/self/comm", O_RDONLY | O_CLOEXEC);
  const ssize_t bytes = read(file, name, sizeof(name) - 1);
  close(file);
  return bytes > 0 && strncmp(name, wanted, strlen(wanted)) == 0;
}

// libwireshark's (epan/exceptions.h, epan/tap.h).
enum { WIRESHARKS_EXCEPTIONS = 1, DISSECTOR_ERROR = 6 };
void except_throwf(long group, long code, const char* format, ...);
void* register_tap_listener(const char* tap, void* data, const char* filter, unsigned flags, void* reset, void* packet,
                            void* draw, void* finish);

static int throws;

static int throw_at_packet(void* data, void* packet, void* dissection, const void* of_tap) {
  (void)data, (void)packet, (void)dissection, (void)of_tap;
  if (throws) {
    throws = 0;
    except_throwf(WIRESHARKS_EXCEPTIONS, DISSECTOR_ERROR, "%s", "an exception that nobody catches");
  }
  return 0;
}

// Taps are called at the end of a dissection, where libwireshark expects no exception.
static void throw_at_end(void) {
  static int listens;
  if (!listens) register_tap_listener("frame", &listens, NULL, 0, NULL, (void*)throw_at_packet, NULL, NULL);
  listens = throws = 1;
}

static void go_wrong(char what) {
  switch (what) {
    case 'c':  // crashes
      *(volatile int*)8 = 1;
      break;
    case 'e':  // exits
      _exit(3);
    case 'k':  // as the kernel does where there is no memory
      syscall(SYS_tgkill, getpid(), getpid(), SIGKILL);
      break;
    case 'l':  // loops
      for (volatile unsigned i = 0;; i = i + 1) continue;
    case 'g':  // grows
      for (;;) {
        char* memory = malloc((size_t)1 << 20);
        if (memory == NULL) abort();
        memset(memory, 1, (size_t)1 << 20);
      }
    case 'x':
      throw_at_end();
      break;
    default:
      break;
  }
}

typedef void run_function(void*, long, void*, void*, void*, void*);

// The frame's first bytes; 0 where there are less. From 4.6 on the record holds them, and there is no tvb.
static int begin_of(const wtap_rec* record, void* tvb, uint8_t* bytes) {
#if WIRESHARK_VERSION_MAJOR > 4 || WIRESHARK_VERSION_MINOR >= 6
  (void)tvb;
  if (ws_buffer_length(&record->data) < FRAME_BYTES) return 0;
  memcpy(bytes, ws_buffer_start_ptr(&record->data), FRAME_BYTES);
#else
  (void)record;
  if (tvb_captured_length(tvb) < FRAME_BYTES) return 0;
  tvb_memcpy(tvb, bytes, 0, FRAME_BYTES);
#endif
  return 1;
}

static void run(const char* name, void* a, long b, void* record, void* d, void* e, void* f) {
  uint8_t bytes[FRAME_BYTES];
  if (begin_of(record, d, bytes) && bytes[TYPE_AT] == 0x88 && bytes[TYPE_AT + 1] == 0xb5 && is_called("espcap-worker")) {
    go_wrong((char)bytes[WHAT_AT]);
  }
  ((run_function*)dlsym(RTLD_NEXT, name))(a, b, record, d, e, f);
  throws = 0;  // a first pass calls no taps
}

void epan_dissect_run(void* a, long b, void* c, void* d, void* e, void* f) {
  run("epan_dissect_run", a, b, c, d, e, f);
}

void epan_dissect_run_with_taps(void* a, long b, void* c, void* d, void* e, void* f) {
  run("epan_dissect_run_with_taps", a, b, c, d, e, f);
}

// The first forks of the zygote that ESPCAP_TEST_FAILED_FORKS counts fail, as where there are too many processes.
pid_t fork(void) {
  static int failed;
  const char* count = getenv("ESPCAP_TEST_FAILED_FORKS");
  if (count != NULL && is_called("espcap-zygote") && failed < atoi(count)) {
    ++failed;
    errno = EAGAIN;
    return -1;
  }
  return ((pid_t(*)(void))dlsym(RTLD_NEXT, "fork"))();
}
