"""How many tokens a text is worth when no model tells.

One token per four bytes of UTF-8, rounded up: OpenAI's rule of thumb for English, high for most
other languages in Latin script and roughly right for the rest, where one character is two to four
bytes. Hosted and local models report what they counted themselves and that always wins; this rule
serves the deterministic models and streams that were cut short.
"""

BYTES_PER_TOKEN = 4


def count_tokens(text: str) -> int:
    """Return the estimated number of tokens; the empty text has none."""
    return -(-len(text.encode()) // BYTES_PER_TOKEN)
