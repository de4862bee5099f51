// The contract's functions over a session.
#include "transactions.hpp"

#include "query.hpp"
#include "reads.hpp"
#include "writes.hpp"

namespace scimkit::postgresql
{
namespace
{

/// A part of the transaction that is undone unless it is kept. Its statements are queued like all others, so it costs
/// no round trip of its own.
class Savepoint
{
public:
    explicit Savepoint(Session& session)
        : session_(session)
        , name_("part_" + std::to_string(session.savepoints()++))
        , edits_(session.edits().mark())
    {
    }
    Savepoint(Savepoint const&) = delete;
    Savepoint& operator=(Savepoint const&) = delete;
    ~Savepoint()
    {
        if (begun_)
            (void)end(); // whoever goes on, or commits, is told: the session remembers its failure
        if (--session_.savepoints() == 0)
            session_.edits().release();
    }

    result<void> begin()
    {
        auto queued = session_.queue("savepoint " + name_, {});
        begun_ = queued.has_value();
        return queued;
    }

    result<void> keep()
    {
        begun_ = false;
        return session_.queue("release savepoint " + name_, {});
    }

private:
    result<void> end()
    {
        session_.forget_record();
        session_.edits().undo(edits_);
        if (auto undone = session_.queue("rollback to savepoint " + name_, {}); !undone)
            return undone;
        return session_.queue("release savepoint " + name_, {});
    }

    Session& session_;
    std::string name_; // by depth: few names, and so few prepared statements
    std::size_t edits_;
    bool begun_ = false;
};

} // namespace

result<std::optional<Resource>> PgReadTransaction::get(ResourceType const& type, std::string_view id,
                                                       Wanted const& wanted)
{
    return get_resource(*session_, type, id, wanted);
}

result<void> PgReadTransaction::get_many(ResourceType const& type, std::span<std::string_view const> ids,
                                         Wanted const& wanted, function_ref<bool(std::size_t, Resource&&)> sink)
{
    return get_resources(*session_, type, ids, wanted, sink);
}

QueryCapability PgReadTransaction::capability(Query const& query) const
{
    return capability_of(session_->catalog(), query);
}

result<QuerySummary> PgReadTransaction::query(Query const& query, function_ref<bool(Resource&&)> sink)
{
    return run_query_in(*session_, query, sink);
}

result<std::optional<Resource>> PgWriteTransaction::get(ResourceType const& type, std::string_view id,
                                                        Wanted const& wanted)
{
    return get_resource(*session_, type, id, wanted);
}

result<void> PgWriteTransaction::get_many(ResourceType const& type, std::span<std::string_view const> ids,
                                          Wanted const& wanted, function_ref<bool(std::size_t, Resource&&)> sink)
{
    return get_resources(*session_, type, ids, wanted, sink);
}

QueryCapability PgWriteTransaction::capability(Query const& query) const
{
    return capability_of(session_->catalog(), query);
}

result<QuerySummary> PgWriteTransaction::query(Query const& query, function_ref<bool(Resource&&)> sink)
{
    return run_query_in(*session_, query, sink);
}

result<Version> PgWriteTransaction::insert(Resource& resource, Facts const& facts)
{
    return insert_resource(*session_, resource, facts);
}

result<Version> PgWriteTransaction::replace(Resource const& resource, std::optional<Version> expected,
                                            Facts const& facts, LargeAttributes large,
                                            std::span<std::string const> changed)
{
    return replace_resource(*session_, resource, expected, facts, large, changed);
}

result<void> PgWriteTransaction::remove(ResourceType const& type, std::string_view id, std::optional<Version> expected)
{
    return remove_resource(*session_, type, id, expected);
}

result<void> PgWriteTransaction::savepoint(function_ref<result<void>()> body)
{
    Savepoint part{*session_};
    if (auto begun = part.begin(); !begun)
        return begun;
    auto done = body();
    if (!done)
        return done;
    if (auto kept = part.keep(); !kept)
        return kept;
    return done;
}

} // namespace scimkit::postgresql
