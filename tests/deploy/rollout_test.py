"""deploy/kubernetes/rollout.sh against a server that answers as Prometheus does, and a kubectl that writes down what it
was asked. Nothing here waits for a clock: no minute, no pause."""
import http.server
import json
import os
import stat
import subprocess
import tempfile
import threading
import unittest
import urllib.parse

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SCRIPT = os.path.join(ROOT, "deploy/kubernetes/rollout.sh")


class Prometheus:
    """Answers each query by its word: a list of values, the last of which stays; None answers with an error."""

    def __init__(self, **answers):
        outer = self
        self.answers = {name: list(values) for name, values in answers.items()}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                query = urllib.parse.parse_qs(body)["query"][0]
                word = "alert" if "ALERTS" in query else "score" if "score" in query else "evidence"
                assert word == "alert" or 'market="de"' in query, query
                values = outer.answers[word]
                value = values.pop(0) if len(values) > 1 else values[0]
                self.send_response(503 if value is None else 200)
                self.end_headers()
                result = [{"metric": {}, "value": [0, str(value)]}] if value else []
                self.wfile.write(json.dumps({"status": "success", "data": {"result": result}}).encode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def roll_out(url, minutes="1", more=()):
    """Exit code, stderr, and the verbs that kubectl was asked for."""
    with tempfile.TemporaryDirectory() as folder:
        kubectl = os.path.join(folder, "kubectl")
        with open(kubectl, "w", encoding="utf8") as file:
            file.write(f'#!/bin/sh\necho "$@" >>{folder}/asked\n')
        os.chmod(kubectl, os.stat(kubectl).st_mode | stat.S_IXUSR)
        environment = dict(os.environ, PATH=f"{folder}:{os.environ['PATH']}", SIGNALBOOK_ROLLOUT_PAUSE="0")
        result = subprocess.run([SCRIPT, "--prometheus", url, "--market", "de", "--minutes", minutes, *more],
                                env=environment, capture_output=True, text=True, timeout=120)
        asked = []
        if os.path.exists(f"{folder}/asked"):
            with open(f"{folder}/asked", encoding="utf8") as file:
                asked = [line.split()[0] for line in file]
        return result.returncode, result.stderr, asked


class RollOutTest(unittest.TestCase):
    def test_what_happens(self):
        rows = [
            ("nothing is found", {"alert": [0], "evidence": [90000]}, "0", 0, ["apply"], ""),
            ("too few messages to tell", {"alert": [0], "evidence": [12]}, "0", 3, ["apply", "delete"], "12 messages"),
            ("no messages at all", {"alert": [0], "evidence": [0]}, "0", 3, ["apply", "delete"], "0 messages"),
            ("the alert fires after a while", {"alert": [0, 0, 0, 1], "score": [28.8], "evidence": [90000]}, "9", 1,
             ["apply", "delete"], "halted in market de: 28.8"),
            ("Prometheus is away for a moment", {"alert": [0, None, None, 1], "score": [9], "evidence": [90000]}, "9", 1,
             ["apply", "delete"], "halted"),
            ("Prometheus is gone", {"alert": [0, None], "evidence": [90000]}, "9", 3, ["apply", "delete"], "no longer answers"),
            ("Prometheus was never there", {"alert": [None], "evidence": [None]}, "9", 3, [], "nothing was tried"),
        ]
        for what, answers, minutes, code, verbs, words in rows:
            with self.subTest(what), Prometheus(**answers) as url:
                got = roll_out(url, minutes)
                self.assertEqual((got[0], got[2]), (code, verbs), got[1])
                self.assertIn(words, got[1])

    def test_a_wrong_command_line_does_nothing(self):
        for more in (["--markets", "de"], ["--overlay"]):
            code, errors, asked = roll_out("http://127.0.0.1:1", "0", more)
            self.assertEqual((code, asked), (2, []), errors)


if __name__ == "__main__":
    unittest.main()
