"""A barkd that follows its own description as far as a rail needs it, and lies on command.

It keeps what it has paid in memory, so that a test can count; nothing of a real barkd is in it.
"""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOKEN = "c2VjcmV0LXRva2Vu"


class Barkd:
    """A wallet that pays everything, unless a lie is told for a destination.

    The lies: `silent` pays and never answers; `error after` pays and answers 500; `error before`
    answers 500 and does not pay; `slow` pays after a while and answers then; `duplicate` shows
    each row of the history twice; `failed` records a movement that failed; `late` shows the
    movement as pending for a while; `refuse` answers 400.
    """

    def __init__(self, delay: float = 3.0):
        self.delay = delay
        self.lock = threading.Lock()
        self.movements: list[dict] = []
        self.last = 0
        self.sends: list[str] = []
        self.lies: dict[str, str] = {}
        self.everybody = ""
        self.fee = 0
        self.is_down = False
        self.hides = False
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def lie(self, destination: str) -> str:
        return self.lies.get(destination.lower(), self.everybody)

    def paid(self, destination: str) -> list[dict]:
        """The movements that paid a destination."""
        with self.lock:
            return [row for row in self.movements if row["status"] != "failed" and
                    row["sent_to"][0]["destination"]["value"] == destination]

    def pay(self, body: dict, status: str = "successful") -> dict:
        destination, amount = body["destination"], body["amount_sat"]
        kinds = {"ln": "invoice", "ark": "ark", "tark": "ark", "lno": "offer"}
        kind = next((kind for start, kind in sorted(kinds.items(), reverse=True)
                     if destination.startswith(start)), "custom")
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        with self.lock:
            self.last += 1
            row = {
                "id": self.last, "status": status,
                "subsystem": {"name": "bark.lightning_send", "kind": "send"},
                "intended_balance_sat": -amount, "effective_balance_sat": -amount - self.fee,
                "offchain_fee_sat": self.fee,
                "sent_to": [{"destination": {"type": kind, "value": destination},
                             "amount_sat": amount}],
                "received_on": [], "input_vtxos": [], "output_vtxos": [], "exited_vtxos": [],
                "time": {"created_at": now, "updated_at": now, "completed_at": now},
            }
            self.movements.append(row)
            return row

    def send(self, body: dict) -> tuple[int, dict] | None:
        """The answer to an order to pay, or nothing for one that is never answered."""
        lie = self.lie(body["destination"])
        with self.lock:
            self.sends.append(body["destination"])
        if lie == "refuse":
            return 400, {"message": "Argument is not a valid destination."}
        if lie == "error before":
            return 500, {"message": "Insufficient money available."}
        if lie == "slow":
            time.sleep(self.delay)
        if lie == "late":
            row = self.pay(body, "pending")
            threading.Timer(self.delay, lambda: row.update(status="successful")).start()
        elif lie == "failed":
            self.pay(body, "failed")
            return 500, {"message": "payment failed"}
        else:
            self.pay(body)
        if lie == "silent":
            return None
        if lie == "error after":
            return 500, {"message": "something went wrong"}
        return 200, {"message": "Payment sent successfully"}

    def history(self) -> list[dict]:
        with self.lock:
            rows = [] if self.hides else list(reversed(self.movements))
        if "duplicate" in [self.everybody, *self.lies.values()]:
            rows = [row for row in rows for _ in range(2)]
        return rows

    def handler(self):
        barkd = self

        class Handler(BaseHTTPRequestHandler):
            # Connections are kept: one that dies under an order to pay must not repeat it.
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                if not self.allowed():
                    return
                if self.path == "/api/v1/wallet/history":
                    return self.answer(200, barkd.history())
                return self.answer(404, {"message": "not found"})

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if not self.allowed():
                    return
                if self.path != "/api/v1/wallet/send":
                    return self.answer(404, {"message": "not found"})
                answer = barkd.send(body)
                if answer is None:
                    # The connection is cut without a word.
                    self.close_connection = True
                    return
                self.answer(*answer)

            def allowed(self) -> bool:
                if barkd.is_down:
                    self.close_connection = True
                    return False
                if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                    self.answer(401, {"message": "invalid auth token"})
                    return False
                return True

            def answer(self, status, body):
                content = json.dumps(body).encode()
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)
                except OSError:
                    pass  # Whoever asked was killed.

            def log_message(self, *_):
                pass

        return Handler
