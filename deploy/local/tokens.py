"""The local run's tokens: made once, known to the services by SHA-256 only."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from pathlib import Path

from deploy.local.files import write_private

DEPARTMENT = "hotline-12345"
ROLES = ("department", "officer", "operator")


def load_or_make(file: Path) -> dict[str, str]:
    """One random token per role, kept in this file, which only its owner can read."""
    if not file.exists():
        write_private(file, json.dumps({role: secrets.token_urlsafe(24) for role in ROLES}))
    return dict(json.loads(file.read_text()))


def table(tokens: Mapping[str, str]) -> str:
    """tokens.toml as the services read it: per token its name, role, source (of a department's) and SHA-256."""
    return "\n".join(_entry(role, token) for role, token in tokens.items())


def _entry(role: str, token: str) -> str:
    lines = ["[[tokens]]", f'name = "local-{role}"', f'role = "{role}"']
    if role == "department":
        lines.append(f'source = "{DEPARTMENT}"')
    lines.append(f'sha256 = "{hashlib.sha256(token.encode()).hexdigest()}"')
    return "\n".join(lines) + "\n"
