"""What touches SQL: what we saw, decided, owe and delivered."""
