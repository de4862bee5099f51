// The table of deviations, and the log that remembers which were met.
#include <scimkit/client/deviation.hpp>

#include "remote.hpp"

#include <algorithm>
#include <array>
#include <mutex>

namespace scimkit::client
{

namespace
{

struct Entry
{
    Deviation deviation;
    std::string_view name;
    std::string_view meaning;
};

constexpr std::array entries{
    Entry{Deviation::media_type, "media-type", "The answer says another media type than application/scim+json."},
    Entry{Deviation::byte_order_mark, "byte-order-mark", "JSON stands behind a byte order mark."},
    Entry{Deviation::error_body, "error-body", "An error came without a SCIM error body."},
    Entry{Deviation::error_status_form, "error-status-form",
          "The status of an error is missing, no string, or another than HTTP's."},
    Entry{Deviation::list_form, "list-form", "A list is a bare array, or a single resource."},
    Entry{Deviation::list_schema, "list-schema", "A list does not have the ListResponse URI in its schemas."},
    Entry{Deviation::list_names, "list-names", "Members of a list have other letter case."},
    Entry{Deviation::total_missing, "total-missing", "A list has no number as its totalResults."},
    Entry{Deviation::total_changed, "total-changed", "totalResults changes from page to page."},
    Entry{Deviation::total_wrong, "total-wrong", "More resources came than totalResults says."},
    Entry{Deviation::items_per_page, "items-per-page", "itemsPerPage is another number than that of the resources."},
    Entry{Deviation::page_too_long, "page-too-long", "A page has more resources than count asked for."},
    Entry{Deviation::empty_page, "empty-page", "A page has no resources, though a cursor leads on."},
    Entry{Deviation::no_configuration, "no-configuration", "There is no ServiceProviderConfig."},
    Entry{Deviation::no_resource_types, "no-resource-types",
          "There is no ResourceTypes; User and Group of RFC 7643 are assumed."},
    Entry{Deviation::no_schemas, "no-schemas", "There is no Schemas; those of RFC 7643 are assumed."},
    Entry{Deviation::schema_broken, "schema-broken",
          "A schema cannot be used; that of RFC 7643 is taken where there is one."},
    Entry{Deviation::resource_type_broken, "resource-type-broken", "A resource type cannot be used; it is left out."},
    Entry{Deviation::endpoint_form, "endpoint-form", "The endpoint of a resource type is no path below the root."},
    Entry{Deviation::id_missing, "id-missing", "A resource has no id."},
    Entry{Deviation::id_form, "id-form", "An id is no string."},
    Entry{Deviation::resource_schemas, "resource-schemas", "schemas of a resource is missing, or lacks what is there."},
    Entry{Deviation::resource_type_unknown, "resource-type-unknown",
          "meta.resourceType is missing, or that of another type."},
    Entry{Deviation::last_modified_missing, "last-modified-missing",
          "meta.lastModified is missing, or no dateTime; changes cannot be asked for."},
    Entry{Deviation::attribute_unknown, "attribute-unknown", "No schema has an attribute; it is left out."},
    Entry{Deviation::attribute_value, "attribute-value", "A value does not fit its attribute; it is left out."},
    Entry{Deviation::required_missing, "required-missing", "A required attribute is not there."},
    Entry{Deviation::created_without_body, "created-without-body",
          "201 came without the resource; it is read by its location."},
    Entry{Deviation::location_missing, "location-missing", "201 came without a Location."},
    Entry{Deviation::filter_ignored, "filter-ignored", "A filter came back with resources that it does not match."},
    Entry{Deviation::schema_contradiction, "schema-contradiction",
          "Characteristics of an attribute contradict each other; they are passed over."},
};

constexpr auto table_of_kinds()
{
    std::array<Deviation, entries.size()> kinds{};
    for (std::size_t i = 0; i < entries.size(); ++i)
        kinds[i] = entries[i].deviation;
    return kinds;
}

constexpr auto kinds = table_of_kinds();

static_assert(
    []
    {
        for (std::size_t i = 0; i < entries.size(); ++i)
            if (static_cast<std::size_t>(entries[i].deviation) != i)
                return false;
        return true;
    }(),
    "the table is in the order of the enumeration");

constexpr std::size_t max_first_bytes = 300; // of what is remembered of the first one; cut

} // namespace

std::string_view name_of(Deviation deviation) noexcept { return entries[static_cast<std::size_t>(deviation)].name; }

std::string_view meaning_of(Deviation deviation) noexcept
{
    return entries[static_cast<std::size_t>(deviation)].meaning;
}

std::span<Deviation const> all_deviations() noexcept { return kinds; }

struct DeviationLog::State
{
    mutable std::mutex mutex;
    std::array<ObservedDeviation, entries.size()> met{};
};

DeviationLog::DeviationLog(bool tolerant)
    : tolerant_(tolerant)
    , state_(std::make_unique<State>())
{
}

DeviationLog::~DeviationLog() = default;

outcome<void> DeviationLog::note(Deviation deviation, std::string_view where)
{
    {
        std::lock_guard const lock{state_->mutex};
        auto& met = state_->met[static_cast<std::size_t>(deviation)];
        met.deviation = deviation;
        if (met.count++ == 0)
            met.first = clean_text(where, max_first_bytes);
    }
    if (tolerant_)
        return {};
    return malformed(std::string{name_of(deviation)} + ": " + clean_text(where, max_first_bytes));
}

std::vector<ObservedDeviation> DeviationLog::all() const
{
    std::lock_guard const lock{state_->mutex};
    std::vector<ObservedDeviation> all;
    std::copy_if(state_->met.begin(), state_->met.end(), std::back_inserter(all),
                 [](ObservedDeviation const& met) { return met.count > 0; });
    return all;
}

} // namespace scimkit::client
