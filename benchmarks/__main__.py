"""`make bench`: run every benchmark and print its ratio."""

from __future__ import annotations

from benchmarks import collecting, delivering, idle, importing, papers, reporting

idle.main()
importing.main()
reporting.main()
papers.main()
collecting.main()
delivering.main()
