"""What monitoring systems are told: Prometheus metrics read from the ledger, and whether work is done."""
