from checksum import fletcher


def test_fletcher():
    assert fletcher(b"abcde") == 0xC8F0
