"""template.yaml as this machine needs it: what to create, which code answers which route, which queue feeds whom.

Reads the deployed template, so that what runs here and what runs in AWS cannot drift apart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import yaml

from local.problem import LocalProblem

if TYPE_CHECKING:
    from pathlib import Path

Value: TypeAlias = Any
"""A node of the template: text, number, list or mapping."""

_PLACEHOLDER = re.compile(r"\$\{([^}]+)\}")


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags (``!Ref x`` is ``{"Ref": "x"}``)."""


def _short_tag(loader: _Loader, name: str, node: yaml.Node) -> Value:
    if isinstance(node, yaml.ScalarNode):
        value: Value = loader.construct_scalar(node)
        if name == "GetAtt":
            value = value.split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    return {name if name in {"Ref", "Condition"} else f"Fn::{name}": value}


_Loader.add_multi_constructor("!", _short_tag)


@dataclass(frozen=True, slots=True)
class Function:
    """One Lambda function: where its code is and what it may use."""

    name: str
    module: str
    handler: str
    timeout: int
    memory: int
    environment: dict[str, Value]
    routes: tuple[tuple[str, str], ...]
    mappings: tuple[Mapping, ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    """An event source mapping: this queue's messages go to the function that holds it."""

    queue_arn: str
    batch_size: int
    maximum_concurrency: int


class Template:
    """The template, able to resolve its references for one stack.

    Args:
        path: template.yaml.
        given: values of parameters and pseudo parameters (``AWS::Region`` and its like); others have their defaults.
    """

    def __init__(self, path: Path, given: dict[str, str]) -> None:
        try:
            self._document: dict[str, Value] = yaml.load(path.read_text("utf-8"), _Loader)  # noqa: S506 - a SafeLoader
        except OSError as error:
            raise LocalProblem(f"{path.name} is missing: run this in a checkout of the project.") from error
        defaults = {name: row.get("Default", "") for name, row in self._document.get("Parameters", {}).items()}
        self._references: dict[str, Value] = defaults | given
        self._attributes: dict[tuple[str, str], str] = {}

    def of_type(self, kind: str) -> dict[str, Value]:
        """Properties of all resources of a type, by logical id."""
        return {
            name: resource.get("Properties", {})
            for name, resource in self._document["Resources"].items()
            if resource["Type"] == kind
        }

    def bind(self, logical_id: str, reference: str, **attributes: str) -> None:
        """State what ``!Ref`` and ``!GetAtt`` of a created resource give."""
        self._references[logical_id] = reference
        for attribute, value in attributes.items():
            self._attributes[logical_id, attribute] = value

    def resolve(self, value: Value) -> Value:
        """The value with every ``Ref``, ``GetAtt`` and ``Sub`` in it replaced by what it stands for."""
        match value:
            case {"Ref": name}:
                return self._reference(name)
            case {"Fn::GetAtt": [logical_id, attribute]}:
                return self._attribute(logical_id, attribute)
            case {"Fn::Sub": str(text)}:
                return _PLACEHOLDER.sub(lambda found: str(self._placeholder(found[1])), text)
            case dict():
                return {key: self.resolve(item) for key, item in value.items()}
            case list():
                return [self.resolve(item) for item in value]
        return value

    def _placeholder(self, name: str) -> Value:
        logical_id, dot, attribute = name.partition(".")
        return self._attribute(logical_id, attribute) if dot else self._reference(name)

    def _reference(self, name: str) -> Value:
        try:
            return self._references[name]
        except KeyError:
            raise LocalProblem(f"template.yaml: nothing here knows what !Ref {name} is.") from None

    def _attribute(self, logical_id: str, attribute: str) -> str:
        try:
            return self._attributes[logical_id, attribute]
        except KeyError:
            raise LocalProblem(f"template.yaml: nothing here knows what !GetAtt {logical_id}.{attribute} is.") from None

    def functions(self) -> list[Function]:
        """The functions, with ``Globals`` applied. Call it after every table and queue is bound."""
        shared = self._document.get("Globals", {}).get("Function", {})
        return [self._function(name, {**shared, **own}, shared) for name, own in self._functions().items()]

    def _functions(self) -> dict[str, Value]:
        return self.of_type("AWS::Serverless::Function")

    def _function(self, name: str, properties: dict[str, Value], shared: dict[str, Value]) -> Function:
        environment = {
            **shared.get("Environment", {}).get("Variables", {}),
            **properties.get("Environment", {}).get("Variables", {}),
        }
        events = properties.get("Events", {}).values()
        folder = str(properties["CodeUri"]).strip("./").replace("/", ".")
        module, _, handler = str(properties["Handler"]).rpartition(".")
        return Function(
            name=name,
            module=f"{folder}.{module}".strip("."),
            handler=handler,
            timeout=int(self.resolve(properties["Timeout"])),
            memory=int(self.resolve(properties["MemorySize"])),
            environment={key: self.resolve(value) for key, value in environment.items()},
            routes=tuple(
                (event["Properties"]["Method"].upper(), event["Properties"]["Path"])
                for event in events
                if event["Type"] == "HttpApi"
            ),
            mappings=tuple(self._mapping(event["Properties"]) for event in events if event["Type"] == "SQS"),
        )

    def _mapping(self, properties: dict[str, Value]) -> Mapping:
        return Mapping(
            queue_arn=self.resolve(properties["Queue"]),
            batch_size=int(self.resolve(properties.get("BatchSize", 10))),  # 10: Lambda's default for SQS
            maximum_concurrency=int(
                # 2: the least that Lambda takes
                self.resolve(properties.get("ScalingConfig", {}).get("MaximumConcurrency", 2))
            ),
        )
