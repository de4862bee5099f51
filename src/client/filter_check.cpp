// The server's own filter, held against what it answered with. It must never accuse a server that only shows less than
// it knows, so a test of what did not come counts as whatever speaks for the server.
#include <scimkit/client/filter_check.hpp>
#include <scimkit/filter/evaluate.hpp>
#include <scimkit/filter/filter.hpp>
#include <scimkit/schema/registry.hpp>

#include "remote.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace scimkit::client
{

namespace
{

std::optional<Instant> created_of(RemoteResource const& resource)
{
    auto const* const meta = find_name(resource.body, "meta");
    if (!meta || !meta->is_object())
        return {};
    auto const time = parse_date_time(text_at(meta->get_object(), "created"));
    return time ? std::optional{*time} : std::nullopt;
}

class Judge
{
public:
    Judge(RemoteResource const& resource, ResourceView const& view)
        : resource_(resource)
        , view_(view)
    {
    }

    /// `doubt`: what a test of something unknown answers. Below `not` it is the other way round.
    bool holds(BoundFilter const& filter, bool doubt) const
    {
        auto const each = [&](BoundFilter const& operand) { return holds(operand, doubt); };
        if (auto const* const all = std::get_if<BoundConjunction>(&filter.node))
            return std::all_of(all->operands.begin(), all->operands.end(), each);
        if (auto const* const any = std::get_if<BoundDisjunction>(&filter.node))
            return std::any_of(any->operands.begin(), any->operands.end(), each);
        if (auto const* const negation = std::get_if<BoundNegation>(&filter.node))
            return !holds(negation->operand.front(), !doubt);
        return is_known(filter) ? matches(filter, view_) : doubt;
    }

private:
    bool is_known(BoundFilter const& filter) const
    {
        auto const each = [&](BoundFilter const& operand) { return is_known(operand); };
        if (auto const* const comparison = std::get_if<BoundComparison>(&filter.node))
            return came(comparison->attribute);
        if (auto const* const presence = std::get_if<BoundPresence>(&filter.node))
            return came(presence->attribute);
        if (auto const* const path = std::get_if<BoundValuePath>(&filter.node))
            return came(path->attribute) && is_known(path->filter.front());
        if (auto const* const all = std::get_if<BoundConjunction>(&filter.node))
            return std::all_of(all->operands.begin(), all->operands.end(), each);
        if (auto const* const any = std::get_if<BoundDisjunction>(&filter.node))
            return std::all_of(any->operands.begin(), any->operands.end(), each);
        if (auto const* const negation = std::get_if<BoundNegation>(&filter.node))
            return is_known(negation->operand.front());
        return true;
    }

    bool came(AttributeRef const& attribute) const
    {
        if (attribute.schema != &common_schema() || attribute.attribute->name == "externalId")
            return matches({BoundPresence{attribute}}, view_);
        if (attribute.attribute->name == "id")
            return !resource_.id.empty();
        if (attribute.attribute->name != "meta" || !attribute.sub_attribute)
            return false;
        return (attribute.sub_attribute->name == "lastModified" && resource_.last_modified) ||
               (attribute.sub_attribute->name == "created" && created_of(resource_));
    }

    RemoteResource const& resource_;
    ResourceView const& view_;
};

} // namespace

FilterCheck::FilterCheck(std::string text, BoundFilter filter, ResourceType const& type)
    : text_(std::move(text))
    , filter_(std::move(filter))
    , type_(&type)
{
}

outcome<FilterCheck> FilterCheck::create(std::string_view filter, ResourceType const& type)
{
    auto const parsed = parse_filter(filter);
    if (!parsed)
        return misuse("The filter cannot be checked: " + parsed.error().detail);
    auto bound = bind(*parsed, type);
    if (!bound)
        return misuse("The filter cannot be checked: " + bound.error().detail);
    return FilterCheck{std::string{filter}, std::move(*bound), type};
}

outcome<bool> FilterCheck::fits(RemoteResource const& resource, json::object const& attributes,
                                DeviationLog& deviations) const
{
    ResourceView const view{
        *type_, resource.id, created_of(resource).value_or(Instant{}), resource.last_modified.value_or(Instant{}),
        0,      attributes};
    if (Judge{resource, view}.holds(filter_, true))
        return true;
    auto const where = type_->name() + " " + (resource.id.empty() ? "without id" : resource.id) + ": " + text_;
    if (auto noted = deviations.note(Deviation::filter_ignored, where); !noted)
        return noted.error();
    return false;
}

} // namespace scimkit::client
