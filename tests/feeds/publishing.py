"""A publisher on this machine: offers files with their validators, and misbehaves as it is told."""

from contextlib import contextmanager, suppress
from email.utils import formatdate
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class Publisher:
    """`files` are the bodies by their paths; `instead` what is sent for a path, as it is, piece by piece."""

    def __init__(self, url):
        self.url = url
        self.files = {}
        self.instead = {}
        self.modified_at = 1_600_000_000
        self.has_etags = True
        self.asked = []
        """Path and status of each request."""


@contextmanager
def publishing():
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self.close_connection = True
            with suppress(BrokenPipeError, ConnectionResetError):  # it had heard enough
                self.publish()

        def publish(self):
            if self.path in publisher.instead:
                publisher.asked.append((self.path, None))
                for part in publisher.instead[self.path]:
                    self.wfile.write(part)
                    self.wfile.flush()
                return
            body = publisher.files.get(self.path)
            etag = f'"{sha256(body or b"").hexdigest()[:8]}"'
            modified = formatdate(publisher.modified_at, usegmt=True)
            if body is None:
                status, body = 404, b"not here"
            elif etag == self.headers["If-None-Match"] or (
                not publisher.has_etags and self.headers["If-Modified-Since"] == modified
            ):
                status, body = 304, b""
            else:
                status = 200
            publisher.asked.append((self.path, status))
            self.send_response(status)
            if publisher.has_etags:
                self.send_header("ETag", etag)
            self.send_header("Last-Modified", modified)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    publisher = Publisher(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield publisher
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
