"""Templates that come to an end: Jinja2's sandbox, with bounds on steps and on what is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from jinja2 import StrictUndefined, TemplateRuntimeError, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context, markup_join, str_join
from jinja2.sandbox import SandboxedEnvironment
from jinja2.utils import Namespace

from sgcomms.signs import printed

STEPS = 200_000
"""So many rounds of loops and calls a template may take; a report needs a few thousand."""
LENGTH = 5_000_000
"""So many characters a template may write."""
WIDTH = 100_000
"""So wide, or so many, may anything be made at once."""
MADE = 10 * LENGTH
"""So many characters may a template make on the way, all in all; a report needs a few hundred
thousand."""
_POWER = 64
_SIZED = ("batch", "center", "format", "indent", "round", "slice", "wordwrap")
"""Filters that make something of the size that they are told."""
_GROWING = frozenset(
    {"format", "indent", "join", "replace", "sum", "tojson", "urlize", "wordwrap", "xmlattr"}
)
"""Filters that put one thing into another many times over."""
_ITEM = 8
"""So many characters a number or another thing weighs."""
_CONTAINERS = (list, tuple, set, frozenset, dict)


@dataclass(slots=True)
class _Steps:
    """Counts what a template does, over all its loops."""

    left: int = STEPS
    room: int = MADE

    def take(self) -> None:
        if not self.left:
            raise TemplateRuntimeError(f"stopped after {STEPS:,} steps: does a loop ever end?")
        self.left -= 1

    def counted(self, items: Iterable[Any]) -> Iterator[Any]:
        for item in items:
            self.take()
            yield item

    def make(self, size: int) -> None:
        """Take note of something of `size` characters. Raises where that is too much."""
        self.room -= size
        if size > LENGTH or self.room < 0:
            raise TemplateRuntimeError("a template makes nothing of that size")


def _weigh(value: object) -> int:
    """Return how many characters and items `value` is about, with what is in it each time that it
    is in it; a little more than LENGTH for whatever is larger."""
    weight, open_ = 0, [value]
    while open_ and weight <= LENGTH:
        one = open_.pop()
        weight += len(one) if isinstance(one, (str, bytes)) else _ITEM
        if isinstance(one, dict):
            open_ += [*one.keys(), *one.values()]
        elif isinstance(one, _CONTAINERS):
            open_ += one
        elif isinstance(one, Namespace):
            raise TemplateRuntimeError("a namespace is not for printing")
    return weight


def _check_growth(values: Iterable[object]) -> None:
    """Raise where one of `values`, put into another as often as may be, makes something huge."""
    sizes = sorted(abs(one) if isinstance(one, int) else _weigh(one) for one in values)
    if len(sizes) > 1 and sizes[-1] * sizes[-2] > MADE:
        raise TemplateRuntimeError("a template makes nothing of that size")


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


class _Code(CodeGenerator):
    """Jinja2's compiler, for which `~` is a call of the environment."""

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802  Jinja2's name
        self.write("environment.joined(context, (")
        for one in node.nodes:
            self.visit(one, frame)
            self.write(", ")
        self.write("))")


class _Bounded(SandboxedEnvironment):
    """The sandbox, where calls are counted and nothing makes anything huge."""

    code_generator_class = _Code
    intercepted_binops = frozenset({"*", "**", "%", "+"})

    def __init__(self, *, autoescape: bool) -> None:
        self.steps = _Steps()
        super().__init__(
            autoescape=autoescape,
            undefined=StrictUndefined,
            finalize=self._finalized,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        setattr(self, "concat", self._concat)  # noqa: B010  Jinja2 declares it a method
        del self.globals["lipsum"]
        for name in _SIZED:
            self.filters[name] = _sized(self.filters[name])
        for name, found in self.filters.items():
            self.filters[name] = self._measured(name, found)
        self.filters["counted"] = self.steps.counted

    def _finalized(self, value: object) -> object:
        self.steps.make(_weigh(value))
        return printed(value)

    def _concat(self, parts: Iterable[str]) -> str:
        """Return what a macro or a block wrote, as one."""
        written = list(parts)
        self.steps.make(sum(map(len, written)))
        return "".join(written)

    def joined(self, context: Context, parts: tuple[object, ...]) -> str:
        """Return what `~` makes of `parts`."""
        self.steps.make(sum(map(_weigh, parts)))
        return markup_join(parts) if context.eval_ctx.autoescape else str_join(parts)

    def _measured(self, name: str, found: Callable[..., Any]) -> Callable[..., Any]:
        """Return a filter that is given nothing huge, and whose answers are counted."""

        @wraps(found)
        def checked(*values: Any, **named: Any) -> Any:
            if name in _GROWING:  # nobody can tell how much an iterator has left to give
                values = tuple(list(one) if isinstance(one, Iterator) else one for one in values)
            given = [*values, *named.values()]
            for one in given:
                if isinstance(one, _CONTAINERS) and _weigh(one) > LENGTH:
                    self.steps.make(LENGTH + 1)
            if name in _GROWING:
                _check_growth(given)
            answer = found(*values, **named)
            if isinstance(answer, (str, *_CONTAINERS)):
                self.steps.make(len(answer))
            return answer

        return checked

    def call(self, context: Context, called: Any, *values: Any, **named: Any) -> Any:
        self.steps.take()
        method = getattr(called, "__wrapped__", called)  # the sandbox wraps str.format
        text = getattr(method, "__self__", None)
        if isinstance(text, str):
            formats = getattr(method, "__name__", "") in ("format", "format_map")
            given = (*values, *named.values())
            _check_sizes(() if formats else given, text if formats else None)
            _check_growth((text, [*given]))
        if isinstance(text, _CONTAINERS):
            self.steps.make(_weigh([text, *values, *named.values()]))
        answer = super().call(context, called, *values, **named)
        if isinstance(answer, (str, *_CONTAINERS)):
            self.steps.make(len(answer))
        return answer

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        text = isinstance(left, str) and operator == "%"
        if operator == "+" and isinstance(left, (str, list, tuple)):
            self.steps.make(_weigh(left) + _weigh(right))
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
