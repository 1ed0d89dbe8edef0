"""The chassis: the one loop that every service is, over its ports, with no word of what the services are about."""
