"""The Terraform for Entra ID: an application that sign-in, step-up and both sign-outs work with."""

import re

import pytest


def assignments(text: str) -> dict[str, list[str]]:
    """What each argument of a Terraform file is set to, wherever it is."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r"^ *(\w+) *= (.*)$", text, re.MULTILINE):
        found.setdefault(name, []).append(value)
    return found


def faults_of_application(text: str) -> set[str]:
    """What is wrong with the application."""
    said = assignments(text)
    claims = set(re.findall(r'id_token \{\n *name = "(\w+)"', text))
    found = {
        "one directory": said["sign_in_audience"] == ['"AzureADMyOrg"'],
        "assigned people": said["app_role_assignment_required"] == ["true"],
        "addresses": said["redirect_uris"]
        == ['["${var.public_url}/auth/callback", "${var.public_url}/"]'],
        "front channel": said["logout_url"] == ['"${var.public_url}/auth/frontchannel"']
        and "sid" in claims,
        "account to sign out": "login_hint" in claims,
        "second factor": {"acrs", "auth_time"} <= claims,
        "code only": said["access_token_issuance_enabled"] == ["false"]
        and said["id_token_issuance_enabled"] == ["false"],
        "tokens": said["requested_access_token_version"] == ["2"],
    }
    return {name for name, holds in found.items() if not holds}


@pytest.fixture
def application(root) -> str:
    return (root / "infra/identity/entra/main.tf").read_text()


# covers R-0401, R-0402
def test_application_is_what_sign_in_needs(application):
    assert faults_of_application(application) == set()


FAULTS = {
    "one directory": ("AzureADMyOrg", "AzureADMultipleOrgs"),
    "assigned people": (
        "app_role_assignment_required = true",
        "app_role_assignment_required = false",
    ),
    "addresses": ("/auth/callback", "/auth/callback*"),
    "front channel": ('name = "sid"', 'name = "ctry"'),
    "account to sign out": ('name = "login_hint"', 'name = "upn"'),
    "second factor": ('name = "auth_time"', 'name = "ctry"'),
    "code only": ("id_token_issuance_enabled     = false", "id_token_issuance_enabled     = true"),
    "tokens": ("requested_access_token_version = 2", "requested_access_token_version = 1"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_application_gate_sees_a_planted_fault(application, fault):
    right, wrong = FAULTS[fault]
    assert right in application
    assert faults_of_application(application.replace(right, wrong)) == {fault}
