"""Keys, tokens and passwords, by the shapes that their issuers document and by their labels.

A pattern's last group, where it has one, is what is taken out; the rest shows what it was.
"""

import re

_PREFIXES = (
    r"(?:sk|pk|rk)[-_][\w-]{16,}",  # OpenAI, Anthropic, Stripe
    r"gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}",
    r"xox[a-z]-[\w-]{10,}",
    r"A[KS]IA[A-Z0-9]{12,}",
    r"AIza[\w-]{30,}|ya29\.[\w-]{20,}",
    r"(?:hf|npm|whsec|pypi|dop_v1)[_-]\w{16,}",
    r"eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?",  # JSON Web Tokens (RFC 7519)
)
_LABEL = r"(?:pass(?:word|wd|phrase|wort|code)?|pwd|secret|token|api[ _-]?key|access[ _-]?key|pin)"
_VALUE = r"\"[^\"\n]+\"|'[^'\n]+'|[^\s,;\"']+"

CREDENTIALS = (
    re.compile(
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL
    ),
    re.compile(rf"(?<![\w-])(?:{'|'.join(_PREFIXES)})"),
    re.compile(r"://([^/\s:@]{1,256}:[^/\s@]{1,256})(?=@)"),
    re.compile(r"(?i)\b(?:bearer|basic)[ \t]+(?!\[)([\w.~+/=-]{8,})"),
    re.compile(rf"(?i)\b{_LABEL}(?: is|[\"']?[ \t]*[:=])[ \t]*(?!\[)({_VALUE})"),
    # Anything long that mixes letters and digits, other than a UUID.
    re.compile(
        r"(?<![\w+/=-])(?![0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?![\w-]))"
        r"(?=[A-Za-z+/_=-]*\d)(?=[\d+/_=-]*[A-Za-z])[A-Za-z0-9+/_=-]{32,}"
    ),
)
