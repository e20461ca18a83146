"""The functions: runtime, routes, environment, concurrency, logs."""

import ast
import re
import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

FUNCTION = "AWS::Lambda::Function"
MAPPING = "AWS::Lambda::EventSourceMapping"

DEPRECATED_ON = {  # docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html, read 2026-11
    "python3.11": date(2027, 6, 30),
    "python3.12": date(2028, 10, 31),
    "python3.13": date(2029, 6, 30),
    "python3.14": date(2029, 6, 30),
}
NEW_ACCOUNT_CONCURRENCY = 10
"""Concurrent executions of a new AWS account (docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html)."""


def test_three_functions(stack):
    """Two doors and one sender; each runs `handler` of its own folder's app.py."""
    assert set(stack.of_type(FUNCTION)) == {"TelegramWebhook", "PlanfixWebhook", "OutboundSender"}
    assert {one["Handler"] for one in stack.of_type(FUNCTION).values()} == {"app.handler"}


def test_code_is_there(template, root):
    """Every function's folder holds the app.py that its handler names."""
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            assert (root / resource["Properties"]["CodeUri"] / "app.py").is_file()


def test_runtime_lives_on(stack):
    """No runtime is within 180 days of its deprecation: time enough to move and to test."""
    today = datetime.now(UTC).date()
    for name, function in stack.of_type(FUNCTION).items():
        assert today + timedelta(days=180) < DEPRECATED_ON[function["Runtime"]], name


def test_layer_fits_the_functions(stack):
    """Every function has the layer, and the layer fits its runtime and either architecture."""
    [(layer_id, layer)] = stack.of_type("AWS::Lambda::LayerVersion").items()
    for function in stack.of_type(FUNCTION).values():
        assert [stack.resource(one) for one in function["Layers"]] == [layer_id]
        assert function["Runtime"] in layer["CompatibleRuntimes"]
    assert set(stack.parameters["Architecture"]["AllowedValues"]) == set(layer["CompatibleArchitectures"])


def test_routes(stack):
    """Exactly these doors are open."""
    [api] = stack.of_type("AWS::ApiGatewayV2::Api").values()
    routes = {(method, path): one for path, methods in api["Body"]["paths"].items() for method, one in methods.items()}
    served_by = {
        route: re.findall(r"\$\{(\w+)\.Arn\}", str(one["x-amazon-apigateway-integration"]["uri"]))
        for route, one in routes.items()
    }
    assert served_by == {
        ("post", "/telegram/{integration}"): ["TelegramWebhook"],
        ("post", "/planfix/{integration}/comment"): ["PlanfixWebhook"],
        ("post", "/planfix/{integration}/chat"): ["PlanfixWebhook"],
        ("get", "/files/{integration}/{signed}"): ["PlanfixWebhook"],
    }


def test_outputs_tell_the_routes(template):
    """The addresses that the stack prints are those of the routes."""
    told = {name: str(template["Outputs"][name]["Value"]) for name in ("TelegramWebhookUrl", "PlanfixWebhookUrl")}
    assert "/telegram/{integration}'" in told["TelegramWebhookUrl"]
    assert "/planfix/{integration}/comment'" in told["PlanfixWebhookUrl"]


def test_the_stack_says_of_which_version_it_is(template):
    """The one of pyproject.toml, so that the command can tell an old deployment."""
    pyproject = tomllib.loads(Path("pyproject.toml").read_text())
    assert template["Outputs"]["Version"]["Value"] == pyproject["project"]["version"]


def test_stage_is_default_and_throttled(stack):
    """A named stage would become part of the path; without throttling strangers decide what the bridge costs."""
    [stage] = stack.of_type("AWS::ApiGatewayV2::Stage").values()
    assert stage["StageName"] == "$default"
    assert stage["DefaultRouteSettings"]["ThrottlingRateLimit"] > 0
    assert stage["DefaultRouteSettings"]["ThrottlingBurstLimit"] > 0


def test_access_log_tells_no_secret(stack):
    """The access log names the route only: no path, query, header, body or address of the caller."""
    [stage] = stack.of_type("AWS::ApiGatewayV2::Stage").values()
    assert set(re.findall(r"\$context\.([\w.]+)", stage["AccessLogSettings"]["Format"])) == {
        "requestId", "requestTime", "routeKey", "status", "responseLength", "responseLatency", "integrationStatus",
        "error.messageString",
    }  # fmt: skip


def test_environment_is_what_the_code_reads(stack, root):
    """Every variable that the code names is set for a function, and every variable set is named by the code."""
    named = {
        node.value
        for folder in ("layers/common/bridge", "functions")
        for source in (root / folder).rglob("*.py")
        for node in ast.walk(ast.parse(source.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if node.value in ("STACK", "OWN_ADDRESS") or re.fullmatch(r"[A-Z]+(_[A-Z]+)*_(TABLE|URL|BUCKET)", node.value)
    }
    given = {name for function in stack.of_type(FUNCTION) for name in stack.environment(function)}
    assert named == {name for name in given if not name.startswith("POWERTOOLS_")}


def test_environment_names_what_it_holds(stack):
    """TO_PLANFIX_DLQ_URL holds the address of ToPlanfixDlq, and so on: a swapped pair would carry messages astray."""
    for function in stack.of_type(FUNCTION):
        for name, value in stack.environment(function).items():
            if name.endswith(("_TABLE", "_URL", "_BUCKET")):
                assert stack.resource(value).upper() == name.removesuffix("_URL").replace("_", "")


def test_new_account_is_enough(stack):
    """Both mappings together leave at least two of a new account's ten executions for each webhook."""
    used = [stack.value(one["ScalingConfig"]["MaximumConcurrency"]) for one in stack.of_type(MAPPING).values()]
    assert len(used) == 2
    assert sum(used) + 2 * 2 <= NEW_ACCOUNT_CONCURRENCY


def test_concurrency_is_a_parameter_of_each_mapping(template):
    """Either direction can be widened alone, and not below what Lambda takes (2 to 50)."""
    events = template["Resources"]["OutboundSender"]["Properties"]["Events"]
    used = {name: one["Properties"]["ScalingConfig"]["MaximumConcurrency"]["Ref"] for name, one in events.items()}
    assert used == {"ToPlanfix": "ToPlanfixConcurrency", "ToTelegram": "ToTelegramConcurrency"}
    for name in used.values():
        assert (template["Parameters"][name]["MinValue"], template["Parameters"][name]["MaxValue"]) == (2, 50)


def test_each_function_has_its_own_log(stack):
    """JSON lines in a log group of the function's own that forgets."""
    groups = stack.of_type("AWS::Logs::LogGroup")
    used = []
    for function in stack.of_type(FUNCTION).values():
        logging = function["LoggingConfig"]
        assert logging["LogFormat"] == "JSON"
        used.append(stack.resource(logging["LogGroup"]))
    assert len(set(used)) == len(used)
    assert all(stack.value(groups[one]["RetentionInDays"]) > 0 for one in groups)


def test_no_log_level_drops_metrics(template):
    """Metrics are log lines that Lambda counts as INFO, so a higher level is not on offer."""
    assert set(template["Parameters"]["LogLevel"]["AllowedValues"]) == {"DEBUG", "INFO"}


def test_webhooks_answer_before_the_gateway_gives_up(stack):
    """An HTTP API waits 30 s for its integration (Amazon API Gateway quotas)."""
    for name in ("TelegramWebhook", "PlanfixWebhook"):
        assert stack.of_type(FUNCTION)[name]["Timeout"] < 30
