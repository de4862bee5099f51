// Work: what the operations of one PATCH look at, so that no message keeps the writer busy for long.
#pragma once

#include <scimkit/patch/patch.hpp>

#include <cstdint>

namespace scimkit
{

/// Counts elements against PatchOptions::max_element_tests, and bytes against PatchOptions::budget where there is one.
class Work
{
public:
    explicit Work(PatchOptions const& options) noexcept
        : budget_(options.budget)
        , max_elements_(options.max_element_tests)
    {
    }

    /// Error: too_many, naming the attribute.
    result<void> look_at(AttributeRef const& target, std::uint64_t elements);

    /// `weight`: see weight_of. Errors: too_many, unavailable (Budget::error).
    result<void> read(AttributeRef const& target, std::uint64_t weight);

    bool counts_bytes() const noexcept { return budget_ != nullptr; }

private:
    Budget* budget_;
    std::uint64_t max_elements_;
    std::uint64_t elements_ = 0;
};

/// What comparing a value costs, in units of Budget: its bytes, more for text that has to be folded. Values nest as
/// deep as a schema does.
std::uint64_t weight_of(json::value const& value) noexcept;

/// The elements of a value, and those of a multi-valued sub-attribute in each of them.
std::uint64_t count_elements(json::value const& value, AttributeRef const& target) noexcept;

} // namespace scimkit
