#!/usr/bin/env python3
"""Who polls for security event tokens gets those of a tenant that is served, and no others.

    events_test.py PATH_OF_SCIMKIT_SERVER [FEATURE ...]
"""
import json
import sys
import unittest

import running
from running import PATCH, USER, quote

SERVER, FEATURES = sys.argv[1], set(sys.argv[2:])


@unittest.skipUnless("oauth" in FEATURES, "a server without libcjose signs no events")
class Polled(unittest.TestCase):
    def setUp(self):
        self.server = running.Running(SERVER, "--events", "full", "--request-log-redact", "name.familyName", features=FEATURES)
        key = self.server.secret_file("event-key", self.server.run("--new-signing-key"))
        self.server.arguments += ["--event-key-file", str(key)]
        self.server.start()
        self.addCleanup(self.server.directory.cleanup)
        self.addCleanup(self.server.stop)

    def poll(self, key):
        return self.server.send("POST", "/events", {}, key, content_type="application/json")

    def test_a_tenant_that_is_switched_off_or_gone_tells_no_receiver_anything(self):
        server = self.server
        key, receiver, other = server.tenant("acme"), server.tenant("acme", ["events"]), server.tenant("globex", ["events"])
        self.assertEqual(server.send("POST", "/acme/scim/v2/Users", {"schemas": [USER], "userName": "ada"}, key).status, 201)
        self.assertEqual(len(self.poll(receiver).json()["sets"]), 1)
        tenant = "/Tenants/" + server.administer("GET", "/Tenants?filter=" + quote('name eq "acme"')).json()["Resources"][0]["id"]

        def switch(on):
            self.assertEqual(server.administer("PATCH", tenant, {"schemas": [PATCH], "Operations": [
                {"op": "replace", "path": "enabled", "value": on}]}).status, 200)

        switch(False)
        refused = self.poll(receiver)
        self.assertEqual(refused.status, 403, refused.text)
        self.assertNotIn("sets", refused.text)
        self.assertEqual(self.poll(other).json()["sets"], {})
        switch(True)
        self.assertEqual(len(self.poll(receiver).json()["sets"]), 1)
        self.assertEqual(server.administer("DELETE", tenant).status, 204)
        refused = self.poll(receiver)
        self.assertEqual(refused.status, 404, refused.text)
        self.assertNotIn("sets", refused.text)

    def test_what_is_not_kept_of_requests_is_not_kept_of_events_either(self):
        server, hidden = self.server, "Hiddenfamilyname7261"
        key, receiver = server.tenant("acme"), server.tenant("acme", ["events"])
        made = server.send("POST", "/acme/scim/v2/Users", {"schemas": [USER], "userName": "ada", "name": {"familyName": hidden}}, key)
        self.assertEqual(made.status, 201)
        told = self.poll(receiver).json()["sets"]
        self.assertTrue(any(form in token for token in told.values() for form in running.spellings(hidden)), "the test tests nothing")
        acknowledged = server.send("POST", "/events", {"ack": list(told), "returnImmediately": True}, receiver, content_type="application/json")
        self.assertEqual(acknowledged.status, 200)
        kept = json.dumps(server.records('path eq "/events"', 2))
        self.assertNotIn("requestBody", kept)
        self.assertNotIn("responseBody", kept)
        kept += json.dumps(server.records('path sw "/acme"'))
        for form in running.spellings(hidden):
            self.assertNotIn(form, kept)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
