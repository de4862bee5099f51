// JSON as text and as a comparison, without recursion (a value may be deeper than the stack). Numbers are written so
// that a decimal stays one (RFC 7643 section 2.3.3), text eight bytes at a time where nothing is special.
#include <scimkit/core/json.hpp>

#include "json_escapes.hpp"

#include <boost/container/small_vector.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <limits>
#include <utility>

namespace scimkit
{
namespace
{

// Values nest no deeper than the parser lets them; what programs build may. Neither function below recurses, so
// no depth can exhaust the call stack.
constexpr std::size_t usual_depth = 32;

template <std::integral Integer>
void write_integer(std::string& out, Integer number)
{
    std::array<char, 24> digits;
    auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

// The shortest text that reads back as the same double, with a digit on each side of a decimal point
// (RFC 7643 section 2.3.3): 1.0, 0.25, 1.0e+22. JSON has no other numbers than finite ones.
void write_double(std::string& out, double number)
{
    if (!std::isfinite(number))
    {
        out += "null";
        return;
    }
    std::array<char, 32> digits;
    auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    std::string_view const text{digits.data(), static_cast<std::size_t>(end - digits.data())};
    if (text.find('.') != std::string_view::npos)
    {
        out += text;
        return;
    }
    auto const exponent = std::min(text.find('e'), text.size());
    out += text.substr(0, exponent);
    out += ".0";
    out += text.substr(exponent);
}

// Everything but arrays and objects.
void write_scalar(std::string& out, json::value const& value)
{
    switch (value.kind())
    {
    case json::kind::bool_:
        out += value.get_bool() ? "true" : "false";
        break;
    case json::kind::int64:
        write_integer(out, value.get_int64());
        break;
    case json::kind::uint64:
        write_integer(out, value.get_uint64());
        break;
    case json::kind::double_:
        write_double(out, value.get_double());
        break;
    case json::kind::string:
        write_json_string(out, {value.get_string().data(), value.get_string().size()});
        break;
    default:
        out += "null";
        break;
    }
}

constexpr bool is_special(char c) noexcept { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

void write_escape(std::string& out, char c)
{
    out += '\\';
    switch (c)
    {
    case '"':
    case '\\':
        out += c;
        break;
    case '\b':
        out += 'b';
        break;
    case '\f':
        out += 'f';
        break;
    case '\n':
        out += 'n';
        break;
    case '\r':
        out += 'r';
        break;
    case '\t':
        out += 't';
        break;
    default:
        out += c < 0x10 ? "u000" : "u001";
        out += "0123456789abcdef"[c & 0x0F];
        break;
    }
}

// An array or object in the middle of being written.
struct Open
{
    bool is_object;
    json::value const* element; // of an array
    json::value const* elements_end;
    json::key_value_pair const* member; // of an object
    json::key_value_pair const* members_end;

    bool at_end() const { return is_object ? member == members_end : element == elements_end; }
};

Open open(json::value const& value)
{
    if (auto const* object = value.if_object())
        return {true, nullptr, nullptr, object->begin(), object->end()};
    auto const& array = value.get_array();
    return {false, array.begin(), array.end(), nullptr, nullptr};
}

// Exact, where a conversion to double would round a large integer.
template <class Integer>
bool equal_number(Integer integer, double number)
{
    // 2^63 or 2^64: the first double beyond the type.
    // NOLINTNEXTLINE(bugprone-integer-division): exact, since the quotient is a power of two
    constexpr double end = static_cast<double>(std::numeric_limits<Integer>::max() / 2 + 1) * 2;
    return number >= static_cast<double>(std::numeric_limits<Integer>::min()) && number < end &&
           std::trunc(number) == number && static_cast<Integer>(number) == integer;
}

bool equal_numbers(json::value const& a, json::value const& b)
{
    if (a.is_double() && b.is_double())
        return a.get_double() == b.get_double();
    if (b.is_double())
        return a.is_int64() ? equal_number(a.get_int64(), b.get_double())
                            : equal_number(a.get_uint64(), b.get_double());
    if (a.is_double())
        return equal_numbers(b, a);
    if (a.kind() == b.kind())
        return a.is_int64() ? a.get_int64() == b.get_int64() : a.get_uint64() == b.get_uint64();
    return a.is_int64() ? std::cmp_equal(a.get_int64(), b.get_uint64()) : std::cmp_equal(a.get_uint64(), b.get_int64());
}

// Of which at least one has no children, or which differ in kind.
bool equal_scalars(json::value const& a, json::value const& b)
{
    if (a.is_number() && b.is_number())
        return equal_numbers(a, b);
    if (a.kind() != b.kind())
        return false;
    if (a.is_bool())
        return a.get_bool() == b.get_bool();
    return a.is_null() || a.get_string() == b.get_string();
}

using Pairs = boost::container::small_vector<std::pair<json::value const*, json::value const*>, usual_depth>;

// Compares the two values themselves; pairs of their children that must be equal too go to `pending`.
bool equal_but_for_children(json::value const& a, json::value const& b, Pairs& pending)
{
    if (a.kind() != b.kind() || !a.is_structured())
        return equal_scalars(a, b);
    if (a.is_array())
    {
        auto const& x = a.get_array();
        auto const& y = b.get_array();
        if (x.size() != y.size())
            return false;
        for (std::size_t i = 0; i < x.size(); ++i)
            pending.emplace_back(&x[i], &y[i]);
        return true;
    }
    auto const& x = a.get_object();
    auto const& y = b.get_object();
    if (x.size() != y.size())
        return false;
    auto const* twin = y.begin(); // mostly both have their members in the same order
    for (auto const& member : x)
    {
        auto const* other = twin->key() == member.key() ? &twin->value() : y.if_contains(member.key());
        ++twin;
        if (!other)
            return false;
        pending.emplace_back(&member.value(), other);
    }
    return true;
}

} // namespace

// What lies between two escapes is copied at once.
void write_escaped(std::string& out, std::string_view text)
{
    out += '"';
    while (!text.empty())
    {
        auto const special = static_cast<std::size_t>(std::ranges::find_if(text, is_special) - text.begin());
        out += text.substr(0, special);
        if (special == text.size())
            break;
        write_escape(out, text[special]);
        text.remove_prefix(special + 1);
    }
    out += '"';
}

void write_json_string(std::string& out, std::string_view text)
{
    if (needs_escapes(text))
        return write_escaped(out, text);
    out += '"';
    out += text;
    out += '"';
}

void write_json(std::string& out, json::value const& value)
{
    boost::container::small_vector<Open, usual_depth> stack;
    json::value const* next = &value;
    for (;;)
    {
        bool first = next->is_structured();
        if (first)
        {
            stack.push_back(open(*next));
            out += stack.back().is_object ? '{' : '[';
        }
        else
            write_scalar(out, *next);

        while (!stack.empty() && stack.back().at_end())
        {
            out += stack.back().is_object ? '}' : ']';
            stack.pop_back();
            first = false;
        }
        if (stack.empty())
            return;

        auto& container = stack.back();
        if (!first)
            out += ',';
        if (container.is_object)
        {
            write_json_string(out, {container.member->key().data(), container.member->key().size()});
            out += ':';
            next = &container.member++->value();
        }
        else
            next = container.element++;
    }
}

bool equal_json(json::value const& a, json::value const& b)
{
    if (!a.is_structured() || !b.is_structured())
        return equal_scalars(a, b);
    Pairs pending;
    pending.emplace_back(&a, &b);
    while (!pending.empty())
    {
        auto const [x, y] = pending.back();
        pending.pop_back();
        if (!equal_but_for_children(*x, *y, pending))
            return false;
    }
    return true;
}

std::size_t estimate_json_size(json::object const& object) noexcept
{
    std::size_t size = 2;
    for (auto const& [name, value] : object)
        size += name.size() + 4 + estimate_json_size(value);
    return size;
}

std::size_t estimate_json_size(json::value const& value) noexcept
{
    switch (value.kind())
    {
    case json::kind::string:
        return value.get_string().size() + 2;
    case json::kind::object:
        return estimate_json_size(value.get_object());
    case json::kind::array:
    {
        std::size_t size = 2;
        for (json::value const& element : value.get_array())
            size += 1 + estimate_json_size(element);
        return size;
    }
    default:
        return 8;
    }
}

} // namespace scimkit
