"""Templates that come to an end: Jinja2's sandbox, with bounds on steps and on what is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from jinja2 import StrictUndefined, TemplateRuntimeError, nodes
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment

from sgcomms.signs import printed

STEPS = 200_000
"""So many rounds of loops and calls a template may take; a report needs a few thousand."""
LENGTH = 5_000_000
"""So many characters a template may write."""
WIDTH = 100_000
"""So wide, or so many, may anything be made at once."""
_POWER = 64
_SIZED = ("batch", "center", "format", "indent", "round", "slice", "wordwrap")
"""Filters that make something of the size that they are told."""


@dataclass(slots=True)
class _Steps:
    """Counts what a template does, over all its loops."""

    left: int = STEPS

    def take(self) -> None:
        if not self.left:
            raise TemplateRuntimeError(f"stopped after {STEPS:,} steps: does a loop ever end?")
        self.left -= 1

    def counted(self, items: Iterable[Any]) -> Iterator[Any]:
        for item in items:
            self.take()
            yield item


def _check_sizes(values: Iterable[object], pattern: object = None) -> None:
    """Raise for a number, or a width in a format's pattern, that would make something huge."""
    wide = isinstance(pattern, str) and re.search(r"[%{][^%{}]*\d{6}", pattern)
    if wide or any(isinstance(value, int) and abs(value) > WIDTH for value in values):
        raise TemplateRuntimeError("a template makes nothing of that size")


def _sized(found: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter that refuses to make anything huge, told to Jinja2 as the one it was."""

    @wraps(found)
    def checked(*values: Any, **named: Any) -> Any:
        pattern = values[0] if found.__name__ == "do_format" else None
        _check_sizes(() if pattern else (*values[1:], *named.values()), pattern)
        return found(*values, **named)

    return checked


class _Bounded(SandboxedEnvironment):
    """The sandbox, where calls are counted and no operator makes anything huge."""

    intercepted_binops = frozenset({"*", "**", "%", "+"})

    def __init__(self, *, autoescape: bool) -> None:
        super().__init__(
            autoescape=autoescape,
            undefined=StrictUndefined,
            finalize=printed,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self.steps = _Steps()
        del self.globals["lipsum"]
        for name in _SIZED:
            self.filters[name] = _sized(self.filters[name])
        self.filters["counted"] = self.steps.counted

    def call(self, context: Context, called: Any, *values: Any, **named: Any) -> Any:
        self.steps.take()
        method = getattr(called, "__wrapped__", called)  # the sandbox wraps str.format
        text = getattr(method, "__self__", None)
        if isinstance(text, str):
            formats = getattr(method, "__name__", "") in ("format", "format_map")
            _check_sizes(() if formats else (*values, *named.values()), text if formats else None)
        return super().call(context, called, *values, **named)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        text = isinstance(left, str) and operator == "%"
        if operator == "*":
            sizes = [len(one) for one in (left, right) if isinstance(one, (str, list, tuple))]
            times = [one for one in (left, right) if isinstance(one, int)]
            too_much = bool(sizes and times and sizes[0] * times[0] > LENGTH)
        else:
            too_much = operator == "**" and not -_POWER <= right <= _POWER
        if too_much or text:
            raise TemplateRuntimeError(f"{operator} is not for a template: it makes too much")
        return super().call_binop(context, operator, left, right)


def environment(
    filters: Mapping[str, Callable[..., object]], *, autoescape: bool
) -> SandboxedEnvironment:
    """Return an environment for one rendering: its steps are counted once."""
    made = _Bounded(autoescape=autoescape)
    made.filters.update(filters)
    return made


def pieces(
    made: SandboxedEnvironment, source: str, file: str, names: Mapping[str, object]
) -> Iterator[str]:
    """Yield what the template writes. `file` is what tracebacks call it.

    Raises TemplateError, or whatever the template's own doing raises; always comes to an end.
    """
    parsed = made.parse(source, filename=file)
    for loop in parsed.find_all(nodes.For):
        loop.iter = nodes.Filter(loop.iter, "counted", [], [], None, None, lineno=loop.iter.lineno)
    code = made.compile(parsed, filename=file)
    template = made.template_class.from_code(made, code, made.make_globals(None))
    written = 0
    stream = template.generate(names)
    for piece in stream:
        written += len(piece)
        if written > LENGTH:
            error = TemplateRuntimeError(f"stopped after {LENGTH:,} characters: does it ever end?")
            if isinstance(stream, Generator):  # raised where the template stands: it has a line
                stream.throw(error)
            raise error
        yield piece
