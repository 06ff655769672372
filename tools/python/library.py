"""Writes the standard library as C, for a CPython that finds it in its own memory: python3 library.py LIB FOLDER writes library.c and library.bin."""
import marshal, pathlib, sys

source, out = map(pathlib.Path, sys.argv[1:])
# What needs an operating system, libraries that are not linked, or a screen.
absent = set("""__phello__ bz2 ctypes curses dbm ensurepip idlelib lib2to3 lzma msilib multiprocessing pydoc pydoc_data site-packages sqlite3 ssl test tests
tkinter turtle turtledemo venv wsgiref""".split())
code, rows = bytearray(), []


def add(name, package, text, place):
    one = marshal.dumps(compile(text, "/lib/python/" + place, "exec", dont_inherit=True))
    rows.append(f'{{"{name}", library + {len(code)}, {len(one)}, {int(package)}, 0}},\n')
    code.extend(one)


for path in sorted(source.rglob("*.py")):
    parts = path.relative_to(source).with_suffix("").parts
    if absent.isdisjoint(parts) and all(p.isidentifier() for p in parts):
        package = parts[-1] == "__init__"
        add(".".join(parts[:-1] if package else parts), package, path.read_bytes(), "/".join(parts) + ".py")
add("_sysconfigdata__wasi_wasm32-wasi", False, "build_time_vars = {'TZPATH': ''}", "_sysconfigdata.py")  # which names folders of the build

(out / "library.bin").write_bytes(code)
(out / "library.c").write_text(f"""#include "Python.h"
__asm__(".section .rodata.library,\\"\\",@\\n.globl library\\n.type library,@object\\nlibrary:\\n.incbin \\"{out}/library.bin\\"\\n.size library, {len(code)}\\n");
extern const unsigned char library[];
static const struct _frozen modules[] = {{
{"".join(rows)}{{0}}}};
__attribute__((constructor)) static void use(void) {{ PyImport_FrozenModules = modules; }}
__attribute__((export_name("run"))) int run(const char *text, PyCompilerFlags *flags) {{ return PyRun_SimpleStringFlags(text, flags); }}
""")
print(f"{len(rows)} modules of the library, {len(code) >> 20} MiB")
