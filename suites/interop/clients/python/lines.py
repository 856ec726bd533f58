"""The line protocol of an adapter, as protocol.ts describes it."""

import json
import sys


class Unsupported(Exception):
    """The client cannot express what it was asked for."""


def serve(handlers):
    """Answers the requests on standard input, one after the other, until it ends."""
    for line in sys.stdin:
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
