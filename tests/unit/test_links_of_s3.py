"""Links to large files, as S3 takes them."""

import boto3
import pytest

from bridge.aws.bucket import LINK_LASTS, Bucket
from bridge.planfix_edge import FILES


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("us-east-1", "https://files.s3.amazonaws.com/"),
        ("eu-west-1", "https://files.s3.eu-west-1.amazonaws.com/"),
        ("eu-central-1", "https://files.s3.eu-central-1.amazonaws.com/"),
    ],
)
def test_a_link_is_signed_as_s3_wants_it_for_encrypted_objects(region: str, host: str) -> None:
    """Signature version 4 in every region (any other is refused for KMS), at the bucket's own region."""
    client = boto3.client("s3", region_name=region, aws_access_key_id="a", aws_secret_access_key="b", config=FILES)
    link = Bucket(lambda: client, "files").link("files/1")
    assert link.startswith(f"{host}files/1?X-Amz-Algorithm=AWS4-HMAC-SHA256&")
    assert f"X-Amz-Expires={LINK_LASTS}" in link
