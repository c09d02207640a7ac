// SPDX-License-Identifier: GPL-2.0-or-later
//
// Preloaded: a dissecting worker that somebody has taken over. Once in a run, at its packet number 20 or when it hands
// its first batch over, it does what ESPCAP_TEST_TAKEOVER names. Where it is refused, it goes on as if nothing had been;
// where it isn't, it ends itself, so that the run shows it.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

enum { AT_PACKET = 20 };

static volatile int* has_attacked;  // by any process of the run
static pid_t supervisor;

__attribute__((constructor)) static void begin(void) {
  has_attacked = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  supervisor = getpid();
}

static int is_worker(void) {
  static int is_one;  // 1: yes, 2: no
  if (is_one == 0) {
    char name[16] = "";
    const int file = open("/proc/self/comm", O_RDONLY | O_CLOEXEC);
    const ssize_t bytes = read(file, name, sizeof(name) - 1);
    close(file);
    is_one = bytes > 0 && strncmp(name, "espcap-worker", 13) == 0 ? 1 : 2;
    if (is_one == 2 && strncmp(name, "espcap-zygote", 13) == 0) is_one = 0;
  }
  return is_one == 1;
}

static const char* attack(void) {
  const char* name = getenv("ESPCAP_TEST_TAKEOVER");
  return name == NULL ? "" : name;
}

static void succeeded(void) { __builtin_trap(); }

static void tell(const char* what) {
  char line[64];
  const int length = snprintf(line, sizeof(line), "takeover: %s\n", what);
  (void)!write(STDERR_FILENO, line, (size_t)length);
}

static void must_fail(long result) {
  if (result >= 0) succeeded();
}

static int opens(const char* format, int flags) {
  char path[64];
  snprintf(path, sizeof(path), format, (int)supervisor);
  return open(path, flags, 0600);
}

static void at_packet(const char* what) {
  if (strcmp(what, "kill") == 0) must_fail(kill(supervisor, 0));
  if (strcmp(what, "kill-parent") == 0) must_fail(kill(getppid(), 0));
  if (strcmp(what, "prlimit") == 0) {
    const struct rlimit none = {0, 0};
    must_fail(prlimit(supervisor, RLIMIT_NOFILE, &none, NULL));
    must_fail(prlimit(getppid(), RLIMIT_NOFILE, &none, NULL));
  }
  if (strcmp(what, "setsig") == 0) {
    for (int fd = 0; fd < 16; ++fd) {
      must_fail(fcntl(fd, F_SETOWN, supervisor));
      must_fail(fcntl(fd, F_SETSIG, SIGKILL));
    }
  }
  if (strcmp(what, "memory") == 0) {
    must_fail(opens("/proc/%d/mem", O_RDONLY));
    must_fail(opens("/proc/%d/environ", O_RDONLY));
  }
  if (strcmp(what, "files") == 0) {  // not its capture, nor anything of libwireshark's
    for (const char* const* path = (const char*[]){"/etc/shadow", "/etc/passwd", "/root", "/", getenv("ESPCAP_TEST_OTHER"), NULL}; *path != NULL; ++path) {
      must_fail(open(*path, O_RDONLY));
    }
  }
  if (strcmp(what, "streams") == 0) {
    static const char text[] = "{\"from\":\"a worker\"}\n";
    for (int fd = 0; fd < 2; ++fd) (void)!write(fd, text, sizeof(text) - 1);
  }
  if (strcmp(what, "connect") == 0) {
    must_fail(socket(AF_INET, SOCK_STREAM, 0));
    must_fail(socket(AF_UNIX, SOCK_STREAM, 0));
    must_fail(socket(AF_NETLINK, SOCK_RAW, 0));
  }
  if (strcmp(what, "ptrace") == 0) must_fail(ptrace(PTRACE_ATTACH, supervisor, NULL, NULL));
  if (strcmp(what, "fork") == 0) must_fail(fork());
  if (strcmp(what, "exec") == 0) must_fail(execl("/bin/true", "true", (char*)NULL));
  if (strcmp(what, "write") == 0) must_fail(opens("/tmp/espcap-takeover-%d", O_WRONLY | O_CREAT));
  if (strcmp(what, "root") == 0) {
    must_fail(setuid(0) == 0 && geteuid() == 0 && prctl(PR_CAPBSET_READ, 21) == 1 ? 0 : -1);
    must_fail(syscall(SYS_mount, "none", "/tmp", "tmpfs", 0, ""));
  }
  if (strcmp(what, "descriptors") == 0) {  // nothing but its channel, and its capture
    for (int fd = 3; fd < 4096; ++fd) {
      char target[256] = "";
      char path[64];
      snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
      if (readlink(path, target, sizeof(target) - 1) > 0 && strstr(target, "memfd:") != NULL) succeeded();
    }
  }
}

