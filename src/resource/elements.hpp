// Elements of multi-valued attributes: when two of them are the same. The RFCs leave this open; scimkit's
// answer: an element that a client names is there when every sub-attribute it gives equals that of a
// stored element, and an element whose `value` cannot change (a group's member) is known by `value` alone.
#pragma once

#include <scimkit/schema/resource_type.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace scimkit
{

/// Equality of two canonical values of one attribute (or of one element of it): strings by the attribute's case
/// rule, everything else as JSON.
SCIMKIT_API bool same_value(json::value const& a, json::value const& b, Attribute const& attribute);

/// What comparing a value costs, in units of Budget: its bytes, more for text that has to be folded. Values nest as
/// deep as a schema does.
SCIMKIT_API std::uint64_t weight_of(json::value const& value) noexcept;

/// True for a multi-valued complex attribute whose `value` is immutable: `value` says which element it is.
SCIMKIT_API bool known_by_value(Attribute const& attribute) noexcept;

/// True where an element, or a value, is what its `value` says: known_by_value(), or a reference.
SCIMKIT_API bool is_keyed(Attribute const& attribute) noexcept;

/// True when `primary` of this element is true.
SCIMKIT_API bool is_primary(json::value const& element) noexcept;

/// Appends text that is equal exactly when the values are the same, but for decimals beyond 2^53, which may collide.
/// The length in front keeps neighbours apart.
void append_key(std::string& out, json::value const& value, Attribute const& attribute);

/// What of a given element has to match. `primary` is a mark on an element, and is compared nowhere.
enum class ElementMatch
{
    given,          ///< all sub-attributes that it has
    value_first,    ///< `value` alone when it has one, else as `given`
    value_and_type, ///< `value` when it has one, and `type` too if it says one, else as `given` (RFC 7643 section 2.4)
    same,           ///< all sub-attributes that either has, but for that mark: one of the two is a repetition
};

/// Finds elements in an array of one attribute, in constant time where the array is large. It remembers keys and
/// positions and nothing of the array itself, which each call is given anew: the array may have moved in between.
/// Elements may be appended while the index is in use, and told by added(); nothing else may change.
///
/// `given` needs a table for each set of sub-attributes that is asked for. There are at most `max_tables`: beyond, a
/// search looks through all elements. scanned() counts those, and weighed() the bytes of everything that is compared,
/// for whoever bounds the work. One search compares no element more than once.
class SCIMKIT_API ElementIndex
{
public:
    static constexpr std::size_t max_tables = 8; ///< of one list; beyond, a search looks at each element

    ElementIndex(Attribute const& attribute, ElementMatch match) noexcept;

    /// Position of the first of `elements` that matches a canonical element.
    std::optional<std::size_t> find(json::array const& elements, json::value const& given);

    /// Positions of all elements that match, ascending.
    std::vector<std::size_t> find_all(json::array const& elements, json::value const& given);

    /// The last of `elements` is new.
    void added(json::array const& elements);

    /// Elements looked through so far by searches that had no table.
    std::uint64_t scanned() const noexcept { return scanned_; }

    /// What was compared and brought into comparable form so far, in units of Budget.
    std::uint64_t weighed() const noexcept { return weighed_; }

private:
    using Signature = std::vector<std::size_t>; // positions of sub-attributes, ascending; empty: simple values
    using Positions = std::unordered_map<std::string, std::vector<std::size_t>>;
    struct Table
    {
        Signature signature;
        Positions positions;
    };

    Signature signature_of(json::value const& given) const;
    bool compare(json::value const& a, json::value const& b, Attribute const& attribute);
    bool matches(json::value const& stored, json::value const& given, Signature const& signature);
    std::optional<std::string> key_of(json::value const& element, Signature const& signature);
    std::string whole_key_of(json::object const& element);
    Positions const* table_for(Signature const& signature, json::array const& elements);
    template <class Visit>
    void visit_matches(json::array const& elements, json::value const& given, Visit visit);

    Attribute const* attribute_; // of a schema, which outlives every resource
    ElementMatch match_;
    std::size_t searches_ = 0;
    std::uint64_t scanned_ = 0;
    std::uint64_t weighed_ = 0;
    std::vector<Table> tables_;
};

} // namespace scimkit
