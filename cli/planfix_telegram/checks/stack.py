"""The stack: deployed whole, of this command's version, and as the template made it."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Final

from planfix_telegram.checks.case import Site
from planfix_telegram.checks.finding import Finding, note, ok, wrong
from planfix_telegram.deployment import VERSION
from planfix_telegram.screen import shown_time

WELL: Final = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"}
BUSY: Final = {
    "CREATE_IN_PROGRESS",
    "UPDATE_IN_PROGRESS",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
    "UPDATE_ROLLBACK_IN_PROGRESS",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
}
"""Statuses of a stack (AWS CloudFormation guide, "Stack status codes"); any other one is of an attempt that failed."""

CLOCK_MAY_DIFFER: Final = 60.0
"""Seconds. AWS refuses a signature that is five minutes off (IAM guide); a minute off, times shown here already mislead."""

DRIFT_LOOKS: Final = 45
DRIFT_EVERY: Final = 2.0
"""Looks, and seconds between them: AWS reads each resource in turn, half a minute or so for forty of them."""


def look(site: Site) -> Iterator[Finding]:
    """That it is there, whole and of our version."""
    described = site.deployment.described
    status = str(described["StackStatus"])
    since = described.get("LastUpdatedTime") or described.get("CreationTime")
    when = shown_time(since.timestamp()) if since else "?"
    about = {"stack": site.deployment.stack, "region": site.deployment.region, "status": status, "when": when}
    if status in WELL:
        yield ok("stack_there", **about)
    elif status in BUSY:
        yield note("stack_busy", **about)
    else:
        yield wrong("stack_failed", "do_deploy_again", **about)
    version, ours = site.deployment.find_output(VERSION), site.outside.version()
    if not version:
        yield wrong("stack_old", "do_deploy_again", ours=ours or "?")
    elif ours and version != ours:
        yield wrong("stack_version_differs", "do_deploy_or_install", deployed=version, ours=ours)
    else:
        yield ok("stack_version", deployed=version)


def look_at_clock(site: Site) -> Iterator[Finding]:
    """That this computer's clock is about right: AWS's own says."""
    now = site.outside.unix_time()
    try:
        theirs = parsedate_to_datetime(site.deployment.described["date"]).timestamp()
    except ValueError:
        return  # an emulator without a clock
    off = round(now - theirs)
    if abs(off) > CLOCK_MAY_DIFFER:
        yield wrong("clock_wrong", "do_set_clock", seconds=f"{off:+}")
    else:
        yield ok("clock_right")


def look_for_drift(site: Site) -> Iterator[Finding]:
    """That nobody has changed by hand what the template made."""
    client = site.deployment.client("cloudformation")
    begun = client.detect_stack_drift(StackName=site.deployment.stack)["StackDriftDetectionId"]
    for _ in range(DRIFT_LOOKS):
        found = client.describe_stack_drift_detection_status(StackDriftDetectionId=begun)
        if found["DetectionStatus"] != "DETECTION_IN_PROGRESS":
            break
        site.outside.sleep(DRIFT_EVERY)
    if found["DetectionStatus"] != "DETECTION_COMPLETE":
        yield note("drift_not_read", detail=found.get("DetectionStatusReason") or found["DetectionStatus"])
    elif found.get("StackDriftStatus") != "DRIFTED":
        yield ok("no_drift")
    else:
        drifted = client.describe_stack_resource_drifts(
            StackName=site.deployment.stack, StackResourceDriftStatusFilters=["MODIFIED", "DELETED"]
        )["StackResourceDrifts"]
        names = ", ".join(f"{one['LogicalResourceId']} ({one['StackResourceDriftStatus'].lower()})" for one in drifted)
        yield wrong("drifted", "do_deploy_again", names=names)
