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
#include <memory>
#include <span>

namespace scimkit
{
namespace
{

using boost::system::error_code;

constexpr std::size_t max_open_members =
    10'000;                                 // of an object and those that it is in, together; invalid_syntax beyond
constexpr std::size_t first_memory = 4'096; // of the stack below: small texts need no other
constexpr std::size_t short_text = 4 * first_memory; // grows it by itself: that is little, and counting has its price

/// What waits until the array or object that it is in is whole, for texts that are not short. Without it the stack
/// doubles what it has, twice and thrice the text at once.
class StackCount
{
public:
    /// The most values and names at once, each as large as a value, as far as the limits let the text be read. Of a
    /// text that is no JSON any number that values within them may have.
    static std::size_t most(std::string_view text, JsonLimits const& limits)
    {
        StackCount counted{text, limits};
        while (counted.values_left_ != 0 && counted.position_ < text.size())
            counted.step();
        return limits.max_values < text.size() ? std::min(counted.most_, 2 * limits.max_values) : counted.most_;
    }

private:
    StackCount(std::string_view text, JsonLimits const& limits)
        : text_(text)
        , values_left_(limits.max_values)
        , max_depth_(limits.max_depth)
    {
    }

    void step()
    {
        switch (text_[position_])
        {
        case '"':
            return pass_string();
        case '[':
        case '{':
            if (open_.size() == max_depth_)
                values_left_ = 0; // the parser will say so, as below
            else
                open_.push_back(now_);
            break;
        case ']':
        case '}':
            if (open_.empty())
                values_left_ = 0;
            else
            {
                now_ = open_.back();
                open_.pop_back();
                one_more();
            }
            break;
        case ' ':
        case '\t':
        case '\r':
        case '\n':
        case ',':
            break;
        case ':': // what was before it is no value
            ++values_left_;
            break;
        default:
            return pass_word();
        }
        ++position_;
    }

    void one_more()
    {
        most_ = std::max(most_, ++now_);
        --values_left_;
    }

    /// Text with escapes is put together on the stack as well.
    void pass_string()
    {
        auto const begin = ++position_;
        bool escaped = false;
        for (; position_ < text_.size() && text_[position_] != '"'; ++position_)
            if (text_[position_] == '\\')
            {
                escaped = true;
                ++position_;
            }
        if (escaped)
            most_ = std::max(most_, now_ + 2 + (position_ - begin) / sizeof(json::value));
        ++position_;
        one_more();
    }

    void pass_word()
    {
        position_ = std::min(text_.find_first_of(" \t\r\n,:]}", position_), text_.size());
        one_more();
    }

    std::string_view text_;
    std::size_t values_left_;
    std::size_t max_depth_;
    std::size_t position_ = 0;
    std::size_t now_ = 0;
    std::size_t most_ = 0;
    boost::container::small_vector<std::size_t, 33> open_; // what waited before each began
};

/// Of the stack of values, of a size that is known before; short texts need none.
class StackMemory
{
public:
    StackMemory(std::string_view text, JsonLimits const& limits)
        : size_(text.size() > short_text ? (StackCount::most(text, limits) + 2) * sizeof(json::value) : 0)
        , large_(size_ > first_.size() ? std::make_unique_for_overwrite<unsigned char[]>(size_) : nullptr)
    {
    }

    unsigned char* data() noexcept { return large_ ? large_.get() : first_.data(); }
    std::size_t size() const noexcept { return large_ ? size_ : first_.size(); }

private:
    alignas(json::value) std::array<unsigned char, first_memory> first_;
    std::size_t size_;
    std::unique_ptr<unsigned char[]> large_;
};

// Builds the value, as Boost.JSON's own handler does, and refuses what that one lets through.
class Builder
{
public:
    static constexpr std::size_t max_array_size = json::array::max_size();
    static constexpr std::size_t max_object_size = json::object::max_size();
    static constexpr std::size_t max_string_size = json::string::max_size();
    static constexpr std::size_t max_key_size = json::string::max_size();

    Builder(std::string_view text, JsonLimits const& limits)
        : memory_(text, limits)
        , stack_({}, memory_.data(), memory_.size())
        , text_(text)
        , values_left_(limits.max_values)
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
        if (auto const* twice = find_repeated(std::span{names_.data() + first, names_.size() - first}))
            return refuse(ec, "an object has the member \"" + std::string{*twice} + "\" twice");
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
    bool on_key(json::string_view part, std::size_t n, error_code& ec)
    {
        if (names_.size() == max_open_members)
            return refuse(ec, "an object and those that it is in have too many members");
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

    StackMemory memory_;
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
    return Error{ErrorCode::invalid_syntax,
                 "The text is not acceptable JSON: " + reason + ", at byte " + std::to_string(offset) + "."};
}

} // namespace

result<json::value> parse_json(std::string_view text, JsonLimits const& limits)
{
    if (text.size() > limits.max_bytes)
        return Error{ErrorCode::payload_too_large, "The text has " + std::to_string(text.size()) +
                                                       " bytes; the limit is " + std::to_string(limits.max_bytes) +
                                                       "."};

    json::parse_options options;
    options.max_depth = limits.max_depth;
    json::basic_parser<Builder> parser(options, text, limits);
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
