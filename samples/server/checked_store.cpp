// By comparing what is wrong before and after, within the transaction: so it holds for every way to write, for what two
// resources say together, and for two administrators at once. To know what is wrong takes a look at everything, so
// that nobody asks what was wrong before unless something is wrong now: nearly never.
#include "checked_store.hpp"

#include <scimkit/schema/resource_type.hpp>

#include "attribute_values.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace server
{

using scimkit::result;
using scimkit::text_of;

namespace
{

Granted granted_by(scimkit::Resource const& credential)
{
    auto const& attributes = credential.attributes;
    return {.what = credential.type->name() + " " + text_of(attributes, "name"),
            .tenant = text_of(attributes, "tenant"),
            .scopes = texts_of(attributes, "scopes")};
}

/// Knows what is written, and, if it is to, what was wrong before the first write that matters.
class Noting final : public scimkit::ForwardingWriteTransaction
{
public:
    Noting(scimkit::WriteTransaction& inner, CheckedStore::Faults const& faults, bool compares)
        : ForwardingWriteTransaction(inner)
        , faults_(faults)
        , compares_(compares)
    {
    }

    result<scimkit::Version> insert(scimkit::Resource& resource, scimkit::Facts const& facts) override
    {
        if (auto noted = note(*resource.type, &resource); !noted)
            return noted.error();
        if (resource.type->name() == "Tenant" && !adopts(resource))
            if (auto const* const name = resource.attributes.if_contains("name"); name && name->is_string())
                made_.emplace(name->get_string());
        return ForwardingWriteTransaction::insert(resource, facts);
    }

    result<scimkit::Version> replace(scimkit::Resource const& resource, std::optional<scimkit::Version> expected,
                                     scimkit::Facts const& facts, scimkit::LargeAttributes large,
                                     std::span<std::string const> changed) override
    {
        bool const is_use = changed.size() == 1 && changed.front() == "lastUsed"; // that grants nothing
        if (auto noted = note(*resource.type, is_use ? nullptr : &resource); !noted)
            return noted.error();
        return ForwardingWriteTransaction::replace(resource, expected, facts, large, changed);
    }

    result<void> remove(scimkit::ResourceType const& type, std::string_view id,
                        std::optional<scimkit::Version> expected) override
    {
        if (auto noted = note(type, nullptr); !noted)
            return noted;
        return ForwardingWriteTransaction::remove(type, id, expected);
    }

    /// What is wrong now and was not before; if it does not compare, what is wrong at all. Error: of the store.
    result<std::vector<scimkit::Error>> check()
    {
        auto after = matters_ ? faults_({inner(), tenants_, made_, granted_})
                              : result<std::vector<scimkit::Error>>{std::vector<scimkit::Error>{}};
        if (after)
            std::erase_if(*after, [&](scimkit::Error const& fault)
                          { return std::ranges::find(before_, fault) != before_.end(); });
        return after;
    }

private:
    static bool adopts(scimkit::Resource const& tenant) { return flag_of(tenant.attributes, "adopt", false); }

    result<void> note(scimkit::ResourceType const& type, scimkit::Resource const* resource)
    {
        if (!matters(type.name()))
            return {};
        if (!std::exchange(matters_, true) && compares_)
        {
            auto before = faults_({inner(), {}, {}, {}});
            if (!before)
                return before.error();
            before_ = std::move(*before);
        }
        if (resource && type.name() == "Tenant")
            if (auto name = text_of(resource->attributes, "name"); !name.empty())
                tenants_.insert(std::move(name));
        if (resource && (type.name() == "Token" || type.name() == "Client") &&
            !flag_of(resource->attributes, "revoked", false))
            granted_.push_back(granted_by(*resource));
        return {};
    }

    CheckedStore::Faults const& faults_;
    bool compares_;
    bool matters_ = false; ///< something that matters was written
    std::vector<scimkit::Error> before_{};
    std::set<std::string> tenants_{};
    std::set<std::string> made_{};
    std::vector<Granted> granted_{};
};

} // namespace

bool matters(std::string_view type) noexcept
{
    return type == "Tenant" || type == "Token" || type == "Client" || type == "DeletionHold";
}

bool matters(scimkit::LoggedChange const& change)
{
    bool const is_use = change.operation == scimkit::LoggedChange::Operation::replaced && change.elements.empty() &&
                        std::ranges::all_of(change.changed, [](auto const& value) { return value.path == "lastUsed"; });
    return matters(change.resource_type) && !is_use;
}

CheckedStore::CheckedStore(std::shared_ptr<scimkit::ResourceStore> inner, Faults faults)
    : ForwardingStore(std::move(inner))
    , faults_(std::move(faults))
{
}

result<void> CheckedStore::write(scimkit::Attachment const& attachment, std::string_view tenant,
                                 scimkit::CallContext const& context, Body<scimkit::WriteTransaction> body)
{
    bool has_faults = false;
    auto const write_and_check = [&](bool compares)
    {
        return ForwardingStore::write(attachment, tenant, context,
                                      [&](scimkit::WriteTransaction& transaction) -> result<void>
                                      {
                                          has_faults = false;
                                          Noting noting{transaction, faults_, compares};
                                          if (auto done = body(noting); !done)
                                              return done;
                                          auto const found = noting.check();
                                          if (!found)
                                              return found.error();
                                          has_faults = !found->empty();
                                          return has_faults ? found->front() : result<void>{};
                                      });
    };
    auto done = write_and_check(false);
    return has_faults ? write_and_check(true) : done; // it was taken back, and may have been wrong before
}

} // namespace server
