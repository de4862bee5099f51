// Names, paths and filters (RFC 7644 sections 3.4.2.2, 3.5.2 and 3.10): parsed and answered on plain JSON.
#pragma once

#include "values.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace scimkit::model
{

/// A filter as a tree. Leaves have an attribute; the others operands.
struct Filter
{
    std::string op; ///< and, or, not, pr, [], true, false or a comparison
    Target target{};
    json::value literal{};
    std::vector<Filter> operands{};
};

/// `name[filter].sub`, or a whole extension (no attribute).
struct Path
{
    Target target{};
    std::optional<Filter> filter{};
};

/// What happens to a filter about something that is never returned.
enum class Secret
{
    forbidden, ///< in a URI: 403 sensitive
    invalid    ///< in a body: 400 invalidFilter
};

/// An attribute by its name. Throws nothing: none is no attribute.
std::optional<Target> find_attribute(std::string_view name, Type const& type, Mode mode);

/// Throws Refusal (invalidFilter, sensitive). `lenient`: what the type does not have has no value.
Filter parse_filter(std::string_view text, Type const& type, Mode mode, Secret secret, bool lenient = false);

/// Throws Refusal (invalidPath, invalidFilter).
Path parse_path(std::string_view text, Type const& type, Mode mode);

/// Whether a resource, as World::view gives it, matches.
bool matches(Filter const& filter, json::object const& view);

/// Whether one element matches the filter between brackets.
bool matches_element(Filter const& filter, json::value const& element);

/// The values of an attribute in a view; those of its sub-attribute if it names one. `compared`: an absent `primary`
/// in an element counts as false.
std::vector<json::value> values_of(json::object const& view, Target const& target, bool compared);

} // namespace scimkit::model
