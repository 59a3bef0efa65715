"""A small server of this machine whose answers a test makes: it behaves or misbehaves as it is told."""

from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl, urlsplit


class Answering:
    """`answer(path, query, body)` gives status, media type and body; or bytes, which are sent as they are."""

    def __init__(self, url):
        self.url = url
        self.answer = lambda path, query, body: (404, "text/plain", b"")
        self.asked = []


@contextmanager
def answering():
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            told.asked.append(asked.path)
            answer = told.answer(asked.path, dict(parse_qsl(asked.query)), body)
            try:
                for part in [answer] if isinstance(answer, bytes) else self.whole(*answer):
                    self.wfile.write(part)
            except (BrokenPipeError, ConnectionResetError):
                pass  # it had heard enough
            self.close_connection = True

        do_POST = do_GET  # noqa: N815

        def whole(self, status, media_type, parts):
            """The parts may come one after the other, without end."""
            yield f"HTTP/1.1 {status} Told\r\nContent-Type: {media_type}\r\nConnection: close\r\n".encode()
            if isinstance(parts, bytes):
                parts = [f"Content-Length: {len(parts)}\r\n\r\n".encode(), parts]
            yield from parts

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told = Answering(f"http://127.0.0.1:{server.server_port}")
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
