// Boost.JSON's parser with a handler of our own, since its own one takes the last of two equal names, lets numbers
// become infinite, and knows no limit to the number of values.
#include <scimkit/core/json.hpp>

#include <boost/container/small_vector.hpp>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <boost/system/errc.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <forward_list>
#include <functional>
#include <span>

namespace scimkit
{
namespace
{

using boost::system::error_code;

// Builds the value, as Boost.JSON's own handler does, and refuses what that one lets through.
class Builder
{
public:
    static constexpr std::size_t max_array_size = json::array::max_size();
    static constexpr std::size_t max_object_size = json::object::max_size();
    static constexpr std::size_t max_string_size = json::string::max_size();
    static constexpr std::size_t max_key_size = json::string::max_size();

    Builder(std::string_view text, std::size_t max_values)
        : stack_({}, memory_.data(), memory_.size())
        , text_(text)
        , values_left_(max_values)
    {
    }

    json::value release() { return stack_.release(); }

    /// Why this handler stopped the parser; empty if it did not.
    std::string const& refusal() const { return refusal_; }

    bool on_document_begin(error_code&)
    {
        stack_.reset();
        return true;
    }
    bool on_document_end(error_code&) { return true; }

    bool on_array_begin(error_code& ec) { return count_value(ec); }
    bool on_array_end(std::size_t n, error_code&)
    {
        stack_.push_array(n);
        return true;
    }

    bool on_object_begin(error_code& ec)
    {
        objects_.push_back(names_.size());
        return count_value(ec);
    }
    bool on_object_end(std::size_t n, error_code& ec)
    {
        auto const first = objects_.back();
        objects_.pop_back();
        if (auto const* twice = find_repeated(std::span(names_.data() + first, names_.size() - first)))
            return refuse(ec, "an object has the member \"" + std::string(*twice) + "\" twice");
        names_.resize(first);
        stack_.push_object(n);
        return true;
    }

    bool on_key_part(json::string_view part, std::size_t, error_code&)
    {
        name_.append(part.data(), part.size());
        stack_.push_chars(part);
        return true;
    }
    bool on_key(json::string_view part, std::size_t n, error_code&)
    {
        if (n == part.size() && is_in_text(part.data()))
            names_.emplace_back(part.data(), part.size());
        else // it was spelled with escapes
        {
            name_.append(part.data(), part.size());
            names_.push_back(unescaped_names_.emplace_front(std::move(name_)));
            name_.clear();
        }
        stack_.push_key(part);
        return true;
    }

    bool on_string_part(json::string_view part, std::size_t, error_code&)
    {
        stack_.push_chars(part);
        return true;
    }
    bool on_string(json::string_view part, std::size_t, error_code& ec)
    {
        stack_.push_string(part);
        return count_value(ec);
    }

    bool on_number_part(json::string_view part, error_code&)
    {
        number_.append(part.data(), part.size());
        return true;
    }
    bool on_int64(std::int64_t i, json::string_view, error_code& ec)
    {
        number_.clear();
        stack_.push_int64(i);
        return count_value(ec);
    }
    bool on_uint64(std::uint64_t u, json::string_view, error_code& ec)
    {
        number_.clear();
        stack_.push_uint64(u);
        return count_value(ec);
    }
    bool on_double(double approximate, json::string_view part, error_code& ec)
    {
        // Boost.JSON 1.81 may miss the nearest double in the last place; from_chars does not.
        number_.append(part.data(), part.size());
        double exact = 0;
        auto const read = std::from_chars(number_.data(), number_.data() + number_.size(), exact);
        number_.clear();
        if (read.ec == std::errc::result_out_of_range)
        {
            if (std::fabs(approximate) > 1)
                return refuse(ec, "a number is too large");
            exact = std::copysign(0.0, approximate); // too small to tell from zero
        }
        stack_.push_double(exact);
        return count_value(ec);
    }

    bool on_bool(bool b, error_code& ec)
    {
        stack_.push_bool(b);
        return count_value(ec);
    }
    bool on_null(error_code& ec)
    {
        stack_.push_null();
        return count_value(ec);
    }

    bool on_comment_part(json::string_view, error_code&) { return true; }
    bool on_comment(json::string_view, error_code&) { return true; }

private:
    bool is_in_text(char const* position) const
    {
        return !std::less<>{}(position, text_.data()) && std::less<>{}(position, text_.data() + text_.size());
    }

    // Most objects are small: comparing all pairs is faster than sorting. Sorting keeps large ones from costing
    // quadratic work.
    static std::string_view const* find_repeated(std::span<std::string_view> names)
    {
        constexpr std::size_t small = 12;
        if (names.size() > small)
        {
            std::sort(names.begin(), names.end());
            auto const twice = std::adjacent_find(names.begin(), names.end());
            return twice == names.end() ? nullptr : &*twice;
        }
        for (auto name = names.begin(); name != names.end(); ++name)
            if (std::find(names.begin(), name, *name) != name)
                return &*name;
        return nullptr;
    }

    bool count_value(error_code& ec)
    {
        if (values_left_ == 0)
            return refuse(ec, "it has too many values");
        --values_left_;
        return true;
    }

    bool refuse(error_code& ec, std::string reason)
    {
        refusal_ = std::move(reason);
        ec = make_error_code(boost::system::errc::invalid_argument);
        return false;
    }

    std::array<unsigned char, 4096> memory_; // the stack's first memory: small texts need no other
    json::value_stack stack_;
    std::string_view text_;
    std::size_t values_left_;
    std::string number_;
    std::string refusal_;
    // The member names of all objects that are open, and where each object's begin. They are views of the text, or
    // of what it says where it has escapes.
    boost::container::small_vector<std::string_view, 32> names_;
    boost::container::small_vector<std::size_t, 16> objects_;
    std::string name_;
    std::forward_list<std::string> unescaped_names_; // a list: addresses stay
};

Error not_json(std::string const& reason, std::size_t offset)
{
    return Error{.code = ErrorCode::invalid_syntax,
                 .detail = "The text is not acceptable JSON: " + reason + ", at byte " + std::to_string(offset) + "."};
}

} // namespace

result<json::value> parse_json(std::string_view text, JsonLimits const& limits)
{
    if (text.size() > limits.max_bytes)
        return Error{.code = ErrorCode::payload_too_large,
                     .detail = "The text has " + std::to_string(text.size()) + " bytes; the limit is " +
                               std::to_string(limits.max_bytes) + "."};

    json::parse_options options;
    options.max_depth = limits.max_depth;
    json::basic_parser<Builder> parser(options, text, limits.max_values);
    error_code ec;
    auto const read = parser.write_some(false, text.data(), text.size(), ec);
    if (ec && !parser.handler().refusal().empty())
        return not_json(parser.handler().refusal(), read);
    if (ec == json::error::too_deep)
        return not_json("it is nested deeper than " + std::to_string(limits.max_depth) + " levels", read);
    if (ec)
        return not_json(ec.message(), read);
    if (read < text.size())
        return not_json("there is text after the value", read);
    return parser.handler().release();
}

} // namespace scimkit
