"""Documents belong to the tenant: everybody in it may read, add and remove them."""
