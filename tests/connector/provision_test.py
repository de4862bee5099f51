"""The example of docs/client.md, compiled, against the sample server."""
import os
import subprocess
import unittest

from support import *


class Provision(ConnectorTest):
    def provision(self, url, name, token=TOKEN):
        return subprocess.run([os.environ["SCIMKIT_PROVISION"], url, name], env={**os.environ, "SCIM_TOKEN": token},
                              capture_output=True, text=True, timeout=60)

    def test_a_user_is_created_once(self):
        server = self.serve()
        first, second = self.provision(server.url, 'o"hara'), self.provision(server.url, 'o"hara')
        self.assertTrue(first.stdout.startswith("created: "), first.stderr)
        self.assertEqual(second.stdout.replace("is there", "created"), first.stdout)
        refused = self.provision(server.url, "ada", "a-token-that-is-wrong")
        self.assertEqual(refused.returncode, 1)
        self.assertTrue(refused.stderr.startswith("HTTP 401"), refused.stderr)


if __name__ == "__main__":
    unittest.main()
