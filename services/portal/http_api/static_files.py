"""The portal's own style, scripts and pictures, from memory, under names that carry their hash."""

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request, Response

FOLDER = Path(__file__).parent.parent / "static"
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file as it is sent."""

    path: str
    media_type: str
    content: bytes
    compressed: bytes
    digest: str


class StaticFiles:
    """Every file of the folder that a browser may ask for."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.files: dict[str, StaticFile] = {}
        for file in sorted(folder.rglob("*")):
            media_type = _MEDIA_TYPES.get(file.suffix)
            if media_type is None:
                continue
            content = file.read_bytes()
            path = file.relative_to(folder).as_posix()
            self.files[path] = StaticFile(
                path=path,
                media_type=media_type,
                content=content,
                compressed=gzip.compress(content, mtime=0),
                digest=hashlib.sha256(content).hexdigest()[:16],
            )

    def url(self, path: str) -> str:
        """The address of a file; KeyError for one that does not exist."""
        return f"/static/{self.files[path].digest}/{path}"

    def answer(self, request: Request, digest: str, path: str) -> Response | None:
        """The file for a request; None when there is no such file.

        During a roll-out a page of one release may ask the other release for a file: it gets the
        file there is, and may not keep it.
        """
        file = self.files.get(path)
        if file is None:
            return None
        headers = {
            "Cache-Control": _FOR_EVER if digest == file.digest else "no-cache",
            "ETag": f'"{file.digest}"',
            "Vary": "Accept-Encoding",
        }
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return Response(file.compressed, headers=headers, media_type=file.media_type)
        return Response(file.content, headers=headers, media_type=file.media_type)
