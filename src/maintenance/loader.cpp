// A body may run again, so it changes nothing but what its transaction and its own report hold.
#include "loader.hpp"

#include <algorithm>

namespace scimkit::maintenance
{
namespace
{

constexpr std::size_t resources_of_a_commit = 500;
constexpr std::size_t elements_of_a_commit = 20'000;

} // namespace

result<Loader> Loader::make(ResourceStore& to, std::shared_ptr<SchemaRegistry const> registry,
                            TransferOptions const& options)
{
    if (!to.maintenance() && !options.new_versions)
        return Error{ErrorCode::not_implemented,
                     "The store '" + to.traits().name + "' cannot keep versions from elsewhere."};
    auto rules = UniqueKeyRules::make(*registry, options.also_unique);
    if (!rules)
        return rules.error();
    auto attachment = to.attach(std::move(registry));
    if (!attachment)
        return attachment.error();
    return Loader{to, std::move(*attachment), std::move(*rules), options};
}

result<void> Loader::begin(std::string_view tenant, Resource&& resource)
{
    if (tenant != tenant_ || pending_.size() >= resources_of_a_commit || elements_ >= elements_of_a_commit)
        if (auto flushed = flush(); !flushed)
            return flushed;
    tenant_ = tenant;
    std::vector<std::pair<Attribute const*, json::array>> carried;
    for (AttributeRef const& large : resource.type->large_attributes())
        if (auto* const value = resource.attributes.if_contains(large.attribute->name))
        {
            if (value->is_array())
                carried.emplace_back(large.attribute, std::move(value->get_array()));
            resource.attributes.erase(large.attribute->name);
        }
    pending_.push_back({.resource = std::move(resource)});
    for (auto& [attribute, elements] : carried)
        for (json::value& element : elements)
        {
            if (!element.is_object())
                return Error{ErrorCode::invalid_value, "An element of '" + attribute->name + "' is no object."};
            if (auto added = add(*attribute, std::move(element.get_object())); !added)
                return added;
        }
    return {};
}

result<void> Loader::add(Attribute const& attribute, json::object&& element)
{
    if (elements_ >= elements_of_a_commit)
    {
        Pending rest{.resource = pending_.back().resource, .goes_on = true};
        if (auto flushed = flush(); !flushed)
            return flushed;
        pending_.push_back(std::move(rest));
    }
    auto& all = pending_.back().elements;
    if (all.empty() || all.back().attribute != &attribute)
        all.push_back({&attribute, {}});
    all.back().elements.push_back(std::move(element));
    ++elements_;
    return {};
}

result<void> Loader::flush()
{
    if (pending_.empty())
        return {};
    TransferReport stored;
    if (auto done = write([&](WriteTransaction& transaction) { return store_all(transaction, stored); }); !done)
        return done;
    report_.resources += stored.resources;
    report_.elements += stored.elements;
    report_.there += stored.there;
    pending_.clear();
    elements_ = 0;
    if (options_->progress && !options_->progress(report_))
        return Error{ErrorCode::unavailable, "It was stopped."};
    return {};
}

result<void> Loader::write(function_ref<result<void>(WriteTransaction&)> body)
{
    if (!options_->new_versions)
        return to_->maintenance()->load(*attachment_, tenant_, options_->context, body);
    return to_->write(*attachment_, tenant_, options_->context, body);
}

result<void> Loader::store_all(WriteTransaction& transaction, TransferReport& stored) const
{
    stored = {};
    for (Pending const& pending : pending_)
    {
        auto const there = pending.goes_on ? result<bool>{true} : is_there(transaction, pending.resource);
        if (!there)
            return there.error();
        if (!*there)
            if (auto inserted = insert(transaction, pending); !inserted)
                return inserted;
        if (!pending.goes_on)
            ++(*there ? stored.there : stored.resources);
        auto* const writer = transaction.large_attributes();
        for (Elements const& of : pending.elements)
        {
            if (!writer)
                continue; // they came with the resource
            auto const added = writer->add(*pending.resource.type, pending.resource.id, *of.attribute, of.elements);
            if (!added)
                return added.error();
            stored.elements += *added;
        }
    }
    return {};
}

result<bool> Loader::is_there(WriteTransaction& transaction, Resource const& resource) const
{
    auto const found = transaction.get(*resource.type, resource.id, {});
    if (!found)
        return found.error();
    if (!*found)
        return false;
    if (options_->new_versions || (*found)->version == resource.version)
        return true;
    return Error{ErrorCode::conflict, "The target has " + resource.type->name() + " '" + resource.id + "' of tenant '" +
                                          tenant_ + "' in another version: " + format_version((*found)->version) +
                                          ", not " + format_version(resource.version) + "."};
}

result<void> Loader::insert(WriteTransaction& transaction, Pending const& pending) const
{
    Resource resource = pending.resource;
    if (!transaction.large_attributes())
        for (Elements const& of : pending.elements)
        {
            json::value& array = resource.attributes[of.attribute->name];
            if (!array.is_array())
                array.emplace_array();
            for (json::object const& element : of.elements)
                array.get_array().emplace_back(element);
        }
    auto const inserted = transaction.insert(resource, rules_.facts_of(resource));
    if (!inserted)
    {
        Error error = inserted.error();
        error.detail = resource.type->name() + " '" + pending.resource.id + "': " + error.detail;
        return error;
    }
    if (resource.id != pending.resource.id)
        return Error{ErrorCode::not_implemented, "The store '" + to_->traits().name + "' gives ids of its own."};
    return {};
}

} // namespace scimkit::maintenance
