"""The template as it is written and as CloudFormation gets it."""

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Stack:
    """What SAM's own translator makes of template.yaml."""

    parameters: dict[str, Any]
    resources: dict[str, Any]

    def of_type(self, kind: str) -> dict[str, Any]:
        """Properties of all resources of a type, by logical id."""
        return {name: one["Properties"] for name, one in self.resources.items() if one["Type"] == kind}

    def value(self, node: Any) -> Any:
        """A plain value, or the default of the parameter that is referred to."""
        return self.parameters[node["Ref"]]["Default"] if isinstance(node, dict) else node

    def resource(self, node: Any) -> str:
        """The logical id behind ``!Ref X``, ``!GetAtt X.Arn`` or ``!GetAtt X.QueueName``."""
        [(intrinsic, argument)] = node.items()
        assert intrinsic in {"Ref", "Fn::GetAtt"}, node
        return argument if intrinsic == "Ref" else argument[0]

    def environment(self, function: str) -> dict[str, Any]:
        """The function's variables, those of all functions included."""
        return self.resources[function]["Properties"]["Environment"]["Variables"]

    def statements(self, function: str) -> list[dict[str, Any]]:
        """Everything the function's role allows, actions and resources as lists."""
        role = self.resources[self.resource(self.resources[function]["Properties"]["Role"])]["Properties"]
        return [
            {**one, "Action": _listed(one["Action"]), "Resource": _listed(one["Resource"])}
            for policy in role["Policies"]
            for one in policy["PolicyDocument"]["Statement"]
        ]

    def may(self, function: str, resource: str) -> set[str]:
        """The actions the function's role allows on a resource of this template."""
        return {
            action
            for one in self.statements(function)
            if any(arn == {"Fn::GetAtt": [resource, "Arn"]} for arn in one["Resource"])
            for action in one["Action"]
        }


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the project."""
    return ROOT


@pytest.fixture(scope="session")
def template() -> dict[str, Any]:
    """The template as it is written."""
    return yaml_parse((ROOT / "template.yaml").read_text("utf-8"))


@pytest.fixture(scope="session")
def stack(template) -> Stack:
    """The template as CloudFormation gets it."""
    no_managed_policies = SimpleNamespace(load=dict)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        fresh = yaml_parse((ROOT / "template.yaml").read_text("utf-8"))  # transform() changes what it is given
        fresh["Resources"]["CommonLayer"]["Properties"]["ContentUri"] = "s3://bucket/layer"  # what `sam deploy` does
        for resource in fresh["Resources"].values():
            if resource["Type"] == "AWS::Serverless::Function":
                resource["Properties"]["CodeUri"] = "s3://bucket/code"
        resources = transform(fresh, {}, no_managed_policies)["Resources"]
    return Stack(template["Parameters"], resources)
