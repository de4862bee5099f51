// Deviations: what a server does otherwise than RFC 7643 and RFC 7644 say, each with a name. A tolerant client goes on
// and remembers them; a strict one fails with `malformed` and the name. docs/client.md lists them.
//
//     for (auto const& met : client.deviations().all())
//         log(name_of(met.deviation), met.count, met.first);
#pragma once

#include <scimkit/client/failure.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit::client
{

/// Each is something that the RFCs say otherwise and that has one meaning all the same. What has none is a failure.
enum class Deviation
{
    media_type,            ///< the answer says another media type than application/scim+json
    byte_order_mark,       ///< JSON behind a byte order mark
    error_body,            ///< an error without a SCIM error body
    error_status_form,     ///< `status` of an error is missing, no string, or another than HTTP's
    list_form,             ///< a list that is a bare array, or a single resource
    list_schema,           ///< a list without the ListResponse URI in `schemas`
    list_names,            ///< members of a list in other letter case
    total_missing,         ///< a list without a number in totalResults
    total_changed,         ///< totalResults changes from page to page
    total_wrong,           ///< more resources came than totalResults says
    items_per_page,        ///< itemsPerPage is another number than that of the resources
    page_too_long,         ///< more resources than `count` asked for
    empty_page,            ///< a page without resources, though a cursor leads on
    no_configuration,      ///< no ServiceProviderConfig
    no_resource_types,     ///< no ResourceTypes: User and Group of RFC 7643 are assumed
    no_schemas,            ///< no Schemas: those of RFC 7643 are assumed
    schema_broken,         ///< a schema that cannot be used; that of RFC 7643 is taken where there is one
    resource_type_broken,  ///< a resource type that cannot be used; it is left out
    endpoint_form,         ///< `endpoint` of a resource type is no path, as "Users" or a whole URL
    id_missing,            ///< a resource without an id
    id_form,               ///< an id that is no string
    resource_schemas,      ///< `schemas` is missing, or has not what the resource has
    resource_type_unknown, ///< meta.resourceType is that of another type, or missing
    last_modified_missing, ///< no meta.lastModified, or no dateTime: changes cannot be asked for
    attribute_unknown,     ///< an attribute that no schema has; it is left out
    attribute_value,       ///< a value that does not fit its attribute; it is left out
    required_missing,      ///< a required attribute is not there
    created_without_body,  ///< 201 without the resource; it is read by its location
    location_missing,      ///< 201 without a Location
    filter_ignored,        ///< a filter came back with resources that it does not match
    schema_contradiction,  ///< characteristics of an attribute contradict each other; they are passed over
};

/// "media-type", "list-form", ...: names for programs and reports, which stay from version to version. Lifetimes: the
/// text is static, as that of meaning_of().
SCIMKIT_API std::string_view name_of(Deviation deviation) noexcept;
/// One sentence, what it means.
SCIMKIT_API std::string_view meaning_of(Deviation deviation) noexcept;
/// All of them, in order.
SCIMKIT_API std::span<Deviation const> all_deviations() noexcept;

/// One deviation that was met: how often, and where first. A value.
struct ObservedDeviation
{
    Deviation deviation{};
    std::uint64_t count = 0;
    std::string first; ///< where and what, one sentence, cut
};

/// Remembers deviations: of each the number and the first one, so that no server fills the memory with them.
///
/// Threading: any number of threads at once. Lifetimes: a client's belongs to it; one of your own is for
/// read_resource().
class SCIMKIT_API DeviationLog
{
public:
    explicit DeviationLog(bool tolerant);
    ~DeviationLog();
    DeviationLog(DeviationLog const&) = delete;
    DeviationLog& operator=(DeviationLog const&) = delete;

    /// One more, met at `where`, of which 300 bytes are kept, without control characters.
    ///
    /// Failure: malformed, where deviations are not tolerated.
    /// Complexity: constant; a few hundred bytes for each deviation that there is, however often it is met.
    outcome<void> note(Deviation deviation, std::string_view where);

    bool tolerant() const noexcept { return tolerant_; }

    /// Those that were met, in the order of the enumeration; a copy.
    std::vector<ObservedDeviation> all() const;

private:
    struct State;
    bool tolerant_;
    std::unique_ptr<State> state_;
};

} // namespace scimkit::client
