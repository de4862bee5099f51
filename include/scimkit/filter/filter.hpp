// Filter: the syntax tree of RFC 7644 section 3.4.2.2 (figure 1) and of PATCH paths (section 3.5.2, figure 7),
// with the functions that read and print it. Names are as the client wrote them; nothing is resolved yet:
// see bind.hpp.
//
// Threading, lifetimes: values, which own what they hold; the functions from any number of threads. Errors: those of
// the two functions that read; printing has none. Complexity: reading and printing are linear in the text.
//
// Whoever makes a tree by hand keeps to what the grammar gives: a list of one (Negation, ValuePath) has exactly one
// filter, and Conjunction and Disjunction have two or more. bind() and to_string() read the first of a list of one
// without asking whether it is there: an empty one is undefined behaviour, and further ones are not looked at.
#pragma once

#include <scimkit/filter/compare_operator.hpp>
#include <scimkit/schema/resource_type.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace scimkit
{

/// A JSON number as written; it never goes through a double before its attribute's type is known.
struct NumberLiteral
{
    std::string text;

    friend bool operator==(NumberLiteral const&, NumberLiteral const&) = default;
};

/// null, true or false, a number, a decoded string.
using Literal = std::variant<std::nullptr_t, bool, NumberLiteral, std::string>;

struct Filter;

/// attrPath SP compareOp SP compValue
struct Comparison
{
    AttributePath attribute;
    CompareOperator op = CompareOperator::eq;
    Literal value;

    friend bool operator==(Comparison const&, Comparison const&) = default;
};

/// attrPath SP "pr"
struct Presence
{
    AttributePath attribute;

    friend bool operator==(Presence const&, Presence const&) = default;
};

/// Two or more operands, flat: `a and b and c` is one Conjunction of three.
struct Conjunction
{
    std::vector<Filter> operands;

    SCIMKIT_API friend bool operator==(Conjunction const&, Conjunction const&);
};

/// As Conjunction, of `or`.
struct Disjunction
{
    std::vector<Filter> operands;

    SCIMKIT_API friend bool operator==(Disjunction const&, Disjunction const&);
};

/// "not" "(" FILTER ")".
struct Negation
{
    std::vector<Filter> operand; ///< exactly one, in a list so that the tree can be a value

    SCIMKIT_API friend bool operator==(Negation const&, Negation const&);
};

/// attrPath "[" valFilter "]".
struct ValuePath
{
    AttributePath attribute;
    std::vector<Filter> filter; ///< exactly one, in a list so that the tree can be a value

    SCIMKIT_API friend bool operator==(ValuePath const&, ValuePath const&);
};

/// FILTER: one node, which has the others.
struct Filter
{
    std::variant<Comparison, Presence, Conjunction, Disjunction, Negation, ValuePath> node;

    friend bool operator==(Filter const&, Filter const&) = default;
};

/// PATH = attrPath / valuePath [subAttr].
struct Path
{
    AttributePath attribute;     ///< with the sub-attribute, where there are no brackets
    std::vector<Filter> filter;  ///< of the brackets: one; empty where there are none
    std::string sub_attribute{}; ///< after the closing bracket

    friend bool operator==(Path const&, Path const&) = default;
};

/// What the grammar accepts beyond figure 1, and how much of it. The defaults are strict.
struct FilterSyntax
{
    /// More than one blank, blanks around the text, inside ( ), around [ and ] and the dot after it, none before a
    /// string literal.
    bool extra_blanks = false;
    /// A word stands for the string: `type eq work`. Letters, digits and - _ . @ + : / only, and no number, no literal
    /// of JSON in any letter case and no keyword of the grammar.
    bool unquoted_values = false;
    /// `emails[type eq "work"].value eq "x"`, which means `emails[type eq "work" and value eq "x"]`.
    bool sub_attribute_after_value_path = false;
    std::size_t max_bytes = 16 * 1024; ///< of the text
    std::size_t max_depth = 128;       ///< nested ( ) and [ ]
    std::size_t max_terms = 1'000;     ///< comparisons and presence tests
};

/// Reads a whole filter. Error: invalid_filter; the detail has the byte offset and what was expected there.
/// Never throws for any input; bounded stack for any input.
SCIMKIT_API result<Filter> parse_filter(std::string_view text, FilterSyntax const& syntax = {});

/// Reads a whole PATCH path. Error: invalid_path, or invalid_filter when the fault is inside the brackets.
SCIMKIT_API result<Path> parse_path(std::string_view text, FilterSyntax const& syntax = {});

/// The canonical text: parse_filter(to_string(f)) == f. Parentheses only where precedence needs them.
SCIMKIT_API std::string to_string(Filter const& filter);
/// The same for a path: parse_path(to_string(p)) == p.
SCIMKIT_API std::string to_string(Path const& path);
/// [URI ":"] name ["." sub], as it was written; parse_attribute_path() reads it.
SCIMKIT_API std::string to_string(AttributePath const& path);

} // namespace scimkit
