// AuditRecord: who did what to which resource when, made of a change of the log. It names what changed, and has of
// values only ids and the name by which the resource is found again (resource_name): all else that is said of people is
// not for an audit to repeat.
//
// Threading: values; the functions from any number of threads. Lifetimes: what comes back owns what it holds. Errors:
// none, but of read_audit_record(). Complexity: linear in the change.
#pragma once

#include <scimkit/events/log_reader.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit
{

/// One change, or a gap in what was audited. A value.
struct AuditRecord
{
    /// An element of a large attribute (a member of a group).
    struct Element
    {
        std::string attribute{}; ///< its name: "members"
        std::string value{};     ///< of the element: an id
        bool came = false;       ///< or went

        friend bool operator==(Element const&, Element const&) = default;
    };

    std::string id{};        ///< change_id(): a repetition is the same record
    Instant time{};          ///< of the change
    std::string tenant{};    ///< empty: of the administration itself
    std::string actor{};     ///< the principal's subject; empty: nobody said
    std::string operation{}; ///< "create", "update", "delete"; "gap": changes up to this one were not audited
    std::string resource_type{};
    std::string resource_id{};
    std::string resource_name{};        ///< userName, displayName or name, the first that the change tells
    std::vector<std::string> changed{}; ///< paths of attributes
    std::vector<Element> elements{};    ///< at most max_audit_elements
    std::uint64_t more_elements = 0;    ///< that came or went besides
    std::string trace_id{};
    std::uint64_t position = 0; ///< in the change log of the tenant

    friend bool operator==(AuditRecord const&, AuditRecord const&) = default;
};

inline constexpr std::size_t max_audit_elements = 200; ///< members that one audit record names; the others are counted

/// The record of a change. `log`: as change_id() has it.
SCIMKIT_API AuditRecord audit_record(LoggedChange const& change, std::string_view log = {});

/// That there are changes which no record is made of, since the reader came too late.
SCIMKIT_API AuditRecord audit_record(LogGap const& gap, Instant now, std::string_view log = {});

/// The attributes of the resource type AuditRecord, without `id`; empty ones are absent.
SCIMKIT_API json::object to_json(AuditRecord const& record);

/// Back again, from a whole resource. What it does not know it leaves out. Errors: invalid_value (no time, or one that
/// is none).
SCIMKIT_API result<AuditRecord> read_audit_record(json::object const& resource);

/// The record as an event of the Open Cybersecurity Schema Framework 1.3: class Entity Management (3004). `product`: of
/// metadata.product.name.
SCIMKIT_API json::object to_ocsf(AuditRecord const& record, std::string_view product = "scimkit");

} // namespace scimkit
