// What a store need not do itself: the defaults of the contract, right everywhere, and quick where a call costs
// nothing.
#include <scimkit/store/small_store.hpp>
#include <scimkit/store/store.hpp>

namespace scimkit
{

result<void> LargeAttributeReader::references_to_many(std::span<std::string_view const> values,
                                                      function_ref<bool(std::size_t which, Reference const&)> sink)
{
    bool more = true;
    for (std::size_t i = 0; more && i < values.size(); ++i)
        if (auto found =
                references_to(values[i], [&](Reference const& reference) { return more = sink(i, reference); });
            !found)
            return found;
    return {};
}

result<void> LargeAttributeReader::contains_many(ResourceType const& type, std::string_view id,
                                                 Attribute const& attribute, std::span<std::string_view const> values,
                                                 function_ref<bool(std::size_t which)> sink)
{
    for (std::size_t i = 0; i < values.size(); ++i)
    {
        auto const there = contains(type, id, attribute, values[i]);
        if (!there)
            return there.error();
        if (*there && !sink(i))
            break;
    }
    return {};
}

result<void> ReadTransaction::get_many(ResourceType const& type, std::span<std::string_view const> ids,
                                       Wanted const& wanted, function_ref<bool(std::size_t which, Resource&&)> sink)
{
    Wanted const each{
        .large_attributes = wanted.large_attributes, .packed = wanted.packed, .existence = wanted.existence};
    for (std::size_t i = 0; i < ids.size(); ++i)
    {
        auto found = get(type, ids[i], each);
        if (!found)
            return found.error();
        if (*found && !sink(i, std::move(**found)))
            break;
    }
    return {};
}

QueryCapability ReadTransaction::capability(Query const&) const { return {}; }

result<void> WriteTransaction::savepoint(function_ref<result<void>()>)
{
    return Error{ErrorCode::internal, "The store has no savepoints."};
}

Attachment::Attachment(ResourceStore const& maker, std::shared_ptr<SchemaRegistry const> registry) noexcept
    : maker_(&maker)
    , registry_(std::move(registry))
{
}

Attachment::~Attachment() = default;

result<std::shared_ptr<Attachment const>> ResourceStore::attach(std::shared_ptr<SchemaRegistry const> registry)
{
    return std::shared_ptr<Attachment const>{std::make_shared<Attachment>(*this, std::move(registry))};
}

result<void> ResourceStore::health() const { return {}; }

result<void> ResourceStore::tenants(CallContext const&, function_ref<bool(std::string_view)>)
{
    return Error{ErrorCode::not_implemented, "The store cannot list its tenants."};
}

result<void> ResourceStore::remove_tenant(std::string_view, CallContext const&)
{
    return Error{ErrorCode::not_implemented, "The store cannot remove a tenant."};
}

result<CheckReport> StoreMaintenance::check(Attachment const&, CallContext const&, Repair,
                                            function_ref<bool(CheckFinding const&)>)
{
    return Error{ErrorCode::not_implemented, "The store has nothing to check."};
}

result<void> StoreMaintenance::load(Attachment const&, std::string_view, CallContext const&,
                                    function_ref<result<void>(WriteTransaction&)>)
{
    return Error{ErrorCode::not_implemented, "The store cannot keep versions from elsewhere."};
}

result<std::vector<std::string>> StoreMaintenance::left_out(Attachment const&, std::string_view, CallContext const&)
{
    return std::vector<std::string>{};
}

result<void> StoreMaintenance::copy_to(std::filesystem::path const&, CallContext const&)
{
    return Error{ErrorCode::not_implemented, "The store cannot copy itself; use the tools of its database."};
}

result<bool> SmallStore::find(std::string_view, AttributeRef const&, ResourceType const&, std::string_view,
                              function_ref<bool(Resource&&)>)
{
    return false;
}

} // namespace scimkit
