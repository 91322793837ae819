"""What the deterministic models are made of: reading prompts, quoting, misbehaving on request."""
