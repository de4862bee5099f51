// Resources of a profile, and the nasty values that tables of an application may not have seen yet.
#include "kept.hpp"

#include <scimkit/core/text.hpp>
#include <scimkit/filter/evaluate.hpp>
#include <scimkit/filter/filter.hpp>
#include <scimkit/schema/registry.hpp>

#include "profile.hpp"

#include <algorithm>

namespace scimkit::conformance
{
namespace
{

/// What a column of text may trip over: quotes, patterns of LIKE, other scripts, an end of text, a long one.
std::vector<json::value> texts(std::size_t longest)
{
    std::vector<json::value> all;
    for (std::string const& text :
         {std::string{"Ada"}, std::string{"o'Brien \"x\" \\ %_ ; -- /*"}, std::string{"100%"}, std::string{"a_b*?["},
          std::string{"Zo\xC3\xAB \xE6\x9D\xB1\xE4\xBA\xAC \xF0\x9F\x98\x80"}, std::string{"0"}, std::string{"NULL"},
          std::string{"true"}, std::string(longest, 'x')})
        if (text.size() <= longest)
            all.emplace_back(text);
    return all;
}

std::vector<json::value> examples_of(KeptAttribute const& kept, Attribute const& attribute, std::size_t longest)
{
    if (!kept.examples.empty())
        return kept.examples;
    if (attribute.only_canonical_values)
        return {attribute.canonical_values.begin(), attribute.canonical_values.end()};
    switch (attribute.type)
    {
    case AttributeType::boolean:
        return {true, false};
    case AttributeType::integer:
        return {0, -1, 9007199254740993, INT64_MAX, INT64_MIN};
    case AttributeType::decimal:
        return {0.5, -2.25, 1e300};
    case AttributeType::date_time:
        return {"2026-03-04T05:06:07.000008Z", "1969-12-31T23:59:59Z", "2026-01-01T01:00:03+01:00"};
    case AttributeType::binary:
        return {"AQID", "AAD//w=="};
    case AttributeType::reference:
        return {"https://example.com/a?b=c&d='e'", "urn:example:1"};
    default:
        return texts(longest);
    }
}

ResourceType const& type_of(Fixture& f, KeptType const& kept)
{
    auto const* type = f.registry->find_resource_type(kept.name);
    if (!type)
    {
        f.check.fail("the profile has the resource type " + kept.name + ", which its registry has not");
        throw Stop{};
    }
    return *type;
}

bool same_value(AttributeRef const& attribute, json::value const* sent, json::value const* found)
{
    if (!sent || !found)
        return sent == found;
    auto const a = to_literal(attribute.leaf(), *sent), b = to_literal(attribute.leaf(), *found);
    bool const is_time = attribute.leaf().type == AttributeType::date_time; // in another spelling it is the same
    return is_time && a && b ? compare_sort_values(a, b) == 0 : equal_json(*sent, *found);
}

} // namespace

Kept::Kept(Fixture& fixture, KeptType const& type)
    : f_(fixture)
    , kept_(type)
    , type_(&type_of(fixture, type))
    , map_(fixture.check.must(AttributeMap::make(*type_, paths_of(type)), "the profile's " + type.name))
{
    for (KeptAttribute const& attribute : type.attributes)
    {
        auto const path = fixture.check.must(parse_path(attribute.path), "the profile's path");
        attributes_.push_back(fixture.check.must(bind(path, *type_), "the profile's path").attribute);
        examples_.push_back(examples_of(attribute, attributes_.back().leaf(), fixture.profile->longest_text));
    }
    for (Attribute const& attribute : type_->schema().attributes)
        if (attribute.required &&
            std::ranges::none_of(attributes_, [&](AttributeRef const& each) { return each.attribute == &attribute; }))
        {
            fixture.check.fail("the profile of " + type.name + " lacks " + attribute.name + ", which is required");
            throw Stop{};
        }
}

bool Kept::is_required(std::size_t column) const
{
    return attribute(column).attribute->required || attribute(column).leaf().required;
}

bool Kept::is_unique(std::size_t column) const { return attribute(column).leaf().uniqueness != Uniqueness::none; }

json::value Kept::unique_example(std::size_t column)
{
    auto const& of_column = examples(column);
    json::value value = of_column[made_ % of_column.size()];
    if (!is_unique(column) || value.is_bool())
        return value;
    if (!value.is_string())
        return static_cast<std::int64_t>(++made_);
    std::string text = std::to_string(++made_) + "-" + std::string{std::string_view{value.get_string()}};
    for (std::size_t longest = f_.profile->longest_text; text.size() > longest || !is_valid_utf8(text);)
        text.pop_back(); // no part of a character stays
    return json::value(text);
}

Resource Kept::minimal()
{
    Resource resource;
    resource.type = type_;
    resource.id = "profile-" + type_->name() + "-" + std::to_string(++made_);
    resource.created = at_second(static_cast<std::int64_t>(made_)) + std::chrono::microseconds{7};
    resource.last_modified = resource.created + std::chrono::microseconds{1'000'001};
    for (std::size_t column = 0; column < size(); ++column)
        if (is_required(column))
            set(resource, column, unique_example(column));
    return resource;
}

Resource Kept::full(std::size_t example)
{
    Resource resource = minimal();
    for (std::size_t column = 0; column < size(); ++column)
        if (!is_required(column))
            set(resource, column,
                is_unique(column) ? unique_example(column) : examples(column)[example % examples(column).size()]);
    return resource;
}

Resource Kept::expected(Resource resource) const
{
    for (std::size_t column = 0; column < size(); ++column)
        if (!map_.get(resource, column))
            set(resource, column, kept_.attributes[column].if_absent);
    return resource;
}

void Kept::expect(std::optional<Resource> const& found, Resource const& sent, std::string_view what) const
{
    std::string const where = std::string{what} + ": " + type_->name() + " \"" + sent.id + "\"";
    if (!found)
        return f_.check.fail(where + " is not there");
    Resource const wanted = expected(sent);
    bool all_columns_same = true;
    for (std::size_t column = 0; column < size(); ++column)
    {
        auto const* sent_value = map_.get(wanted, column);
        auto const* found_value = map_.get(*found, column);
        if (same_value(attribute(column), sent_value, found_value))
            continue;
        all_columns_same = false;
        f_.check.fail(where + ", " + difference(path(column), sent_value, found_value));
    }
    if (!all_columns_same)
        return;
    Resource spelled = wanted; // times as the store spells them
    for (std::size_t column = 0; column < size(); ++column)
        if (attribute(column).leaf().type == AttributeType::date_time)
            if (auto const* found_value = map_.get(*found, column))
                set(spelled, column, *found_value);
    for (std::string const& text : differences(spelled, *found))
        f_.check.fail(where + ", " + text);
}

} // namespace scimkit::conformance
