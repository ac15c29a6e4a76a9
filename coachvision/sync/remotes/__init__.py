"""Where the copies lie: the gateway, or a club's own bucket. Only the engine and services use them."""
