#!/usr/bin/env python3
"""What somebody without credentials, or with bad ones, gets at every door of a server that has all of them.

    doors_test.py PATH_OF_SCIMKIT_SERVER [FEATURE ...]
"""
import base64
import json
import sys
import time
import unittest

import running
from running import PATCH, TOKEN, USER

SERVER, FEATURES = sys.argv[1], set(sys.argv[2:])
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
CLIENT = "urn:scimkit:params:scim:schemas:admin:1.0:Client"
OF_A_TENANT = ("", "/Users", "/Users/1", "/Users/.search", "/Users/.delta", "/Users/.deltaToken", "/Groups", "/Groups/1", "/GroupMemberships",
               "/GroupMemberships/1", "/Bulk", "/Me", "/.search", "/.delta", "/Async/1", "/Schemas", "/ResourceTypes", "/nothing")
OF_ALL = ("/", "/metrics", "/events", "/events/", "/oauth", "/oauth/tokens", "/.well-known/openid-configuration", "/.well-known/scim",
          "/scim/v2/%2e%2e/metrics", "/nobodys/scim/v2/Users", "/nobodys/scim/v2/ServiceProviderConfig")
OF_THE_ADMINISTRATION = ("/Tenants", "/Tenants/1", "/Tokens", "/Tokens/1", "/Clients", "/DeletionHolds", "/RequestRecords", "/AuditRecords", "/Bulk",
                         "/.search", "/Tokens/.search", "/Me", "/Schemas", "/ResourceTypes", "/ServiceProviderConfig", "/.remove-tenant",
                         "/.convert-tenant", "/nothing")


