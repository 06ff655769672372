"""Runs one function of a user's module: a line of JSON in, a line of JSON out.

In WebAssembly the text is executed once, when the memory image is taken. Each run begins with that image and calls _step(). In a process of the
operator's command it is executed once a process, which takes runs from its input. The code of a user may reach everything here: what it breaks is gone
with its memory. So nothing protects this text from it, and the caller believes nothing but the form of the answer.
"""
import sys, os, builtins, gc

# What evaluators import, and what those modules import late. A module that is imported here costs a run nothing.
import abc, array, ast, asyncio, base64, binascii, bisect, calendar, cmath, codecs, collections, collections.abc, colorsys, contextlib, contextvars, copy, csv
import dataclasses, datetime, decimal, difflib, email.utils, enum, errno, fnmatch, fractions, functools, graphlib, hashlib, heapq, hmac, html, html.parser
import importlib, inspect, io, ipaddress, itertools, json, keyword, linecache, locale, logging, math, numbers, operator, pathlib, pprint, queue, random, re
import reprlib, secrets, shlex, statistics, string, stringprep, struct, textwrap, threading, time, timeit, token, tokenize, traceback, types, typing
import unicodedata, urllib.parse, uuid, warnings, weakref, xml.etree.ElementTree, zlib, zoneinfo

_FILE, _MODULE = "code.py", "code"
_RESULT_MAX, _MESSAGE_MAX, _TRACEBACK_MAX = 1 << 20, 2000, 16 << 10
_SANDBOX = sys.platform == "wasi"


class _Invalid(Exception):
    """The code cannot be run at all."""


class _Failure(Exception):
    """The function returned what cannot be an answer."""


# Packages that need a network, and those that are programs of the machine.
_NETWORK = frozenset(
    "aiohttp anthropic boto3 botocore cohere google grpc httpx huggingface_hub langchain langchain_core litellm mistralai openai pymongo psycopg2 redis "
    "requests urllib3 websocket websockets".split())


