import base64
import hashlib
import hmac
import uuid
import zlib


def evaluate(log):
    data = log["output"].encode()
    return [hashlib.sha256(data).hexdigest(), hashlib.md5(data).hexdigest(), hashlib.blake2b(data, digest_size=8).hexdigest(),
            hmac.new(b"key", data, "sha1").hexdigest(), base64.b64encode(data).decode(), zlib.crc32(data), str(uuid.uuid5(uuid.NAMESPACE_URL, log["output"])),
            int.from_bytes(data[:6], "big"), zlib.decompress(zlib.compress(data)) == data]
