// A resource of the Probe type, to be asked questions.
#pragma once

#include <scimkit/core/json.hpp>
#include <scimkit/filter/bind.hpp>
#include <scimkit/filter/evaluate.hpp>

#include "registry.hpp"

#include <string>
#include <string_view>

namespace filter_test
{

struct Probe
{
    scimkit::json::object attributes{};
    std::string id = "Probe-1";
    std::uint64_t version = 5;
    std::string location = "https://example.com/v2/Probes/Probe-1";
    scimkit::Instant created = scimkit::parse_date_time("2020-01-01T00:00:00Z").value();
    scimkit::Instant last_modified = scimkit::parse_date_time("2020-01-01T00:00:00+02:00").value();

    scimkit::ResourceView view() const
    {
        return {.type = type("Probe"),
                .id = id,
                .created = created,
                .last_modified = last_modified,
                .version = version,
                .attributes = attributes,
                .location = location};
    }

    bool matches(std::string_view filter, scimkit::BindOptions const& options = {}) const
    {
        auto const bound = bind(scimkit::parse_filter(filter).value(), type("Probe"), options);
        return scimkit::matches(bound.value(), view());
    }
};

/// From the text of the attributes.
inline Probe probe(std::string_view attributes)
{
    return {.attributes = scimkit::parse_json(attributes).value().as_object()};
}

} // namespace filter_test
