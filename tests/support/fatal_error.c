// SPDX-License-Identifier: GPL-2.0-or-later
//
// Preloaded: librdkafka's own test error, as an idempotent producer raises it, at the message of
// that number (ESPCAP_TEST_FATAL_AT).
#define _GNU_SOURCE
#include <dlfcn.h>
#include <librdkafka/rdkafka.h>
#include <stdlib.h>

rd_kafka_error_t* rd_kafka_produceva(rd_kafka_t* client, const rd_kafka_vu_t* parts, size_t count) {
  static rd_kafka_error_t* (*produce)(rd_kafka_t*, const rd_kafka_vu_t*, size_t);
  static long messages;
  const char* const at = getenv("ESPCAP_TEST_FATAL_AT");
  if (produce == NULL) *(void**)&produce = dlsym(RTLD_NEXT, "rd_kafka_produceva");
  if (at != NULL && ++messages == atol(at)) {
    rd_kafka_test_fatal_error(client, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, "a test's");
  }
  return produce(client, parts, count);
}