class _Absent:
    """The last finder of modules: says why a module is not there, and what to do."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if path is not None or "." in name or name.startswith("_"):
            return None
        if name in _NETWORK and "requests" in sys.modules:
            reason = "the network of the sandbox has requests and urllib.request"
        elif name in _NETWORK:
            reason = "code in the sandbox has no network; compute this outside, as an external Evaluator, or in a Tool"
        elif name in sys.stdlib_module_names:
            reason = "this module of the standard library needs an operating system, which the sandbox does not have"
        else:
            reason = ("the sandbox has Python's standard library only; an external Evaluator can use any package, and so can code with the attribute "
                      "runtime: command, if the operator of the server has set one (OPENLOOP_PYTHON_COMMAND)")
        raise ModuleNotFoundError(f"No module named {name!r}: {reason}", name=name)


class _Raw(io.RawIOBase):
    """Keeps the first bytes that are written, and counts the others."""

    def __init__(self, most):
        self.kept, self.room, self.cut = bytearray(), most, 0

    def writable(self):
        return True

    def write(self, data):
        data = memoryview(data).cast("B")
        size = len(data)
        taken = min(size, self.room)
        self.kept += data[:taken]
        self.room -= taken
        self.cut += size - taken
        return size


def _sleep(seconds, _wait=__import__("select").select):
    """time.sleep, by the only clock to wait on that the sandbox has."""
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    _wait([], [], [], min(seconds, 1e6))


def _pick(compiled, module, entry, args):
    """The function to call: the one that entry names, or else the last one that the module defines."""
    scope = module.__dict__
    if callable(scope.get(entry)):
        return scope[entry], entry
    for body in reversed(compiled.co_consts):  # the bodies of functions and classes, in the order of the source
        if isinstance(body, types.CodeType) and body.co_flags & inspect.CO_OPTIMIZED or _is_generic(body):
            name = body.co_name.removeprefix(_GENERIC).removesuffix(">") if _is_generic(body) else body.co_name
            if callable(scope.get(name)) and not isinstance(scope[name], type):
                return scope[name], name
    for name, value in reversed(scope.items()):
        if isinstance(value, types.FunctionType) and value.__code__.co_filename == _FILE:
            return value, name
    if isinstance(args, dict):
        raise _Invalid("The code has no function. Define one that takes the inputs by their names.")
    raise _Invalid("The code has no function. Define one that takes the Log: def evaluate(log): ...")


_GENERIC = "<generic parameters of "


def _is_generic(body):
    """Whether it is what Python makes around a function or class with type parameters."""
    return isinstance(body, types.CodeType) and body.co_name.startswith(_GENERIC)


def _arguments(function, name, args):
    """Positional and keyword arguments for the function, by its own signature."""
    if isinstance(args, dict):
        return (), args
    if type(function) is types.FunctionType and not function.__dict__ and not function.__defaults__:  # the common case, without inspect
        code = function.__code__
        if code.co_argcount and not code.co_kwonlyargcount and not code.co_flags & inspect.CO_VARARGS and code.co_argcount <= len(args):
            return args[:code.co_argcount], {}
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # a builtin
        return args, {}
    missing = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY and p.default is p.empty]
    if missing:
        raise _Invalid(f"{name}() has keyword-only parameters without a default, which nothing would set: {', '.join(missing)}.")
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return args, {}
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if args and not positional:
        raise _Invalid(f"{name}() takes no arguments. It is called with {len(args)}, of which it must take at least the first.")
    required = [p.name for p in positional[len(args):] if p.default is p.empty]
    if required:
        raise _Invalid(f"{name}() has more parameters than it gets arguments ({len(args)}): {', '.join(required)}.")
    return args[:len(positional)], {}


def _drive(awaitable):
    """Runs a coroutine to its end. Nothing that it may wait for can happen, but asyncio.sleep(0) is no waiting."""
    steps = awaitable.__await__()
    while True:
        try:
            waits_for = steps.send(None) if hasattr(steps, "send") else next(steps)
        except StopIteration as end:
            return end.value
        if waits_for is not None:
            raise RuntimeError("the function awaits something that needs an event loop, which the sandbox does not have")


def _plain(value):
    """What json cannot write, in the form that a reader would expect."""
    if isinstance(value, (set, frozenset)):
        try:
            return sorted(value)
        except TypeError:
            return sorted(value, key=repr)
    if isinstance(value, enum.Enum):
        return value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, fractions.Fraction):
        return int(value) if value.denominator == 1 else float(value)
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, (uuid.UUID, pathlib.PurePath)):
        return str(value)
    if isinstance(value, (types.MappingProxyType, collections.abc.Mapping)):
        return dict(value)
    raise TypeError(f"a {type(value).__name__} in it cannot be written as JSON")


_to_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain).encode


def _encode(value, private, _to_json=_to_json):
    """The JSON of a result. What cannot be written is shown, in short, unless it may hold a part of a secret."""
    try:
        text = _to_json(value)
    except (TypeError, ValueError, RecursionError) as fault:
        if isinstance(value, float):
            raise _Failure(f"returned {value!r}, which is not a finite number") from None
        reason = "numbers in it are not finite" if str(fault).startswith("Out of range float") else str(fault)
        shown = "something" if private else reprlib.repr(value)
        raise _Failure(f"returned {shown}, a {type(value).__name__}: {reason}") from None
    data = text.encode("utf-8", "replace")
    if len(data) > _RESULT_MAX:
        raise _Failure(f"returned {len(data)} bytes of JSON, and may return {_RESULT_MAX}")
    return data


def _cut(text, most):
    return text if len(text) <= most else text[:most] + " …"


def _text(value):
    """str(value) where that is the user's code and may fail."""
    try:
        return str(value)
    except BaseException:
        return f"<{type(value).__name__} that cannot be shown>"


def _only_users(trace, seen):
    """Drops the frames of others from a TracebackException and from its causes."""
    if trace is None or id(trace) in seen:
        return
    seen.add(id(trace))
    trace.stack = traceback.StackSummary.from_list([f for f in trace.stack if f.filename == _FILE])
    for other in (trace.__cause__, trace.__context__, *(getattr(trace, "exceptions", None) or ())):
        _only_users(other, seen)


def _trace(error):
    """The traceback of an error with the user's frames only."""
    try:
        trace = traceback.TracebackException(type(error), error, error.__traceback__, compact=True)
        _only_users(trace, set())
        return _cut("".join(trace.format()), _TRACEBACK_MAX)
    except BaseException:
        return ""


def _place(error):
    """Line and function of the innermost frame of the user that an error came through."""
    line, function = 0, ""
    frame = error.__traceback__
    while frame is not None:
        code = frame.tb_frame.f_code
        if code.co_filename == _FILE:
            line, function = frame.tb_lineno or line, code.co_name
        frame = frame.tb_next
    return line, function if function != "<module>" else ""


def _name(kind):
    """The name of a type of exceptions as a traceback shows it."""
    module = kind.__module__
    return kind.__qualname__ if module in ("builtins", "__main__", _MODULE) else f"{module}.{kind.__qualname__}"


