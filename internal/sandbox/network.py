"""The network of a run that has one: a module requests of our own, and urllib.request.urlopen. Each request is a line for the caller of the run, who
makes it or refuses to. This text runs before runner.py, and nothing in it is installed before _connect().
"""
import base64, email.message, io, json, os, sys, types, urllib.error, urllib.parse


class RequestException(OSError):
    def __init__(self, *args, request=None, response=None):
        super().__init__(*args)
        self.request, self.response = request, response


class HTTPError(RequestException):
    pass


class ConnectionError(RequestException):
    pass


class Timeout(RequestException):
    pass


class InvalidURL(RequestException, ValueError):
    pass


class JSONDecodeError(RequestException, json.JSONDecodeError):
    def __init__(self, error):
        json.JSONDecodeError.__init__(self, error.msg, error.doc, error.pos)
        self.request = self.response = None


_HTTPError = HTTPError  # urllib has one of the same name


class CaseInsensitiveDict(dict):
    """Headers, found by their names in any case."""

    def __init__(self, pairs=()):
        super().__init__()
        for name, value in pairs.items() if hasattr(pairs, "items") else pairs:
            self[name] = value

    def _name(self, name):
        if not isinstance(name, str):
            return name
        lower = name.lower()
        return next((known for known in self if known.lower() == lower), name)

    def __getitem__(self, name):
        return super().__getitem__(self._name(name))

    def __setitem__(self, name, value):
        super().__setitem__(self._name(name), value)

    def __delitem__(self, name):
        super().__delitem__(self._name(name))

    def __contains__(self, name):
        return super().__contains__(self._name(name))

    def get(self, name, default=None):
        return super().get(self._name(name), default)

    def update(self, other=(), **more):
        for name, value in (*(other.items() if hasattr(other, "items") else other), *more.items()):
            self[name] = value


_REQUEST_MAX, _NO_NETWORK = 1800000, "This code has no network, or the request is too large."
_streams = (0, 1)  # what the caller of the run writes and reads


def _fetch(method, url, headers, body, timeout, _read=os.read, _write=os.write, _dumps=json.dumps, _loads=json.loads):
    """Has the caller of the run make a request. Returns its status, reason, URL, headers and body."""
    if not isinstance(url, str):
        url = url.decode() if isinstance(url, bytes) else str(url)
    asked = {"method": method, "url": url, "headers": [[str(name), _header(value)] for name, value in headers.items()],
             "body": base64.b64encode(body or b"").decode(), "timeout": float(timeout or 0)}
    line = memoryview(b"\n" + _dumps({"fetch": asked}).encode() + b"\n")
    if len(line) > _REQUEST_MAX:
        raise ConnectionError(_NO_NETWORK)
    while line:
        line = line[_write(_streams[1], line):]
    got = bytearray()
    while b"\n" not in got:
        part = _read(_streams[0], 65536)
        if not part:
            raise ConnectionError(_NO_NETWORK)
        got += part
    head, _, rest = got.partition(b"\n")
    answer = _loads(head)
    if "error" in answer:
        raise (Timeout if answer["timeout"] else ConnectionError)(answer["error"])
    while len(rest) < answer["size"]:
        part = _read(_streams[0], 65536)
        if not part:
            raise ConnectionError("The answer broke off.")
        rest += part
    return answer["status"], answer["reason"], answer["url"], answer["headers"] or [], bytes(rest)


def _header(value):
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


class Response:
    """An answer, as requests has it."""

    def __init__(self, status, reason, url, headers, content):
        self.status_code, self.reason, self.url, self.content = status, reason, url, content
        self.headers = CaseInsensitiveDict()
        for name, value in headers:
            self.headers[name] = f"{self.headers[name]}, {value}" if name in self.headers else value
        kind = email.message.Message()
        kind["content-type"] = self.headers.get("content-type", "")
        self.encoding = kind.get_content_charset() or "utf-8"

    def __repr__(self):
        return f"<Response [{self.status_code}]>"

    def __bool__(self):
        return self.ok

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def close(self):
        pass

    @property
    def ok(self):
        return self.status_code < 400

    @property
    def text(self):
        try:
            return self.content.decode(self.encoding, "replace")
        except LookupError:
            return self.content.decode("utf-8", "replace")

    def json(self, **options):
        try:
            return json.loads(self.content, **options)
        except UnicodeDecodeError:
            return json.loads(self.text, **options)
        except json.JSONDecodeError as error:
            raise JSONDecodeError(error) from None

    def iter_lines(self, decode_unicode=False):
        yield from (self.text if decode_unicode else self.content).splitlines()

    def raise_for_status(self):
        if self.status_code >= 400:
            who = "Client" if self.status_code < 500 else "Server"
            raise _HTTPError(f"{self.status_code} {who} Error: {self.reason} for url: {self.url}", response=self)


def _body(data, given, headers):
    """The bytes of a body, whose type is told by a header unless there is one."""
    if given is not None:
        if "content-type" not in headers:
            headers["Content-Type"] = "application/json"
        return json.dumps(given, allow_nan=False).encode()
    if data is None:
        return b""
    if isinstance(data, str):
        return data.encode()
    if isinstance(data, (bytes, bytearray)):
        return bytes(data)
    if hasattr(data, "read"):
        data = data.read()
        return data.encode() if isinstance(data, str) else data
    if "content-type" not in headers:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    return urllib.parse.urlencode(data, doseq=True).encode()


