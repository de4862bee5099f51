// Parsers and directives that X3 does not have, for the grammar of filters and paths. Private to grammar.cpp: the one
// file that sees Spirit.
#pragma once

#include "parse_state.hpp"
#include "string_literal.hpp"
#include "word.hpp"

#include <boost/spirit/home/x3.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace scimkit::detail
{

namespace x3 = boost::spirit::x3;

// ---- Bytes ------------------------------------------------------------------------------------------------------

constexpr std::uint8_t alpha = 1;
constexpr std::uint8_t name_char = 2;   // ALPHA, DIGIT, "-", "_" and "$"
constexpr std::uint8_t scheme_char = 4; // RFC 3986 section 3.1
constexpr std::uint8_t uri_char = 8;    // RFC 3986: unreserved, sub-delims, "/", "?", "@"; neither ":" nor "%"
constexpr std::uint8_t hex_digit = 16;

constexpr std::array<std::uint8_t, 256> make_byte_classes()
{
    std::array<std::uint8_t, 256> classes{};
    auto const add = [&classes](std::string_view bytes, std::uint8_t mask)
    {
        for (char const c : bytes)
        {
            auto& entry = classes[static_cast<unsigned char>(c)];
            entry = static_cast<std::uint8_t>(entry | mask);
        }
    };
    add("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", alpha | name_char | scheme_char | uri_char);
    add("0123456789", name_char | scheme_char | uri_char | hex_digit);
    add("abcdefABCDEF", hex_digit);
    add("-_$", name_char);
    add("+-.", scheme_char);
    add("-._~!$&'()*+,;=/?@", uri_char);
    return classes;
}

constexpr auto byte_classes = make_byte_classes();

// ---- Parsers that X3 does not have ------------------------------------------------------------------------------

struct state_tag;

template <class Context>
ParseState& state_of(Context const& context)
{
    return x3::get<state_tag>(context);
}

template <class Derived>
struct plain_parser : x3::parser<Derived>
{
    using attribute_type = x3::unused_type;
    static bool const has_attribute = false;
};

/// One byte of a class.
struct byte_of : plain_parser<byte_of>
{
    explicit constexpr byte_of(std::uint8_t mask)
        : mask_(mask)
    {
    }

    template <class Context, class RuleContext, class Attribute>
    bool parse(char const*& first, char const* const& last, Context const&, RuleContext&, Attribute&) const
    {
        if (first == last || !(byte_classes[static_cast<unsigned char>(*first)] & mask_))
            return false;
        ++first;
        return true;
    }

private:
    std::uint8_t mask_;
};

/// SP, between `least` and `most`; with extra_blanks any number, but still one where one is needed.
struct blanks : plain_parser<blanks>
{
    constexpr blanks(int least, int most)
        : least_(least)
        , most_(most)
    {
    }

    template <class Context, class RuleContext, class Attribute>
    bool parse(char const*& first, char const* const& last, Context const& context, RuleContext&, Attribute&) const
    {
        bool const any_number = state_of(context).syntax().extra_blanks;
        char const* position = first;
        while (position != last && *position == ' ' && (any_number || position - first < most_))
            ++position;
        if (position - first < least_)
            return false;
        first = position;
        return true;
    }

private:
    int least_;
    int most_;
};

/// The SP before compValue; with extra_blanks it may be missing before a quotation mark.
struct blank_before_value : plain_parser<blank_before_value>
{
    template <class Context, class RuleContext, class Attribute>
    bool parse(char const*& first, char const* const& last, Context const& context, RuleContext& rule,
               Attribute& attribute) const
    {
        return blanks(1, 1).parse(first, last, context, rule, attribute) ||
               (state_of(context).syntax().extra_blanks && first != last && *first == '"');
    }
};

/// A JSON string; its attribute is the decoded text.
struct string_literal : x3::parser<string_literal>
{
    using attribute_type = std::string;
    static bool const has_attribute = true;

    template <class Context, class RuleContext>
    bool parse(char const*& first, char const* const& last, Context const& context, RuleContext&,
               std::string& text) const
    {
        return first != last && *first == '"' && detail::read_string_literal(first, last, text, state_of(context));
    }
};

/// A word in place of a string, where unquoted_values allows it; its attribute is the word.
struct unquoted_word : x3::parser<unquoted_word>
{
    using attribute_type = std::string;
    static bool const has_attribute = true;

    template <class Context, class RuleContext>
    bool parse(char const*& first, char const* const& last, Context const& context, RuleContext&,
               std::string& text) const
    {
        if (!state_of(context).syntax().unquoted_values)
            return false;
        auto const word = detail::plain_word({first, static_cast<std::size_t>(last - first)});
        text = word;
        first += word.size();
        return !word.empty();
    }
};

/// Matches nothing, where the state says that this may go on.
template <bool (*Condition)(ParseState&, char const*)>
struct only_if : plain_parser<only_if<Condition>>
{
    template <class Context, class RuleContext, class Attribute>
    bool parse(char const*& first, char const* const&, Context const& context, RuleContext&, Attribute&) const
    {
        return Condition(state_of(context), first);
    }
};

/// What has to follow here: a mismatch is a fault. Unlike x3::expect it throws nothing.
template <class Subject>
struct required_directive : x3::unary_parser<Subject, required_directive<Subject>>
{
    static bool const is_pass_through_unary = true;
    static bool const handles_container = Subject::handles_container;

    constexpr required_directive(Subject const& inner, Expected what)
        : x3::unary_parser<Subject, required_directive<Subject>>(inner)
        , what_(what)
    {
    }

    template <class Context, class RuleContext, class Attribute>
    bool parse(char const*& first, char const* const& last, Context const& context, RuleContext& rule,
               Attribute& attribute) const
    {
        if (this->subject.parse(first, last, context, rule, attribute))
            return true;
        state_of(context).fail(first, what_);
        return false;
    }

private:
    Expected what_;
};

template <class Subject>
constexpr auto required(Subject const& inner, Expected what)
{
    return required_directive<typename x3::extension::as_parser<Subject>::value_type>(x3::as_parser(inner), what);
}

inline bool one_more_term(ParseState& state, char const* where) { return state.count_term(where); }

} // namespace scimkit::detail