def _describe(error, parsing):
    """The error member of an answer."""
    if isinstance(error, _Invalid):
        return {"kind": "invalid", "message": str(error)}
    if isinstance(error, _Failure):
        return {"kind": "result", "message": str(error)}
    line, function = _place(error)
    out = {"type": _name(type(error)), "message": _cut(_text(error), _MESSAGE_MAX), "line": line, "function": function}
    if isinstance(error, MemoryError):
        out["kind"] = "memory"
    if parsing:
        out["kind"] = "invalid"
        if isinstance(error, SyntaxError):
            out["message"], out["line"] = _cut(_text(error.msg), _MESSAGE_MAX), error.lineno or 0
            if error.text is None:  # it came from the compiler, which does not know the source
                error.text = linecache.getline(_FILE, out["line"]) or None
    out["traceback"] = _trace(error)
    return out


def _run(job):
    """Executes the code and calls its function. Returns the JSON of the result, or the error member of the answer."""
    parsing = True
    try:
        code = job["code"]
        linecache.cache[_FILE] = (len(code), None, code.splitlines(True), _FILE)
        compiled = compile(code, _FILE, "exec", dont_inherit=True)
        parsing = False
        module = types.ModuleType(_MODULE)
        sys.modules[_MODULE] = module
        exec(compiled, module.__dict__)
        function, name = _pick(compiled, module, job["entry"], job["args"])
        args, keywords = _arguments(function, name, job["args"])
        value = function(*args, **keywords)
        if hasattr(type(value), "__await__"):
            value = _drive(value)
        return _encode(value, job["env"]), None
    except BaseException as error:
        gc.enable()
        if isinstance(error, MemoryError):  # make room for telling so
            _spare.clear()
        return None, _describe(error, parsing)


_raw = _Raw(0)  # what sys.stdout writes to


def _step(_read=os.read, _write=os.write, _loads=json.loads, _to_json=_to_json, _raw=_raw, _run=_run):
    """One run: reads its line, and writes the answer as the last line."""
    parts = []
    while not parts or not parts[-1].endswith(b"\n"):
        part = _read(_streams[0], 65536)
        if not part:
            break
        parts.append(part)
    job = _loads(b"".join(parts))
    parts = None
    random.seed(int.from_bytes(os.urandom(32), "little"))
    for name, value in job["env"].items():
        try:
            os.environ[name] = value
        except (ValueError, OSError):  # no process has such a variable
            pass
    if job["network"]:
        _connect()
    _raw.room = job["stdout_max"]
    value, error = _run(job)
    job = None
    answer = {"stdout": _raw.kept.decode("utf-8", "ignore"), "cut": _raw.cut}
    if error is not None:
        answer["error"] = error
    line = _to_json(answer).encode("utf-8", "replace")
    if value is not None:
        line = line[:-1] + b',"ok":' + value + b"}"
    line = memoryview(b"\n" + line + b"\n")
    while line:
        line = line[_write(_streams[1], line):]


def _prepare():
    """Leaves the interpreter as each run shall find it."""
    if _SANDBOX:
        time.sleep = _sleep
        sys.meta_path.append(_Absent)
    sys.argv = [""]
    sys.stdin = io.StringIO()
    sys.stdout = sys.stderr = io.TextIOWrapper(_raw, encoding="utf-8", errors="replace", newline="\n", write_through=True)
    os.environ.clear()
    warnings.simplefilter("default")
    inspect.signature(_pick)  # fills what is made at the first use
    traceback.format_exception(ValueError())
    re.compile(r"\d")
    json.loads(_to_json({"a": [1.5, None]}))
    compile("def f(log): return log", _FILE, "exec")
    room = [bytearray(65536) for _ in range(96)]  # so that most runs do not have to grow the memory
    del room
    gc.collect()
    gc.freeze()


def _serve():
    """Makes runs in a process until its input ends. The code of a user finds nothing at the standard streams, so that only this text answers."""
    global _streams
    null, _streams = os.open(os.devnull, os.O_RDWR), (os.dup(0), os.dup(1))
    for stream in range(3):
        os.dup2(null, stream)
    os.write(_streams[1], b"ready\n")
    while True:
        _step()
        _raw.kept.clear()
        _raw.cut = 0
        os.environ.clear()
        sys.modules.pop(_MODULE, None)


_spare = [bytearray(1 << 20)]
_call = b"_step()\n"
_prepare()
if not _SANDBOX:
    _serve()
os.write(1, b"%d\n" % (id(_call) + bytes.__basicsize__ - 1))
time.time()  # the image is taken in here
