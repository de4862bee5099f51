// Import: resources from elsewhere, as JSON lines or as CSV, created through a service, so that they are validated as
// requests are: what a POST would refuse is refused, with the line and the reason, and the rest goes on.
//
// A line of JSON is a SCIM resource, or a line of an export (transfer.hpp), of which `resource` is taken and `secrets`
// are not, since they are hashes. Its type is meta.resourceType, or that whose schema `schemas` names, or
// ImportOptions::resource_type. A resource that brings an `id` keeps it, so that members and managers in other lines
// mean it; others get new ones. readOnly attributes are dropped, as in a POST.
//
// Progress: after each batch the caller is told of a state that a later call goes on from, wherever this one was ended,
// also by a crash: nothing is created twice.
//
// Threading: the calling thread. Lifetimes: arguments live during the call.
#pragma once

#include <scimkit/service/service.hpp>

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace scimkit
{

/// How the columns of a CSV file (RFC 4180, with a line of names first) become attributes.
struct CsvMapping
{
    struct Column
    {
        std::string name; ///< of the column
        /// "userName", "name.givenName", "emails[type eq \"work\"].value", "urn:…:User:department", "members".
        std::string attribute;
    };
    struct Constant
    {
        std::string attribute;
        /// Set where there is nothing yet; in a selected element only where a column made the element.
        std::string value;
    };
    std::string resource_type = "User";
    char separator = ',';
    char list_separator = '\0'; ///< between several values in one cell; none: a cell is one value
    std::vector<Column> columns{};
    std::vector<Constant> constants{};
};

/// {"resourceType":"User","separator":";","listSeparator":"|","columns":{"Login":"userName",...},
///  "constants":{"active":"true"}}
/// Error: invalid_syntax, invalid_value, naming the member.
SCIMKIT_API result<CsvMapping> read_csv_mapping(std::string_view json);

struct ImportProgress
{
    std::string run{};         ///< names the import; new ids are made from it and the line
    std::uint64_t bytes = 0;   ///< of the input that are done
    std::uint64_t lines = 0;   ///< records that are done
    std::uint64_t created = 0; ///< of them; in a dry run: would be
    std::uint64_t refused = 0;
    std::uint64_t there = 0; ///< were created before the import was interrupted

    friend bool operator==(ImportProgress const&, ImportProgress const&) = default;
};

/// As one line of JSON, and back. Error: invalid_value.
SCIMKIT_API std::string write_import_progress(ImportProgress const& progress);
SCIMKIT_API result<ImportProgress> read_import_progress(std::string_view text);

struct ImportRefusal
{
    std::uint64_t line = 0; ///< of the text, from 1; of a CSV record its first one
    int status = 400;
    std::string scim_type{};
    std::string detail{}; ///< names the attribute and the reason
};

struct ImportOptions
{
    std::string resource_type = "User"; ///< of lines that do not say theirs
    std::string tenant{};               ///< empty: the line's, else the service's default
    bool dry_run = false;               ///< nothing is stored; each batch is tried by itself
    bool keep_ids = true;
    std::size_t batch = 200; ///< resources of one commit; 1 to 5,000
    std::optional<CsvMapping> csv{};
    /// Go on from here: the same input, from its beginning. The input must be seekable.
    std::optional<ImportProgress> resume{};
    std::function<void(ImportRefusal const&)> refused{};
    /// Told after each batch; an error ends the import.
    std::function<result<void>(ImportProgress const&)> progress{};
};

/// `service` says store, registry, tolerance, hasher and limits of single values; who calls, ids, and how much one
/// request may hold, are the import's matter.
/// Errors: invalid_value (the configuration, the mapping, a column that is missing), unavailable (the input cannot be
/// read; the store, after some attempts), those of `progress`. What was created stays.
SCIMKIT_API result<ImportProgress> import_resources(ServiceOptions service, std::istream& in,
                                                    ImportOptions const& options);

} // namespace scimkit
