"""Rows over PostgreSQL: handle() in process beside prepared statements of libpq, over a cluster of its own that waits for its disk."""
import cluster
import in_process
import seed
import servers
from context import tell
from figures import Bar, at_most

CONNECTIONS = (1, 4)


class Filled(cluster.Cluster):
    """With what seed.py makes."""

    def __init__(self, context):
        super().__init__(["shared_buffers = 1GB", "max_connections = 60", "max_wal_size = 8GB"])
        try:
            file = context.work / "postgresql.jsonl"
            seed.write(file, context.users)
            took = servers.import_file(context.program("scimkit-server"), f"postgresql:{self.conninfo}", file)
            tell(f"PostgreSQL: {context.users:,} users imported in {took:.1f} s")
            self.cluster.query("vacuum analyze")
        except BaseException:
            self.stop()
            raise


def pairs(context, title, what, mine, baseline, other, bar):
    filled = context.once("postgresql", lambda: Filled(context))
    return in_process.times(
        context, title, [(f"{what}, {context.users:,} users, connections: {many}", f"{mine}/real_time/threads:{many}", baseline,
                          f"{other}/real_time/threads:{many}") for many in CONNECTIONS],
        bar, program="scimkit_bench_postgresql", environment={"SCIMKIT_BENCH_POSTGRESQL": filled.conninfo}), []


def get(context):
    return pairs(context, "PostgreSQL: GET by id", "handle()", "postgresql_get", "prepared SELECT of the row", "postgresql_raw_get",
                 at_most(1.5))


def member(context):
    title, mine = "PostgreSQL: PATCH of one member", ("handle()", "postgresql_patch_member")
    update, _ = pairs(context, title, *mine, "prepared UPDATE of the group's row", "postgresql_raw_update", at_most(2))
    # What a member cannot do without: the first line's baseline writes no element.
    both, _ = pairs(context, title, *mine, "pipelined transaction of that UPDATE and the element's row", "postgresql_raw_member", Bar())
    return update + both, []


def filtered(context):
    return pairs(context, "PostgreSQL: filter by userName", "handle()", "postgresql_filter", "prepared SELECT through the same index",
                 "postgresql_raw_filter", at_most(1.3))
