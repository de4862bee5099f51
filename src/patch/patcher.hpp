// Patcher: applies PATCH operations to a draft of one resource, each on the result of the one before.
#pragma once

#include <scimkit/core/function_ref.hpp>

#include "../resource/elements.hpp"
#include "draft.hpp"
#include "patch.hpp"
#include "work.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

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
        , work_(options)
    {
        canonical_.refuse_read_only = !options.ignore_readonly_echo;
    }

    result<void> apply(PatchOperation const& operation);

    // Somebody else has changed elements.
    void forget_all() noexcept { known_.clear(); }

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
        std::optional<json::array> unwanted{}; // of a multi-valued sub-attribute: to be removed
        json::value said{};                    // of a single value that is to be removed: what it has to be
    };

    result<void> judge_read_only(PatchOperation const& operation) const;

    // Pays for what an operation looks through. Errors: too_many, unavailable.
    result<void> charge(PatchOperation const& operation, json::value const& slot);

    // What additions know of the elements of an attribute; null if nothing.
    ElementIndex* known_elements(AttributeRef const& target) noexcept;
    void forget_elements(AttributeRef const& target) noexcept;

    result<void> apply_to(json::value& slot, PatchOperation const& operation);

    result<void> nothing_to_remove(PatchOperation const& operation) const;

    result<void> remove_whole(json::value& slot, PatchOperation const& operation);

    // What the value of a remove says of a single value, null if there is none.
    result<json::value> read_said(PatchOperation const& operation) const;

    // Only what the value of a remove says may go with it. Error: invalid_value.
    static result<void> check_said(json::value const& item, json::value const& said, AttributeRef const& target);

    result<void> set_elements(json::value& slot, PatchOperation const& operation);

    result<void> add_to(json::value& slot, json::array elements, AttributeRef const& target);

    result<Change> read_change(PatchOperation const& operation) const;

    // One value: the single one, or an element.
    static void forget_claims(json::value& item, PatchOperation const& operation, Change const& change);
    result<void> edit_item(json::value& item, PatchOperation const& operation, Change const& change);

    // The values that a path with brackets, or with a sub-attribute of all elements, selects.
    result<void> edit_items(json::value& slot, PatchOperation const& operation, Change const& change);

    // What an edit leaves in a list has to be what POST and PUT take there. Error: invalid_value.
    result<void> check_edited(json::value const& element, AttributeRef const& target) const;

    static bool sets_primary(AttributeRef const& target, Change const& change);

    // Nothing is selected. Without brackets that is the rule for a target without value: add it. With brackets it
    // is no_target, unless the filter says what the element would be and the client is to be helped.
    result<void> create(json::value& slot, PatchOperation const& operation, Change const& change);

    // What comes to nothing is unassigned.
    static void prune(json::value& value, Attribute const& attribute);

    Resource const& resource_;
    Draft& draft_;
    PatchOptions const& options_;
    CanonicalOptions canonical_;
    Work work_;
    // Where many operations add to an attribute, and nothing else is done to it in between, its elements are looked
    // through once. There are no more of these than the schemas have attributes.
    struct Known
    {
        AttributeRef target;
        ElementIndex elements;
    };
    std::vector<Known> known_;
};

} // namespace scimkit
