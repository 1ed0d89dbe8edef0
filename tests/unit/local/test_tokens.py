import hashlib
import subprocess
import tomllib
from pathlib import Path

from deploy.local.files import exports, write_private
from deploy.local.tokens import load_or_make, table


def test_tokens_are_made_once_and_for_their_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    tokens = load_or_make(file)
    assert load_or_make(file) == tokens
    assert len(set(tokens.values())) == 3
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_services_learn_digests_only() -> None:
    tokens = {"department": "first", "officer": "second"}
    rows = tomllib.loads(table(tokens))["tokens"]
    assert rows == [
        {
            "name": "local-department",
            "role": "department",
            "source": "hotline-12345",
            "sha256": hashlib.sha256(b"first").hexdigest(),
        },
        {"name": "local-officer", "role": "officer", "sha256": hashlib.sha256(b"second").hexdigest()},
    ]


def test_a_shell_reads_the_variables_back_as_they_were(tmp_path: Path) -> None:
    write_private(tmp_path / "env", exports({"YIWANG_MONGO": "mongodb://a/?b=1&c='2'"}))
    line = f'. {tmp_path / "env"}; printf %s "$YIWANG_MONGO"'
    assert (
        subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True).stdout
        == "mongodb://a/?b=1&c='2'"
    )
