// What an error about a filter says: what was expected where, in words, with as much of the text as helps and no more
// (RFC 7644 section 3.4.2.2).
#include "parse_state.hpp"

#include <algorithm>
#include <string>

namespace scimkit::detail
{

namespace
{

constexpr std::string_view text_of(Expected what) noexcept
{
    switch (what)
    {
    case Expected::expression:
        return "expected an attribute name, \"not (\" or \"(\"";
    case Expected::attribute_name:
        return "expected an attribute name after the schema URI";
    case Expected::sub_attribute_name:
        return "expected a sub-attribute name";
    case Expected::path:
        return "expected an attribute name";
    case Expected::comparison_operator:
        return "expected a comparison operator (eq, ne, co, sw, ew, gt, ge, lt, le, pr)";
    case Expected::value:
        return "expected a value: a string in double quotes, a number, true, false or null";
    case Expected::string_character:
        return "expected no bare control character in a string";
    case Expected::string_escape:
        return "expected an escape of JSON";
    case Expected::surrogate_pair:
        return "expected a whole surrogate pair";
    case Expected::string_encoding:
        return "expected a string in UTF-8";
    case Expected::string_end:
        return "expected a closing quotation mark";
    case Expected::blank_after_connective:
        return "expected a blank";
    case Expected::closing_parenthesis:
        return "expected \" and \", \" or \" or \")\"";
    case Expected::closing_bracket:
        return "expected \" and \", \" or \" or \"]\"";
    case Expected::end_of_filter:
        return "expected \" and \", \" or \" or the end of the filter";
    case Expected::end_of_path:
        return "expected the end of the path";
    case Expected::fewer_nested:
        return "expected no deeper nesting, the limit is ";
    case Expected::fewer_terms:
        return "expected no more comparisons, the limit is ";
    case Expected::nothing:
        break;
    }
    return "expected something else";
}

constexpr bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

constexpr bool is_word_byte(char c) noexcept { return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-'; }

// Quotes the word that stands where an operator should, if it could be one that was mistyped. Values are never quoted:
// they may be secrets, also where the operator before them was forgotten.
std::string found_word(std::string_view rest)
{
    constexpr std::size_t longest = 12;
    auto const blanks = std::min(rest.find_first_not_of(' '), rest.size());
    rest.remove_prefix(blanks);
    auto const end = std::find_if_not(rest.begin(), rest.end(), is_word_byte);
    auto const length = static_cast<std::size_t>(end - rest.begin());
    if (length == 0 || length > longest || !std::all_of(rest.begin(), end, is_letter))
        return {};
    return ", found \"" + std::string{rest.substr(0, length)} + "\"";
}

} // namespace

bool ParseState::enter(char const* where) noexcept
{
    if (++depth_ <= syntax_.max_depth)
        return true;
    fail(where, Expected::fewer_nested);
    return false;
}

bool ParseState::count_term(char const* where) noexcept
{
    if (++terms_ <= syntax_.max_terms)
        return true;
    fail(where, Expected::fewer_terms);
    return false;
}

void ParseState::fail(char const* where, Expected what) noexcept
{
    if (failed() && where <= fault_)
        return;
    fault_ = where;
    expected_ = what;
    // A bracket that is never closed is a fault of the path, not of the filter in it.
    bool const only_the_bracket_is_missing = what == Expected::closing_bracket && where == text_.data() + text_.size();
    fault_in_brackets_ = in_brackets_ && !only_the_bracket_is_missing;
}

std::string ParseState::reason() const
{
    std::string reason = std::to_string(fault_ - text_.data());
    reason += ": ";
    reason += text_of(expected_);
    switch (expected_)
    {
    case Expected::comparison_operator:
        reason += found_word(text_.substr(static_cast<std::size_t>(fault_ - text_.data())));
        break;
    case Expected::fewer_nested:
        reason += std::to_string(syntax_.max_depth);
        break;
    case Expected::fewer_terms:
        reason += std::to_string(syntax_.max_terms);
        break;
    default:
        break;
    }
    return reason + ".";
}

Error ParseState::filter_error() const { return {ErrorCode::invalid_filter, "Invalid filter at byte " + reason()}; }

Error ParseState::path_error() const
{
    if (fault_in_brackets_)
        return {ErrorCode::invalid_filter, "Invalid filter in the path at byte " + reason()};
    return {ErrorCode::invalid_path, "Invalid path at byte " + reason()};
}

} // namespace scimkit::detail
