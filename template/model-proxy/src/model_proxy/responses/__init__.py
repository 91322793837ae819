"""OpenAI's Responses API, without its memory: each request brings the whole conversation."""
