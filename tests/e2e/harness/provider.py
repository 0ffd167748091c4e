"""An OpenID provider on this machine: authorization code, PKCE and signed tokens, for two users.

OpenID Connect Core 1.0, section 3.1, as far as a client like Authlib asks for it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

CLIENT, SECRET = "eme", "only-for-tests"


class Provider:
    """Signs in whoever is clicked on.

    Args:
        users: what is claimed of each, by subject.
    """

    def __init__(self, users: Mapping[str, Mapping[str, Any]]) -> None:
        from joserfc.jwk import RSAKey

        self.users, self.codes = users, dict[str, dict[str, str]]()
        self.key = RSAKey.generate_key(2048, {"kid": "only", "use": "sig", "alg": "RS256"})
        self.url = ""

    def metadata(self) -> dict[str, Any]:
        """OpenID Connect Discovery 1.0, section 3."""
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def ask(self, query: Mapping[str, str]) -> str:
        """A page with a link for each user, which leads back with a code."""
        assert query["client_id"] == CLIENT and query["response_type"] == "code"
        links = []
        for subject in self.users:
            code = secrets.token_urlsafe()
            self.codes[code] = {**query, "subject": subject}
            back = urlencode({"code": code, "state": query["state"]})
            links.append(f'<a id="{subject}" href="{query["redirect_uri"]}?{back}">{subject}</a>')
        return "<h1>Who are you?</h1>" + " ".join(links)

    def token(self, form: Mapping[str, str], authorization: str) -> dict[str, Any]:
        """A signed token for a code, once, and only for who has asked for it."""
        from joserfc import jwt

        asked = self.codes.pop(form["code"])
        name, _, password = base64.b64decode(authorization.split()[-1]).decode().partition(":")
        assert (name, password) == (CLIENT, SECRET)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        assert challenge == asked["code_challenge"]
        assert form["redirect_uri"] == asked["redirect_uri"]
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "sub": asked["subject"], "iat": now}
        claims |= {"exp": now + 600, "nonce": asked["nonce"], **self.users[asked["subject"]]}
        signed = jwt.encode({"alg": "RS256", "kid": "only"}, claims, self.key)
        return {"access_token": "none", "token_type": "Bearer", "id_token": signed}


@contextmanager
def providing(users: Mapping[str, Mapping[str, Any]]) -> Iterator[Provider]:
    """Run a provider on a free port of this machine."""
    provider = Provider(users)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(found.query).items()}
            if found.path == "/.well-known/openid-configuration":
                self._send(provider.metadata())
            elif found.path == "/jwks":
                self._send({"keys": [provider.key.as_dict(private=False)]})
            elif found.path == "/authorize":
                self._send(provider.ask(query))
            else:
                self.send_error(404)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._send(provider.token(form, self.headers.get("Authorization", "")))

        def _send(self, content: object) -> None:
            page = isinstance(content, str)
            body = (content if isinstance(content, str) else json.dumps(content)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html" if page else "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()


def write_secrets(path: Path, provider: Provider, app: str) -> None:
    """What the app must know of the provider, as ``secrets.toml`` says it."""
    lines = {
        "redirect_uri": f"{app}/oauth2callback",
        "cookie_secret": secrets.token_hex(),
        "client_id": CLIENT,
        "client_secret": SECRET,
        "server_metadata_url": f"{provider.url}/.well-known/openid-configuration",
    }
    text = "\n".join(f'{name} = "{value}"' for name, value in lines.items())
    path.write_text(f"[auth]\n{text}\n")
