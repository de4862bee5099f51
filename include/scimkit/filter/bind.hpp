// BoundFilter: a Filter resolved against a resource type. Attributes are definitions, literals are typed and
// normalised, impossible combinations are refused (RFC 7644 section 3.4.2.2). This is what stores see.
//
// Threading: a value; immutable after bind(), so it may be shared. Lifetimes: points into the SchemaRegistry of the
// resource type, not into the Filter. Errors: those of bind(), which name the attribute; printing has none. Complexity:
// bind() is linear in the terms and the bytes of their literals, times how deep they are nested, printing in the text;
// the tree is as deep as FilterSyntax::max_depth allowed, and recursion over it needs no limit of its own.
//
// bind() keeps to what is said below of the length of lists, and so does whoever makes a tree: evaluation, printing and
// stores read the first of a list of one without asking whether it is there.
#pragma once

#include <scimkit/filter/compare_operator.hpp>
#include <scimkit/filter/values.hpp>
#include <scimkit/schema/resource_type.hpp>

#include <string>
#include <variant>
#include <vector>

namespace scimkit
{

struct Filter;
struct Path;
struct BoundFilter;

/// attribute op value: true of a resource if one of the attribute's values compares so.
struct BoundComparison
{
    AttributeRef attribute; ///< leaf() is never complex
    CompareOperator op = CompareOperator::eq;
    BoundLiteral value; ///< of the type of leaf(); null only with eq and ne
};

/// The attribute has a value. Of a complex one: a sub-attribute of it has.
struct BoundPresence
{
    AttributeRef attribute;
};

/// All of them match.
struct BoundConjunction
{
    std::vector<BoundFilter> operands; ///< at least two
};

/// One of them matches.
struct BoundDisjunction
{
    std::vector<BoundFilter> operands; ///< at least two
};

/// It does not match.
struct BoundNegation
{
    std::vector<BoundFilter> operand; ///< exactly one, in a list so that the tree can be a value
};

/// The filter holds for one and the same element of the attribute. Inside, AttributeRef::attribute is the
/// complex attribute and sub_attribute what the test names; for a simple multi-valued attribute `value` stands
/// for the element itself: sub_attribute is null.
struct BoundValuePath
{
    AttributeRef attribute;          ///< sub_attribute is null
    std::vector<BoundFilter> filter; ///< exactly one, in a list so that the tree can be a value
};

/// Matches nothing (`always` false) or everything: an attribute that this type does not have, where the caller
/// asked for that reading (root queries, RFC 7644 section 3.4.2.1). It is a whole filter only: within one bind() works
/// it out, so that a store looks for it at the root and nowhere else.
struct BoundConstant
{
    bool always = false;
};

/// A filter, or a part of one. A new kind of node is a change of the contract with stores.
struct BoundFilter
{
    std::variant<BoundComparison, BoundPresence, BoundConjunction, BoundDisjunction, BoundNegation, BoundValuePath,
                 BoundConstant>
        node;
};

/// A PATCH path, resolved. `attribute.attribute` is null when the path names a whole extension.
struct BoundPath
{
    AttributeRef attribute;          ///< with the sub-attribute, also one that followed a bracket
    std::vector<BoundFilter> filter; ///< empty, or the one value filter
};

/// What binding accepts beyond the RFC, and how it refuses. The defaults are strict.
struct BindOptions
{
    NameResolution names{};
    /// "true" and "False" in quotes stand for the boolean where the attribute is boolean.
    bool boolean_as_string = false;
    /// `manager eq "id"` and `members eq "id"`: a complex attribute that has a `value` compares by it.
    bool complex_compares_by_value = false;
    /// An unknown attribute has no value instead of being an error: for queries over several types.
    bool unknown_has_no_value = false;
    /// A string with U+0000 is refused: for a store that cannot look for it (StoreTraits::null_characters).
    bool refuse_null_characters = false;
    /// What a test of an attribute with returned "never" answers: `sensitive` for a URI, `invalid_filter` for a
    /// body (design.md, rulings).
    ErrorCode never_returned = ErrorCode::invalid_filter;
};

/// Errors: invalid_filter (unknown attribute, complex without sub-attribute, operator or literal that does not
/// fit the type, order on boolean, binary or null, U+0000 where it is refused), or options.never_returned. The detail
/// names the attribute.
SCIMKIT_API result<BoundFilter> bind(Filter const& filter, ResourceType const& type, BindOptions const& options = {});

/// Errors: invalid_path for the path itself, invalid_filter for what is inside the brackets.
SCIMKIT_API result<BoundPath> bind(Path const& path, ResourceType const& type, BindOptions const& options = {});

/// The canonical text of a bound filter, in schema spelling. For logs and for gateways.
SCIMKIT_API std::string to_string(BoundFilter const& filter);

} // namespace scimkit
