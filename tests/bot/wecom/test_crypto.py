"""Tencent's published example, wechatpy in both directions, and everything that must be refused."""

from __future__ import annotations

import base64
import json
import os
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wechatpy.work.crypto import WeChatCrypto

from bot.channels.wecom.crypto import Crypto, Rejected
from bot.channels.wecom.xml import MAX_BODY, fields_of

VECTOR = json.loads((Path(__file__).parent / "data" / "wecom.json").read_text(encoding="utf-8"))
CRYPTO = Crypto(VECTOR["token"], VECTOR["encoding_aes_key"], VECTOR["corp_id"])


def test_url_verification_of_the_published_example() -> None:
    v = VECTOR["url_verification"]
    assert CRYPTO.open(v["msg_signature"], v["timestamp"], v["nonce"], v["echostr"]).decode() == v["plaintext"]


def test_message_of_the_published_example() -> None:
    m = VECTOR["message"]
    fields = fields_of(CRYPTO.open(m["msg_signature"], m["timestamp"], m["nonce"], m["encrypt"]))
    assert fields == m["plaintext_fields"]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400))
def test_wechatpy_reads_ours_and_we_read_wechatpys(words: str) -> None:
    words = words.encode("utf-8", "ignore").decode()
    peer = WeChatCrypto(VECTOR["token"], VECTOR["encoding_aes_key"], VECTOR["corp_id"])
    ours = CRYPTO.encrypt(words.encode())
    xml = f"<xml><Encrypt><![CDATA[{ours}]]></Encrypt></xml>"
    got = peer.decrypt_message(xml, CRYPTO.signature("1", "2", ours), "1", "2")
    assert (got if isinstance(got, str) else got.decode()) == words
    theirs = fields_of(peer.encrypt_message(words, "9", "8").encode())
    assert CRYPTO.open(theirs["MsgSignature"], "8", "9", theirs["Encrypt"]).decode() == words


@pytest.mark.parametrize("length", range(0, 70))
def test_every_length_of_padding(length: int) -> None:
    message = os.urandom(length)
    assert CRYPTO.decrypt(CRYPTO.encrypt(message)) == message


@pytest.mark.parametrize("name", ["msg_signature", "timestamp", "nonce", "encrypt"])
def test_any_changed_parameter_is_refused(name: str) -> None:
    for place in range(0, len(VECTOR["message"][name]), 7):
        m = dict(VECTOR["message"])
        m[name] = m[name][:place] + ("0" if m[name][place] != "0" else "1") + m[name][place + 1 :]
        with pytest.raises(Rejected):
            CRYPTO.open(m["msg_signature"], m["timestamp"], m["nonce"], m["encrypt"])


@pytest.mark.parametrize(
    "signature", ["", "0" * 40, "签名", "\udc80", "477715d11cdb4164915debcba66cb864d751f3e", "477715D11CDB4164915DEBCBA66CB864D751F3E6"]
)
def test_wrong_signatures_are_refused(signature: str) -> None:
    m = VECTOR["message"]
    with pytest.raises(Rejected, match="signature"):
        CRYPTO.open(signature, m["timestamp"], m["nonce"], m["encrypt"])


def _sealed(plain: bytes) -> str:
    encryptor = CRYPTO._cipher().encryptor()
    return base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()


CORP = VECTOR["corp_id"].encode()


@pytest.mark.parametrize(
    ("plain", "why"),
    [
        (b"x" * 15 + b"\0", "padding"),
        (b"x" * 31 + b"\x21", "padding"),
        (b"x" * 29 + b"\x01\x02\x03", "padding"),
        (b"\x20" * 32, "too short"),
        (b"r" * 16 + struct.pack(">I", 2**32 - 1) + b"a" * 11 + b"\x01", "length"),
        (b"r" * 16 + struct.pack(">I", 1) + b"a" + CORP[:-1] + bytes([10]) * 10, "corp"),
        (b"r" * 16 + struct.pack(">I", 1) + b"a" + CORP + b"x" + bytes([8]) * 8, "corp"),
    ],
)
def test_what_does_not_decrypt_to_a_message_for_us_is_refused(plain: bytes, why: str) -> None:
    with pytest.raises(Rejected, match=why):
        CRYPTO.decrypt(_sealed(plain))


def test_a_message_for_another_corp_is_refused() -> None:
    other = Crypto(VECTOR["token"], VECTOR["encoding_aes_key"], "ww0000000000000000")
    with pytest.raises(Rejected, match="another corp"):
        CRYPTO.decrypt(other.encrypt(b"hello"))


@settings(max_examples=2000, deadline=None)
@given(st.one_of(st.text(max_size=200), st.binary(max_size=200).map(lambda b: base64.b64encode(b).decode())))
def test_any_ciphertext_is_opened_or_refused(encrypted: str) -> None:
    with pytest.raises(Rejected):
        CRYPTO.decrypt(encrypted)


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE xml><xml><Encrypt>a</Encrypt></xml>",
        b'<!DOCTYPE xml [<!ENTITY a "b">]><xml><Encrypt>&a;</Encrypt></xml>',
        b'<!DOCTYPE xml SYSTEM "file:///etc/passwd"><xml/>',
        b"<xml><Encrypt>&unknown;</Encrypt></xml>",
        b"<xml><Encrypt>a</Encrypt><Encrypt>b</Encrypt></xml>",
        b"<other><Encrypt>a</Encrypt></other>",
        b"<xml><Encrypt>a</Encrypt>",
        b"",
        b"\xff\xfe<\0x\0m\0l\0>\0",
        b"<xml>" + b"<a>" * 50 + b"</a>" * 50 + b"</xml>",
        b"<xml>" + b"".join(b"<a%d>x</a%d>" % (i, i) for i in range(500)) + b"</xml>",
        b"<xml><a>" + b"x" * MAX_BODY + b"</a></xml>",
    ],
)
def test_dangerous_or_broken_xml_is_refused(body: bytes) -> None:
    with pytest.raises(Rejected):
        fields_of(body)


def test_nested_fields_are_read_by_path() -> None:
    body = "<xml><A>1 &lt; 2</A><S><I><K><![CDATA[甲]]></K></I></S></xml>".encode()
    assert fields_of(body) == {"A": "1 < 2", "S/I/K": "甲"}
