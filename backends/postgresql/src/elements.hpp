// Elements of large attributes: a row each, changed by statements over sets, so that thousands cost one round trip.
#pragma once

#include "session.hpp"

#include <span>

namespace scimkit::postgresql
{

/// Elements on their way into rows: of those with one value the first. In the order of their keys, so that two writers
/// who lock the same rows do it in the same order.
class ElementRows
{
public:
    /// Error: invalid_value (an element without a value, or nested too deeply).
    static result<ElementRows> make(std::span<json::object const> elements);

    std::size_t size() const noexcept { return keys_.size(); }
    std::uint64_t bytes() const noexcept { return bytes_; }
    /// Four arrays: keys, folded keys, values, bodies.
    void add_to(Params& params) const;

    std::string const& value(std::size_t which) const noexcept { return values_[which]; }
    std::string const& body(std::size_t which) const noexcept { return bodies_[which]; }
    /// Which one has that key; nothing if none.
    std::optional<std::size_t> find(std::string_view key) const noexcept;

private:
    std::vector<std::string> keys_{};
    std::vector<std::string> folded_{};
    std::vector<std::string> values_{};
    std::vector<std::string> bodies_{};
    std::uint64_t bytes_ = 0;
};

/// Queues the elements of a resource that has none of that attribute yet.
result<void> queue_new_elements(Session& session, kv::Catalog::Large const& large, std::string_view id,
                                ElementRows const& rows);
/// Queues that a resource has these elements and no others; where a log is kept, it waits to learn what that changed.
result<void> queue_all_elements(Session& session, kv::Catalog::Type const& type, kv::Catalog::Large const& large,
                                std::string_view id, ElementRows const& rows);

class Elements final : public LargeAttributeWriter
{
public:
    explicit Elements(Session& session) noexcept
        : session_(&session)
    {
    }

    result<std::uint64_t> count(ResourceType const& type, std::string_view id, Attribute const& attribute) override;
    result<bool> contains(ResourceType const& type, std::string_view id, Attribute const& attribute,
                          std::string_view value) override;
    result<void> contains_many(ResourceType const& type, std::string_view id, Attribute const& attribute,
                               std::span<std::string_view const> values, function_ref<bool(std::size_t)> sink) override;
    result<void> read(ResourceType const& type, std::string_view id, Attribute const& attribute, std::string_view after,
                      std::uint64_t limit, function_ref<bool(json::object&&)> sink) override;
    result<void> references_to(std::string_view value, function_ref<bool(Reference const&)> sink) override;
    result<void> references_to_many(std::span<std::string_view const> values,
                                    function_ref<bool(std::size_t, Reference const&)> sink) override;

    result<std::uint64_t> add(ResourceType const& type, std::string_view id, Attribute const& attribute,
                              std::span<json::object const> elements) override;
    result<std::uint64_t> remove(ResourceType const& type, std::string_view id, Attribute const& attribute,
                                 std::span<std::string const> values) override;
    result<std::uint64_t> replace(ResourceType const& type, std::string_view id, Attribute const& attribute,
                                  std::span<json::object const> elements) override;

private:
    /// False where the sink has stopped.
    result<bool> references_of_batch(std::span<std::string_view const> values,
                                     function_ref<bool(std::size_t, Reference const&)> sink);
    result<kv::Catalog::Large const*> known(ResourceType const& type, Attribute const& attribute) const;
    /// Parameters $1 to $4: tenant, type, owner, attribute. A statement that takes them says first whether there is
    /// an owner, and then how many elements it changed.
    result<Params> owner_params(ResourceType const& type, std::string_view id, kv::Catalog::Large const& large) const;

    Session* session_;
};

} // namespace scimkit::postgresql
