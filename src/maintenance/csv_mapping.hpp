// CsvTarget: the place in a resource that a column is mapped to.
#pragma once

#include <scimkit/core/json.hpp>
#include <scimkit/maintenance/import.hpp>
#include <scimkit/schema/resource_type.hpp>

namespace scimkit::maintenance
{

/// Lifetimes: the registry and the mapping outlive it.
class CsvTarget
{
public:
    /// Error: invalid_value, naming the attribute.
    static result<CsvTarget> make(std::string_view attribute, CsvMapping const& mapping,
                                  SchemaRegistry const& registry);

    /// `cell` is not empty. Error: invalid_value (it is none of the attribute's type).
    result<void> put(json::object& body, std::string_view cell) const;
    result<void> put_constant(json::object& body, std::string_view value) const;

private:
    result<json::value> read(std::string_view cell) const;
    json::object& object_of(json::object& body) const;
    json::object* selected(json::object& root, bool make) const;
    std::vector<std::string_view> cells_of(std::string_view cell) const;

    AttributeRef attribute_{};
    std::string text_{};         // as it was written
    std::string select_by_{};    // "type"; empty: no element is selected
    std::string select_value_{}; // "work"
    char list_separator_ = '\0';
};

} // namespace scimkit::maintenance
