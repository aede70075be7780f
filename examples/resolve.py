# SPDX-License-Identifier: BSD-2-Clause
"""Which file, and which build of it, do these addresses of a process belong to?

    python3 resolve.py [PID ADDRESS...]

Addresses are hexadecimal. Without arguments: some addresses of this very process.
Takes libmapsnap-table.so.0 and nothing else; what is declared here is what the
header mapsnap-table.h declares for C.
"""
import ctypes
import os
import sys
from ctypes import (POINTER, Structure, byref, c_char_p, c_int, c_int32, c_size_t, c_uint8, c_uint16,
                    c_uint32, c_uint64, c_void_p, cast, sizeof)

FALLBACK_UNVERIFIED = 1
FOUND_MAPPING = 1


class Options(Structure):
    """struct mapsnap_options"""
    _fields_ = [("size", c_size_t), ("filter", c_uint32), ("omit", c_uint32),
                ("range_start", c_uint64), ("range_end", c_uint64), ("sequence", c_void_p),
                ("deadline_ns", c_uint64), ("attempts", c_uint32), ("fallback", c_uint32),
                ("route", c_uint32), ("reserved", c_uint32)]


class TableOptions(Structure):
    """struct mapsnap_table_options"""
    _fields_ = [("size", c_size_t), ("read", POINTER(Options)), ("keep_ns", c_uint64),
                ("memory", c_uint64), ("history", c_uint32), ("processes", c_uint32),
                ("events", c_uint32), ("flags", c_uint32)]


class Mapping(Structure):
    """struct mapsnap_mapping"""
    _fields_ = [("start", c_uint64), ("end", c_uint64), ("offset", c_uint64), ("inode", c_uint64),
                ("device_major", c_uint32), ("device_minor", c_uint32), ("name", c_char_p),
                ("path", c_char_p), ("name_length", c_uint32), ("permissions", c_uint16),
                ("kind", c_uint8), ("flags", c_uint8)]


class BuildId(Structure):
    """struct mapsnap_build_id"""
    _fields_ = [("bytes", c_uint8 * 20), ("length", c_uint8), ("route", c_uint8),
                ("reserved", c_uint16)]


class Answer(Structure):
    """struct mapsnap_answer"""
    _fields_ = [("mapping", POINTER(Mapping)), ("build_id", POINTER(BuildId)),
                ("file_offset", c_uint64), ("sequence", c_uint64), ("revision", c_uint64),
                ("consistency", c_uint32), ("found", c_uint8), ("moment", c_uint8),
                ("flags", c_uint16)]


def fail(message):
    sys.exit(f"resolve.py: {message}")


def load():
    """The library, and libmapsnap, which it brings along, with the types of what is called."""
    try:
        library = ctypes.CDLL("libmapsnap-table.so.0")
    except OSError as error:
        fail(f"{error}; where is libmapsnap-table installed? Say it in LD_LIBRARY_PATH")
    types = {
        "mapsnap_table_new": (c_int, POINTER(TableOptions), POINTER(c_void_p)),
        "mapsnap_table_free": (None, c_void_p),
        "mapsnap_table_add": (c_int, c_void_p, c_int32),
        "mapsnap_table_refresh": (c_int, c_void_p, c_void_p),
        "mapsnap_table_enter": (None,),
        "mapsnap_table_leave": (None,),
        "mapsnap_table_resolve": (c_int, c_void_p, c_int32, POINTER(c_uint64), c_size_t,
                                  POINTER(Answer)),
        "mapsnap_consistency_name": (c_char_p, c_uint32),
        "mapsnap_kind_name": (c_char_p, c_uint32),
    }
    for name, (result, *arguments) in types.items():
        function = getattr(library, name)
        function.restype = result
        function.argtypes = arguments
    return library


def check(error, what):
    """0, or a negative errno, as each call returns it."""
    if error:
        fail(f"{what}: {os.strerror(-error)}")


def describe(library, address, answer):
    """A line. What the answer points to is valid until mapsnap_table_leave()."""
    if answer.found != FOUND_MAPPING:
        return f"{address:#x} is not mapped"
    mapping = answer.mapping.contents
    build_id = bytes(answer.build_id[0].bytes[:answer.build_id[0].length]) if answer.build_id else b""
    where = os.fsdecode(mapping.path) or library.mapsnap_kind_name(mapping.kind).decode()
    label = library.mapsnap_consistency_name(answer.consistency).decode()
    return (f"{address:#x} is in {mapping.start:x}-{mapping.end:x} {where}, "
            f"offset {answer.file_offset:#x}, build-id {build_id.hex() or 'none'} "
            f"({label}, sequence {answer.sequence})")


def resolve(library, table, pid, addresses):
    """All by the same snapshot."""
    asked = (c_uint64 * len(addresses))(*addresses)
    answers = (Answer * len(addresses))()
    library.mapsnap_table_enter()
    try:
        check(library.mapsnap_table_resolve(table, pid, asked, len(addresses), answers),
              f"cannot resolve addresses of process {pid}")
        return [describe(library, *pair) for pair in zip(addresses, answers)]
    finally:
        library.mapsnap_table_leave()


def parse(library, arguments):
    """The process, and addresses in it."""
    if not arguments:
        code = cast(library.mapsnap_table_resolve, c_void_p).value
        return os.getpid(), [code, ctypes.addressof(c_int()), 0]
    if len(arguments) < 2:
        fail("usage: python3 resolve.py [PID ADDRESS...]")
    try:
        addresses = [int(argument, 16) for argument in arguments[1:]]
        pid = int(arguments[0])
    except ValueError as error:
        fail(error)
    if not 0 < pid < 1 << 31 or not all(0 <= address < 1 << 64 for address in addresses):
        fail("no process has that number, or that address")
    return pid, addresses


def main():
    library = load()
    pid, addresses = parse(library, sys.argv[1:])
    # Where the kernel has no sequence, the label says so.
    read = Options(size=sizeof(Options), fallback=FALLBACK_UNVERIFIED)
    options = TableOptions(size=sizeof(TableOptions), read=ctypes.pointer(read))
    table = c_void_p()
    check(library.mapsnap_table_new(byref(options), byref(table)), "cannot make a table")
    check(library.mapsnap_table_add(table, pid), f"cannot read process {pid}")
    # Here a profiler would go round and round.
    check(library.mapsnap_table_refresh(table, None), "cannot ask what has changed")
    print("\n".join(resolve(library, table, pid, addresses)))
    library.mapsnap_table_free(table)


if __name__ == "__main__":
    main()
