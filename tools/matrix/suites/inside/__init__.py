"""What runs under the generated repo's own Python: the standard library and the repo's pytest, nothing of ours."""
