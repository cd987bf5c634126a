"""A hub of our own on this machine, as much of huggingface.co as its client asks for to fetch a model."""

import hashlib
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

COMMIT = "c0ffee" + "0" * 34
HUB_ID = "someone/reader"


class Hub(ThreadingHTTPServer):
    """Has one model, ``HUB_ID``. Weights have SHA-256 for their name, as large files have; others Git's hash."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files = {path.name: path.read_bytes() for path in folder.iterdir()}
        self.gated = False
        self.stated_sizes: dict[str, int] = {}
        """What is said of a file's size, where that is not so."""
        self.breaks: dict[str, int] = {}
        """File -> after how many bytes the connection breaks, once."""
        self.stalls: dict[str, int] = {}
        """File -> after how many bytes nothing more comes."""
        self.trickles: set[str] = set()
        """Files that come at 10 MiB in half a second."""
        self.sent = 0
        """Bytes of those."""
        self.fetched: list[str] = []
        """Files whose content was asked for."""
        self.ranges: list[str] = []
        """``NAME BYTES`` where a part was asked for."""

    def handle_error(self, *_: object) -> None:
        """Clients go away when they are interrupted."""

    @property
    def environment(self) -> dict[str, str]:
        """For a process that is to use it."""
        return {
            "HF_ENDPOINT": f"http://127.0.0.1:{self.server_port}",
            "HF_HUB_OFFLINE": "0",
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_TOKEN": "",
        }

    def etag(self, name: str) -> str:
        content = self.files[name]
        if name.endswith(".safetensors"):
            return hashlib.sha256(content).hexdigest()
        return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()

    def size(self, name: str) -> int:
        return self.stated_sizes.get(name, len(self.files[name]))

    def tree(self) -> list[dict[str, object]]:
        entries: list[dict[str, object]] = []
        for name in self.files:
            entry: dict[str, object] = {"type": "file", "path": name, "size": self.size(name), "oid": self.etag(name)}
            if name.endswith(".safetensors"):
                entry["lfs"] = {"oid": self.etag(name), "size": self.size(name), "pointerSize": 130}
            entries.append(entry)
        return entries


@contextmanager
def hub_of(folder: Path) -> Iterator[Hub]:
    """A hub that has the checkpoint in ``folder``."""
    with Hub(folder) as hub:
        thread = threading.Thread(target=hub.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield hub
        finally:
            hub.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def do_HEAD(self) -> None:  # the name is the library's
        self.do_GET()

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path in (f"/api/models/{HUB_ID}", f"/api/models/{HUB_ID}/revision/main"):
            self._json({"id": HUB_ID, "modelId": HUB_ID, "sha": COMMIT, "siblings": [], "tags": [], "private": False})
        elif path.startswith(f"/api/models/{HUB_ID}/tree/"):
            self._json(self.server.tree())
        elif match := re.fullmatch(rf"/{HUB_ID}/resolve/(?:main|{COMMIT})/(.+)", path):
            if self.server.gated:
                self._json({"error": "Access is restricted"}, 403, {"X-Error-Code": "GatedRepo"})
            elif match[1] in self.server.files:
                self._file(match[1])
            else:
                self._json({"error": "Entry not found"}, 404, {"X-Error-Code": "EntryNotFound"})
        else:
            self._json({"error": "Repository not found"}, 404, {"X-Error-Code": "RepoNotFound"})

    def _json(self, value: object, status: int = 200, headers: dict[str, str] | None = None) -> None:
        body = json.dumps(value).encode()
        self._head(status, {"Content-Type": "application/json", "Content-Length": str(len(body)), **(headers or {})})
        if self.command == "GET":
            self.wfile.write(body)

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _file(self, name: str) -> None:
        hub = self.server
        content = hub.files[name]
        asked = self.headers.get("Range")
        start = int(asked.removeprefix("bytes=").split("-")[0]) if asked else 0
        headers = {
            "ETag": f'"{hub.etag(name)}"',
            "X-Repo-Commit": COMMIT,
            "X-Linked-Size": str(hub.size(name)),
            "Content-Length": str(len(content) - start),
        }
        if asked:
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        if self.command == "HEAD":
            self._head(200, headers)
            return
        hub.fetched.append(name)
        if asked:
            hub.ranges.append(f"{name} {start}")
        self._head(206 if asked else 200, headers)
        if (most := hub.breaks.pop(name, None)) is not None:
            self.wfile.write(content[start : start + most])
            self.close_connection = True
        elif (most := hub.stalls.get(name)) is not None:
            self.wfile.write(content[start : start + most])
            self.wfile.flush()
            time.sleep(60)
        elif name in hub.trickles:
            for at in range(start, len(content), 2**20):
                self.wfile.write(content[at : at + 2**20])
                hub.sent += 2**20
                time.sleep(0.05)
        else:
            self.wfile.write(content[start:])
