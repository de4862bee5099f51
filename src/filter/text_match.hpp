// Comparison of stored strings with the literals of a bound filter, without building keys for ASCII. Private to the
// room.
#pragma once

#include <scimkit/core/budget.hpp>
#include <scimkit/filter/bind.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace scimkit::detail
{

/// Compares the values of one resource, or of one element, with literals. A filter may test one value with hundreds of
/// literals; what brings the value into comparable form is done for the first of them and remembered.
class TextMatcher
{
public:
    /// `budget` may be null. It is charged for each byte that is compared, and more for those that are normalised.
    explicit TextMatcher(Budget* budget) noexcept
        : budget_(budget)
    {
    }

    /// <stored> <op> <literal> under the attribute's case rule: the same as comparing comparison keys. A `stored` of
    /// more than short_text bytes, or beyond ASCII, must stay where it is and as it is for as long as this lives.
    /// Means nothing once the budget is exhausted.
    bool match(std::string_view stored, CompareOperator op, std::string_view literal_key, bool case_exact);

    Budget* budget() const noexcept { return budget_; }

    /// False when there is no more to spend.
    bool spend(std::uint64_t work) noexcept { return !budget_ || budget_->spend(work); }

    /// Values of up to so many bytes of ASCII are folded anew each time: it costs less than remembering.
    static constexpr std::size_t short_text = 256;

private:
    struct Known
    {
        char const* stored;
        std::size_t size;
        bool case_exact;

        friend bool operator==(Known const&, Known const&) = default;
    };
    struct Hash
    {
        std::size_t operator()(Known const& known) const noexcept
        {
            return std::hash<char const*>{}(known.stored) * 2 + (known.case_exact ? 1 : 0);
        }
    };

    bool contains_folded(std::string_view stored, std::string_view literal_key);
    std::string const* key_of(std::string_view stored, bool case_exact);

    Budget* budget_;
    std::unordered_map<Known, std::string, Hash> keys_{}; // by the place of the value
};

/// True when both are URIs of one SCIM resource: equal but for the API version (RFC 7643 section 2.4), or one of
/// them is relative. "https://example.com/v2/Users/1", "https://example.com/Users/1" and "../Users/1" are equal.
bool same_resource_uri(std::string_view a, std::string_view b) noexcept;

} // namespace scimkit::detail
