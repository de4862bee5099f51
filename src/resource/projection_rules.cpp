// How the rules of a Projection are made from `returned` and from names (RFC 7643 section 7, RFC 7644 section 3.4.2.5).
#include <scimkit/schema/registry.hpp>

#include "projection.hpp"

#include <algorithm>
#include <functional>

namespace scimkit
{

namespace
{

constexpr std::size_t max_names = 1'000;

bool is_default(Attribute const& attribute) noexcept
{
    return attribute.returned == Returned::always || attribute.returned == Returned::by_default;
}

std::vector<Attribute const*> select(Attribute const& attribute, bool (*keep)(Attribute const&) noexcept)
{
    std::vector<Attribute const*> subs;
    for (auto const& sub : attribute.sub_attributes)
        if (keep(sub))
            subs.push_back(&sub);
    return subs;
}

bool is_always(Attribute const& attribute) noexcept { return attribute.returned == Returned::always; }

// Calls `visit` with each name in lists like "userName, name.givenName". Error: invalid_value.
template <class Visit>
result<std::size_t> each_name(std::span<std::string const> lists, Visit visit)
{
    constexpr std::string_view blanks = " \t";
    std::size_t count = 0;
    for (std::string_view list : lists)
    {
        while (!list.empty())
        {
            auto const comma = list.find(',');
            auto name = list.substr(0, comma);
            list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
            auto const first = name.find_first_not_of(blanks);
            if (first == std::string_view::npos)
                continue;
            name = name.substr(first, name.find_last_not_of(blanks) - first + 1);
            if (++count > max_names)
            {
                return Error{ErrorCode::invalid_value,
                             "There are more than " + std::to_string(max_names) + " names of attributes."};
            }
            if (auto fine = visit(name); !fine)
                return fine.error();
        }
    }
    return count;
}

} // namespace

// Builds the rules. While it works there is one rule for each attribute of the type; the plain ones go at the end.
class Projection::Maker
{
public:
    Maker(ResourceType const& type, NameResolution const& names)
        : type_(type)
        , names_(names)
    {
        add(common_schema(), nullptr);
        add(type.schema(), nullptr);
        for (auto const& extension : type.extensions())
            add(*extension.schema, extension.schema);
        std::sort(rules_.begin(), rules_.end(),
                  [](Rule const& a, Rule const& b) { return std::less<>{}(a.attribute, b.attribute); });
    }

    void show_default()
    {
        for (auto& rule : rules_)
            show_whole(rule, is_default(*rule.attribute));
    }

    void show_always()
    {
        for (auto& rule : rules_)
            show_whole(rule, is_always(*rule.attribute));
    }

    result<void> include(std::string_view name)
    {
        return resolve(
            name,
            [](Rule& rule)
            {
                if (is_default(*rule.attribute))
                    include(rule, nullptr);
            },
            [](Rule& rule, Attribute const* sub) { include(rule, sub); });
    }

    result<void> exclude(std::string_view name)
    {
        return resolve(
            name, [](Rule& rule) { exclude(rule, nullptr); },
            [](Rule& rule, Attribute const* sub) { exclude(rule, sub); });
    }

    std::vector<Rule> finish() &&
    {
        std::erase_if(rules_, [](Rule const& rule) { return rule.shown && !rule.in_part; });
        return std::move(rules_);
    }

private:
    void add(Schema const& schema, Schema const* extension)
    {
        for (auto const& attribute : schema.attributes)
            rules_.push_back({.attribute = &attribute, .extension = extension});
    }

    // All of an attribute: its sub-attributes that are returned by default.
    static void show_whole(Rule& rule, bool shown)
    {
        rule.shown = shown;
        rule.in_part =
            !std::all_of(rule.attribute->sub_attributes.begin(), rule.attribute->sub_attributes.end(), is_default);
        rule.sub_attributes = rule.in_part ? select(*rule.attribute, is_default) : std::vector<Attribute const*>{};
    }

    static void include(Rule& rule, Attribute const* sub)
    {
        if (rule.attribute->returned == Returned::never || (sub && sub->returned == Returned::never))
            return;
        if (!sub)
        {
            auto const named_before = rule.shown ? std::move(rule.sub_attributes) : std::vector<Attribute const*>{};
            show_whole(rule, true);
            for (auto const* other : named_before) // a sub-attribute with `returned: request`
                add(rule, other);
            return;
        }
        if (!rule.shown)
        {
            rule.shown = true;
            rule.in_part = true;
            rule.sub_attributes = select(*rule.attribute, is_always);
        }
        add(rule, sub);
    }

    static void add(Rule& rule, Attribute const* sub)
    {
        if (rule.in_part && std::ranges::find(rule.sub_attributes, sub) == rule.sub_attributes.end())
            rule.sub_attributes.push_back(sub);
    }

    static void exclude(Rule& rule, Attribute const* sub)
    {
        if (!sub)
        {
            if (!is_always(*rule.attribute))
            {
                rule.shown = false;
                rule.excluded = true;
            }
            return;
        }
        if (!is_always(*sub))
        {
            if (!rule.in_part)
            {
                rule.in_part = true;
                rule.sub_attributes = select(*rule.attribute, is_default);
            }
            std::erase(rule.sub_attributes, sub);
        }
    }

    template <class Whole, class One>
    result<void> resolve(std::string_view name, Whole whole, One one)
    {
        if (type_.is_base_schema(name, names_.legacy_schema_uris))
        {
            for_schema(type_.schema(), whole);
            return {};
        }
        if (auto const* extension = type_.find_extension(name, names_.legacy_schema_uris))
        {
            for_schema(*extension, whole);
            return {};
        }
        auto const path = parse_attribute_path(name);
        if (!path)
            return Error{ErrorCode::invalid_value, path.error().detail}.against("7644-3.4.2.5-b");
        auto const attribute = type_.resolve(*path, names_);
        if (attribute && attribute->attribute)
            one(rule_of(*attribute->attribute), attribute->sub_attribute);
        return {};
    }

    template <class Whole>
    void for_schema(Schema const& schema, Whole whole)
    {
        for (auto const& attribute : schema.attributes)
            whole(rule_of(attribute));
    }

    Rule& rule_of(Attribute const& attribute)
    {
        return *std::lower_bound(rules_.begin(), rules_.end(), &attribute,
                                 [](Rule const& rule, Attribute const* key)
                                 { return std::less<>{}(rule.attribute, key); });
    }

    ResourceType const& type_;
    NameResolution names_;
    std::vector<Rule> rules_;
};

Projection::Projection(ResourceType const& type)
    : type_(&type)
{
    Maker maker{type, {}};
    maker.show_default();
    rules_ = std::move(maker).finish();
}

Projection::Projection(ResourceType const& type, std::vector<Rule> rules, bool chosen)
    : type_(&type)
    , rules_(std::move(rules))
    , chosen_(chosen)
{
}

result<Projection> Projection::make(ResourceType const& type, std::span<std::string const> attributes,
                                    std::span<std::string const> excluded, NameResolution const& names)
{
    Maker maker{type, names};
    maker.show_always();
    auto const chosen = each_name(attributes, [&](std::string_view name) { return maker.include(name); });
    if (!chosen)
        return chosen.error();
    if (*chosen == 0) // an empty parameter is as none
        maker.show_default();
    if (auto done = each_name(excluded, [&](std::string_view name) { return maker.exclude(name); }); !done)
        return done.error();
    return Projection{type, std::move(maker).finish(), *chosen > 0};
}

} // namespace scimkit
