// SPDX-License-Identifier: GPL-2.0-or-later
//
// Preloaded: a dissecting worker that somebody has taken over. Once in a run, at its packet number 20 or when it hands
// its first batch over, it does what ESPCAP_TEST_TAKEOVER names; at the packet, all that the words there name. Where it is
// refused, it goes on as if nothing had been; where it isn't, it ends itself, so that the run shows it.
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
#include <linux/capability.h>
#include <sys/ioctl.h>
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

static void tell(const char* words) {
  char line[512];
  const int length = snprintf(line, sizeof(line), "takeover: %s\n", words);
  (void)!write(STDERR_FILENO, line, (size_t)length);
}

static const char* attempt = "";

static void succeeded(void) {
  tell("it succeeded:");
  tell(attempt);
  __builtin_trap();
}

static void must_fail(long result) {
  if (result >= 0) succeeded();
}

static int opens(const char* format, int flags) {
  char path[64];
  snprintf(path, sizeof(path), format, (int)supervisor);
  return open(path, flags, 0600);
}

static char* own_slots(void);

// The start of what it shares by this name with these rights; its length to `*bytes`. The last one, where there are several.
static char* shared(const char* name, const char* rights, size_t* bytes) {
  FILE* maps = fopen("/proc/self/maps", "re");
  char line[512];
  char* found = NULL;
  while (maps != NULL && fgets(line, sizeof(line), maps) != NULL) {
    char* end = NULL;
    char* const begin = (char*)strtoul(line, &end, 16);
    char* const after = (char*)strtoul(end + 1, &end, 16);
    if (strncmp(end + 1, rights, 4) != 0 || strstr(line, name) == NULL) continue;
    found = begin;
    *bytes = (size_t)(after - begin);
  }
  if (maps != NULL) fclose(maps);
  return found;
}

// Of descriptors that others share: they must not wait for it, whatever is in them.
static void fill_events(void) {
  for (int fd = 3; fd < 4096; ++fd) {
    char path[64], target[256] = "";
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    if (readlink(path, target, sizeof(target) - 1) < 0 || strstr(target, "eventfd") == NULL) continue;
    int off = 0;
    must_fail(fcntl(fd, F_SETFL, 0));
    must_fail(ioctl(fd, FIONBIO, &off));
    const uint64_t most = UINT64_MAX - 1;
    (void)!write(fd, &most, sizeof(most));
  }
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
  if (strcmp(what, "shadow") == 0) {
    must_fail(open("/etc/shadow", O_RDONLY));
    must_fail(open("/etc/shadow", O_RDWR));
  }
  if (strcmp(what, "other-slots") == 0) {
    must_fail(own_slots() == NULL ? 0 : -1);  // which ends it where there are more
    must_fail(open("/proc/self/map_files", O_RDONLY | O_DIRECTORY) < 0 ? -1 : openat(AT_FDCWD, "/dev/shm/espcap", O_RDWR));
  }
  if (strcmp(what, "capability") == 0) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    for (int capability = 0; capability <= CAP_LAST_CAP; ++capability) {
      struct __user_cap_data_struct data[2] = {{0, 0, 0}, {0, 0, 0}};
      data[capability / 32].permitted = data[capability / 32].effective = 1U << (capability % 32);
      must_fail(capability == CAP_DAC_READ_SEARCH ? -1 : syscall(SYS_capset, &header, data));
      must_fail(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0));
    }
  }
  if (strcmp(what, "events") == 0) fill_events();
  if (strcmp(what, "ring") == 0) {  // its records are its successor's, too
    size_t bytes = 0;
    char* records = shared("espcap-packets", "r--s", &bytes);
    must_fail(records == NULL ? 0 : mprotect(records, bytes, PROT_READ | PROT_WRITE));
    char* page = shared("espcap-packets", "rw-s", &bytes);
    must_fail(page == NULL || bytes != 4096 ? 0 : -1);
    memset(page, 0xff, bytes);
  }
  if (strcmp(what, "control") == 0) {
    size_t bytes = 0;
    char* control = shared("espcap-control", "r--s", &bytes);
    must_fail(control == NULL ? 0 : mprotect(control, bytes, PROT_READ | PROT_WRITE));
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
  uint64_t captured, packets, filtered, duplicates, failed, too_large, cut;
  struct {
    uint64_t documents;
    char layer[24];
  } cut_layers[4];
  uint64_t source_bytes;
};
_Static_assert(sizeof(struct progress) == 208, "as the program's");
struct document {  // as process::SlotDocument
  uint64_t bytes, record_number;
  int64_t seconds;
  int32_t nanoseconds;
  uint32_t frame_number;
  uint64_t conversation;
};
_Static_assert(sizeof(struct document) == 40, "as the program's");
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
  if (strcmp(what, "delete") == 0) {  // as a server would read an action
    static const char action[] = "{\"delete\":{\"_index\":\"other\",\"_id\":\"1\"}";
    char* const end = (char*)memrchr(text, '}', documents[0].bytes);
    memset(text, ' ', (size_t)(end - text));
    memcpy(text, action, sizeof(action) - 1);
  }
  if (strcmp(what, "same-record") == 0) documents[1].record_number = documents[0].record_number;
  if (strcmp(what, "other-record") == 0) documents[1].record_number = UINT64_C(1) << 33;
}

static void flood(int socket_fd, const struct msghdr* message, int flags, ssize_t (*real)(int, const struct msghdr*, int)) {
  for (int i = 0; i < 20000; ++i) real(socket_fd, message, flags);
}

ssize_t sendmsg(int fd, const struct msghdr* message, int flags) {
  ssize_t (*real)(int, const struct msghdr*, int) =
      (ssize_t(*)(int, const struct msghdr*, int))dlsym(RTLD_NEXT, "sendmsg");
  enum { SLOT_READY = 1, LOG_MESSAGE = 2, WANTS_FILE = 3 };
  const char* what = attack();
  if (*what == '\0' || !is_worker() || *has_attacked) return real(fd, message, flags);
  uint32_t* kind = message->msg_iov[0].iov_base;
  if (*kind != SLOT_READY) return real(fd, message, flags);
  *has_attacked = 1;
  if (strcmp(what, "nonsense") == 0 || strcmp(what, "flood") == 0 || strcmp(what, "unread") == 0) {
    const uint32_t was = *kind;
    *kind = strcmp(what, "flood") == 0 ? LOG_MESSAGE : strcmp(what, "unread") == 0 ? WANTS_FILE : 77;
    if (*kind != 77) flood(fd, message, flags, real);  // no answer is read
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
    char words[512];
    snprintf(words, sizeof(words), "%s", what);
    char* rest = NULL;
    for (char* word = strtok_r(words, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
      attempt = word;
      at_packet(word);
    }
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
