"""The HTTP routes, as ``contracts/openapi/model-proxy.yaml`` has them."""
