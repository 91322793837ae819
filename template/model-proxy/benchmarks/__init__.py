"""The proxy beside LiteLLM's, on this machine, in one run."""
