"""What touches people: one file per channel, each keeping the promise in `base`."""
