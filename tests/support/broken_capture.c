// SPDX-License-Identifier: GPL-2.0-or-later
//
// Preloaded: interfaces that give no packets while the file ESPCAP_TEST_BLIND exists, and can't be
// opened while ESPCAP_TEST_CLOSED does.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <unistd.h>

static int is_there(const char* variable) {
  const char* path = getenv(variable);
  return path != NULL && access(path, F_OK) == 0;
}

static void pass_over(u_char* user, const struct pcap_pkthdr* header, const u_char* bytes) {
  (void)user;
  (void)header;
  (void)bytes;
}

int pcap_dispatch(pcap_t* handle, int count, pcap_handler callback, u_char* user) {
  int (*real)(pcap_t*, int, pcap_handler, u_char*) = dlsym(RTLD_NEXT, "pcap_dispatch");
  if (!is_there("ESPCAP_TEST_BLIND")) return real(handle, count, callback, user);
  const int passed = real(handle, count, pass_over, NULL);
  return passed < 0 ? passed : 0;
}

int pcap_activate(pcap_t* handle) {
  int (*real)(pcap_t*) = dlsym(RTLD_NEXT, "pcap_activate");
  return is_there("ESPCAP_TEST_CLOSED") ? PCAP_ERROR : real(handle);
}
