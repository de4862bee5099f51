// BulkReferences: the bulkIds of one Bulk, and the ids that stand behind them (RFC 7644 sections 3.7.1 and 3.7.2).
//
// What is a reference: a whole value of the form "bulkId:NAME" where an attribute refers to resources, that is the
// `value` of a complex attribute that has a `$ref`, or an attribute of type reference, in a body or in the filter of a
// PATCH path; a URI of this service that ends in "/bulkId:NAME" is one too; and a segment of an operation's path.
// Everything else is text, whatever it looks like, a URI of elsewhere too.
#pragma once

#include <scimkit/core/json.hpp>

#include "../membership/scope.hpp"
#include "../patch/patch.hpp"

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace scimkit::service
{

class BulkReferences
{
public:
    /// What a bulkId stands for.
    struct Meaning
    {
        std::size_t operation = 0; ///< that makes it; its position in the request
        std::string id{};
        ResourceType const* type = nullptr; ///< null: the path of its POST leads to none
    };

    explicit BulkReferences(membership::Rules const& rules)
        : rules_(rules)
    {
    }

    /// False: the name is taken.
    bool add(std::string name, Meaning meaning);
    /// A store chose another id.
    void change_id(std::string_view name, std::string id);

    /// The name in "bulkId:NAME"; nothing for any other text.
    static std::optional<std::string_view> name_in(std::string_view text) noexcept;

    /// What it finds has a type. Errors: invalid_value (there is no operation of that bulkId), conflict (there is one
    /// that cannot make anything).
    result<Meaning const*> find(std::string_view name) const;

    /// Puts ids in place of references, in a body that has been rewritten and not been canonicalised. Errors:
    /// those of find().
    result<void> resolve(json::value& body, ResourceType const& type) const;
    result<void> resolve(std::span<PatchOperation> operations, ResourceType const& type) const;

    /// The operations that have been referred to since the last call.
    std::vector<std::size_t> take_used() const { return std::exchange(used_, {}); }

private:
    class Walk;

    membership::Rules const& rules_;
    std::unordered_map<std::string, Meaning> meanings_{};
    mutable std::vector<std::size_t> used_{};
};

} // namespace scimkit::service
