"""What more than one banner needs, from measured unit costs and a simulation of the queues."""
