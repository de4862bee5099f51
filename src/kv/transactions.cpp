// The contract's functions over a session. Every write is one step that happens wholly or not at all.
#include "transactions.hpp"

#include "change_log.hpp"
#include "elements.hpp"
#include "query.hpp"
#include "reverse_index.hpp"
#include "writes.hpp"

namespace scimkit::kv
{

result<Catalog::Large const*> Elements::known(ResourceType const& type, Attribute const& attribute) const
{
    if (auto const* large = session_->catalog().find_large(type, attribute))
        return large;
    return Error{ErrorCode::internal,
                 "'" + attribute.name + "' is not a large attribute of resource type '" + type.name() + "'.",
                 attribute.name};
}

result<Catalog::Large const*> Elements::owned(ResourceType const& type, std::string_view id, Attribute const& attribute)
{
    auto const record = session_->record(session_->catalog().of(type), id);
    if (!record)
        return record.error();
    if (!*record)
        return Error{ErrorCode::not_found, type.name() + " '" + std::string{id} + "' does not exist."};
    return known(type, attribute);
}

result<std::uint64_t> Elements::count(ResourceType const& type, std::string_view id, Attribute const& attribute)
{
    auto const large = known(type, attribute);
    return large ? count_elements(*session_, **large, id) : large.error();
}

result<bool> Elements::contains(ResourceType const& type, std::string_view id, Attribute const& attribute,
                                std::string_view value)
{
    auto const large = known(type, attribute);
    return large ? contains_element(*session_, **large, id, value) : large.error();
}

result<void> Elements::read(ResourceType const& type, std::string_view id, Attribute const& attribute,
                            std::string_view after, std::uint64_t limit, function_ref<bool(json::object&&)> sink)
{
    auto const large = known(type, attribute);
    return large ? read_elements(*session_, **large, id, after, limit, sink) : large.error();
}

result<void> Elements::references_to(std::string_view value, function_ref<bool(Reference const&)> sink)
{
    return kv::references_to(*session_, value, sink);
}

result<std::uint64_t> Elements::add(ResourceType const& type, std::string_view id, Attribute const& attribute,
                                    std::span<json::object const> elements)
{
    auto const large = owned(type, id, attribute);
    if (!large)
        return large.error();
    return session_->atomically([&] { return add_elements(*session_, **large, id, elements); });
}

result<std::uint64_t> Elements::remove(ResourceType const& type, std::string_view id, Attribute const& attribute,
                                       std::span<std::string const> values)
{
    auto const large = owned(type, id, attribute);
    if (!large)
        return large.error();
    return session_->atomically([&] { return remove_elements(*session_, **large, id, values); });
}

result<std::uint64_t> Elements::replace(ResourceType const& type, std::string_view id, Attribute const& attribute,
                                        std::span<json::object const> elements)
{
    auto const large = owned(type, id, attribute);
    if (!large)
        return large.error();
    return session_->atomically([&] { return replace_elements(*session_, **large, id, elements); });
}

result<LogExtent> LogView::extent() { return log_extent(*session_); }

result<void> LogView::read(LogPosition after, std::uint64_t limit, function_ref<bool(LoggedChange&&)> sink)
{
    return read_log(*session_, after, limit, sink);
}

KvReadTransaction::KvReadTransaction(Session& session) noexcept
    : session_(&session)
    , elements_(session)
    , log_(session)
{
}

result<std::optional<Resource>> KvReadTransaction::get(ResourceType const& type, std::string_view id,
                                                       Wanted const& wanted)
{
    return session_->get(type, id, wanted);
}

QueryCapability KvReadTransaction::capability(Query const& query) const
{
    return capability_of(session_->catalog(), query);
}

result<QuerySummary> KvReadTransaction::query(Query const& query, function_ref<bool(Resource&&)> sink)
{
    return run(*session_, query, sink);
}

KvWriteTransaction::KvWriteTransaction(Session& session) noexcept
    : session_(&session)
    , elements_(session)
    , log_(session)
{
}

result<std::optional<Resource>> KvWriteTransaction::get(ResourceType const& type, std::string_view id,
                                                        Wanted const& wanted)
{
    return session_->get(type, id, wanted);
}

QueryCapability KvWriteTransaction::capability(Query const& query) const
{
    return capability_of(session_->catalog(), query);
}

result<QuerySummary> KvWriteTransaction::query(Query const& query, function_ref<bool(Resource&&)> sink)
{
    return run(*session_, query, sink);
}

result<Version> KvWriteTransaction::insert(Resource& resource, Facts const& facts)
{
    return session_->atomically([&] { return insert_resource(*session_, resource, facts); });
}

result<Version> KvWriteTransaction::replace(Resource const& resource, std::optional<Version> expected,
                                            Facts const& facts, LargeAttributes large,
                                            std::span<std::string const> changed)
{
    return session_->atomically([&] { return replace_resource(*session_, resource, expected, facts, large, changed); });
}

result<void> KvWriteTransaction::remove(ResourceType const& type, std::string_view id, std::optional<Version> expected)
{
    return session_->atomically([&] { return remove_resource(*session_, type, id, expected); });
}

result<void> KvWriteTransaction::savepoint(function_ref<result<void>()> body) { return session_->atomically(body); }

} // namespace scimkit::kv
