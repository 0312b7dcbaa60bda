"""A file that comes in pieces is kept aside without a name, and read no further than it may be."""

import hashlib

import pytest

from services.collection.receiving import FileTooLargeError, received

MEGABYTE = 1024 * 1024


def test_a_file_is_known_by_size_and_hash_and_has_no_name(tmp_path):
    folder = tmp_path / "incoming"
    with received("a.pdf", [b"%PDF-", b"1.7"], folder, 1) as upload:
        assert (upload.size, upload.sha256) == (8, hashlib.sha256(b"%PDF-1.7").hexdigest())
        upload.content.seek(0)
        assert upload.content.read() == b"%PDF-1.7"
        assert list(folder.iterdir()) == []
    assert upload.content.closed
    assert folder.stat().st_mode & 0o777 == 0o700


def test_no_piece_is_asked_for_once_there_are_too_many():
    asked = []

    def endless():
        while True:
            asked.append(1)
            yield b"x" * (MEGABYTE // 2)

    with pytest.raises(FileTooLargeError), received("a.pdf", endless(), None, 1):
        pass
    assert len(asked) == 3  # half a megabyte each, and one is allowed


def test_a_file_of_just_the_largest_size_is_taken():
    with received("a.pdf", [bytes(MEGABYTE)], None, 1) as upload:
        assert upload.size == MEGABYTE
