"""Plug-ins are files: every module of a package, by its file name. Nothing to register, nothing to forget.

What a file must state is a Protocol in the package's `__init__`; what only some of them do is another one beside it.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from types import ModuleType
from typing import Any, TypeVar, cast

Kind = TypeVar("Kind")


class Incomplete(Exception):
    """A plug-in lacks something that its Protocol asks for."""


@cache
def discover(package: str) -> dict[str, ModuleType]:
    folder = importlib.import_module(package)
    names = sorted(module.name for module in pkgutil.iter_modules(folder.__path__))
    return {name: importlib.import_module(f"{package}.{name}") for name in names}


def plugins(package: str, protocol: Callable[..., Kind]) -> Mapping[str, Kind]:
    """All of a package, by name. Raises Incomplete, which names the file and what it lacks."""
    return cast("Mapping[str, Kind]", _complete(package, protocol))


def some(package: str, protocol: Callable[..., Kind]) -> Mapping[str, Kind]:
    """Those of a package that do what the protocol says, by name. Raises Incomplete where one does it by half."""
    return cast("Mapping[str, Kind]", _able(package, protocol))


@cache
def _complete(package: str, protocol: Any) -> Mapping[str, ModuleType]:
    found = discover(package)
    for module in found.values():
        _require(module, protocol)
    return found


@cache
def _able(package: str, protocol: Any) -> Mapping[str, ModuleType]:
    named = _members(protocol)
    found = {name: module for name, module in discover(package).items() if any(hasattr(module, one) for one in named)}
    for module in found.values():
        _require(module, protocol)
    return found


def _require(module: ModuleType, protocol: Any) -> None:
    if lacking := _lacking(module, protocol):
        raise Incomplete(f"{module.__file__} is no {protocol.__name__}: it lacks {', '.join(lacking)}.")


def _lacking(module: ModuleType, protocol: Any) -> list[str]:
    """Members of the protocol that are not there, or no function where it has one."""
    return [
        name
        for name in _members(protocol)
        if not hasattr(module, name) or (hasattr(protocol, name) and not callable(getattr(module, name)))
    ]


def _members(protocol: Any) -> list[str]:
    """Its attributes, then its functions; what begins with an underscore is Python's own."""
    return [name for name in (*inspect.get_annotations(protocol), *vars(protocol)) if not name.startswith("_")]
