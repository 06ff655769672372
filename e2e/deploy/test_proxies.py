"""The configurations of docs/deploy.md, as they stand there but for addresses, in front of a server: streams, silence, large bodies and errors pass."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest
from pathlib import Path
from urllib.parse import urlsplit

SERVER = urlsplit(os.environ["E2E_URL"]).netloc
KEY = os.environ["OPENLOOP_API_KEY"]
PAGE = Path("docs/deploy.md").read_text()
WORDS, PACE = 7, 0.2  # of a stream
LARGE = 4 << 20  # bytes; nginx takes 1 MiB by itself


def configuration(language):
    return re.search(rf"```{language}\n(.*?)```", PAGE, re.S).group(1)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Proxy:
    """A test case of one proxy: how its configuration is completed, and how it is started."""

    made = None  # connections of a test

    @classmethod
    def setUpClass(cls):
        if not shutil.which(cls.program):
            raise unittest.SkipTest(f"{cls.program} is not installed")
        cls.folder = tempfile.mkdtemp(prefix="openloop-proxy-")
        os.chmod(cls.folder, 0o755)
        cls.port = free_port()
        cls.process = cls.start(Path(cls.folder))
        deadline = time.monotonic() + 30
        while True:
            try:
                if cls.ask("GET", "/ready").status == 200:
                    return
            except OSError:
                pass
            if time.monotonic() > deadline or cls.process.poll() is not None:
                cls.tearDownClass()
                raise AssertionError(f"{cls.program} does not pass on /ready")
            time.sleep(0.05)

    @classmethod
    def tearDownClass(cls):
        cls.process.send_signal(signal.SIGTERM)
        cls.process.wait()
        shutil.rmtree(cls.folder)

    @classmethod
    def run_with(cls, name, text, *command):
        path = Path(cls.folder) / name
        path.write_text(text)
        env = {"PATH": os.environ["PATH"], "HOME": cls.folder, "XDG_DATA_HOME": cls.folder, "XDG_CONFIG_HOME": cls.folder}
        return subprocess.Popen([cls.program, *command, str(path)], env=env, cwd=cls.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    @classmethod
    def ask(cls, method, path, body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", cls.port, timeout=300)
        headers = {"X-API-KEY": KEY, "Content-Type": "application/json", **headers}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        answer.connection = connection
        if cls.made is not None:
            cls.made.append(connection)
        return answer

    def setUp(self):
        type(self).made = []

    def tearDown(self):
        for connection in self.made:
            connection.close()
        type(self).made = None

    def call(self, model, text="hi", **more):
        return self.ask("POST", "/v1/chat/completions", {"model": f"mock/{model}", "messages": [{"role": "user", "content": text}], **more})

    def test_a_stream_arrives_as_it_is_written(self):
        answer = self.call(f"lorem/{WORDS}/{int(PACE * 1000)}ms", stream=True)
        arrived = [time.monotonic() for line in answer if line.startswith(b"data: ")]
        self.assertEqual((answer.status, answer.getheader("Content-Type").split(";")[0]), (200, "text/event-stream"))
        # Held back, all would arrive at once. A slow machine delays the first, so half of the time that the model takes will do.
        self.assertGreater(arrived[-1] - arrived[0], WORDS * PACE / 2)

    def test_silence_is_waited_for(self):
        answer = self.call("slow/3000/1")
        self.assertEqual((answer.status, json.load(answer)["choices"][0]["finish_reason"]), (200, "stop"))

    def test_a_large_body_arrives_whole(self):
        answer = self.call("echo", "x" * LARGE)
        self.assertEqual(answer.status, 200)
        self.assertEqual(len(json.load(answer)["choices"][0]["message"]["content"]), LARGE)

    def test_errors_are_those_of_the_server(self):
        refused = self.call("error/rate_limited")
        self.assertEqual((refused.status, json.load(refused)["error"]["code"]), (429, "rate_limit_exceeded"))
        unknown = self.ask("GET", "/v5/nowhere")
        self.assertEqual((unknown.status, json.load(unknown)["detail"]["reason"]), (404, "route_not_found"))

    def test_connections_are_kept_and_requests_have_ids(self):
        first = self.ask("GET", "/ready")
        first.read()
        first.connection.request("GET", "/ready")
        second = first.connection.getresponse()
        self.assertEqual(second.status, 200)
        self.assertNotEqual(first.getheader("X-Request-Id"), second.getheader("X-Request-Id"))


class Nginx(Proxy, unittest.TestCase):
    program = "nginx"

    @classmethod
    def start(cls, folder):
        text = configuration("nginx").replace("127.0.0.1:8080", SERVER).replace("listen 80", f"listen 127.0.0.1:{cls.port}")
        temporary = "\n".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        whole = f"daemon off;\npid {folder}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}\n{text}\n}}\n"
        return cls.run_with("nginx.conf", whole, "-e", "stderr", "-c")


class Haproxy(Proxy, unittest.TestCase):
    program = "haproxy"

    @classmethod
    def start(cls, folder):
        text = configuration("haproxy").replace("127.0.0.1:8080", SERVER).replace("bind :80", f"bind 127.0.0.1:{cls.port}")
        return cls.run_with("haproxy.cfg", text, "-f")


class Caddy(Proxy, unittest.TestCase):
    program = "caddy"

    @classmethod
    def start(cls, folder):
        text = configuration("caddy").replace("127.0.0.1:8080", SERVER).replace("openloop.example.com", f"http://127.0.0.1:{cls.port}")
        return cls.run_with("Caddyfile", "{\n\tadmin off\n\tauto_https off\n}\n" + text, "run", "--adapter", "caddyfile", "--config")


if __name__ == "__main__":
    unittest.main()
