// SPDX-License-Identifier: GPL-2.0-or-later
//
// librdkafka's lists of partitions, owned.
#ifndef ESPCAP_KAFKA_PARTITION_LIST_H_
#define ESPCAP_KAFKA_PARTITION_LIST_H_

#include <librdkafka/rdkafka.h>

#include <memory>

namespace espcap::kafka {

struct DestroyPartitions {
  void operator()(rd_kafka_topic_partition_list_t* list) const {
    rd_kafka_topic_partition_list_destroy(list);
  }
  void operator()(rd_kafka_topic_partition_t* partition) const {
    rd_kafka_topic_partition_destroy(partition);
  }
};
using PartitionList = std::unique_ptr<rd_kafka_topic_partition_list_t, DestroyPartitions>;
using Partition = std::unique_ptr<rd_kafka_topic_partition_t, DestroyPartitions>;

}  // namespace espcap::kafka

#endif  // ESPCAP_KAFKA_PARTITION_LIST_H_