def _with(url, params):
    """A URL with more parameters in its query."""
    if not params:
        return url
    if not isinstance(params, (str, bytes)):
        pairs = params.items() if hasattr(params, "items") else params
        params = urllib.parse.urlencode([(name, value) for name, value in pairs if value is not None], doseq=True)
    elif isinstance(params, bytes):
        params = params.decode()
    url, hash, fragment = url.partition("#")
    return url + ("&" if "?" in url else "?") + params + hash + fragment


def _seconds(timeout):
    return max((t for t in timeout if t), default=0) if isinstance(timeout, tuple) else timeout


class Session:
    """Requests with headers, parameters and credentials in common. It keeps no cookies."""

    def __init__(self):
        self.headers, self.params, self.auth = CaseInsensitiveDict({"User-Agent": "python-requests", "Accept": "*/*"}), {}, None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def close(self):
        pass

    def request(self, method, url, params=None, data=None, headers=None, json=None, timeout=None, auth=None, stream=False, verify=True):
        sent = CaseInsensitiveDict(self.headers)
        for name, value in (headers or {}).items():
            if value is None:
                sent.pop(sent._name(name), None)
            else:
                sent[name] = value
        auth = auth or self.auth
        if auth:
            sent["Authorization"] = "Basic " + base64.b64encode(":".join(auth).encode()).decode()
        body = _body(data, json, sent)
        return Response(*_fetch(method.upper(), _with(_with(url, self.params), params), sent, body, _seconds(timeout)))

    def get(self, url, params=None, **options):
        return self.request("GET", url, params=params, **options)

    def head(self, url, **options):
        return self.request("HEAD", url, **options)

    def options(self, url, **options):
        return self.request("OPTIONS", url, **options)

    def post(self, url, data=None, json=None, **options):
        return self.request("POST", url, data=data, json=json, **options)

    def put(self, url, data=None, **options):
        return self.request("PUT", url, data=data, **options)

    def patch(self, url, data=None, **options):
        return self.request("PATCH", url, data=data, **options)

    def delete(self, url, **options):
        return self.request("DELETE", url, **options)


class Request:
    """A request, as urllib.request has it."""

    def __init__(self, url, data=None, headers={}, origin_req_host=None, unverifiable=False, method=None):
        self.full_url, self.data, self.method, self.headers = url, data, method, CaseInsensitiveDict(headers)

    def add_header(self, name, value):
        self.headers[name] = value

    def get_method(self):
        return self.method or ("GET" if self.data is None else "POST")

    def get_full_url(self):
        return self.full_url


class _Opened(io.BytesIO):
    """An answer, as urlopen has it."""

    def __init__(self, status, reason, url, headers, content):
        super().__init__(content)
        self.status = self.code = status
        self.reason = self.msg = reason
        self.url = url
        self.headers = email.message.Message()
        for name, value in headers:
            self.headers[name] = value

    def getcode(self):
        return self.status

    def geturl(self):
        return self.url

    def info(self):
        return self.headers

    def getheader(self, name, default=None):
        return self.headers.get(name, default)


def urlopen(url, data=None, timeout=None, *, context=None):
    asked = url if isinstance(url, Request) else Request(url)
    if data is not None:
        asked.data = data
    headers = CaseInsensitiveDict(asked.headers)
    if "user-agent" not in headers:
        headers["User-Agent"] = "Python-urllib"
    if asked.data is not None and "content-type" not in headers:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        opened = _Opened(*_fetch(asked.get_method(), asked.full_url, headers, asked.data, timeout))
    except Timeout as error:
        raise TimeoutError(str(error)) from None
    except ConnectionError as error:
        raise urllib.error.URLError(str(error)) from None
    if opened.status >= 400:
        raise urllib.error.HTTPError(opened.url, opened.status, opened.reason, opened.headers, opened)
    return opened


def _module(name, members):
    module = types.ModuleType(name)
    module.__dict__.update(members)
    for member in members.values():
        if isinstance(member, type) and member.__module__ == "__main__":
            member.__module__ = name
    return module


def _requests():
    """The modules that a run with a network has, by name."""
    def call(method):
        return lambda url, *args, **options: getattr(Session(), method)(url, *args, **options)
    errors = {c.__name__: c for c in (RequestException, HTTPError, ConnectionError, Timeout, InvalidURL, JSONDecodeError)}
    exceptions = _module("requests.exceptions", errors | {"ReadTimeout": Timeout, "ConnectTimeout": Timeout, "TooManyRedirects": ConnectionError})
    methods = {method: call(method) for method in ("get", "head", "options", "post", "put", "patch", "delete")}
    top = {name: exceptions.__dict__[name] for name in ("RequestException", "HTTPError", "ConnectionError", "Timeout", "JSONDecodeError")}
    module = _module("requests", {
        "Session": Session, "session": Session, "Response": Response, "request": lambda method, url, **options: Session().request(method, url, **options), "exceptions": exceptions,
    } | top | methods)
    module.codes = types.SimpleNamespace(ok=200, created=201, accepted=202, no_content=204, bad_request=400, unauthorized=401, forbidden=403, not_found=404)
    opener = _module("urllib.request", {"Request": Request, "urlopen": urlopen, "quote": urllib.parse.quote, "unquote": urllib.parse.unquote})
    return {"requests": module, "requests.exceptions": exceptions, "urllib.request": opener}


_modules = _requests()


def _connect():
    """Gives the run its network."""
    sys.modules.update(_modules)
    urllib.request = _modules["urllib.request"]
