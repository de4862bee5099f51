// Work: what the operations of one PATCH look at, so that no message keeps the writer busy for long.
#pragma once

#include <scimkit/core/budget.hpp>

#include "../resource/elements.hpp"
#include "patch.hpp"

#include <cstdint>

namespace scimkit
{

/// Counts elements against PatchOptions::max_element_tests, and bytes against PatchOptions::max_work and, where there
/// is one, PatchOptions::budget.
class Work
{
public:
    explicit Work(PatchOptions const& options) noexcept
        : budget_(options.budget)
        , max_elements_(options.max_element_tests)
        , max_weight_(options.max_work)
    {
    }

    /// Error: too_many, naming the attribute.
    result<void> look_at(AttributeRef const& target, std::uint64_t elements);

    /// `weight`: see weight_of. Errors: too_many, unavailable (Budget::error).
    result<void> read(AttributeRef const& target, std::uint64_t weight);

private:
    Budget* budget_;
    std::uint64_t max_elements_;
    std::uint64_t max_weight_;
    std::uint64_t elements_ = 0;
    std::uint64_t weight_ = 0;
};

/// Pays for the searches of one index, each as it is done: one search looks at no more than all elements once.
class Searches
{
public:
    Searches(ElementIndex const& index, AttributeRef const& target, Work& work) noexcept
        : target_(target)
        , work_(work)
        , scanned_(index.scanned())
        , weighed_(index.weighed())
    {
    }

    /// For all since the last time. Errors: too_many, unavailable.
    result<void> pay(ElementIndex const& index);

private:
    AttributeRef const& target_;
    Work& work_;
    std::uint64_t scanned_;
    std::uint64_t weighed_;
};

/// The elements of a value, and those of a multi-valued sub-attribute in each of them.
std::uint64_t count_elements(json::value const& value, AttributeRef const& target) noexcept;

} // namespace scimkit
