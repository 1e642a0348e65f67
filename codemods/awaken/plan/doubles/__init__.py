"""What tests put in the place of calls: patches of names, and libraries that answer instead of the network."""
