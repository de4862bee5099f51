// Import: resources from elsewhere, as JSON lines or as CSV, created through a service, so that they are validated as
// requests are: what a POST would refuse is refused, with the line and the reason, and the rest goes on.
//
// A line of JSON is a SCIM resource, or a line of an export (transfer.hpp), of which `resource` is taken and `secrets`
// are not, since they are hashes. Its type is meta.resourceType, or that whose schema `schemas` names, or
// ImportOptions::resource_type. A resource that brings an `id` keeps it, so that members and managers in other lines
// mean it; others get new ones. An id of more than 126 bytes, with a blank, a control character or "bulkId" in it is a
// reason to refuse the line. readOnly attributes are dropped, as in a POST.
//
//     std::ifstream in{"people.jsonl", std::ios::binary};
//     ImportOptions options{.dry_run = true};
//     options.refused = [](ImportRefusal const& no) { std::cerr << no.line << ": " << no.detail << '\n'; };
//     auto const done = import_resources({.base_url = "https://example.com/scim", .store = store}, in, options);
//
// Progress: after each batch the caller is told of a state that a later call goes on from, wherever this one was ended,
// also by a crash: nothing is created twice.
//
// Threading: the calling thread, which also calls the functions of the options, outside all transactions. What they
// throw ends the import and passes on. Lifetimes: arguments live during the call.
#pragma once

#include <scimkit/service/service.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit
{

/// How the columns of a CSV file (RFC 4180, with a line of names first) become attributes.
struct CsvMapping
{
    /// Where the cells of a column go. An empty cell says nothing.
    struct Column
    {
        std::string name; ///< of the column
        /// "userName", "name.givenName", "emails[type eq \"work\"].value", "urn:…:User:department", "members".
        std::string attribute;
    };
    /// What a resource gets beside its cells.
    struct Constant
    {
        std::string attribute; ///< as Column::attribute
        /// Set where there is nothing yet; in a selected element only where a column made the element.
        std::string value;
    };
    std::string resource_type = "User"; ///< of all records
    char separator = ',';               ///< between cells
    char list_separator = '\0';         ///< between several values in one cell; none: a cell is one value
    std::vector<Column> columns{};      ///< others of the file are passed over
    std::vector<Constant> constants{};
};

/// A mapping as JSON; all but `columns` may be left out:
///
///     {"resourceType":"User","separator":";","listSeparator":"|","columns":{"Login":"userName",...},
///      "constants":{"active":"true"}}
///
/// Errors: invalid_syntax (no JSON object), invalid_value (naming the member), payload_too_large (as parse_json()).
/// Whether there are such attributes import_resources() finds out.
SCIMKIT_API result<CsvMapping> read_csv_mapping(std::string_view json);

/// How far an import is. A value.
struct ImportProgress
{
    std::string run{};         ///< names the import; new ids are made from it and the line
    std::uint64_t bytes = 0;   ///< of the input that are done
    std::uint64_t lines = 0;   ///< records that are done
    std::uint64_t created = 0; ///< of them; in a dry run: would be
    std::uint64_t refused = 0; ///< of them
    std::uint64_t there = 0;   ///< of them; were created before the import was interrupted

    /// By these an import that goes on knows that it has the same input, told in the same way, and the same store.
    struct Last
    {
        std::uint64_t bytes = 0; ///< of the input in front of the last record that is done
        std::uint64_t lines = 0; ///< the same in lines
        std::string digest{};    ///< of what was made of that record; empty: none is done

        friend bool operator==(Last const&, Last const&) = default;
    };
    /// The newest resource that was created; empty: none was.
    struct Created
    {
        std::string tenant{};
        std::string resource_type{};
        std::string id{};

        friend bool operator==(Created const&, Created const&) = default;
    };
    Last last{};
    Created newest{};

    friend bool operator==(ImportProgress const&, ImportProgress const&) = default;
};

/// As one line of JSON, and back, so that a file can keep it. Errors: invalid_value.
SCIMKIT_API std::string write_import_progress(ImportProgress const& progress);
SCIMKIT_API result<ImportProgress> read_import_progress(std::string_view text);

/// A record that was not created, and why. A value.
struct ImportRefusal
{
    std::uint64_t line = 0;  ///< of the text, from 1; of a CSV record its first one
    int status = 400;        ///< what a POST would have been answered
    std::string scim_type{}; ///< of the same; may be empty
    std::string detail{};    ///< names the attribute and the reason
};

/// What is imported, and who is told.
struct ImportOptions
{
    std::string resource_type = "User"; ///< of lines that do not say theirs
    std::string tenant{};               ///< empty: the line's, else the service's default
    /// Nothing is stored. Each batch is tried by itself, against what is stored: what two batches have twice, and
    /// elements beyond the first 5,000 of a resource, are not seen.
    bool dry_run = false;
    bool keep_ids = true;    ///< off: each resource gets a new id
    std::size_t batch = 200; ///< resources of one commit; 1 to 5,000. Fewer where they are more than 1 MiB of JSON
    /// The input is CSV. Nothing: it is JSON, a line for each resource.
    std::optional<CsvMapping> csv{};
    /// Go on from here: the same input, from its beginning, into the same store and tenant. The input must be seekable.
    /// Where the last record that is done says something else, or the newest resource that was created is not there,
    /// nothing is imported: what was done would be missed.
    std::optional<ImportProgress> resume{};
    /// Told of each record that is refused, in their order, after its batch and before `progress`.
    std::function<void(ImportRefusal const&)> refused{};
    /// Told at the beginning of a new import, and after each batch; an error ends the import.
    std::function<result<void>(ImportProgress const&)> progress{};
};

/// Creates what `in` holds. `service` says store, registry, tolerance, hasher and limits of single values; who calls,
/// ids, and how much one request may hold, are the import's matter. What was created before an error stays.
///
/// Errors: invalid_value (the configuration, the mapping, a column that is missing, a `resume` that is none, or is of
/// another input, store or tenant),
/// unavailable (the input cannot be read; the store, after six attempts), payload_too_large (a line of JSON of more
/// than max_export_line_bytes), and those of Service::create() and of `progress`. What is wrong with a record is no
/// error: the record is refused, and so is one of CSV of more than 16 MiB.
/// Complexity: that of the requests; memory for one batch and the longest record.
SCIMKIT_API result<ImportProgress> import_resources(ServiceOptions service, std::istream& in,
                                                    ImportOptions const& options);

} // namespace scimkit
