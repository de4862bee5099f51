// Random syntax trees, every one of which some text stands for.
#pragma once

#include <scimkit/filter/filter.hpp>

#include <random>

namespace filter_test
{

class RandomFilter
{
public:
    explicit RandomFilter(std::uint32_t seed)
        : random_(seed)
    {
    }

    scimkit::Filter filter(int depth = 4) { return tree(depth, false); }

    scimkit::Path path()
    {
        scimkit::Path path{.attribute = attribute(), .filter = {}};
        if (one_in(2))
        {
            path.filter.push_back(tree(3, true));
            path.sub_attribute = one_in(2) ? name() : "";
        }
        return path;
    }

    std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_); }
    bool one_in(std::size_t count) { return below(count) == 0; }

    template <class T, std::size_t N>
    T const& pick(T const (&choices)[N])
    {
        return choices[below(N)];
    }

    scimkit::CompareOperator compare_operator() { return static_cast<scimkit::CompareOperator>(below(9)); }

private:
    std::string name()
    {
        static constexpr char const* names[] = {"a",    "not",   "and",   "or",       "eq",  "pr",
                                                "true", "null",  "$ref",  "x-1",      "b_2", "c$",
                                                "NOT",  "order", "value", "userName", "e5"};
        return pick(names);
    }

    scimkit::AttributePath attribute()
    {
        static constexpr char const* uris[] = {"urn:ietf:params:scim:schemas:core:2.0:User", "urn:x%20y:1.2.3",
                                               "https://example.com:8080/a.b/c?d=(e),f"};
        scimkit::AttributePath path{.name = name()};
        path.uri = one_in(4) ? pick(uris) : "";
        path.sub_attribute = one_in(3) ? name() : "";
        return path;
    }

    scimkit::Literal literal()
    {
        static constexpr char const* numbers[] = {
            "0", "-0", "42", "-7", "1.5e-10", "1E+3", "1e400", "0.25", "123456789012345678901234567890"};
        static constexpr char const* pieces[] = {"\"", "\\",       "/", "\n", "\x01", "\x7f",
                                                 "a",  "] and x[", "é", "😀", " "};
        switch (below(5))
        {
        case 0:
            return nullptr;
        case 1:
            return one_in(2);
        case 2:
            return scimkit::NumberLiteral{pick(numbers)};
        default:
            std::string text;
            for (std::size_t length = below(5); length > 0; --length)
                text += pick(pieces);
            return text;
        }
    }

    scimkit::Filter term()
    {
        if (one_in(3))
            return {scimkit::Presence{attribute()}};
        return {scimkit::Comparison{attribute(), compare_operator(), literal()}};
    }

    /// Two to four operands; never one of the same kind in front: such a group leaves no trace in the text.
    template <class Junction>
    Junction junction(int depth, bool in_brackets)
    {
        Junction made;
        for (std::size_t count = 2 + below(3); made.operands.size() < count;)
        {
            scimkit::Filter operand = tree(depth - 1, in_brackets);
            if (!made.operands.empty() || !std::holds_alternative<Junction>(operand.node))
                made.operands.push_back(std::move(operand));
        }
        return made;
    }

    scimkit::Filter tree(int depth, bool in_brackets)
    {
        switch (depth > 0 ? below(7) : 0)
        {
        case 1:
        case 2:
            return {junction<scimkit::Conjunction>(depth, in_brackets)};
        case 3:
        case 4:
            return {junction<scimkit::Disjunction>(depth, in_brackets)};
        case 5:
            return {scimkit::Negation{{tree(depth - 1, in_brackets)}}};
        case 6:
            return in_brackets ? term() : scimkit::Filter{scimkit::ValuePath{attribute(), {tree(depth - 1, true)}}};
        default:
            return term();
        }
    }

    std::mt19937 random_;
};

} // namespace filter_test
