import hashlib
from pathlib import Path

import pytest

from deploy.local.errors import OperatorError
from deploy.local.jars import expected, faults, verified

SUMS = {"kafka.jar": hashlib.sha256(b"kafka").hexdigest()}


class Repository:
    """Hands out one jar: with `shared` in it from the machine's repository, with `fresh` from a private one."""

    def __init__(self, folder: Path, *, shared: bytes, fresh: bytes) -> None:
        self.folder, self.shared, self.fresh, self.asked = folder, shared, fresh, 0

    def fetch(self, private: Path | None) -> list[Path]:
        self.asked += 1
        jar = (private or self.folder) / "kafka.jar"
        jar.parent.mkdir(parents=True, exist_ok=True)
        jar.write_bytes(self.fresh if private else self.shared)
        return [jar]


def test_the_committed_list_is_sorted_and_names_kafka_once() -> None:
    names = list(expected())
    assert names == sorted(names)
    assert [name for name in names if name.startswith("kafka_2.13")] == ["kafka_2.13-4.3.0.jar"]
    assert all(len(digest) == 64 for digest in expected().values())


def test_every_kind_of_difference_is_named(tmp_path: Path) -> None:
    (tmp_path / "kafka.jar").write_bytes(b"other")
    (tmp_path / "extra.jar").write_bytes(b"extra")
    found = faults([tmp_path / "kafka.jar", tmp_path / "extra.jar"], {**SUMS, "lost.jar": "0"})
    assert found == ["extra.jar is not listed", "lost.jar is missing", "kafka.jar has another SHA-256"]


def test_a_second_start_asks_no_repository(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "m2", shared=b"kafka", fresh=b"")
    first = verified(tmp_path / "cache", SUMS, repository.fetch)
    assert verified(tmp_path / "cache", SUMS, repository.fetch) == first
    assert repository.asked == 1


def test_a_jar_changed_behind_our_back_is_fetched_again(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "m2", shared=b"kafka", fresh=b"")
    (jar,) = verified(tmp_path / "cache", SUMS, repository.fetch)
    jar.write_bytes(b"changed")
    verified(tmp_path / "cache", SUMS, repository.fetch)
    assert jar.read_bytes() == b"kafka"


def test_a_torn_download_in_the_shared_repository_is_fetched_into_a_private_one(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "m2", shared=b"kaf", fresh=b"kafka")
    (jar,) = verified(tmp_path / "cache", SUMS, repository.fetch)
    assert jar.is_relative_to(tmp_path / "cache")


def test_jars_that_are_not_the_listed_ones_are_refused(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "m2", shared=b"evil", fresh=b"evil")
    with pytest.raises(OperatorError, match=r"differ from kafka\.sha256: kafka\.jar has another SHA-256; nothing"):
        verified(tmp_path / "cache", SUMS, repository.fetch)
    assert not (tmp_path / "cache" / "kafka.classpath").exists()
