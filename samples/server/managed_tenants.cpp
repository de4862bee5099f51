// A mark belongs to the application, here the administrator: clients can neither set it nor see a way to.
#include "managed_tenants.hpp"

#include <scimkit/filter/bind.hpp>
#include <scimkit/filter/filter.hpp>
#include <scimkit/schema/resource_type.hpp>
#include <scimkit/store/forwarding_store.hpp>
#include <scimkit/store/run_query.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace server
{

using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::result;

namespace
{

/// A guard for each attribute that marks something, made once.
class MarkedTenants final : public scimkit::ForwardingStore
{
public:
    MarkedTenants(std::shared_ptr<scimkit::ResourceStore> inner, std::shared_ptr<ManagedOfTenants const> managed)
        : ForwardingStore(inner)
        , unguarded_(std::move(inner))
        , managed_(std::move(managed))
    {
    }

    result<void> write(scimkit::Attachment const& attachment, std::string_view tenant,
                       scimkit::CallContext const& context, Body<scimkit::WriteTransaction> body) override
    {
        auto const guard = guard_of(tenant);
        if (!guard)
            return guard.error();
        return *guard ? (*guard)->write(attachment, tenant, context, body)
                      : ForwardingStore::write(attachment, tenant, context, body);
    }

private:
    /// Null: SCIM manages everything.
    result<std::shared_ptr<scimkit::ManagedGuard>> guard_of(std::string_view tenant)
    {
        auto const name = managed_->attribute_of(tenant);
        if (name.empty())
            return std::shared_ptr<scimkit::ManagedGuard>{};
        std::lock_guard const lock{mutex_};
        if (auto const found = guards_.find(name); found != guards_.end())
            return found->second;
        auto policy = scimkit::managed_by(name);
        if (!policy)
            return std::move(policy).error();
        auto guard = std::make_shared<scimkit::ManagedGuard>(unguarded_, std::move(*policy));
        guards_.emplace(name, guard);
        return guard;
    }

    std::shared_ptr<scimkit::ResourceStore> unguarded_;
    std::shared_ptr<ManagedOfTenants const> managed_;
    std::mutex mutex_; ///< for the guards
    std::map<std::string, std::shared_ptr<scimkit::ManagedGuard>, std::less<>> guards_;
};

/// Sets the mark of a resource, as an extension may have it. False: it is so already.
bool set_mark(scimkit::Resource& resource, scimkit::AttributeRef const& mark, bool managed)
{
    auto const* const now = find_value(resource.attributes, mark);
    if ((now && now->is_bool() && now->get_bool()) == managed)
        return false;
    if (!mark.in_extension)
    {
        resource.attributes[mark.attribute->name] = managed;
        return true;
    }
    auto& extension = resource.attributes[mark.schema->id];
    if (!extension.is_object())
        extension.emplace_object();
    extension.get_object()[mark.attribute->name] = managed;
    return true;
}

/// As they are, where the store can leave them so.
scimkit::LargeAttributes large_of(scimkit::WriteTransaction& transaction)
{
    return transaction.large_attributes() ? scimkit::LargeAttributes::keep : scimkit::LargeAttributes::as_given;
}

/// Nothing happens where it is so already.
result<void> write_mark(scimkit::WriteTransaction& transaction, scimkit::Resource& stored,
                        scimkit::AttributeRef const& mark, bool managed, scimkit::UniqueKeyRules const& rules,
                        scimkit::Instant now)
{
    if (!set_mark(stored, mark, managed))
        return {};
    std::vector<std::string> const changed{mark.path()};
    stored.last_modified = std::max(stored.last_modified, now);
    auto const done =
        transaction.replace(stored, stored.version, rules.facts_of(stored), large_of(transaction), changed);
    return done ? result<void>{} : done.error();
}

/// A resource type with that mark.
struct MarkedType
{
    scimkit::ResourceType const* type;
    scimkit::AttributeRef mark;
    scimkit::BoundFilter is_managed;
};

/// Error: there is none.
result<std::vector<MarkedType>> marked_types(scimkit::SchemaRegistry const& registry, std::string const& mark,
                                             std::string_view tenant)
{
    std::vector<MarkedType> all;
    auto const path = scimkit::parse_attribute_path(mark);
    auto const filter = scimkit::parse_filter(mark + " eq true");
    for (auto const& type : registry.resource_types())
        if (auto const found = path ? type->resolve(*path) : std::nullopt; found && found->attribute && filter)
        {
            auto bound = scimkit::bind(*filter, *type);
            if (!bound)
                return std::move(bound).error();
            all.push_back({type.get(), *found, std::move(*bound)});
        }
    if (all.empty())
        return Error{ErrorCode::invalid_value, "SCIM manages everything in the tenant " + std::string{tenant} +
                                                   ": there is no mark (managedBy) that could be taken from accounts."};
    return all;
}

} // namespace

result<void> check_mark(scimkit::SchemaRegistry const& registry, std::string const& name)
{
    if (name.empty())
        return {};
    auto const path = scimkit::parse_attribute_path(name);
    bool is_known = false;
    for (auto const& type : registry.resource_types())
    {
        auto const found = path ? type->resolve(*path) : std::nullopt;
        if (!found || !found->attribute)
            continue;
        auto const& attribute = found->leaf();
        if (found->sub_attribute || attribute.type != scimkit::AttributeType::boolean || attribute.multi_valued ||
            attribute.mutability != scimkit::Mutability::read_only)
            return Error{ErrorCode::invalid_value, name + " has to be a boolean attribute that is readOnly."};
        is_known = true;
    }
    return is_known ? result<void>{}
                    : Error{ErrorCode::invalid_value, name + " is no attribute of any resource type; --schema adds "
                                                             "some."};
}

void ManagedOfTenants::set_files(MarkByTenant of_files)
{
    std::lock_guard const lock{mutex_};
    of_files_ = std::move(of_files);
}

void ManagedOfTenants::set_administered(MarkByTenant administered)
{
    std::lock_guard const lock{mutex_};
    administered_ = std::move(administered);
}

std::string ManagedOfTenants::attribute_of(std::string_view tenant) const
{
    std::lock_guard const lock{mutex_};
    for (auto const* const all : {&of_files_, &administered_})
        if (auto const found = all->find(tenant); found != all->end())
            return found->second;
    return otherwise_;
}

std::shared_ptr<scimkit::ResourceStore> guard_marked(std::shared_ptr<scimkit::ResourceStore> store,
                                                     std::shared_ptr<ManagedOfTenants const> managed)
{
    return std::make_shared<MarkedTenants>(std::move(store), std::move(managed));
}

result<void> hand_over(scimkit::ResourceStore& unguarded, scimkit::Attachment const& attachment,
                       std::string const& mark, HandOver const& what, std::string_view actor, scimkit::Instant now)
{
    auto const* const type = attachment.registry().find_resource_type(what.type);
    auto const path = scimkit::parse_attribute_path(mark);
    auto const attribute = type && path ? type->resolve(*path) : std::nullopt;
    if (!attribute || !attribute->attribute)
        return Error{ErrorCode::invalid_value, mark.empty()
                                                   ? "SCIM manages everything in the tenant " + what.tenant + "."
                                                   : "Resources of type " + what.type + " have no mark " + mark + "."};
    auto const rules = scimkit::UniqueKeyRules::make(attachment.registry(), what.also_unique);
    if (!rules)
        return rules.error();
    auto const body = [&](scimkit::WriteTransaction& transaction) -> result<void>
    {
        auto const large = large_of(transaction);
        auto const wanted = large == scimkit::LargeAttributes::keep ? scimkit::Wanted{} : scimkit::wanted_all(*type);
        auto stored = transaction.get(*type, what.id, wanted);
        if (!stored)
            return stored.error();
        if (!*stored)
            return Error{ErrorCode::not_found, "There is no " + what.type + " '" + what.id + "'."};
        return write_mark(transaction, **stored, *attribute, what.managed, *rules, now);
    };
    return unguarded.write(attachment, what.tenant, {.now = now, .actor = actor}, body);
}

result<scimkit::TenantContents> count_managed(scimkit::ResourceStore& store, scimkit::Attachment const& attachment,
                                              std::string const& mark, std::string_view tenant, scimkit::Instant now)
{
    auto const kinds = marked_types(attachment.registry(), mark, tenant);
    if (!kinds)
        return kinds.error();
    scimkit::TenantContents contents;
    auto const count = [&](scimkit::ReadTransaction& transaction) -> result<void>
    {
        contents.counts.clear();
        for (MarkedType const& kind : *kinds)
        {
            scimkit::Query::Source const source{.type = kind.type, .filter = &kind.is_managed};
            auto const found = scimkit::run_query(
                transaction, {.sources = {&source, 1}, .limit = 0, .total = scimkit::TotalPolicy::exact});
            if (!found)
                return found.error();
            if (auto const total = found->summary.total.value_or(0); total > 0)
                contents.counts.push_back({kind.type->name(), total});
        }
        return {};
    };
    auto const read = store.read(attachment, tenant, {.now = now}, count);
    return read ? result<scimkit::TenantContents>{std::move(contents)} : read.error();
}

result<std::uint64_t> take_back(scimkit::ResourceStore& unguarded, scimkit::Attachment const& attachment,
                                std::string const& mark, std::string_view tenant,
                                std::vector<scimkit::UniqueKeyRules::AlsoUnique> const& also_unique, std::uint64_t most,
                                scimkit::CallContext const& context)
{
    auto const kinds = marked_types(attachment.registry(), mark, tenant);
    if (!kinds)
        return kinds.error();
    auto const rules = scimkit::UniqueKeyRules::make(attachment.registry(), also_unique);
    if (!rules)
        return rules.error();
    std::uint64_t taken = 0;
    auto const body = [&](scimkit::WriteTransaction& transaction) -> result<void>
    {
        taken = 0;
        for (MarkedType const& kind : *kinds)
        {
            scimkit::Query::Source const source{.type = kind.type, .filter = &kind.is_managed};
            auto found = scimkit::run_query(
                transaction, {.sources = {&source, 1}, .limit = most - taken, .total = scimkit::TotalPolicy::none});
            if (!found)
                return found.error();
            for (auto& resource : found->resources)
                if (auto done = write_mark(transaction, resource, kind.mark, false, *rules, context.now); !done)
                    return done;
            taken += found->resources.size();
            if (taken >= most)
                break;
        }
        return {};
    };
    auto const done = unguarded.write(attachment, tenant, context, body);
    return done ? result<std::uint64_t>{taken} : done.error();
}

} // namespace server
