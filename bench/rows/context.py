"""What the rows of a run share: sizes, programs, and servers that are filled once."""
import pathlib
import shutil
import sys

import cluster
import seed
import servers
from figures import NotMeasured


class Context:
    def __init__(self, options, build, work):
        self.build, self.work = build, work
        self.seconds, self.rounds, self.users = options.seconds, options.rounds, options.users
        self.minutes, self.tenants, self.only, self.quick = options.minutes, options.tenants, options.peer, options.quick
        self.small = min(10_000, options.users)  # where peers take part
        self.shared = {}
        self.work.mkdir(parents=True, exist_ok=True)

    def program(self, name):
        for folder in ("bin", "bench"):
            if (self.build / folder / name).exists():
                return self.build / folder / name
        raise NotMeasured(f"{name} is not built in {self.build}")

    def once(self, name, make):
        if name not in self.shared:
            self.shared[name] = make()
        return self.shared[name]

    def folder(self, name):
        made = self.work / name
        made.mkdir(exist_ok=True)
        return made

    def scimkit(self):
        """On LMDB, with as many users as peers have."""
        return self.once("scimkit", lambda: servers.filled_scimkit(self.program("scimkit-server"), self.folder("small"), self.small))

    def peers(self):
        return self.once("peers", lambda: servers.start_peers(self.work, self.small, self.wanted(servers.other_servers.RECIPES)))

    def durable_peers(self):
        return self.once("durable peers", lambda: servers.start_peers(
            self.work, self.small, self.wanted(servers.other_servers.DURABLE), seed.core_user, self.places))

    def places(self, name):
        """Of a durable peer: an empty folder for its file, or a database."""
        if "{database}" in servers.other_servers.DURABLE[name].start:
            return {"database": self.once("cluster of peers", lambda: cluster.Cluster(["max_connections = 100"])).url}
        folder = self.work / name.replace(" ", "-")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return {"file": folder / "database"}

    def wanted(self, names):
        return [name for name in names if not self.only or name in self.only]

    def close(self):
        for each in reversed(self.shared.values()):  # a cluster after those that use it
            for server in each if isinstance(each, list) else [each]:
                server.stop()


def tell(text):
    print(text, file=sys.stderr, flush=True)


def root():
    return pathlib.Path(__file__).resolve().parents[2]
