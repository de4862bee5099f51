// A profile is a promise to somebody else, so a service that would break one of its rulings is not started.
#include "profile.hpp"

#include <scimkit/schema/registry.hpp>
#include <scimkit/tolerance/profile.hpp>

#include <algorithm>

namespace scimkit
{
namespace
{

using About = Ruling::About;

bool is_on(Tolerance const& tolerance, std::string_view name)
{
    auto const switches = tolerance_switches();
    auto const found = std::ranges::find(switches, name, &ToleranceSwitch::name);
    return found != switches.end() && tolerance.*found->member;
}

/// "User.emails.value": the resource type, and an attribute of it.
bool has_attribute(SchemaRegistry const& registry, std::string_view name)
{
    auto const dot = name.find('.');
    auto const* type = registry.find_resource_type(name.substr(0, dot));
    auto const path = parse_attribute_path(name.substr(std::min(dot + 1, name.size())));
    return type && path && type->resolve(*path);
}

/// The first attribute that `is_wrong`, at the top or below; empty: there is none.
std::string find_wrong(SchemaRegistry const& registry, bool (*is_wrong)(Attribute const& attribute, bool is_sub))
{
    auto const in = [&](Schema const& schema) -> std::string
    {
        for (Attribute const& attribute : schema.attributes)
        {
            if (is_wrong(attribute, false))
                return schema.name + "." + attribute.name;
            for (Attribute const& sub : attribute.sub_attributes)
                if (is_wrong(sub, true))
                    return schema.name + "." + attribute.name + "." + sub.name;
        }
        return {};
    };
    for (auto const& type : registry.resource_types())
    {
        auto found = in(type->schema());
        for (auto const& extension : type->extensions())
            if (found.empty())
                found = in(*extension.schema);
        if (!found.empty())
            return found;
    }
    return {};
}

bool lacks_values(Attribute const& attribute, bool is_sub)
{
    return is_sub && attribute.name == "type" && attribute.type == AttributeType::string &&
           attribute.canonical_values.empty();
}

bool is_never_returned(Attribute const& attribute, bool)
{
    return attribute.mutability == Mutability::write_only || attribute.returned == Returned::never;
}

std::string of_attribute(std::string attribute, std::string_view what)
{
    return attribute.empty() ? std::string{} : std::move(attribute) + std::string{what};
}

/// Nothing of a URL of the machine itself goes over a network. One that is not known yet is looked at when it is.
bool keeps_from_the_wire(std::string_view base_url)
{
    if (base_url.empty() || !base_url.starts_with("http://"))
        return true;
    auto host = base_url.substr(7);
    host = host.substr(0, host.find('/'));
    if (auto const colon = host.rfind(':'); colon != std::string_view::npos && !host.ends_with(']'))
        host = host.substr(0, colon);
    return host == "localhost" || host == "127.0.0.1" || host == "[::1]";
}

std::string unless(bool fine, std::string fault) { return fine ? std::string{} : std::move(fault); }

/// Empty: all is well.
std::string fault_of(Ruling const& ruling, ServiceOptions const& options, SchemaRegistry const& registry)
{
    auto const& limits = options.limits;
    auto const number = std::to_string(ruling.number);
    switch (ruling.about)
    {
    case About::tolerance:
        return unless(is_on(options.tolerance, ruling.subject) == (ruling.value == "on"),
                      "the tolerance " + ruling.subject + " has to be " + ruling.value);
    case About::attribute:
        return unless(has_attribute(registry, ruling.subject), "there has to be the attribute " + ruling.subject);
    case About::canonical_types:
        return of_attribute(find_wrong(registry, lacks_values), " has to have canonicalValues");
    case About::no_secrets:
        return of_attribute(find_wrong(registry, is_never_returned),
                            " is never returned, and there may be no credentials");
    case About::patch:
        return unless(options.patch, "patch has to be on");
    case About::bulk:
        return unless(options.bulk, "bulk has to be on");
    case About::rate_at_least:
        return {}; // who counts requests is in front of a service
    case About::https:
        return unless(keeps_from_the_wire(options.base_url), "base_url has to begin with https://");
    case About::default_page_at_least:
        return unless(limits.default_page_size >= ruling.number, "default_page_size has to be at least " + number);
    case About::max_page_at_least:
        return unless(limits.max_page_size >= ruling.number, "max_page_size has to be at least " + number);
    case About::max_page_at_most:
        return unless(limits.max_page_size <= ruling.number, "max_page_size has to be at most " + number);
    case About::patch_operations_at_least:
        return unless(limits.max_patch_operations >= ruling.number,
                      "max_patch_operations has to be at least " + number);
    }
    return "it asks for what is not known here";
}

} // namespace

result<void> check_profile(Profile const& profile, ServiceOptions const& options)
{
    auto registry = options.registry;
    if (!registry)
    {
        auto made = service::default_registry(&profile);
        if (!made)
            return made.error();
        registry = std::move(*made);
    }
    for (Ruling const& ruling : profile.rulings)
        if (auto const fault = fault_of(ruling, options, *registry); !fault.empty())
            return Error{ErrorCode::invalid_value,
                         "The profile " + profile.name + ", " + ruling.clause + ": " + fault + "."};
    return {};
}

namespace service
{

void take_tolerance(ServiceOptions& options)
{
    if (options.profile && options.tolerance == Tolerance{})
        options.tolerance = options.profile->tolerance;
}

result<std::shared_ptr<SchemaRegistry const>> default_registry(Profile const* profile)
{
    auto registry = SchemaRegistry::Builder{}.add_rfc7643().build();
    return registry && profile ? registry_for(*profile, *registry) : registry;
}

std::optional<bool> announced_by_profile(ServiceOptions const& options)
{
    if (!options.profile || options.profile->announced.empty())
        return std::nullopt;
    auto const& member = options.profile->announced;
    auto const known = std::ranges::find(profiles(), member, [](auto const& each) { return each->announced; });
    return known != profiles().end() && check_profile(**known, options);
}

} // namespace service
} // namespace scimkit
