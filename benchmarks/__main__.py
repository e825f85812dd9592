"""`make bench`: run every benchmark and print its ratio."""

from __future__ import annotations

from benchmarks import collecting, delivering, idle, importing, reporting

idle.main()
importing.main()
reporting.main()
collecting.main()
delivering.main()
