// A synthetic schema with every combination of mutability, returned, type, caseExact, single and multi-valued, in the
// core schema and in an extension; and the ways to ask a service about each.
//
// One resource type for each pair of mutability and returned, one attribute in it for each of the rest. What has to
// happen is not here: the tests have it in tables, each row with its section of the RFC.
#pragma once

#include "runs.hpp"
#include "support/bulk.hpp"

#include <map>
#include <ostream>

namespace scimkit::test
{

/// One attribute of one resource type, and values for it.
struct Cell
{
    std::string type; ///< name of the resource type; its endpoint is that with a slash
    std::string name; ///< of the attribute
    std::string path; ///< with the URI of its schema, if that is the extension
    bool extended = false;
    Attribute attribute{};
    json::value first{}; ///< values that differ, in this order; arrays of one for multi-valued attributes
    json::value second{};

    std::string endpoint() const { return "/" + type; }
    bool is_secret() const
    {
        return attribute.mutability == Mutability::write_only && attribute.type == AttributeType::string;
    }
    /// A filter that the first value matches.
    std::string matching_first(bool other_case = false) const;

    friend std::ostream& operator<<(std::ostream& out, Cell const& cell);
};

/// All of them, `unique` ones not among them.
std::vector<Cell> const& all_cells();

/// Those that are unique: text and references, by `server` and `global`, in core and extension; and numbers, values of
/// a multi-valued attribute and sub-attributes, by `server`. Other types have no uniqueness (RFC 7643 section 2.3).
std::vector<Cell> const& unique_cells();

std::shared_ptr<SchemaRegistry const> matrix_registry();

/// What came of a write.
struct Outcome
{
    int status = 0;
    std::string scim_type{};
    json::value body{}; ///< of a request that succeeded

    bool succeeded() const { return status >= 200 && status < 300; }
};

class Matrix
{
public:
    /// Of no store: the default one.
    explicit Matrix(bool strict = false, std::shared_ptr<ResourceStore> store = {});

    /// Puts a resource that has the value, past all rules; null: none. Its id.
    std::string seed(Cell const& cell, json::value const& value) const;
    /// What is stored: of a secret its hash.
    json::value stored(Cell const& cell, std::string const& id) const;

    Outcome post(Cell const& cell, json::value const& value, Way way, std::string* id = nullptr) const;
    Outcome put(Cell const& cell, std::string const& id, json::value const& value, Way way) const;
    /// With null: without value.
    Outcome patch(Cell const& cell, std::string const& id, std::string_view op, json::value const& value,
                  Way way) const;

    ServiceFixture const& scim() const { return scim_; }

private:
    Outcome send(std::string_view method, std::string const& path, json::value const& data, Way way,
                 std::string* id = nullptr) const;

    ServiceFixture scim_;
    std::shared_ptr<Attachment const> attachment_; ///< made once: there are many resources
    UniqueKeyRules facts_;
    mutable int seeded_ = 0;
};

/// The value of a cell in an answer; null if it is not shown.
json::value shown_value(json::value const& resource, Cell const& cell);

} // namespace scimkit::test
