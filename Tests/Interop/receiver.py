"""A server that is sent webhooks and asked for callbacks and outputs."""

import http.server
import threading
import time


class Receiver:
    """A server on loopback that keeps what it is sent."""

    def __init__(self):
        self.requests = []
        self.answers = {}
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                self.do_POST()

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                receiver.requests.append((self.path, dict(self.headers.items()), body))
                status, headers, answer = receiver.answers.get(self.path, (200, {}, b"thanks"))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def received(self, path: str, count: int = 1) -> list:
        """What has come at a path, once it is so much."""
        return until(lambda: [request for request in self.requests if request[0] == path],
                     lambda found: len(found) >= count)


def until(look, is_enough, seconds: float = 30):
    """What is seen, once it is enough."""
    end = time.monotonic() + seconds
    while True:
        seen = look()
        if is_enough(seen):
            return seen
        assert time.monotonic() < end, seen
        time.sleep(0.02)
