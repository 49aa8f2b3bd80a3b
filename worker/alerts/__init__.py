"""What is owed to whom: alerts, messages, deliveries, and when to try again or give up. Pure."""
