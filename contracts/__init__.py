"""The words that departments and services exchange over Kafka: models, topics, identities, examples."""
