"""The bot's own tokens come from Entra ID through real MSAL, for a secret and for a certificate, off the event loop."""

import datetime
import json
import threading
from typing import Any

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from msal import ConfidentialClientApplication

from adapters.teams.config import TeamsSettings
from adapters.teams.sdk import ConnectorUnreachable, EntraTokens, NoTokens, bearer_tokens
from tests.standins.teams.connector import APP_ID, TENANT
from tests.standins.teams.services import START, Clock

LOGIN = f"https://login.microsoftonline.com/{TENANT}"


class Entra:
    """Entra ID as MSAL reaches it: metadata and token endpoint, one secret, strict about it."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.threads: set[str] = set()

    def get(self, url: str, **rest: Any) -> Any:
        """Metadata."""
        endpoints = {
            "token_endpoint": f"{LOGIN}/oauth2/v2.0/token",
            "authorization_endpoint": f"{LOGIN}/a",
            "issuer": f"{LOGIN}/v2.0",
        }
        return _Reply(200, endpoints)

    def post(self, url: str, data: dict[str, str], **rest: Any) -> Any:
        """A token for the right secret or any assertion; a refusal else."""
        self.asked.append(data)
        self.threads.add(threading.current_thread().name)
        if data.get("client_secret", "right") != "right":
            return _Reply(401, {"error": "invalid_client", "error_description": f"AADSTS7000215: wrong for {APP_ID}"})
        return _Reply(200, {"access_token": f"token-{len(self.asked)}", "expires_in": 3600, "token_type": "Bearer"})

    def close(self) -> None:
        """Nothing is open."""


class _Reply:
    def __init__(self, status: int, body: dict[str, Any]) -> None:
        self.status_code, self.text = status, json.dumps(body)
        self.headers: dict[str, str] = {}

    def raise_for_status(self) -> None:
        assert self.status_code == 200


def tokens(entra: Entra, clock: Clock, **settings: Any) -> EntraTokens:
    """The product's tokens, talking to that Entra instead of the real one."""
    given = TeamsSettings(**{"app_id": APP_ID, "tenant_id": TENANT, **settings})
    made = bearer_tokens(given, clock)
    assert isinstance(made, EntraTokens)
    credentials = made._credentials
    secret: Any = given.app_secret.get_secret_value()
    if given.certificate.get_secret_value():
        secret = {"thumbprint": credentials.certificate_thumbprint, "private_key": credentials.certificate_private_key}
    credentials.app = ConfidentialClientApplication(
        APP_ID,
        client_credential=secret,
        authority=credentials.oauth_endpoint,
        http_client=entra,
        instance_discovery=False,
    )
    return made


async def test_a_secret_buys_a_token_that_is_kept() -> None:
    entra, clock = Entra(), Clock()
    ours = tokens(entra, clock, app_secret="right")
    assert await ours.token() == await ours.token() == "token-1"
    assert entra.asked[0]["scope"].split()[0] == "https://api.botframework.com/.default"
    assert threading.main_thread().name not in entra.threads


async def test_a_government_cloud_is_asked_for_its_own_tokens() -> None:
    """Microsoft's constants for US government clouds: another login, another scope."""
    entra = Entra()
    ours = tokens(
        entra,
        Clock(),
        app_secret="right",
        login_url="https://login.microsoftonline.us",
        token_scope="https://api.botframework.us",
    )
    assert ours._credentials.oauth_endpoint == f"https://login.microsoftonline.us/{TENANT}"
    await ours.token()
    assert entra.asked[0]["scope"].split()[0] == "https://api.botframework.us/.default"


async def test_a_wrong_secret_is_named_by_its_code_and_nothing_else() -> None:
    ours = tokens(Entra(), Clock(), app_secret="wrong")
    with pytest.raises(ConnectorUnreachable, match="invalid_client") as wrong:
        await ours.token()
    assert APP_ID not in str(wrong.value)


async def test_a_certificate_signs_the_request() -> None:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "bot")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(START)
        .not_valid_after(START + datetime.timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    both = pem + certificate.public_bytes(serialization.Encoding.PEM)
    entra = Entra()
    await tokens(entra, Clock(), certificate=both.decode().strip()).token()
    claims = jwt.decode(
        entra.asked[0]["client_assertion"],
        key.public_key(),
        algorithms=["RS256", "PS256"],
        options={"verify_aud": False},
    )
    assert claims["iss"] == APP_ID


async def test_the_playground_needs_no_token() -> None:
    assert await NoTokens().token() == ""
