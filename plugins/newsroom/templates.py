"""How templates are found, compiled, kept compiled, and rendered under our eyes."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache, wraps
from pathlib import Path
from types import BuiltinMethodType, FunctionType, MethodType
from typing import Any

from jinja2 import FileSystemBytecodeCache, Template, nodes, pass_context
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context, Macro
from jinja2.utils import internalcode, missing
from markupsafe import Markup, escape
from markupsafe import _escape_inner as escape_text  # type: ignore[attr-defined]
from pelican.generators import Generator
from pelican.plugins import signals

from newsroom import trace
from newsroom.digest import digest

# Templates as Jinja compiled them, each under a hash; half the work of a small build.
COMPILED = "templates"
# What Jinja gives a filter first, if it asks for that by a decorator.
GIVEN: dict[str, Callable[[Context], Any]] = {
    "context": lambda context: context,
    "eval_context": lambda context: context.eval_ctx,
    "environment": lambda context: context.environment,
}
# Python's own functions, as of dates and texts, and those of a module or a class: Jinja
# asks them for nothing but a mark.
PLAIN = frozenset({BuiltinMethodType, FunctionType, MethodType})


def folders(settings: Mapping[str, Any]) -> list[Path]:
    """Return where a template is looked for, in this order: the theme's comes last."""
    others = map(Path, settings["THEME_TEMPLATES_OVERRIDES"])
    return [*others, Path(settings["THEME"], "templates")]


def text_of(name: str, settings: Mapping[str, Any]) -> str:
    """Return the text of a template that is no page's, from where Pelican would."""
    *others, theme = folders(settings)
    for folder in others:
        # Opened without a look before, so that a story's trace has it, there or not.
        with suppress(FileNotFoundError):
            return (folder / name).read_text("utf-8")
    return (theme / name).read_text("utf-8")


class TracedContext(Context):
    """A template's context that notes which names it was asked for."""

    def resolve_or_missing(self, key: str) -> Any:
        """Return the value of a name, as Jinja does."""
        if key in self.vars:
            return self.vars[key]
        trace.read_name(key)
        return self.parent.get(key, missing)

    @internalcode
    def call(self, function: Callable[..., Any], /, *args: Any, **named: Any) -> Any:
        """Call a function as Jinja does, which asks each several times what it takes.

        Most are macros, or take nothing but what they are given.
        """
        kind = type(function)
        if kind is Macro:
            args = (self.eval_ctx, *args)
        elif kind not in PLAIN or hasattr(function, "jinja_pass_arg"):
            return super().call(function, *args, **named)
        named.pop("_block_vars", None)
        named.pop("_loop_vars", None)
        return function(*args, **named)


class Compiler(CodeGenerator):
    """Jinja's own, which has what is shown escaped in a quicker way."""

    def _output_child_pre(
        self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo
    ) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write(f"environment.escaped({finalize.src or ''}")


def escaped(value: Any) -> str:
    """Return what MarkupSafe makes of a value.

    Texts it would make Markup of, each time, which takes several times as long; here
    they only become part of a page.
    """
    kind = type(value)
    if kind is str:
        text: str = escape_text(value)
        return text
    return value if kind is Markup else escape(value)


def rendered(
    template: Template, common: Mapping[str, Any], *layers: Mapping[str, Any]
) -> str:
    """Return what a template makes of variables; the later layers hide the earlier.

    Jinja would copy them three times; they are hundreds, most of them `common`.
    """
    if template.filename:  # not the theme's alone: TEMPLATE_PAGES has others
        trace.read_file(template.filename)
    variables = dict(common)
    for name, value in template.globals.items():
        variables.setdefault(name, value)
    for layer in layers:
        variables |= layer
    context = template.new_context(variables, shared=True)
    try:
        return template.environment.concat(template.root_render_func(context))
    except Exception:
        template.environment.handle_exception()


def compiling(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments by which a Jinja environment keeps what it compiles."""
    compiled = Path(settings["CACHE_PATH"], COMPILED)
    compiled.mkdir(parents=True, exist_ok=True)
    # What is compiled changes with this file, and with how Jinja is set up.
    environment = {**settings["JINJA_ENVIRONMENT"]}
    environment.pop("bytecode_cache", None)
    key = digest([Path(__file__).read_bytes(), environment]).hex()
    return {
        "bytecode_cache": FileSystemBytecodeCache(str(compiled), f"{key}-%s"),
        # Each build has environments of its own, and its templates do not change.
        "auto_reload": False,
    }


def uncompiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Keep what a filter makes of a constant out of the compiled templates.

    They are kept, and `"icon.png"|absolute` is another address in the next build. How a
    filter is called is compiled too: so all are called in one way.
    """
    takes = getattr(function, "jinja_pass_arg", None)

    @pass_context
    @wraps(function)
    def unfolded(context: Context, *arguments: Any, **named: Any) -> Any:
        if takes:
            return function(GIVEN[takes.name](context), *arguments, **named)
        return function(*arguments, **named)

    return unfolded


def _take(generator: Generator) -> None:
    environment = generator.env
    environment.context_class = TracedContext
    environment.code_generator_class = Compiler
    environment.escaped = escaped
    environment.get_template = cache(environment.get_template)
    # In the place of a ChainMap, which each rendering would go through name by name.
    environment.make_globals = lambda more: {**environment.globals, **(more or {})}


def register() -> None:
    """Take the templates of each generator, from the first one on."""
    signals.generator_init.connect(_take)
