"""The double of SSM keeps the Parameter Store's rules, as moto (and the emulator) do."""

import pytest
from botocore.exceptions import ClientError

from tests.doubles.backends import KINDS, Backends, runs_on
from tests.doubles.ssm import FakeSSM


@pytest.fixture(scope="module")
def backends():
    """The backends, open for all tests of this module."""
    opened = Backends("ssm", FakeSSM)
    yield opened
    opened.close()


@pytest.fixture(params=KINDS)
def ssm(request, backends):
    """SSM on one backend."""
    return backends.of(request.param)


@pytest.fixture
def path(ssm):
    """A path that no other test uses."""
    return "/" + ssm.unique("stack")


def code(call):
    """The code of the refusal."""
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response["Error"]["Code"]


def test_both_parameters_come_in_one_call(ssm, path):
    """GetParameters gives what exists, decrypted when asked, and names what does not exist."""
    ssm.client.put_parameter(Name=f"{path}/settings", Value="{}", Type="String")
    ssm.client.put_parameter(Name=f"{path}/secrets", Value="token", Type="SecureString")
    names = [f"{path}/settings", f"{path}/secrets", f"{path}/none"]
    answer = ssm.client.get_parameters(Names=names, WithDecryption=True)
    assert {one["Name"]: one["Value"] for one in answer["Parameters"]} == {names[0]: "{}", names[1]: "token"}
    assert answer["InvalidParameters"] == [names[2]]


def test_a_secret_is_not_readable_without_decryption(ssm, path):
    """A SecureString that is read without decryption does not come as its words."""
    ssm.client.put_parameter(Name=f"{path}/secrets", Value="token", Type="SecureString")
    (found,) = ssm.client.get_parameters(Names=[f"{path}/secrets"])["Parameters"]
    assert found["Type"] == "SecureString"
    assert found["Value"] != "token"


def test_overwriting_must_be_said(ssm, path):
    """A second PutParameter without Overwrite is refused; with it, the version counts up and the type stays."""
    ssm.client.put_parameter(Name=f"{path}/a", Value="1", Type="SecureString")
    with pytest.raises(ssm.client.exceptions.ParameterAlreadyExists):
        ssm.client.put_parameter(Name=f"{path}/a", Value="2", Type="SecureString")
    assert ssm.client.put_parameter(Name=f"{path}/a", Value="3", Overwrite=True)["Version"] == 2
    found = ssm.client.get_parameter(Name=f"{path}/a", WithDecryption=True)["Parameter"]
    assert (found["Value"], found["Version"], found["Type"]) == ("3", 2, "SecureString")


@runs_on("ssm", moto="does not enforce 4 KB", emulator="does not enforce 4 KB")
def test_a_value_is_at_most_4_kb(ssm, path):
    """A standard parameter of 4,097 bytes is refused, 4,096 are taken."""
    ssm.client.put_parameter(Name=f"{path}/a", Value="x" * 4096, Type="String")
    refused = code(lambda: ssm.client.put_parameter(Name=f"{path}/b", Value="x" * 4097, Type="String"))
    assert refused == "ValidationException"


@runs_on("ssm", emulator="takes eleven names")
def test_ten_names_at_most(ssm, path):
    """GetParameters takes ten names."""
    assert code(lambda: ssm.client.get_parameters(Names=[f"{path}/{n}" for n in range(11)])) == "ValidationException"


def test_paths_are_read_page_by_page(ssm, path):
    """GetParametersByPath gives ten at most and a token for the next; deeper levels only when asked."""
    for number in range(12):
        ssm.client.put_parameter(Name=f"{path}/{number:02}/settings", Value="{}", Type="String")
    assert ssm.client.get_parameters_by_path(Path=path)["Parameters"] == []
    first = ssm.client.get_parameters_by_path(Path=path, Recursive=True)
    assert len(first["Parameters"]) == 10
    rest = ssm.client.get_parameters_by_path(Path=path, Recursive=True, NextToken=first["NextToken"])
    assert "NextToken" not in rest
    names = [one["Name"] for one in first["Parameters"] + rest["Parameters"]]
    assert sorted(names) == [f"{path}/{number:02}/settings" for number in range(12)]


def test_a_path_is_whole_steps(ssm, path):
    """`/stack` is no path to `/stack-2/...`."""
    ssm.client.put_parameter(Name=f"{path}-2/a", Value="1", Type="String")
    assert ssm.client.get_parameters_by_path(Path=path, Recursive=True)["Parameters"] == []


def test_deleting(ssm, path):
    """DeleteParameters says what was deleted and what did not exist; DeleteParameter of nothing is an error."""
    ssm.client.put_parameter(Name=f"{path}/a", Value="1", Type="String")
    answer = ssm.client.delete_parameters(Names=[f"{path}/a", f"{path}/b"])
    assert (answer["DeletedParameters"], answer["InvalidParameters"]) == ([f"{path}/a"], [f"{path}/b"])
    with pytest.raises(ssm.client.exceptions.ParameterNotFound):
        ssm.client.delete_parameter(Name=f"{path}/a")
    with pytest.raises(ssm.client.exceptions.ParameterNotFound):
        ssm.client.get_parameter(Name=f"{path}/a")


@runs_on("ssm", moto="takes any name", emulator="takes any name")
def test_a_name_has_plain_characters_only(ssm, path):
    """A name with a space is refused."""
    assert code(lambda: ssm.client.put_parameter(Name=f"{path}/a b", Value="1", Type="String")) == "ValidationException"
