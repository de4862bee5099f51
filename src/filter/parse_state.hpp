// What the grammar's parsers share while one text is read: the limits, what has been counted against them, and the
// fault that got furthest. Private to the room.
#pragma once

#include <scimkit/filter/filter.hpp>

#include <cstddef>
#include <string_view>

namespace scimkit::detail
{

/// What was missing at the place of a fault.
enum class Expected
{
    nothing, ///< no fault so far
    expression,
    attribute_name,
    sub_attribute_name,
    path,
    comparison_operator,
    value,
    string_character,
    string_escape,
    surrogate_pair,
    string_encoding,
    string_end,
    blank_after_connective,
    closing_parenthesis,
    closing_bracket,
    end_of_filter,
    end_of_path,
    fewer_nested,
    fewer_terms
};

/// Faults are kept, not thrown: the grammar backtracks over a fault as over any mismatch, and the one that got
/// furthest tells the client most. Of several at one place the first is kept, the most specific.
class ParseState
{
public:
    ParseState(std::string_view text, FilterSyntax const& syntax) noexcept
        : text_(text)
        , syntax_(syntax)
    {
    }

    FilterSyntax const& syntax() const noexcept { return syntax_; }
    bool in_brackets() const noexcept { return in_brackets_; }
    void set_in_brackets(bool inside) noexcept { in_brackets_ = inside; }

    /// Each opened ( or [ needs a leave(), also after a refusal.
    bool enter(char const* where) noexcept;
    void leave() noexcept { --depth_; }
    /// Counts a comparison or a presence test.
    bool count_term(char const* where) noexcept;

    void fail(char const* where, Expected what) noexcept;
    bool failed() const noexcept { return expected_ != Expected::nothing; }

    Error filter_error() const;
    Error path_error() const;

private:
    std::string reason() const;

    std::string_view text_;
    FilterSyntax const& syntax_;
    std::size_t depth_ = 0;
    std::size_t terms_ = 0;
    bool in_brackets_ = false;

    char const* fault_ = nullptr;
    Expected expected_ = Expected::nothing;
    bool fault_in_brackets_ = false;
};

} // namespace scimkit::detail
