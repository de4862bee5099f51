// A SmallStore has five functions; everything else that a transaction does is walking over what list() gives, charged
// to the request resource by resource.
#include "small_transaction.hpp"

#include <scimkit/filter/bind.hpp>
#include <scimkit/schema/registry.hpp>

#include "attribute_values.hpp"
#include "page_collector.hpp"

#include <algorithm>

namespace scimkit
{
namespace
{

/// A comparison that every match must fulfil and that find() or get() may answer: `attribute eq "text"`, alone or as
/// an operand of `and`. Not on references: they have several spellings for one target.
BoundComparison const* pushable(BoundFilter const& filter) noexcept
{
    if (auto const* comparison = std::get_if<BoundComparison>(&filter.node))
        return comparison->op == CompareOperator::eq && std::holds_alternative<StringKey>(comparison->value) &&
                       comparison->attribute.leaf().type != AttributeType::reference
                   ? comparison
                   : nullptr;
    if (auto const* all = std::get_if<BoundConjunction>(&filter.node))
        for (BoundFilter const& operand : all->operands)
            if (std::holds_alternative<BoundComparison>(operand.node))
                if (auto const* comparison = pushable(operand))
                    return comparison;
    return nullptr;
}

bool is_common(AttributeRef const& attribute, std::string_view name) noexcept
{
    return attribute.schema == &common_schema() && attribute.attribute->name == name;
}

/// The value as the client spelled it: a database folds case by its own rules.
std::optional<std::string> spelling_of(Resource const& resource, UniqueKey const& key)
{
    std::optional<std::string> text;
    for_each_value(resource, key.attribute,
                   [&](BoundLiteral&& value)
                   {
                       auto* string = std::get_if<StringKey>(&value);
                       if (string && !text && string->key == key.value)
                           text = std::move(string->text);
                   });
    return text;
}

/// False too once the budget is used up: the caller looks at it in the end.
bool has_key(Resource const& resource, UniqueKey const& key, Budget& work)
{
    if (!work.spend(weight_of_values(resource, key.attribute)))
        return false;
    bool found = false;
    for_each_value(resource, key.attribute,
                   [&](BoundLiteral&& value) { found = found || unique_key_of(value) == key.value; });
    return found;
}

/// What looking at one resource of a SmallStore costs.
constexpr std::uint64_t visit_cost = 4 * Budget::visit;

} // namespace

result<std::optional<Resource>> SmallTransaction::get(ResourceType const& type, std::string_view id, Wanted const&)
{
    if (!work_.spend(visit_cost))
        return work_.error();
    auto found = store_->get(tenant_, type, id);
    if (found && *found && (*found)->id != id) // ids are exact, whatever the database thinks of letter case
        return std::optional<Resource>{};
    if (found && *found)
        complete(**found, type);
    return found;
}

QueryCapability SmallTransaction::capability(Query const&) const
{
    return {.carries_out = CarriesOut::page, .total = true};
}

result<void> SmallTransaction::candidates(Query::Source const& source, function_ref<bool(Resource&&)> sink)
{
    BoundComparison const* equal = source.filter ? pushable(*source.filter) : nullptr;
    if (equal && is_common(equal->attribute, "id"))
    {
        auto found = get(*source.type, std::get<StringKey>(equal->value).text, {});
        if (!found)
            return found.error();
        if (*found)
            sink(std::move(**found));
        return {};
    }
    if (equal && !is_common(equal->attribute, "meta") && !is_common(equal->attribute, "schemas"))
    {
        auto const done =
            store_->find(tenant_, equal->attribute, *source.type, std::get<StringKey>(equal->value).text, sink);
        if (!done)
            return done.error();
        if (*done)
            return {};
    }
    return store_->list(tenant_, *source.type, sink);
}

result<QuerySummary> SmallTransaction::query(Query const& query, function_ref<bool(Resource&&)> sink)
{
    // list() has no order, so all candidates are seen; no more than one page and what it skips is kept.
    QueryBudget budget = *budget_;
    if (std::ranges::none_of(query.sources, [](auto const& source) { return source.sort.has_value(); }))
        budget.max_sorted = budget.max_scanned; // what nobody asked to be sorted is none of that limit's business
    std::optional<Error> failure;
    auto const give = [&](Resource&& resource) -> result<bool> { return sink(std::move(resource)); };
    auto collector = PageCollector::make(query, {.filtered = false, .ordered = false}, budget, work_, give);
    if (!collector)
        return collector.error();

    for (Query::Source const& source : query.sources)
    {
        auto const listed = candidates(source,
                                       [&](Resource&& resource)
                                       {
                                           complete(resource, *source.type);
                                           auto more = collector->offer(std::move(resource));
                                           if (more)
                                               return *more;
                                           failure = std::move(more).error();
                                           return false;
                                       });
        if (failure)
            return std::move(*failure);
        if (!listed)
            return listed.error();
    }

    return collector->finish(*this);
}

result<void> SmallTransaction::check_unique(Resource const& resource, Facts const& facts)
{
    std::vector<UniqueKey const*> slow;
    UniqueKey const* taken = nullptr;
    for (UniqueKey const& key : facts.unique_keys)
    {
        auto const collides = [&](Resource&& other)
        {
            if (!work_.spend(visit_cost))
                return false;
            if (other.id != resource.id && has_key(other, key, work_))
                taken = &key;
            return !taken && !work_.exhausted();
        };
        if (auto const text = spelling_of(resource, key))
        {
            auto const done = store_->find(tenant_, key.attribute, *resource.type, *text, collides);
            if (!done)
                return done.error();
            if (*done)
                continue;
        }
        slow.push_back(&key);
    }

    // One walk for all keys that find() does not know.
    if (!taken && !slow.empty())
    {
        auto const listed = store_->list(tenant_, *resource.type,
                                         [&](Resource&& other)
                                         {
                                             if (!work_.spend(visit_cost * slow.size()))
                                                 return false;
                                             for (UniqueKey const* key : slow)
                                                 if (other.id != resource.id && has_key(other, *key, work_))
                                                     taken = key;
                                             return !taken && !work_.exhausted();
                                         });
        if (!listed)
            return listed.error();
    }
    if (work_.exhausted())
        return work_.error();
    if (taken)
        return Error{ErrorCode::uniqueness,
                     "The value of '" + taken->attribute.path() + "' is in use by another resource.",
                     taken->attribute.path()};
    return {};
}

void SmallTransaction::complete(Resource& resource, ResourceType const& type) const
{
    // Of this attachment, whatever registry the store itself was made with.
    resource.type = &type;
    if (!store_->keeps_versions())
        resource.version = {};
}

Version SmallTransaction::next_version(Version previous)
{
    if (!store_->keeps_versions())
        return {};
    // Counting from the time keeps versions from being reused after a restart without a counter in your database.
    auto const now = now_.time_since_epoch().count();
    *last_version_ = std::max(
        {*last_version_ + 1, previous.number() + 1, static_cast<std::uint64_t>(std::max<std::int64_t>(now, 1))});
    return Version{*last_version_};
}

result<void> SmallTransaction::write(function_ref<result<void>()> change)
{
    if (has_savepoints())
        return savepoint(change);
    auto done = change();
    return done ? done : ends_all(std::move(done));
}

/// What the body makes of such an error does not matter: the write is not committed.
result<void> SmallTransaction::ends_all(result<void> done)
{
    if (!done && !failure_)
        failure_ = done.error();
    return done;
}

Error SmallTransaction::take_back(Error error)
{
    static_cast<void>(ends_all(store_->roll_back_to_savepoint()));
    return error;
}

result<void> SmallTransaction::savepoint(function_ref<result<void>()> body)
{
    if (!has_savepoints())
        return WriteTransaction::savepoint(body);
    if (auto set = ends_all(store_->set_savepoint()); !set)
        return set;
    auto done = [&]
    {
        try
        {
            return body();
        }
        catch (...)
        {
            static_cast<void>(take_back({}));
            throw;
        }
    }();
    if (done)
        return ends_all(store_->release_savepoint());
    return take_back(std::move(done).error());
}

result<Version> SmallTransaction::insert(Resource& resource, Facts const& facts)
{
    if (auto unique = check_unique(resource, facts); !unique)
        return unique.error();
    resource.version = next_version({});
    if (auto inserted = write([&] { return store_->insert(tenant_, resource); }); !inserted)
        return inserted.error();
    return resource.version;
}

result<Resource> SmallTransaction::stored(ResourceType const& type, std::string_view id,
                                          std::optional<Version> expected)
{
    auto found = get(type, id, {});
    if (!found)
        return found.error();
    if (!*found)
        return Error{ErrorCode::not_found, type.name() + " '" + std::string{id} + "' does not exist."};
    if (expected && (*found)->version != *expected)
        return Error{ErrorCode::precondition_failed, type.name() + " '" + std::string{id} + "' has another version, " +
                                                         format_version((*found)->version) + "."};
    return std::move(**found);
}

result<Version> SmallTransaction::replace(Resource const& resource, std::optional<Version> expected, Facts const& facts,
                                          LargeAttributes large, std::span<std::string const>)
{
    auto old = stored(*resource.type, resource.id, expected);
    if (!old)
        return old.error();
    if (auto unique = check_unique(resource, facts); !unique)
        return unique.error();

    Resource updated = resource;
    updated.version = next_version(old->version);
    if (large == LargeAttributes::keep)
        for (AttributeRef const& attribute : resource.type->large_attributes())
        {
            updated.attributes.erase(attribute.attribute->name);
            if (json::value* kept = old->attributes.if_contains(attribute.attribute->name))
                updated.attributes.emplace(attribute.attribute->name, std::move(*kept));
        }
    if (auto written = write([&] { return store_->update(tenant_, updated); }); !written)
        return written.error();
    return updated.version;
}

result<void> SmallTransaction::remove(ResourceType const& type, std::string_view id, std::optional<Version> expected)
{
    if (auto old = stored(type, id, expected); !old)
        return old.error();
    return write([&] { return store_->erase(tenant_, type, id); });
}

} // namespace scimkit
