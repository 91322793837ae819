"""A TCP proxy that injects faults, and drills that prove what the product does under them."""
