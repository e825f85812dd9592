"""Templates that come to an end: Jinja2's sandbox, with bounds on steps and on what is written."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import StrictUndefined, TemplateRuntimeError, nodes
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment

STEPS = 200_000
"""So many rounds of loops and calls a template may take; a report needs a few thousand."""
LENGTH = 5_000_000
"""So many characters a template may write."""
_POWER = 64


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


class _Bounded(SandboxedEnvironment):
    """The sandbox, where calls are counted and no operator makes anything huge."""

    intercepted_binops = frozenset({"*", "**", "%", "+"})

    def __init__(self, *, autoescape: bool) -> None:
        super().__init__(
            autoescape=autoescape,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self.steps = _Steps()
        self.filters["counted"] = self.steps.counted

    def call(self, context: Context, called: Any, *values: Any, **named: Any) -> Any:
        self.steps.take()
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
