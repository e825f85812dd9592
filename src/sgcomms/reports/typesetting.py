"""Typst in a process of its own, which can be stopped: run as a file, never imported.

Standard input says what to do, as JSON with the arguments of `typst.compile`; the file `output` is
written, or standard output says as JSON what is wrong with the template. The address space is
limited where the system can do that.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime

ROOM = 4 * 1024**3
"""So many bytes may the process have; a report takes a tenth of it."""


def main() -> None:
    """Compile the template that standard input names."""
    if sys.platform != "win32":
        import resource

        for kind, most in ((resource.RLIMIT_AS, ROOM), (resource.RLIMIT_CORE, 0)):
            hard = resource.getrlimit(kind)[1]
            limit = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(kind, (limit, hard))
    import typst

    asked = json.load(sys.stdin)
    asked["timestamp"] = datetime.fromisoformat(asked["timestamp"])
    try:
        typst.compile(**asked)
    except typst.TypstError as error:
        parts = ("message", "diagnostic", "trace", "hints")
        json.dump({part: getattr(error, part) for part in parts}, sys.stdout)


if __name__ == "__main__":
    main()
