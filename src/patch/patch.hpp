// PATCH (RFC 7644 section 3.5.2): decode the message, apply it to a resource. Atomic: a failed apply leaves the
// resource as it was.
#pragma once

#include <scimkit/core/budget.hpp>
#include <scimkit/core/function_ref.hpp>
#include <scimkit/filter/bind.hpp>
#include <scimkit/filter/filter.hpp>

#include "../resource/canonical.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace scimkit
{

class Budget;

enum class PatchOp
{
    add,
    remove,
    replace
};

/// One change to one target. Decoding turns an operation without a path into one of these for each attribute that
/// its value names.
struct PatchOperation
{
    PatchOp op = PatchOp::add;
    BoundPath path;
    /// As sent, not canonical yet; for `remove` null, or with remove_by_value the values to remove.
    json::value value;
    /// The target was named by a member of a path-less operation's value.
    bool implicit = false;
    /// Position in `Operations`, for details of errors.
    std::size_t position = 0;
};

/// What is accepted beyond the RFC; the defaults are strict.
struct PatchOptions
{
    FilterSyntax filter{};
    BindOptions bind{};
    CanonicalOptions canonical{};
    bool op_letter_case = false;     ///< "Add", "REPLACE"
    bool dotted_keys = false;        ///< keys of a path-less value may be paths: "name.givenName", "emails[...].value"
    bool array_for_single = false;   ///< without a path, or with a schema's URI for one: an array of one object
    bool create_on_no_match = false; ///< add and replace make the element that an eq filter describes
    bool remove_by_value = false;    ///< `remove` with values removes those that the path selects; else invalid_value
    bool remove_absent = true;       ///< removing what is not there succeeds; else no_target
    bool ignore_readonly_echo = false; ///< readOnly attributes inside values are dropped, `id` if it is the same
    bool ignore_unkept_paths = false;  ///< an operation on what keep_only() took away is left out; else invalid_path
    // What the RFC allows, and some profiles do not.
    bool pathless_operations = true; ///< an operation without a path; else invalid_syntax
    bool filtered_elements = true;   ///< a path that ends with its filter; else invalid_path
    bool several_matches = true;     ///< a filter that selects several elements; else invalid_filter
    bool replace_merges = true;      ///< a replace of a complex value leaves what it does not name; else that goes
    std::size_t max_operations = 10'000;
    /// Elements that the operations of one message may look through, each counted once for every term of the filter
    /// that it is tested by: bounds the time that an apply takes.
    std::uint64_t max_element_tests = 10'000'000;
    /// What the operations of one message may compare and copy, in units of Budget: less than a search may, since a
    /// store that has one writer keeps it meanwhile.
    std::uint64_t max_work = 1'000'000'000;
    /// Charged with the bytes that apply_patch compares and copies, before it does. May be null; outlives the calls.
    Budget* budget = nullptr;
};

/// Reads a PatchOp message. Errors: invalid_syntax (not the message, an unknown op, unknown members where names
/// matter), invalid_path, invalid_filter, invalid_value (no value, or values with a remove that could only empty the
/// attribute), no_target (remove without path), too_many.
/// Details say which operation. Names in path-less values that no schema has: canonical.ignore_unknown_attributes.
result<std::vector<PatchOperation>> decode_patch(json::value const& body, ResourceType const& type,
                                                 PatchOptions const& options = {});

/// For apply_patch().
result<bool> nothing_before(std::size_t operations);

/// Applies the operations in order to canonical attributes. Returns whether the state differs from before; false
/// also when operations cancel out. On error `resource` is unchanged. Errors: no_target, mutability,
/// invalid_value, too_many (max_element_tests, max_work, budget), unavailable (budget). Uniqueness is the store's
/// matter; versions and times are the caller's.
///
/// `before` is called before each operation with how many there were, and may change the attributes of `resource`, as
/// far as operations have brought them: true, if it has. (What consecutive removals by `value` are carried out together
/// for it is called once.) Its error is apply_patch's.
result<bool> apply_patch(Resource& resource, std::span<PatchOperation const> operations,
                         PatchOptions const& options = {},
                         function_ref<result<bool>(std::size_t)> before = nothing_before);

} // namespace scimkit
