"""The doctor: everything that has to hold for an alert to arrive, looked at one by one."""
