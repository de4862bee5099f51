// Patcher: applies PATCH operations to a draft of one resource, each on the result of the one before.
#pragma once

#include <scimkit/core/function_ref.hpp>
#include <scimkit/patch/patch.hpp>
#include <scimkit/resource/elements.hpp>

#include "draft.hpp"

#include <optional>
#include <span>
#include <string>

namespace scimkit
{

/// True when no client may write what this names.
bool is_read_only(AttributeRef const& attribute) noexcept;

class Patcher
{
public:
    Patcher(Resource const& resource, Draft& draft, PatchOptions const& options)
        : resource_(resource)
        , draft_(draft)
        , options_(options)
        , canonical_(options.canonical)
    {
        canonical_.refuse_read_only = !options.ignore_readonly_echo;
    }

    result<void> apply(PatchOperation const& operation);

    /// As so many removals one after the other, in one pass over the elements: `values` are from all their filters.
    result<void> remove_values(PatchOperation const& first, std::span<std::string const> values);

private:
    // The rules for the attribute as a whole around one edit of it.
    result<void> change(PatchOperation const& operation, function_ref<result<void>(json::value&)> edit);

    // The value of an operation in canonical form, made once for all elements that it goes to.
    struct Change
    {
        json::value value{};                   // null: clear
        std::optional<json::object> members{}; // of a complex value: to be merged, with nulls
    };

    result<void> judge_read_only(PatchOperation const& operation) const;

    // Counts the elements that an operation looks through. Error: too_many.
    result<void> charge(PatchOperation const& operation, json::value const& slot);

    result<void> apply_to(json::value& slot, PatchOperation const& operation);

    result<void> nothing_to_remove(PatchOperation const& operation) const;

    result<void> remove_whole(json::value& slot, PatchOperation const& operation) const;

    result<void> set_elements(json::value& slot, PatchOperation const& operation);

    result<Change> read_change(PatchOperation const& operation) const;

    // One value: the single one, or an element.
    result<void> edit_item(json::value& item, PatchOperation const& operation, Change const& change) const;

    // The values that a path with brackets, or with a sub-attribute of all elements, selects.
    result<void> edit_items(json::value& slot, PatchOperation const& operation, Change const& change) const;

    static bool sets_primary(AttributeRef const& target, Change const& change);

    // Nothing is selected. Without brackets that is the rule for a target without value: add it. With brackets it
    // is no_target, unless the filter says what the element would be and the client is to be helped.
    result<void> create(json::value& slot, PatchOperation const& operation, Change const& change) const;

    // What comes to nothing is unassigned.
    static void prune(json::value& value, Attribute const& attribute);

    Resource const& resource_;
    Draft& draft_;
    PatchOptions const& options_;
    CanonicalOptions canonical_;
    // Where many operations add to one attribute one after the other, its elements are looked through once.
    std::optional<ElementIndex> present_;
    AttributeRef present_in_;
    std::uint64_t element_tests_ = 0;
};

} // namespace scimkit
