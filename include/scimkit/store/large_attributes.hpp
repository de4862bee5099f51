// Large attributes: multi-valued attributes that a store keeps outside the record, one entry per element, found from
// both ends (ability StoreTraits::large_attributes). `Group.members` is one: adding a member costs the same in a group
// of ten and in one of 100,000, and the groups of a user are found without looking at groups.
//
// Elements are canonical objects, identified by their `value` and ordered by it. Values are exact, in letter case too.
//
// On every member:
//   Threading    On the thread of the transaction it belongs to.
//   Lifetimes    The reader or writer lives as long as its transaction. A sink is called before the function returns,
//                on the same thread; it may read, and within a write transaction write, through the same
//                transaction. What it is given by && is its own.
//   Errors       not_found where the owner does not exist (writers only), internal for an attribute that is not large,
//                those of the budget (too_many, unavailable), and those of the store.
#pragma once

#include <scimkit/core/function_ref.hpp>
#include <scimkit/core/json.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace scimkit
{

class ResourceType;
struct Attribute;

/// A resource that refers to another through a large attribute: a group with a member. A value; `type` and `attribute`
/// point into the registry of the attachment.
struct Reference
{
    ResourceType const* type = nullptr;
    std::string id;
    Attribute const* attribute = nullptr;
};

class SCIMKIT_API LargeAttributeReader
{
public:
    virtual ~LargeAttributeReader() = default;

    /// How many elements; 0 where there is no such resource. Errors: as above. Complexity: constant.
    virtual result<std::uint64_t> count(ResourceType const& type, std::string_view id, Attribute const& attribute) = 0;

    /// Whether there is an element of that value. Complexity: one look-up.
    virtual result<bool> contains(ResourceType const& type, std::string_view id, Attribute const& attribute,
                                  std::string_view value) = 0;

    /// Which of `values` there are elements of; `sink` is told which, in no order, and returns false to stop. A value
    /// that is given twice may come once or twice. The default asks for one after the other; a store behind a network
    /// answers with one round trip. Complexity: a look-up for each value, whatever the attribute holds.
    virtual result<void> contains_many(ResourceType const& type, std::string_view id, Attribute const& attribute,
                                       std::span<std::string_view const> values,
                                       function_ref<bool(std::size_t which)> sink);

    /// At most `limit` elements with a value greater than `after`, in order. `sink` returns false to stop.
    /// Complexity: linear in what is read, whatever the attribute holds.
    virtual result<void> read(ResourceType const& type, std::string_view id, Attribute const& attribute,
                              std::string_view after, std::uint64_t limit, function_ref<bool(json::object&&)> sink) = 0;

    /// Every resource with an element whose `value` is `value`, of the resource types of the attachment. `sink` returns
    /// false to stop. Complexity: linear in what is found.
    virtual result<void> references_to(std::string_view value, function_ref<bool(Reference const&)> sink) = 0;

    /// The same for many values at once; `sink` is told which of `values`. In no order. The default asks for one after
    /// the other; a store behind a network answers with one round trip. Complexity: a look-up for each value, and
    /// linear in what is found.
    virtual result<void> references_to_many(std::span<std::string_view const> values,
                                            function_ref<bool(std::size_t which, Reference const&)> sink);
};

/// None of these touches the owning record: call WriteTransaction::replace() afterwards, for its version and for the
/// change log, which tells of the elements with it. Each returns how many elements it changed. Complexity: in
/// proportion to the change, never to what the attribute holds (replace: to both).
class SCIMKIT_API LargeAttributeWriter : public LargeAttributeReader
{
public:
    /// Elements whose value is there already are left as they are. Errors: invalid_value too (an element without a
    /// value); then none was added.
    virtual result<std::uint64_t> add(ResourceType const& type, std::string_view id, Attribute const& attribute,
                                      std::span<json::object const> elements) = 0;

    /// Elements whose value is one of `values`; those that are not there are passed over.
    virtual result<std::uint64_t> remove(ResourceType const& type, std::string_view id, Attribute const& attribute,
                                         std::span<std::string const> values) = 0;

    /// All of them. Errors: as add().
    virtual result<std::uint64_t> replace(ResourceType const& type, std::string_view id, Attribute const& attribute,
                                          std::span<json::object const> elements) = 0;
};

} // namespace scimkit