// --- what it hands over ---------------------------------------------------------------------------

struct progress {  // as process::SlotProgress
  uint64_t text_bytes;
  uint32_t documents, last_frame;
  uint64_t captured, filtered, duplicates, failed, cut;
  struct {
    uint64_t documents;
    char layer[24];
  } cut_layers[4];
  uint64_t source_bytes;
};
_Static_assert(sizeof(struct progress) == 192, "as the program's");
struct document {
  uint64_t bytes, record_number;
  int64_t seconds;
  int32_t nanoseconds;
  uint32_t frame_number;
};
enum { PAGE = 4096, STATUS_BYTES = PAGE, HEADER_BYTES = PAGE };

// Its own slots.
static char* own_slots(void) {
  FILE* maps = fopen("/proc/self/maps", "re");
  char line[512];
  char* found = NULL;
  while (maps != NULL && fgets(line, sizeof(line), maps) != NULL) {
    if (strstr(line, "espcap-documents") == NULL) continue;
    if (found != NULL) succeeded();  // another one's
    found = (char*)strtoul(line, NULL, 16);
  }
  if (maps != NULL) fclose(maps);
  return found;
}

static void forge(const char* what) {
  char* slot = own_slots() + STATUS_BYTES;
  const uint32_t current = *(uint32_t*)slot & 1U;
  struct progress* progress = (struct progress*)(slot + 8) + current;
  struct document* documents = (struct document*)(slot + HEADER_BYTES);
  const size_t table = (1000 * sizeof(struct document) + PAGE - 1) / PAGE * PAGE;  // --chunk 1000
  char* text = slot + HEADER_BYTES + table;
  if (strcmp(what, "text-beyond") == 0) progress->text_bytes = UINT64_C(1) << 40;
  if (strcmp(what, "document-beyond") == 0) documents[0].bytes = UINT64_C(1) << 40;
  if (strcmp(what, "documents-beyond") == 0) progress->documents = UINT32_MAX;
  if (strcmp(what, "captured-beyond") == 0) progress->captured = progress->filtered = UINT64_MAX;
  if (strcmp(what, "line-feed") == 0) text[documents[0].bytes / 2] = '\n';
  if (strcmp(what, "no-object") == 0) text[0] = '[';
  if (strcmp(what, "same-record") == 0) documents[1].record_number = documents[0].record_number;
  if (strcmp(what, "other-record") == 0) documents[1].record_number = UINT64_C(1) << 33;
}

static void flood(int socket_fd, const struct msghdr* message, int flags, ssize_t (*real)(int, const struct msghdr*, int)) {
  for (int i = 0; i < 20000; ++i) real(socket_fd, message, flags);
}

ssize_t sendmsg(int fd, const struct msghdr* message, int flags) {
  ssize_t (*real)(int, const struct msghdr*, int) =
      (ssize_t(*)(int, const struct msghdr*, int))dlsym(RTLD_NEXT, "sendmsg");
  enum { SLOT_READY = 1, LOG_MESSAGE = 2 };
  const char* what = attack();
  if (*what == '\0' || !is_worker() || *has_attacked) return real(fd, message, flags);
  uint32_t* kind = message->msg_iov[0].iov_base;
  if (*kind != SLOT_READY) return real(fd, message, flags);
  *has_attacked = 1;
  if (strcmp(what, "nonsense") == 0 || strcmp(what, "flood") == 0) {
    const uint32_t was = *kind;
    *kind = strcmp(what, "flood") == 0 ? LOG_MESSAGE : 77;
    if (*kind == LOG_MESSAGE) flood(fd, message, flags, real);
    if (*kind == 77) real(fd, message, flags);
    *kind = was;
  } else {
    forge(what);
  }
  return real(fd, message, flags);
}

typedef void run_function(void*, long, void*, void*, void*, void*);

static void run(const char* name, void* a, long b, void* c, void* d, void* e, void* f) {
  static int packets;
  const char* what = attack();
  if (*what != '\0' && is_worker() && ++packets == AT_PACKET) {
    at_packet(what);
    tell(what);
  }
  ((run_function*)dlsym(RTLD_NEXT, name))(a, b, c, d, e, f);
}

void epan_dissect_run(void* a, long b, void* c, void* d, void* e, void* f) {
  run("epan_dissect_run", a, b, c, d, e, f);
}

void epan_dissect_run_with_taps(void* a, long b, void* c, void* d, void* e, void* f) {
  run("epan_dissect_run_with_taps", a, b, c, d, e, f);
}
