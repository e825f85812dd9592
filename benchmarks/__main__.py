"""`make bench`: run every benchmark and print its ratio."""

from __future__ import annotations

from benchmarks import delivering, idle, importing, reporting

idle.main()
importing.main()
reporting.main()
delivering.main()
