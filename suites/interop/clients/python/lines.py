"""The line protocol of an adapter, as protocol.ts describes it."""

import json
import os
import select
import sys


class Unsupported(Exception):
    """The client cannot express what it was asked for."""


def requests(idle):
    """The lines of standard input; while none comes, `idle` is called every second."""
    buffer = b""
    while True:
        line, found, rest = buffer.partition(b"\n")
        if found:
            buffer = rest
            yield line
            continue
        if not select.select([0], [], [], 1.0)[0]:
            try:
                idle()
            except Exception:  # the next request tells what is wrong
                pass
            continue
        octets = os.read(0, 65536)
        if octets == b"":
            return
        buffer += octets


def serve(handlers, idle=lambda: None):
    """Answers the requests on standard input, one after the other, until it ends."""
    for line in requests(idle):
        asks = json.loads(line)
        handler = handlers.get(asks["op"])
        if handler is None:
            answer = {"unsupported": "it has no " + asks["op"]}
        else:
            try:
                answer = {"ok": handler(asks) or {}}
            except Unsupported as why:
                answer = {"unsupported": str(why)}
            except Exception as error:  # whatever the client raises is an answer
                answer = {"error": (type(error).__name__ + " " + str(error)).strip()}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
