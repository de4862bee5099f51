"""A PostgreSQL cluster of a run, in a temporary directory. It waits for its disk."""
import os
import shutil
import sys
import tempfile

from figures import NotMeasured

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "backends", "postgresql", "tests"))
import failover_drill  # noqa: E402


class Cluster:
    def __init__(self, settings):
        try:
            binaries = failover_drill.binaries()
        except SystemExit:
            raise NotMeasured("PostgreSQL is not installed (scripts/install-packages test)") from None
        user = failover_drill.unprivileged_user()
        self.base = tempfile.mkdtemp(prefix="scimkit-bench-")
        if user:
            os.chown(self.base, user.pw_uid, user.pw_gid)
        self.cluster = failover_drill.Cluster(binaries, self.base, "data", user)
        try:
            self.cluster.run("initdb", "-D", self.cluster.directory, "-U", "drill", "-A", "trust", "-E", "UTF8", "--locale=C")
            self.cluster.configure(settings)
            self.cluster.start()
        except BaseException:
            self.stop()
            raise
        self.conninfo = f"host=127.0.0.1 port={self.cluster.port} user=drill dbname=postgres"
        self.url = f"postgresql://drill@127.0.0.1:{self.cluster.port}/postgres"

    def stop(self):
        self.cluster.kill()
        shutil.rmtree(self.base, ignore_errors=True)
