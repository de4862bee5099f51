// What is told by operations is read whole: a mapping is about whole resources.
#include "delta.hpp"

namespace scimkit::connector
{

namespace
{

class Stager
{
public:
    Stager(client::Client const& source, SourceType const& type, Mapping const& mapping, Delta& delta)
        : source_(source)
        , type_(type)
        , mapping_(mapping)
        , delta_(delta)
    {
    }

    outcome<void> take(client::RemoteChange change)
    {
        if (change.kind == client::RemoteChange::Kind::removed)
            return remove(change.id);
        if (change.resource)
            return add(*change.resource);
        auto const whole = source_.get(type_.type->endpoint(), change.id);
        if (!whole && whole.error().status == 404) // it went meanwhile
            return remove(change.id);
        return whole ? add(*whole) : whole.error();
    }

private:
    outcome<void> remove(std::string const& id)
    {
        delta_.removed[type_.name].insert(id);
        return {};
    }

    outcome<void> add(client::RemoteResource const& resource)
    {
        auto const read = spooled(resource, type_, mapping_, source_.deviations());
        if (!read)
            return read.error();
        if (read->id.empty())
            return {};
        delta_.removed[type_.name].erase(read->id);
        delta_.spool->add(*read);
        return {};
    }

    client::Client const& source_;
    SourceType const& type_;
    Mapping const& mapping_;
    Delta& delta_;
};

} // namespace

bool is_forgotten(Failure const& failure) noexcept
{
    if (failure.kind != client::FailureKind::refused)
        return false;
    auto const status = failure.status;
    return status == 400 || status == 404 || status == 405 || status == 410 || status == 501;
}

DeltaTokens begin_delta(client::Client const& source, client::Discovery const& discovery, Observer& observer)
{
    DeltaTokens tokens;
    if (!discovery.capabilities.delta_query)
        return tokens;
    for (auto const& type : source_types(discovery))
    {
        auto const token = source.delta_token(type.type->endpoint());
        if (!token)
        {
            observer.say("the source announces delta queries and gives no token (" + client::describe(token.error()) +
                         ")");
            return {};
        }
        tokens[type.name] = token->value;
    }
    return tokens;
}

outcome<Delta> stage_delta(Source const& source, DeltaTokens const& since, Observer& observer)
{
    auto spool = Spool::open(source.directory, "delta", true);
    if (!spool)
        return spool.error();
    Delta delta{.spool = std::move(*spool)};
    for (auto const& type : source_types(source.discovery))
    {
        Stager stager{*source.client, type, source.mapping, delta};
        client::Changes changes{
            *source.client, type.type->endpoint(), since.at(type.name), {.count = source.page_size}};
        std::uint64_t done = 0;
        for (;;)
        {
            auto page = changes.next();
            if (!page)
                return page.error();
            if (!*page)
                break;
            for (auto& change : (*page)->changes)
                if (auto taken = stager.take(std::move(change)); !taken)
                    return taken.error();
            if (auto kept = delta.spool->commit({}); !kept)
                return kept.error();
            observer.progress("changes of " + type.name, done += (*page)->changes.size(), std::nullopt);
        }
        delta.next[type.name] = changes.token()->value;
    }
    observer.end_progress();
    return delta;
}

} // namespace scimkit::connector