class Doors(unittest.TestCase):
    def setUp(self):
        server = self.server = running.Running(SERVER, "--delta-query", "--respond-async", "--dry-run-header", features=FEATURES)
        self.addCleanup(server.directory.cleanup)
        self.addCleanup(server.stop)
        server.arguments += ["--cursor-key-file", str(server.secret_file("cursor-key", "5a" * 32 + "\n"))]
        if "oauth" in FEATURES:
            key = server.run("--new-signing-key")
            public = json.loads(key)
            public.pop("d")
            server.arguments += ["--event-key-file", str(server.secret_file("event-key", key)), "--token-endpoint", "--oauth-issuer",
                                 "https://login.example.com/", "--oauth-jwks", str(server.secret_file("jwks", json.dumps({"keys": [public]}))),
                                 "--oauth-tenant-claim", "tenant"]
        server.start()
        self.key = server.tenant("acme")

    def open_among(self, targets, port, realm, body=None):
        found = set()
        for target in targets:
            for method in METHODS:
                answer = self.server.send(method, target, body if method in ("POST", "PUT", "PATCH") else None, port=port)
                if answer.status != 401:
                    found.add(target)
                else:
                    self.assertIn(f'realm="{realm}"', answer.headers["WWW-Authenticate"], (method, target))
        return found

    def test_check_1_no_door_but_the_public_ones_is_open_to_somebody_without_credentials(self):
        public = {"/healthz", "/readyz", "/scim/v2/ServiceProviderConfig", "/acme/scim/v2/ServiceProviderConfig"}
        if "oauth" in FEATURES:
            public |= {"/oauth/token", "/events/jwks.json", "/.well-known/oauth-authorization-server",
                       "/.well-known/oauth-protected-resource/scim/v2", "/.well-known/oauth-protected-resource/acme/scim/v2"}
        walked = public | set(OF_ALL) | {root + path for root in ("/scim/v2", "/acme/scim/v2") for path in OF_A_TENANT}
        self.assertEqual(self.open_among(sorted(walked), self.server.port, "scim"), public)

    def test_check_1_what_ends_a_tenant_is_done_for_nobody_without_credentials(self):
        walked = {"/admin/scim/v2" + path for path in OF_THE_ADMINISTRATION} | {"/admin/hand-over"}
        confirmed = {"tenant": "acme", "confirm": "acme"}
        self.assertEqual(self.open_among(sorted(walked), self.server.admin_port, "scim-admin", confirmed), set())
        self.assertEqual(self.server.send("GET", "/acme/scim/v2/Users", key=self.key).status, 200)
        for target in ("/admin/scim/v2/.remove-tenant", "/admin/scim/v2/Tenants", "/admin/hand-over"):  # nor for a client of a tenant
            self.assertEqual(self.server.send("POST", target, confirmed, self.key, self.server.admin_port).status, 401, target)

    def bad_keys(self):
        """By what is wrong with them."""
        server, new = self.server, lambda: self.server.run("--new-token").strip()
        token = lambda name, **more: {"schemas": [TOKEN], "name": name, "tenant": "acme", "scopes": ["scim"], "key": keys[name], **more}
        keys = {"unknown": new(), "revoked": new(), "expired": new(), "mistyped": self.key[:-1] + ("a" if self.key[-1] != "a" else "b"),
                "short": "x", "of a form that is none": "%E4", "long": "k" * 3_000}
        made = server.administer("POST", "/Tokens", token("revoked"))
        self.assertEqual(made.status, 201, made.text)
        self.assertEqual(server.send("GET", "/acme/scim/v2/Users", key=keys["revoked"]).status, 200)
        soon = int(time.time()) + 3
        made_too = server.administer("POST", "/Tokens", token("expired", expires=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(soon))))
        self.assertEqual(made_too.status, 201, made_too.text)
        gone = {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "revoked", "value": True}]}
        self.assertEqual(server.administer("PATCH", "/Tokens/" + made.json()["id"], gone).status, 200)
        part = lambda claims: base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
        claims = part({"iss": "https://login.example.com/", "sub": "okta", "tenant": "acme", "exp": int(time.time()) + 600})
        for name, header in (("jwt", {"alg": "RS256"}), ("jwt of a curve", {"alg": "ES256"}), ("jwt of none", {"alg": "none"})):
            keys[name] = part(header) + "." + claims + "." + ("" if header["alg"] == "none" else part({"signature": "x" * 190}))
        keys["dots"] = ".."
        if "oauth" in FEATURES:
            secret = new()
            client = server.administer("POST", "/Clients", {"schemas": [CLIENT], "name": "okta", "tenant": "acme", "scopes": ["scim"], "secret": secret})
            self.assertEqual(client.status, 201, client.text)
            issued = server.send("POST", "/oauth/token", f"grant_type=client_credentials&client_id=okta&client_secret={secret}",
                                 content_type="application/x-www-form-urlencoded")
            keys["issued"] = issued.json()["access_token"]
            self.assertEqual(server.send("GET", "/acme/scim/v2/Users", key=keys["issued"]).status, 200)
            self.assertEqual(server.administer("PATCH", "/Clients/" + client.json()["id"], gone).status, 200)
        time.sleep(max(0, soon - time.time()) + 0.2)
        return keys

    def test_check_2_over_http_a_401_is_the_same_whatever_is_wrong_with_a_key(self):
        def whole(answer):
            # Whether the connection goes on depends on whether the body had come before the answer went.
            varying = ("date", "x-request-id", "traceparent", "connection")
            return answer.status, sorted((k.lower(), v) for k, v in answer.headers.items() if k.lower() not in varying), answer.text

        keys = self.bad_keys()
        for method, target, body in (("GET", "/acme/scim/v2/Users", None), ("POST", "/acme/scim/v2/Users", {"schemas": [USER], "userName": "ada"}),
                                     ("GET", "/acme/scim/v2/ServiceProviderConfig", None), ("DELETE", "/acme/scim/v2/Users/1", None),
                                     ("GET", "/nobodys/scim/v2/Users", None), ("GET", "/metrics", None), ("POST", "/events", {})):
            expected = whole(self.server.send(method, target, body, keys["unknown"]))
            self.assertEqual(expected[0], 401)
            for why, key in keys.items():
                self.assertEqual(whole(self.server.send(method, target, body, key)), expected, (why, method, target))

    def test_check_10_over_http_what_one_tenant_has_is_unknown_to_another(self):
        server, key, other = self.server, self.key, self.server.tenant("globex")
        at, there = "/acme/scim/v2", "/globex/scim/v2"
        ids = [server.send("POST", at + "/Users", {"schemas": [USER], "userName": name}, key).json()["id"] for name in ("ada", "ben")]
        group = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "team", "members": [{"value": ids[0]}]}
        team = server.send("POST", at + "/Groups", group, key).json()["id"]
        later = server.send("POST", at + "/Users", {"schemas": [USER], "userName": "cleo"}, key, headers={"Prefer": "respond-async"})
        self.assertEqual(later.status, 202, later.text)
        result = "/Async/" + later.headers["Location"].rpartition("/")[2]
        for _ in range(200):
            if server.send("GET", at + result, key=key).status != 202:
                break
            time.sleep(0.05)
        self.assertEqual(server.send("GET", at + result, key=key).status, 200)

        put = {"schemas": [USER], "userName": "eve"}
        patch = {"schemas": [PATCH], "Operations": [{"op": "add", "path": "externalId", "value": "x"}]}
        seen = server.send("GET", f"{at}/Users/{ids[0]}", key=key)
        for path, kind in ((f"/Users/{ids[0]}", ids[0]), (f"/Groups/{team}", team), (result, result.rpartition("/")[2])):
            nobody = kind[:-1] + ("a" if kind[-1] != "a" else "b")
            for method, body in (("GET", None), ("DELETE", None), ("PATCH", patch), ("PUT", put)):
                for headers in ({}, {"If-Match": seen.headers["ETag"]}, {"If-None-Match": seen.headers["ETag"]}):
                    of_another = server.send(method, there + path, body, other, headers=headers)
                    of_nobody = server.send(method, there + path.replace(kind, nobody), body, other, headers=headers)
                    self.assertIn(of_another.status, (404, 405, 412), (method, path))
                    self.assertEqual((of_another.status, of_another.text.replace(kind, nobody)), (of_nobody.status, of_nobody.text), (method, path))
        self.assertEqual(server.send("GET", there + "/Users", key=other).json()["totalResults"], 0)

        cursor = server.send("GET", at + "/Users?count=1&cursor=", key=key).json()["nextCursor"]
        self.assertEqual(server.send("GET", f"{at}/Users?count=1&cursor={cursor}", key=key).status, 200)
        self.assertEqual(server.send("GET", f"{there}/Users?count=1&cursor={cursor}", key=other).status, 400)
        asks = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:delta:request"]}
        token = server.send("GET", at + "/Users/.deltaToken", key=key).json()["value"]
        self.assertEqual(server.send("POST", at + "/Users/.delta", {**asks, "deltaToken": token}, key).status, 200)
        self.assertEqual(server.send("POST", there + "/Users/.delta", {**asks, "deltaToken": token}, other).status, 400)
        self.assertEqual(server.send("GET", f"{at}/Users/{ids[0]}", key=key).text, seen.text)

        if "oauth" in FEATURES:
            poll = lambda receiver, **more: server.send("POST", "/events", {"returnImmediately": True, **more}, receiver).json()["sets"]
            receiver, of_globex = server.tenant("acme", ["events"]), server.tenant("globex", ["events"])
            told = poll(receiver)
            self.assertGreaterEqual(len(told), 3)
            self.assertEqual(poll(of_globex), {})
            self.assertEqual(poll(of_globex, ack=list(told)), {})
            self.assertEqual(set(poll(receiver)), set(told))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
