"""A broker that speaks Kafka's protocol: librdkafka's own test cluster, inside this process.

It keeps topics in memory only, so that jobs end with it; brokers, partitions and consumer groups
are real enough for the product's client, which is the same library.
"""

from pathlib import Path

from confluent_kafka import Producer

from devstack.services import Service

PROVIDES = ("KAFKA_BOOTSTRAP_SERVERS",)


def start(folder: Path) -> Service:
    """Start one broker on a free port of the loopback interface."""
    del folder
    # The cluster lives as long as the client that made it.
    cluster = [Producer({"test.mock.num.brokers": 1, "log_level": 2})]
    brokers = cluster[0].list_topics(timeout=10).brokers.values()
    address = ",".join(f"{broker.host}:{broker.port}" for broker in brokers)
    return Service("kafka", {"KAFKA_BOOTSTRAP_SERVERS": address}, cluster.clear)
