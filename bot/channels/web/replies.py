"""Requests and responses: bodies read up to a limit, errors in one form, origins, and the headers that guard the pages."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.web.files import pack
from bot.channels.web.limits import network_address
from bot.channels.web.settings import WebSettings

WORDS = {
    "bad_request": "请求的形式不对。",
    "session_invalid": "会话无效，请重新开始。",
    "session_expired": "会话已过期，请重新开始。",
    "origin": "这个网站没有获准使用本服务。",
    "not_found": "没有找到。",
    "conflict": "同一个消息编号用在了两段不同的文字上。",
    "too_long": "消息太长。",
    "limited": "问得太快，请稍后再试。",
    "unavailable": "系统正忙或正在重启，请稍后把问题再发一次。",
}
STATUS = {
    "bad_request": 400,
    "session_invalid": 401,
    "session_expired": 401,
    "origin": 403,
    "not_found": 404,
    "conflict": 409,
    "too_long": 413,
    "limited": 429,
    "unavailable": 503,
}
_HALF = re.compile("[\ud800-\udfff]")


class Problem(Exception):
    """A request that is not served; `code` is one of WORDS, `more` goes into the error object, `wait` into Retry-After."""

    def __init__(self, code: str, wait: float = 0, **more: Any) -> None:
        super().__init__(code)
        self.code, self.wait, self.more = code, wait, more


def answer(data: object, status: int = 200) -> HTTPResponse:
    """JSON that no cache keeps."""
    body = json.dumps(data, ensure_ascii=False).encode()
    return HTTPResponse(body, status=status, content_type="application/json; charset=utf-8", headers={"Cache-Control": "no-store"})


def refusal(problem: Problem) -> HTTPResponse:
    """`{"error": {"code", "message", …}}` with the fitting status."""
    error = {"code": problem.code, "message": WORDS[problem.code], **problem.more}
    if problem.wait:
        error["retry_after"] = max(1, round(problem.wait + 0.5))
    response = answer({"error": error}, STATUS[problem.code])
    if problem.wait:
        response.headers["Retry-After"] = str(error["retry_after"])
    return response


async def read_body(request: Request, most: int) -> bytes:
    """The body of a streaming request. Raises Problem (too_long before more than `most` bytes are kept)."""
    if int(request.headers.get("content-length") or 0) > most:
        raise Problem("too_long", most_bytes=most)
    body = bytearray()
    while (chunk := await request.stream.read()) is not None:
        body += chunk
        if len(body) > most:
            raise Problem("too_long", most_bytes=most)
    return bytes(body)


async def read_json(request: Request, most: int) -> dict[str, Any]:
    """The JSON object of a streaming request. Raises Problem (bad_request, too_long)."""
    try:
        data = json.loads(await read_body(request, most))
    except (ValueError, RecursionError):  # the second: thousands of brackets in one another
        raise Problem("bad_request") from None
    if not isinstance(data, dict):
        raise Problem("bad_request")
    return data


def whole(text: str) -> str:
    """The text without halves of characters (a cut emoji), which no encoding takes."""
    return _HALF.sub("\ufffd", text)


def own_origin(request: Request, origin: str) -> bool:
    """Is the origin the very host that was asked?"""
    try:
        return bool(origin) and urlsplit(origin).netloc == request.headers.get("host", "")
    except ValueError:  # no address at all
        return False


def check_origin(request: Request, settings: WebSettings) -> None:
    """What changes something must come from our pages or an allowed site. Raises Problem."""
    origin = request.headers.get("origin", "")
    if not own_origin(request, origin) and origin not in settings.origins:
        raise Problem("origin")


def caller(request: Request, settings: WebSettings) -> str:
    """The network address to count."""
    return network_address(request.ip, request.headers.get("x-forwarded-for", ""), settings.proxies)


def guard_headers(settings: WebSettings) -> dict[str, str]:
    """The headers of every page and file."""
    policy = (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; "
        f"form-action 'none'; frame-ancestors {settings.frame_ancestors}; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }


def share(request: Request, response: HTTPResponse, settings: WebSettings, public: bool) -> None:
    """Let allowed sites read the response; files are public."""
    origin = request.headers.get("origin", "")
    if public:
        response.headers["Access-Control-Allow-Origin"] = "*"
    elif origin in settings.origins:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Vary"] = "Origin"
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = "GET, POST, DELETE"
            response.headers["Access-Control-Allow-Headers"] = "authorization, content-type"
            response.headers["Access-Control-Max-Age"] = "7200"


def document(
    request: Request, body: bytes, kind: str, etag: str = "", packed: bytes = b"", status: int = 200, cache: str = "no-cache"
) -> HTTPResponse:
    """A page or file: 304 where the browser has it, gzip where it takes it."""
    headers = {"Cache-Control": cache, "Vary": "Accept-Encoding"}
    if etag:
        headers["ETag"] = etag
        if etag in [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]:
            return HTTPResponse(status=304, headers=headers)
    if packed and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        body = packed
    return HTTPResponse(body, status=status, content_type=kind, headers=headers)


def html(request: Request, text: str, status: int = 200) -> HTTPResponse:
    """A page."""
    body = text.encode(errors="replace")
    return document(request, body, "text/html; charset=utf-8", packed=pack(body), status=status)
